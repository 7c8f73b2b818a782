"""Turns: roles and texts of everything a model would read, without an object for each message.

Rules that look at all texts read these columns; what they find is rare, and its pointer comes from
`Example.texts`, whose texts are the same ones in the same order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ftlint.example import Batch, Example, Plain
from ftlint.feature import Feature
from ftlint.value import dataclass

Turn = tuple[str, str]
"""The role, empty when it is none of the six, and the text."""


@dataclass(frozen=True)
class Sayings(Feature[Plain]):
    """The roles of all texts of each example, and these; none of a line without a record."""

    def compute(self, batch: Batch) -> list[Plain]:
        """Return one pair an example; what a proof has decoded is not decoded again."""
        plain = enumerate(batch.plain or [None] * len(batch))
        return [said or _told(batch.example(index)) for index, said in plain]


SAYINGS = Sayings()


def _told(example: Example) -> Plain:
    texts = example.texts
    return tuple([text.role for text in texts]), [text.value for text in texts]


class Told(Sequence[list[Turn]]):
    """Role and text together; a list is made of those examples only that are asked for, once."""

    __slots__ = ("_made", "said")

    def __init__(self, said: Sequence[Plain]) -> None:
        """Keep the roles and the texts of each example."""
        self.said = said
        self._made: list[list[Turn] | None] = [None] * len(said)

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self.said)

    def __getitem__(self, index: Any) -> Any:
        """Return what is said in one example. Raises: IndexError."""
        made = self._made[index]
        if made is None:
            made = self._made[index] = list(zip(*self.said[index], strict=True))
        return made

    def count(self, value: Any) -> int:
        """Return how many examples say just this."""
        return self.said.count((tuple([role for role, _ in value]), [text for _, text in value]))


@dataclass(frozen=True)
class Turns(Feature[list[Turn]]):
    """The texts of each example with their roles; none of a line without a record.

    Who looks at all examples of a batch reads `SAYINGS`.
    """

    def compute(self, batch: Batch) -> Told:
        """Return one list an example."""
        return Told(batch.column(SAYINGS))


TURNS = Turns()
