"""Suppressions: what is accepted is out of the report, and the file itself is watched."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path

import orjson
import pytest
from command import CLEAN, HUMAN, TWICE, Outcome, inside, timeless

from ftlint.afterwards.suppression import NAME, Suppression, Suppressions, agrees
from ftlint.case import assistant, chat, user
from ftlint.configuration.catalogue import builtin
from ftlint.error import ConfigError
from ftlint.session import LEAST

TOMORROW = date.today() + timedelta(days=2)
LEGACY = {**chat({"role": "robot", "content": "Hi"}, assistant("Hello!")), "source": "old/7"}
FT1 = ("--select", "FT0,FT107")


def line(record: object) -> bytes:
    return orjson.dumps(record) + b"\n"


def entry(**keys: object) -> str:
    """Return a file with one entry, about wrong roles unless it says otherwise."""
    return json.dumps({"suppressions": [{"rule": "role-invalid", "reason": "ours", **keys}]})


def check(folder: Path, text: str, *arguments: object, data: bytes = CLEAN + HUMAN) -> Outcome:
    (folder / NAME).write_text(text, "utf-8")
    (folder / "train.jsonl").write_bytes(data)
    return inside(folder, "check", "train.jsonl", *FT1, *arguments)


def codes(outcome: Outcome) -> list[tuple[str, int | None]]:
    return [(each["code"], each["line"]) for each in outcome.report["findings"]]


WRONG_ROLE = ("FT107", 11)


@pytest.mark.parametrize(
    ("keys", "accepted"),
    [
        ({"path": "train.jsonl"}, True),
        ({"path": "*.jsonl"}, True),
        ({"path": ["no.jsonl", "**/train.jsonl"]}, True),
        ({"path": "old/*.jsonl"}, False),
        ({"path": "-"}, False),
        ({"pointer": "/messages/0/role"}, True),
        ({"pointer": "/messages/*/role"}, True),
        ({"pointer": "/messages/*"}, False),
        ({"pointer": "/messages/1/role"}, False),
        ({"message": "*'human'*"}, False),
        ({"message": '*"human"*'}, True),
        ({"message": "human"}, False),
        ({"data": {"found": '"hum*'}}, True),
        ({"data": {"found": "robot"}}, False),
        ({"data": {"absent": "x"}}, False),
        ({"record": {"/messages/0/role": "human"}}, True),
        ({"record": {"/messages/0/role": "h*n", "/messages/1/content": "Hello!"}}, True),
        ({"record": {"/source": "*"}}, False),
        ({"path": "*.jsonl", "pointer": "/messages/1/role"}, False),
        ({"rule": "FT107", "path": "*.jsonl"}, True),
        ({"rule": "FT010", "path": "*.jsonl"}, False),
        ({"path": "*.jsonl", "expires": str(TOMORROW)}, True),
    ],
)  # fmt: skip
def test_an_entry_means_what_it_names(
    tmp_path: Path, keys: dict[str, object], accepted: bool
) -> None:
    done = check(tmp_path, entry(**keys), "--format", "json", "--ignore", "FT031")
    assert (WRONG_ROLE in codes(done)) is not accepted, done.err
    assert done.status == int(not accepted)
    counts = done.report["counts"]
    assert (counts["suppressed"], counts["by_rule"].get("FT107", 0)) == (accepted, not accepted)


def test_a_fingerprint_is_one_finding(tmp_path: Path) -> None:
    data = CLEAN + HUMAN + line(LEGACY)
    first, _ = check(tmp_path, "", "--format", "json", data=data).report["findings"]
    text = entry(fingerprint=first["fingerprint"])
    done = check(tmp_path, text, "--format", "json", data=data)
    assert codes(done) == [("FT107", 12)]
    (accepted,) = done.report["suppressed"]
    told = accepted.pop("suppression")
    assert accepted == first
    assert told == {"reason": "ours", "path": NAME, "line": 1, "column": told["column"]}


def test_records_are_asked_by_value(tmp_path: Path) -> None:
    data = CLEAN + HUMAN + line(LEGACY) + line({**LEGACY, "source": 7})
    done = check(tmp_path, entry(record={"/source": "old/*"}), "--format", "json", data=data)
    assert codes(done) == [("FT107", 11), ("FT107", 13)]
    done = check(tmp_path, entry(record={"/source": 7}), "--format", "json", data=data)
    assert codes(done) == [("FT107", 11), ("FT107", 12)]


def test_records_are_asked_in_a_report_that_was_kept(tmp_path: Path) -> None:
    filling = b"".join(
        line(chat(user(f"Spell {number} of {number * 7}."), assistant(f"{number:b} is it.")))
        for number in range(LEAST // 90)
    )
    data = filling + HUMAN + line(LEGACY) + HUMAN
    arguments = ("--format", "json", "--cache-dir", tmp_path / "cache")
    text = entry(record={"/source": "old/*"})
    outs = [check(tmp_path, text, *arguments, data=data) for _ in range(2)]
    assert list((tmp_path / "cache").rglob("run-*"))
    assert codes(outs[0]) == codes(outs[1]) and len(codes(outs[0])) == 2
    assert timeless(outs[0].out) == timeless(outs[1].out)


def test_wanted_values_are_of_their_type() -> None:
    assert agrees(1, 1) and agrees("*", "") and agrees("a*c", "abbc") and agrees(None, None)
    assert agrees([1], [1]) and agrees("a.c", "a.c") and agrees("a*", "a\nb")
    assert not agrees(1, True) and not agrees(True, 1) and not agrees("1", 1)
    assert not agrees("a.c", "abc") and not agrees("b", "abc") and not agrees("*", None)


def test_what_has_expired_is_reported_again(tmp_path: Path) -> None:
    text = f"""\
