"""Several targets beside all that is done with findings: counts and verdict follow."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from command import CLEAN, HUMAN, TWICE, inside

TWO = ("--target", "openai:gpt-4.1-mini", "--target", "mistral")
CHECK = ("check", "train.jsonl", "--select", "FT010,FT107,FT030,FT031", *TWO)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """Return a work tree with two faults committed."""
    (tmp_path / "train.jsonl").write_bytes(CLEAN + HUMAN + TWICE)
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "data"]):
        identity = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
        subprocess.run(["git", *identity, *command], cwd=tmp_path, check=True)
    return tmp_path


def accept(folder: Path, *entries: str) -> None:
    text = "".join(f"- {{{entry}, reason: a test}}\n" for entry in entries)
    (folder / ".ftlint-ignore.yaml").write_text(f"suppressions:\n{text}", "utf-8")


def counted(folder: Path, *more: str) -> tuple[int, int, int, list[tuple[int | None, str]]]:
    """Return status, errors, warnings, and line and code of the findings."""
    done = inside(folder, *CHECK, "--format", "json", *more)
    counts, places = done.report["counts"], [(line, code) for _, line, code in done.places]
    assert done.report["verdict"]["passed"] is (done.status == 0)
    shown = [each["severity"] for each in done.report["findings"]]
    assert (shown.count("error"), shown.count("warning")) == (counts["error"], counts["warning"])
    return done.status, counts["error"], counts["warning"], places


def test_what_is_accepted_is_not_counted(work: Path) -> None:
    assert counted(work) == (1, 1, 1, [(11, "FT107"), (12, "FT010")])
    accept(work, "rule: FT107, path: train.jsonl")
    assert counted(work) == (0, 0, 1, [(12, "FT010")])


def test_changed_rows_alone_are_counted(work: Path) -> None:
    assert counted(work, "--changed") == (0, 0, 0, [])
    with (work / "train.jsonl").open("ab") as file:
        file.write(HUMAN.replace(b"Hi", b"Ho"))
    assert counted(work, "--changed") == (1, 1, 0, [(13, "FT107")])


def test_what_several_rows_say_is_compared_with_the_rows_as_they_were(work: Path) -> None:
    """The rules of the doubtful findings lint the old rows, each for its targets."""
    words = ("check", "train.jsonl", *TWO, "--changed", "--format", "json")
    with (work / "train.jsonl").open("ab") as file:
        file.write(CLEAN.splitlines(keepends=True)[0])
    places = {(line, code) for _, line, code in inside(work, *words).places}
    assert (13, "FT401") in places


def test_a_baseline_beside_an_entry_that_hides_nothing(work: Path) -> None:
    base = ("--baseline", "base.json")
    assert inside(work, *CHECK, *base, "--update-baseline").status == 0
    (work / "ftlint.yaml").write_text("data: {train: train.jsonl}\n", "utf-8")
    accept(work, "rule: FT107, path: train.jsonl", "rule: FT010, path: none.jsonl")
    status, wrong, _, places = counted(work, *base)
    assert (status, wrong) == (0, 0)
    assert [code for _, code in places] == ["FT031"]
