"""Grading: what stands beside the prompts of reinforcement fine-tuning for a grader to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from ftlint.analysis import Analysis
from ftlint.example import Batch
from ftlint.features.digest import digest
from ftlint.features.spoken import canonical
from ftlint.finding import Where
from ftlint.shape import CHAT_KEYS, REINFORCEMENT
from ftlint.source import Dataset
from ftlint.summary import Capped, Groups
from ftlint.value import dataclass

MANY = 0
"""Stands for the digests of a field with more than one value."""


@dataclass(frozen=True, slots=True)
class Column:
    """One field of the records: how many have it, where the first is, and its one value."""

    count: int
    first: Where
    value: int
    """Digest of the value that all have, or `MANY`."""

    def merge(self, other: Column) -> Column:
        """Return the field of both."""
        value = self.value if self.value == other.value else MANY
        return Column(self.count + other.count, self.first, value)


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one source. Size: O(distinct fields + distinct sets of fields)."""

    records: int = 0
    columns: Groups[str] = field(default_factory=Groups)
    sets: Groups[tuple[str, ...]] = field(default_factory=Groups)
    """The first place and the number of records with each set of fields."""

    def merge(self, other: Fields) -> Fields:
        """Return the fields of both."""
        return Fields(
            self.records + other.records,
            self.columns.merge(other.columns),
            self.sets.merge(other.sets),
        )


@dataclass(frozen=True)
class Grading(Analysis[Groups[int], Groups[int]]):
    """The fields of every source of prompts."""

    def summarize(self, batch: Batch) -> Groups[int]:
        """Return the fields of a batch."""
        rows = [example for example in batch.foreign if example.shape == REINFORCEMENT]
        if not rows:
            return Groups()
        total = Fields()
        columns: dict[str, Column] = {}
        sets: dict[tuple[str, ...], Capped[Where]] = {}
        for example in rows:
            told = told_fields(example.value)
            where = example.at()
            names = tuple(sorted(told))
            one = Capped(1, 1, (where,))
            sets[names] = sets[names].merge(one) if names in sets else one
            for name, value in told.items():
                column = Column(1, where, digest(canonical(value)))
                columns[name] = columns[name].merge(column) if name in columns else column
        total = Fields(len(rows), Groups(columns), Groups(sets))
        return Groups({batch.source: total})

    def conclude(self, summary: Groups[int], dataset: Dataset) -> Groups[int]:
        """Return the summary."""
        return summary


GRADING = Grading()


def told_fields(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a record that are there for a grader; null ones are not."""
    return {k: v for k, v in value.items() if k not in CHAT_KEYS and v is not None}
