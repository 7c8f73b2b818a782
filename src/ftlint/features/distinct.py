"""Distinct: the different texts of a batch, for who judges texts and not where they stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Sequence
from itertools import accumulate
from typing import Any

from ftlint.example import Batch
from ftlint.feature import Feature
from ftlint.features.turns import TURNS, Turn
from ftlint.value import dataclass


class Texts(Sequence[list[str]]):
    """The texts of each example, and those of all of them once each."""

    __slots__ = ("_ends", "every", "once")

    def __init__(self, turns: Sequence[Sequence[Turn]]) -> None:
        """Keep the texts of some examples."""
        self.every = [text for told in turns for _, text in told]
        self.once = list(dict.fromkeys(self.every))
        self._ends = list(accumulate(map(len, turns), initial=0))

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self._ends) - 1

    def __getitem__(self, index: Any) -> Any:
        """Return the texts of one example. Raises: IndexError."""
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self.every[self._ends[index] : self._ends[index + 1]]

    def stands(self, known: Container[str]) -> list[tuple[int, int, str]]:
        """Return example, place there, and text of those that are `known`."""
        places = [at for at, text in enumerate(self.every) if text in known]
        rows = [bisect_right(self._ends, at) - 1 for at in places]
        return [
            (row, at - self._ends[row], self.every[at])
            for row, at in zip(rows, places, strict=True)
        ]


@dataclass(frozen=True)
class Distinct(Feature[list[str]]):
    """The texts of each example, as `TURNS` has them."""

    def compute(self, batch: Batch) -> Texts:
        """Return the texts of all examples."""
        turns = batch.column(TURNS)
        return Texts(turns)


DISTINCT = Distinct()


def distinct(batch: Batch) -> Texts:
    """Return the texts of `batch`."""
    column = batch.column(DISTINCT)
    assert isinstance(column, Texts)
    return column
