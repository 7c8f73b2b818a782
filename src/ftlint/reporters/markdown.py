"""The report as Markdown: a comment on a pull request, or the summary of a CI step.

It begins with a marker, so that a bot finds its comment and updates it in place, and stays below
60 000 characters, because GitHub refuses comments above 65 536. In a GitHub Actions run places
are permanent links to the commit.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from ftlint.finding import Severity
from ftlint.report import Located, Place, Report
from ftlint.reporters import Options
from ftlint.reporters.github import dealt
from ftlint.reporters.terminal import (
    SHOWN,
    count,
    escape,
    left_out,
    location,
    number,
    others,
    outcome,
    scope,
    scored,
)
from ftlint.views import bias as biasview

MARKER = "<!-- ftlint report -->"
MOST = 60_000
"""Characters of the whole comment."""
LISTED = 30
"""Findings that are listed one by one: of every rule one before any has two, and at most three of
one rule in one file. Notes only where there is nothing worse, as on the terminal."""
_SIGNS = {"error": "❌", "warning": "⚠️", "note": "ℹ️"}


def render(report: Report, options: Options) -> Iterator[str]:
    """Yield the comment, paragraph by paragraph, as far as there is room."""
    room = MOST
    for part in _parts(report, options):
        if len(part) > room - 100:
            yield "\n… more in the full report\n"
            return
        room -= len(part)
        yield part


def _parts(report: Report, options: Options) -> Iterator[str]:
    verdict = report.verdict
    sign = "✅" if verdict.passed else "❌"
    word = "passed" if verdict.passed else "failed"
    yield f"{MARKER}\n## {sign} ftlint {word}\n\n{_plain(scope(report))}: {outcome(report)}\n"
    if report.crashed:
        yield (
            "".join(f"\n- **{e.code} crashed**: {_plain(e.reason)}" for e in report.crashed) + "\n"
        )
    yield from _table(report)
    if told := scored(report, options.statistics):
        yield f"\nToxicity: {_plain(told)}\n"
    if not options.statistics:
        yield from _findings(report)
    if not options.quiet:
        yield from _bias(report)
    reasons = left_out(report).items()
    if reasons and not options.quiet:
        lines = [f"- {_plain(reason)}: {', '.join(codes)}" for reason, codes in reasons]
        yield "\n<details><summary>Not run</summary>\n\n" + "\n".join(lines) + "\n\n</details>\n"


def _bias(report: Report) -> Iterator[str]:
    told = "\n".join(escape(line) for line in biasview.lines(report.measures))
    if told:
        fenced = told.replace("```", "\u02bc" * 3)
        yield f"\n<details><summary>Bias</summary>\n\n```text\n{fenced}\n```\n\n</details>\n"


def _table(report: Report) -> Iterator[str]:
    found = [rule for rule in report.rules if report.counts.get(rule.code)]
    if not found:
        return
    yield "\n| | rule | findings |\n|---|---|---:|\n"
    for rule in sorted(found, key=lambda r: (-report.severity_of(r), -report.counts[r.code])):
        severity = str(report.severity_of(rule))
        times = number(report.counts[rule.code])
        yield f"| {_SIGNS[severity]} {severity} | {rule.code} {rule.name} | {times} |\n"


def _findings(report: Report) -> Iterator[str]:
    worse = [finding for finding in report.findings if finding.severity > Severity.NOTE]
    groups: dict[tuple[str, str], list[Located]] = {}
    for finding in worse or report.findings:
        groups.setdefault((finding.code, finding.place.path), []).append(finding)
    first = [finding for alike in groups.values() for finding in alike[:SHOWN]]
    ranked = sorted(dealt(first), key=lambda finding: -finding.severity)
    shown = sorted(ranked[:LISTED], key=lambda finding: (-finding.severity, finding.order))
    if shown:
        yield "\n"
    for finding in shown:
        yield f"- {_SIGNS[str(finding.severity)]} {_link(finding)} **{finding.code}** "
        audience = f" *({_plain(finding.audience)})*" if finding.audience else ""
        yield f"{_plain(finding.message)}{audience}\n"
    left = sum(report.counts.values()) - len(shown)
    for alike in dict.fromkeys((finding.code, finding.place.path) for finding in shown):
        rest = groups[alike][SHOWN:]
        if rest and groups[alike][SHOWN - 1] in shown:
            yield f"- {_plain(others(groups[alike], 0))}\n"
            left -= len(rest)
    if left:
        yield f"\n… and {count(left, 'more finding')} in the full report\n"


def _link(finding: Located) -> str:
    """Return the place of a finding, as a permanent link where the commit is known."""
    words = f"`{location(finding.place, finding.column).replace('`', chr(0x2BC))}`"
    url = permalink(finding.place)
    return f"[{words}]({url})" if url else words


def permalink(place: Place) -> str:
    """Return the URL of a place at the commit that GitHub Actions runs for; empty elsewhere."""
    server, name, commit = map(
        os.environ.get, ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA")
    )
    if not (server and name and commit and place.path) or Path(place.path).is_absolute():
        return ""
    path = quote(Path(place.path).as_posix().encode(errors="surrogateescape"))
    line = f"#L{place.line}" if place.line else ""
    return f"{server}/{name}/blob/{commit}/{path}{line}"


def _plain(text: str) -> str:
    """Return `text` so that Markdown shows it as it is: data must not write the comment."""
    shown = escape(text)
    for character in "\\`*_[]<>|#~@!":
        shown = shown.replace(character, f"\\{character}" if character != "@" else "@\u200b")
    return shown
