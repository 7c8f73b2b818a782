"""MinHash: sketches of sets of shingles for many texts at once, and which texts are candidates.

A sketch is that of fast similarity sketching (Dahlgaard, Knudsen, Thorup 2017): each shingle is
thrown into one of the bins, round after round, until hardly one is empty; a bin keeps the smallest
value of the earliest round. Two texts agree in a bin with a probability that is their Jaccard
similarity, however short they are, at the cost of about one hash a shingle of a long text.
Of each value 8 bits are kept (b-bit minwise hashing, Li and König 2010). This module loads numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftlint.similarity.shinglearray import Numbers, mixed, packed, pieces, shingles

BINS = 64
"""Bytes of a sketch: one a bin."""
LEAST = 4 * BINS
"""Shingles, times rounds, that are thrown for each text: one bin of 55 stays empty. Texts that are
near have mostly the same empty bins, and the last ones to be filled would cost as much again."""
ROUNDS = (1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 24, 32, 40, 52, 64)
"""Rounds after which texts stop, those of many shingles first."""
GAPS = BINS // 5
"""Empty bins above which a text goes on: it has fewer shingles than it seems, since they repeat."""
_FULL = np.uint32(0xFFFFFFFF)
_RANK = 26
"""Bits of a value below the number of its round."""
_THROWN = 1 << 16
"""Shingles, times rounds, that are thrown at once, so that they stay in the cache."""

Halves = NDArray[np.uint32]


class Kept(NamedTuple):
    """Sketches and shingles of some texts."""

    sketches: NDArray[np.uint8]
    """One a text, shape (texts, BINS); zeros for a text without a shingle."""
    shingles: bytes
    """Those of each text side by side, as `words` reads them."""
    starts: Numbers
    """Where those of each text begin, counted in shingles."""
    counts: Numbers
    """How many they are of each text; none of one that is too long."""


def sketches(texts: Sequence[str], kept: int = 0, fewest: int = 1) -> Kept:
    """Return the sketches of normalised texts, and shingles of those up to `kept` characters.

    Texts of fewer than `fewest` shingles have zeros, as if they had none.
    """
    bins = np.full(len(texts) * BINS, _FULL)
    starts, counts, total = np.zeros((3, len(texts)), np.int64)
    short = np.array(list(map(len, texts)), np.int64) <= kept
    parts, done, again = list[bytes](), 0, list[_Thrown]()
    for rows, some in pieces(texts):
        hashes, many = shingles(some)
        those = np.array(rows)
        np.add.at(total, those, many)
        thrown = _Thrown(those, many, hashes.astype(np.uint32))
        thrown.throw(bins, 0, 1)
        thrown.only(many >= LEAST).fill(bins)
        again.append(thrown.only((many >= fewest) & (many < LEAST)))
        fits = short[those]
        if not fits.all():
            hashes, many = hashes[np.repeat(fits, many)], many * fits
        starts[those], counts[those] = done + np.cumsum(many) - many, many
        parts.append(packed(hashes))
        done += len(hashes)
    if again:
        _Thrown(*(np.concatenate(each) for each in zip(*again, strict=True))).go_on(bins)
    made = (bins + np.uint32(1)).astype(np.uint8).reshape(-1, BINS)
    made[:, 0] |= 1  # zeros stay those of no shingles, in a few bytes, too
    made[total < fewest] = 0
    return Kept(made, b"".join(parts), starts, counts)


class _Thrown(NamedTuple):
    """The shingles of some texts, or of pieces of them."""

    rows: Numbers
    """Which texts they are."""
    counts: Numbers
    """How many shingles each has."""
    hashes: Halves
    """Those of each side by side."""

    def only(self, wanted: NDArray[np.bool_]) -> _Thrown:
        """Return some of them."""
        if wanted.all():
            return self
        hashes = self.hashes[np.repeat(wanted, self.counts)]
        return _Thrown(self.rows[wanted], self.counts[wanted], hashes)

    def ranked(self) -> _Thrown:
        """Return those of few shingles first."""
        order = np.argsort(self.counts, kind="stable")
        counts = self.counts[order]
        moved = np.cumsum(self.counts)[order] - np.cumsum(counts)
        places = np.repeat(moved, counts)
        places += np.arange(len(places))
        return _Thrown(self.rows[order], counts, self.hashes[places])

    def throw(self, bins: Halves, first: int, last: int) -> None:
        """Throw all into the bins of their texts, in some rounds."""
        bases = np.repeat((self.rows * BINS).astype(np.uint32), self.counts)
        _throw(bins, self.hashes, bases, first, last)

    def go_on(self, bins: Halves) -> None:
        """Throw the shingles of texts that have few, until they were thrown often enough."""
        each = self.ranked()
        ends = np.cumsum(each.counts)
        bases = np.repeat((each.rows * BINS).astype(np.uint32), each.counts)
        for first, last in pairwise(ROUNDS):
            many = int(np.searchsorted(each.counts, -(-LEAST // first)))
            if not many:
                break
            end = int(ends[many - 1])
            _throw(bins, each.hashes[:end], bases[:end], first, last)
        each.fill(bins)

    def fill(self, bins: Halves) -> None:
        """Throw the shingles of texts that repeat them until few bins are empty."""
        left = self
        for first, last in pairwise((1, *ROUNDS[3::4], ROUNDS[-1])):
            empty = bins.reshape(-1, BINS)[left.rows] == _FULL
            left = left.only(np.add.reduce(empty.view(np.uint8), axis=1, dtype=np.uint8) > GAPS)
            if not len(left.rows):
                break
            left.throw(bins, first, last)


def _throw(bins: Halves, hashes: Halves, bases: Halves, first: int, last: int) -> None:
    """Throw shingles into bins of which the first one of each is given, in some rounds."""
    step = max(1, _THROWN // max(1, len(hashes)))
    for start in range(first, last, step):
        rounds = slice(start, min(start + step, last))
        values = hashes * _multipliers()[rounds]
        places = values >> np.uint32(_RANK)
        places += bases
        values &= np.uint32((1 << _RANK) - 1)
        values |= np.arange(rounds.start, rounds.stop, dtype=np.uint32)[:, np.newaxis] << _RANK
        np.minimum.at(bins, places.ravel().astype(np.int64), values.ravel())


@cache
def _multipliers() -> Halves:
    """Return one odd multiplier a round, shape (rounds, 1)."""
    words = mixed(np.arange(1, ROUNDS[-1] + 1, dtype=np.uint64))
    return (words >> np.uint64(32)).astype(np.uint32)[:, np.newaxis] | np.uint32(1)
