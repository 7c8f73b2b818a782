"""Representation: the share of the examples that name each group, by role."""

from __future__ import annotations

from typing import Any

from ftlint.analyses.association import rows
from ftlint.analyses.naming import ANY, Naming, OfNamings
from ftlint.analyses.split import Part
from ftlint.features.identity import covered
from ftlint.features.whom import Group
from ftlint.source import Dataset
from ftlint.statistics.interval import wilson
from ftlint.text.languagename import name
from ftlint.value import dataclass

SIDES = ("any", "prompt", "answer", "system")
"""Roles of the figures; `any` is all of them together."""


@dataclass(frozen=True)
class Representation(OfNamings[Naming]):
    """Whom the examples of each split name."""

    def shown(self, naming: Naming) -> Naming:
        """Return the counts of one split."""
        return naming

    def figures(self, result: tuple[Part[Naming], ...], dataset: Dataset) -> dict[str, Any]:
        """Return the figures of `measures.bias`: languages and coverage, by split."""
        known = covered(self.lexicons)
        return {
            "languages": {p.split: _languages(p.of, known) for p in result if p.of.languages.of},
            "coverage": {p.split: _coverage(p.of, dataset) for p in result if p.of.examples},
        }


def _languages(of: Naming, known: frozenset[str]) -> dict[str, Any]:
    """Return how many examples could be read, and the languages of the others."""
    counts = of.languages.of
    unread = sorted(
        ((code, count) for code, count in counts.items() if code not in known),
        key=lambda item: (-item[1], item[0]),
    )
    return {
        "examples": of.languages.total,
        "read": of.examples,
        "without_lexicon": [
            {
                "language": code or "und",
                "name": name(code) if code else "unclear",
                "examples": count,
            }
            for code, count in unread
        ],
    }


def _coverage(of: Naming, dataset: Dataset) -> dict[str, Any]:
    axes: dict[str, list[Group]] = {}
    for _, axis, group in sorted(of.groups.of):
        if group != ANY and (axis, group) not in axes.setdefault(axis, []):
            axes[axis].append((axis, group))
    sides = {side: of.sides.of.get(side, 0) for side in SIDES if side != "any"}
    return {
        "examples": of.examples,
        "roles": sides,
        "axes": {
            axis: {
                "examples": of.groups.of.get(("any", axis, ANY), 0),
                "groups": {group[1]: _group(of, group, dataset) for group in groups},
            }
            for axis, groups in axes.items()
        },
    }


def _group(of: Naming, group: Group, dataset: Dataset) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for side in SIDES:
        total = of.examples if side == "any" else of.sides.of.get(side, 0)
        if total:
            count = of.groups.of.get((side, *group), 0)
            low, high = wilson(count, total)
            told[side] = {
                "examples": count,
                "share": round(count / total, 6),
                "interval": [round(low, 6), round(high, 6)],
            }
    alone = sum(n for (named, _), n in of.alone.of.items() if named == group)
    return {**told, "alone": alone, "rows": rows(of.places(*group), dataset)}
