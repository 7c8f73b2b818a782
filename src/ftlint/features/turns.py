"""Turns: role and text of everything a model would read, without an object for each message.

Rules that look at all texts read this column; what they find is rare, and its pointer comes from
`Example.texts`, whose texts are the same ones in the same order.
"""

from __future__ import annotations

from typing import Any

from ftlint.example import Batch
from ftlint.feature import Feature
from ftlint.proof import plain_roles
from ftlint.value import dataclass

Turn = tuple[str, str]
"""The role, empty when it is none of the six, and the text."""


@dataclass(frozen=True)
class PlainTurns(Feature[list[Turn] | None]):
    """The texts of each example that was proven to be nothing but texts; None of others."""

    def compute(self, batch: Batch) -> list[list[Turn] | None]:
        """Return one list an example; none of these are decoded again."""
        if batch.plain is None:
            return [None] * len(batch)
        role = plain_roles()
        return [
            [(role[m.__class__], m.content) for m in messages] if messages else None
            for messages in batch.plain
        ]


PLAIN = PlainTurns()


@dataclass(frozen=True)
class Turns(Feature[list[Turn]]):
    """The texts of each example with their roles; none of a line without a record."""

    def compute(self, batch: Batch) -> list[list[Turn]]:
        """Return one list an example."""
        plain = enumerate(batch.column(PLAIN))
        return [turns or _slow(batch, index) for index, turns in plain]


TURNS = Turns()


Exchange = tuple[str, str]
"""The text of the user before it, or nothing, and what the assistant says."""


@dataclass(frozen=True)
class Exchanges(Feature[list[Exchange]]):
    """What the assistant says in each example, also where it is not trained on."""

    def compute(self, batch: Batch) -> list[list[Exchange]]:
        """Return one list an example; the texts are those of `TURNS`."""
        plain: list[Any] = batch.plain or [None] * len(batch)
        types: dict[str, Any] = (
            {role: cls for cls, role in plain_roles().items()} if batch.plain else {}
        )
        asks, answers = types.get("user"), types.get("assistant")
        column: list[list[Exchange]] = []
        for index, messages in enumerate(plain):
            found: list[Exchange] = []
            question = ""
            if messages:
                for message in messages:
                    if message.__class__ is answers:
                        found.append((question, message.content))
                    elif message.__class__ is asks:
                        question = message.content
            else:
                for role, text in _slow(batch, index):
                    if role == "assistant":
                        found.append((question, text))
                    elif role == "user":
                        question = text
            column.append(found)
        return column


EXCHANGES = Exchanges()


def _slow(batch: Batch, index: int) -> list[Turn]:
    return [(text.role, text.value) for text in batch.example(index).texts]
