"""Overlaps: which texts have n-grams of the items of public test sets."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from ftlint.benchmark import Index, Item, matches, shipped
from ftlint.example import Batch
from ftlint.feature import Feature
from ftlint.features.turns import TURNS
from ftlint.ngram import hashes, places, words

WORTH_IT = 256 << 10
"""Bytes of lines from which the import of numpy pays for itself (60 ms; 50 against 12 ns/B)."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """What an example has in common with one item, in the text that has most of it."""

    item: Item
    grams: int
    """N-grams of the item that are in this text."""
    text: int
    """Index of the text in `Example.texts`."""
    span: tuple[int, int] | None

    @property
    def share(self) -> float:
        """Return how much of the item is there."""
        return self.grams / self.item.grams


@dataclass(frozen=True)
class Overlaps(Feature[tuple[Overlap, ...]]):
    """The overlaps of each example with the chosen benchmarks; of most there are none."""

    shipped: tuple[str, ...]
    """Benchmarks of the index that comes with ftlint."""
    files: tuple[str, ...] = ()
    """Further benchmarks, each as NAME=PATH."""

    def indexes(self) -> list[Index]:
        """Return what is looked up. Raises: PackError, SourceError."""
        from ftlint.testset import index_of

        own = [shipped()] if self.shipped else []
        pairs = [file.partition("=")[::2] for file in self.files]
        return own + [index_of(name, path) for name, path in pairs]

    def compute(self, batch: Batch) -> Sequence[tuple[Overlap, ...]]:
        """Return the overlaps of each example, the largest share of an item first."""
        column: list[tuple[Overlap, ...]] = [()] * len(batch)
        turns = batch.column(TURNS)
        owners = [
            (example, place) for example, told in enumerate(turns) for place in range(len(told))
        ]
        texts = [text for told in turns for _, text in told]
        found: dict[int, list[Overlap]] = {}
        for index in self.indexes() if texts else ():
            for at in _suspects(texts, index):
                example, place = owners[at]
                found.setdefault(example, []).extend(self._overlaps(texts[at], place, index))
        for example, overlaps in found.items():
            column[example] = _best(overlaps)
        return column

    def _overlaps(self, text: str, place: int, index: Index) -> list[Overlap]:
        named = {file.partition("=")[0] for file in self.files}
        found = []
        for match in matches(text, index):
            item = index.item(match.item)
            # A file of the user stands in for the benchmark of its name.
            if index is shipped() and (
                item.benchmark not in self.shipped or item.benchmark in named
            ):
                continue
            span = places(text, match.first, match.last, index.unspaced)
            found.append(Overlap(item, match.grams, place, span))
        return found


def _best(overlaps: list[Overlap]) -> tuple[Overlap, ...]:
    """Return the overlaps with each item only once: where most of it is."""
    best: dict[Item, Overlap] = {}
    for overlap in overlaps:
        known = best.get(overlap.item)
        if known is None or overlap.grams > known.grams:
            best[overlap.item] = overlap
    return tuple(sorted(best.values(), key=lambda each: -each.share))


def _suspects(texts: list[str], index: Index) -> list[int]:
    """Return the indices of texts with an n-gram of an item, by numpy where that pays."""
    if "numpy" in sys.modules or sum(map(len, texts)) >= WORTH_IT:
        from ftlint.ngramarray import texts_with

        return texts_with(texts, index.known, index.unspaced)
    return [
        at
        for at, text in enumerate(texts)
        if any(any(index.items(value)) for value in hashes(words(text, index.unspaced)))
    ]
