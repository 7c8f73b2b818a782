"""Exchanges: what each example asks and what it teaches to answer, as digests.

All texts are normalised (`ftlint.text.normalise`). Contradictions compare the answers to one
question; leakage compares all of it between the splits.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

from ftlint.example import Batch
from ftlint.feature import Feature
from ftlint.features.digest import NONE, Digest, digest, said_digest
from ftlint.features.spoken import NORMAL, SPOKEN, Said, canonical, last_answer
from ftlint.value import dataclass

ASKING = frozenset({"user", "tool", "function"})
"""Roles that ask: a system prompt alone is no question."""


class Exchange(NamedTuple):
    """The last answer of an example that is trained on, and what stands before it."""

    prompt: int
    """Declared tools and all messages before the answer; `NONE` where nobody asks."""
    answer: int
    """`NONE` when nothing is answered or no answer is trained on."""
    spoken: int
    """Characters of the answer."""
    whole: int
    """All messages up to the last assistant message; all where there is none."""
    earlier: tuple[int, ...]
    """The same up to each assistant message before."""
    lengths: tuple[int, ...]
    """Characters, normalised, of what each of `earlier` stands for."""
    length: int
    """Characters of all messages."""


@dataclass(frozen=True)
class Exchanges(Feature[Exchange | None]):
    """The exchange of each example; None for a line without messages."""

    def compute(self, batch: Batch) -> list[Exchange | None]:
        """Return one exchange an example."""
        prompts = batch.column(Digest("prompt", normal=True))
        answers = batch.column(Digest("answer", normal=True))
        plain = batch.plain or [None] * len(batch)
        found: list[Exchange | None] = []
        for index, (said, normal) in enumerate(
            zip(batch.column(SPOKEN), batch.column(NORMAL), strict=True)
        ):
            if not said:
                found.append(None)
                continue
            at = last_answer(said) if plain[index] else trained(batch, index)
            prompt, answer = prompts[index], answers[index]
            if at != last_answer(said):
                prompt, answer = _masked(batch, index, normal, at)
            asked = any([role in ASKING and text for role, text in normal[:at]])
            spoken = len(said[at][1]) if at < len(said) else 0
            length = sum([len(text) for _, text in said])
            found.append(
                Exchange(prompt if asked else NONE, answer, spoken, *_ends(normal), length)
            )
        return found


EXCHANGES = Exchanges()


def trained(batch: Batch, index: int) -> int:
    """Return the index of the last answer that is trained on, or how many messages there are."""
    messages = batch.example(index).messages
    found = [at for at, message in enumerate(messages) if message.trained]
    return found[-1] if found else len(messages)


def _masked(batch: Batch, index: int, normal: Sequence[Said], at: int) -> tuple[int, int]:
    """Return prompt and answer of an example whose last answer has weight 0."""
    if at == len(normal):
        return NONE, NONE
    tools = batch.example(index).tools
    text = normal[at][1]
    prompt = said_digest(normal[:at], canonical(tools) if tools else "")
    return prompt, digest(text) if text else NONE


def _ends(normal: Sequence[Said]) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    """Return the digests up to the last assistant message and to those before, with lengths."""
    ends, lengths, prefix = [], [], _Prefix()
    for role, text in normal:
        prefix.add((role, text))
        if role == "assistant":
            ends.append(prefix.digest())
            lengths.append(prefix.length)
    if not ends:
        return prefix.digest(), (), ()
    return ends[-1], tuple(ends[:-1]), tuple(lengths[:-1])


class _Prefix:
    """The digest of messages while they are added, in time linear in their length."""

    __slots__ = ("hash", "length")

    def __init__(self) -> None:
        self.hash = blake2b(digest_size=8)
        self.length = 0

    def add(self, said: Said) -> None:
        role, text = said
        self.hash.update(f"{role}{len(text)}:{text}".encode("utf-8", "surrogatepass"))
        self.length += len(text)

    def digest(self) -> int:
        return (int.from_bytes(self.hash.digest(), "little") or 1) if self.length else NONE
