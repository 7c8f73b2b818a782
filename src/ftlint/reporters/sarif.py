"""The report as SARIF 2.1.0 (OASIS), for code scanning.

Within GitHub's limits: at most 25 000 results a run, the worst first, and what was cut is said
in a notification. Places count code points (`columnKind`), and a fingerprint survives moved lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ftlint.docs import FAMILIES, page, summary_of
from ftlint.report import Located, NotRun, Place, Report, Suppressed
from ftlint.reporters import Options
from ftlint.reporters.json import encode
from ftlint.rule import Rule

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST = 25_000
"""Results of a run that GitHub takes (its documentation of SARIF support)."""


def render(report: Report, options: Options) -> Iterator[str]:
    """Yield the log with its one run, result by result."""
    kept = sorted(report.findings, key=lambda finding: (-finding.severity, finding.order))[:MOST]
    accepted = report.suppressed[: MOST - len(kept)]
    rules = {rule.code: index for index, rule in enumerate(report.rules)}
    yield f'{{"$schema": {encode(SCHEMA)}, "version": "2.1.0", "runs": [{{\n'
    yield f'"tool": {encode({"driver": _driver(report)})},\n'
    yield f'"columnKind": "unicodeCodePoints",\n"invocations": {encode([_invocation(report)])},\n'
    yield '"results": ['
    separator, seen = "\n", Counter[str]()
    for finding, how in [*((f, None) for f in kept), *((a.finding, a) for a in accepted)]:
        seen[finding.fingerprint] += 1
        result = _result(report, finding, rules[finding.code], seen[finding.fingerprint])
        if accepted:  # on one result only, the others would count as not looked at
            result["suppressions"] = [_suppression(report, how)] if how else []
        yield separator + encode(result)
        separator = ",\n"
    yield "\n]}]}\n"


def _driver(report: Report) -> dict[str, Any]:
    return {
        "name": "ftlint",
        "semanticVersion": report.version,
        "rules": [_descriptor(report, rule) for rule in report.rules],
    }


def _descriptor(report: Report, rule: Rule) -> dict[str, Any]:
    summary = summary_of(rule)
    return {
        "id": rule.code,
        "name": "".join(word.title() for word in rule.name.split("-")),
        "shortDescription": {"text": summary},
        "fullDescription": {"text": summary},
        "help": {"text": summary, "markdown": page(rule, options=False)},
        "defaultConfiguration": {"level": str(report.severity_of(rule))},
        "properties": {"tags": [FAMILIES.get(rule.code[:3], "Plugins")], "since": rule.since},
    }


def _invocation(report: Report) -> dict[str, Any]:
    left = sum(report.counts.values()) - min(len(report.findings), MOST)
    notices = [_notice(entry) for entry in report.not_run]
    if left:
        text = f"{left} findings are counted and not listed"
        notices.append({"level": "note", "message": {"text": text}})
    return {
        "executionSuccessful": not report.crashed,
        "exitCode": report.exit_status,
        "toolExecutionNotifications": notices,
        "properties": {
            "passed": report.verdict.passed,
            "reasons": report.verdict.reasons,
            "findings": sum(report.counts.values()),
        },
    }


def _notice(entry: NotRun) -> dict[str, Any]:
    said = {"text": entry.reason if entry.crashed else f"not run: {entry.reason}"}
    level = "error" if entry.crashed else "note"
    return {"level": level, "message": said, "associatedRule": {"id": entry.code}}


def _result(report: Report, finding: Located, index: int, times: int) -> dict[str, Any]:
    result = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": str(finding.severity),
        "message": {"text": finding.told},
        "locations": [_location(report, finding.place, finding)],
        "partialFingerprints": {"primaryLocationLineHash": f"{finding.fingerprint}:{times}"},
    }
    if finding.targets:
        told = {name: str(severity) for name, severity in finding.targets.items()}
        result["properties"] = {"targets": told}
    if finding.related:
        related = [_location(report, place) for place in finding.related]
        result["relatedLocations"] = [{"id": i, **place} for i, place in enumerate(related)]
    return result


def _suppression(report: Report, how: Suppressed) -> dict[str, Any]:
    where = _location(report, how.place)
    return {
        "kind": "external",
        "status": "accepted",
        "justification": how.reason,
        "location": where,
    }


def _location(report: Report, place: Place, finding: Located | None = None) -> dict[str, Any]:
    """Return a place; that of the whole dataset is its first file, for want of another."""
    path = place.path or report.dataset.sources[0].path
    region: dict[str, Any] = {"startLine": place.line or 1}
    if finding and finding.column:
        region["startColumn"] = finding.column
        if finding.end_column:
            region["endColumn"] = finding.end_column
    physical = {"artifactLocation": artifact(path), "region": region}
    location: dict[str, Any] = {"physicalLocation": physical}
    if place.line and place.pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": place.pointer, "kind": "member"}]
    return location


def artifact(path: str) -> dict[str, Any]:
    """Return the location of a file: below the root of the sources, or absolute."""
    if Path(path).is_absolute():
        return {"uri": Path(path).as_uri()}
    name = "stdin" if path == "-" else Path(path).as_posix()
    return {"uri": quote(name.encode(errors="surrogateescape")), "uriBaseId": "%SRCROOT%"}
