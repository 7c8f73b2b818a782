"""Suspicion: which examples the rules about answers must look at, from one look at each answer.

The flags are those of any answer of an example, trained on or not; the rules look again.
"""

from __future__ import annotations

from dataclasses import dataclass

from ftlint.example import Batch, Example
from ftlint.feature import Feature
from ftlint.features.ending import ENDS, certainty, cues, worth_judging
from ftlint.features.loop import LEAST, find_loop
from ftlint.features.turns import EXCHANGES

CUT, FENCE, EDGE, LOOP, ECHO, SURE = 1, 2, 4, 8, 16, 32

SHORT, LONG = 20, 40
"""Characters of the shortest question that an answer may not be, and may not begin with."""

SUSPECTED, CERTAIN = 0.0, 3.0
"""Log-odds from which an answer may be cut off, and from which it is."""


@dataclass(frozen=True)
class Suspicion(Feature[int]):
    """The flags of each example."""

    def compute(self, batch: Batch) -> list[int]:
        """Return one set of flags an example; 0 for most."""
        column = []
        for exchanges in batch.column(EXCHANGES):
            flags = 0
            for question, text in exchanges:
                stripped = text.strip()
                size = len(stripped)
                if size < len(text):
                    flags |= EDGE
                # Nearly all answers end on one of these.
                if size and (
                    stripped[-1] not in ENDS or stripped[-2:-1].isdigit() or "```" in stripped
                ):
                    flags |= _ending(stripped)
                if size > LEAST and find_loop(stripped):
                    flags |= LOOP
                if (
                    size >= SHORT
                    and len(question) >= SHORT
                    and question[0].lower() == stripped[0].lower()  # quick, and rare
                    and repeats(question, stripped)
                ):
                    flags |= ECHO
            column.append(flags)
        return column


SUSPICION = Suspicion()


def suspects(batch: Batch, flags: int) -> list[Example]:
    """Return the examples with any of `flags`."""
    column = batch.column(SUSPICION)
    return [batch.example(index) for index, found in enumerate(column) if found & flags]


def repeats(question: str, answer: str) -> str:
    """Return how the answer repeats the question, or nothing; case and spaces are not compared."""
    if len(question) < SHORT or question[0].lower() != answer[:1].lower():
        return ""
    asked = " ".join(question.split()).lower()
    told = " ".join(answer[: 2 * len(question)].split()).lower()
    if asked == told and len(answer) <= 2 * len(question):
        return "is" if len(asked) >= SHORT else ""
    return "begins with" if len(asked) >= LONG and told.startswith(asked) else ""


def _ending(text: str) -> int:
    if not worth_judging(text):
        return 0
    fence = FENCE if "```" in text and text.count("```") % 2 else 0
    odds = certainty(cues(text))
    return fence | (SURE if odds >= CERTAIN else CUT if odds >= SUSPECTED else 0)
