"""Spoken: what each message says, as one text a message, with tool calls and pictures in words.

Comparing examples by their texts alone would take two calls of different tools for the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from ftlint.example import Batch, Example, Message
from ftlint.feature import Feature
from ftlint.features.turns import PLAIN
from ftlint.text.normalise import normalised
from ftlint.value import dataclass

Said = tuple[str, str]
"""The role, empty when it is none of the six, and what is said."""


@dataclass(frozen=True)
class Spoken(Feature[list[Said]]):
    """What the messages of each example say; nothing for a line without a record."""

    normal: bool = False
    """Whether it is normalised, see `ftlint.text.normalise`."""

    def compute(self, batch: Batch) -> list[list[Said]]:
        """Return one list an example, with one item a message."""
        if self.normal:
            return _normal(batch.column(SPOKEN))
        # Of messages that are nothing but texts, these are all that is said.
        plain = enumerate(batch.column(PLAIN))
        return [turns or spoken(batch.example(index)) for index, turns in plain]


SPOKEN = Spoken()
NORMAL = Spoken(normal=True)


def _normal(column: Sequence[list[Said]]) -> list[list[Said]]:
    """Return what is said, normalised; system prompts, which repeat, once each."""
    prompts = {text: "" for said in column for role, text in said if role == "system"}
    texts = [text for said in column for role, text in said if role != "system"]
    folded = normalised([*prompts, *texts])
    prompts.update(zip(prompts, folded, strict=False))
    rest = iter(folded[len(prompts) :])
    return [
        [(role, prompts[text] if role == "system" else next(rest)) for role, text in said]
        for said in column
    ]


def spoken(example: Example) -> list[Said]:
    """Return what each message of `example` says."""
    return [(message.voice, said(message)) for message in example.messages]


def said(message: Message) -> str:
    """Return the texts, pictures and calls of `message`; ids of calls are noise and left out."""
    content, extra = message.content, message.value
    if isinstance(content, str) and len(extra) == 2:
        return content
    texts = [text.value for text in message.texts()]
    if isinstance(content, list):
        texts += [canonical(part) for part in content if not _textual(part)]
    texts += [_called(call) for call in message.calls]
    if extra.get("function_call"):
        texts.append(_called({"function": extra["function_call"]}))
    return "\n".join(texts)


def canonical(value: Any) -> str:
    """Return `value` as JSON with sorted keys; equal values give equal texts."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:  # nested deeper than orjson writes, and maybe than Python calls
        return _flat(value)


def _flat(value: Any) -> str:
    """Return a value of any depth as text: each list and object with its length, then its items."""
    parts: list[str] = []
    left = [value]
    while left:
        each = left.pop()
        if isinstance(each, dict):
            parts.append(f"{{{len(each)}")
            for key in sorted(each):
                left += (each[key], key)
        elif isinstance(each, list):
            parts.append(f"[{len(each)}")
            left += each
        else:
            parts.append(repr(each))
    return ",".join(parts)


def _textual(part: Any) -> bool:
    return isinstance(part, dict) and any(
        isinstance(part.get(member), str) for member in ("text", "refusal")
    )


def _called(call: Any) -> str:
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(function, dict):
        return canonical(call)
    told = function.get("arguments")
    if isinstance(told, str):
        try:
            told = orjson.loads(told)
        except orjson.JSONDecodeError:
            return f"{function.get('name')} {told}"
    return f"{function.get('name')} {canonical(told)}"


@dataclass(frozen=True)
class Compared(Feature[str]):
    """The normalised text by which examples are near duplicates, empty for none.

    System prompts are left out: one that all share would make them all alike.
    """

    def compute(self, batch: Batch) -> list[str]:
        """Return one text an example."""
        return [compared(said) for said in batch.column(NORMAL)]


COMPARED = Compared()


@dataclass(frozen=True)
class Prompted(Feature[str]):
    """The normalised text by which prompts are near: all before the last answer, as `Compared`."""

    def compute(self, batch: Batch) -> list[str]:
        """Return one text an example."""
        return [compared(said[: last_answer(said)]) for said in batch.column(NORMAL)]


PROMPTED = Prompted()


def last_answer(said: Sequence[Said]) -> int:
    """Return the index of the last assistant message, or how many messages there are."""
    for index in range(len(said) - 1, -1, -1):
        if said[index][0] == "assistant":
            return index
    return len(said)


def compared(normal: Sequence[Said]) -> str:
    """Return normalised messages as one text, without those of the system."""
    return " ".join([text for role, text in normal if role not in ("system", "developer")])
