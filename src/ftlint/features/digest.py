"""Digests: 64 bits of each part by which examples are compared, exact or normalised.

Two different texts share a digest by chance once in 10^7 datasets of a million examples. They are
made by XXH3, ten times as fast on short texts as what is safe against those who want two to meet.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import chain
from typing import Literal

from xxhash import xxh3_64_intdigest

from ftlint.example import Batch, Example
from ftlint.feature import Feature
from ftlint.features.spoken import NORMAL, SPOKEN, Said, canonical, last_answer
from ftlint.features.turns import PLAIN
from ftlint.value import dataclass

Part = Literal["example", "conversation", "prompt", "question", "answer"]
NONE = 0
"""The digest of a part that an example does not have."""
_MASK = (1 << 64) - 1
_STEP = 0x9E3779B97F4A7C15
"""Odd; what the digest of all messages so far is multiplied with before the next one."""
_TOOLS = "tools"
"""What stands for a role where declared tools are added to a prompt."""


@dataclass(frozen=True)
class Prefixes(Feature[list[int]]):
    """For each message of an example the digest of it and all before, `NONE` of nothing said.

    Texts are normalised, see `ftlint.text.normalise`.
    """

    def compute(self, batch: Batch) -> list[list[int]]:
        """Return one list an example."""
        return [prefixes(said) for said in batch.column(NORMAL)]


PREFIXES = Prefixes()


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
        normal = self.normal and self.part != "example"
        said = batch.column(NORMAL if normal else SPOKEN)
        if self.part == "question":
            return array("Q", [_text(_first_question(each)) for each in said])
        if self.part == "answer":
            return array("Q", [_text(_last_answer(each)) for each in said])
        if self.part == "conversation" and normal:
            return array("Q", [ends[-1] if ends else NONE for ends in batch.column(PREFIXES)])
        if self.part == "conversation":
            return array("Q", map(_whole, said))
        plain = batch.column(PLAIN)
        if self.part == "example":
            every = enumerate(zip(batch.column(Digest("conversation")), plain, strict=True))
            return array("Q", [d if p else _record(d, batch.example(at)) for at, (d, p) in every])
        prefix = batch.column(PREFIXES) if normal else map(prefixes, said)
        return array(
            "Q",
            [
                prompted(ends, last_answer(each), None if known else batch.example(at))
                for at, (each, ends, known) in enumerate(zip(said, prefix, plain, strict=True))
            ],
        )


def digest(text: str) -> int:
    """Return 64 bits of `text`, never `NONE`."""
    return xxh3_64_intdigest(text.encode("utf-8", "surrogatepass")) or 1


class _Voices(dict[str, int]):
    """The digests of roles, remembered."""

    def __missing__(self, role: str) -> int:
        value = self[role] = digest(role)
        return value


_voices = _Voices()


def prefixes(said: Sequence[Said]) -> list[int]:
    """Return for each message the digest of all up to it, `NONE` while nothing is said."""
    value, spoken = 0, False
    found = []
    for role, text in said:
        mark = xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"))
        # What is added is random and what is multiplied with is odd: no message gets lost.
        value = (value * _STEP + _voices[role] + mark) & _MASK
        spoken = spoken or bool(text)
        found.append((value or 1) if spoken else NONE)
    return found


def prompted(ends: Sequence[int], at: int, example: Example | None) -> int:
    """Return the digest of what the model reads before message `at`, by the digests of messages.

    `example` is None for one that declares no tools.
    """
    value = ends[at - 1] if at else NONE
    tools = example.tools if example and value else None
    if not tools:
        return value
    return (value * _STEP + _voices[_TOOLS] + digest(canonical(tools))) & _MASK or 1


def _whole(said: Sequence[Said]) -> int:
    """Return the digest of messages, `NONE` when nothing is said in them."""
    if not said or not (said[-1][1] or any([text for _, text in said])):
        return NONE
    written = "\0".join(chain.from_iterable(said))
    return digest(written if written.count("\0") == 2 * len(said) - 1 else repr(said))


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
    return (conversation if _is_plain(example) else NONE) or digest(canonical(example.value))


def _is_plain(example: Example) -> bool:
    """Return whether the record is nothing but roles and texts, as `Batch.plain` knows them."""
    conversation = example.conversation
    return (
        bool(conversation)
        and len(example.value) == 1
        and all(len(m.value) == 2 and isinstance(m.content, str) for m in conversation)
    )
