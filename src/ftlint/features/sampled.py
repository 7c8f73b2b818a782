"""The sample: some examples of each batch, chosen by the hash of their numbers.

A line is kept while its number, hashed to 32 bits, is below 2**32 >> `level`; the level is the
lowest at which no more than `SAMPLE` are. So the sample is the same whatever the shards were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zlib import crc32

from ftlint.example import Batch
from ftlint.feature import Feature
from ftlint.features.dialogue import DIALOGUES
from ftlint.finding import Where

SAMPLE = 512
"""Examples of a source that are kept; up to here figures are exact."""
TEXT = 2048
"""Code points of a text that are kept."""


class Item(NamedTuple):
    """One example of a sample."""

    key: int
    """The hash of its number."""
    question: str
    answer: str
    source: int
    ordinal: int
    start: int
    """The byte offset of its line, or -1."""

    @property
    def where(self) -> Where:
        """Return the place of the example."""
        return Where(self.source, self.ordinal, start=self.start)


@dataclass(frozen=True)
class Items(Feature[Item | None]):
    """The examples that are in the sample of their batch; None for the others."""

    def compute(self, batch: Batch) -> list[Item | None]:
        """Return one value an example; items are made of those only that are kept."""
        column: list[Item | None] = [None] * len(batch)
        lines, dialogues, new = batch.lines, batch.column(DIALOGUES), tuple.__new__
        source, first, start_of = lines.source, lines.ordinal, lines.start_of
        keys = _keys(batch)
        bound = 1 << 32 >> _level(list(keys.values()))
        for index, key in keys.items():
            dialogue = dialogues[index]
            if key < bound and dialogue:
                texts = ((dialogue[2] or "")[:TEXT], dialogue[3][-1][:TEXT])
                column[index] = new(Item, (key, *texts, source, first + index, start_of(index)))
        return column


ITEMS = Items()


def _keys(batch: Batch) -> dict[int, int]:
    """Return the hash of the number of each example with an answer, by index."""
    first = batch.lines.ordinal
    return {
        index: crc32(b"%d" % (first + index))
        for index, dialogue in enumerate(batch.column(DIALOGUES))
        if dialogue and dialogue[3]
    }


def _level(keys: Sequence[int], level: int = 0) -> int:
    """Return the lowest level from `level` on at which the sample is small enough."""
    while len(keys) > SAMPLE:
        level += 1
        bound = 1 << 32 >> level
        keys = [key for key in keys if key < bound]
    return level


@dataclass(frozen=True, slots=True)
class Sample:
    """Some examples of one source. Size: O(SAMPLE * TEXT)."""

    examples: int = 0
    """Examples with an answer, in the sample or not."""
    level: int = 0
    kept: tuple[Item, ...] = ()
    """In dataset order."""

    @property
    def shuffled(self) -> list[Item]:
        """Return the items by their keys: in an order that has nothing to do with the data."""
        return sorted(self.kept, key=lambda item: (item.key, item.ordinal))

    @classmethod
    def of(cls, batch: Batch) -> Sample:
        """Return the sample of a batch."""
        keys = _keys(batch)
        items = [item for item in batch.column(ITEMS) if item is not None]
        return cls(len(keys), _level(list(keys.values())), tuple(items))

    def merge(self, other: Sample) -> Sample:
        """Return the sample of both."""
        level = max(self.level, other.level)
        kept = _below(self.kept, level, self.level) + _below(other.kept, level, other.level)
        finer = _level([item.key for item in kept], level)
        return Sample(self.examples + other.examples, finer, _below(kept, finer, level))


def _below(kept: tuple[Item, ...], level: int, known: int) -> tuple[Item, ...]:
    bound = 1 << 32 >> level
    return kept if level == known else tuple([item for item in kept if item.key < bound])
