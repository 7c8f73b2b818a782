"""Turns: role and text of everything a model would read, without an object for each message.

Rules that look at all texts read this column; what they find is rare, and its pointer comes from
`Example.texts`, whose texts are the same ones in the same order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ftlint.example import Batch
from ftlint.feature import Feature
from ftlint.proof import plain_roles

Turn = tuple[str, str]
"""The role, empty when it is none of the six, and the text."""


@dataclass(frozen=True)
class Turns(Feature[list[Turn]]):
    """The texts of each example with their roles; none of a line without a record."""

    def compute(self, batch: Batch) -> list[list[Turn]]:
        """Return one list an example; records that a proof has decoded are not decoded again."""
        plain = batch.plain
        if plain is None:
            return [_slow(batch, index) for index in range(len(batch))]
        role = plain_roles()
        return [
            [(role[m.__class__], m.content) for m in messages] if messages else _slow(batch, index)
            for index, messages in enumerate(plain)
        ]


TURNS = Turns()


@dataclass(frozen=True)
class AnswerTexts(Feature[list[str]]):
    """What the assistant says in each example, also where it is not trained on."""

    def compute(self, batch: Batch) -> list[list[str]]:
        """Return one list an example, without a tuple for each text."""
        plain = batch.plain
        if plain is None:
            return [_answers(batch, index) for index in range(len(batch))]
        speaker: Any = next(cls for cls, role in plain_roles().items() if role == "assistant")
        return [
            [m.content for m in messages if m.__class__ is speaker]
            if messages
            else _answers(batch, index)
            for index, messages in enumerate(plain)
        ]


ANSWER_TEXTS = AnswerTexts()


def _slow(batch: Batch, index: int) -> list[Turn]:
    return [(text.role, text.value) for text in batch.example(index).texts]


def _answers(batch: Batch, index: int) -> list[str]:
    return [text.value for text in batch.example(index).texts if text.role == "assistant"]
