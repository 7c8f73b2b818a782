"""Splits: summaries of sources put together by split, which is what people compare."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any, Generic, TypeVar

from ftlint.finding import Where
from ftlint.source import Dataset
from ftlint.summary import Groups

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Part(Generic[S]):
    """What is known of one split; `where` is its file, or the dataset if it has several."""

    split: str
    where: Where
    of: S


def by_split(groups: Groups[int], dataset: Dataset) -> list[Part[Any]]:
    """Return the summaries of `groups`, by index of the source, merged split by split."""
    splits: dict[str, list[int]] = {}
    for source in sorted(groups.of):
        splits.setdefault(dataset.sources[source].split, []).append(source)
    parts = []
    for split, sources in splits.items():
        merged = reduce(lambda a, b: a.merge(b), (groups.of[source] for source in sources))
        where = Where(sources[0]) if len(sources) == 1 else Where()
        parts.append(Part(split, where, merged))
    return parts


def wilson(count: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of the share `count / total` (Wilson 1927); (0, 1) of nothing."""
    if not total:
        return 0.0, 1.0
    z = 1.959963984540054  # the 97.5 % quantile of the normal distribution
    share, weight = count / total, z * z / total
    middle = (share + weight / 2) / (1 + weight)
    half = z * ((share * (1 - share) + weight / 4) / total) ** 0.5 / (1 + weight)
    # The ends are 0 and 1 exactly when nothing or everything counts; rounding misses them.
    low = 0.0 if count == 0 else middle - half
    return low, 1.0 if count == total else middle + half
