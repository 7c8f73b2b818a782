"""The report as JUnit XML: a suite a file, a test a rule, after the schema of Ant's JUnit task.

A rule fails where it has findings at or above the severity that fails the run; what is below
stands in `system-out`. Rules that did not run are skipped, and those that crashed are errors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from ftlint.report import Located, NotRun, Report
from ftlint.reporters import Options
from ftlint.reporters.terminal import count, headline
from ftlint.rule import Rule

LISTED = 50
"""Findings that a failure lists; its message has the number of all that are kept."""
_EPOCH = "1970-01-01T00:00:00"
"""The schema demands a time; the same report is to give the same bytes."""


def render(report: Report, options: Options) -> Iterator[str]:
    """Yield the suites: one a file, and one for the dataset as a whole."""
    places = [source.path for source in report.dataset.sources]
    data = len(places)
    # What is found in the file of suppressions is told behind the files of the dataset.
    places += dict.fromkeys(f.place.path for f in report.findings if f.place.path not in places)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'
    for index, path in enumerate([*filter(None, places), ""]):
        found = [finding for finding in report.findings if finding.place.path == path]
        if path or found or report.not_run:
            yield from _suite(
                report, index, path or "dataset", found, data=index < data, last=not path
            )
    yield "</testsuites>\n"


def _suite(
    report: Report, index: int, name: str, found: Sequence[Located], *, data: bool, last: bool
) -> Iterator[str]:
    by_rule: dict[str, list[Located]] = {}
    for finding in found:
        by_rule.setdefault(finding.code, []).append(finding)
    failing = {code for code, those in by_rule.items() if _fails(report, those[0])}
    absent = {entry.code: entry for entry in report.not_run}
    rules = [r for r in report.rules if r.code not in absent and (data or r.code in by_rule)]
    left_out = list(absent.values()) if last else []
    crashed = sum(entry.crashed for entry in left_out)
    facts = {
        "package": "ftlint",
        "id": index,
        "name": name,
        "timestamp": _EPOCH,
        "hostname": "localhost",
        "tests": len(rules) + len(left_out),
        "failures": len(failing),
        "errors": crashed,
        "skipped": len(left_out) - crashed,
        "time": 0,
    }
    yield f" <testsuite {_attributes(facts)}>\n  <properties/>\n"
    for rule in rules:
        yield from _case(rule, name, by_rule.get(rule.code, []), rule.code in failing)
    for entry in left_out:
        yield _not_run(entry, name)
    below = [f for code, those in by_rule.items() if code not in failing for f in those]
    text = "".join(f"{_line(finding)}\n" for finding in below)
    yield f"  <system-out>{_text(text)}</system-out>\n  <system-err/>\n </testsuite>\n"


def _not_run(entry: NotRun, suite: str) -> str:
    how = "error" if entry.crashed else "skipped"
    kind = {"type": "crash"} if entry.crashed else {}
    why = _attributes({"message": entry.reason, **kind})
    return f"  <testcase {_attributes(_named(entry.code, suite))}><{how} {why}/></testcase>\n"


def _case(rule: Rule, suite: str, found: Sequence[Located], fails: bool) -> Iterator[str]:
    named = _attributes(_named(f"{rule.code} {rule.name}", suite))
    if not fails:
        yield f"  <testcase {named}/>\n"
        return
    message = _attributes({"message": count(len(found), "finding"), "type": str(found[0].severity)})
    lines = [_line(finding) for finding in found[:LISTED]]
    if len(found) > LISTED:
        lines.append(f"… and {len(found) - LISTED} more")
    body = _text("\n".join(lines))
    yield f"  <testcase {named}><failure {message}>{body}</failure></testcase>\n"


def _fails(report: Report, finding: Located) -> bool:
    return report.fail_on is not None and finding.severity >= report.fail_on


def _line(finding: Located) -> str:
    return f"{headline(finding)} {finding.code} {finding.told}"


def _named(name: str, suite: str) -> dict[str, object]:
    return {"name": name, "classname": suite, "time": 0}


def _attributes(facts: dict[str, object]) -> str:
    return " ".join(f"{key}={quoteattr(_valid(str(value)))}" for key, value in facts.items())


def _text(text: str) -> str:
    return escape(_valid(text))


def _valid(text: str) -> str:
    """Return `text` with everything spelled out that XML 1.0 cannot hold."""
    return "".join(
        character
        if character in "\t\n\r"
        or " " <= character <= "\ud7ff"
        or "\ue000" <= character <= "\ufffd"
        or character >= "\U00010000"
        else f"\\u{ord(character):04x}"
        for character in text
    )
