"""Turns: role and text of everything a model would read, without an object for each message.

Rules that look at all texts read this column; what they find is rare, and its pointer comes from
`Example.texts`, whose texts are the same ones in the same order.
"""

from __future__ import annotations

from collections.abc import Sequence

from ftlint.example import Batch, Example, Plain
from ftlint.feature import Feature
from ftlint.features.saying import SAYINGS, Told
from ftlint.features.saying import Turn as Turn
from ftlint.value import dataclass


@dataclass(frozen=True)
class Turns(Feature[list[Turn]]):
    """The texts of each example with their roles; none of a line without a record.

    Who looks at all examples of a batch reads `SAYINGS`.
    """

    def compute(self, batch: Batch) -> Told:
        """Return one list an example."""
        return Told(batch.column(SAYINGS))


TURNS = Turns()


Exchange = tuple[str, str]
"""The text of the user before it, or nothing, and what the assistant says."""


@dataclass(frozen=True)
class Exchanges(Feature[list[Exchange]]):
    """What the assistant says in each example, also where it is not trained on."""

    def compute(self, batch: Batch) -> list[list[Exchange]]:
        """Return one list an example; the texts are those of `TURNS`."""
        places = dict[tuple[str, ...], list[_Place]]()
        column: list[list[Exchange]] = []
        for index, said in enumerate(batch.plain or [None] * len(batch)):
            roles, texts = said or _told(batch.example(index))
            pairs = places.get(roles)
            if pairs is None:
                pairs = places[roles] = _places(roles)
            asked, answer = pairs[0] if len(pairs) == 1 else (None, 0)
            if asked is not None:  # as in most examples
                column.append([(texts[asked], texts[answer])])
            else:
                column.append([("" if a is None else texts[a], texts[b]) for a, b in pairs])
        return column


EXCHANGES = Exchanges()

_Place = tuple[int | None, int]


def _told(example: Example) -> Plain:
    texts = example.texts
    return tuple([text.role for text in texts]), [text.value for text in texts]


def _places(roles: Sequence[str]) -> list[_Place]:
    """Return the index of each text of the assistant, and before it that of the user's last."""
    found: list[_Place] = []
    question = None
    for index, role in enumerate(roles):
        if role == "assistant":
            found.append((question, index))
        elif role == "user":
            question = index
    return found
