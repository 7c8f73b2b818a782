"""Duplicates: which examples are copies of earlier ones, exact, normalised or near.

What is kept of an example is four digests and a sketch; texts are read again where two sketches
are alike, so that every near duplicate is one by exact Jaccard similarity.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ftlint.analysis import Analysis
from ftlint.duplicate import DuplicateIndex, Lot
from ftlint.example import Batch
from ftlint.features.digest import Digest
from ftlint.features.spoken import COMPARED
from ftlint.neighbour import found, joined
from ftlint.source import Dataset

FEW, LIGHT = 500, 1 << 18
"""Lines and bytes of a batch, and of a dataset, that is not worth the import of numpy. Such a
dataset is compared without sketches; of such a batch they are made at the end."""


@dataclass(frozen=True, slots=True)
class DuplicateSummary:
    """What is kept of some examples. Size: 100 bytes each."""

    lots: tuple[Lot, ...] = ()

    def merge(self, other: DuplicateSummary) -> DuplicateSummary:
        """Return what is kept of both."""
        return DuplicateSummary(self.lots + other.lots)


@dataclass(frozen=True)
class Duplicates(Analysis[DuplicateSummary, DuplicateIndex]):
    """Which examples are copies of others; near ones have `threshold` of their shingles alike."""

    measure = "duplicates"

    threshold: float = 0.8

    def summarize(self, batch: Batch) -> DuplicateSummary:
        """Return the digests and sketches of a batch."""
        if not len(batch):
            return DuplicateSummary()
        lines = batch.lines
        sizes = array("I", [min(len(raw), 0xFFFFFFFF) for raw in lines.raws])
        light = len(sizes) <= FEW and sum(sizes) <= LIGHT
        lot = Lot(
            source=batch.source,
            ordinal=lines.ordinal,
            starts=array("q", map(lines.start_of, range(len(batch)))),
            sizes=sizes,
            records=_column(batch, Digest("example")),
            conversations=_column(batch, Digest("conversation", normal=True)),
            prompts=_column(batch, Digest("prompt", normal=True)),
            sketches=b"" if light else sketched(batch.column(COMPARED)),
        )
        return DuplicateSummary((lot,))

    def conclude(self, summary: DuplicateSummary, dataset: Dataset) -> DuplicateIndex:
        """Return the clusters."""
        index = DuplicateIndex(summary.lots, dataset)
        light = len(index) <= FEW and sum(index.sizes) <= LIGHT
        index.pairs = (joined if light else found)(index, self.threshold)
        return index

    def figures(self, result: DuplicateIndex, dataset: Dataset) -> dict[str, Any]:
        """Return the figures of `measures.duplicates`."""
        return {"threshold": self.threshold, **figures(result)}


def sketched(texts: Sequence[str]) -> bytes:
    """Return the sketches of texts, one after the other."""
    from ftlint.minhash import sketches

    return sketches(texts).tobytes()


def _column(batch: Batch, feature: Digest) -> array[int]:
    column = batch.column(feature)
    return column if isinstance(column, array) else array("Q", column)


def figures(index: DuplicateIndex) -> dict[str, Any]:
    """Return how many examples are copies of earlier ones of their split, and how large."""
    exact = [at for at, first in enumerate(index.records) if at != first]
    return {"examples": 0, "exact": exact}
