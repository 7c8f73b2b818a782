"""Views of a comparison: a table for people, Markdown for reviews, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ftlint import __version__
from ftlint.comparing.comparison import Comparison, Drift, Version, compare
from ftlint.planning.plan import whole
from ftlint.rules.drift import LENGTHS, lengths
from ftlint.session import Request
from ftlint.text.languagename import name
from ftlint.views.profile import table
from ftlint.wording import cut

Row = tuple[str, ...]
LISTED = 10
"""Languages and labels in a table; JSON has all of them."""


def present(old: str, new: str, request: Request, form: str) -> tuple[str, bool]:
    """Return the comparison in `form` and whether the dataset has drifted.

    `form` is table, markdown or json. Raises: FtlintError.
    """
    found = compare(old, new, request)
    if form == "json":
        return json.dumps(as_json(found), ensure_ascii=False, indent=2), found.drifted
    return "\n".join(_page(found, form == "markdown")).rstrip(), found.drifted


def _page(found: Comparison, markdown: bool) -> Iterator[str]:
    title = f"{found.old.path} compared with {found.new.path}"
    yield f"# {title}\n" if markdown else f"{title}\n"
    parts = (
        ("", ("examples", "old", "new"), _examples(found)),
        ("Distributions", ("what", "old", "new", "distance", "drift"), _distributions(found)),
        ("Languages", ("language", "old", "new"), _languages(found)),
        ("Labels", ("label", "old", "new"), _labels(found)),
        ("Findings", ("rule", "severity", "old", "new", "change"), _findings(found)),
    )
    for heading, head, rows in parts:
        if not rows:
            continue
        if heading:
            yield f"## {heading}\n" if markdown else heading
        yield from [*table(head, rows, markdown), ""]


def _examples(found: Comparison) -> list[Row]:
    old, new, change = found.old, found.new, found.change
    rows: list[Row] = [
        ("all", whole(old.report.total_examples), whole(new.report.total_examples)),
        ("kept", whole(change.kept), whole(change.kept)),
        ("same prompt, other answer", whole(change.answered), whole(change.answered)),
        ("removed", whole(change.removed), ""),
        ("added", "", whole(change.added)),
    ]
    for role in sorted(old.profile.roles.of.keys() | new.profile.roles.of.keys()):
        counts = (side.profile.roles.of.get(role, 0) for side in (old, new))
        rows.append((f"texts of {role or 'no valid role'}", *map(whole, counts)))
    if old.tokens and new.tokens:
        rows.append(("tokens", whole(old.tokens.total), whole(new.tokens.total)))
        rows.append(("trained tokens", whole(old.tokens.trained), whole(new.tokens.trained)))
    return rows


def _distributions(found: Comparison) -> list[Row]:
    tests = {drift.what: drift for drift in found.drifts}
    rows: list[Row] = []
    for what in LENGTHS:
        sides = [_spread(lengths(side.profile, what)) for side in (found.old, found.new)]
        rows.append((what, *sides, *_judged(tests.pop(what, None))))
    for what, drift in tests.items():
        rows.append((what, "", "", *_judged(drift)))
    return rows


def _judged(drift: Drift | None) -> tuple[str, str]:
    if drift is None:
        return "", "too few examples"
    return f"{drift.test.distance:.2f}", "drifted" if drift.real else "no"


def _spread(counts: Mapping[int, int]) -> str:
    return ", ".join(f"{title} {whole(value)}" for title, value in quantiles(counts).items())


def quantiles(counts: Mapping[int, int]) -> dict[str, int]:
    """Return p5, p50, p95 and the largest of values by count, by nearest rank."""
    total, found = sum(counts.values()), {}
    for title, share in (("p5", 0.05), ("p50", 0.5), ("p95", 0.95), ("max", 1.0)):
        rank, seen = round(share * (total - 1)), 0
        for value, count in sorted(counts.items()):
            seen += count
            if seen > rank:
                found[title] = value
                break
    return found


def _languages(found: Comparison) -> list[Row]:
    old, new = (dict(side.languages.ranked) for side in (found.old, found.new))
    return [(name(code), *sides) for code, *sides in _shares(old, new)]


def _labels(found: Comparison) -> list[Row]:
    old, new = found.old.profile.classes.of, found.new.profile.classes.of
    return _shares(old, new) if old and new else []


def _shares(old: Mapping[str, int], new: Mapping[str, int]) -> list[Row]:
    """Return the categories whose shares differ most, with both shares."""
    sizes = sum(old.values()) or 1, sum(new.values()) or 1
    shares = {
        key: (old.get(key, 0) / sizes[0], new.get(key, 0) / sizes[1])
        for key in old.keys() | new.keys()
    }
    ranked = sorted(shares, key=lambda key: (-abs(shares[key][0] - shares[key][1]), key))
    shown = sorted(ranked[:LISTED], key=lambda key: (-max(shares[key]), key))
    return [(_quoted(key), f"{shares[key][0]:.1%}", f"{shares[key][1]:.1%}") for key in shown]


def _quoted(label: str) -> str:
    """Return a label on one line and without what a terminal or Markdown would obey."""
    return json.dumps(cut(label, 40), ensure_ascii=not label.isprintable())[1:-1].replace("|", "¦")


def _findings(found: Comparison) -> list[Row]:
    rows: list[Row] = []
    for code, title, severity, before, after in found.findings():
        change = "new" if not before else "gone" if not after else f"{after - before:+d}"
        if before == after:
            change = ""
        rows.append((f"{code} {title}", str(severity), whole(before), whole(after), change))
    return rows


def as_json(found: Comparison) -> dict[str, Any]:
    """Return the document of `--format json`; its schema is `schemas/compare.json`."""
    return {
        "schema_version": 1,
        "tool": {"name": "ftlint", "version": __version__},
        "old": _side(found.old),
        "new": _side(found.new),
        "examples": {
            "kept": found.change.kept,
            "answer_changed": found.change.answered,
            "added": found.change.added,
            "removed": found.change.removed,
        },
        "drifted": found.drifted,
        "distributions": [
            {
                "what": drift.what,
                "distance": drift.test.distance,
                "probability": drift.test.probability,
                "limit": drift.limit,
                "drifted": drift.real,
            }
            for drift in found.drifts
        ],
        "findings": [
            {"code": code, "name": title, "severity": str(level), "old": before, "new": after}
            for code, title, level, before, after in found.findings()
        ],
    }


def _side(side: Version) -> dict[str, Any]:
    tokens = side.tokens
    return {
        "path": side.path,
        "examples": side.report.total_examples,
        "roles": dict(sorted(side.profile.roles.of.items())),
        "lengths": {
            what.replace(" ", "_"): quantiles(lengths(side.profile, what)) for what in LENGTHS
        },
        "languages": side.languages.figures(),
        "labels": dict(side.profile.classes.of),
        "tokens": {"total": tokens.total, "trained": tokens.trained} if tokens else None,
    }
