"""The search for near duplicates among candidates; this module loads numpy."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ftlint.similarity.cluster import Forest
from ftlint.similarity.jaccard import Seen
from ftlint.similarity.lot import SHORTEST
from ftlint.similarity.pair import Pairs
from ftlint.similarity.shinglearray import Numbers, distinct
from ftlint.similarity.stored import Stored

PAIRS, SLACK = 16, 100_000
"""Pairs an example, and in all, that are compared although the two hang together already: so
many that all pairs of usual data are found, and that templates do not make it quadratic."""
MOST = 1 << 22
"""The same, however many examples there are: these pairs take 130 MB at most."""
WAITING = 1 << 22
"""Candidates that are kept (32 MB) until they are compared together."""
STEP = 1 << 16
"""Candidates after which it is asked again which of them hang together."""
WORDS = 1 << 19
"""Shingles that are read at once to be compared (4 MB)."""
_PORTION = 1 << 18
"""Candidates of which clusters are looked for at once."""
ROUNDS = 4
"""Times that the number of a cluster is passed on from neighbour to neighbour."""


class Search:
    """Compares candidates as they come, each pair once, and knows what hangs together so far."""

    def __init__(self, stored: Stored, least: float, leaders: Numbers) -> None:
        """Begin without pairs; candidates are places among `leaders`."""
        self.pairs = Pairs()
        self.most = min(PAIRS * len(leaders) + SLACK, MOST)
        """Pairs that are compared before everything is a crowd."""
        self._stored = stored
        self._least = least
        self._leaders = leaders
        self._seen = Seen()
        """The pairs that were compared, as one number each."""
        self._forest = Forest(len(leaders))
        self._waiting: list[Numbers] = []
        self._many = 0

    def wanted(self, left: Numbers, right: Numbers, crowded: bool) -> NDArray[np.bool_]:
        """Return which pairs are to be compared: in crowds those that nothing joins yet.

        When many pairs were compared, everything is a crowd.
        """
        if not crowded and len(self._seen) <= self.most:
            return np.ones(len(left), bool)
        apart: NDArray[np.bool_] = self._forest.roots(left) != self._forest.roots(right)
        return apart

    def later(self, left: Numbers, right: Numbers) -> None:
        """Compare pairs of no crowd when there are many: so a text is read but a few times."""
        self._waiting.append(left * len(self._leaders) + right)
        self._many += len(left)
        if self._many >= WAITING:
            self.end()

    def end(self) -> None:
        """Compare what waits."""
        waiting, self._waiting, self._many = self._waiting, [], 0
        if waiting:
            keys = np.concatenate(waiting)
            waiting.clear()
            self._look(keys, crowded=False)

    def look(self, left: Numbers, right: Numbers) -> None:
        """Compare pairs of a crowd."""
        self._look(left * len(self._leaders) + right, crowded=True)

    def _look(self, keys: Numbers, crowded: bool) -> None:
        many = len(self._leaders)
        keys = distinct(keys)
        labels = _labels(keys, many)
        keys = keys[np.argsort(labels[keys // many], kind="stable")]
        for start in range(0, len(keys), STEP):
            some = keys[start : start + STEP]
            some = self._seen.fresh(np.sort(some[self.wanted(*np.divmod(some, many), crowded)]))
            if len(some):
                order = np.argsort(labels[some // many], kind="stable")
                left, right = np.divmod(some[order], many)
                for at, end in self._chunks(left, right):
                    self._compare(left[at:end], right[at:end])

    def _chunks(self, left: Numbers, right: Numbers) -> Iterator[tuple[int, int]]:
        """Yield ranges of pairs whose members have about `WORDS` shingles together."""
        numbers = self._leaders[left], self._leaders[right]
        loads = self._stored.loads(numbers[0]) + self._stored.loads(numbers[1])
        parts = np.cumsum(loads) // (WORDS // 4)
        cuts = [0, *(np.flatnonzero(parts[1:] != parts[:-1]) + 1).tolist(), len(left)]
        begun, members = 0, numbers[0][:0]
        for at, end in pairwise(cuts):
            members = distinct(np.concatenate((members, *(each[at:end] for each in numbers))))
            if end == len(left) or self._stored.loads(members).sum() >= WORDS:
                yield begun, end
                begun, members = end, members[:0]

    def _compare(self, left: Numbers, right: Numbers) -> None:
        numbers = self._leaders[left], self._leaders[right]
        members = distinct(np.concatenate(numbers))
        first, other = (np.searchsorted(members, each) for each in numbers)
        found = self._stored.sets(members).similarities(first, other, SHORTEST, self._least)
        near = np.flatnonzero(found >= self._least)
        first, other = (each[near] for each in numbers)
        self.pairs.extend(np.minimum(first, other), np.maximum(first, other), found[near])
        self._forest.unite(left[near], right[near])


def _labels(keys: Numbers, many: int) -> NDArray[np.int32]:
    """Return for each leader a number that mostly those share that hang together by pairs.

    Smallest numbers are passed on a few times, which is enough to bring most of a cluster together.
    """
    labels = np.arange(many, dtype=np.int32)
    for _ in range(ROUNDS):
        for start in range(0, len(keys), _PORTION):
            left, right = np.divmod(keys[start : start + _PORTION], many)
            smallest = np.minimum(labels[left], labels[right])
            np.minimum.at(labels, left, smallest)
            np.minimum.at(labels, right, smallest)
    return labels
