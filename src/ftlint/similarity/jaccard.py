"""Jaccard similarities of many pairs of sets at once; this module loads numpy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ftlint.similarity.minhash import TAG, Numbers, Words, sets, tagged

_PAIRS, _WORDS = 1 << 12, 1 << 20
"""Pairs, and words of their sets, that are compared at once (32 MB)."""


class Sets:
    """Sets of shingles by number. Size: 8 bytes a shingle."""

    def __init__(self) -> None:
        """Begin without any."""
        self.words: Words = np.empty(0, np.uint64)
        self.places: dict[int, tuple[int, int]] = {}

    def add(self, numbers: Sequence[int], texts: Sequence[str]) -> None:
        """Keep the shingles of some texts."""
        words, bounds = sets(texts)
        ends = (bounds + len(self.words)).tolist()
        self.words = np.concatenate((self.words, words))
        self.places.update(zip(numbers, pairwise(ends), strict=True))

    def similarities(
        self, left: Sequence[int], right: Sequence[int], fewest: int, least: float
    ) -> NDArray[np.float64]:
        """Return the similarity of each pair; 0 where it must be below `least`.

        So it is where a set has less than `fewest` shingles, or one of them is too small.
        """
        first, other = (
            np.array([self.places[at] for at in side], np.int64).reshape(-1, 2)
            for side in (left, right)
        )
        sizes = np.stack((first[:, 1] - first[:, 0], other[:, 1] - other[:, 0]))
        small, large = sizes.min(axis=0), sizes.max(axis=0)
        found = np.zeros(len(left))
        chosen = np.flatnonzero((small >= fewest) & (small >= least * large))
        for some in _portions(chosen, sizes.sum(axis=0)):
            shared = self._shared(first[some], other[some])
            found[some] = shared / (sizes[:, some].sum(axis=0) - shared)
        return found

    def _shared(self, first: Numbers, other: Numbers) -> Numbers:
        """Return how many shingles are in both."""
        every = np.concatenate((self._tagged(first), self._tagged(other)))
        every.sort()
        same = every[1:][every[1:] == every[:-1]] >> np.uint64(TAG)
        return np.bincount(same.view(np.int64), minlength=len(first))

    def _tagged(self, bounds: Numbers) -> Words:
        """Return the shingles between bounds, each with its place among them."""
        sizes = bounds[:, 1] - bounds[:, 0]
        owners = np.repeat(np.arange(len(bounds)), sizes)
        starts = bounds[:, 0] - np.cumsum(sizes) + sizes
        return tagged(self.words[np.arange(len(owners)) + starts[owners]], owners)


def _portions(chosen: Numbers, sizes: Numbers) -> Iterator[Numbers]:
    """Yield those of `chosen` that are compared at once."""
    for start in range(0, len(chosen), _PAIRS):
        some = chosen[start : start + _PAIRS]
        loads = np.cumsum(sizes[some]) // _WORDS
        yield from np.split(some, np.flatnonzero(loads[1:] != loads[:-1]) + 1)
