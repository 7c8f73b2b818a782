"""LSH: which sketches are alike enough to be compared, band by band. This module loads numpy.

Memory: 48 bytes an example for the band at hand, beside the sketches, which may be on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from ftlint.similarity.cluster import repeated
from ftlint.similarity.minhash import BINS, Numbers
from ftlint.value import dataclass

RECALL = 0.995
"""Share of pairs exactly at the threshold that must meet in some band."""
CROWD = 128
"""Examples of a bucket that are all compared with each other. In a larger one each is compared
with the first and with its neighbours, so that a template of a million is not quadratic."""
NEIGHBOURS = 16
"""Examples of a crowd after each that it is compared with."""
_AT_ONCE = 1 << 15
"""Pairs of sketches that are compared at once (6 MB)."""
_ONES = 0x0101010101010101


def banding(threshold: float) -> tuple[int, int]:
    """Return how many bands of how many rows find pairs at `threshold`: as many rows as may be.

    A pair with similarity s meets in a band of r rows with probability s**r.
    """
    for rows in range(8, 1, -1):
        bands = BINS // rows
        if 1 - (1 - threshold**rows) ** bands >= RECALL:
            return bands, rows
    return BINS, 1


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of examples that may be near duplicates; the earlier one is `left`."""

    left: Numbers
    right: Numbers
    crowded: bool
    """Whether they come from a crowd, of which not all pairs are here."""


Wanted = Callable[[Numbers, Numbers, bool], NDArray[np.bool_]]


def candidates(
    sketches: NDArray[np.uint8], rows: Numbers, threshold: float, wanted: Wanted
) -> Iterator[Candidates]:
    """Yield pairs whose sketches meet in a band and do not speak against it.

    `rows` are those of the examples among the sketches, and pairs are places in `rows`. A pair
    comes again only from crowds. Pairs that are not `wanted`, which is told whether they are of a
    crowd, are left out, and so are those whose estimate is 2.5 standard errors below the
    threshold: six of a thousand pairs at the threshold, hardly any above it.
    """
    table = _Table(sketches, rows, threshold)
    members, more = table.members, table.keys(0)
    for band in range(table.bands):
        # In a crowd those that meet in the next band, too, become neighbours.
        keys, more = more, table.keys((band + 1) % table.bands)
        met = repeated(keys)
        order = met[np.argsort(keys[met])]
        ranked = keys[order]
        meet = ranked[1:] == ranked[:-1]
        busy = np.flatnonzero(np.append(meet, False) | np.insert(meet, 0, False))
        for left, right, crowded in _met(ranked[busy], order[busy], more):
            if crowded:
                table.crowd(band, right)
            kept = wanted(members[left], members[right], crowded)
            kept[kept] = table.alike(band, left[kept], right[kept])
            if kept.any():
                first, second = members[left[kept]], members[right[kept]]
                yield Candidates(np.minimum(first, second), np.maximum(first, second), crowded)


class _Table:
    """The sketches of the examples that have shingles, cut into bands."""

    def __init__(self, sketches: NDArray[np.uint8], rows: Numbers, threshold: float) -> None:
        self.bands, self._width = banding(threshold)
        self._least = int(BINS * (threshold - 2.5 * sqrt(threshold * (1 - threshold) / BINS)))
        self._sketches, self._rows = sketches, rows
        self.members = np.flatnonzero(self.keys(0))  # zeros are the sketch of no shingles
        self._rows = rows[self.members]
        self._crowds = np.zeros(len(self._rows), np.uint64)
        """The bands, as bits, in which an example is in a crowd."""

    def keys(self, band: int) -> NDArray[np.uint64]:
        """Return the bytes of a band as one number an example."""
        keys, start = np.zeros((len(self._rows), 8), np.uint8), band * self._width
        keys[:, : self._width] = self._sketches[self._rows, start : start + self._width]
        return keys.view(np.uint64)[:, 0]

    def crowd(self, band: int, those: Numbers) -> None:
        """Know that examples are in a crowd."""
        self._crowds[those] |= np.uint64(1 << band)

    def alike(self, band: int, left: Numbers, right: Numbers) -> NDArray[np.bool_]:
        """Return for each pair of a band whether enough is equal and it comes the first time."""
        found = np.zeros(len(left), bool)
        for start in range(0, len(left), _AT_ONCE):
            those = slice(start, start + _AT_ONCE)
            first, other = self._rows[left[those]], self._rows[right[those]]
            equal = self._sketches[first] == self._sketches[other]
            # The sum of each column of eight bytes, then of the eight columns.
            counts = equal.view(np.uint64).sum(axis=1) * np.uint64(_ONES) >> np.uint64(56)
            near = np.flatnonzero(counts >= self._least)
            near = near[~self._came(band, equal[near], left[those][near])]
            found[start + near] = True
        return found

    def _came(self, band: int, equal: NDArray[np.bool_], left: Numbers) -> NDArray[np.bool_]:
        """Return for each pair whether it met in an earlier band, and in no crowd there."""
        bands = equal[:, : band * self._width]
        met = np.ones((len(equal), band), bool)
        for at in range(self._width):
            met &= bands[:, at :: self._width]
        free = ~self._crowds[left][:, np.newaxis] >> np.arange(band, dtype=np.uint64)
        came: NDArray[np.bool_] = (met & (free & np.uint64(1)).astype(bool)).any(axis=1)
        return came


def _met(
    keys: NDArray[np.uint64], members: Numbers, more: NDArray[np.uint64]
) -> Iterator[tuple[Numbers, Numbers, bool]]:
    """Yield pairs with equal keys; `keys` are in order."""
    if not len(keys):
        return
    heads = np.flatnonzero(np.insert(keys[1:] != keys[:-1], 0, True))
    sizes = np.diff(np.append(heads, len(keys)))
    ends = np.repeat(heads + sizes, sizes)
    crowded = np.repeat(sizes > CROWD, sizes)
    if crowded.any():
        those = members[crowded]
        members[crowded] = those[np.lexsort((those, more[those], keys[crowded]))]
        firsts = np.repeat(np.minimum.reduceat(members, heads), sizes)
        rest = np.flatnonzero(crowded & (firsts != members))
        yield firsts[rest], members[rest], True
        yield from _neighbours(members, np.flatnonzero(crowded), ends, NEIGHBOURS, True)
    yield from _neighbours(members, np.flatnonzero(~crowded), ends, CROWD, False)


def _neighbours(
    members: Numbers, places: Numbers, ends: Numbers, steps: int, crowded: bool
) -> Iterator[tuple[Numbers, Numbers, bool]]:
    """Yield each with those that follow it in its bucket, one step further at a time."""
    for step in range(1, steps + 1):
        places = places[places + step < ends[places]]
        if not len(places):
            return
        yield members[places], members[places + step], crowded
