"""One finding a line, `path:line:column CODE message`: for grep, editors and pre-commit.

A finding about a file is `path CODE message`, one about the whole dataset `- CODE message`.
After the findings come `crashed (CODE): reason`, `not run (CODE, …): reason` and the counts.
With `statistics` the findings give way to one line a rule: count, code, name.
"""

from __future__ import annotations

from collections.abc import Iterator

from ftlint.report import Report
from ftlint.reporters import Options
from ftlint.reporters.terminal import count, escape, headline, left_out, outcome, scope


def render(report: Report, options: Options) -> Iterator[str]:
    """Yield the report line by line."""
    if options.statistics:
        yield from _statistics(report)
    else:
        for finding in report.findings:
            yield f"{headline(finding)} {finding.code} {escape(finding.told)}\n"
    # The codes stand in brackets, or the line would read as a finding about a file.
    for entry in report.crashed:
        yield f"crashed ({entry.code}): {escape(entry.reason)}\n"
    if not options.quiet:
        yield from _summary(report, options)


def _summary(report: Report, options: Options) -> Iterator[str]:
    for reason, codes in left_out(report, all_of_them=options.statistics).items():
        yield f"not run ({', '.join(codes)}): {escape(reason)}\n"
    left = sum(report.truncated.values())
    hidden = f" ({count(left, 'finding')} not listed)" if left else ""
    yield f"{scope(report)}: {outcome(report)}{hidden}\n"


def _statistics(report: Report) -> Iterator[str]:
    names = {rule.code: rule.name for rule in report.rules}
    for code, total in sorted(report.counts.items(), key=lambda item: (-item[1], item[0])):
        yield f"{total}\t{code} {names[code]}\n"