suppressions:
  # accepted for the first training
  - rule: role-invalid
    path: train.jsonl
    reason: the loader maps it
    expires: {date.today() - timedelta(days=2)}
"""
    done = check(tmp_path, text, "--format", "json")
    assert codes(done) == [("FT107", 11), ("FT030", 3)]
    spoken = done.report["findings"][1]
    assert (spoken["path"], spoken["column"], spoken["severity"]) == (NAME, 5, "warning")
    assert spoken["message"].endswith("it means 1 finding")
    assert spoken["data"]["reason"] == "the loader maps it"


def test_an_entry_that_hides_nothing_is_told(tmp_path: Path) -> None:
    done = check(tmp_path, entry(path="train.jsonl"), "--format", "json", data=CLEAN)
    assert codes(done) == [("FT031", 1)]
    assert done.status == 0
    assert codes(check(tmp_path, entry(path="*.jsonl"), "--format", "json", data=CLEAN)) == []
    (tmp_path / "ftlint.yaml").write_text("data: {train: ['*.jsonl']}\n")
    assert codes(check(tmp_path, entry(path="*.jsonl"), "--format", "json", data=CLEAN)) == [
        ("FT031", 1)
    ]
    (tmp_path / "more.jsonl").write_bytes(CLEAN)
    assert codes(check(tmp_path, entry(path="*.jsonl"), "--format", "json", data=CLEAN)) == []
    strict = ("--severity", "FT031=error")
    assert check(tmp_path, entry(path="train.jsonl"), *strict, data=CLEAN).status == 1
    unrun = entry(rule="no-user", path="train.jsonl")
    assert codes(check(tmp_path, unrun, "--format", "json", data=CLEAN)) == []


def test_overlapping_entries_are_both_used(tmp_path: Path) -> None:
    one, two = (json.loads(entry(path=p))["suppressions"][0] for p in ("train.jsonl", "*"))
    text = json.dumps({"suppressions": [one, {**two, "reason": "again"}]})
    (tmp_path / "ftlint.yaml").write_text("data: {train: ['*.jsonl']}\n")
    done = check(tmp_path, text, "--format", "json")
    assert codes(done) == []
    assert [each["suppression"]["reason"] for each in done.report["suppressed"]] == ["ours"]


def test_every_output_says_how_many(tmp_path: Path) -> None:
    text = entry(path="train.jsonl")
    assert "no findings, 1 suppressed" in check(tmp_path, text).out
    more = CLEAN + HUMAN + TWICE
    assert "1 finding suppressed, with a reason" in check(tmp_path, text, data=more).out
    concise = check(tmp_path, text, "--format", "concise", data=more).out
    assert concise.endswith("12 examples in train.jsonl: 1 warning, 1 suppressed\n")
    (run,) = json.loads(check(tmp_path, text, "--format", "sarif", data=more).out)["runs"]
    shown = {result["ruleId"]: result["suppressions"] for result in run["results"]}
    assert shown["FT010"] == []
    ((accepted,),) = [value for code, value in shown.items() if code == "FT107"]
    assert accepted["justification"] == "ours"
    assert (accepted["kind"], accepted["status"]) == ("external", "accepted")
    place = accepted["location"]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == NAME
    plain = json.loads(check(tmp_path, "", "--format", "sarif", data=more).out)["runs"][0]
    assert not any("suppressions" in result for result in plain["results"])


def test_nothing_is_suppressed_when_nobody_wants_it(tmp_path: Path) -> None:
    done = check(tmp_path, entry(path="*"), "--no-suppressions", "--format", "json")
    assert codes(done) == [WRONG_ROLE]


def test_the_nearest_file_counts(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "train.jsonl").write_bytes(CLEAN + HUMAN)
    (tmp_path / NAME).write_text(entry(path="inner/train.jsonl"))
    arguments = ("check", "train.jsonl", *FT1, "--format", "json")
    assert codes(inside(inner, *arguments)) == []
    (inner / NAME).write_text("# nothing\n")
    assert codes(inside(inner, *arguments)) == [WRONG_ROLE]
    (inner / "ftlint.yaml").write_text("suppressions: ../.ftlint-ignore.yaml\n")
    assert codes(inside(inner, *arguments)) == []
    (inner / "ftlint.yaml").write_text("suppressions: absent.yaml\n")
    done = inside(inner, *arguments)
    assert done.status == 2 and "absent.yaml: cannot be read: No such file" in done.err


def test_suppressed_findings_are_not_fixed(tmp_path: Path) -> None:
    arguments = ("--fix", "--unsafe-fixes")
    check(tmp_path, entry(path="*"), *arguments)
    assert (tmp_path / "train.jsonl").read_bytes() == CLEAN + HUMAN
    twofold = line(chat({"role": "human", "content": "Hi"}, assistant("Hello!", weight="1")))
    select = ("--select", "FT107,FT118")
    check(tmp_path, entry(path="*"), *select, *arguments, data=CLEAN + twofold)
    mended = twofold.replace(b'"weight":"1"', b'"weight":1')
    assert (tmp_path / "train.jsonl").read_bytes() == CLEAN + mended


def test_a_baseline_holds_what_is_not_suppressed(tmp_path: Path) -> None:
    data = CLEAN + HUMAN + line(LEGACY)
    text = entry(record={"/source": "old/*"})
    check(tmp_path, text, "--update-baseline", data=data)
    assert '"FT107"' in (tmp_path / "ftlint-baseline.json").read_text()
    again = ("--baseline", "ftlint-baseline.json", "--format", "json")
    done = check(tmp_path, text, *again, data=data)
    assert (done.report["counts"]["known"], done.report["counts"]["suppressed"]) == (1, 1)
    assert codes(check(tmp_path, "", *again, data=data)) == [("FT107", 12)]


MISTAKES = {
    "[]": "1:1: the file is a mapping with the key 'suppressions'",
    "suppressions: x": "1:1: 'suppressions' must be a list, not a string",
    "supressions: []": "1:1: unknown key 'supressions'; did you mean 'suppressions'?",
    "suppressions:\n  - rule: FT107\n": "2:5: 'reason' is missing",
    "suppressions:\n- {rule: no-usr, reason: x, path: y}":
        "2:4: unknown rule 'no-usr'; did you mean 'no-user'?",
    "suppressions:\n- {rule: FT999, reason: x, path: y}":
        "2:4: unknown rule 'FT999' (a code or a rule name)",
    "suppressions:\n- {rule: FT107, reason: ' ', path: y}":
        "2:3: 'reason' is empty; say why the findings are accepted",
    "suppressions:\n- {rule: FT107, reason: x}": "2:3: names a rule and no findings: add",
    "suppressions:\n- rule: FT107\n  reason: x\n  pat: y\n":
        "4:3: unknown key 'pat'; did you mean 'path'?",
    "suppressions:\n- rule: FT107\n  reason: x\n  path: y\n  expires: 2027-02-30\n":
        "5:3: 'expires' must be a date such as 2027-01-31, not '2027-02-30'",
    "suppressions:\n- rule: FT107\n  reason: x\n  record: {source: y}\n":
        "4:3: 'source' is no pointer; did you mean '/source'?",
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), MISTAKES.items())
def test_mistakes_have_their_place(tmp_path: Path, text: str, said: str) -> None:
    done = check(tmp_path, text)
    assert done.status == 2
    assert f"ftlint: {NAME}:{said}" in done.err


def test_rules_of_plugins_that_are_not_loaded_may_be_named(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(entry(rule="ACME001", path="x"))
    read = Suppressions.read(tmp_path / NAME, builtin(), ["ACME"])
    assert [each.code for each in read.entries] == ["ACME001"]
    with pytest.raises(ConfigError, match="unknown rule 'ACME001'"):
        Suppressions.read(tmp_path / NAME, builtin(), ["OTHER"])


def test_the_documented_file_is_read(tmp_path: Path) -> None:
    page = (Path(__file__).parents[1] / "docs" / "everyday.md").read_text("utf-8")
    (text,) = re.findall(r"^```yaml\n(# \.ftlint-ignore\.yaml\n.*?)^```$", page, re.M | re.S)
    (tmp_path / NAME).write_text(text, "utf-8")
    read = Suppressions.read(tmp_path / NAME, builtin())
    assert [each.code for each in read.entries] == ["FT401", "FT107", "FT104"]
    assert read.entries[1].expires == date(2027, 6, 30)
    table = page.partition("## Suppressions")[2].partition("\n\nAll that an entry")[0]
    keys = re.findall(r"^\| `([a-z]+)` \|", table, re.M)
    assert keys == [each.name for each in fields(Suppression)]


# The command that writes entries.


def test_a_finding_is_accepted_by_command(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "train.jsonl").write_bytes(CLEAN + HUMAN + line(LEGACY))
    run = ("check", "data/train.jsonl", *FT1, "--format", "json")
    for number, left in ((11, [12]), (12, [])):
        place, reason = f"data/train.jsonl:{number}:22", f'it\'s "so" {number}'
        done = inside(tmp_path, "ignore", place, "FT107", "--reason", reason)
        assert done.out == f"{NAME}: 1 finding of FT107 role-invalid at {place} accepted\n", (
            done.err
        )
        found = inside(tmp_path, *run).report
        assert [each["line"] for each in found["findings"]] == left
        assert reason in [each["suppression"]["reason"] for each in found["suppressed"]]
    (tmp_path / "data" / "train.jsonl").write_bytes(line(LEGACY) + CLEAN + HUMAN[:-1] + b" \n")
    # The edited line is told again, and its entry hides nothing any more.
    assert codes(inside(tmp_path, *run)) == [("FT107", 12), ("FT031", 2)]


def test_what_stands_in_the_file_stays(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_bytes(CLEAN + HUMAN)
    text = (
        "# ours\nsuppressions:  # with reasons\n\n# one\n"
        "- rule: no-user\n  path: x.jsonl\n  reason: y"
    )
    (tmp_path / NAME).write_text(text)
    words = ("ignore", "train.jsonl:11", "role-invalid", "--reason", "ours", "--expires")
    assert inside(tmp_path, *words, str(TOMORROW)).status == 0
    now = (tmp_path / NAME).read_text()
    assert now.startswith(text + '\n- rule: role-invalid\n  path: "train.jsonl"\n  fingerprint: ')
    assert now.endswith(f"\n  expires: {TOMORROW}\n")


def test_the_command_knows_the_whole_dataset(tmp_path: Path) -> None:
    (tmp_path / "ftlint.yaml").write_text("data: {train: [a.jsonl], validation: [b.jsonl]}\n")
    (tmp_path / "a.jsonl").write_bytes(CLEAN)
    (tmp_path / "b.jsonl").write_bytes(CLEAN.splitlines(keepends=True)[3])
    reason = ("split-leakage", "--reason", "meant")
    assert inside(tmp_path, "ignore", "b.jsonl:1", *reason).status == 0
    done = inside(tmp_path, "check", "--select", "split-leakage,FT031", "--format", "json")
    assert (codes(done), done.report["counts"]["suppressed"]) == ([], 1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("train.jsonl", "FT107", "--reason", "x"), "is no PATH:LINE"),
        (("train.jsonl:11", "FT107", "--reason", " "), "--reason: it is empty"),
        (("train.jsonl:11", "FT107", "--reason", "x", "--expires", "soon"), "is no date such as"),
        (("train.jsonl:1", "FT107", "--reason", "x"), "train.jsonl:1: no finding of FT107"),
        (("train.jsonl:11", "FT1077", "--reason", "x"), "unknown selector 'FT1077'"),
        (("absent.jsonl:11", "FT107", "--reason", "x"), "absent.jsonl: no such file"),
    ],
)
def test_what_cannot_be_accepted(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    (tmp_path / "train.jsonl").write_bytes(CLEAN + HUMAN)
    done = inside(tmp_path, "ignore", *words)
    assert done.status == 2 and said in done.err
    assert not (tmp_path / NAME).exists()


def test_a_file_of_another_form_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_bytes(CLEAN + HUMAN)
    for text in (entry(path="x"), "suppressions: []\n", "suppressions:\n- {rule: FT107\n"):
        (tmp_path / NAME).write_text(text)
        done = inside(tmp_path, "ignore", "train.jsonl:11", "FT107", "--reason", "x")
        assert done.status == 2 and (tmp_path / NAME).read_text() == text
