"""Samples: a part of the examples that depends on nothing but their ordinals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

_WORD = (1 << 64) - 1


def mixed(ordinal: int) -> int:
    """Return 64 bits that look random: the finaliser of SplitMix64 (Steele et al. 2014)."""
    z = (ordinal + 0x9E3779B97F4A7C15) & _WORD
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _WORD
    return z ^ (z >> 31)


def level_of(ordinal: int) -> int:
    """Return how often the sample may be halved before it loses this example."""
    bits = mixed(ordinal)
    return 64 if not bits else (bits & -bits).bit_length() - 1


@dataclass(frozen=True, slots=True)
class Thinned(Generic[T]):
    """All items up to `limit`, then every second, fourth, … of them. Size: O(limit).

    Which ones are kept depends on their ordinals only, so that merging in any grouping ends with
    the same sample: the lowest level at which no more than `limit` are left.
    """

    limit: int
    total: int = 0
    level: int = 0
    items: tuple[tuple[int, T], ...] = ()
    """Ordinals and items, in order."""

    @classmethod
    def of(cls, items: Iterable[tuple[int, T]], limit: int) -> Thinned[T]:
        """Return the sample of `items`, which are in order."""
        every = tuple(items)
        return cls(limit, len(every), *_thin(every, 0, limit))

    def merge(self, other: Thinned[T]) -> Thinned[T]:
        """Return the sample of both."""
        level = max(self.level, other.level)
        mine = self.items if self.level == level else _at(self.items, level)
        theirs = other.items if other.level == level else _at(other.items, level)
        total = self.total + other.total
        return Thinned(self.limit, total, *_thin(mine + theirs, level, self.limit))


def _at(items: Sequence[tuple[int, T]], level: int) -> tuple[tuple[int, T], ...]:
    mask = (1 << level) - 1
    return tuple([item for item in items if not mixed(item[0]) & mask])


def _thin(
    items: tuple[tuple[int, T], ...], level: int, limit: int
) -> tuple[int, tuple[tuple[int, T], ...]]:
    while len(items) > limit and level < 64:
        level += 1
        items = _at(items, level)
    return level, items
