"""What depends on the provider in a run without a target, which findings of such a run tell.

The rules are then those common to OpenAI-compatible providers, and some of these differ: of each
rule that has found something, the targets with `openai-compatible: true` are asked whether they
refuse what it finds. Report -> the same report, with the targets of such findings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ftlint.configuration.config import Config
from ftlint.configuration.selection import chosen
from ftlint.finding import Severity
from ftlint.panel import audience
from ftlint.report import Report
from ftlint.rule import Rule
from ftlint.targets import target as targets


def tell(report: Report, rules: Sequence[Rule]) -> None:
    """Name in each finding of `report` the providers that refuse it, where not all of them do."""
    found = {finding.code for finding in report.findings}
    refusing = refusals([rule for rule in rules if rule.code in found])
    if not refusing:
        return
    report.findings = [
        replace(finding, targets=told, audience=audience(told, 0))
        if (told := refusing.get(finding.code))
        else finding
        for finding in report.findings
    ]


def refusals(rules: Sequence[Rule]) -> dict[str, dict[str, Severity]]:
    """Return by code which providers refuse what a rule finds; nothing where they agree.

    A provider that wants the rule with other options is not among them: it may refuse or not.
    """
    known = [targets.brief(name) for name in targets.compatible()]
    found: dict[str, dict[str, Severity]] = {rule.code: {} for rule in rules}
    for target in known:
        wanted, levels = chosen(Config(), rules, target)
        for rule in wanted:
            severity = levels.get(rule.code, rule.severity)
            if severity is Severity.ERROR and rule in rules:
                found[rule.code][target.name] = severity
    return {code: told for code, told in found.items() if 0 < len(told) < len(known)}
