"""Suspicion: which examples the rules about answers must look at, from one look at each answer.

The flags are those of any answer of an example, trained on or not; the rules look again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress
from operator import ne

from ftlint.example import Batch, Example
from ftlint.feature import Feature
from ftlint.features.cast import answers_in
from ftlint.features.ending import ENDS, MARKS, certainty, cues, worth_judging
from ftlint.features.ending import LEAST as JUDGED
from ftlint.features.loop import LEAST, find_loop
from ftlint.features.sparse import Sparse
from ftlint.value import dataclass

CUT, FENCE, EDGE, LOOP, ECHO, SURE = 1, 2, 4, 8, 16, 32

SHORT, LONG = 20, 40
"""Characters of the shortest question that an answer may not be, and may not begin with."""

SUSPECTED, CERTAIN = 0.0, 3.0
"""Log-odds from which an answer may be cut off, and from which it is."""


class Look:
    """What the answers of one example are suspected of."""

    __slots__ = ("flags", "signs")

    def __init__(self) -> None:
        """Suspect nothing."""
        self.flags = 0
        """Of all answers."""
        self.signs: dict[int, list[str]] = {}
        """The signs of a cut by the number of the answer, of those that may be cut off."""


_NOTHING = Look()


@dataclass(frozen=True)
class Suspicion(Feature[Look]):
    """What each example is suspected of; nothing, for most."""

    def compute(self, batch: Batch) -> Sparse[Look, Look]:
        """Return one value an example."""
        answers, found = answers_in(batch), dict[int, Look]()
        for at, flag, signs in _suspected(answers.asked, answers.said, answers.bare):
            look = found.get(answers.rows[at])
            if look is None:
                look = found[answers.rows[at]] = Look()
            look.flags |= flag
            if signs:
                look.signs[answers.numbers[at]] = signs
        return Sparse(len(batch), found, _NOTHING)


SUSPICION = Suspicion()


def suspects(batch: Batch, flags: int) -> list[Example]:
    """Return the examples with any of `flags`."""
    column = batch.column(SUSPICION)
    assert isinstance(column, Sparse)
    return [batch.example(row) for row, look in sorted(column.found.items()) if look.flags & flags]


def _suspected(
    asked: Sequence[str], said: Sequence[str], bare: Sequence[str]
) -> Iterator[tuple[int, int, list[str]]]:
    """Yield index, flag and signs of a cut of what is suspected, by one look at all for each."""
    for at in compress(range(len(said)), map(ne, said, bare)):
        if bare[at] and not indented(said[at]):
            yield at, EDGE, []
    for at, text in enumerate(bare):
        # Nearly all answers end on another character, or are too short to be judged by it.
        last = text[-1:]
        if (
            (last not in ENDS and (len(text) >= JUDGED or last in _MARKS))
            or (last == "." and text[-2:-1].isdigit())
            or "```" in text
        ) and worth_judging(text):
            flag, signs = _ending(text)
            if flag:
                yield at, flag, signs
    for at, text in enumerate(bare):
        if len(text) > LEAST and find_loop(text):
            yield at, LOOP, []
    for at, (question, text) in enumerate(zip(asked, bare, strict=True)):
        if (
            len(text) >= SHORT
            and len(question) >= SHORT
            and question[0].lower() == text[0].lower()
            and _alike(question[:LONG], text[:LONG])  # quick, and rare
            and repeats(question, text)
        ):
            yield at, ECHO, []


_MARKS = frozenset(MARKS)


def indented(text: str) -> bool:
    """Return whether a text begins as a line of code does that goes on where the prompt ends."""
    return text[: len(text) - len(text.lstrip())].endswith(("  ", "\t"))


def _alike(question: str, answer: str) -> bool:
    """Return whether an answer may repeat the question: it begins with the same word."""
    first, told = question.split(None, 1), answer.split(None, 1)
    return bool(first) and told[0].lower().startswith(first[0].lower())


def repeats(question: str, answer: str) -> str:
    """Return how the answer repeats the question, or nothing; case and spaces are not compared."""
    if len(question) < SHORT or question[0].lower() != answer[:1].lower():
        return ""
    asked = " ".join(question.split()).lower()
    told = " ".join(answer[: 2 * len(question)].split()).lower()
    if asked == told and len(answer) <= 2 * len(question):
        return "is" if len(asked) >= SHORT else ""
    return "begins with" if len(asked) >= LONG and told.startswith(asked) else ""


def _ending(text: str) -> tuple[int, list[str]]:
    """Return the flags for the end of an answer, and its signs where they say much."""
    fence = FENCE if "```" in text and text.count("```") % 2 else 0
    signs = cues(text)
    sure = certainty(signs)
    if sure < SUSPECTED:
        return fence, []
    return fence | (SURE if sure >= CERTAIN else CUT), signs
