"""Distinct: the different texts of a batch, for who judges texts and not where they stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterable, Sequence
from functools import cached_property
from itertools import accumulate, chain, compress, count, repeat
from operator import not_, sub
from typing import Any, NamedTuple

from ftlint.example import Batch
from ftlint.feature import Feature
from ftlint.features.turns import SAYINGS, Turn
from ftlint.value import dataclass


class Joined(NamedTuple):
    """Texts in one, for a search of all at once."""

    text: str
    """A line end stands before each text, and after the last."""
    texts: list[str]
    starts: list[int]
    """Where each text begins, and one would begin after the last."""
    numbers: Sequence[int]
    """What the caller counts each text by, ascending."""


def joined(texts: list[str], numbers: Sequence[int]) -> Joined:
    """Return `texts` in one."""
    starts = list(accumulate([len(text) + 1 for text in texts], initial=1))
    return Joined("\n".join(["", *texts, ""]), texts, starts, numbers)


def parted(texts: Sequence[str], numbers: Sequence[int] | None = None) -> tuple[Joined, Joined]:
    """Return those of plain ASCII in one, and the others.

    Apart, because one character beyond ASCII makes whatever is done with the whole dearer.
    """
    numbers = range(len(texts)) if numbers is None else numbers
    plain = list(map(str.isascii, texts))
    if False not in plain:
        return joined(list(texts), numbers), joined([], ())
    strange = list(map(not_, plain))
    one, other = (
        joined(list(compress(texts, which)), list(compress(numbers, which)))
        for which in (plain, strange)
    )
    return one, other


class Texts(Sequence[list[str]]):
    """The texts of each example, those of all of them once each, and all in one."""

    def __init__(self, every: list[str], ends: list[int]) -> None:
        """Keep the texts of all examples; `ends` has how many stand before each, and in all."""
        self.every = every
        self.ends = ends

    @classmethod
    def of(cls, turns: Iterable[Sequence[Turn]]) -> Texts:
        """Return the texts of some examples."""
        every, ends = list[str](), [0]
        for told in turns:
            every += [text for _, text in told]
            ends.append(len(every))
        return cls(every, ends)

    @cached_property
    def once(self) -> list[str]:
        """The different texts, in order."""
        return list(dict.fromkeys(self.every))

    @cached_property
    def parts(self) -> tuple[Joined, Joined]:
        """All texts of plain ASCII, and all others; counted as in `every`."""
        return parted(self.every)

    @cached_property
    def rows(self) -> list[int]:
        """The example of each text."""
        sizes = map(sub, self.ends[1:], self.ends)
        return list(chain.from_iterable(map(repeat, range(len(self)), sizes)))

    @cached_property
    def sizes(self) -> list[int]:
        """The code points of the texts of each example."""
        before = list(accumulate(map(len, self.every), initial=0))
        at = list(map(before.__getitem__, self.ends))
        return list(map(sub, at[1:], at))

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self.ends) - 1

    def __getitem__(self, index: Any) -> Any:
        """Return the texts of one example. Raises: IndexError."""
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self.every[self.ends[index] : self.ends[index + 1]]

    def stands(self, known: Container[str]) -> list[tuple[int, int, str]]:
        """Return example, place there, and text of those that are `known`."""
        places = list(compress(count(), map(known.__contains__, self.every)))
        rows = [bisect_right(self.ends, at) - 1 for at in places]
        return [
            (row, at - self.ends[row], self.every[at]) for row, at in zip(rows, places, strict=True)
        ]


@dataclass(frozen=True)
class Distinct(Feature[list[str]]):
    """The texts of each example, as `TURNS` has them."""

    def compute(self, batch: Batch) -> Texts:
        """Return the texts of all examples."""
        every, ends = list[str](), [0]
        for _, texts in batch.column(SAYINGS):
            every += texts
            ends.append(len(every))
        return Texts(every, ends)


DISTINCT = Distinct()


def distinct(batch: Batch) -> Texts:
    """Return the texts of `batch`."""
    column = batch.column(DISTINCT)
    assert isinstance(column, Texts)
    return column
