"""Duplicates: which examples are copies of earlier ones, exact, normalised or near.

What is kept of an example are digests, a sketch and its shingles; these are compared where two
sketches are alike, so that every near duplicate is one by exact Jaccard similarity.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ftlint.analysis import Analysis
from ftlint.example import Batch
from ftlint.features.digest import Digest
from ftlint.features.spoken import COMPARED
from ftlint.similarity.cluster import again, clusters, rooted
from ftlint.similarity.duplicate import DuplicateIndex, Way, ways
from ftlint.similarity.lot import Lots, light
from ftlint.similarity.neighbour import THRESHOLD
from ftlint.source import Dataset
from ftlint.value import dataclass

CONVERSATION = Digest("conversation", normal=True)
PROMPT = Digest("prompt", normal=True)


@dataclass(frozen=True)
class Duplicates(Analysis[Lots, DuplicateIndex]):
    """Which examples are copies of others, no less exact than `depth`.

    Near ones are looked for when somebody asks.
    """

    measure = "duplicates"
    long = True
    arrays = True

    depth: Way = "near"

    def covers(self, other: Analysis[Any, Any]) -> bool:
        """Return whether all that `other` looks for is found here."""
        return isinstance(other, Duplicates) and other.depth in ways(self.depth)

    def summarize(self, batch: Batch) -> Lots:
        """Return the digests of a batch, and its sketches and shingles."""
        spoken = self.depth != "exact"
        digests = (
            _column(batch, Digest("example")),
            _column(batch, CONVERSATION) if spoken else array("Q"),
            _column(batch, PROMPT) if spoken else array("Q"),
        )
        near = self.depth == "near" and not light(batch)
        return Lots.of(batch, digests, batch.column(COMPARED) if near else None)

    def conclude(self, summary: Lots, dataset: Dataset) -> DuplicateIndex:
        """Return the index of all examples."""
        return DuplicateIndex(summary, dataset, self.depth)

    def thought(self, result: DuplicateIndex) -> dict[str, Any]:
        """Return the copies and pairs that are known."""
        return result.known()

    def hear(self, result: DuplicateIndex, thought: dict[str, Any]) -> None:
        """Let an index know them."""
        result.know(thought)

    def rows(self, result: DuplicateIndex, dataset: Dataset) -> Mapping[str, Mapping[int, Any]]:
        """Return the number of the cluster of each example that is a copy or has copies."""
        found: dict[int, int] = {}
        for cluster, members in enumerate(clusters(*_copies(result))):
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


def _copies(index: DuplicateIndex) -> tuple[array[int], array[int]]:
    """Return each example that is exactly, normalised or nearly an earlier one, and that one."""
    copies, others = array("q"), array("q")
    for column in [index.records, *([index.conversations] if index.depth != "exact" else [])]:
        those = again(column)
        copies += those
        others.extend([column[at] for at in those])
    if index.depth == "near":
        pairs = index.within(THRESHOLD)
        copies += pairs.right
        others += pairs.left
    return copies, others


def figures(index: DuplicateIndex) -> dict[str, Any]:
    """Return how many examples are copies of earlier ones of their split, and how large.

    An example counts once, by the most exact way in which it is a copy. Bytes are those of lines.
    """
    _, roots = rooted(*_copies(index))
    sizes = Counter(Counter(roots).values())
    return {
        "examples": index.filled,
        "bytes": sum(index.sizes),
        **{way: told(index, way) for way in index.copies},
        **({"prompts": {"repeated": len(again(index.prompts))}} if index.depth != "exact" else {}),
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
