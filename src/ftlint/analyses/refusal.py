"""Refusals: how many examples refuse, and how many of those refuse what looks harmless."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from ftlint.analyses.split import Part, by_split
from ftlint.analysis import Analysis
from ftlint.example import Batch
from ftlint.features.dialogue import DIALOGUES, answered
from ftlint.features.harm import harmless
from ftlint.features.refusal import REFUSALS
from ftlint.finding import Where
from ftlint.source import Dataset
from ftlint.statistics.interval import wilson
from ftlint.summary import Capped, Groups
from ftlint.value import dataclass

NAMED = 5
"""Examples that are named."""


def _none() -> Capped[Where]:
    return Capped(NAMED)


@dataclass(frozen=True, slots=True)
class Refused:
    """The refusals of some examples. Size: O(NAMED)."""

    examples: int = 0
    """Examples with a trained answer."""
    refused: Capped[Where] = field(default_factory=_none)
    """Examples of which a trained answer refuses."""
    harmless: Capped[Where] = field(default_factory=_none)
    """Those of them whose question looks harmless."""

    @classmethod
    def of(cls, batch: Batch) -> Refused:
        """Return the refusals of `batch`."""
        dialogues, column = batch.column(DIALOGUES), batch.column(REFUSALS)
        refused = [index for index, answer in enumerate(column) if answer is not None]
        mild = []
        for index in refused:
            dialogue = dialogues[index]
            # What is asked later refers to what was asked before: nothing is said of it.
            alone = dialogue is not None and dialogue.roles.count("user") == 1
            if alone and dialogue and dialogue.question and harmless(dialogue.question):
                mild.append(index)
        return cls(
            len(answered(batch).rows),
            Capped.of(map(batch.at, refused), NAMED),
            Capped.of(map(batch.at, mild), NAMED),
        )

    def merge(self, other: Refused) -> Refused:
        """Return the refusals of both."""
        return Refused(
            self.examples + other.examples,
            self.refused.merge(other.refused),
            self.harmless.merge(other.harmless),
        )


@dataclass(frozen=True)
class RefusalCounts(Analysis[Groups[int], tuple[Part[Refused], ...]]):
    """The refusals among the trained answers, split by split."""

    measure = "refusals"

    def summarize(self, batch: Batch) -> Groups[int]:
        """Return the refusals of a batch, by source."""
        return Groups({batch.source: Refused.of(batch)} if len(batch) else {})

    def conclude(self, summary: Groups[int], dataset: Dataset) -> tuple[Part[Refused], ...]:
        """Return the refusals of each split."""
        return tuple(by_split(summary, dataset))

    def figures(self, result: tuple[Part[Refused], ...], dataset: Dataset) -> dict[str, Any]:
        """Return the figures of `measures.refusals`."""
        return {part.split: _figures(part.of) for part in result if part.of.examples}


def _figures(of: Refused) -> dict[str, Any]:
    low, high = wilson(of.refused.total, of.examples)
    return {
        "examples": of.examples,
        "refused": of.refused.total,
        "share": round(of.refused.total / of.examples, 6),
        "interval": [round(low, 6), round(high, 6)],
        "harmless_prompts": of.harmless.total,
    }
