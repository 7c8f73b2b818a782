"""The outcome of a run: findings by code, source and targets, on their way into the report.

Partial and the findings of dataset rules -> what is reported -> Report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
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


def sort_in(
    rule: DatasetRule[Any],
    found: Sequence[Finding],
    targets: int,
    cap: int,
    findings: dict[Key, Capped[Finding]],
    silent: dict[tuple[str, int], int],
) -> None:
    """Add what a rule found for some targets, source by source, and what it explains."""
    for source in {finding.where.source for finding in found}:
        those = [finding for finding in found if finding.where.source == source]
        findings[rule.code, source, targets] = Capped.of(sorted(those, key=_order), cap)
        if any(finding.where.ordinal is None for finding in those):
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
