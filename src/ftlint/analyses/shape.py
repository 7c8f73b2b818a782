"""Shapes: how many records of each shape every file holds, and where the first of each stands."""

from __future__ import annotations

from typing import Any

from ftlint.analysis import Analysis
from ftlint.example import Batch
from ftlint.finding import Where
from ftlint.shape import AUTO, CHAT, UNKNOWN
from ftlint.source import Dataset
from ftlint.summary import Capped, Groups
from ftlint.value import dataclass

ShapeSummary = Groups[tuple[int, str, int]]
"""The first place and the number of examples, by source, by shape, and by which way the record
shows that shape, see `Format.way`. Size: O(sources)."""


@dataclass(frozen=True)
class Shapes(Analysis[ShapeSummary, ShapeSummary]):
    """The shapes of all records."""

    measure = "shapes"

    def summarize(self, batch: Batch) -> ShapeSummary:
        """Return the shapes of a batch."""
        counts: dict[tuple[int, str, int], Capped[Where]] = {}
        if known := len(batch) - batch.proven.count(0):
            first = next(index for index, sure in enumerate(batch.proven) if sure)
            counts[batch.source, CHAT, 0] = Capped(1, known, (batch.at(first),))
        for example in batch.unknown:
            if example.fault:
                continue
            shape = example.shape
            way = 0 if shape in (CHAT, UNKNOWN) else example.format.way(example.value)
            key = (batch.source, shape, way)
            one = Capped(1, 1, (example.at(),))
            counts[key] = joined(counts[key], one) if key in counts else one
        return Groups(counts)

    def conclude(self, summary: ShapeSummary, dataset: Dataset) -> ShapeSummary:
        """Return the summary."""
        return summary

    def figures(self, result: ShapeSummary, dataset: Dataset) -> dict[str, Any]:
        """Return of each file what it was read as and why, by its path."""
        told = {}
        for index, source in enumerate(dataset.sources):
            places = of_source(result, index)
            if places:
                shape = commonest(places)
                told[source.path] = {
                    "shape": shape,
                    "why": reason(result, index, source.format != AUTO),
                    "examples": {shape: found.total for shape, found in sorted(places.items())},
                }
        return told


SHAPES = Shapes()


def reason(summary: ShapeSummary, source: int, asked: bool = False) -> str:
    """Return why a file is read as it is: `every record has 'preferred_output'`."""
    places = of_source(summary, source)
    shape = commonest(places)
    if shape == UNKNOWN:
        return "no record fits any shape"
    if asked:
        return "the configuration says so"
    if places.keys() == {CHAT}:
        return "every record has 'messages'"  # and nothing else need be loaded
    from ftlint.formats import FORMATS

    total = sum(found.total for found in places.values())
    ways = {
        way: found.total
        for (index, other, way), found in summary.of.items()
        if (index, other) == (source, shape) and way >= 0
    }
    way = max(ways, key=lambda way: (ways[way], -way), default=0)
    count = ways.get(way, 0)
    evidence = FORMATS[shape].evidence(way)
    return f"every record {evidence}" if count == total else f"{count:,} of {total:,}: {evidence}"


def of_source(summary: ShapeSummary, source: int) -> dict[str, Capped[Where]]:
    """Return the places of each shape in one source."""
    found: dict[str, Capped[Where]] = {}
    for (index, shape, _), places in summary.of.items():
        if index == source:
            found[shape] = joined(found[shape], places) if shape in found else places
    return found


def commonest(places: dict[str, Capped[Where]]) -> str:
    """Return the shape of most examples, the earlier one of two that are equally common.

    What has no known shape counts only where nothing else is there.
    """
    known = {shape: found for shape, found in places.items() if shape != UNKNOWN} or places
    return min(known, key=lambda shape: (-known[shape].total, known[shape].first[0].order))


def joined(left: Capped[Where], right: Capped[Where]) -> Capped[Where]:
    """Return the places of both: how many, and the earliest.

    Within a batch the proven examples are counted ahead of their turn.
    """
    first = min(*left.first, *right.first, key=lambda where: where.order)
    return Capped(1, left.total + right.total, (first,))
