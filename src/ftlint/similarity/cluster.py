"""Clusters: which examples hang together, by the pairs that were found."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DICT = 100_000
"""Keys up to which a dict finds equal ones faster than numpy is imported."""
_SPREAD = 0x9E3779B97F4A7C15


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

    def roots(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the roots of some numbers."""
        import numpy as np

        parent = np.frombuffer(self.parent, np.int64)
        found = parent[numbers]
        while not np.array_equal(above := parent[found], found):
            found = parent[above]
        parent[numbers] = found  # the way is short the next time
        return found

    def unite(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> None:
        """Make one cluster of each pair."""
        import numpy as np

        parent = np.frombuffer(self.parent, np.int64)
        while len(left):
            left, right = self.roots(left), self.roots(right)
            apart = left != right
            left, right = left[apart], right[apart]
            np.minimum.at(parent, np.maximum(left, right), np.minimum(left, right))


def rooted(left: Sequence[int], right: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
    """Return all numbers of some pairs, in order, and the smallest of the cluster of each."""
    if len(left) >= DICT:
        return _rooted(left, right)
    numbers = sorted({*left, *right})
    places = {number: place for place, number in enumerate(numbers)}
    forest = Forest(len(numbers))
    for first, second in zip(left, right, strict=True):
        forest.join(places[first], places[second])
    return numbers, [numbers[forest.root(place)] for place in range(len(numbers))]


def _rooted(left: Sequence[int], right: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
    """Return the same, ten times as fast."""
    import numpy as np

    ends = np.asarray(left, np.int64), np.asarray(right, np.int64)
    size = int(max(end.max() for end in ends)) + 1
    known = np.zeros(size, bool)
    for end in ends:
        known[end] = True
    numbers, forest = np.flatnonzero(known), Forest(size)
    forest.unite(*ends)
    return array("q", numbers.tobytes()), array("q", forest.roots(numbers).tobytes())


def followers(left: Sequence[int], right: Sequence[int]) -> tuple[array[int], array[int]]:
    """Return the numbers right in a pair, cluster by cluster, and the smallest of the cluster."""
    numbers, roots = rooted(left, right)
    if len(numbers) < DICT:
        later = {*right}
        found = [(root, at) for at, root in zip(numbers, roots, strict=True) if at in later]
        found.sort()
        return array("q", [at for _, at in found]), array("q", [root for root, _ in found])
    import numpy as np

    every, known = np.asarray(numbers), np.zeros(numbers[-1] + 1, bool)
    known[np.asarray(right)] = True
    those = np.flatnonzero(known[every])
    those = those[np.argsort(np.asarray(roots)[those], kind="stable")]
    return (
        array("q", every[those].tobytes()),
        array("q", np.asarray(roots)[those].tobytes()),
    )


def clusters(left: Sequence[int], right: Sequence[int]) -> list[list[int]]:
    """Return the clusters that pairs make, in order, each in order."""
    found: dict[int, list[int]] = {}
    for number, root in zip(*rooted(left, right), strict=True):
        found.setdefault(root, []).append(number)
    return list(found.values())


def firsts(keys: Sequence[int], none: int = 0) -> array[int]:
    """Return for each key the index of the first equal one; its own for those that are `none`."""
    if len(keys) <= DICT:
        seen: dict[int, int] = {}
        every = enumerate(keys)
        return array("q", [at if key == none else seen.setdefault(key, at) for at, key in every])
    return _firsts(keys, none)


def _firsts(keys: Sequence[int], none: int) -> array[int]:
    """Return the same by sorting those that are there twice: 24 bytes a key instead of 100."""
    import numpy as np

    column = np.asarray(keys, np.uint64)
    found = np.arange(len(column))
    those = repeated(column)
    those = those[column[those] != none]
    order = those[np.argsort(column[those], kind="stable")]
    ranked = column[order]
    heads = np.flatnonzero(np.append(True, ranked[1:] != ranked[:-1])[: len(order)])
    found[order] = np.repeat(order[heads], np.diff(np.append(heads, len(order))))
    return array("q", found.tobytes())


def repeated(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the places of keys that are there twice, and of some others; sorting takes longer."""
    import numpy as np

    bits = max(10, len(keys).bit_length() + 1)
    slots = (keys * np.uint64(_SPREAD) >> np.uint64(64 - bits)).view(np.int64)
    return np.flatnonzero(np.bincount(slots, minlength=1 << bits)[slots] > 1)


def again(firsts: array[int]) -> array[int]:
    """Return the indexes of keys that are not the first equal ones."""
    if len(firsts) <= DICT:
        return array("q", [at for at, first in enumerate(firsts) if at != first])
    import numpy as np

    column = np.frombuffer(firsts, np.int64)
    return array("q", np.flatnonzero(column != np.arange(len(column))).tobytes())
