"""Neighbours: pairs of examples that are near duplicates by exact Jaccard similarity.

Small datasets are joined exactly. Of others, sketches name the candidates; their shingles are read
from where they are kept, a bounded number at a time, and compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING

from ftlint.similarity.lot import FEW, LIGHT, SHORTEST
from ftlint.similarity.pair import Pair, Pairs
from ftlint.similarity.shingle import Shingle, jaccard, shingled

if TYPE_CHECKING:
    from ftlint.similarity.duplicate import DuplicateIndex

THRESHOLD = 0.8
"""Jaccard similarity from which examples are near duplicates, if nothing else is asked for."""
ROUNDING = 1e-9
"""What the division of two whole numbers may be off."""

Shingles = frozenset[Shingle]


def near_pairs(
    index: DuplicateIndex, threshold: float, leaders: Sequence[int] | None = None
) -> Pairs:
    """Return the pairs of near duplicates among the leaders of an index, in order.

    `leaders` has them in another order than that of the lines: it decides who is compared in a
    crowd.
    """
    few = len(index) <= FEW and sum(index.sizes) <= LIGHT
    return Pairs(joined(index, threshold)) if few else found(index, threshold, leaders)


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
        prefix = rarest[: len(rarest) - ceil(threshold * len(rarest) - ROUNDING) + 1]
        for other in {other for shingle in prefix for other in posted.get(shingle, ())}:
            pairs += _pair(other, at, known, threshold)
        for shingle in prefix:
            posted.setdefault(shingle, []).append(at)
    return sorted(pairs)


def found(index: DuplicateIndex, threshold: float, order: Sequence[int] | None = None) -> Pairs:
    """Return the near duplicates among the candidates of their sketches."""
    import numpy as np

    from ftlint.similarity.lsh import candidates
    from ftlint.similarity.search import Search
    from ftlint.similarity.stored import Stored

    leaders = np.array(index.leaders() if order is None else order, np.int64)
    stored = Stored(index)
    search = Search(stored, threshold - ROUNDING, leaders)
    for met in candidates(stored.sketches, stored.rows[leaders], threshold, search.wanted):
        if met.crowded:
            search.look(met.left, met.right)
        else:
            search.later(met.left, met.right)
    search.end()
    return search.pairs.ranked()


def _pair(left: int, right: int, known: Mapping[int, Shingles], threshold: float) -> Iterator[Pair]:
    """Yield the two as a pair if they are near duplicates."""
    sizes = len(known[left]), len(known[right])
    if SHORTEST <= min(sizes) >= threshold * max(sizes) - ROUNDING:
        similarity = jaccard(known[left], known[right])
        if similarity >= threshold - ROUNDING:
            yield Pair(left, right, similarity)
