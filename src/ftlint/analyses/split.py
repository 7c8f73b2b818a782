"""Splits: summaries of sources put together by split, which is what people compare."""

from __future__ import annotations

from functools import reduce
from typing import Any, Generic, TypeVar

from ftlint.finding import Where
from ftlint.source import Dataset
from ftlint.summary import Groups
from ftlint.value import dataclass

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
