"""Order: which texts are scored first when time or number is short, and what that says of all.

The most suspicious ones go first, by triage, and between them a random sample of all. What the
ranking did not reach is then known from the sample: shares have an interval.
"""

from __future__ import annotations

from collections.abc import Sequence

from ftlint.statistics.interval import wilson
from ftlint.value import dataclass

ROUND = 256
"""Texts of a round: time is looked at, and scores are kept, after each."""
SAMPLED = 4
"""Every so manieth text of a round is one of the random sample."""


@dataclass(frozen=True, slots=True)
class Order:
    """The indices of texts in the order of scoring. Size: O(texts)."""

    texts: list[int]
    rank: list[int]
    """By index: the place in the ranking, 0 for the most suspicious."""


def ranked(suspicion: Sequence[float], keys: Sequence[bytes]) -> Order:
    """Return the order of texts: three from the ranking, then one of a random sample.

    Hashes of the texts draw the sample, so that it depends on nothing else.
    """
    every = range(len(keys))
    # Among equals in an order of its own: else it and the sample would be the same texts.
    worst = sorted(every, key=lambda at: (-suspicion[at], keys[at][::-1]))
    rank = [0] * len(keys)
    for place, at in enumerate(worst):
        rank[at] = place
    sources = iter(worst), iter(sorted(every, key=lambda at: keys[at]))
    seen = bytearray(len(keys))
    order: list[int] = []
    while len(order) < len(keys):
        at = next(at for at in sources[_sampled(len(order))] if not seen[at])
        seen[at] = 1
        order.append(at)
    return Order(order, rank)


def _sampled(place: int) -> bool:
    return place % SAMPLED == SAMPLED - 1


@dataclass(frozen=True, slots=True)
class Estimate:
    """The share of toxic texts among all, from those that were scored."""

    share: float
    low: float
    high: float
    """Ends of the 95 % interval."""
    sampled: int
    """Texts of the random sample that speak for those that were not scored."""


def estimate(order: Order, done: int, toxic: Sequence[bool]) -> Estimate | None:
    """Return the estimate after the first `done` texts; `toxic` is by index. None: no sample.

    Down to where the ranking was followed, every text was scored. Those of the sample that lie
    beyond are a random sample of all that lie there.
    """
    many, scored = len(order.texts), order.texts[:done]
    if done >= many:
        share = sum(toxic) / many if many else 0.0
        return Estimate(share, share, share, 0)
    deep = max((order.rank[at] for n, at in enumerate(scored) if not _sampled(n)), default=-1)
    known = sum(toxic[at] for at in scored if order.rank[at] <= deep)
    drawn = [toxic[at] for at in scored if order.rank[at] > deep]
    rest, found = many - deep - 1, sum(drawn)
    if not drawn:
        return None
    low, high = wilson(found, len(drawn))
    # What was seen in the sample is known as well.
    ends = (max(low, found / rest), min(high, 1 - (len(drawn) - found) / rest))
    share, least, most = ((known + rest * part) / many for part in (found / len(drawn), *ends))
    return Estimate(share, least, most, len(drawn))
