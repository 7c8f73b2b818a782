"""The report for people: findings with the text around them, then what the run comes to.

What is listed, file by file and in the order of lines:

* errors and warnings one by one, at most three of a rule in a file; one line stands for the rest;
* notes only when there is nothing worse, since a dataset easily has thousands: otherwise they are
  counted in the table, and `concise` lists them;
* with `statistics` nothing, but the table has every rule and the measures follow it;
* with `quiet` nothing but findings, and rules that crashed: they are never passed over.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from ftlint.finding import Severity
from ftlint.report import Located, Report
from ftlint.reporters import Options
from ftlint.reporters.terminal import (
    COLORS,
    ELLIPSIS,
    NAMED,
    SHOWN,
    Paint,
    cells,
    count,
    crop,
    escape,
    frame,
    headline,
    left_out,
    location,
    number,
    others,
    scope,
    scored,
    tally,
)
from ftlint.rule import Rule
from ftlint.views import bias as biasview

ROWS = 10
"""Rules in the table, unless `statistics` asks for all."""
BAR = "  │ "


def render(report: Report, options: Options) -> Iterator[str]:
    """Yield the report in blocks of whole lines."""
    paint = Paint(options.color)
    if not options.statistics:
        yield from _listing(report, options, paint)
    if options.quiet:
        yield from _crashes(report, paint)
    else:
        yield from _summary(report, options, paint)


def _listing(report: Report, options: Options, paint: Paint) -> Iterator[str]:
    worse = [finding for finding in report.findings if finding.severity > Severity.NOTE]
    truncated = report.truncated
    last = report.dataset.sources[-1].path
    for path, group in groupby(worse or report.findings, lambda finding: finding.place.path):
        # Kept are the first findings of a rule: what was cut off can only lie behind them, so
        # that in the last file the number is known exactly.
        beyond = truncated if path == last else {}
        yield from _file(group, beyond, options, paint)


def _file(
    group: Iterable[Located], beyond: Mapping[str, int], options: Options, paint: Paint
) -> Iterator[str]:
    found: dict[str, list[Located]] = defaultdict(list)
    for finding in group:
        found[finding.code].append(finding)
        if len(found[finding.code]) <= SHOWN:
            yield _block(finding, options, paint)
    lines = [
        paint(f"{others(alike, beyond.get(code, 0))}\n", dim=True)
        for code, alike in sorted(found.items())
        if len(alike) > SHOWN or code in beyond
    ]
    if lines:
        yield "".join(lines) + "\n"


def _block(finding: Located, options: Options, paint: Paint) -> str:
    """Return one finding: place, rule, message, window, fix and related places."""
    color = COLORS[finding.severity]
    place = headline(finding) if finding.place.path else "dataset"
    title = [paint(place, bold=True), paint(str(finding.severity), color, bold=True)]
    title += [finding.code, finding.name]
    if finding.place.line and finding.place.pointer:
        title.append(paint(f"at {escape(finding.place.pointer)}", dim=True))
    lines = [" ".join(title), f"  {escape(finding.message)}"]
    if finding.audience:
        lines.append(f"  {paint(finding.audience, dim=True)}")
    if finding.snippet:
        text, caret = frame(finding.snippet, options.width - len(BAR))
        bar = paint(BAR, dim=True)
        lines.append(bar + text)
        if caret:
            # Spaces stay unpainted: trailing style codes would upset who copies the line.
            pad = len(caret) - len(caret.lstrip())
            lines.append(bar + caret[:pad] + paint(caret[pad:], color))
    if finding.fix:
        safety = paint(f"({finding.fix.safety})", dim=True)
        lines.append(f"  {paint('fix:', 'green')} {escape(finding.fix.title)} {safety}")
    if finding.related:
        lines.append(f"  {paint(_related(finding), dim=True)}")
    return "\n".join(lines) + "\n\n"


def _related(finding: Located) -> str:
    places = dict.fromkeys(location(place) for place in finding.related)
    named = ", ".join(list(places)[:NAMED])
    left = len(places) - NAMED
    return f"see also {named}" + (f" and {number(left)} more" if left > 0 else "")


def _summary(report: Report, options: Options, paint: Paint) -> Iterator[str]:
    clean = not any(report.counts.values())
    absent = list(_left_out(report, options, paint))
    if clean and report.verdict.passed:
        tick = f"{paint('✓', 'green', bold=True)} " if report.rules else ""
        yield f"{tick}{scope(report)}: {tally(report)}\n"
        yield from _shapes(report, paint)
        if absent:
            yield "\n"
            yield from absent
    else:
        yield f"{paint(scope(report), bold=True)}: {tally(report, paint)}\n"
        yield from _shapes(report, paint)
        yield "\n"
        yield from _table(report, options, paint)
        yield from _remarks(report, options, paint)
        absent = [*_crashes(report, paint), *absent]
        if absent:
            yield from absent
            yield "\n"
    if told := scored(report, options.statistics):
        yield f"  toxicity  {told}\n\n"
    if options.statistics:
        yield from _measures(report, options)
        yield from _bias(report, options)
    elif unsaid := biasview.unread(report.measures):
        yield paint(f"  {escape(unsaid)}\n", dim=True)
    if not clean or not report.verdict.passed:
        yield from _verdict(report, paint)


def _shapes(report: Report, paint: Paint) -> Iterator[str]:
    """Say what files are read as, and why; that they are chats is no news."""
    shapes = report.measures.get("shapes", {})
    news = [(path, told) for path, told in shapes.items() if told["shape"] != "chat"]
    for path, told in news[:NAMED]:
        name = f"{escape(path)} is " if len(report.dataset.sources) > 1 else ""
        yield paint(f"  {name}read as {told['shape']}: {escape(told['why'])}\n", dim=True)


def _ranked(report: Report) -> list[Rule]:
    """Return the rules that found something: the worst first, then the most frequent."""
    found = [rule for rule in report.rules if report.counts.get(rule.code)]
    return sorted(found, key=lambda r: (-report.severity_of(r), -report.counts[r.code], r.code))


def _table(report: Report, options: Options, paint: Paint) -> Iterator[str]:
    ranked = _ranked(report)
    rows = ranked if options.statistics else ranked[:ROWS]
    wide = max((len(rule.name) for rule in rows), default=0)
    deep = max((len(number(report.counts[rule.code])) for rule in rows), default=0)
    for rule in rows:
        severity = report.severity_of(rule)
        word = paint(f"{severity!s:<7}", COLORS[severity])
        left = f"  {rule.code} {rule.name:<{wide}}  {number(report.counts[rule.code]):>{deep}}"
        about = crop(_about(rule), max(options.width - cells(left) - 11, 1))
        yield f"  {word}{left}  {paint(about, dim=True)}\n"
    if hidden := ranked[len(rows) :]:
        total = count(sum(report.counts[rule.code] for rule in hidden), "finding")
        rules = count(len(hidden), "more rule")
        yield paint(f"  {ELLIPSIS} and {total} of {rules} (--statistics)\n", dim=True)
    if rows:
        yield "\n"


def _about(rule: Rule) -> str:
    """Return the first line of the rule's documentation."""
    return escape(rule.text.strip().partition("\n")[0].rstrip("."))


