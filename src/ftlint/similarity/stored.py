"""Stored: sketches and shingles of all examples of an index; this module loads numpy."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ftlint.similarity.jaccard import Sets
from ftlint.similarity.lot import sketched
from ftlint.similarity.minhash import BINS
from ftlint.similarity.shinglearray import PACKED, Numbers, Words, sets, words
from ftlint.similarity.spool import Spool

if TYPE_CHECKING:
    from ftlint.similarity.duplicate import DuplicateIndex

READ = 8 << 20
"""Bytes of lines that are read at once to be compared."""
_SHINGLE = 4
"""Bytes of a line for each shingle of its text, at least, or about so."""


class Stored:
    """What is known of all examples; only what is far too long is read again from its line."""

    def __init__(self, index: DuplicateIndex) -> None:
        """Make what was not worth it while the batches were small."""
        self._index = index
        lots = index.lots
        counts, places = lots.column("shingles"), lots.column("places")
        self._counts = np.frombuffer(counts, np.uint32)
        self._starts = np.frombuffer(places, np.uint32).astype(np.int64)
        self.rows = np.zeros(len(index), np.int64)
        """The sketch of each example."""
        self._sketches, self._spool = lots.sketches, lots.shingles
        late, row, done = array("q"), 0, 0
        for start, lot in zip(index.begins, lots.every, strict=True):
            those = slice(start, start + lot.many)
            if lot.sketched:
                self.rows[those] = np.arange(row, row + lot.many)
                self._starts[those] += done
                row, done = row + lot.many, done + int(self._counts[those].sum())
            else:
                late.extend(range(start, start + lot.many))
        self._make(late)
        self.sketches: NDArray[np.uint8] = self._sketches.array().reshape(-1, BINS)

    def _make(self, late: Sequence[int]) -> None:
        """Make the sketches and shingles of examples that have none."""
        for some in _loads(self._index, late):
            row, done = len(self._sketches) // BINS, len(self._spool) // PACKED.itemsize
            made = sketched(list(self._index.texts(some).values()))
            self._sketches = self._sketches.merge(Spool(made.sketches))
            self._spool = self._spool.merge(Spool(made.shingles))
            self.rows[some] = np.arange(row, row + len(some))
            self._counts[some] = made.counts
            self._starts[some] = np.asarray(made.places, np.int64) + done

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
        order = np.argsort(starts, kind="stable")  # as they stand in the file
        size = PACKED.itemsize
        many = counts[order]
        parts = self._spool.reads((starts[order] * size).tolist(), (many * size).tolist())
        return words(b"".join(parts)), np.repeat(order, many)


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
