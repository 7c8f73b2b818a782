"""Tokens of a dataset: in all, by role and length; for the report and for plans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from heapq import nlargest
from typing import Any

from ftlint.analysis import Analysis
from ftlint.example import Batch
from ftlint.features.tokens import USUAL, Meter, Totals
from ftlint.finding import Where
from ftlint.source import Dataset
from ftlint.summary import Counts
from ftlint.value import dataclass

LONGEST = 10
"""Examples that are kept as the longest."""


@dataclass(frozen=True, slots=True)
class TokenSummary:
    """The tokens of some examples. Size: O(distinct lengths).

    Lengths are whole: estimates for tools and images are part of them, and also `estimated`.
    """

    lengths: Counts[int] = field(default_factory=Counts)
    """How many examples have each number of tokens."""
    trained: int = 0
    estimated: int = 0
    roles: Counts[str] = field(default_factory=Counts)
    """Exact tokens by role; without the tokens of the example itself and without estimates."""
    longest: tuple[tuple[int, Where], ...] = ()
    """The longest examples, longest first, the earlier one first among equals."""

    @classmethod
    def of(cls, batch: Batch, totals: Totals) -> TokenSummary:
        """Return the tokens of the examples of `batch` that have messages."""
        found = nlargest(LONGEST, range(len(batch)), key=totals.lengths.__getitem__)
        longest = [(totals.lengths[index], batch.at(index)) for index in found]
        return cls(
            Counts.tally(filter(None, totals.lengths)),
            sum(totals.trained),
            totals.estimated,
            Counts({role: many for role, many in totals.roles.items() if many}),
            _longest(each for each in longest if each[0]),
        )

    def merge(self, other: TokenSummary) -> TokenSummary:
        """Return the tokens of both."""
        return TokenSummary(
            self.lengths.merge(other.lengths),
            self.trained + other.trained,
            self.estimated + other.estimated,
            self.roles.merge(other.roles),
            _longest((*self.longest, *other.longest)),
        )

    @property
    def examples(self) -> int:
        """Return how many examples were counted."""
        return self.lengths.total

    @property
    def total(self) -> int:
        """Return all tokens, estimates included."""
        return sum(length * count for length, count in self.lengths.of.items())

    def billed(self, limit: int | None) -> int:
        """Return the tokens that are left when each example is cut at `limit`."""
        if limit is None:
            return self.total
        return sum(min(length, limit) * count for length, count in self.lengths.of.items())

    def above(self, limit: int) -> int:
        """Return how many examples are longer than `limit`."""
        return sum(count for length, count in self.lengths.of.items() if length > limit)

    def quantile(self, share: float) -> int:
        """Return the length at `share` of the examples, by nearest rank; 0 without examples."""
        rank, seen = round(share * (self.examples - 1)), 0
        for length, count in sorted(self.lengths.of.items()):
            seen += count
            if seen > rank:
                return length
        return 0

    def histogram(self) -> list[tuple[int, int, int]]:
        """Return bins of doubling width: from, to (exclusive), examples; without empty ends."""
        bins: dict[int, int] = {}
        for length, count in self.lengths.of.items():
            bins[length.bit_length()] = bins.get(length.bit_length(), 0) + count
        if not bins:
            return []
        return [
            ((1 << bits) >> 1, 1 << bits, bins.get(bits, 0))
            for bits in range(min(bins), max(bins) + 1)
        ]

    def measures(self, limit: int | None = None) -> dict[str, Any]:
        """Return the figures of the report under `measures.tokens`, but for places."""
        figures: dict[str, Any] = {
            "examples": self.examples,
            "total": self.total,
            "trained": self.trained,
            "estimated": self.estimated,
            "roles": dict(sorted(self.roles.of.items())),
            "per_example": {
                "min": self.quantile(0),
                "p5": self.quantile(0.05),
                "p50": self.quantile(0.5),
                "p95": self.quantile(0.95),
                "max": self.quantile(1),
            },
            "histogram": [{"from": a, "below": b, "examples": n} for a, b, n in self.histogram()],
        }
        if limit is not None:
            cut = self.total - self.billed(limit)
            figures["limit"] = {"tokens": limit, "above": self.above(limit), "cut": cut}
        return figures


def _longest(items: Iterable[tuple[int, Where]]) -> tuple[tuple[int, Where], ...]:
    return tuple(sorted(items, key=lambda item: (-item[0], item[1].order))[:LONGEST])


@dataclass(frozen=True)
class TokenTotals(Analysis[TokenSummary, TokenSummary]):
    """How many tokens the examples have: in all, by role and length, and the longest ones."""

    measure = "tokens"

    tokens: Meter = USUAL
    limit: int | None = None

    def summarize(self, batch: Batch) -> TokenSummary:
        """Return the tokens of a batch."""
        return TokenSummary.of(batch, self.tokens.totals(batch))

    def conclude(self, summary: TokenSummary, dataset: Dataset) -> TokenSummary:
        """Return the tokens of all examples."""
        return summary

    def figures(self, result: TokenSummary, dataset: Dataset) -> dict[str, Any]:
        """Return the figures of `measures.tokens`."""
        longest = [
            {
                "path": dataset.sources[where.source].path,
                "line": dataset.line_number(where),
                "tokens": tokens,
            }
            for tokens, where in result.longest
        ]
        return {**self.tokens.told, **result.measures(self.limit), "longest": longest}
