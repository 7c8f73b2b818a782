"""Personal data and secrets: what is found, against oracles; and that nothing shows or keeps it."""

from __future__ import annotations

import json
import random
import re
import subprocess
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest
import secrets_made as made
from command import CLEAN, inside
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban as oracle_iban
from stdnum import luhn as oracle_luhn
from stdnum.cn import ric
from stdnum.us import ssn

from ftlint.case import assistant, call, calling, chat, user
from ftlint.configuration.catalogue import builtin
from ftlint.docs import page
from ftlint.privacy.gate import gate
from ftlint.privacy.look import masked, masked_json, sightings
from ftlint.privacy.number import luhn
from ftlint.rule import bad
from ftlint.rules.account import account, checked
from ftlint.rules.privacy import EmailAddress
from ftlint.rules.secret import made as made_of
from ftlint.rules.secret import pem

FT8 = tuple(rule for rule in builtin() if rule.code.startswith("FT8"))


def kinds(text: str) -> list[tuple[str, str]]:
    """Return kind and value of what is found in `text`."""
    return [(each.kind, text[each.start : each.end]) for each in sightings(text)]


# Numbers.


@given(st.text("0123456789", min_size=2, max_size=30))
def test_luhn(digits: str) -> None:
    assert luhn(digits) == oracle_luhn.is_valid(digits)


def test_a_card_has_an_issuer_a_length_and_a_check_digit() -> None:
    chance, found = random.Random(7), Counter[bool]()
    for _ in range(4000):
        head = chance.choice(["4", "51", "55", "2221", "37", "6011", "3528", "62", "1", "9"])
        size = chance.choice([13, 14, 15, 16, 19])
        digits = head + "".join(chance.choice("0123456789") for _ in range(size - len(head)))
        said = [kind for kind, _ in kinds(f"my card {digits} here")] == ["card"]
        found[said] += 1
        if said:
            assert oracle_luhn.is_valid(digits) and head not in ("1", "9")
        elif oracle_luhn.is_valid(digits) and head in ("4", "51", "55") and size == 16:
            assert re.search(r"1234567|(.)\1{6}", digits) or digits.startswith("40000"), digits
    assert found[True] > 100


@pytest.mark.parametrize("sign", [" ", "-", ""])
@pytest.mark.parametrize("times", [2, 3, 7])
def test_a_card_that_is_written_several_times(sign: str, times: int) -> None:
    one = made.GROUPED.replace(" ", sign)
    row = " ".join([one] * times)
    text = f"My card {row}, thanks"
    starts = [text.index(row) + at * (len(one) + 1) for at in range(times)]
    found = [(each.kind, each.start, each.end) for each in sightings(text)]
    assert found == [("card", start, start + len(one)) for start in starts]
    assert masked(text) == f"My card {' '.join(['•' * len(one)] * times)}, thanks"
    assert [kind for kind, _ in kinds(row)] == (["card"] * times if sign else [])


def test_cards_in_a_row_are_told_from_other_rows() -> None:
    other = checked("3714", 15)
    mixed = f"{made.GROUPED} {other[:4]} {other[4:10]} {other[10:]}"
    assert [kind for kind, _ in kinds(mixed)] == ["card", "card"]
    for row in (
        f"{made.GROUPED} 1234 5678 9012 3456",
        f"{made.GROUPED} {made.GROUPED} 4716",
        f"12 {made.GROUPED} {made.GROUPED}",
        f"{made.GROUPED} {made.GROUPED}@",
        " ".join(["4716"] * 400),
    ):
        assert kinds(row) == [], row


