"""Digests of the messages of many examples at once, as `digest` has each; this loads numpy."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ftlint.features.spoken import Normal


def chained(normal: Normal, marks: array[int], step: int, voices: Mapping[str, int]) -> array[int]:
    """Return the digest of each message and all before it in its example.

    That is a sum over messages, each times a power of `step`; which is odd, so that powers can be
    divided by modulo 2**64, and all sums of a batch are parts of one.
    """
    ends = np.frombuffer(normal.ends, np.int64)
    many = np.diff(ends)
    place = np.arange(ends[-1]) - np.repeat(ends[:-1], many)
    longest = int(many.max(initial=0))
    each = np.array([voices[role] for role in normal.names], np.uint64)
    spoken = each[np.frombuffer(normal.voices, np.uint8)]
    spoken += np.frombuffer(marks, np.uint64)
    spoken *= _powers(pow(step, -1, 1 << 64), longest)[place]
    values = _powers(step, longest)[place] * _since(spoken, ends, many)
    values[values == 0] = 1
    if not all(normal.texts):
        filled = np.fromiter(map(bool, normal.texts), np.int64, len(normal.texts))
        values[_since(filled, ends, many) == 0] = 0
    return array("Q", values.tobytes())


def before(values: array[int], starts: array[int], ends: array[int]) -> array[int]:
    """Return the digest of all before each of `ends`, 0 where that is where an example starts."""
    first, at = np.frombuffer(starts, np.int64)[: len(ends)], np.frombuffer(ends, np.int64)
    found = np.frombuffer(values, np.uint64)[at - 1]
    found[at == first] = 0
    return array("Q", found.tobytes())


def _powers(base: int, many: int) -> NDArray[np.uint64]:
    """Return the powers of `base` modulo 2**64, from the one of 0 on."""
    powers = np.full(many + 1, base, np.uint64)
    powers[0] = 1
    return np.cumprod(powers)


def _since(each: NDArray[Any], ends: NDArray[np.int64], many: NDArray[np.int64]) -> NDArray[Any]:
    """Return for each message the sum of `each` of it and of those before in its example."""
    total = np.concatenate([np.zeros(1, each.dtype), np.cumsum(each, dtype=each.dtype)])
    since: NDArray[Any] = total[1:] - np.repeat(total[ends[:-1]], many)
    return since
