"""Levels of many ordinals by numpy: `ftlint.sample.level_of` says what they are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

_HALF = np.uint64(32)


def reaching(first: int, count: int, least: int) -> Iterator[tuple[int, int]]:
    """Yield those of `count` ordinals from `first` on whose level is `least` or more, with it.

    Products of 64 bits lose what is beyond them.
    """
    z = np.arange(first + 1, first + count + 1, dtype=np.uint64)
    z *= np.uint64(0x9E3779B97F4A7C15)
    z ^= z >> _HALF
    z *= np.uint64(0xD6E8FEB86659FD93)
    z ^= z >> _HALF
    lowest = z & (~z + np.uint64(1))
    levels = np.where(z == 0, 64, np.frexp(lowest.astype(np.float64))[1] - 1)
    found = np.flatnonzero(levels >= least)
    return zip((found + first).tolist(), levels[found].tolist(), strict=True)
