"""Stored: sketches and shingles of all examples of an index; this module loads numpy."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ftlint.similarity.jaccard import Sets, spread
from ftlint.similarity.lot import sketched
from ftlint.similarity.minhash import BINS, PACKED, Numbers, Words, sets, words
from ftlint.similarity.spool import Spool

if TYPE_CHECKING:
    from ftlint.similarity.duplicate import DuplicateIndex

READ = 8 << 20
"""Bytes of lines that are read at once to be compared."""
GAP = 1 << 12
"""Bytes between two texts up to which reading them is faster than to go further."""
_SHINGLE = 4
"""Bytes of a line for each shingle of its text, at least, or about so."""


class Stored:
    """What is known of all examples; only what is far too long is read again from its line."""

    def __init__(self, index: DuplicateIndex) -> None:
        """Make what was not worth it while the batches were small."""
        self._index = index
        lots = index.lots
        counts = lots.column("shingles")
        rows, late = np.empty(len(index), np.int64), array("q")
        for start, lot in zip(index.begins, lots.every, strict=True):
            rows[start : start + lot.many] = lot.sketched
            late.extend(() if lot.sketched else range(start, start + lot.many))
        rows = np.cumsum(rows) - 1
        rows[late] = np.arange(rows[-1] + 1, rows[-1] + 1 + len(late))
        sketches, self._spool = lots.sketches, lots.shingles
        for some in _loads(index, late):
            made = sketched(list(index.texts(some).values()))
            sketches = sketches.merge(Spool(made.sketches))
            self._spool = self._spool.merge(Spool(made.shingles))
            for at, count in zip(some, made.counts, strict=True):
                counts[at] = count
        self.sketches: NDArray[np.uint8] = sketches.array().reshape(-1, BINS)
        self.rows: Numbers = rows
        """The sketch of each example."""
        self._counts = np.frombuffer(counts, np.uint32)
        self._starts = np.empty(len(rows), np.int64)
        order = np.argsort(rows, kind="stable")
        ends = np.cumsum(self._counts[order], dtype=np.int64)
        self._starts[order] = ends - self._counts[order]

    def loads(self, numbers: Numbers) -> Numbers:
        """Return about how many shingles the texts of some examples have."""
        counts = self._counts[numbers].astype(np.int64)
        sizes = np.frombuffer(self._index.sizes, np.uint32)[numbers] // _SHINGLE
        return np.where(counts > 0, counts, sizes)

    def sets(self, numbers: Numbers) -> Sets:
        """Return the shingles of some examples, which are in order."""
        counts = self._counts[numbers].astype(np.int64)
        long = np.flatnonzero(counts == 0)
        known, owners = self._read(self._starts[numbers], counts)
        for some in _loads(self._index, numbers[long].tolist()):
            found, whose = sets(list(self._index.texts(some).values()))
            known = np.concatenate((known, found))
            owners = np.concatenate((owners, np.searchsorted(numbers, some)[whose]))
        return Sets(known, owners, len(numbers))

    def _read(self, starts: Numbers, counts: Numbers) -> tuple[Words, Numbers]:
        """Return the shingles that are kept at some places, and whose each is."""
        order = np.argsort(starts, kind="stable")
        begins, ends = starts[order], (starts + counts)[order]
        size = PACKED.itemsize
        new = np.flatnonzero(np.append(True, begins[1:] - ends[:-1] > GAP // size)[: len(begins)])
        firsts, lasts = begins[new], ends[np.append(new[1:], len(begins)) - 1]
        parts = self._spool.reads((firsts * size).tolist(), ((lasts - firsts) * size).tolist())
        before = np.cumsum(lasts - firsts) - (lasts - firsts)
        moved = np.repeat(before - firsts, np.diff(np.append(new, len(begins))))
        places, owners = spread(begins + moved, counts[order])
        return words(b"".join(parts))[places], order[owners]


def _loads(index: DuplicateIndex, numbers: Iterable[int]) -> Iterator[list[int]]:
    """Yield examples whose lines have about `READ` bytes together."""
    load: list[int] = []
    size = 0
    for at in numbers:
        load.append(at)
        size += index.sizes[at]
        if size >= READ:
            yield load
            load, size = [], 0
    if load:
        yield load
