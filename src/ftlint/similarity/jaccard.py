"""Jaccard similarities of many pairs of sets at once; this module loads numpy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ftlint.similarity.minhash import TAG, Numbers, Words, sets, tagged

_PAIRS, _WORDS = 1 << 12, 1 << 20
"""Pairs, and words of their sets, that are compared at once (32 MB)."""


class Sets:
    """Sets of shingles by number. Size: 8 bytes a shingle, 16 a number."""

    def __init__(self, many: int) -> None:
        """Begin without any of those with the numbers below `many`."""
        self.words: Words = np.empty(0, np.uint64)
        self._bounds: Numbers = np.full((many, 2), -1)

    def missing(self, numbers: Numbers) -> Numbers:
        """Return those of `numbers` that are not here."""
        found: Numbers = numbers[self._bounds[numbers, 0] < 0]
        return found

    def add(self, numbers: Numbers, texts: Sequence[str]) -> None:
        """Keep the shingles of some texts."""
        words, bounds = sets(texts)
        bounds += len(self.words)
        self.words = np.concatenate((self.words, words))
        self._bounds[numbers] = np.stack((bounds[:-1], bounds[1:]), axis=1)

    def similarities(
        self, left: Numbers, right: Numbers, fewest: int, least: float
    ) -> NDArray[np.float64]:
        """Return the similarity of each pair; 0 where it must be below `least`.

        So it is where a set has less than `fewest` shingles, or one of them is too small.
        """
        first, other = self._bounds[left], self._bounds[right]
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


class Seen:
    """Numbers that were there before. Size: 8 bytes each."""

    def __init__(self) -> None:
        """Begin without any."""
        self._parts: list[Numbers] = []
        """In order each, and each at most half as long as the one before."""

    def __len__(self) -> int:
        """Return how many there are."""
        return sum(map(len, self._parts))

    def fresh(self, numbers: Numbers) -> Numbers:
        """Return those of `numbers`, which are in order, that were not here; now they are."""
        for part in self._parts:
            at = np.searchsorted(part, numbers)
            at[at == len(part)] = 0
            numbers = numbers[part[at] != numbers]
        kept = numbers
        while self._parts and len(self._parts[-1]) <= 2 * len(kept):
            kept = np.sort(np.concatenate((self._parts.pop(), kept)))
        if len(kept):
            self._parts.append(kept)
        return numbers


def _portions(chosen: Numbers, sizes: Numbers) -> Iterator[Numbers]:
    """Yield those of `chosen` that are compared at once."""
    for start in range(0, len(chosen), _PAIRS):
        some = chosen[start : start + _PAIRS]
        loads = np.cumsum(sizes[some]) // _WORDS
        yield from np.split(some, np.flatnonzero(loads[1:] != loads[:-1]) + 1)
