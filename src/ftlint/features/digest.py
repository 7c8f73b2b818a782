"""Digests: 64 bits of each part by which examples are compared, exact or normalised.

Two different texts share a digest by chance once in 10^7 datasets of a million examples. They are
made by XXH3, ten times as fast on short texts as what is safe against those who want two to meet.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, count, pairwise
from operator import not_
from typing import Any, Literal

import orjson
from xxhash import xxh3_64_intdigest

from ftlint.example import Batch, Example
from ftlint.feature import Feature
from ftlint.features.spoken import (
    NORMAL,
    SPOKEN,
    Normal,
    Said,
    last_answer,
    normals,
    spoken_in,
    written,
)
from ftlint.value import dataclass

Part = Literal["example", "conversation", "prompt", "question", "answer"]
NONE = 0
"""The digest of a part that an example does not have."""
_MASK = (1 << 64) - 1
_STEP = 0x9E3779B97F4A7C15
"""Odd; what the digest of all messages so far is multiplied with before the next one."""
_TOOLS = "tools"
"""What stands for a role where declared tools are added to a prompt."""


class Upto(Sequence[list[int]]):
    """The digests of messages; those of all examples stand side by side."""

    __slots__ = ("many", "marks", "normal", "values")

    def __init__(self, normal: Normal) -> None:
        """Digest what is said."""
        self.normal = normal
        self.marks = _marks(normal.texts)
        """Of each message alone, be it empty."""
        self.values = array("Q")
        """Of each message and all before it in its example, `NONE` while nothing is said."""
        self.many = "numpy" in sys.modules and len(self.marks) >= _MANY
        """Whether there are so many that arrays are faster."""
        if self.many:
            from ftlint.features.digestarray import chained

            self.values = chained(normal, self.marks, _STEP, _voices)
        else:
            each = [_voices[role] for role in normal.names]
            for start, end in pairwise(normal.ends):
                self.values.extend(self._chained(start, end, each))

    def _chained(self, start: int, end: int, voices: Sequence[int]) -> Iterator[int]:
        value, spoken = 0, False
        for at in range(start, end):
            # What is added is random and what is multiplied with is odd: no message gets lost.
            value = (value * _STEP + voices[self.normal.voices[at]] + self.marks[at]) & _MASK
            spoken = spoken or bool(self.normal.texts[at])
            yield (value or 1) if spoken else NONE

    def before(self, ends: array[int]) -> array[int]:
        """Return what stands before one place in each example, `NONE` where nothing does."""
        starts = self.normal.ends
        if self.many:
            from ftlint.features.digestarray import before

            return before(self.values, starts, ends)
        values = self.values
        parts = zip(starts, ends, strict=False)
        return array("Q", [values[at - 1] if at > start else NONE for start, at in parts])

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self.normal)

    def __getitem__(self, index: Any) -> Any:
        """Return the digests of one example. Raises: IndexError."""
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self.values[self.normal.ends[index] : self.normal.ends[index + 1]].tolist()


_MANY = 256
"""Messages from which arrays are faster."""


def _marks(texts: Sequence[str]) -> array[int]:
    try:
        return array("Q", map(xxh3_64_intdigest, map(str.encode, texts)))
    except UnicodeEncodeError:
        return array("Q", [xxh3_64_intdigest(t.encode("utf-8", "surrogatepass")) for t in texts])


@dataclass(frozen=True)
class Prefixes(Feature[list[int]]):
    """For each message of an example the digest of it and all before, `NONE` of nothing said.

    Texts are normalised, see `ftlint.text.normalise`.
    """

    def compute(self, batch: Batch) -> Upto:
        """Return one list an example."""
        return Upto(normals(batch))


PREFIXES = Prefixes()


def upto(batch: Batch) -> Upto:
    """Return the digests of the messages of `batch`."""
    column = batch.column(PREFIXES)
    assert isinstance(column, Upto)
    return column


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
        if self.part == "example":
            found = array("Q", batch.column(Digest("conversation")))
            for at in odd(batch):
                found[at] = _record(found[at], batch.example(at))
            return found
        if self.part in ("conversation", "prompt") and self.normal:
            digests = upto(batch)
            if self.part == "conversation":
                return digests.before(digests.normal.ends[1:])
            return _with_tools(digests.before(digests.normal.answers), batch)
        said = batch.column(NORMAL if self.normal else SPOKEN)
        if self.part == "question":
            return array("Q", [_text(_first_question(each)) for each in said])
        if self.part == "answer":
            return array("Q", [_text(_last_answer(each)) for each in said])
        if self.part == "conversation":
            return _wholes(batch)
        return _with_tools(array("Q", map(_read, said)), batch)


def _with_tools(digests: array[int], batch: Batch) -> array[int]:
    """Return digests of what is read, declared tools added."""
    for at in odd(batch):
        digests[at] = prompted(digests[at], batch.example(at))
    return digests


def odd(batch: Batch) -> Iterable[int]:
    """Return the examples that were not proven to be texts alone."""
    if batch.plain is None:
        return range(len(batch))
    return list(compress(count(), map(not_, batch.plain)))


def digest(text: str) -> int:
    """Return 64 bits of `text`, never `NONE`."""
    return _digest(text.encode("utf-8", "surrogatepass"))


def _digest(data: bytes) -> int:
    return xxh3_64_intdigest(data) or 1


class _Voices(dict[str, int]):
    """The digests of roles, remembered."""

    def __missing__(self, role: str) -> int:
        value = self[role] = digest(role)
        return value


_voices = _Voices()


def _read(said: Sequence[Said]) -> int:
    """Return the digest of all before the last answer."""
    value, spoken = 0, False
    for role, text in said[: last_answer(said)]:
        mark = xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"))
        value = (value * _STEP + _voices[role] + mark) & _MASK
        spoken = spoken or bool(text)
    return (value or 1) if spoken else NONE


def prompted(value: int, example: Example | None) -> int:
    """Return the digest of what the model reads, by that of the messages that it reads.

    `example` is None for one that declares no tools.
    """
    tools = example.tools if example and value else None
    if not tools:
        return value
    return (value * _STEP + _voices[_TOOLS] + _digest(written(tools))) & _MASK or 1


def _wholes(batch: Batch) -> array[int]:
    """Return digests of whole examples, `NONE` where nothing is said."""
    said = spoken_in(batch).said
    try:
        found = array("Q", map(xxh3_64_intdigest, map(orjson.dumps, said)))
    except TypeError:  # half of a pair of surrogates
        found = array("Q", [_digest(written(each)) for each in said])
    for at in odd(batch):
        if not any(said[at][1]):
            found[at] = NONE
    return found


def _text(text: str | None) -> int:
    return digest(text) if text else NONE


def _first_question(said: Sequence[Said]) -> str | None:
    return next((text for role, text in said if role == "user"), None)


def _last_answer(said: Sequence[Said]) -> str | None:
    index = last_answer(said)
    return said[index][1] if index < len(said) else None


def _record(conversation: int, example: Example) -> int:
    """Return the digest of a record that was not proven to be texts alone."""
    if example.fault:
        return NONE
    return (conversation if _is_plain(example) else NONE) or _digest(written(example.value))


def _is_plain(example: Example) -> bool:
    """Return whether the record is nothing but roles and texts, as `Batch.plain` knows them."""
    conversation = example.conversation
    return (
        bool(conversation)
        and len(example.value) == 1
        and all(len(m.value) == 2 and isinstance(m.content, str) for m in conversation)
    )
