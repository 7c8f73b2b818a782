"""Jaccard similarities of many pairs of sets at once; this module loads numpy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ftlint.similarity.shinglearray import TAG, Numbers, Words, distinct, tagged

_PAIRS, _WORDS = 1 << 12, 1 << 18
"""Pairs, and words of their sets, that are compared at once (8 MB)."""
_LANES, _LANE = 8, 37
"""Words of 64 bits in which the parities of a set are kept; the bit of its words above which is
the number of that where each counts."""


class Sets:
    """Sets of shingles. Size: 8 bytes a shingle."""

    def __init__(self, words: Words, owners: Numbers, many: int) -> None:
        """Make `many` sets of words of 40 bits, each of which is in that of its owner."""
        every = distinct(tagged(words, owners))
        lanes = np.arange(many * _LANES + 1, dtype=np.uint64) << np.uint64(_LANE)
        bounds = np.searchsorted(every, lanes)
        self._bounds = bounds[::_LANES]
        self._parities = _parities(every, bounds).reshape(-1, _LANES)
        self.words: Words = every & np.uint64((1 << 64 - TAG) - 1)

    def similarities(
        self, left: Numbers, right: Numbers, fewest: int, least: float
    ) -> NDArray[np.float64]:
        """Return the similarity of each pair; 0 where it is below `least`.

        So it is, too, where a set has less than `fewest` shingles.
        """
        sizes = np.diff(self._bounds)
        first, other = sizes[left], sizes[right]
        small, large, both = np.minimum(first, other), np.maximum(first, other), first + other
        found = np.zeros(len(left))
        chosen = np.flatnonzero((small >= fewest) & (small >= least * large))
        most = (both[chosen] - self._apart(left[chosen], right[chosen])) // 2
        chosen = chosen[most >= least * (both[chosen] - most)]
        for some in _portions(chosen, both):
            shared = self._shared(left[some], right[some])
            found[some] = shared / (both[some] - shared)
        found[found < least] = 0
        return found

    def _apart(self, left: Numbers, right: Numbers) -> Numbers:
        """Return how many shingles are in one of both only, at least.

        A bit says whether an even number of words of a set have it, so each that is not the
        same for both needs such a shingle.
        """
        found = np.zeros(len(left), np.int64)
        for lane in self._parities.T:
            found += ones(lane[left] ^ lane[right]).view(np.int64)
        return found

    def _shared(self, left: Numbers, right: Numbers) -> Numbers:
        """Return how many shingles are in both."""
        every = np.concatenate((self._tagged(left), self._tagged(right)))
        every.sort()
        same = every[1:][every[1:] == every[:-1]] >> np.uint64(64 - TAG)
        return np.bincount(same.view(np.int64), minlength=len(left))

    def _tagged(self, numbers: Numbers) -> Words:
        """Return the shingles of some sets, each with its place among these."""
        starts = self._bounds[numbers]
        places, owners = spread(starts, self._bounds[numbers + 1] - starts)
        return tagged(self.words[places], owners)


def spread(starts: Numbers, sizes: Numbers) -> tuple[Numbers, Numbers]:
    """Return the places from each start on, one range after the other, and whose they are."""
    owners = np.repeat(np.arange(len(sizes)), sizes)
    places = np.arange(len(owners)) + (starts - np.cumsum(sizes) + sizes)[owners]
    return places, owners


def _parities(words: Words, bounds: Numbers) -> Words:
    """Return the parities of words between each bound and the next: one bit of each counts."""
    bits = np.append(np.uint64(1) << (words & np.uint64(63)), np.uint64(0))
    found: Words = np.bitwise_xor.reduceat(bits, bounds[:-1])
    found[bounds[1:] == bounds[:-1]] = 0
    return found


def ones(words: Words) -> Words:
    """Return how many bits of each word are set; `np.bitwise_count` is of NumPy 2."""
    words = words - (words >> np.uint64(1) & _bits(0x55))
    words = (words & _bits(0x33)) + (words >> np.uint64(2) & _bits(0x33))
    words = words + (words >> np.uint64(4)) & _bits(0x0F)
    return words * _bits(0x01) >> np.uint64(56)


def _bits(byte: int) -> np.uint64:
    return np.uint64(byte * 0x0101010101010101)


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
