"""Comparisons: what changed between two versions of a dataset.

Both are linted with the same rules, and analyses of their examples are folded on the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from ftlint.analyses.content import Change, Digests
from ftlint.analyses.language import LanguageShares, Shares
from ftlint.analyses.profile import Profile, Profiling
from ftlint.analyses.tokens import TokenSummary, TokenTotals
from ftlint.analysis import Analysis
from ftlint.console.foreign import nothing
from ftlint.console.intake import spooled
from ftlint.error import FtlintError
from ftlint.finding import Severity
from ftlint.report import Report
from ftlint.rules.drift import FEWEST, RATE, LanguageDrift, SplitDrift, compared
from ftlint.session import Request, Session
from ftlint.source import expand
from ftlint.statistics.homogeneity import Test, discoveries, total_variation
from ftlint.value import dataclass

LANGUAGES = "languages"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a dataset."""

    path: str
    report: Report
    profile: Profile
    languages: Shares
    tokens: TokenSummary | None
    """Where a model is named, in whose encoding they are counted."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One distribution of two versions."""

    what: str
    test: Test
    limit: float
    real: bool
    """Whether the difference is no chance and above the limit."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions and what changed."""

    old: Version
    new: Version
    change: Change
    drifts: tuple[Drift, ...]
    """None where a version has too few examples."""

    @property
    def drifted(self) -> bool:
        """Return whether any distribution has drifted."""
        return any(drift.real for drift in self.drifts)

    def findings(self) -> list[tuple[str, str, Severity, int, int]]:
        """Return code, name, severity and both counts of each rule that found anything."""
        before, after = self.old.report, self.new.report
        rows = [
            (r.code, r.name, after.severity_of(r), before.counts.get(r.code, 0), count)
            for r in after.rules
            if (count := after.counts.get(r.code, 0)) or before.counts.get(r.code)
        ]
        return sorted(rows)


def compare(old: str, new: str, request: Request) -> Comparison:
    """Return what changed from the files of `old` to those of `new`. Raises: FtlintError."""
    session = Session.open(request)
    wanted = _wanted(session)
    before, after = (_read(path, session, wanted) for path in (old, new))
    first, second = (each.report.results[wanted["content"]] for each in (before, after))
    return Comparison(before, after, Change.between(first, second), _drifts(before, after))


def _read(path: str, session: Session, wanted: Mapping[str, Analysis[Any, Any]]) -> Version:
    """Return one version. Raises: FtlintError, also where it holds no example."""
    with spooled(expand([path])) as sources:
        report = session.check(sources, analyses=tuple(wanted.values()))
        for crashed in report.crashed:
            raise FtlintError(f"{crashed.code} {crashed.reason}")
        if report.results[wanted["content"]].none:
            raise nothing(sources, "can be read")
    return _version(path, report, wanted)


def _wanted(session: Session) -> dict[str, Analysis[Any, Any]]:
    wanted: dict[str, Analysis[Any, Any]] = {
        "content": Digests(), "profile": Profiling(), LANGUAGES: LanguageShares()
    }  # fmt: skip
    for rule in session.selection.rules:
        for analysis in rule.analyses():
            if isinstance(analysis, TokenTotals) and analysis.limit is not None:
                wanted["tokens"] = analysis
    return wanted


def _version(path: str, report: Report, wanted: Mapping[str, Analysis[Any, Any]]) -> Version:
    def result(name: str) -> Any:
        return report.results[wanted[name]]

    profile = reduce(Profile.merge, result("profile").values(), Profile())
    shares = next(iter(result(LANGUAGES).values()), Shares())
    tokens = result("tokens") if "tokens" in wanted else None
    return Version(path, report, profile, shares, tokens)


def _drifts(old: Version, new: Version) -> tuple[Drift, ...]:
    """Return how far apart the distributions are, judged as FT545 and FT546 judge splits."""
    tests: dict[str, Test] = {}
    if min(old.profile.examples, new.profile.examples) >= FEWEST:
        tests.update(compared(old.profile, new.profile))
    if min(old.languages.determined, new.languages.determined) >= FEWEST:
        spoken = dict(old.languages.ranked), dict(new.languages.ranked)
        tests[LANGUAGES] = total_variation(*spoken)
    real = discoveries({what: test.probability for what, test in tests.items()}, RATE)
    limits = {LANGUAGES: LanguageDrift.distance}
    drifts = []
    for what, test in tests.items():
        limit = limits.get(what, SplitDrift.distance)
        drifts.append(Drift(what, test, limit, what in real and test.distance > limit))
    return tuple(drifts)
