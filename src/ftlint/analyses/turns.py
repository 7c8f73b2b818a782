"""Turns: how many messages, turns and characters examples have, and which are far from usual.

Lengths are counted, not kept: a histogram of exact lengths gives the median and the median
absolute deviation of their logarithms whatever the order of the shards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from itertools import pairwise
from math import exp, log
from typing import Any

from ftlint.analyses.split import Part, by_split
from ftlint.analysis import Analysis
from ftlint.example import Batch
from ftlint.features.cast import casts
from ftlint.features.dialogue import trained, unproven
from ftlint.finding import Where
from ftlint.source import Dataset
from ftlint.summary import Counts, Groups
from ftlint.value import dataclass

NAMED = 5
"""Examples that are kept at either end."""

Ranked = tuple[tuple[int, Where], ...]
"""Numbers and where they stand, the most extreme first, the earlier one first among equals."""


@dataclass(frozen=True, slots=True)
class Turning:
    """The sizes of some examples. Size: O(distinct lengths), at most the root of twice the bytes.

    Lengths are code points of trained answers and of first questions.
    """

    examples: int = 0
    roles: Counts[str] = field(default_factory=Counts)
    """Messages by role."""
    messages: Counts[int] = field(default_factory=Counts)
    turns: Counts[int] = field(default_factory=Counts)
    """Questions that are answered, by example; questions in a row are one."""
    answers: Counts[int] = field(default_factory=Counts)
    questions: Counts[int] = field(default_factory=Counts)
    longest: Ranked = ()
    shortest: Ranked = ()
    busiest: Ranked = ()
    """The examples with the most messages."""

    @classmethod
    def of(cls, batch: Batch) -> Turning:
        """Return the sizes of the examples of `batch` with a dialogue."""
        shapes, asked, slow = _shapes(batch), Counter[int](), unproven(batch)
        for cast in casts(batch).alike:
            if cast.question is not None:
                asked.update(map(len, cast.texts[cast.question]))
        asked.update([len(each.question) for _, each in slow if each.question is not None])
        rows, numbers, texts = trained(batch)
        lengths = list(map(len, texts))
        answers = Counter(lengths)
        answers.pop(0, None)  # empty answers are reported as such, and are no lengths

        def place(at: int) -> tuple[int, int]:
            return rows[at], numbers[at]

        return cls(
            sum(map(len, shapes.values())),
            _spread(shapes, Counter),
            _spread(shapes, lambda roles: {len(roles): 1}),
            _spread(shapes, lambda roles: {_turns(roles): 1}),
            Counts(dict(answers)),
            Counts(dict(asked)),
            _ends(answers, lengths, -1, place, batch),
            _ends(answers, lengths, 1, place, batch),
            _busiest(shapes, batch),
        )

    def merge(self, other: Turning) -> Turning:
        """Return the sizes of both."""
        return Turning(
            self.examples + other.examples,
            self.roles.merge(other.roles),
            self.messages.merge(other.messages),
            self.turns.merge(other.turns),
            self.answers.merge(other.answers),
            self.questions.merge(other.questions),
            _first(self.longest + other.longest, -1),
            _first(self.shortest + other.shortest, 1),
            _first(self.busiest + other.busiest, -1),
        )


def _shapes(batch: Batch) -> dict[tuple[str, ...], list[int]]:
    """Return the examples with a dialogue by their roles."""
    shapes = {cast.roles: cast.rows for cast in casts(batch).alike}
    slow: dict[tuple[str, ...], list[int]] = {}
    for index, dialogue in unproven(batch):
        slow.setdefault(dialogue.roles, []).append(index)
    return shapes | {roles: shapes.get(roles, []) + rows for roles, rows in slow.items()}


def _spread(
    shapes: Mapping[Any, Sequence[int]], count: Callable[[Any], Mapping[Any, int]]
) -> Counts[Any]:
    """Return what `count` says of each shape, as often as the shape was seen."""
    total: dict[Any, int] = {}
    for shape, rows in shapes.items():
        for key, number in count(shape).items():
            total[key] = total.get(key, 0) + number * len(rows)
    return Counts(total)


def _turns(roles: Sequence[str]) -> int:
    spoken = [role for role in roles if role in ("user", "assistant")]
    return sum(a == "user" and b == "assistant" for a, b in pairwise(spoken))


def _ends(
    counts: Mapping[int, int],
    sizes: Sequence[int],
    sign: int,
    place: Callable[[int], tuple[int, int]],
    batch: Batch,
) -> Ranked:
    """Return the largest sizes for a `sign` of -1, the smallest for 1, with their examples.

    `counts` says how often each but 0 is among the sizes, `place` has the example of one of them
    and its number there.
    """
    seen = bound = 0
    for size in sorted(counts, reverse=sign < 0):
        seen, bound = seen + counts[size], size
        if seen >= NAMED:
            break
    if sign < 0:
        far = [at for at, size in enumerate(sizes) if size >= bound > 0]
    else:
        far = [at for at, size in enumerate(sizes) if 0 < size <= bound]
    far.sort(key=lambda at: (sign * sizes[at], place(at)))
    return tuple((sizes[at], batch.at(place(at)[0])) for at in far[:NAMED])


def _busiest(shapes: Mapping[tuple[str, ...], Sequence[int]], batch: Batch) -> Ranked:
    ranked = sorted([(-len(roles), row) for roles, rows in shapes.items() for row in rows])
    return tuple((-size, batch.at(row)) for size, row in ranked[:NAMED] if size)


def _first(items: Ranked, sign: int) -> Ranked:
    return tuple(sorted(items, key=lambda item: (sign * item[0], item[1].order))[:NAMED])


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle and spread of some lengths, on a logarithmic scale.

    `deviation` is the median absolute deviation of the logarithms, times 1.4826, which makes it
    the standard deviation of normal data (Hampel 1974; Iglewicz and Hoaglin 1993).
    """

    count: int
    median: int
    deviation: float

    @classmethod
    def of(cls, lengths: Mapping[int, int]) -> Spread:
        """Return the spread of lengths counted in a histogram; empty texts have length 1."""
        items = sorted(lengths.items())
        median = weighted_median(items)
        middle = log(max(median, 1))
        off = sorted((abs(log(max(length, 1)) - middle), count) for length, count in items)
        total = sum(lengths.values())
        return cls(total, int(median), 1.4826 * weighted_median(off))

    def bounds(self, deviations: float) -> tuple[float, float]:
        """Return the lengths that lie so many deviations below and above the median."""
        factor = exp(min(deviations * self.deviation, 60.0))
        return self.median / factor, self.median * factor


