"""Digests: 64 bits of each part by which examples are compared, exact or normalised.

Two different texts share a digest by chance once in 10^7 datasets of a million examples.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from hashlib import blake2b
from itertools import chain
from typing import Literal

from ftlint.example import Batch, Example
from ftlint.feature import Feature
from ftlint.features.spoken import NORMAL, SPOKEN, Said, canonical, last_answer
from ftlint.value import dataclass

Part = Literal["example", "conversation", "prompt", "question", "answer"]
NONE = 0
"""The digest of a part that an example does not have."""


@dataclass(frozen=True)
class Digest(Feature[int]):
    """A digest an example, `NONE` where it has no such part or nothing is said in it.

    The parts are `example`: the whole record; neither the order of keys nor the spacing of JSON
    counts (never normalised). `conversation`: roles and what each message says. `prompt`:
    declared tools and all messages before the last answer, system prompt included; all of them
    when nothing is answered. `question`: the first user message. `answer`: the last assistant
    message.
    """

    part: Part
    normal: bool = False
    """Whether texts are normalised first, see `ftlint.text.normalise`."""

    def compute(self, batch: Batch) -> array[int]:
        """Return one unsigned integer of 64 bits an example."""
        column = batch.column(NORMAL if self.normal and self.part != "example" else SPOKEN)
        if self.part == "conversation":
            return array("Q", [said_digest(said) for said in column])
        if self.part == "question":
            return array("Q", [_text(_first_question(said)) for said in column])
        if self.part == "answer":
            return array("Q", [_text(_last_answer(said)) for said in column])
        whole = _prompt if self.part == "prompt" else _record
        plain = batch.plain or [None] * len(batch)
        return array(
            "Q",
            [
                whole(said, None if known else batch.example(index))
                for index, (said, known) in enumerate(zip(column, plain, strict=True))
            ],
        )


def digest(text: str) -> int:
    """Return 64 bits of `text`, never `NONE`."""
    data = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(data, "little") or 1


def written(said: Sequence[Said]) -> str:
    """Return messages as one text; different messages give different texts."""
    text = "\0".join(chain.from_iterable(said))
    return text if text.count("\0") == 2 * len(said) - 1 else repr(said)


def _text(text: str | None) -> int:
    return digest(text) if text else NONE


def said_digest(said: Sequence[Said], more: str = "") -> int:
    """Return the digest of messages and of `more`, `NONE` when nothing is said in them."""
    for _, text in said:
        if text:
            return digest(written(said) + more)
    return NONE


def _first_question(said: Sequence[Said]) -> str | None:
    return next((text for role, text in said if role == "user"), None)


def _last_answer(said: Sequence[Said]) -> str | None:
    index = last_answer(said)
    return said[index][1] if index < len(said) else None


def _prompt(said: Sequence[Said], example: Example | None) -> int:
    """Return the digest of what the model reads; `example` is None for one of texts alone."""
    tools = example.tools if example else None
    return said_digest(said[: last_answer(said)], canonical(tools) if tools else "")


def _record(said: Sequence[Said], example: Example | None) -> int:
    """Return the digest of the record; `example` is None for one of texts alone."""
    if example is None or _is_plain(example):
        return digest(written(said))
    return NONE if example.fault else digest(canonical(example.value))


def _is_plain(example: Example) -> bool:
    """Return whether the record is nothing but roles and texts, as `Batch.plain` knows them."""
    conversation = example.conversation
    return (
        bool(conversation)
        and len(example.value) == 1
        and all(len(m.value) == 2 and isinstance(m.content, str) for m in conversation)
    )
