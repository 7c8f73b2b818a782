"""Personal data and secrets: what is found, against oracles; and that nothing shows or keeps it."""

from __future__ import annotations

import json
import random
import re
import subprocess
import zlib
from pathlib import Path
from typing import Any

import orjson
import pytest
import secrets_made as made
from command import CLEAN, inside
from hypothesis import given, settings
from hypothesis import strategies as st
from secrets_made import kinds, no_value_in

from ftlint.case import assistant, call, calling, chat, user
from ftlint.configuration.catalogue import builtin
from ftlint.docs import page
from ftlint.example import Batch, Lines
from ftlint.features.privacy import PRIVATE
from ftlint.privacy.digitarray import runs  # loads numpy, so that `gates` is by arrays too
from ftlint.privacy.gate import gate, gates
from ftlint.privacy.look import masked, masked_json, sightings
from ftlint.privacy.sighting import NUMBER
from ftlint.proof import prove
from ftlint.rule import bad
from ftlint.rules.privacy import EmailAddress
from ftlint.rules.secret import made as made_of
from ftlint.rules.secret import pem

FT8 = tuple(rule for rule in builtin() if rule.code.startswith("FT8"))


# Addresses.


@given(
    st.from_regex(r"\A[a-z][a-z0-9]{3,8}\.[a-z]{5,9}\Z"),
    st.from_regex(r"\A[a-z]{3,5}q[a-z]{3,6}\Z"),
    st.sampled_from(["com", "org", "de", "co.uk", "com.br", "io", "health"]),
    st.sampled_from(
        ["{}", "<{}>", "mail {}.", "({}),", "mailto:{}", "邮箱{}。", "'{}'", "a@ {} @b"]
    ),
)
def test_addresses_of_persons(local: str, host: str, top: str, around: str) -> None:
    address = f"{local}@{host}.{top}"
    assert kinds(around.format(address)) == [("email", address)]


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.com", "ada@mail.example.org", "ada@host.test", "ada@box.invalid",
        "your.name@heron.com", "john.doe@gmail.com", "user@domain.com", "me@company.com",
        "xxx@heron.com", "a@b.co", "name+tag@yourcompany.com",
        "@pytest.mark.parametrize", "logo@2x.png", "user@host", "pkg@1.2.3", "n@app.route('/')",
        "ssh://mara.lind@heron.com/x", "https://mara.lind@heron.com", "a@heron.com@heron.com",
        "@", "@@@@", "x@.com", "x@-.com",
    ],
)  # fmt: skip
def test_what_is_nobodys_address(text: str) -> None:
    assert kinds(text) == []


def test_addresses_of_roles_are_told_apart() -> None:
    found = sightings(f"support@heron-and-sons.net, {made.EMAIL}, no-reply@heron-and-sons.net")
    assert [each.personal for each in found] == [False, True, False]
    assert masked("info@heron-and-sons.net") == "info@heron-and-sons.net"


# Secrets.


@pytest.mark.parametrize("name", made.KEYS)
def test_keys(name: str) -> None:
    key = made.KEYS[name]
    for around in ("{}", "KEY={}", '"{}",', "({})", "`{}`.", "密钥{}。", "Bearer {}\n"):
        assert kinds(around.format(key)) == [("api-key", key)], around
        assert gate(around.format(key).encode())
    assert kinds(f"a{key}") == [] or name == "telegram"
    assert kinds(key[:18]) == []


@pytest.mark.parametrize("name", made.KEYS)
def test_what_stands_for_a_key(name: str) -> None:
    """The same forms, filled as people fill them."""
    key = made.KEYS[name]
    alike = {
        "x": re.sub(r"(?<=.{9}).", "x", key, flags=re.DOTALL),
        "row": key[:9] + ("abcdefghijklmnopqrstuvwxyz" * 8)[: len(key) - 9],
        "digits": key[:9] + ("1234567890" * 20)[: len(key) - 9],
        "dots": key[:9] + "..." + key[-4:],
        "stars": key[:9] + "*" * (len(key) - 9),
        "words": key[:9] + ("EXAMPLE" * 30)[: len(key) - 9],
    }
    for what, text in alike.items():
        assert kinds(f"Set {text} here.") == [], what


