"""The report: findings made concrete, sorted and counted. Reporters only print it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any

from ftlint import __version__
from ftlint.analysis import Analysis
from ftlint.finding import Finding, Fix, Severity, Where
from ftlint.panel import audience
from ftlint.privacy.veil import all_veiled, veiled_pointer
from ftlint.rule import Rule
from ftlint.snippet import Snippet, Spot, place, suspects
from ftlint.source import Dataset
from ftlint.value import dataclass

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
    targets: Mapping[str, Severity] = field(default_factory=dict)
    """Targets for which it holds, with the severity for each: where they may differ."""
    audience: str = ""
    """The same in words: `refused by bedrock-claude, databricks`; empty when it is plain."""

    @property
    def told(self) -> str:
        """Return the message with the targets for which it holds."""
        return f"{self.message} ({self.audience})" if self.audience else self.message


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that somebody has accepted."""

    finding: Located
    reason: str
    place: Place
    """Where that is said."""
    column: int


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
    suppressed: list[Suppressed] = field(default_factory=list)
    """Findings that are accepted (`ftlint.afterwards.suppression`); they are not counted either."""
    unchanged: int = 0
    """Findings on unchanged rows, in a run that shows changed ones only; nor are they."""
    results: Mapping[Analysis[Any, Any], Any] = field(default_factory=dict, repr=False)
    """What each analysis of the run has concluded."""
    severities: Mapping[str, Severity] = field(default_factory=dict)
    """Severities that the configuration changes, by code."""
    show_content: bool = False
    """Whether the text is quoted that private rules have found."""
    fail_on: Severity | None = Severity.ERROR
    target: str | None = None
    """The target; of several, their names."""
    targets: tuple[str, ...] = ()
    """The targets, when there are several."""
    levels: dict[str, Counter[Severity]] = field(default_factory=dict)
    """All findings by code and severity, when targets may differ in it."""
    method: str = "sft"
    duration: float = 0.0
    """Seconds of wall time."""
    written_by: str = __version__
    """The version of ftlint that linted."""

    @property
    def version(self) -> str:
        """Return the version of ftlint that linted."""
        return self.written_by

    @property
    def total_examples(self) -> int:
        """Return the number of lines that are not blank, over all sources."""
        return sum(self.examples.values())

    def severity_of(self, rule: Rule) -> Severity:
        """Return the severity of `rule` in this run: of several targets, the worst that it had."""
        found = +self.levels.get(rule.code, Counter[Severity]())
        return max(found) if found else self.severities.get(rule.code, rule.severity)

    def by_severity(self) -> dict[Severity, int]:
        """Return how many findings there are of each severity, worst first."""
        found = dict.fromkeys(sorted(Severity, reverse=True), 0)
        for rule in self.rules:
            usual = {self.severity_of(rule): self.counts.get(rule.code, 0)}
            for severity, count in self.levels.get(rule.code, usual).items():
                found[severity] += count
        return found

    def recount(self, findings: Sequence[Located]) -> None:
        """Count only `findings`, which are all that there are."""
        counts = Counter(finding.code for finding in findings)
        self.counts = {code: counts[code] for code in {**self.counts, **counts}}
        self.levels = {code: Counter() for code in self.counts} if self.targets else {}
        for finding in findings if self.targets else ():
            self.levels[finding.code][finding.severity] += 1

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


def locate(
    report: Report, findings: Sequence[Finding], told: Sequence[Mapping[str, Severity]]
) -> list[Located]:
    """Return `findings` with concrete places, in the order of the files and lines.

    `told` has the targets of each, with their severities; nothing where nobody differs.
    """
    dataset = report.dataset
    lines = dataset.fetch(finding.where for finding in findings)
    private = frozenset() if report.show_content else suspects(lines)
    rules = {rule.code: (rule, report.severity_of(rule)) for rule in report.rules}
    every = findings if report.show_content else all_veiled(findings)
    located = []
    # Those of one line follow each other, so that it is read once.
    for finding, targets in sorted(zip(every, told, strict=True), key=_line):
        rule, severity = rules[finding.code]
        where, raw, spot = finding.where, b"", Spot()
        if where.ordinal is not None:
            raw = lines[where.ordinal].raw
            quote = report.show_content or not rule.private
            spot = place(raw, where, veil=where.ordinal in private, quote=quote)
        located.append(_located(report, rule, severity, finding, spot, raw, targets))
    return sorted(located, key=lambda entry: entry.order)


def _line(entry: tuple[Finding, Any]) -> int:
    ordinal = entry[0].where.ordinal
    return -1 if ordinal is None else ordinal


def _located(
    report: Report,
    rule: Rule,
    severity: Severity,
    finding: Finding,
    spot: Spot,
    raw: bytes,
    targets: Mapping[str, Severity],
) -> Located:
    where = finding.where
    return Located(
        finding.code,
        rule.name,
        max(targets.values()) if targets else severity,
        finding.message,
        _place(report, where),
        spot.column,
        spot.end_column,
        where.span,
        finding.data,
        tuple(_place(report, other) for other in finding.related),
        finding.fix,
        _fingerprint(report.dataset, finding, raw),
        spot.snippet,
        (
            where.source,
            -1 if where.ordinal is None else where.ordinal,
            spot.column or 0,
            finding.code,
            finding.message,
        ),
        targets,
        audience(targets, len(report.targets)) if targets else "",
    )


def _place(report: Report, where: Where) -> Place:
    dataset, pointer = report.dataset, where.pointer
    path = dataset.sources[where.source].path if where.source >= 0 else ""
    if pointer and not report.show_content:
        pointer = veiled_pointer(pointer)  # the keys of a record are content
    return Place(path, dataset.line_number(where), pointer)


def _fingerprint(dataset: Dataset, finding: Finding, raw: bytes) -> str:
    """Return a name that survives moving the line, and changes when the line changes."""
    where = finding.where
    path = dataset.sources[where.source].path if where.source >= 0 and not raw else ""
    parts = (finding.code, path, where.pointer, where.span, where.key)
    return hashlib.blake2b(repr(parts).encode() + b"\0" + raw, digest_size=12).hexdigest()
