"""`ftlint compare` of two saved runs: new, fixed and unchanged findings, and figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from command import CLEAN, HUMAN, inside

import ftlint

SCHEMA = json.loads(
    (Path(ftlint.__file__).parent / "schemas" / "compare-runs.json").read_text("utf-8")
)
ONE, TWO, THREE = (HUMAN.replace(b"Hi", word) for word in (b"One", b"Two", b"Three"))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def save(name: str, content: bytes, *more: str, select: str = "FT0,FT1") -> None:
    Path("train.jsonl").write_bytes(content)
    words = ("check", "train.jsonl", "--select", select, "-o", f"json={name}", *more)
    assert inside(Path(), *words).status in (0, 1)


def compared(*more: str) -> Any:
    done = inside(Path(), "compare", "old.json", "new.json", "--format", "json", *more)
    assert done.status == 0, done.err
    document = json.loads(done.out)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    return document


def lines(document: Any, which: str) -> list[int]:
    return [finding["line"] for finding in document["findings"][which]]


def test_new_fixed_and_unchanged_by_content() -> None:
    save("old.json", CLEAN + ONE + TWO + TWO)
    save("new.json", TWO + CLEAN + THREE + TWO + TWO)  # one moved, a third copy, one fixed
    found = compared()
    assert lines(found, "new") == [12, 14]  # what is the third of three equal ones is new
    assert lines(found, "fixed") == [11]
    assert found["findings"]["unchanged"] == 2
    assert (found["old"]["counts"]["error"], found["new"]["counts"]["error"]) == (3, 4)
    assert found["complete"] and found["old"]["verdict"] == "failed"


def test_a_run_compared_with_itself() -> None:
    save("old.json", CLEAN + ONE + TWO)
    save("new.json", CLEAN + ONE + TWO)
    found = compared()
    assert (lines(found, "new"), lines(found, "fixed"), found["measures"]) == ([], [], [])
    assert found["findings"]["unchanged"] == 2
    shown = inside(Path(), "compare", "old.json", "new.json").out
    assert "New findings" not in shown and "Figures" not in shown


def test_rules_that_ran_in_one_run_only_are_said_and_not_counted() -> None:
    save("old.json", CLEAN + ONE, select="FT0")
    save("new.json", CLEAN + ONE)
    found = compared()
    assert lines(found, "new") == []
    assert "FT107" in found["not_compared"]["new"] and found["not_compared"]["old"] == []
    shown = inside(Path(), "compare", "old.json", "new.json").out
    assert "Not compared, since they ran only in new.json: FT1" in shown


def test_findings_that_were_not_kept_are_said() -> None:
    save("old.json", CLEAN + ONE * 4, "--max-findings", "2")
    save("new.json", CLEAN + ONE * 4)
    assert not compared()["complete"]
    assert "Not all findings were kept" in inside(Path(), "compare", "old.json", "new.json").out


def test_figures_that_moved() -> None:
    save("old.json", CLEAN, select="FT4")
    save("new.json", CLEAN + CLEAN[: CLEAN.index(b"\n") + 1], select="FT4")
    moved = {each["name"]: (each["old"], each["new"]) for each in compared()["measures"]}
    old, new = (json.loads(Path(n).read_bytes())["measures"] for n in ("old.json", "new.json"))
    assert moved
    for name, (before, after) in moved.items():
        assert (reach(old, name), reach(new, name)) == (before, after) and before != after


def reach(value: Any, name: str) -> Any:
    for key in name.split("."):
        value = (value or {}).get(key)
    return value


def test_tables_obey_nothing_in_the_data() -> None:
    evil = HUMAN.replace(b'"human"', json.dumps("<b>|`\x1b[31m@all [x](y)").encode())
    save("old.json", CLEAN)
    save("new.json", CLEAN + evil)
    table = inside(Path(), "compare", "old.json", "new.json").out
    page = inside(Path(), "compare", "old.json", "new.json", "--format", "markdown").out
    assert "\x1b" not in table + page
    row = next(line for line in page.splitlines() if "train.jsonl:11" in line)
    assert "<b>" not in row and "@all" not in row and row.count("|") == 4


@pytest.mark.parametrize(
    ("old", "new", "more", "said"),
    [
        ("old.json", "train.jsonl", (), "train.jsonl: is no saved run; compare two runs or two"),
        ("train.jsonl", "old.json", (), "train.jsonl: is no saved run"),
        ("old.json", "old.json", ("--select", "FT1"), "leave the options of check out"),
        ("old.json", "old.json", ("--fail-on-drift",), "leave the options of check out"),
    ],
)
def test_wrong_use(old: str, new: str, more: tuple[str, ...], said: str) -> None:
    save("old.json", CLEAN)
    done = inside(Path(), "compare", old, new, *more)
    assert done.status == 2 and said in done.err
