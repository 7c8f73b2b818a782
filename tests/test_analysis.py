"""Analyses: folded once for all rules, blamed on all of them, left out where nobody looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ftlint.analysis import Analysis, Derived
from ftlint.case import assistant, chat, user
from ftlint.engine import Plan, run
from ftlint.example import Batch, Lines
from ftlint.finding import Finding, Severity, Where
from ftlint.partial import Partial
from ftlint.partial import folded as folded_all
from ftlint.report import Report
from ftlint.rule import AnalysisRule, ExampleRule, good
from ftlint.session import Request, Session
from ftlint.source import Dataset, Source
from ftlint.summary import Capped, Counts
from ftlint.testing import FILLER, check_laws, content

folded: list[int] = []
concluded: list[int] = []


@dataclass(frozen=True)
class Lengths(Analysis[Counts[int], int]):
    """The longest line; `broken` raises where it says."""

    measure = "lengths"
    broken: str = ""

    def summarize(self, batch: Batch) -> Counts[int]:
        if self.broken == "summarize":
            raise ValueError("no")
        folded.append(len(batch))
        return Counts.tally(map(len, batch.lines.raws))

    def conclude(self, summary: Counts[int], dataset: Dataset) -> int:
        if self.broken == "conclude":
            raise ValueError("no")
        concluded.append(summary.total)
        return max(summary.of, default=0)

    def figures(self, result: int, dataset: Dataset) -> dict[str, Any]:
        if self.broken == "figures":
            raise ValueError("no")
        return {"longest": result}


@dataclass(frozen=True)
class Longest(AnalysisRule[int]):
    """Says how long the longest line is."""

    code = "ZZ001"
    name = "longest"
    severity = Severity.NOTE
    message = "{longest} bytes"
    broken: str = ""

    @property
    def analysis(self) -> Lengths:
        return Lengths(self.broken)

    def judge(self, result: int, dataset: Dataset) -> Iterator[Finding]:
        yield self.finding(Where(0), longest=result)


class Again(Longest):
    """Says it once more."""

    code = "ZZ002"
    name = "again"


class Beside(ExampleRule):
    """Needs nothing, but shows the figures."""

    code = "ZZ003"
    name = "beside"
    severity = Severity.NOTE
    message = ""

    def analyses(self) -> tuple[Lengths]:
        return (Lengths(),)

    def check(self, example: Any) -> Iterator[Finding]:
        yield from ()


def lint(tmp_path: Path, plan: Plan) -> Report:
    folded.clear()
    concluded.clear()
    path = tmp_path / "train.jsonl"
    path.write_bytes(content(good(chat(user("Hi"), assistant("Hello!")))))
    return run(plan, Dataset((Source(str(path)),)))


def test_rules_share_one_analysis(tmp_path: Path) -> None:
    report = lint(tmp_path, Plan((Longest(), Again()), batch_size=4))
    assert (folded, concluded) == ([4, 4, 2], [10])
    longest = max(len(line) for line in (tmp_path / "train.jsonl").read_bytes().splitlines())
    assert [f.message for f in report.findings] == [f"{longest} bytes"] * 2
    assert report.measures == {"lengths": {"longest": longest}}


def test_a_rule_alone_says_the_same(tmp_path: Path) -> None:
    report = lint(tmp_path, Plan((Longest(),)))
    rule, dataset = Longest(), Dataset((Source("x"),))
    raws = (tmp_path / "train.jsonl").read_bytes().splitlines()

    summary = rule.summarize(Batch(Lines(0, 0, raws)))
    assert [f.message for f in rule.finish(summary, dataset)] == [report.findings[0].message]
    assert check_laws(rule, [Batch(Lines(0, 0, raws[:3])), Batch(Lines(0, 3, raws[3:]))]) == []


@pytest.mark.parametrize("where", ["summarize", "conclude", "figures"])
def test_every_rule_that_rests_on_it_fails_with_it(tmp_path: Path, where: str) -> None:
    report = lint(tmp_path, Plan((Longest(where), Again(where), Beside())))
    assert [entry.code for entry in report.crashed] == ["ZZ001", "ZZ002"]
    assert report.findings == []
    assert report.exit_status == 2


def test_figures_alone_are_folded_only_when_they_are_shown(tmp_path: Path) -> None:
    assert lint(tmp_path, Plan((Beside(),))).measures == {}
    assert folded == []
    assert "lengths" in lint(tmp_path, Plan((Beside(),), figures=True)).measures
    assert folded == [1 + len(FILLER) - 1]


class Comparing(Longest):
    """Compares splits, if there are two."""

    code = "ZZ004"
    name = "comparing"
    compares = True


def test_nothing_is_folded_to_compare_a_split_with_none(tmp_path: Path) -> None:
    report = lint(tmp_path, Plan((Comparing(),), figures=True, splits=1))
    assert (folded, concluded, report.findings, report.measures) == ([], [], [], {})
    assert [rule.code for rule in report.rules] == ["ZZ004"]
    assert len(lint(tmp_path, Plan((Comparing(),), splits=2)).findings) == 1
    # What another rule asks for is there all the same.
    both = lint(tmp_path, Plan((Longest(), Comparing()), splits=1))
    assert [finding.code for finding in both.findings] == ["ZZ001"]


def test_a_session_knows_how_many_splits_there_are(tmp_path: Path) -> None:
    session = Session.open(Request())
    one, other = Source(str(tmp_path)), Source(str(tmp_path), "validation")
    assert [session.plan(each).splits for each in ([one], [one, one], [one, other])] == [1, 1, 2]
    assert [rule.code for rule in session.rules if getattr(rule, "compares", False)] == ["FT545"]


@pytest.mark.parametrize("count", range(18))
def test_partial_results_are_merged_in_their_order(count: int) -> None:
    parts = [
        Partial(Counts({0: 1}), summaries={"all": Capped.of([n], 0), str(n % 3): Counts({n: 1})})
        for n in range(count)
    ]
    whole = folded_all(iter(parts))
    assert whole.examples.of == ({0: count} if count else {})
    assert whole.summaries.get("all", Capped(0)).first == tuple(range(count))
    for key in range(min(count, 3)):
        assert list(whole.summaries[str(key)].of) == list(range(key, count, 3))


@dataclass(frozen=True)
class Twice(Derived[int]):
    """Twice the longest line."""

    measure = "twice"
    broken: str = ""

    @property
    def parts(self) -> tuple[Lengths]:
        return (Lengths(self.broken),)

    def combine(self, results: Sequence[int], dataset: Dataset) -> int:
        return 2 * results[0]

    def figures(self, result: int, dataset: Dataset) -> dict[str, Any]:
        return {"longest": result}


@dataclass(frozen=True)
class TwiceLongest(AnalysisRule[int]):
    """Says twice how long the longest line is."""

    code = "ZZ004"
    name = "twice-longest"
    severity = Severity.NOTE
    message = "{longest} bytes"
    broken: str = ""

    @property
    def analysis(self) -> Twice:
        return Twice(self.broken)

    def judge(self, result: int, dataset: Dataset) -> Iterator[Finding]:
        yield self.finding(Where(0), longest=result)


@pytest.mark.parametrize("rules", [(Longest(), TwiceLongest()), (TwiceLongest(), Longest())])
def test_what_is_derived_is_not_folded_again(tmp_path: Path, rules: tuple[Any, ...]) -> None:
    report = lint(tmp_path, Plan(rules, batch_size=4))
    assert (folded, concluded) == ([4, 4, 2], [10])
    longest = report.measures["lengths"]["longest"]
    assert report.measures["twice"] == {"longest": 2 * longest}
    assert [f.message for f in report.findings] == [f"{longest} bytes", f"{2 * longest} bytes"]


@pytest.mark.parametrize("where", ["summarize", "conclude", "figures"])
def test_what_is_derived_fails_with_its_parts(tmp_path: Path, where: str) -> None:
    report = lint(tmp_path, Plan((TwiceLongest(where), Longest())))
    assert [entry.code for entry in report.crashed] == ["ZZ004"]
    assert [f.code for f in report.findings] == ["ZZ001"]


def test_what_is_derived_can_be_asked_alone(tmp_path: Path) -> None:
    report = lint(tmp_path, Plan((TwiceLongest(),)))
    rule = TwiceLongest()
    raws = (tmp_path / "train.jsonl").read_bytes().splitlines()
    found = list(rule.finish(rule.summarize(Batch(Lines(0, 0, raws))), Dataset((Source("x"),))))
    assert [f.message for f in found] == [report.findings[0].message]
    assert check_laws(rule, [Batch(Lines(0, 0, raws[:3])), Batch(Lines(0, 3, raws[3:]))]) == []


@dataclass(frozen=True)
class Backwards(AnalysisRule[int]):
    """Speaks at each line, the last one first."""

    code = "ZZ009"
    name = "backwards"
    severity = Severity.NOTE
    message = "line {line}"

    @property
    def analysis(self) -> Lengths:
        return Lengths()

    def judge(self, result: int, dataset: Dataset) -> Iterator[Finding]:
        for line in range(99, -1, -1):
            yield self.finding(Where(line % 2, 100 * (line % 2) + line), line=line)


@pytest.mark.parametrize("cap", [0, 1, 7, 50, 1000])
def test_the_first_findings_are_kept_in_whatever_order_they_come(tmp_path: Path, cap: int) -> None:
    sources = []
    for name in ("a", "b"):
        path = tmp_path / f"{name}.jsonl"
        path.write_text("{}\n" * 100)
        sources.append(Source(str(path)))
    report = run(Plan((Backwards(),), cap=cap), Dataset(tuple(sources)))
    assert report.counts == {"ZZ009": 100}
    each = [finding.data["line"] for finding in report.findings]
    everything = [*range(0, 100, 2), *range(1, 100, 2)]
    assert each == (everything[:cap] if cap else everything)
