"""Partial results: what is known after some shards, and how all of them become one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Any, TypeVar

from ftlint.analysis import Analysis
from ftlint.finding import Finding, Where
from ftlint.outcome import Key
from ftlint.summary import Capped, Counts
from ftlint.value import dataclass

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that raised: never counted as clean."""

    code: str
    where: Where
    reason: str

    @classmethod
    def of(cls, code: str, where: Where, error: Exception) -> Failure:
        """Return that a rule has raised `error`."""
        kind = type(error).__name__
        return cls(code, where, f"{kind}: {error}" if str(error) else kind)


Owner = str | Analysis[Any, Any]
"""Whose summary it is: that of the voice with this owner, or of the analysis."""


@dataclass(frozen=True, slots=True)
class Partial:
    """What is known after some shards. Size: O(rules * sources * cap + summaries)."""

    examples: Counts[int] = field(default_factory=Counts)
    """Lines that are not blank, by source."""
    findings: dict[Key, Capped[Finding]] = field(default_factory=dict)
    summaries: dict[Owner, Any] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)

    def merge(self, other: Partial) -> Partial:
        """Return what is known after both; `self` stands before `other`."""
        return Partial(
            self.examples.merge(other.examples),
            _merged(self.findings, other.findings),
            _merged(self.summaries, other.summaries),
            {**other.failures, **self.failures},
        )


def _merged(left: dict[K, Any], right: dict[K, Any]) -> dict[K, Any]:
    merged = dict(left)
    for code, summary in right.items():
        merged[code] = merged[code].merge(summary) if code in merged else summary
    return merged


def folded(partials: Iterable[Partial]) -> Partial:
    """Return what is known after all of them, which stand in dataset order.

    Neighbours of like size are merged, as a counter in binary carries: what many of them know is
    copied as often as the logarithm of their number, not once for each.
    """
    waiting: list[tuple[int, Partial]] = []
    for partial in partials:
        size = 0
        while waiting and waiting[-1][0] == size:
            partial, size = waiting.pop()[1].merge(partial), size + 1
        waiting.append((size, partial))
    total = Partial()
    while waiting:
        total = waiting.pop()[1].merge(total)
    return total
