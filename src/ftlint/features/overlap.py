"""Overlaps: which texts have n-grams of the items of public test sets."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from ftlint.contamination.benchmark import Index, Item, Match, matched, matches, shipped
from ftlint.contamination.ngram import places
from ftlint.example import Batch
from ftlint.feature import Feature
from ftlint.features.distinct import distinct
from ftlint.value import dataclass

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
    words: tuple[int, int]
    """The first and the last word of it in the text."""
    unspaced: bool
    """Whether each sign of a script without spaces is a word."""

    @property
    def share(self) -> float:
        """Return how much of the item is there."""
        return self.grams / self.item.grams

    def span(self, text: str) -> tuple[int, int] | None:
        """Return the code points of it in its text; None where they are not known."""
        return places(text, *self.words, self.unspaced)


@dataclass(frozen=True)
class Overlaps(Feature[tuple[Overlap, ...]]):
    """The overlaps of each example with the chosen benchmarks; of most there are none."""

    shipped: tuple[str, ...]
    """Benchmarks of the index that comes with ftlint."""
    files: tuple[str, ...] = ()
    """Further benchmarks, each as NAME=PATH."""

    def indexes(self) -> list[tuple[Index, frozenset[str]]]:
        """Return what is looked up, each with the benchmarks that count in it.

        A file stands in for the benchmark of its name. Raises: PackError, SourceError
        """
        files = dict(_split(file) for file in self.files)
        own = frozenset(self.shipped) - files.keys()
        found = [(shipped(), own)] if own else []
        return found + [(_read(name, path), frozenset({name})) for name, path in files.items()]

    def compute(self, batch: Batch) -> Sequence[tuple[Overlap, ...]]:
        """Return the overlaps of each example, the largest share of an item first."""
        column: list[tuple[Overlap, ...]] = [()] * len(batch)
        texts = distinct(batch)
        found: dict[int, list[Overlap]] = {}
        for index, wanted in self.indexes() if texts.once else ():
            known = _matches(texts.once, index)
            for example, place, text in texts.stands(known) if known else ():
                overlaps = _overlaps(place, known[text], index, wanted)
                found.setdefault(example, []).extend(overlaps)
        for example, those in found.items():
            column[example] = _best(those)
        return column


def _read(name: str, path: str) -> Index:
    from ftlint.contamination.testset import index_of  # loaded where somebody names a file

    return index_of(name, path)


def _split(file: str) -> tuple[str, str]:
    name, _, path = file.partition("=")
    return name, path


def _overlaps(
    place: int, matches: Sequence[Match], index: Index, wanted: frozenset[str]
) -> Iterator[Overlap]:
    for match in matches:
        item = index.item(match.item)
        if item.benchmark in wanted:
            span = match.first, match.last
            yield Overlap(item, match.grams, place, span, index.unspaced)


def _best(overlaps: list[Overlap]) -> tuple[Overlap, ...]:
    """Return the overlaps with each item only once: where most of it is."""
    best: dict[Item, Overlap] = {}
    for overlap in overlaps:
        known = best.get(overlap.item)
        if known is None or overlap.grams > known.grams:
            best[overlap.item] = overlap
    return tuple(sorted(best.values(), key=lambda each: -each.share))


def _matches(texts: list[str], index: Index) -> dict[str, list[Match]]:
    """Return what is found in the texts with an n-gram of an item, by numpy where that pays."""
    if "numpy" in sys.modules or sum(map(len, texts)) >= WORTH_IT:
        from ftlint.contamination.ngramarray import hits

        found = matched(hits(texts, index.known, index.unspaced), index)
        return {texts[at]: those for at, those in found.items()}
    return {text: those for text in texts if (those := matches(text, index))}