def test_tokens_have_a_head_and_claims() -> None:
    def token(head: Any, claims: Any) -> str:
        import base64

        parts = [base64.urlsafe_b64encode(orjson.dumps(each)).decode() for each in (head, claims)]
        return ".".join([part.rstrip("=") for part in parts] + [made_of("signature", 43)])

    live = token({"alg": "HS256", "typ": "JWT"}, {"sub": "u-83a1", "iss": "heron"})
    assert kinds(f"Bearer {live}") == [("api-key", live)]
    assert kinds(token({"alg": "none"}, {"sub": "u-83a1", "iss": "heron"})) == []
    assert kinds(token({"alg": "HS256"}, {"sub": "1234567890", "name": "John Doe"})) == []
    assert kinds("eyJhbGciOiJI.eyJzdWIiOiIxMjM0.abcdefghijklmnopqrstuvwx") == []


def test_private_keys_have_a_body() -> None:
    for label in ("", "RSA", "EC", "OPENSSH", "ENCRYPTED"):
        for mark in ("\n", "\\n", "\r\n"):
            block = pem(label or "x", label, mark)
            assert kinds(f"a {block} b") == [("private-key", block)]
    begin, end = "-----BEGIN " + "PRIVATE KEY-----", "-----END " + "PRIVATE KEY-----"
    for body in ("", "...", "MIIE...", "your key here", "x" * 80, "A" * 200):
        assert kinds(f"{begin}\n{body}\n{end}") == []
    assert kinds(made.PEM.replace("PRIVATE", "PUBLIC")) == []
    cut = made.PEM[: len(made.PEM) // 2]
    assert kinds(cut + "\n\nIs it right?") == [("private-key", cut)], "a block without an end"


@pytest.mark.parametrize(
    "address",
    [
        "postgres://user:password@db.heron.com/a",
        "postgres://u:${DB_PASSWORD1}@db.heron.com/a",
        "redis://:s3cr3tpassw0rd@heron.com",
        "mysql://root:k3fj29dk2mfa@localhost/a",
        "http://u:k3fj29dk2mfa@example.com/",
        "https://heron.com:8443/a1@b2",
        "amqp://u:short1@heron.com",
    ],
)
def test_addresses_without_a_password(address: str) -> None:
    assert kinds(address) == []


# The gate, and what JSON makes of texts.


@given(
    st.lists(
        st.sampled_from(sorted(made.SENTENCES.values()) + sorted(made.KEYS.values())), max_size=4
    ),
    st.text(max_size=20),
    st.booleans(),
    st.randoms(use_true_random=False),
)
@settings(max_examples=300)
def test_the_gate_stops_nothing_that_is_there(
    parts: list[str], other: str, ascii_only: bool, chance: random.Random
) -> None:
    """However JSON writes a text, the bits of its line suffice to find what all bits find."""
    text = other.join(["", *parts, ""])
    line = json.dumps(text, ensure_ascii=ascii_only)
    odd = "".join(
        f"\\u{ord(sign):04x}"
        if chance.random() < 0.02 and sign.isascii()
        else json.dumps(sign, ensure_ascii=ascii_only)[1:-1]
        for sign in text
    )
    for raw in (line, f'"{odd}"'):
        assert json.loads(raw) == text
        bits = gate(raw.encode(errors="surrogatepass"))
        assert list(sightings(text, bits)) == list(sightings(text))


_SIGNS = ["7", "42", "123", " ", "-", ". ", "(", "   ", ") - (", "a", "@", "sk-", "key", "\\u00"]


@given(
    st.lists(st.lists(st.sampled_from([*_SIGNS, "2", "41"]), max_size=30).map("".join), max_size=5)
)
@settings(max_examples=300)
def test_many_lines_at_once_have_the_bits_of_each(lines: list[str]) -> None:
    raws = [line.encode() for line in lines]
    each = [gate(raw) for raw in raws]
    assert gates(raws) == {at: bits for at, bits in enumerate(each) if bits}
    packed = [re.sub(rb"[ .()-]", b"", raw) for raw in raws]
    long = [re.search(rb"[0-9]{9}", raw) is not None for raw in packed]
    assert [bool(runs(raw)) for raw in raws] == long
    assert all(bits & NUMBER for bits, is_long in zip(each, long, strict=True) if is_long)


def test_what_a_proof_has_decoded_holds_the_same() -> None:
    said = [f"{sentence} Really?" for sentence in made.SENTENCES.values()]
    records = [chat(user("Hi"), assistant(text), user(text), assistant("Yes.")) for text in said]
    raws = [orjson.dumps(record) for record in (*records, chat(user("Hi"), assistant("No.")))]
    plain, slow = Batch(Lines(0, 0, raws)), Batch(Lines(0, 0, raws))
    prove(plain)
    assert plain.plain and all(plain.plain)
    one, other = (
        [
            [(each.text.pointer, each.text.trained, each.value, each.sighting) for each in row]
            for row in map(batch.column(PRIVATE).__getitem__, range(len(raws)))
        ]
        for batch in (plain, slow)
    )
    assert one == other
    assert [len(row) for row in one] == [2] * len(said) + [0]


@given(st.lists(st.sampled_from(sorted(made.SENTENCES)), max_size=3), st.text(max_size=12))
def test_masks_hide_all_and_move_nothing(codes: list[str], other: str) -> None:
    text = other.join(["", *(made.SENTENCES[code] for code in codes), ""])
    hidden = masked(text)
    assert len(hidden) == len(text)
    assert not any(made.VALUES[code] in hidden for code in codes)
    for ascii_only in (True, False):
        line = json.dumps({"a": text}, ensure_ascii=ascii_only)
        veiled = masked_json(line)
        assert len(veiled) == len(line)
        assert not any(json.dumps(made.VALUES[code])[1:-1] in veiled for code in codes)


# Findings.


def lint(folder: Path, *records: Any, select: str = "FT8", **options: Any) -> list[dict[str, Any]]:
    path = folder / "train.jsonl"
    path.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in records))
    lines = [f"  {rule}: {json.dumps(value)}" for rule, value in options.items()]
    if lines:
        (folder / "ftlint.yaml").write_text("\n".join(["rules:", *lines]), "utf-8")
    found = inside(folder, "check", path.name, "--select", select, "--format", "json").report
    return [each for each in found["findings"] if each["code"].startswith("FT8")]


