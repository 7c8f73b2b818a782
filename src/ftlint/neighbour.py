"""Neighbours: pairs of examples that are near duplicates by exact Jaccard similarity.

Small datasets are joined exactly. Of others, sketches name the candidates; their texts are read
again, a bounded number at a time, and compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from typing import TYPE_CHECKING

from ftlint.cluster import Forest
from ftlint.duplicate import DuplicateIndex, Pair
from ftlint.shingle import Shingle, jaccard, shingled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHORTEST = 4
"""Shingles from which texts are compared: of fewer, one more or less is below 0.8 already."""
READ = 8 << 20
"""Bytes of lines whose shingles are in memory at once (about 200 MB)."""
_ROUNDING = 1e-9
"""What the division of two whole numbers may be off."""

Shingles = frozenset[Shingle]


def joined(index: DuplicateIndex, threshold: float) -> list[Pair]:
    """Return all near duplicates by prefix filtering (Bayardo, Ma, Srikant 2007).

    Two sets that are alike share one of their rarest shingles; only the rarest are looked up.
    """
    every = {at: shingled(text) for at, text in index.texts(index.leaders()).items()}
    known = {at: shingles for at, shingles in every.items() if len(shingles) >= SHORTEST}
    rarity = Counter(shingle for shingles in known.values() for shingle in shingles)
    posted: dict[Shingle, list[int]] = {}
    pairs: list[Pair] = []
    for at, shingles in known.items():
        rarest = sorted(shingles, key=lambda each: (rarity[each], each))
        prefix = rarest[: len(rarest) - ceil(threshold * len(rarest) - _ROUNDING) + 1]
        for other in {other for shingle in prefix for other in posted.get(shingle, ())}:
            pairs += _pair(other, at, known, threshold)
        for shingle in prefix:
            posted.setdefault(shingle, []).append(at)
    return sorted(pairs)


def found(index: DuplicateIndex, threshold: float) -> list[Pair]:
    """Return the near duplicates among the candidates of their sketches."""
    import numpy as np

    from ftlint.lsh import candidates

    sketches = _sketches(index)
    leaders = np.array(index.leaders(), np.int64)
    leaders = leaders[sketches[leaders].any(axis=1)]
    # In the order of their contents: whoever is compared in a crowd does not depend on the lines.
    spoken = [index.spoken(at) for at in leaders.tolist()]
    leaders = leaders[np.argsort(np.array(spoken, np.uint64), kind="stable")]
    search = _Search(index, threshold)
    for met in candidates(sketches, leaders, threshold):
        search.look(zip(met.left.tolist(), met.right.tolist(), strict=True), met.crowded)
    return sorted(search.pairs)


class _Search:
    """Compares candidates as they come; each pair once."""

    def __init__(self, index: DuplicateIndex, threshold: float) -> None:
        """Begin without pairs."""
        self.index = index
        self.threshold = threshold
        self.pairs: list[Pair] = []
        self._seen: set[tuple[int, int]] = set()
        self._forest = Forest()

    def look(self, candidates: Iterable[tuple[int, int]], crowded: bool) -> None:
        """Compare pairs; of a crowd only those that no other pair has joined yet."""
        for chunk in self._chunks(candidates, crowded):
            texts = self.index.texts(sorted({at for pair in chunk for at in pair}))
            known = {at: shingled(text) for at, text in texts.items()}
            for left, right in chunk:
                if crowded and self._forest.root(left) == self._forest.root(right):
                    continue
                for pair in _pair(left, right, known, self.threshold):
                    self.pairs.append(pair)
                    self._forest.join(left, right)

    def _chunks(
        self, candidates: Iterable[tuple[int, int]], crowded: bool
    ) -> Iterator[list[tuple[int, int]]]:
        """Yield new pairs whose lines have about `READ` bytes together."""
        root, sizes = self._forest.root, self.index.sizes
        chunk: list[tuple[int, int]] = []
        members: set[int] = set()
        size = 0
        for pair in candidates:
            left, right = pair
            if pair in self._seen or (crowded and root(left) == root(right)):
                continue
            self._seen.add(pair)
            chunk.append(pair)
            for at in {left, right} - members:
                members.add(at)
                size += sizes[at]
            if size >= READ:
                yield chunk
                chunk, members, size = [], set(), 0
        if chunk:
            yield chunk


def _pair(
    left: int, right: int, known: dict[int, Shingles], threshold: float
) -> Iterator[Pair]:
    a, b = known[left], known[right]
    small, large = sorted((len(a), len(b)))
    if small >= SHORTEST and small >= threshold * large - _ROUNDING:
        similarity = jaccard(a, b)
        if similarity >= threshold - _ROUNDING:
            yield Pair(left, right, similarity)


def _sketches(index: DuplicateIndex) -> NDArray[np.uint8]:
    """Return the sketches of all examples; those of small batches are made now."""
    import numpy as np

    from ftlint.minhash import BINS, sketches

    every = np.zeros((len(index), BINS), np.uint8)
    start = 0
    for lot in index.lots:
        end = start + len(lot.sizes)
        if lot.sketches:
            every[start:end] = np.frombuffer(lot.sketches, np.uint8).reshape(-1, BINS)
        else:
            wanted = [at for at in range(start, end) if lot.conversations[at - start]]
            if wanted:
                every[wanted] = sketches(list(index.texts(wanted).values()))
        start = end
    return every
