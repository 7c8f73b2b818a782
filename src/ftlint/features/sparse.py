"""Sparse: a column in which most examples have nothing, so that nothing is kept of those."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

V = TypeVar("V")
N = TypeVar("N")


class Sparse(Sequence[V | N], Generic[V, N]):
    """What was found of some examples; all others have the same, which stands for nothing."""

    __slots__ = ("_length", "_nothing", "found")

    def __init__(self, length: int, found: dict[int, V], nothing: N) -> None:
        """Keep what was found, by index of the example in the batch and in order."""
        self._length = length
        self._nothing = nothing
        self.found = found

    def __len__(self) -> int:
        """Return the number of examples."""
        return self._length

    def __getitem__(self, index: Any) -> Any:
        """Return what one example has. Raises: IndexError."""
        if not 0 <= index < self._length:
            raise IndexError(index)
        return self.found.get(index, self._nothing)