def test_a_value_is_told_once_where_it_is_learnt(tmp_path: Path) -> None:
    said = made.SENTENCES["FT801"]
    shout = said.replace(made.EMAIL, made.EMAIL.upper())
    (one,) = lint(
        tmp_path, chat(user(f"{said} {said}"), assistant("Hm."), user("?"), assistant(shout))
    )
    assert (one["pointer"], one["span"]) == ("/messages/3/content", [9, 9 + len(made.EMAIL)])
    assert one["message"] == (
        "answer that is learnt holds an e-mail address (own domain); "
        "it stands 3 times in the example"
    )
    assert one["data"] == {
        "who": "answer that is learnt", "about": "own domain", "learnt": True,
        "roles": ["user", "assistant"], "times": 3, "length": len(made.EMAIL),
    }  # fmt: skip
    (one,) = lint(
        tmp_path, chat(user(said), assistant(said, weight=0), user("?"), assistant("No."))
    )
    assert (one["pointer"], one["data"]["learnt"]) == ("/messages/0/content", False)
    assert one["message"] == (
        "user text holds an e-mail address (own domain); it stands 2 times in the example"
    )


def test_roles_and_calls(tmp_path: Path) -> None:
    asked = calling(call("call_1", "mail", json.dumps({"to": made.EMAIL})))
    (one,) = lint(tmp_path, chat(user("Mail her."), asked))
    assert one["pointer"] == "/messages/1/tool_calls/0/function/arguments"
    assert one["message"] == "tool call that is learnt holds an e-mail address (own domain)"
    support = chat(user("Whom?"), assistant("Ask support@heron-and-sons.net."))
    assert lint(tmp_path, support) == []
    (one,) = lint(tmp_path, support, FT801={"role-addresses": True})
    assert one["message"] == "answer that is learnt holds an e-mail address (a role)"


def test_other_shapes(tmp_path: Path) -> None:
    said = made.SENTENCES["FT802"]
    for record, place in (
        ({"prompt": "Whom?", "completion": said}, "/completion"),
        ({"instruction": "Whom?", "input": "", "output": said}, "/output"),
        ({"conversations": [{"from": "human", "value": said}, {"from": "gpt", "value": "Ok."}]},
         "/conversations/0/value"),
    ):  # fmt: skip
        (one,) = lint(tmp_path, *[record] * 1)
        assert one["pointer"] == place


