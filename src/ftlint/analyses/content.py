"""Content: digests of every example, by which two datasets are compared."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping
from dataclasses import field

from ftlint.analysis import Analysis
from ftlint.example import Batch
from ftlint.features.digest import NONE, Digest
from ftlint.source import Dataset
from ftlint.value import dataclass


def _empty() -> array[int]:
    return array("Q")


@dataclass(frozen=True, slots=True)
class Contents:
    """Digests of whole examples and of their prompts. Size: 16 bytes an example."""

    examples: array[int] = field(default_factory=_empty)
    prompts: array[int] = field(default_factory=_empty)

    @property
    def none(self) -> bool:
        """Return whether no line is an example."""
        return self.examples.count(NONE) == len(self.examples)

    def merge(self, other: Contents) -> Contents:
        """Return the digests of both, in order."""
        return Contents(self.examples + other.examples, self.prompts + other.prompts)


@dataclass(frozen=True)
class Digests(Analysis[Contents, Contents]):
    """The digests of all lines, in order; `NONE` of those that are no examples."""

    def summarize(self, batch: Batch) -> Contents:
        """Return the digests of a batch."""
        example, prompt = batch.column(Digest("example")), batch.column(Digest("prompt"))
        return Contents(array("Q", example), array("Q", prompt))

    def conclude(self, summary: Contents, dataset: Dataset) -> Contents:
        """Return the digests of all examples."""
        return summary


@dataclass(frozen=True, slots=True)
class Change:
    """How many examples were kept, given another answer, added and removed."""

    kept: int
    answered: int
    """Examples with the prompt of one that was removed and another answer."""
    added: int
    removed: int

    @classmethod
    def between(cls, old: Contents, new: Contents) -> Change:
        """Return the change, where examples that stand more than once count as often."""
        before, after = _counted(old.examples), _counted(new.examples)
        kept = sum((before & after).values())
        gone, come = _prompts(old, before - after), _prompts(new, after - before)
        answered = sum((gone & come).values())
        added, removed = after.total() - kept - answered, before.total() - kept - answered
        return cls(kept, answered, added, removed)


def _counted(digests: array[int]) -> Counter[int]:
    counts = Counter(digests)
    del counts[NONE]
    return counts


def _prompts(contents: Contents, left: Mapping[int, int]) -> Counter[int]:
    """Return the prompts of as many of the examples as `left` says of each."""
    budget, prompts = dict(left), Counter[int]()
    for example, prompt in zip(contents.examples, contents.prompts, strict=True):
        if budget.get(example, 0) > 0:
            budget[example] -= 1
            if prompt != NONE:
                prompts[prompt] += 1
    return prompts
