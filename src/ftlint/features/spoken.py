"""Spoken: what each message says, as one text a message, with tool calls and pictures in words.

Comparing examples by their texts alone would take two calls of different tools for the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, compress, pairwise
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

    def compute(self, batch: Batch) -> Sequence[list[Said]]:
        """Return one list an example, with one item a message."""
        if self.normal:
            return Normal(batch.column(SPOKEN))
        # Of messages that are nothing but texts, these are all that is said.
        plain = enumerate(batch.column(PLAIN))
        return [turns or spoken(batch.example(index)) for index, turns in plain]


SPOKEN = Spoken()
NORMAL = Spoken(normal=True)


class Normal(Sequence[list[Said]]):
    """What is said, normalised; the messages of all examples stand side by side."""

    __slots__ = ("answers", "ends", "roles", "sizes", "texts")

    def __init__(self, column: Sequence[list[Said]]) -> None:
        """Normalise what is said; system prompts, which repeat, once each."""
        self.ends = list(accumulate(map(len, column), initial=0))
        """How many messages stand before each example, and in all."""
        self.roles = [role for said in column for role, _ in said]
        texts = [text for said in column for _, text in said]
        self.sizes = list(map(len, texts))
        """Characters of each message as it stands."""
        first: dict[str, int] = {}
        again: dict[int, int] = {}
        for at in [at for at, role in enumerate(self.roles) if role == "system"]:
            if first.setdefault(texts[at], at) != at:
                again[at], texts[at] = first[texts[at]], ""
        self.texts = normalised(texts)
        """The normalised text of each message."""
        for at, same in again.items():
            self.texts[at] = self.texts[same]
        self.answers = [_last(self.roles, start, end) for start, end in pairwise(self.ends)]
        """Where the last answer of each example stands; where it ends if it has none."""

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self.ends) - 1

    def __getitem__(self, index: Any) -> Any:
        """Return what one example says. Raises: IndexError."""
        if not 0 <= index < len(self):
            raise IndexError(index)
        part = slice(self.ends[index], self.ends[index + 1])
        return list(zip(self.roles[part], self.texts[part], strict=True))

    def compared(self, ends: Sequence[int] | None = None) -> list[str]:
        """Return the texts of each example in one, but for those of the system.

        With `ends` only those before one place in each example.
        """
        shown = [role not in _SYSTEM for role in self.roles]
        texts = list(compress(self.texts, shown))
        before = list(accumulate(shown, initial=0))
        parts = zip(self.ends, ends or self.ends[1:], strict=False)
        return [" ".join(texts[before[start] : before[end]]) for start, end in parts]


_SYSTEM = frozenset({"system", "developer"})


def _last(roles: Sequence[str], start: int, end: int) -> int:
    for at in range(end - 1, start - 1, -1):
        if roles[at] == "assistant":
            return at
    return end


def normals(batch: Batch) -> Normal:
    """Return what the examples of `batch` say, normalised."""
    column = batch.column(NORMAL)
    assert isinstance(column, Normal)
    return column


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
        return normals(batch).compared()


COMPARED = Compared()


@dataclass(frozen=True)
class Prompted(Feature[str]):
    """The normalised text by which prompts are near: all before the last answer, as `Compared`."""

    def compute(self, batch: Batch) -> list[str]:
        """Return one text an example."""
        normal = normals(batch)
        return normal.compared(normal.answers)


PROMPTED = Prompted()


def last_answer(said: Sequence[Said]) -> int:
    """Return the index of the last assistant message, or how many messages there are."""
    for index in range(len(said) - 1, -1, -1):
        if said[index][0] == "assistant":
            return index
    return len(said)
