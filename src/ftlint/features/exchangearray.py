"""Exchanges of many examples at once, as `exchange` has each; this loads numpy."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftlint.example import Batch
from ftlint.features.digest import NONE, Digest, Upto, odd, prompted, upto
from ftlint.features.exchange import ASKING, trained
from ftlint.features.spoken import Normal

Ints = NDArray[np.int64]
Marks = NDArray[np.uint64]


class Earlier(NamedTuple):
    """What stands before the last answers, one item an earlier answer, by example."""

    example: Ints
    mark: Marks
    length: Ints


class Exchanged(NamedTuple):
    """The fields of the exchanges, one item an example that has messages."""

    example: Ints
    prompt: Marks
    answer: Marks
    spoken: Ints
    whole: Marks
    length: Ints
    earlier: Earlier


def exchanged(batch: Batch) -> Exchanged:
    """Return the exchanges of a batch."""
    digests = upto(batch)
    normal = digests.normal
    ends = np.frombuffer(normal.ends, np.int64)
    first, end = ends[:-1], ends[1:]
    index = np.flatnonzero(end > first)
    last = np.frombuffer(normal.answers, np.int64)
    at, prompts = _answered(batch, digests, last)
    sizes = np.frombuffer(normal.sizes, np.int64)
    filled = np.ones(len(sizes), bool)
    if not all(normal.texts):
        filled = np.fromiter(map(bool, normal.texts), bool, len(sizes))
    voices = np.frombuffer(normal.voices, np.uint8)
    asking = filled & np.array([role in ASKING for role in normal.names])[voices]
    asks = (at < end) | (last == end)  # else all answers have weight 0
    prompts[~asks | (_sum(asking, first, at) == 0)] = NONE
    marks = np.frombuffer(digests.marks, np.uint64).copy()
    marks[marks == 0] = 1
    marks[~filled] = NONE
    # One more, for examples without an answer.
    marks, spoken = np.append(marks, np.zeros(1, np.uint64)), np.append(sizes, 0)
    taken = np.where(at < end, at, len(sizes))
    whole, earlier = _whole(normal, np.frombuffer(digests.values, np.uint64), index, last)
    return Exchanged(
        index,
        prompts[index],
        marks[taken][index],
        spoken[taken][index],
        whole[index],
        _sum(sizes, first, end)[index],
        earlier,
    )


def _answered(batch: Batch, digests: Upto, last: Ints) -> tuple[Ints, Marks]:
    """Return the place of the answer of each example, and the digest of what is read before."""
    at = last.copy()
    prompts = np.array(batch.column(Digest("prompt", normal=True)), np.uint64)
    ends = digests.normal.ends
    for index in odd(batch):
        if ends[index] < ends[index + 1]:
            place = ends[index] + trained(batch, index)
            if place != last[index]:
                at[index] = place
                value = digests.values[place - 1] if place > ends[index] else NONE
                prompts[index] = prompted(value, batch.example(index))
    return at, prompts


def _whole(normal: Normal, values: Marks, index: Ints, last: Ints) -> tuple[Marks, Earlier]:
    """Return the digests up to the last answers, or of all, and those up to earlier ones."""
    ends = np.frombuffer(normal.ends, np.int64)
    place = np.minimum(last, ends[1:] - 1)
    whole = np.zeros(len(last), np.uint64)
    whole[index] = values[place[index]]
    assistant = np.array([role == "assistant" for role in normal.names])
    answers = assistant[np.frombuffer(normal.voices, np.uint8)]
    answers[place[index]] = False
    earlier = np.flatnonzero(answers)
    which = np.searchsorted(ends[1:], earlier, "right")
    if not len(earlier):
        return whole, Earlier(which, values[earlier], earlier)
    sizes = np.fromiter(map(len, normal.texts), np.int64, len(normal.texts))
    return whole, Earlier(which, values[earlier], _sum(sizes, ends[which], earlier + 1))


def _sum(each: NDArray[Any], first: Ints, end: Ints) -> Ints:
    """Return the sum of `each` from `first` up to `end`."""
    total = np.concatenate([np.zeros(1, np.int64), np.cumsum(each, dtype=np.int64)])
    found: Ints = total[end] - total[first]
    return found
