"""Analyses: what rules and the report want to know of all examples, folded once for all of them.

A feature is to a batch what an analysis is to a dataset: the engine folds each one once, however
many rules ask, and concludes it once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from ftlint.summary import Summary
from ftlint.value import dataclass

if TYPE_CHECKING:
    from ftlint.example import Batch
    from ftlint.source import Dataset

S = TypeVar("S", bound=Summary)
R = TypeVar("R")


@dataclass(frozen=True)
class Analysis(Generic[S, R]):
    """A frozen dataclass whose fields are its options; equal ones are folded once."""

    measure: ClassVar[str] = ""
    """The key under `measures` of its figures; none: it has no figures of its own."""
    long: ClassVar[bool] = False
    """Whether it takes long to find out what is asked of its result: see `thought`."""
    arrays: ClassVar[bool] = False
    """Whether much data is folded with numpy, which is then imported before the first batch."""

    def covers(self, other: Analysis[Any, Any]) -> bool:
        """Return whether this one's result serves whoever asks for `other`, which is not folded."""
        return self == other

    def summarize(self, batch: Batch) -> S:
        """Return the mergeable summary of one batch."""
        raise NotImplementedError

    def conclude(self, summary: S, dataset: Dataset) -> R:
        """Return what the summary of all examples shows."""
        raise NotImplementedError

    def thought(self, result: R) -> Any:
        """Return what was found out about the result of a `long` one, to be pickled."""
        return None

    def hear(self, result: R, thought: Any) -> None:
        """Let a result know what another process has found out about its equal."""

    def rows(self, result: R, dataset: Dataset) -> Mapping[str, Mapping[int, Any]]:
        """Return columns of the table of examples that only the whole dataset shows.

        By name, then by ordinal; an example that is not there has no value. They are asked for
        with the table, never in a run that shows none.
        """
        return {}

    def figures(self, result: R, dataset: Dataset) -> dict[str, Any]:
        """Return what the report states under `measure`, JSON values only."""
        return {}

    def glance(self, result: R, dataset: Dataset) -> dict[str, Any]:
        """Return `figures` for outputs that show few: they may lack what only JSON states."""
        return self.figures(result, dataset)


@dataclass(frozen=True, slots=True)
class Joined:
    """The summaries of several analyses. Size: theirs."""

    of: tuple[Any, ...]

    def merge(self, other: Joined) -> Joined:
        """Return the summaries of both."""
        pairs = zip(self.of, other.of, strict=True)
        return Joined(tuple(mine.merge(theirs) for mine, theirs in pairs))


@dataclass(frozen=True)
class Derived(Analysis[Joined, R]):
    """What follows from the results of other analyses; a run folds those once, and nothing more."""

    @property
    def parts(self) -> tuple[Analysis[Any, Any], ...]:
        """Return the others; none of them is derived itself."""
        raise NotImplementedError

    def combine(self, results: Sequence[Any], dataset: Dataset) -> R:
        """Return what the results of the others show together."""
        raise NotImplementedError

    def summarize(self, batch: Batch) -> Joined:
        """Return the summaries of the others, for who asks outside of a run."""
        return Joined(tuple(part.summarize(batch) for part in self.parts))

    def conclude(self, summary: Joined, dataset: Dataset) -> R:
        """Return what the summaries of the others show together."""
        pairs = zip(self.parts, summary.of, strict=True)
        return self.combine([part.conclude(each, dataset) for part, each in pairs], dataset)
