"""Labels: which answers are given again and again, and whether they are labels of classes.

Answers are labels where nearly all are short and given several times: `LABEL`, `REPEATED` and
`COVERED` state it. Classes are counted exactly, up to `MOST` different short answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import field
from math import exp, log
from typing import Any

from ftlint.analyses.split import Part, by_split
from ftlint.analysis import Analysis
from ftlint.example import Batch
from ftlint.features.dialogue import answered
from ftlint.finding import Where
from ftlint.source import Dataset
from ftlint.summary import Groups
from ftlint.value import dataclass

LABEL = 64
"""Code points of the longest answer that may be a label; it has one line."""
LONGEST = 2 * LABEL
"""Code points of an answer that is looked at for one, with the space around it."""
REPEATED = 5
"""Examples that give an answer before it may be a label."""
COVERED = 0.9
"""Share of the answers that must be labels for data to be classification."""
FEWEST = 20
"""Examples of a split before anything is said of its labels."""
MOST = 2048
"""Different short answers that are counted; with more, the answers are free text."""

Place = tuple[int, int, int]
"""Source, ordinal and byte offset: of most answers the place is never asked for."""
Seen = dict[str, tuple[int, Place]]
"""How often an answer is given, and where first."""


@dataclass(frozen=True, slots=True)
class Labels:
    """The short answers of some examples. Size: O(MOST * LABEL)."""

    examples: int = 0
    """Examples with a trained answer."""
    seen: Seen | None = field(default_factory=dict)
    """The short answers; None where there are too many different ones."""

    @classmethod
    def of(cls, batch: Batch) -> Labels:
        """Return the last answers of the examples of `batch`, as far as they are short."""
        told = answered(batch)
        short = [text.strip() for text in told.last if len(text) <= LONGEST]
        lengths = zip(told.rows, map(len, told.last), strict=True)
        rows = [row for row, length in lengths if length <= LONGEST]
        counts, first = Counter(short), dict[str, int]()
        for text, at in zip(short, rows, strict=True):
            if first.setdefault(text, at) > at:
                first[text] = at
        source, ordinal, start_of = batch.source, batch.lines.ordinal, batch.lines.start_of
        found = {
            text: (counts[text], (source, ordinal + at, start_of(at)))
            for text, at in first.items()
            if text and len(text) <= LABEL and "\n" not in text
        }
        return cls(len(told.rows) + told.unlearnt, _few(found))

    def merge(self, other: Labels) -> Labels:
        """Return the labels of both."""
        examples = self.examples + other.examples
        if self.seen is None or other.seen is None:
            return Labels(examples, None)
        merged = dict(self.seen)
        for answer, (count, place) in other.seen.items():
            known = merged.get(answer)
            merged[answer] = (known[0] + count, known[1]) if known else (count, place)
        return Labels(examples, _few(merged))

    @property
    def classes(self) -> bool:
        """Return whether the answers are labels."""
        return labelled(self.examples, (count for count, _ in (self.seen or {}).values()))


def _few(seen: Seen) -> Seen | None:
    return seen if len(seen) <= MOST else None


def labelled(examples: int, counts: Iterable[int], times: int = REPEATED) -> bool:
    """Return whether answers given `counts` times are labels of that many examples.

    In a sample a label comes up fewer `times` than in the whole.
    """
    covered = sum(count for count in counts if count >= times)
    return examples >= FEWEST and covered >= COVERED * examples


@dataclass(frozen=True, slots=True)
class Classes:
    """The labels of one split, the most frequent one first."""

    split: str
    where: Where
    examples: int
    labelled: bool
    """Whether the answers are labels, by those of the training split where there is one."""
    labels: tuple[tuple[str, int, Where], ...]

    @property
    def entropy(self) -> float:
        """Return the entropy of the labels in nats (Shannon 1948)."""
        total = sum(count for _, count, _ in self.labels)
        return -sum(count / total * log(count / total) for _, count, _ in self.labels)

    @property
    def effective(self) -> float:
        """Return how many equally frequent labels had that entropy: its exponential.

        The Hill number of order 1 (Hill 1973, "Diversity and Evenness").
        """
        return exp(self.entropy)

    @property
    def ratio(self) -> float:
        """Return how many times as frequent the first label is as the last one."""
        return self.labels[0][1] / self.labels[-1][1]

    def figures(self) -> dict[str, Any]:
        """Return the figures of the report."""
        if not self.labelled or not self.labels:
            return {"examples": self.examples, "classification": False}
        return {
            "examples": self.examples,
            "classification": True,
            "classes": len(self.labels),
            "largest": self.labels[0][1],
            "smallest": self.labels[-1][1],
            "ratio": round(self.ratio, 3),
            "entropy": round(self.entropy, 6),
            "effective_classes": round(self.effective, 3),
            "labels": {label: count for label, count, _ in self.labels},
        }


@dataclass(frozen=True)
class LabelCounts(Analysis[Groups[int], tuple[Classes, ...]]):
    """How often each short answer is given, split by split, and whether these are classes."""

    measure = "balance"

    def summarize(self, batch: Batch) -> Groups[int]:
        """Return the labels of a batch, by source."""
        return Groups({batch.source: Labels.of(batch)} if len(batch) else {})

    def conclude(self, summary: Groups[int], dataset: Dataset) -> tuple[Classes, ...]:
        """Return the classes of each split; training data decide whether there are any."""
        parts: list[Part[Labels]] = by_split(summary, dataset)
        train = next((part.of.classes for part in parts if part.split == "train"), None)
        return tuple(_classes(part, part.of.classes if train is None else train) for part in parts)

    def figures(self, result: tuple[Classes, ...], dataset: Dataset) -> dict[str, Any]:
        """Return the figures of `measures.balance`."""
        return {each.split: each.figures() for each in result if each.examples}


def _classes(part: Part[Labels], are: bool) -> Classes:
    seen = (part.of.seen or {}).items()
    labels = sorted(((label, count, _where(place)) for label, (count, place) in seen), key=_rank)
    return Classes(part.split, part.where, part.of.examples, are, tuple(labels))


def _where(place: Place) -> Where:
    source, ordinal, start = place
    return Where(source, ordinal, start=start)


def _rank(entry: tuple[str, int, Where]) -> tuple[int, str]:
    return (-entry[1], entry[0])
