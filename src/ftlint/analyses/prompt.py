"""Near prompts: which examples ask almost the same, for contradictions between their answers."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ftlint.analyses.exchange import ASKED, Exchanged, Quote, quoted
from ftlint.analysis import Analysis, Derived
from ftlint.example import Batch, Lines
from ftlint.features.digest import Digest
from ftlint.features.exchange import trained
from ftlint.features.spoken import NORMAL, PROMPTED, Said, canonical
from ftlint.finding import Where
from ftlint.similarity.duplicate import DuplicateIndex
from ftlint.similarity.lot import Lots, light
from ftlint.source import Dataset
from ftlint.text.substance import asks_the_same
from ftlint.value import dataclass

AT_ONCE = 500
"""Pairs whose lines are read at once."""


@dataclass(frozen=True)
class Prompts(Analysis[Lots, DuplicateIndex]):
    """The prompts of all examples, as duplicates have whole examples. Size: the same."""

    def summarize(self, batch: Batch) -> Lots:
        """Return the digests of the prompts of a batch, and their sketches and shingles."""
        prompts = array("Q", batch.column(Digest("prompt", normal=True)))
        return Lots.of(batch, [prompts] * 3, None if light(batch) else batch.column(PROMPTED))

    def conclude(self, summary: Lots, dataset: Dataset) -> DuplicateIndex:
        """Return the index of all prompts; those that are equal are one."""
        return DuplicateIndex(summary, dataset, compared=PROMPTED)


class Side(NamedTuple):
    """One of two prompts that are near, and the answer to it."""

    where: Where
    said: Sequence[Said]
    """The messages of the prompt, normalised, and the tools as one of the system."""
    answer: Quote


@dataclass(frozen=True)
class NearAsked(Derived["NearPrompts"]):
    """Prompts that are near each other, with what is answered."""

    @property
    def parts(self) -> tuple[Analysis[Any, Any], ...]:
        """Return the exchanges and the prompts."""
        return (ASKED, Prompts())

    def combine(self, results: Sequence[Any], dataset: Dataset) -> NearPrompts:
        """Return both side by side."""
        found, index = results
        return NearPrompts(found, index, dataset)


@dataclass(frozen=True)
class NearPrompts:
    """Pairs of prompts that ask the same in almost the same words."""

    found: Exchanged
    index: DuplicateIndex
    dataset: Dataset

    def pairs(self, threshold: float) -> Iterator[tuple[Side, Side]]:
        """Yield pairs of one split whose answers differ as normalised texts, in order."""
        found = self.found
        answers = {found.ordinal(at): found.answer[at] for at in range(len(found))}
        near = [
            (self.index.where(left), self.index.where(right))
            for left, right, _ in self.index.within(threshold)
            if len({answers.get(left, 0), answers.get(right, 0), 0}) == 3
        ]
        for start in range(0, len(near), AT_ONCE):
            part = near[start : start + AT_ONCE]
            sides = self._read([where for pair in part for where in pair])
            for left, right in part:
                mine, theirs = sides.get(left.ordinal), sides.get(right.ordinal)
                if mine and theirs and asks_the_same(mine.said, theirs.said):
                    yield mine, theirs

    def _read(self, places: Sequence[Where]) -> dict[int | None, Side]:
        """Return the examples at `places` by ordinal; each line is read once more."""
        sides: dict[int | None, Side] = {}
        where_of = {place.ordinal: place for place in places}
        for ordinal, line in self.dataset.fetch(places).items():
            where = where_of[ordinal]
            batch = Batch(Lines(line.source, ordinal, [line.raw], start=where.start))
            at, example = trained(batch, 0), batch.example(0)
            if at < len(example.messages):
                tools = canonical(example.value.get("tools"))
                said = [("system", tools), *batch.column(NORMAL)[0][:at]]
                sides[ordinal] = Side(where, said, quoted(example, at))
        return sides
