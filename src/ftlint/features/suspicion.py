"""Suspicion: which examples the rules about answers must look at, from one look at each answer.

The flags are those of any answer of an example, trained on or not; the rules look again.
"""

from __future__ import annotations

from dataclasses import dataclass

from ftlint.example import Batch, Example
from ftlint.feature import Feature
from ftlint.features.ending import certainty, cues, worth_judging
from ftlint.features.loop import LEAST, find_loop
from ftlint.features.turns import ANSWER_TEXTS

CUT, FENCE, EDGE, LOOP = 1, 2, 4, 8

SUSPECTED = 0.0
"""Log-odds from which an answer may be cut off: it then rather is than not."""


@dataclass(frozen=True)
class Suspicion(Feature[int]):
    """The flags of each example."""

    def compute(self, batch: Batch) -> list[int]:
        """Return one set of flags an example; 0 for most."""
        column = []
        for texts in batch.column(ANSWER_TEXTS):
            flags = 0
            for text in texts:
                stripped = text.strip()
                if stripped is not text and len(stripped) < len(text):
                    flags |= EDGE
                if worth_judging(stripped):
                    flags |= _ending(stripped)
                if len(stripped) > LEAST and find_loop(stripped):
                    flags |= LOOP
            column.append(flags)
        return column


SUSPICION = Suspicion()


def suspects(batch: Batch, flags: int) -> list[Example]:
    """Return the examples with any of `flags`."""
    column = batch.column(SUSPICION)
    return [batch.example(index) for index, found in enumerate(column) if found & flags]


def _ending(text: str) -> int:
    signs = cues(text)
    fence = FENCE if text.count("```") % 2 else 0
    return fence | (CUT if certainty(signs) >= SUSPECTED else 0)
