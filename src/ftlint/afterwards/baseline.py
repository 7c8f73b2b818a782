"""Baselines: findings that were there before, by content, so that only new ones are reported.

A baseline is a multiset of fingerprints: of a rule, a place in a line, and the line itself. Line
numbers are no part of it, so moved lines stay known, and an eleventh copy of what is known ten
times is new. Nothing of the dataset can be read from it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path

from ftlint.error import ConfigError
from ftlint.report import Located, Report
from ftlint.value import dataclass

VERSION = 1


@dataclass(frozen=True, slots=True)
class Baseline:
    """How often each fingerprint is known, by code. Size: O(known findings)."""

    known: dict[str, Counter[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, report: Report) -> Baseline:
        """Return the baseline in which all findings of `report` are known."""
        known: dict[str, Counter[str]] = {}
        for finding in report.findings:
            known.setdefault(finding.code, Counter())[finding.fingerprint] += 1
        return cls(known)

    @classmethod
    def read(cls, path: str) -> Baseline:
        """Read a baseline. Raises: ConfigError."""
        try:
            content = json.loads(Path(path).read_text("utf-8"))
        except OSError as error:
            hint = "; --update-baseline writes one" if isinstance(error, FileNotFoundError) else ""
            raise ConfigError(f"{path}: cannot be read: {error.strerror}{hint}") from error
        except ValueError as error:
            raise ConfigError(f"{path}: is no baseline: {error}") from error
        known = _checked(content)
        if known is None:
            raise ConfigError(f"{path}: is no baseline of version {VERSION}")
        return cls(known)

    @property
    def total(self) -> int:
        """Return how many findings are known."""
        return sum(counts.total() for counts in self.known.values())

    def chunks(self) -> Iterator[str]:
        """Yield the file: sorted, one fingerprint a line, so that versions compare well."""
        yield f'{{\n  "ftlint_baseline": {VERSION},\n  "findings": {{'
        for number, (code, counts) in enumerate(sorted(self.known.items())):
            entries = [f'      "{mark}": {times}' for mark, times in sorted(counts.items())]
            joined = ",\n".join(entries)
            yield f"{',' if number else ''}\n    {json.dumps(code)}: {{\n{joined}\n    }}"
        yield "\n  }\n}\n" if self.known else "}\n}\n"


@dataclass(frozen=True, slots=True)
class Compared:
    """A report beside a baseline."""

    new: tuple[Located, ...]
    """Findings that the baseline does not know."""
    known: int
    """Findings that it does."""
    unused: int
    """Entries of rules that ran, for findings that are no longer there."""
    left: Baseline
    """The baseline without the unused entries."""


def compare(report: Report, baseline: Baseline) -> Compared:
    """Return which findings of `report` are new; all of its findings must have been kept."""
    left = {code: Counter(counts) for code, counts in baseline.known.items()}
    new, used = [], dict[str, Counter[str]]()
    for finding in report.findings:
        counts = left.get(finding.code, Counter())
        if counts[finding.fingerprint] > 0:
            counts[finding.fingerprint] -= 1
            used.setdefault(finding.code, Counter())[finding.fingerprint] += 1
        else:
            new.append(finding)
    ran = {rule.code for rule in report.rules} - {entry.code for entry in report.not_run}
    unused = sum(counts.total() for code, counts in left.items() if code in ran)
    # Of rules that did not run nothing is known: their entries stay.
    stay = {code: counts for code, counts in baseline.known.items() if code not in ran}
    known = sum(counts.total() for counts in used.values())
    pruned = Baseline({**{code: used[code] for code in left if code in used}, **stay})
    return Compared(tuple(new), known, unused, pruned)


def narrow(report: Report, compared: Compared, cap: int) -> None:
    """Leave only the new findings in `report`, at most `cap` a rule, and count only those."""
    report.recount(compared.new)
    report.known = compared.known
    report.findings = list(compared.new)
    report.shorten(cap)


def _checked(content: object) -> dict[str, Counter[str]] | None:
    """Return what a baseline knows, or None if it is none."""
    if not isinstance(content, dict) or content.get("ftlint_baseline") != VERSION:
        return None
    found: dict[str, Counter[str]] = {}
    groups = content.get("findings")
    for code, counts in groups.items() if isinstance(groups, dict) else ():
        if not isinstance(counts, dict):
            return None
        if not all(type(times) is int and times > 0 for times in counts.values()):
            return None
        found[code] = Counter(counts)
    return found if isinstance(groups, dict) else None
