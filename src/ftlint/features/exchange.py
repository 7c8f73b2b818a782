"""Exchanges: what each example asks and what it teaches to answer, as digests.

All texts are normalised (`ftlint.text.normalise`). Contradictions compare the answers to one
question; leakage compares all of it between the splits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ftlint.example import Batch, Example
from ftlint.feature import Feature
from ftlint.features.digest import NONE, PREFIXES, digest, prompted
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
        columns = (*(batch.column(each) for each in (SPOKEN, NORMAL, PREFIXES)), plain)
        found: list[Exchange | None] = []
        for index, (said, normal, ends, plain) in enumerate(zip(*columns, strict=True)):
            if not said:
                found.append(None)
            elif plain:
                found.append(
                    _single(said, normal, ends)
                    or _exchange(said, normal, ends, last_answer(said), None)
                )
            else:
                at = trained(batch, index)
                found.append(_exchange(said, normal, ends, at, batch.example(index)))
        return found


def _single(said: Sequence[Said], normal: Sequence[Said], ends: Sequence[int]) -> Exchange | None:
    """Return the exchange of one question and one answer, as most examples have; else None."""
    many = len(said)
    if many > 3 or many < 2 or said[-1][0] != "assistant" or said[-2][0] != "user":
        return None
    if many == 3 and said[0][0] != "system":
        return None
    spoken, text = len(said[-1][1]), normal[-1][1]
    length = spoken + len(said[-2][1]) + (len(said[0][1]) if many == 3 else 0)
    prompt = ends[-2] if normal[-2][1] else NONE
    answer = digest(text) if text else NONE
    return tuple.__new__(Exchange, (prompt, answer, spoken, ends[-1], (), (), length))


def _exchange(
    said: Sequence[Said],
    normal: Sequence[Said],
    ends: Sequence[int],
    at: int,
    example: Example | None,
) -> Exchange:
    """Return the exchange with answer `at`; `example` is None for one that declares no tools."""
    prompt = answer = NONE
    spoken = length = read = 0
    if at < len(said):
        spoken, text = len(said[at][1]), normal[at][1]
        answer = digest(text) if text else NONE
    asks = at < len(said) or last_answer(said) == at  # else all answers have weight 0
    answers: list[int] = []
    lengths: list[int] = []
    for place, (role, text) in enumerate(normal):
        length += len(said[place][1])
        read += len(text)
        if role == "assistant":
            answers.append(ends[place])
            lengths.append(read)
        elif asks and text and place < at and role in ASKING:
            asks = False
            prompt = prompted(ends[at - 1] if at else NONE, example)
    whole = answers[-1] if answers else ends[-1]
    earlier = tuple(answers[:-1]), tuple(lengths[:-1])
    return tuple.__new__(Exchange, (prompt, answer, spoken, whole, *earlier, length))


EXCHANGES = Exchanges()


def trained(batch: Batch, index: int) -> int:
    """Return the index of the last answer that is trained on, or how many messages there are."""
    messages = batch.example(index).messages
    found = [at for at, message in enumerate(messages) if message.trained]
    return found[-1] if found else len(messages)
