"""Clusters: which examples hang together, by the pairs that were found."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DICT = 100_000
"""Keys up to which a dict finds equal ones faster than numpy is imported."""


class Forest:
    """Union-find over the numbers below `size`; the root of a cluster is its smallest number."""

    __slots__ = ("parent",)

    def __init__(self, size: int) -> None:
        """Begin with every number by itself; 8 bytes each."""
        self.parent = array("q", range(size))

    def root(self, number: int) -> int:
        """Return the smallest number of the cluster."""
        parent = self.parent
        while (above := parent[number]) != number:
            parent[number] = number = parent[above]
        return number

    def join(self, left: int, right: int) -> None:
        """Make one cluster of two."""
        a, b = self.root(left), self.root(right)
        self.parent[max(a, b)] = min(a, b)

    def roots(self) -> NDArray[np.int64]:
        """Return the roots of all numbers."""
        import numpy as np

        parent = np.frombuffer(self.parent, np.int64)
        while not np.array_equal(above := parent[parent], parent):
            parent[:] = above
        return parent


def clusters(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return the clusters that `pairs` make, in order, each in order."""
    left = iter(pairs)
    known = list(islice(left, DICT))
    if len(known) == DICT:
        return _clusters(chain(known, left))
    numbers = sorted({number for pair in known for number in pair})
    places = {number: place for place, number in enumerate(numbers)}
    forest = Forest(len(numbers))
    for first, second in known:
        forest.join(places[first], places[second])
    found: dict[int, list[int]] = {}
    for place, number in enumerate(numbers):
        found.setdefault(forest.root(place), []).append(number)
    return list(found.values())


def _clusters(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return the same by sorting: 40 bytes a pair instead of 250."""
    import numpy as np

    from ftlint.similarity.minhash import distinct

    ends = np.fromiter(chain.from_iterable(pairs), np.int64)
    numbers = distinct(ends)
    places = np.searchsorted(numbers, ends)
    forest = Forest(len(numbers))
    for first, second in zip(places[::2].tolist(), places[1::2].tolist(), strict=True):
        forest.join(first, second)
    roots = forest.roots()
    order = np.argsort(roots, kind="stable")
    cuts = np.flatnonzero(roots[order][1:] != roots[order][:-1]) + 1
    return [part.tolist() for part in np.split(numbers[order], cuts)]


def firsts(keys: Sequence[int], none: int = 0) -> array[int]:
    """Return for each key the index of the first equal one; its own for those that are `none`."""
    if len(keys) <= DICT:
        seen: dict[int, int] = {}
        return array(
            "q",
            [at if key == none else seen.setdefault(key, at) for at, key in enumerate(keys)],
        )
    return _firsts(keys, none)


def _firsts(keys: Sequence[int], none: int) -> array[int]:
    """Return the same by sorting: 24 bytes a key instead of 100."""
    import numpy as np

    column = np.asarray(keys, np.uint64)
    order = np.argsort(column, kind="stable")
    ranked = column[order]
    heads = np.flatnonzero(np.insert(ranked[1:] != ranked[:-1], 0, True))
    found = np.empty(len(column), np.int64)
    found[order] = np.repeat(order[heads], np.diff(np.append(heads, len(order))))
    missing = np.flatnonzero(column == none)
    found[missing] = missing
    made = array("q")
    made.frombytes(found.tobytes())
    return made
