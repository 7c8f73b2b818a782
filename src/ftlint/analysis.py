"""Analyses: what rules and the report want to know of all examples, folded once for all of them.

A feature is to a batch what an analysis is to a dataset: the engine folds each one once, however
many rules ask, and concludes it once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

if TYPE_CHECKING:
    from ftlint.example import Batch
    from ftlint.source import Dataset

S = TypeVar("S")
R = TypeVar("R")


@dataclass(frozen=True)
class Analysis(Generic[S, R]):
    """A frozen dataclass whose fields are its options; equal ones are folded once."""

    measure: ClassVar[str] = ""
    """The key under `measures` of its figures; none: it has no figures of its own."""

    def summarize(self, batch: Batch) -> S:
        """Return the mergeable summary of one batch."""
        raise NotImplementedError

    def conclude(self, summary: S, dataset: Dataset) -> R:
        """Return what the summary of all examples shows."""
        raise NotImplementedError

    def rows(self, result: R, dataset: Dataset) -> Mapping[str, Mapping[int, Any]]:
        """Return columns of the table of examples that only the whole dataset shows.

        By name, then by ordinal; an example that is not there has no value. They are asked for
        with the table, never in a run that shows none.
        """
        return {}

    def figures(self, result: R, dataset: Dataset) -> dict[str, Any]:
        """Return what the report states under `measure`, JSON values only."""
        return {}
