"""Whom: the groups and words that each example names, each once, and who says so.

What analyses count is made once of the mentions, for the few examples that have some.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ftlint.example import Batch
from ftlint.feature import Feature
from ftlint.features.identity import Mention, readings
from ftlint.features.sparse import Sparse
from ftlint.features.turns import TURNS, Turn
from ftlint.value import dataclass

Group = tuple[str, str]
"""Axis and group."""
Word = tuple[str, str]
"""Attribute and word in its base form."""

PROMPT, ANSWER, SYSTEM, OTHER = 1, 2, 4, 8
"""Who says it, as bits that are put together."""
SIDES = {"user": PROMPT, "assistant": ANSWER, "system": SYSTEM, "developer": SYSTEM}
"""By role; any other is `OTHER`."""


class Whom(NamedTuple):
    """What one example names."""

    groups: tuple[tuple[Group, int], ...]
    """In order, with the sides that name them."""
    words: tuple[Word, ...]
    """In order."""


@dataclass(frozen=True)
class Named(Feature[Whom | None]):
    """Whom each example names; None where it names nobody and has no word."""

    extra: tuple[str, ...] = ()
    """The user's own lexicons, as paths."""

    def compute(self, batch: Batch) -> Sparse[Whom, None]:
        """Return one value an example."""
        turns = batch.column(TURNS)
        told = readings(batch, self.extra).told
        found = {at: whom(each, turns[at]) for at, each in told.items()}
        return Sparse(len(batch), found, None)


def everyone(batch: Batch, extra: tuple[str, ...] = ()) -> dict[int, Whom]:
    """Return what the examples of `batch` name that name anything, by index and in order."""
    column = batch.column(Named(extra))
    assert isinstance(column, Sparse)
    return column.found


def whom(mentions: Iterable[Mention], said: Sequence[Turn]) -> Whom:
    """Return what the mentions in one example name."""
    groups: dict[Group, int] = {}
    words: dict[Word, None] = {}
    for text, _, _, entry in mentions:
        named = entry.named
        if entry.attribute:
            words[named] = None
        else:
            groups[named] = groups.get(named, 0) | SIDES.get(said[text][0], OTHER)
    ordered = sorted(groups.items()) if len(groups) > 1 else groups.items()
    return tuple.__new__(Whom, (tuple(ordered), tuple(sorted(words))))
