"""Contamination: examples that hold items of public test sets, and which items these are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ftlint.analysis import Analysis
from ftlint.contamination.ngram import N
from ftlint.example import Batch, Example
from ftlint.features.overlap import Overlap, Overlaps
from ftlint.finding import Where
from ftlint.source import Dataset
from ftlint.value import dataclass

NAMED = 100
"""Items of a benchmark that are named in the figures."""


@dataclass(frozen=True, slots=True)
class Contaminated:
    """An example, the place of its largest overlap with one benchmark, and all items of that."""

    where: Where
    benchmark: str
    overlaps: tuple[Overlap, ...]
    """The largest share of an item first."""


@dataclass(frozen=True, slots=True)
class Contaminations:
    """What was found, in dataset order. Size: O(examples with an overlap)."""

    found: tuple[Contaminated, ...] = ()

    def merge(self, other: Contaminations) -> Contaminations:
        """Return what was found in both."""
        return Contaminations(self.found + other.found) if other.found else self


@dataclass(frozen=True)
class Contamination(Analysis[Contaminations, tuple[Contaminated, ...]]):
    """The examples of the training files that have n-grams of items of test sets."""

    measure = "contamination"

    shipped: tuple[str, ...]
    files: tuple[str, ...] = ()
    share: float = 0.0

    def summarize(self, batch: Batch) -> Contaminations:
        """Return the overlaps in a batch."""
        column = batch.column(Overlaps(self.shipped, self.files))
        found = [
            self._told(batch.example(index), name, overlaps)
            for index, overlaps in enumerate(column)
            if overlaps
            for name in dict.fromkeys(overlap.item.benchmark for overlap in overlaps)
        ]
        return Contaminations(tuple(each for each in found if each.overlaps))

    def _told(self, example: Example, name: str, overlaps: Sequence[Overlap]) -> Contaminated:
        those = [o for o in overlaps if o.item.benchmark == name and o.share >= self.share]
        if not those:
            return Contaminated(example.at(), name, ())
        text = example.texts[those[0].text]
        where = example.at(text.pointer, those[0].span(text.value))
        return Contaminated(where, name, tuple(those))

    def conclude(self, summary: Contaminations, dataset: Dataset) -> tuple[Contaminated, ...]:
        """Return what stands in training files; test sets may hold the tests."""
        sources = dataset.sources
        return tuple(e for e in summary.found if sources[e.where.source].split == "train")

    def figures(self, result: tuple[Contaminated, ...], dataset: Dataset) -> dict[str, Any]:
        """Return the figures of `measures.contamination`."""
        benchmarks = {
            name: {
                "size": size,
                "origin": origin,
                **_counts([e for e in result if e.benchmark == name]),
            }
            for name, size, origin in self.benchmarks()
        }
        return {
            "ngram": N,
            "examples": len({each.where.ordinal for each in result}),
            "items": sum(each["items"] for each in benchmarks.values()),
            "benchmarks": benchmarks,
        }

    def benchmarks(self) -> list[tuple[str, int, str]]:
        """Return name, number of items and origin of what is looked for."""
        return [
            (each.name, each.items, each.origin)
            for index, wanted in Overlaps(self.shipped, self.files).indexes()
            for each in index.benchmarks
            if each.name in wanted
        ]


def _counts(found: Sequence[Contaminated]) -> dict[str, Any]:
    items = dict.fromkeys(o.item.name for each in found for o in each.overlaps)
    return {"examples": len(found), "items": len(items), "names": list(items)[:NAMED]}
