"""Duplicates: which examples are copies of earlier ones, exact, normalised or near.

What is kept of an example is four digests and a sketch; texts are read again where two sketches
are alike, so that every near duplicate is one by exact Jaccard similarity.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from ftlint.analysis import Analysis
from ftlint.example import Batch
from ftlint.features.digest import Digest
from ftlint.features.spoken import COMPARED
from ftlint.similarity.cluster import clusters
from ftlint.similarity.duplicate import DuplicateIndex, Lot, Way, ways
from ftlint.similarity.neighbour import FEW, LIGHT, THRESHOLD, sketched
from ftlint.similarity.spool import Spool
from ftlint.source import Dataset
from ftlint.value import dataclass

CONVERSATION = Digest("conversation", normal=True)
PROMPT = Digest("prompt", normal=True)


@dataclass(frozen=True, slots=True)
class DuplicateSummary:
    """What is kept of some examples. Size: 44 bytes each, and 64 that go to disk when many."""

    lots: tuple[Lot, ...] = ()
    sketches: Spool = field(default_factory=Spool)

    def merge(self, other: DuplicateSummary) -> DuplicateSummary:
        """Return what is kept of both."""
        return DuplicateSummary(self.lots + other.lots, self.sketches.merge(other.sketches))


@dataclass(frozen=True)
class Duplicates(Analysis[DuplicateSummary, DuplicateIndex]):
    """Which examples are copies of others, no less exact than `depth`.

    Near ones are looked for when somebody asks.
    """

    measure = "duplicates"

    depth: Way = "near"

    def covers(self, other: Analysis[Any, Any]) -> bool:
        """Return whether all that `other` looks for is found here."""
        return isinstance(other, Duplicates) and other.depth in ways(self.depth)

    def summarize(self, batch: Batch) -> DuplicateSummary:
        """Return the digests and sketches of a batch."""
        if not len(batch):
            return DuplicateSummary()
        lines = batch.lines
        sizes = array("I", [min(len(raw), 0xFFFFFFFF) for raw in lines.raws])
        light = self.depth != "near" or (len(sizes) <= FEW and sum(sizes) <= LIGHT)
        spoken = self.depth != "exact"
        lot = Lot(
            source=batch.source,
            ordinal=lines.ordinal,
            starts=array("q", map(lines.start_of, range(len(batch)))),
            sizes=sizes,
            records=_column(batch, Digest("example")),
            conversations=_column(batch, CONVERSATION) if spoken else array("Q"),
            prompts=_column(batch, PROMPT) if spoken else array("Q"),
            sketched=not light,
        )
        return DuplicateSummary((lot,), Spool(b"" if light else sketched(batch.column(COMPARED))))

    def conclude(self, summary: DuplicateSummary, dataset: Dataset) -> DuplicateIndex:
        """Return the index of all examples."""
        return DuplicateIndex(summary.lots, summary.sketches, dataset, self.depth)

    def rows(self, result: DuplicateIndex, dataset: Dataset) -> Mapping[str, Mapping[int, Any]]:
        """Return the number of the cluster of each example that is a copy or has copies."""
        found: dict[int, int] = {}
        for cluster, members in enumerate(clusters(_copies(result))):
            for member in members:
                ordinal = result.where(member).ordinal
                if ordinal is not None:
                    found[ordinal] = cluster
        return {"duplicate_cluster": found}

    def figures(self, result: DuplicateIndex, dataset: Dataset) -> dict[str, Any]:
        """Return the figures of `measures.duplicates`."""
        return figures(result)


def _column(batch: Batch, feature: Digest) -> array[int]:
    column = batch.column(feature)
    return column if isinstance(column, array) else array("Q", column)


def _copies(index: DuplicateIndex) -> Iterator[tuple[int, int]]:
    """Yield each example that is exactly, normalised or nearly an earlier one, and that one."""
    yield from ((at, first) for at, first in enumerate(index.records) if at != first)
    if index.depth != "exact":
        yield from ((at, first) for at, first in enumerate(index.conversations) if at != first)
    if index.depth == "near":
        yield from ((right, left) for left, right, _ in index.within(THRESHOLD))


def figures(index: DuplicateIndex) -> dict[str, Any]:
    """Return how many examples are copies of earlier ones of their split, and how large.

    An example counts once, by the most exact way in which it is a copy. Bytes are those of lines.
    """
    repeated = sum(at != first for at, first in enumerate(index.prompts))
    sizes = Counter(map(len, clusters(_copies(index))))
    return {
        "examples": index.filled,
        "bytes": sum(index.sizes),
        **{way: told(index, way) for way in index.copies},
        **({"prompts": {"repeated": repeated}} if index.depth != "exact" else {}),
        "clusters": {
            "count": sizes.total(),
            "largest": max(sizes, default=0),
            "sizes": [{"examples": size, "clusters": sizes[size]} for size in sorted(sizes)][:100],
        },
    }


def told(index: DuplicateIndex, way: Way) -> dict[str, Any]:
    """Return the figures of the copies of one kind."""
    copies, heads = index.copies[way]
    share = len(copies) / index.filled if index.filled else 0.0
    return {
        **({"threshold": THRESHOLD} if way == "near" else {}),
        "examples": len(copies),
        "share": round(share, 6),
        "clusters": len(set(heads)),
        "bytes": sum(index.sizes[at] for at in copies),
    }