def _remarks(report: Report, options: Options, paint: Paint) -> Iterator[str]:
    """Say what the listing leaves out."""
    remarks = []
    severities = report.by_severity()
    notes = severities[Severity.NOTE]
    if notes and notes < sum(severities.values()) and not options.statistics:
        remarks.append("Notes are counted only; --format concise lists them")
    if report.truncated:
        kept = min(report.counts[code] - left for code, left in report.truncated.items())
        of = ", ".join(report.truncated)
        remarks.append(
            f"Counts are exact; only the first {number(kept)} findings are kept of {of}"
            " (--max-findings)"
        )
    if report.known:
        remarks.append(f"{count(report.known, 'known finding')} of the baseline not shown")
    if report.suppressed:
        remarks.append(f"{count(len(report.suppressed), 'finding')} suppressed, with a reason")
    if report.unchanged:
        remarks.append(f"{count(report.unchanged, 'finding')} on unchanged rows not shown")
    if remarks:
        yield "".join(paint(f"  {remark}\n", dim=True) for remark in remarks) + "\n"


def _crashes(report: Report, paint: Paint) -> Iterator[str]:
    names = {rule.code: f" {rule.name}" for rule in report.rules}
    for entry in report.crashed:
        rule = paint(f"{entry.code}{names.get(entry.code, '')}", bold=True)
        yield f"  {paint('crashed', 'red')}  {rule}: {escape(entry.reason)}\n"


def _left_out(report: Report, options: Options, paint: Paint) -> Iterator[str]:
    """Yield the rules that did not run, those with the same reason on one line."""
    for reason, codes in left_out(report, all_of_them=options.statistics).items():
        yield f"  {paint('not run', dim=True)}  {' '.join(codes)}: {escape(reason)}\n"


def _measures(report: Report, options: Options) -> Iterator[str]:
    rows = list(_flat({key: of for key, of in report.measures.items() if key != "bias"}))
    wide = max((cells(name) for name, _ in rows), default=0)
    for name, value in rows:
        room = max(options.width - wide - 4, 1)
        yield f"  {name}{' ' * (wide - cells(name))}  {crop(value, room)}\n"
    if rows:
        yield "\n"


def _bias(report: Report, options: Options) -> Iterator[str]:
    section = biasview.lines(report.measures, options.width - 2)
    told = [f"  {escape(line)}\n" for line in section]
    if told:
        yield "".join(told) + "\n"


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield each figure with its dotted name; what is not known is left out."""
    if value is None:
        return
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flat(item, f"{name}.{escape(str(key))}" if name else escape(str(key)))
    elif isinstance(value, int) and not isinstance(value, bool):
        yield name, number(value)
    else:
        yield name, f"{value:.4g}" if isinstance(value, float) else escape(str(value))


def _verdict(report: Report, paint: Paint) -> Iterator[str]:
    verdict, crashed = report.verdict, len(report.crashed)
    if verdict.passed:
        found = f" with {tally(report)}" if any(report.counts.values()) else ""
        yield f"{paint('✓ passed', 'green', bold=True)}{found}\n"
    else:
        # The crashes stand first in the reasons, and were told with their place above.
        reasons = [count(crashed, "rule") + " crashed"] if crashed else []
        reasons += verdict.reasons[crashed:]
        reasons = [re.sub(r"^\d+", lambda m: number(int(m[0])), reason) for reason in reasons]
        yield f"{paint('✗ failed:', 'red', bold=True)} {', '.join(reasons)}\n"
    if (ranked := _ranked(report)) and not crashed:
        command = paint(f"ftlint rule {ranked[0].code}", "cyan")
        yield f"  {command} explains {ranked[0].name}\n"
