"""LSH: which sketches are alike enough to be compared, band by band. This module loads numpy.

Memory: 48 bytes an example for the band at hand, beside the sketches, which may be on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from ftlint.similarity.minhash import BINS, Numbers
from ftlint.value import dataclass

RECALL = 0.995
"""Share of pairs exactly at the threshold that must meet in some band."""
CROWD = 128
"""Examples of a bucket that are all compared with each other. In a larger one each is compared
with the first and with its neighbours, so that a template of a million is not quadratic."""
NEIGHBOURS = 16
"""Examples of a crowd after each that it is compared with."""
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_AT_ONCE = 1 << 17
"""Pairs of sketches that are compared at once (16 MB)."""


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

    `rows` are those of the examples among the sketches, and pairs are places in `rows`. The same
    pair may come again. Pairs that are not `wanted`, which is told whether they are of a crowd,
    are left out, and so are those whose estimate is 2.5 standard errors below the threshold: six
    of a thousand pairs at the threshold, hardly any above it.
    """
    bands, width = banding(threshold)
    least = int(BINS * (threshold - 2.5 * sqrt(threshold * (1 - threshold) / BINS)))
    members = np.flatnonzero(_keys(sketches, rows, 0, width))  # a text without shingles has none
    rows = rows[members]
    more = _keys(sketches, rows, 0, width)
    for band in range(bands):
        # In a crowd those that meet in the next band, too, become neighbours.
        keys, more = more, _keys(sketches, rows, (band + 1) % bands * width, width)
        met = _meeting(keys)
        order = met[np.argsort(keys[met])]
        ranked = keys[order]
        meet = ranked[1:] == ranked[:-1]
        busy = np.flatnonzero(np.append(meet, False) | np.insert(meet, 0, False))
        for left, right, crowded in _met(ranked[busy], order[busy], more):
            kept = wanted(members[left], members[right], crowded)
            left, right = left[kept], right[kept]
            kept = _alike(sketches, rows[left], rows[right], least)
            if kept.any():
                first, second = members[left[kept]], members[right[kept]]
                yield Candidates(np.minimum(first, second), np.maximum(first, second), crowded)


def _meeting(keys: NDArray[np.uint64]) -> Numbers:
    """Return the places of keys that are there twice, and of some others; sorting takes longer."""
    bits = max(10, len(keys).bit_length() + 1)
    slots = (keys * _SPREAD >> np.uint64(64 - bits)).view(np.int64)
    return np.flatnonzero(np.bincount(slots, minlength=1 << bits)[slots] > 1)


def _keys(sketches: NDArray[np.uint8], rows: Numbers, start: int, width: int) -> NDArray[np.uint64]:
    """Return the bytes of a band as one number an example."""
    keys = np.zeros((len(rows), 8), np.uint8)
    keys[:, :width] = sketches[rows, start : start + width]
    return keys.view(np.uint64)[:, 0]


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


def _alike(
    sketches: NDArray[np.uint8], left: Numbers, right: Numbers, least: int
) -> NDArray[np.bool_]:
    """Return for each pair whether at least so many bins are equal."""
    found = np.empty(len(left), bool)
    for start in range(0, len(left), _AT_ONCE):
        these = slice(start, start + _AT_ONCE)
        equal = sketches[left[these]] == sketches[right[these]]
        found[these] = equal.sum(axis=1, dtype=np.uint8) >= least
    return found