def test_an_iban_is_what_the_registry_allows() -> None:
    chance, valid = random.Random(8), 0
    for country in ("DE", "GB", "FR", "NL", "ES", "PL", "NO", "CH", "MT", "SA"):
        for _ in range(40):
            size = chance.choice([14, 18, 20, 22, 23, 24, 27])
            alphabet = "0123456789" if country in ("DE", "ES", "PL") else "0123456789ABCDXYZ"
            rest = "".join(chance.choice(alphabet) for _ in range(size - 4))
            number = account(country, rest)
            if chance.random() < 0.3:
                number = number[:-1] + chance.choice("0123456789")
            said = ("iban", number) in kinds(f"to {number}, please")
            # The oracle knows the form of each country's accounts as well, which is not asked here.
            right = len(number) == len(oracle_iban_example(country)) and checks(number)
            assert said == right, number
            valid += said
            if oracle_iban.is_valid(number, check_country=False):
                assert said
    assert valid > 20
    assert ("iban", made.IBAN) in kinds(made.IBAN)
    grouped = " ".join(made.IBAN[at : at + 4] for at in range(0, 22, 4))
    assert ("iban", grouped) in kinds(f"IBAN {grouped} BIC X")


def oracle_iban_example(country: str) -> str:
    """Return a number as long as those of a country, as the registry has it in the oracle."""
    structure = oracle_iban._ibandb.info(country + "00" + "0" * 40)[0][1]["bban"]
    return "0" * (4 + sum(int(size) for size in re.findall(r"(\d+)!?[nace]", structure)))


def checks(number: str) -> bool:
    from stdnum.iso7064 import mod_97_10

    return bool(mod_97_10.is_valid(number[4:] + number[:4]))


def test_identity_numbers_are_those_that_a_state_may_give() -> None:
    chance, found = random.Random(9), 0
    for _ in range(3000):
        number = (
            f"{chance.randint(0, 999):03}-{chance.randint(0, 99):02}-{chance.randint(0, 9999):04}"
        )
        said = ("national-id", number) in kinds(f"SSN: {number}")
        assert said == ssn.is_valid(number) or number.endswith("45-6789"), number
        assert not kinds(f"Part {number}"), "nobody calls it one"
        body = f"{chance.choice(['110102', '310104', '990101'])}{chance.randint(1890, 2030)}"
        body += f"{chance.randint(1, 13):02}{chance.randint(1, 31):02}{chance.randint(0, 999):03}"
        resident = body + chance.choice("0123456789X")
        if ("national-id", resident) in kinds(resident):
            assert ric.is_valid(resident)
            found += 1
        elif ric.is_valid(resident):
            assert not 1900 <= int(resident[6:10]) <= 2100
    assert found > 30


@pytest.mark.parametrize(
    "text",
    [
        "4242 4242 4242 4242",
        "card 4111111111111111",
        "It has 4716275094186352 stars",  # not named as a card
        "card 1234 5678 9012 3456",
        f"card 12 {made.CARD}",
        f"card 0.{made.CARD}",
        f"card {made.CARD}41",
        f"https://shop.dev/card/{made.CARD}",
        "DE89 3704 0044 0532 0130 00",
        "SSN 078-05-1120",
        "SSN 000-12-3456",
        "call 555-0123 or (212) 555-0123 or +1 212 555 0123",
        "call 800-276-2273",
        "call 07700 900123",
        "call 01 99 00 12 34",
        "+1234567890 and +0000000000",
        "x = 5+4915112345678",
        "2026-11-23 415-263",
        "+3.1415926535 and +1.4142135623",
        "10.0.0.1 192.168.1.100 198.51.100.17",
        "1415926535897932384626433832795",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
    ],
)
def test_what_is_nobodys_number(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("before", "number"),
    [
        ("at ", "+49 30 40816-2937"),
        ("at ", "+14152637184"),
        ("at ", "(415) 263-7184"),
        ("at ", "415-263-7184"),
        ("at ", "415.263.7184 x42"),
        ("tél. ", "06 27 41 83 95"),
        ("mobile ", "07841 263957"),
        ("手机号码", "13947286051"),
        ("电话 ", "139 4728 6051"),
    ],
)
def test_phone_numbers(before: str, number: str) -> None:
    assert kinds(f"{before}{number}。") == [("phone", number)]


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


def no_value_in(content: str, what: str) -> None:
    shown = [*made.VALUES.values(), made.KEYS["aws"], made.CARD, made.PEM.split("\n")[3]]
    for value in shown:
        for form in (value, json.dumps(value)[1:-1]):
            assert form not in content, (what, form[:6])


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
