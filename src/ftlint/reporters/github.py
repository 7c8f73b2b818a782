"""The report as annotations of a GitHub Actions step, and one line that says what they leave out.

GitHub shows at most 10 annotations of each level a step (its documentation of workflow commands),
so they are dealt out over the rules: first one of each, then a second. The last place of a level
that has more says how many.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest
from pathlib import Path

from ftlint.finding import Severity
from ftlint.report import Located, Report
from ftlint.reporters import Options
from ftlint.reporters.terminal import count, outcome, scope

MOST = 10
"""Annotations of one level that a step shows."""
COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(report: Report, options: Options) -> Iterator[str]:
    """Yield the commands, errors first, and the counts."""
    counts = report.by_severity()
    for severity, command in COMMANDS.items():
        found = [finding for finding in report.findings if finding.severity == severity]
        room = MOST if counts[severity] <= MOST else MOST - 1
        shown = dealt(found)[:room]
        for finding in shown:
            yield _annotation(command, finding)
        if left := counts[severity] - len(shown):
            yield f"::{command} title=ftlint::{count(left, f'more {severity}')} in the report\n"
    for entry in report.crashed:
        yield f"::error title={_property(entry.code)} crashed::{_data(entry.reason)}\n"
    if not options.quiet:
        yield _data(f"{scope(report)}: {outcome(report)}") + "\n"


def dealt(findings: Sequence[Located]) -> list[Located]:
    """Return the findings in rounds: the first of every rule, then the second, and so on."""
    rules: dict[str, list[Located]] = {}
    for finding in findings:
        rules.setdefault(finding.code, []).append(finding)
    rounds = chain.from_iterable(zip_longest(*rules.values()))
    return [finding for finding in rounds if finding is not None]


def _annotation(command: str, finding: Located) -> str:
    place = finding.place
    told = {"file": Path(place.path).as_posix() if place.path else "", "line": place.line}
    told |= {"col": finding.column, "title": f"{finding.code} {finding.name}"}
    # Columns are shown for one line only, and the end stands after the last character.
    if finding.column and finding.end_column:
        told["endColumn"] = finding.end_column
    words = [f"{key}={_property(str(value))}" for key, value in told.items() if value]
    return f"::{command} {','.join(words)}::{_data(finding.told)}\n"


def _data(text: str) -> str:
    valid = text.encode(errors="backslashreplace").decode()
    return valid.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
