"""The conclusion: the same in one process and in two, whatever is raised where."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from ftlint.analysis import Analysis, Derived
from ftlint.conclusion import FORKS
from ftlint.engine import Plan, run
from ftlint.error import FtlintError
from ftlint.example import Batch
from ftlint.executors import Serial
from ftlint.finding import Finding, Severity, Where
from ftlint.report import Report
from ftlint.reporters import Options, load
from ftlint.rule import AnalysisRule
from ftlint.session import Request, Session
from ftlint.source import Dataset, Source
from ftlint.summary import Counts

met: list[Any] = []
here = os.getpid()
concluded: list[int] = []
heard: list[int] = []


@dataclass(frozen=True)
class Long(Analysis[Counts[int], int]):
    """The number of lines, which takes long; `broken` says what is raised."""

    measure = "long"
    long = True
    broken: str = ""

    def summarize(self, batch: Batch) -> Counts[int]:
        return Counts.tally(map(len, batch.lines.raws))

    def conclude(self, summary: Counts[int], dataset: Dataset) -> int:
        if self.broken == "user":
            raise FtlintError("your mistake")
        if self.broken == "rule":
            raise ValueError("no")
        if self.broken == "waits" and os.getpid() != here and not met[0].wait(30):
            raise TimeoutError
        if self.broken == "killed" and os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        concluded.append(os.getpid())
        return summary.total

    def thought(self, result: int) -> Any:
        return (lambda: 1) if self.broken == "not to be told" else os.getpid()

    def hear(self, result: int, thought: Any) -> None:
        heard.append(thought)

    def figures(self, result: int, dataset: Dataset) -> dict[str, Any]:
        return {"lines": result}


@dataclass(frozen=True)
class Short(Analysis[Counts[int], int]):
    """The same, concluded meanwhile."""

    measure = "short"

    def summarize(self, batch: Batch) -> Counts[int]:
        return Counts.tally(map(len, batch.lines.raws))

    def conclude(self, summary: Counts[int], dataset: Dataset) -> int:
        for each in met:
            each.set()
        return summary.total


@dataclass(frozen=True)
class Both(Derived[int]):
    """The sum of both."""

    measure = "long"
    broken: str = ""

    @property
    def parts(self) -> tuple[Analysis[Any, Any], ...]:
        return Short(), Long(self.broken)

    def combine(self, results: Sequence[int], dataset: Dataset) -> int:
        return sum(results)

    def figures(self, result: int, dataset: Dataset) -> dict[str, Any]:
        return {"sum": result}


@dataclass(frozen=True)
class Says(AnalysisRule[int]):
    """Says what an analysis has concluded."""

    code = "ZZ001"
    name = "says"
    severity = Severity.NOTE
    message = "{many}"
    analysis: Analysis[Any, int] = Long()

    def judge(self, result: int, dataset: Dataset) -> Iterator[Finding]:
        yield self.finding(Where(0), many=result)


class SaysShort(Says):
    """Says it of the short one."""

    code = "ZZ002"
    name = "says-short"


class SaysBoth(Says):
    """Says it of both."""

    code = "ZZ003"
    name = "says-both"


def lint(tmp_path: Path, broken: str, jobs: int) -> Report:
    met[:] = [get_context("fork").Event()] if FORKS else []
    del concluded[:], heard[:]
    path = tmp_path / "train.jsonl"
    path.write_text("{}\n" * 7)
    rules = Says(Long(broken)), SaysShort(Short()), SaysBoth(Both(broken))
    return run(Plan(rules), Dataset((Source(str(path)),)), Serial(jobs))


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_is_derived_waits_for_what_takes_long(tmp_path: Path, jobs: int) -> None:
    report = lint(tmp_path, "", jobs)
    assert [finding.message for finding in report.findings] == ["7", "7", "14"]
    assert report.measures == {"long": {"lines": 7, "sum": 14}, "short": {}}
    assert list(report.measures) == ["long", "short"]


@pytest.mark.skipif(not FORKS, reason="processes are not copied here")
@pytest.mark.parametrize("broken", ["", "waits", "killed", "not to be told"])
def test_the_rest_is_concluded_meanwhile(
    tmp_path: Path, broken: str, capfd: pytest.CaptureFixture[str]
) -> None:
    report = lint(tmp_path, broken, 2)
    assert capfd.readouterr() == ("", "")
    assert [finding.message for finding in report.findings] == ["7", "7", "14"]
    assert report.measures == {"long": {"lines": 7, "sum": 14}, "short": {}}
    assert concluded == [here]  # what that needs is told by the copy, or found out anew
    assert len(heard) == (broken in ("", "waits")) and here not in heard


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_it_raises_fails_what_rests_on_it_and_nothing_else(tmp_path: Path, jobs: int) -> None:
    report = lint(tmp_path, "rule", jobs)
    assert [(each.code, each.reason) for each in report.crashed] == [
        ("ZZ001", "failed: ValueError: no"),
        ("ZZ003", "failed: ValueError: no"),
    ]
    assert [finding.code for finding in report.findings] == ["ZZ002"]
    assert report.measures == {"short": {}}


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_mistake_of_the_user_ends_the_run(
    tmp_path: Path, jobs: int, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(FtlintError, match="your mistake"):
        lint(tmp_path, "user", jobs)
    assert capfd.readouterr() == ("", "")


def written(source: Source, jobs: int) -> Any:
    session = Session.open(Request(jobs=jobs))
    plan = session.plan([source])
    report = run(plan, Dataset((source,)), Serial(jobs))
    told = json.loads("".join(load("json")(report, Options())))
    del told["run"]["duration_seconds"]
    return told


def test_the_default_rules_say_the_same_in_two_processes(tmp_path: Path) -> None:
    chance = random.Random(3)
    words = [f"{chance.choice('bdfgk')}a{chance.choice('lmnr')}{n}" for n in range(400)]
    rows = []
    for at in range(300):
        text = chance.choices(words, k=40)
        for _ in range(1 + (at % 5 == 0)):  # every fifth comes again with one word changed
            asked, said = " ".join(text[:10]), " ".join(text[10:])
            messages = [{"role": "user", "content": asked}, {"role": "assistant", "content": said}]
            rows.append(json.dumps({"messages": messages}) + "\n")
            text[20] = "other"
    path = tmp_path / "train.jsonl"
    path.write_text("".join(rows))
    one, two = (written(Source(str(path)), jobs) for jobs in (1, 2))
    assert one["counts"]["by_rule"]["FT403"] >= 50
    assert one == two


@pytest.mark.skipif(not FORKS, reason="processes are not copied here")
def test_a_process_with_threads_is_not_copied(tmp_path: Path) -> None:
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        report = lint(tmp_path, "", 2)
    finally:
        done.set()
        other.join()
    assert [finding.message for finding in report.findings] == ["7", "7", "14"]
    assert heard == []


@pytest.mark.skipif(not FORKS, reason="processes are not copied here")
def test_without_room_for_a_copy_there_is_one_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> int:
        raise OSError(errno.EAGAIN, "no room")

    monkeypatch.setattr(os, "fork", full)
    report = lint(tmp_path, "", 2)
    assert [finding.message for finding in report.findings] == ["7", "7", "14"]
    assert heard == []
