"""Suspicion: which examples the rules about answers must look at, from one look at each answer.

The flags are those of any answer of an example, trained on or not; the rules look again.
"""

from __future__ import annotations

from ftlint.example import Batch, Example
from ftlint.feature import Feature
from ftlint.features.ending import ENDS, certainty, cues, worth_judging
from ftlint.features.loop import LEAST, find_loop
from ftlint.features.turns import EXCHANGES
from ftlint.value import dataclass

CUT, FENCE, EDGE, LOOP, ECHO, SURE = 1, 2, 4, 8, 16, 32

SHORT, LONG = 20, 40
"""Characters of the shortest question that an answer may not be, and may not begin with."""

SUSPECTED, CERTAIN = 0.0, 3.0
"""Log-odds from which an answer may be cut off, and from which it is."""


class Look:
    """What the answers of one example are suspected of."""

    __slots__ = ("flags", "odds")

    def __init__(self, flags: int, odds: dict[int, float]) -> None:
        """Keep the flags of all answers, and the log-odds of a cut by the number of the answer."""
        self.flags = flags
        self.odds = odds


_NOTHING = Look(0, {})


@dataclass(frozen=True)
class Suspicion(Feature[Look]):
    """What each example is suspected of; nothing, for most."""

    def compute(self, batch: Batch) -> _Looks:
        """Return one value an example."""
        every = batch.column(EXCHANGES)
        column = _Looks([_NOTHING] * len(every))
        odds: dict[int, float]
        for row, exchanges in enumerate(every):
            flags, odds = 0, {}
            for number, (question, text) in enumerate(exchanges):
                stripped = text.strip()
                size = len(stripped)
                if size < len(text):
                    flags |= EDGE
                # Nearly all answers end on one of these.
                if size and (
                    (last := stripped[-1]) not in ENDS
                    or (last == "." and stripped[-2:-1].isdigit())
                    or "```" in stripped
                ):
                    flags |= _ending(stripped, number, odds)
                if size > LEAST and find_loop(stripped):
                    flags |= LOOP
                if (
                    size >= SHORT
                    and len(question) >= SHORT
                    and question[0].lower() == stripped[0].lower()
                    and _alike(question, stripped)  # quick, and rare
                    and repeats(question, stripped)
                ):
                    flags |= ECHO
            if flags:
                column.rows.append(row)
                column[row] = Look(flags, odds)
        return column


class _Looks(list[Look]):
    """The column, and the indices of the few examples that are suspected of anything."""

    def __init__(self, looks: list[Look]) -> None:
        super().__init__(looks)
        self.rows: list[int] = []


SUSPICION = Suspicion()


def suspects(batch: Batch, flags: int) -> list[Example]:
    """Return the examples with any of `flags`."""
    column = batch.column(SUSPICION)
    rows = column.rows if isinstance(column, _Looks) else range(len(column))
    return [batch.example(row) for row in rows if column[row].flags & flags]


def _alike(question: str, answer: str) -> bool:
    """Return whether the answer may repeat the question: it begins with the same word."""
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


def _ending(text: str, number: int, odds: dict[int, float]) -> int:
    """Return the flags for the end of an answer; its log-odds are added where they say much."""
    if not worth_judging(text):
        return 0
    fence = FENCE if "```" in text and text.count("```") % 2 else 0
    sure = certainty(cues(text))
    if sure < SUSPECTED:
        return fence
    odds[number] = sure
    return fence | (SURE if sure >= CERTAIN else CUT)