# Nothing shows or keeps a value.

FORMATS = (
    *("full", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown", "csv"),
)


def leaky(number: int) -> dict[str, Any]:
    """Return a record with every value, and with faults beside them that other rules quote."""
    text = "\n".join(made.SENTENCES.values())
    beside = f"{{{{name}}}} {made.EMAIL} {{{{name}}}} {made.KEYS['aws']}"
    asked = user(f"{number} {text}", **{made.EMAIL: made.GROUPED})
    return chat(asked, assistant(f"{beside} [Your Name] {made.PHONE}\n{text}"), note=made.IBAN)


def test_no_report_shows_a_value(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_bytes(CLEAN + b"".join(orjson.dumps(leaky(n)) + b"\n" for n in range(3)))
    found = inside(tmp_path, "check", path.name, "--format", "json")
    codes = {each["code"] for each in found.report["findings"]}
    assert codes >= set(made.VALUES) | {"FT116", "FT303"}
    for name in FORMATS:
        done = inside(tmp_path, "check", path.name, "--format", name)
        no_value_in(done.out + done.err, name)
    done = inside(tmp_path, "check", path.name, "--statistics")
    no_value_in(done.out, "statistics")
    done = inside(tmp_path, "check", path.name, "--diff", "--unsafe-fixes")
    no_value_in(done.out, "diff")
    assert "[EMAIL" in done.out and "[PRIVATE_KEY]" in done.out
    plain = inside(tmp_path, "check", path.name, "--diff", "--unsafe-fixes", "--show-content")
    assert made.GROUPED in plain.out
    told = inside(tmp_path, "check", path.name, "--format", "json", "--show-content")
    assert made.GROUPED in told.out


def test_nothing_that_is_written_keeps_a_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTLINT_CACHE_DIR", str(tmp_path / "cache"))
    path = tmp_path / "train.jsonl"
    big = [orjson.dumps(leaky(n)) + b"\n" for n in range(150)]
    path.write_bytes(CLEAN + b"".join(big))
    assert path.stat().st_size > 1 << 18, "large enough to be remembered"
    words = (
        "--max-findings",
        "0",
        "-o",
        "json=run.json",
        "-o",
        "csv=run.csv",
    )
    inside(tmp_path, "check", path.name, *words)
    inside(tmp_path, "check", path.name, "--update-baseline", "--quiet")
    written = [each for each in tmp_path.rglob("*") if each.is_file() and each != path]
    assert {"run.json", "run.csv", "ftlint-baseline.json"} <= {f.name for f in written}
    runs = [each.read_bytes() for each in written if each.name.startswith("run-")]
    assert runs and all(b"FT801" in zlib.decompress(run[32:]) for run in runs)
    for content in [*(f.read_bytes() for f in written), *(zlib.decompress(r[32:]) for r in runs)]:
        no_value_in(content.decode(errors="replace"), "file")
    shown = inside(tmp_path, "report", "run.json", "--format", "markdown")
    no_value_in(shown.out, "report")


def test_pages_show_no_value() -> None:
    for rule in FT8:
        text = page(rule)
        assert "••••••" in text or rule.code == "FT801"
        bad = text.partition("## Bad")[2].partition("## Good")[0]
        assert all(not each.personal for each in sightings(bad)), rule.code


def test_pages_show_no_value_of_held_out_lines() -> None:
    address = "ida.lund" + "@" + "gmail.com"
    held = (chat(user(f"Write to {address}."), assistant("Gladly.")),)

    case = bad(chat(user("Hi"), assistant("Hello!")), at="held 1 /messages/0", held=held)
    rule = type("Held", (EmailAddress,), {"__doc__": EmailAddress.__doc__, "bad": (case,)})
    shown = page(rule()).partition("and in a validation file")[2]
    assert "Gladly" in shown and address not in shown


def test_no_file_of_the_project_holds_a_secret() -> None:
    root = Path(__file__).parents[1]
    listed = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("no git here")
    for name in listed.stdout.splitlines():
        path = root / name
        content = path.read_bytes() if path.is_file() else b""
        text = content.decode(errors="ignore") if b"\0" not in content else ""
        found = {each.kind for each in sightings(text, gate(content))} if text else set()
        assert not found & {"api-key", "private-key"}, name
