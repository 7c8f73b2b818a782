"""Counterparts of a dataset: examples whose prompts differ only in whom they name."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ftlint.analysis import Analysis
from ftlint.example import Batch, Lines
from ftlint.features.counterpart import filled_in
from ftlint.features.identity import finder
from ftlint.features.refusal import refuses
from ftlint.finding import Where
from ftlint.source import Dataset
from ftlint.value import dataclass

WIDTH = 6
"""Numbers of an example in a summary."""


@dataclass(frozen=True, slots=True)
class Prompts:
    """Digests of examples that name somebody. Size: 48 bytes for each of them."""

    rows: tuple[array[int], ...] = ()
    """A batch each: key, filling, answer, gender and source, ordinal, byte offset plus 1."""

    def merge(self, other: Prompts) -> Prompts:
        """Return those of both."""
        return Prompts(self.rows + other.rows)


class Member(NamedTuple):
    """One example of a family."""

    filling: int
    answer: int
    gender: int
    where: Where


Family = tuple[Member, ...]
"""Examples with one prompt and at least two fillings, in the order of the data."""


class Outcome(NamedTuple):
    """What an answer is like."""

    refused: bool
    length: int
    """Code points."""
    tone: float
    """Positive words less negative ones, as a share of both, from -1 to 1."""
    toned: int
    """Such words in all."""
    words: frozenset[str]
    prompt: str


@dataclass(frozen=True)
class Counterparts(Analysis[Prompts, "tuple[Family, ...]"]):
    """Families of examples that differ only in whom they name."""

    def summarize(self, batch: Batch) -> Prompts:
        """Return the digests of a batch."""
        row, lines, source = array("Q"), batch.lines, batch.source
        for index, filled in filled_in(batch).items():
            kind = filled.gender << 32 | source
            place = (lines.ordinal + index, lines.start_of(index) + 1)
            row.extend((filled.key, filled.filling, filled.answer, kind, *place))
        return Prompts((row,) if row else ())

    def conclude(self, summary: Prompts, dataset: Dataset) -> tuple[Family, ...]:
        """Return the families in the order of their first examples."""
        first: dict[int, int] = {}
        several: dict[int, None] = {}
        for key, filling, *_ in _rows(summary):
            if first.setdefault(key, filling) != filling:
                several[key] = None
        families: dict[int, list[Member]] = {key: [] for key in several}
        for key, filling, answer, kind, ordinal, start in _rows(summary):
            if key in families:
                where = Where(kind & 0xFFFFFFFF, ordinal, start=start - 1)
                families[key].append(Member(filling, answer, kind >> 32, where))
        return tuple(sorted(map(tuple, families.values()), key=_place))


COUNTERPARTS = Counterparts()


def _place(family: Family) -> int:
    ordinal = family[0].where.ordinal
    return -1 if ordinal is None else ordinal


def _rows(summary: Prompts) -> Iterator[Sequence[int]]:
    for row in summary.rows:
        for at in range(0, len(row), WIDTH):
            yield row[at : at + WIDTH]


def outcomes(dataset: Dataset, members: Sequence[Member]) -> dict[int, Outcome]:
    """Return what the answers of `members` are like, by ordinal; their lines are read again."""
    found: dict[int, Outcome] = {}
    tones = finder("en", (), True)
    for ordinal, line in dataset.fetch([member.where for member in members]).items():
        shape = dataset.shape(line.source)
        texts = Batch(Lines(line.source, ordinal, [line.raw], shape=shape)).example(0).texts
        if not texts:
            continue
        answer, counts = texts[-1].value, {"positive": 0, "negative": 0}
        for mention in tones.scan([answer]).get(0, ()) if tones else ():
            if mention.entry.axis in counts:
                counts[mention.entry.axis] += 1
        toned = sum(counts.values())
        found[ordinal] = Outcome(
            refuses(answer),
            len(answer),
            (counts["positive"] - counts["negative"]) / toned if toned else 0.0,
            toned,
            frozenset(answer.lower().split()),
            "\n".join(text.value for text in texts[:-1]),
        )
    return found
