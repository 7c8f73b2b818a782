"""LSH: which sketches are alike enough to be compared, band by band. This module loads numpy.

Memory: 48 bytes an example for the band at hand, beside the sketches, which may be on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftlint.similarity.jaccard import ones, spread
from ftlint.similarity.minhash import BINS
from ftlint.similarity.shinglearray import Numbers, Words
from ftlint.value import dataclass

RECALL = 0.995
"""Share of pairs exactly at the threshold that must meet in some band."""
CROWD = 128
"""Examples of a bucket that are all compared with each other. In a larger one each is compared
with the first and with its neighbours, so that a template of a million is not quadratic."""
NEIGHBOURS = 16
"""Examples of a crowd after each that it is compared with."""
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_AT_ONCE = 1 << 14
"""Pairs of sketches that are compared at once (4 MB)."""


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
        for met in _met(*_repeated(keys), more):
            left, right = met.those[met.left], met.those[met.right]
            if met.crowded:
                table.crowd(band, right)
            kept = wanted(members[left], members[right], met.crowded)
            kept[kept] = table.alike(band, met.only(kept))
            if kept.any():
                first, second = members[left[kept]], members[right[kept]]
                smaller, larger = np.minimum(first, second), np.maximum(first, second)
                yield Candidates(smaller, larger, met.crowded)


def _repeated(keys: Words) -> tuple[Words, Numbers]:
    """Return the keys that are there twice, in order, and where each stands."""
    # To sort keys with their places is faster than to ask for the order.
    ranked = keys << np.uint64(32)
    ranked |= np.arange(len(keys), dtype=np.uint64)
    ranked.sort()
    keys = ranked >> np.uint64(32)
    met = np.zeros(len(keys) + 1, bool)
    np.equal(keys[1:], keys[:-1], out=met[1:-1])
    busy = np.flatnonzero(met[1:] | met[:-1])
    return keys[busy], (ranked[busy] & np.uint64(0xFFFFFFFF)).view(np.int64)


class _Met(NamedTuple):
    """Pairs that meet in a band."""

    those: Numbers
    """Some members of the table; those of no crowd are side by side."""
    left: Numbers
    """Places among these."""
    right: Numbers
    crowded: bool

    def only(self, kept: NDArray[np.bool_]) -> _Met:
        """Return some of them."""
        if kept.all():
            return self
        return self._replace(left=self.left[kept], right=self.right[kept])


class _Table:
    """The sketches of the examples that have shingles, cut into bands."""

    def __init__(self, sketches: NDArray[np.uint8], rows: Numbers, threshold: float) -> None:
        self.bands, self._width = banding(threshold)
        self._least = int(BINS * (threshold - 2.5 * sqrt(threshold * (1 - threshold) / BINS)))
        self._sketches, self._rows = sketches, rows
        self.members = np.flatnonzero(self.keys(0))  # zeros are the sketch of no shingles
        self._rows = rows[self.members]
        self._crowds = np.zeros(len(self._rows), np.uint64)
        """The bands in which an example is in a crowd: the bit of the first byte of each."""

    def keys(self, band: int) -> Words:
        """Return the bytes of a band as one number of 32 bits an example; a hash of more bytes."""
        width, start = self._width, band * self._width
        keys = np.zeros(len(self._rows), "<u8")
        # A band as one item is copied as such; as bytes, it would take three times as long.
        narrow = np.dtype({"names": ["band"], "formats": [f"V{width}"], "itemsize": 8})
        bands = self._sketches[:, start : start + width].view(f"V{width}")
        keys.view(narrow)["band"] = bands[self._rows, 0]
        if width > 4:
            keys *= _SPREAD
            keys >>= np.uint64(32)
        return keys

    def crowd(self, band: int, those: Numbers) -> None:
        """Know that examples are in a crowd."""
        self._crowds[those] |= np.uint64(1 << band * self._width)

    def alike(self, band: int, met: _Met) -> NDArray[np.bool_]:
        """Return for each pair of a band whether enough is equal and it comes the first time."""
        found = np.zeros(len(met.left), bool)
        for start in range(0, len(met.left), _AT_ONCE):
            left, right = (each[start : start + _AT_ONCE] for each in (met.left, met.right))
            equal = self._equal(met.those, left, right, met.crowded)
            near = np.flatnonzero(ones(equal) >= self._least)
            near = near[~self._came(band, equal[near], met.those[left[near]])]
            found[start + near] = True
        return found

    def _equal(self, those: Numbers, left: Numbers, right: Numbers, crowded: bool) -> Words:
        """Return the bytes that are equal in each pair, as bits."""
        if crowded:
            first, other = self._of(those[left]), self._of(those[right])
        else:  # each is in many pairs, and is looked for but once
            every = self._of(those)
            first, other = every.take(left, axis=0), every.take(right, axis=0)
        equal = first.view(np.uint8) == other.view(np.uint8)
        return np.packbits(equal, bitorder="little").view("<u8")

    def _of(self, those: Numbers) -> Words:
        """Return the sketches of some members, eight bytes as a number."""
        return self._sketches.take(self._rows[those], axis=0).view(np.uint64)

    def _came(self, band: int, equal: Words, left: Numbers) -> NDArray[np.bool_]:
        """Return for each pair whether it met in an earlier band, and in no crowd there."""
        met = equal & ~self._crowds[left]
        for at in range(1, self._width):
            met &= equal >> np.uint64(at)
        return met & np.uint64(sum(1 << b * self._width for b in range(band))) > 0


def _met(keys: Words, members: Numbers, more: Words) -> Iterator[_Met]:
    """Yield pairs with equal keys; `keys` are in order."""
    if not len(keys):
        return
    heads = np.flatnonzero(np.insert(keys[1:] != keys[:-1], 0, True))
    sizes = np.diff(np.append(heads, len(keys)))
    crowded = np.repeat(sizes > CROWD, sizes)
    if crowded.any():
        those = members[crowded]
        order = np.lexsort((those, more[those], keys[crowded]))
        yield from _crowds(those[order], sizes[sizes > CROWD])
    yield from _buckets(members[~crowded], sizes[sizes <= CROWD])


def _crowds(those: Numbers, sizes: Numbers) -> Iterator[_Met]:
    """Yield each of some crowds with the first and with its neighbours."""
    ends = np.cumsum(sizes)
    firsts = np.repeat(np.minimum.reduceat(those, ends - sizes), sizes)
    rest = np.flatnonzero(firsts != those)
    yield _Met(np.concatenate((firsts, those)), rest, len(those) + rest, True)
    places, ends = np.arange(len(those)), np.repeat(ends, sizes)
    for step in range(1, NEIGHBOURS + 1):
        places = places[places + step < ends[places]]
        yield _Met(those, places, places + step, True)


def _buckets(those: Numbers, sizes: Numbers) -> Iterator[_Met]:
    """Yield all pairs of some buckets, those of neighbours together."""
    ends = np.repeat(np.cumsum(sizes), sizes)
    after = ends - np.arange(1, len(those) + 1)
    loads = np.cumsum(after) // (_AT_ONCE - CROWD)
    cuts = [0, *(np.flatnonzero(loads[1:] != loads[:-1]) + 1).tolist(), len(those)]
    for at, end in pairwise(cuts):
        right, left = spread(np.arange(1, end - at + 1), after[at:end])
        if len(left):
            yield _Met(those[at : ends[end - 1]], left, right, False)
