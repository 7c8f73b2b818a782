"""Spoken: what each message says, as one text a message, with tool calls and pictures in words.

Comparing examples by their texts alone would take two calls of different tools for the same.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import accumulate, compress
from typing import Any

import orjson

from ftlint.example import Batch, Example, Message, Plain
from ftlint.feature import Feature
from ftlint.features.turns import Told
from ftlint.text.normalise import normalised
from ftlint.value import dataclass

Said = tuple[str, str]
"""The role, empty when it is none of the six, and what is said."""


@dataclass(frozen=True)
class Spoken(Feature[list[Said]]):
    """What the messages of each example say; nothing for a line without a record."""

    normal: bool = False
    """Whether it is normalised, see `ftlint.text.normalise`."""

    def compute(self, batch: Batch) -> Told | Normal:
        """Return one list an example, with one item a message."""
        if self.normal:
            return Normal(spoken_in(batch).said)
        # Of messages that are nothing but texts, these are all that is said.
        plain = enumerate(batch.plain or [None] * len(batch))
        return Told([said or _told(batch.example(index)) for index, said in plain])


SPOKEN = Spoken()
NORMAL = Spoken(normal=True)


def spoken_in(batch: Batch) -> Told:
    """Return what the examples of `batch` say."""
    column = batch.column(SPOKEN)
    assert isinstance(column, Told)
    return column


class _Voices(dict[str, int]):
    """A small number for each role: the six, nothing, and what shapes have beside these."""

    def __missing__(self, role: str) -> int:
        number = self[role] = len(self)
        return number


_VOICES = _Voices({"system": 0, "developer": 1, "assistant": 2, "user": 3})
_SYSTEM, _ASSISTANT = b"\0", b"\2"
_SHOWN = bytes(2) + b"\1" * 254
"""For each number whether what is said is compared: not what the system says."""


class Normal(Sequence[list[Said]]):
    """What is said, normalised; the messages of all examples stand side by side."""

    __slots__ = ("answers", "ends", "sizes", "texts", "voices")

    def __init__(self, said: Sequence[Plain]) -> None:
        """Normalise what is said; system prompts, which repeat, once each."""
        orders: dict[tuple[str, ...], tuple[bytes, int]] = {}
        voices, texts, ends, answers = list[bytes](), list[str](), [0], list[int]()
        for roles, told in said:
            order = orders.get(roles)
            if order is None:
                order = orders[roles] = _order(roles)
            voices.append(order[0])
            answers.append(len(texts) + order[1])
            texts += told
            ends.append(len(texts))
        self.ends = array("q", ends)
        """How many messages stand before each example, and in all."""
        self.answers = array("q", answers)
        """Where the last answer of each example stands; where it ends if it has none."""
        self.voices = b"".join(voices)
        """The number of each message's role."""
        self.sizes = array("q", map(len, texts))
        """Characters of each message as it stands."""
        again = _again(self.voices, texts)
        for at in again:
            texts[at] = ""
        self.texts = normalised(texts)
        """The normalised text of each message."""
        for at, same in again.items():
            self.texts[at] = self.texts[same]

    @property
    def names(self) -> list[str]:
        """Return the role of each number."""
        return list(_VOICES)

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self.ends) - 1

    def __getitem__(self, index: Any) -> Any:
        """Return what one example says. Raises: IndexError."""
        if not 0 <= index < len(self):
            raise IndexError(index)
        part, names = slice(self.ends[index], self.ends[index + 1]), self.names
        return list(zip([names[n] for n in self.voices[part]], self.texts[part], strict=True))

    def compared(self, ends: Sequence[int] | None = None) -> list[str]:
        """Return the texts of each example in one, but for those of the system.

        With `ends` only those before one place in each example.
        """
        shown = self.voices.translate(_SHOWN)
        texts = list(compress(self.texts, shown))
        before = list(accumulate(shown, initial=0))
        parts = zip(self.ends, ends or self.ends[1:], strict=False)
        return [" ".join(texts[before[start] : before[end]]) for start, end in parts]


def _again(voices: bytes, texts: Sequence[str]) -> dict[int, int]:
    """Return where a system prompt stands that has stood before, and where it did first."""
    first: dict[str, int] = {}
    again: dict[int, int] = {}
    at = voices.find(_SYSTEM)
    while at >= 0:
        same = first.setdefault(texts[at], at)
        if same != at:
            again[at] = same
        at = voices.find(_SYSTEM, at + 1)
    return again


def _order(roles: Sequence[str]) -> tuple[bytes, int]:
    """Return the numbers of roles, and the place of the last answer, or their number."""
    voices = bytes([_VOICES[role] for role in roles])
    at = voices.rfind(_ASSISTANT)
    return voices, len(voices) if at < 0 else at


def normals(batch: Batch) -> Normal:
    """Return what the examples of `batch` say, normalised."""
    column = batch.column(NORMAL)
    assert isinstance(column, Normal)
    return column


def _told(example: Example) -> Plain:
    messages = example.messages
    return tuple([message.voice for message in messages]), list(map(said, messages))


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
    return written(value).decode("utf-8", "surrogatepass")


def written(value: Any) -> bytes:
    """Return `canonical` in UTF-8."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # nested deeper than orjson writes, and maybe than Python calls
        return _flat(value).encode("utf-8", "surrogatepass")


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
