"""The outcome of a run: findings by code, source and targets, on their way into the report.

Partial and the findings of dataset rules -> what is reported -> Report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ftlint.finding import Finding
from ftlint.panel import Panel
from ftlint.report import Report, locate
from ftlint.rule import DatasetRule
from ftlint.summary import Capped

Key = tuple[str, int, int]
"""The code of a rule, the index of a source (-1 for the whole dataset), a set of targets."""
Kept = dict[str, dict[int, Capped[Finding]]]
"""What is reported, by code and set of targets."""


def _order(finding: Finding) -> tuple[Any, ...]:
    return finding.order


class _Sifted:
    """The findings of a rule in one source, in any order: the first ones are kept as they come."""

    __slots__ = ("_cap", "_kept", "_total", "whole")

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._kept: list[Finding] = []
        self._total = 0
        self.whole = False
        """Whether one of them is about the source as a whole."""

    def add(self, finding: Finding) -> None:
        self._total += 1
        self._kept.append(finding)
        self.whole |= finding.where.ordinal is None
        if self._cap and len(self._kept) >= 4 * self._cap:
            self._cut()

    def _cut(self) -> None:
        self._kept.sort(key=_order)
        del self._kept[self._cap or len(self._kept) :]

    def capped(self) -> Capped[Finding]:
        self._cut()
        return Capped(self._cap, self._total, tuple(self._kept))


def sort_in(
    rule: DatasetRule[Any],
    found: Iterable[Finding],
    targets: int,
    cap: int,
    findings: dict[Key, Capped[Finding]],
    silent: dict[tuple[str, int], int],
) -> None:
    """Add what a rule finds for some targets, source by source, and what it explains."""
    groups: dict[int, _Sifted] = {}
    for finding in found:
        groups.setdefault(finding.where.source, _Sifted(cap)).add(finding)
    for source, sifted in groups.items():
        findings[rule.code, source, targets] = sifted.capped()
        if sifted.whole:
            for prefix in rule.silences:
                silent[prefix, source] = silent.get((prefix, source), 0) | targets


def tell(report: Report, panel: Panel, cap: int, kept: Kept) -> None:
    """Put the findings into the report, each with its targets."""
    groups = [(code, *entry) for code, sets in kept.items() for entry in sets.items()]
    found = [(f, panel.told(code, these)) for code, these, group in groups for f in group.first]
    report.targets = panel.names
    if panel.names:
        report.levels = {code: Counter() for code in kept}
        for code, these, group in groups:
            worst = max(panel.told(code, these).values())
            report.levels[code][worst] += group.total
    report.findings = locate(report, [f for f, _ in found], [told for _, told in found])
    if panel.names:
        report.shorten(cap)  # each set of targets has kept as many


def reported(
    findings: Mapping[Key, Capped[Finding]],
    failures: Collection[str],
    silent: Mapping[tuple[str, int], int],
) -> Kept:
    """Return what is reported of each rule: not what failed, nor what another one explains."""
    kept: Kept = {}
    for code, source, targets in sorted(findings):
        left = targets
        for (prefix, where), explained in silent.items():
            if where == source and code.startswith(prefix):
                left &= ~explained
        if code not in failures and left:
            group, sets = findings[code, source, targets], kept.setdefault(code, {})
            sets[left] = sets[left].merge(group) if left in sets else group
    return kept
