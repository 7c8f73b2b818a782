"""Mergeable summaries: what dataset rules keep of the examples they have seen.

Each is a monoid: `merge` is associative, in shard order, and the summary of no examples is its
identity. `tests/test_laws.py` holds every summary and every rule to that.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import field
from typing import Any, Generic, Protocol, Self, TypeVar

from ftlint.value import dataclass

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


class Summary(Protocol):
    """A sufficient statistic: two of them merge into the statistic of both."""

    def merge(self, other: Self) -> Self:
        """Return the summary of both inputs; `self` stands before `other` in the dataset."""
        ...


@dataclass(frozen=True, slots=True)
class Nothing:
    """The summary of a rule that needs no examples, only facts about the files. Size: O(1)."""

    def merge(self, other: Nothing) -> Nothing:
        """Return the one value."""
        return self


@dataclass(frozen=True, slots=True)
class Capped(Generic[T]):
    """An exact count and the first `limit` items in dataset order; 0 keeps all. Size: O(limit)."""

    limit: int
    total: int = 0
    first: tuple[T, ...] = ()

    @classmethod
    def of(cls, items: Iterable[T], limit: int) -> Capped[T]:
        """Return the summary of `items`, which are in dataset order."""
        every = tuple(items)
        return cls(limit, len(every), every[:limit] if limit else every)

    def __bool__(self) -> bool:
        """Return whether there is anything."""
        return self.total > 0

    def merge(self, other: Capped[T]) -> Capped[T]:
        """Return the count of both and the first items of both."""
        first = self.first + other.first
        return Capped(
            self.limit, self.total + other.total, first[: self.limit] if self.limit else first
        )


@dataclass(frozen=True, slots=True)
class Counts(Generic[K]):
    """How often each key was seen. Size: O(distinct keys)."""

    of: dict[K, int] = field(default_factory=dict)

    @classmethod
    def tally(cls, keys: Iterable[K]) -> Counts[K]:
        """Return the counts of `keys`."""
        counts: dict[K, int] = {}
        for key in keys:
            counts[key] = counts.get(key, 0) + 1
        return cls(counts)

    @property
    def total(self) -> int:
        """Return how many keys were seen in all."""
        return sum(self.of.values())

    def merge(self, other: Counts[K]) -> Counts[K]:
        """Return the sums; keys keep the order in which they were first seen."""
        merged = dict(self.of)
        for key, count in other.of.items():
            merged[key] = merged.get(key, 0) + count
        return Counts(merged)


@dataclass(frozen=True, slots=True)
class Groups(Generic[K]):
    """One summary a key, merged key by key. Size: O(distinct keys * size of a summary)."""

    of: dict[K, Any] = field(default_factory=dict)

    @classmethod
    def by(
        cls,
        items: Sequence[T],
        key: Callable[[T], K],
        summarize: Callable[[Sequence[T]], Any],
    ) -> Groups[K]:
        """Return the summaries of `items` grouped by `key`, in order of appearance."""
        buckets: dict[K, list[T]] = {}
        for item in items:
            buckets.setdefault(key(item), []).append(item)
        return cls({name: summarize(bucket) for name, bucket in buckets.items()})

    def merge(self, other: Groups[K]) -> Groups[K]:
        """Return the groups of both."""
        merged = dict(self.of)
        for key, summary in other.of.items():
            merged[key] = merged[key].merge(summary) if key in merged else summary
        return Groups(merged)


@dataclass(frozen=True, slots=True)
class Tally(Generic[T]):
    """How many examples there are, and which of them meet a condition. Size: O(limit)."""

    total: int
    met: Capped[T]

    def merge(self, other: Tally[T]) -> Tally[T]:
        """Return the tally of both."""
        return Tally(self.total + other.total, self.met.merge(other.met))