def weighted_median(items: Iterable[tuple[Any, int]]) -> Any:
    """Return the lower median of sorted values with their counts; 0 of none."""
    items = list(items)
    half, seen = (sum(count for _, count in items) + 1) // 2, 0
    for value, count in items:
        seen += count
        if seen >= half:
            return value
    return 0


@dataclass(frozen=True)
class TurnCounts(Analysis[Groups[int], tuple[Part[Turning], ...]]):
    """The roles, turns and lengths of the examples, split by split."""

    measure = "turns"

    def summarize(self, batch: Batch) -> Groups[int]:
        """Return the sizes of a batch, by source."""
        return Groups({batch.source: Turning.of(batch)} if len(batch) else {})

    def conclude(self, summary: Groups[int], dataset: Dataset) -> tuple[Part[Turning], ...]:
        """Return the sizes of each split."""
        return tuple(by_split(summary, dataset))

    def figures(self, result: tuple[Part[Turning], ...], dataset: Dataset) -> dict[str, Any]:
        """Return the figures of `measures.turns`."""
        return {part.split: _figures(part.of) for part in result if part.of.examples}


def _figures(of: Turning) -> dict[str, Any]:
    return {
        "examples": of.examples,
        "single_turn": of.turns.of.get(1, 0),
        "roles": dict(sorted(of.roles.of.items())),
        "messages": quantiles(of.messages.of),
        "turns": quantiles(of.turns.of),
        "answer_characters": {**quantiles(of.answers.of), "histogram": doubling(of.answers.of)},
        "question_characters": quantiles(of.questions.of),
    }


def quantiles(counts: Mapping[int, int]) -> dict[str, int]:
    """Return quantiles of numbers counted in a histogram, by nearest rank."""
    items, total = sorted(counts.items()), sum(counts.values())
    wanted = {"min": 0.0, "p5": 0.05, "p50": 0.5, "p95": 0.95, "max": 1.0}
    found: dict[str, int] = {}
    for name, share in wanted.items():
        rank, seen = round(share * (total - 1)), 0
        for value, count in items:
            seen += count
            if seen > rank:
                found[name] = value
                break
    return found


def doubling(counts: Mapping[int, int]) -> list[dict[str, int]]:
    """Return bins of doubling width: `from`, `below` (exclusive) and how many lie in them."""
    bins: dict[int, int] = {}
    for value, count in counts.items():
        bins[value.bit_length()] = bins.get(value.bit_length(), 0) + count
    return [
        {"from": (1 << bits) >> 1, "below": 1 << bits, "answers": count}
        for bits, count in sorted(bins.items())
    ]
