"""The sample: some examples of each batch, chosen by the hash of their numbers.

A line is kept while its number, hashed to 32 bits, is below 2**32 >> `level`; the level is the
lowest at which no more than `SAMPLE` are. So the sample is the same whatever the shards were.
"""

from __future__ import annotations

from operator import attrgetter
from typing import NamedTuple

from ftlint.example import Batch
from ftlint.feature import Feature
from ftlint.features.dialogue import answered
from ftlint.finding import Where
from ftlint.sample import hashes, sparse
from ftlint.value import dataclass

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
        column = batch.column(SAMPLED)
        return column[0] if column else cls()

    def merge(self, other: Sample) -> Sample:
        """Return the sample of both."""
        level = max(self.level, other.level)
        kept = _below(self.kept, level, self.level) + _below(other.kept, level, other.level)
        finer = sparse([item.key for item in kept], SAMPLE, level)
        return Sample(self.examples + other.examples, finer, _below(kept, finer, level))


def _below(kept: tuple[Item, ...], level: int, known: int) -> tuple[Item, ...]:
    bound = 1 << 32 >> level
    return kept if level == known else tuple([item for item in kept if item.key < bound])


@dataclass(frozen=True)
class Sampled(Feature[Sample]):
    """The sample of the batch, the same for each example: it is taken once for all analyses."""

    def compute(self, batch: Batch) -> list[Sample]:
        """Return the sample as often as there are lines; items are made of what is kept only."""
        source, first, start_of = batch.source, batch.lines.ordinal, batch.lines.start_of
        told, new = answered(batch), tuple.__new__
        hashed = hashes(first, len(batch))
        keys = [hashed[at] for at in told.rows]
        level = sparse(keys, SAMPLE)
        bound = 1 << 32 >> level
        items = zip(keys, told.rows, told.asked, told.last, strict=True)
        kept = [
            new(Item, (key, (asked or "")[:TEXT], last[:TEXT], source, first + at, start_of(at)))
            for key, at, asked, last in items
            if key < bound
        ]
        kept.sort(key=_ordinal)
        return [Sample(len(keys), level, tuple(kept))] * len(batch)


_ordinal = attrgetter("ordinal")


SAMPLED = Sampled()
