"""Sizing: how large the shards of a dataset are cut, which changes no report."""

from __future__ import annotations

from collections.abc import Callable

SHARD = 8 << 20
"""Bytes in a shard: large enough that starting a task costs nothing beside it."""
LEAST = 512 << 10
"""Bytes in the last shards that workers share."""

Sizes = Callable[[int], int]
"""Bytes of the next shard by those of its source that have been read, as stored."""


def sizes(most: int, workers: int, left: int) -> Sizes:
    """Return the sizes of shards for so many processes, with `left` bytes from the source on.

    Each takes its part of half of what is left (Polychronopoulos and Kuck 1987), so that the last
    ones are small and all processes end together.
    """
    if workers < 2:
        return lambda seen: most
    return lambda seen: max(min((left - seen) // (2 * workers), most), min(LEAST, most))
