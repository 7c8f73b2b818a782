"""Pairs of near duplicates, in columns."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Pair(NamedTuple):
    """Two near duplicates by their numbers, the earlier one first."""

    left: int
    right: int
    jaccard: float


class Pairs(Sequence[Pair]):
    """Pairs in order. Size: 24 bytes each."""

    def __init__(self, pairs: Iterable[tuple[int, int, float]] = ()) -> None:
        """Keep pairs that are in order."""
        self.left, self.right, self.jaccard = array("q"), array("q"), array("d")
        for left, right, jaccard in pairs:
            self.left.append(left)
            self.right.append(right)
            self.jaccard.append(jaccard)

    def extend(
        self,
        left: NDArray[np.int64],
        right: NDArray[np.int64],
        jaccard: NDArray[np.float64],
    ) -> None:
        """Keep more of them."""
        self.left.frombytes(left.tobytes())
        self.right.frombytes(right.tobytes())
        self.jaccard.frombytes(jaccard.tobytes())

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.left)

    def __getitem__(self, at: Any) -> Any:
        """Return one pair, or some."""
        if isinstance(at, slice):
            return [self[place] for place in range(*at.indices(len(self)))]
        return Pair(self.left[at], self.right[at], self.jaccard[at])

    def __iter__(self) -> Iterator[Pair]:
        """Yield the pairs."""
        return map(Pair, self.left, self.right, self.jaccard)

    def ranked(self) -> Pairs:
        """Return the same pairs in order; numpy is loaded."""
        import numpy as np

        left, right = np.asarray(self.left), np.asarray(self.right)
        order = np.lexsort((right, left))
        made = Pairs()
        made.extend(left[order], right[order], np.asarray(self.jaccard)[order])
        return made
