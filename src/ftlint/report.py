"""The report: findings made concrete, sorted and counted. Reporters only print it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ftlint import __version__
from ftlint.analysis import Analysis
from ftlint.finding import Finding, Fix, Severity, Where
from ftlint.rule import Rule
from ftlint.snippet import Snippet, Spot, place
from ftlint.source import Dataset

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, slots=True)
class NotRun:
    """A rule that was asked for and did not run, or not to its end."""

    code: str
    reason: str
    crashed: bool = False
    unasked: bool = False
    """Whether it waits for what nobody has named: reports for people are silent about it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A concrete place: `line` and columns count from 1, columns in code points of the line."""

    path: str
    line: int | None
    pointer: str | None


@dataclass(frozen=True, slots=True)
class Located:
    """A finding with everything a reporter needs."""

    code: str
    name: str
    severity: Severity
    message: str
    place: Place
    column: int | None
    end_column: int | None
    span: tuple[int, int] | None
    data: Mapping[str, Any]
    related: tuple[Place, ...]
    fix: Fix | None
    fingerprint: str
    snippet: Snippet | None
    order: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the dataset passed, and why not."""

    passed: bool
    reasons: tuple[str, ...]


@dataclass
class Report:
    """What one run found. `counts` count everything; `findings` may be capped a rule."""

    rules: Sequence[Rule]
    dataset: Dataset
    examples: dict[int, int]
    """Lines that are not blank, by index of the source."""
    counts: dict[str, int]
    """All findings by code."""
    not_run: list[NotRun] = field(default_factory=list)
    findings: list[Located] = field(default_factory=list)
    measures: dict[str, Any] = field(default_factory=dict)
    known: int = 0
    """Findings that a baseline knows; they are neither counted nor kept."""
    results: Mapping[Analysis[Any, Any], Any] = field(default_factory=dict, repr=False)
    """What each analysis of the run has concluded."""
    severities: Mapping[str, Severity] = field(default_factory=dict)
    """Severities that the configuration changes, by code."""
    show_content: bool = False
    """Whether the text is quoted that private rules have found."""
    fail_on: Severity | None = Severity.ERROR
    target: str | None = None
    method: str = "sft"
    duration: float = 0.0
    """Seconds of wall time."""

    @property
    def version(self) -> str:
        """Return the version of ftlint."""
        return __version__

    @property
    def total_examples(self) -> int:
        """Return the number of lines that are not blank, over all sources."""
        return sum(self.examples.values())

    def severity_of(self, rule: Rule) -> Severity:
        """Return the severity of `rule` in this run."""
        return self.severities.get(rule.code, rule.severity)

    def by_severity(self) -> dict[Severity, int]:
        """Return how many findings there are of each severity, worst first."""
        found = dict.fromkeys(sorted(Severity, reverse=True), 0)
        for rule in self.rules:
            found[self.severity_of(rule)] += self.counts.get(rule.code, 0)
        return found

    def shorten(self, cap: int) -> None:
        """Keep at most the first `cap` findings of each rule; 0 keeps all."""
        kept: Counter[str] = Counter()
        findings = []
        for finding in self.findings:
            kept[finding.code] += 1
            if not cap or kept[finding.code] <= cap:
                findings.append(finding)
        self.findings = findings

    @property
    def truncated(self) -> dict[str, int]:
        """Return how many findings were counted and not kept, by code; only what is above 0."""
        kept = Counter(finding.code for finding in self.findings)
        left = {code: count - kept[code] for code, count in sorted(self.counts.items())}
        return {code: count for code, count in left.items() if count > 0}

    @property
    def crashed(self) -> list[NotRun]:
        """Return the rules that raised."""
        return [entry for entry in self.not_run if entry.crashed]

    @property
    def verdict(self) -> Verdict:
        """Return the verdict at the threshold `fail_on`."""
        reasons = [f"{entry.code} {entry.reason}" for entry in self.crashed]
        for severity, count in self.by_severity().items():
            if self.fail_on is not None and count and severity >= self.fail_on:
                reasons.append(f"{count} {severity}{'s' if count > 1 else ''}")
        return Verdict(not reasons, tuple(reasons))

    def to_frame(self) -> pandas.DataFrame:
        """Return the findings as a table, one row each, in the order of the report."""
        from ftlint.frames import findings_frame

        return findings_frame(self)

    def measures_frame(self) -> pandas.DataFrame:
        """Return what was measured of each example as a table, one row each.

        Raises: FtlintError when the run has folded no table (`Request.table`).
        """
        from ftlint.frames import examples_frame

        return examples_frame(self)

    @property
    def exit_status(self) -> int:
        """Return 0 when clean, 1 when the verdict fails, 2 when a rule crashed."""
        return 2 if self.crashed else int(not self.verdict.passed)


def locate(report: Report, findings: Sequence[Finding]) -> list[Located]:
    """Return `findings` with concrete places, in the order of the files and lines."""
    dataset = report.dataset
    lines = dataset.fetch(finding.where for finding in findings)
    rules = {rule.code: rule for rule in report.rules}
    located = []
    for finding in findings:
        where = finding.where
        line = None if where.ordinal is None else lines[where.ordinal]
        spot = place(line.raw, where) if line else Spot()
        raw = b"" if line is None else line.raw
        located.append(_located(report, rules[finding.code], finding, spot, raw))
    return sorted(located, key=lambda entry: entry.order)


def _located(report: Report, rule: Rule, finding: Finding, spot: Spot, raw: bytes) -> Located:
    where = finding.where
    return Located(
        finding.code,
        rule.name,
        report.severity_of(rule),
        finding.message,
        _place(report.dataset, where),
        spot.column,
        spot.end_column,
        where.span,
        finding.data,
        tuple(_place(report.dataset, other) for other in finding.related),
        finding.fix,
        _fingerprint(report.dataset, finding, raw),
        None if rule.private and not report.show_content else spot.snippet,
        (
            where.source,
            -1 if where.ordinal is None else where.ordinal,
            spot.column or 0,
            finding.code,
            finding.message,
        ),
    )


def _place(dataset: Dataset, where: Where) -> Place:
    path = dataset.sources[where.source].path if where.source >= 0 else ""
    return Place(path, dataset.line_number(where), where.pointer)


def _fingerprint(dataset: Dataset, finding: Finding, raw: bytes) -> str:
    """Return a name that survives moving the line, and changes when the line changes."""
    where = finding.where
    path = dataset.sources[where.source].path if where.source >= 0 and not raw else ""
    parts = (finding.code, path, where.pointer, where.span, where.key)
    return hashlib.blake2b(repr(parts).encode() + b"\0" + raw, digest_size=12).hexdigest()
