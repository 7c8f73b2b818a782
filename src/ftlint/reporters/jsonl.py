"""One finding a line, each the object that `json` has under `findings`, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from ftlint.report import Report
from ftlint.reporters import Options
from ftlint.reporters.json import encode, entry


def render(report: Report, options: Options) -> Iterator[str]:
    """Yield one line a finding."""
    for finding in report.findings:
        yield encode(entry(finding)) + "\n"
