"""Two saved runs compared: which findings are new, which are fixed, and how the figures moved.

A finding is the same by its rule and fingerprint, so moved lines count as unchanged. Only rules
that ran in both runs are compared: what the other run did not look for is neither new nor fixed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape as entities
from os.path import isfile
from typing import Any

from ftlint.error import UsageError
from ftlint.finding import Severity
from ftlint.planning.plan import whole
from ftlint.report import Located, Report
from ftlint.reporters.json import encode, entry
from ftlint.reporters.terminal import escape, headline
from ftlint.rule import Rule
from ftlint.storage.saved import load
from ftlint.value import dataclass
from ftlint.views.profile import table

Row = tuple[str, ...]
LISTED = 20
"""Findings and figures in a table; JSON has all of them."""


@dataclass(frozen=True, slots=True)
class Runs:
    """Two runs and what changed."""

    paths: tuple[str, str]
    old: Report
    new: Report
    appeared: tuple[Located, ...]
    fixed: tuple[Located, ...]
    unchanged: Mapping[str, int]
    """By code."""
    apart: tuple[tuple[str, ...], tuple[str, ...]]
    """Codes of the rules that ran only in the old run, and only in the new one."""

    @property
    def partial(self) -> bool:
        """Return whether a run kept not all of its findings, so that some cannot be compared."""
        return bool(self.old.truncated or self.new.truncated)

    def figures(self) -> list[tuple[str, Any, Any]]:
        """Return name, old and new value of each figure that changed; None where there is none."""
        before, after = dict(_flat(self.old.measures)), dict(_flat(self.new.measures))
        names = [*before, *(name for name in after if name not in before)]
        pairs = [(name, before.get(name), after.get(name)) for name in names]
        return [(name, old, new) for name, old, new in pairs if old != new]


def saved(path: str) -> bool:
    """Return whether `path` is a saved run, not a dataset."""
    if not path.endswith(".json") or not isfile(path):
        return False
    with open(path, "rb") as file:
        return file.read(64).lstrip(b"{ \r\n\t").startswith(b'"schema_version"')


def compare(old: str, new: str, rules: Sequence[Rule]) -> Runs:
    """Return what changed from one saved run to the other. Raises: SourceError, UsageError."""
    for path in (old, new):
        if not saved(path):
            raise UsageError(f"{path}: is no saved run; compare two runs or two datasets")
    before, after = load(old, rules), load(new, rules)
    first, second = _ran(before), _ran(after)
    both = first & second
    gone = Counter((f.code, f.fingerprint) for f in before.findings if f.code in both)
    appeared, unchanged = [], Counter[str]()
    for finding in after.findings:
        mark = finding.code, finding.fingerprint
        if gone[mark] > 0:
            gone[mark] -= 1
            unchanged[finding.code] += 1
        elif finding.code in both:
            appeared.append(finding)
    fixed = []
    for finding in reversed(before.findings):  # of equal ones, those that come first stay
        mark = finding.code, finding.fingerprint
        if gone[mark] > 0:
            gone[mark] -= 1
            fixed.append(finding)
    apart = tuple(sorted(first - second)), tuple(sorted(second - first))
    return Runs(
        (old, new), before, after, tuple(appeared), tuple(reversed(fixed)), unchanged, apart
    )


def _ran(report: Report) -> set[str]:
    return {rule.code for rule in report.rules} - {entry.code for entry in report.not_run}


def _flat(value: object, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flat(item, f"{name}.{key}" if name else str(key))
    else:
        yield name, value


def present(old: str, new: str, rules: Sequence[Rule], form: str) -> str:
    """Return the comparison in `form`: table, markdown or json. Raises: FtlintError."""
    found = compare(old, new, rules)
    if form == "json":
        return encode(as_json(found), indent=True)
    return "\n".join(_page(found, form == "markdown")).rstrip()


def _page(found: Runs, markdown: bool) -> Iterator[str]:
    title = " compared with ".join(_shown(path, markdown) for path in found.paths)
    yield f"# {title}\n" if markdown else f"{title}\n"
    parts = (
        ("", ("", "old", "new"), _totals(found)),
        ("Findings by rule", ("rule", "new", "fixed", "unchanged"), _by_rule(found)),
        ("New findings", ("place", "rule", "message"), _listed(found.appeared, markdown)),
        ("Fixed findings", ("place", "rule", "message"), _listed(found.fixed, markdown)),
        ("Figures", ("figure", "old", "new"), _moved(found, markdown)),
    )
    for heading, head, rows in parts:
        if rows:
            if heading:
                yield f"## {heading}\n" if markdown else heading
            yield from [*table(head, rows, markdown), ""]
    yield from _remarks(found)


def _remarks(found: Runs) -> Iterator[str]:
    for codes, path in zip(found.apart, found.paths, strict=True):
        if codes:
            yield f"Not compared, since they ran only in {escape(path)}: {', '.join(codes)}"
    if found.partial:
        yield (
            "Not all findings were kept; new and fixed are told among those that were"
            " (--max-findings 0 keeps all)"
        )


def _totals(found: Runs) -> list[Row]:
    old, new = found.old, found.new
    rows: list[Row] = [("examples", whole(old.total_examples), whole(new.total_examples))]
    before, after = old.by_severity(), new.by_severity()
    rows += [(f"{each}s", whole(before[each]), whole(after[each])) for each in before]
    return [*rows, ("verdict", *(_verdict(report) for report in (old, new)))]


def _verdict(report: Report) -> str:
    return "crashed" if report.crashed else "passed" if report.verdict.passed else "failed"


def _by_rule(found: Runs) -> list[Row]:
    appeared = Counter(finding.code for finding in found.appeared)
    fixed = Counter(finding.code for finding in found.fixed)
    names = {rule.code: rule.name for report in (found.old, found.new) for rule in report.rules}
    codes = sorted(appeared.keys() | fixed.keys())
    return [
        (f"{c} {names[c]}", whole(appeared[c]), whole(fixed[c]), whole(found.unchanged.get(c, 0)))
        for c in codes
    ]


def _listed(findings: Sequence[Located], markdown: bool) -> list[Row]:
    worst = sorted(findings, key=lambda finding: (-finding.severity, finding.order))
    rows: list[Row] = [
        (_shown(headline(f), markdown), f"{f.code} {f.severity}", _shown(f.message, markdown))
        for f in worst[:LISTED]
    ]
    return _with_rest(rows, len(worst))


def _moved(found: Runs, markdown: bool) -> list[Row]:
    figures = found.figures()
    rows: list[Row] = [
        (_shown(name, markdown), _value(old, markdown), _value(new, markdown))
        for name, old, new in figures[:LISTED]
    ]
    return _with_rest(rows, len(figures))


def _with_rest(rows: list[Row], total: int) -> list[Row]:
    more = total - len(rows)
    return [*rows, (f"… and {whole(more)} more", "", "")] if more else rows


def _value(value: object, markdown: bool) -> str:
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else _shown(str(value)[:40], markdown)


def _shown(text: str, markdown: bool) -> str:
    """Return `text` on one line, without what a terminal or Markdown would obey."""
    plain = escape(text)
    if not markdown:
        return plain
    for character in "\\`*_[]#~!":
        plain = plain.replace(character, f"\\{character}")
    return entities(plain).replace("|", "&#124;").replace("@", "@\u200b")


def as_json(found: Runs) -> dict[str, Any]:
    """Return the document of `--format json`; its schema is `schemas/compare-runs.json`."""
    sides = zip(found.paths, (found.old, found.new), strict=True)
    old, new = ({"path": path, **_side(report)} for path, report in sides)
    return {
        "schema_version": 1,
        "old": old,
        "new": new,
        "complete": not found.partial,
        "not_compared": {"old": found.apart[0], "new": found.apart[1]},
        "findings": {
            "new": _entries(found.appeared),
            "fixed": _entries(found.fixed),
            "unchanged": sum(found.unchanged.values()),
        },
        "measures": [{"name": name, "old": a, "new": b} for name, a, b in found.figures()],
    }


def _side(report: Report) -> dict[str, Any]:
    counts = report.by_severity()
    return {
        "version": report.version,
        "verdict": _verdict(report),
        "examples": report.total_examples,
        "counts": {str(severity): counts[severity] for severity in sorted(Severity, reverse=True)},
    }


def _entries(findings: Iterable[Located]) -> list[dict[str, Any]]:
    return [entry(finding) for finding in findings]
