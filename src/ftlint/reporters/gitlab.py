"""The report as GitLab's code quality JSON: one object a finding, each fingerprint once.

Source: GitLab documentation, "Code Quality", the subset of the Code Climate format.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ftlint.finding import Severity
from ftlint.report import Located, Report
from ftlint.reporters import Options
from ftlint.reporters.json import encode

LEVELS = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.NOTE: "info"}


def render(report: Report, options: Options) -> Iterator[str]:
    """Yield the list, finding by finding."""
    separator, seen = "[\n", Counter[str]()
    for finding in report.findings:
        seen[finding.fingerprint] += 1
        yield separator + encode(_entry(report, finding, seen[finding.fingerprint]))
        separator = ",\n"
    yield "\n]\n" if report.findings else "[]\n"


def _entry(report: Report, finding: Located, times: int) -> dict[str, object]:
    path = finding.place.path or report.dataset.sources[0].path
    # GitLab drops what comes twice: equal lines are told apart by their order.
    mark = f"{finding.fingerprint} {times}" if times > 1 else finding.fingerprint
    return {
        "description": finding.told,
        "check_name": f"{finding.code} {finding.name}",
        "fingerprint": hashlib.sha256(mark.encode()).hexdigest(),
        "severity": LEVELS[finding.severity],
        "location": {"path": Path(path).as_posix(), "lines": {"begin": finding.place.line or 1}},
    }
