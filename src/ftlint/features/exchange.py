"""Exchanges: what each example asks and what it teaches to answer, as digests.

All texts are normalised (`ftlint.text.normalise`). Contradictions compare the answers to one
question; leakage compares all of it between the splits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ftlint.example import Batch, Example
from ftlint.feature import Feature
from ftlint.features.digest import NONE, Prefixes, digest, prompted
from ftlint.features.spoken import NORMAL, SPOKEN, Said, last_answer
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
        plain = batch.plain or [None] * len(batch)
        spoken, normal = batch.column(SPOKEN), batch.column(NORMAL)
        every = zip(spoken, normal, batch.column(Prefixes(normal=True)), plain, strict=True)
        found: list[Exchange | None] = []
        for index, (said, folded, ends, known) in enumerate(every):
            if not said:
                found.append(None)
            elif known:
                found.append(_exchange(said, folded, ends, last_answer(said), None))
            else:
                at = trained(batch, index)
                found.append(_exchange(said, folded, ends, at, batch.example(index)))
        return found


def _exchange(
    said: Sequence[Said],
    normal: Sequence[Said],
    ends: Sequence[int],
    at: int,
    example: Example | None,
) -> Exchange:
    """Return the exchange with answer `at`; `example` is None for one that declares no tools."""
    prompt = answer = NONE
    spoken = 0
    if at < len(said):
        spoken, text = len(said[at][1]), normal[at][1]
        answer = digest(text) if text else NONE
    if at < len(said) or last_answer(said) == at:  # else all answers have weight 0
        asked = any([role in ASKING and text for role, text in normal[:at]])
        prompt = prompted(ends, at, example) if asked else NONE
    length = sum([len(text) for _, text in said])
    return Exchange(prompt, answer, spoken, *_answered(normal, ends), length)


EXCHANGES = Exchanges()


def trained(batch: Batch, index: int) -> int:
    """Return the index of the last answer that is trained on, or how many messages there are."""
    messages = batch.example(index).messages
    found = [at for at, message in enumerate(messages) if message.trained]
    return found[-1] if found else len(messages)


def _answered(
    normal: Sequence[Said], ends: Sequence[int]
) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    """Return the digests up to the last assistant message and to those before, with lengths."""
    found: list[int] = []
    lengths: list[int] = []
    length = 0
    for (role, text), end in zip(normal, ends, strict=True):
        length += len(text)
        if role == "assistant":
            found.append(end)
            lengths.append(length)
    if len(found) > 1:
        return found[-1], tuple(found[:-1]), tuple(lengths[:-1])
    return found[0] if found else ends[-1], (), ()
