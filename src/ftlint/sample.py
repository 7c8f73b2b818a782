"""Samples: a part of the examples that depends on nothing but their ordinals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import repeat
from typing import Generic, TypeVar
from zlib import crc32

from ftlint.value import dataclass

T = TypeVar("T")

_MASK = (1 << 64) - 1


def level_of(ordinal: int) -> int:
    """Return how often a sample may be halved before it loses this example.

    The trailing zeros of 64 bits that look random: a multiplicative hash and one fold of it.
    """
    z = (ordinal + 1) * 0x9E3779B97F4A7C15 & _MASK
    z = (z ^ z >> 32) * 0xD6E8FEB86659FD93 & _MASK
    z ^= z >> 32
    return (z & -z).bit_length() - 1 if z else 64


def leveled(first: int, count: int, least: int) -> Iterator[tuple[int, int]]:
    """Yield those of `count` ordinals from `first` on whose level is `least` or more, with it."""
    for ordinal in range(first, first + count):
        level = level_of(ordinal)
        if level >= least:
            yield ordinal, level


_LAST = 1000


@cache
def _endings() -> list[bytes]:
    """Return the last three digits of numbers."""
    return [b"%03d" % n for n in range(_LAST)]


def hashes(first: int, count: int) -> list[int]:
    """Return 32 bits that look random for each of `count` numbers from `first` on.

    The CRC of their digits; that of their beginning is taken once for all that share it.
    """
    end = first + count
    found = [crc32(b"%d" % n) for n in range(first, min(end, _LAST))]
    at = max(first, _LAST)
    while at < end:
        head, tail = divmod(at, _LAST)
        some = _endings()[tail : tail + end - at]
        found += map(crc32, some, repeat(crc32(b"%d" % head)))
        at += len(some)
    return found


def sparse(hashed: Sequence[int], most: int, level: int = 0) -> int:
    """Return the lowest level from `level` on with at most so many: 2**32 >> level is above it."""
    while len(hashed) > most:
        level += 1
        bound = 1 << 32 >> level
        hashed = [each for each in hashed if each < bound]
    return level


HALVED = 8_000_000
"""Bytes of a source after which every doubling halves what its sample needs to look at."""


def least_level(start: int) -> int:
    """Return the level that an example at this byte offset needs, to be looked at at all.

    Otherwise a small sample of a large source would cost a look at all of it.
    """
    return (max(start, 0) // HALVED).bit_length()


@dataclass(frozen=True, slots=True)
class Thinned(Generic[T]):
    """All items up to `limit`, then every second, fourth, … of them. Size: O(limit).

    Which ones are kept depends on their ordinals only, so that merging in any grouping ends with
    the same sample: that of the lowest level at which no more than `limit` are left, or of the
    level that the caller begins at.
    """

    limit: int
    total: int = 0
    level: int = 0
    items: tuple[tuple[int, int, T], ...] = ()
    """Ordinal, level and item of each, in order."""

    @classmethod
    def of(
        cls, items: Iterable[tuple[int, int, T]], limit: int, total: int = -1, level: int = 0
    ) -> Thinned[T]:
        """Return the sample of `items`: ordinal, level and value of each, in order.

        Where the caller has left out those below `level`, `total` says how many there were.
        """
        every = tuple(items)
        total = len(every) if total < 0 else total
        return cls(limit, total, *_thin(_from(every, level), level, limit))

    def merge(self, other: Thinned[T]) -> Thinned[T]:
        """Return the sample of both."""
        level = max(self.level, other.level)
        items = _from(self.items, level) if self.level < level else self.items
        items += _from(other.items, level) if other.level < level else other.items
        return Thinned(self.limit, self.total + other.total, *_thin(items, level, self.limit))


def _from(items: tuple[tuple[int, int, T], ...], level: int) -> tuple[tuple[int, int, T], ...]:
    return tuple([item for item in items if item[1] >= level])


def _thin(
    items: tuple[tuple[int, int, T], ...], level: int, limit: int
) -> tuple[int, tuple[tuple[int, int, T], ...]]:
    while len(items) > limit and level < 64:
        level += 1
        items = _from(items, level)
    return level, items
