"""Counting for plans: one pass over the shards makes a mergeable summary of each source."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from hashlib import blake2b

from ftlint.analyses.tokens import TokenSummary
from ftlint.analyses.waste import DuplicateCost, Priced, Waste
from ftlint.analysis import Analysis
from ftlint.engine import Plan, lint_shard
from ftlint.error import FtlintError
from ftlint.example import Batch, Example, Lines
from ftlint.executors import workers, workers_told
from ftlint.features.tokens import USUAL, Meter
from ftlint.partial import folded
from ftlint.similarity.duplicate import WAYS, Way
from ftlint.source import Dataset, Source, size
from ftlint.summary import Counts, Groups
from ftlint.value import dataclass


@dataclass(frozen=True, slots=True)
class Seen:
    """What a plan needs to know of some examples. Size: O(distinct lengths) + 8 bytes each."""

    tokens: TokenSummary = field(default_factory=TokenSummary)
    trained: Counts[int] = field(default_factory=Counts)
    """How many examples have each number of trained tokens."""
    marks: tuple[array[int], ...] = ()
    """A batch each: the hashes of system prompts, 0 for none."""
    lines: int = 0
    """Lines that are not blank, with or without messages."""

    @classmethod
    def of(cls, batch: Batch, tokens: Meter) -> Seen:
        """Return what is to be known of `batch`."""
        totals = tokens.totals(batch)
        found = [index for index, length in enumerate(totals.lengths) if length]
        return cls(
            TokenSummary.of(batch, totals),
            Counts.tally(totals.trained[index] for index in found),
            (array("Q", map(_hashed(batch), found)),),
            batch.filled,
        )

    def merge(self, other: Seen) -> Seen:
        """Return what is to be known of both."""
        return Seen(
            self.tokens.merge(other.tokens),
            self.trained.merge(other.trained),
            self.marks + other.marks,  # joined, not added up: to copy sets would be quadratic
            self.lines + other.lines,
        )

    def same_system(self) -> int:
        """Return how many examples have the commonest system prompt."""
        prompts: Counter[int] = Counter()
        for part in self.marks:
            prompts.update(part)
        del prompts[0]
        return max(prompts.values(), default=0)


def _hashed(batch: Batch) -> Callable[[int], int]:
    """Return what tells 64 bits of the system prompt of an example; each is hashed once."""
    known = {"": 0}
    plain = batch.plain or [None] * len(batch)

    def mark(index: int) -> int:
        if said := plain[index]:
            (first, *_), texts = said
            prompt = texts[0] if first in _SYSTEM else ""
        else:
            prompt = _system(batch.example(index))
        if prompt not in known:
            data = prompt.encode("utf-8", "surrogatepass")
            known[prompt] = int.from_bytes(blake2b(data, digest_size=8).digest(), "big")
        return known[prompt]

    return mark


_SYSTEM = ("system", "developer")


def _system(example: Example) -> str:
    """Return the system prompt of an example, empty for none."""
    first = next(iter(example.messages), None)
    system = first is not None and first.role in _SYSTEM
    return "\n".join(text.value for text in first.texts()) if system and first else ""


@dataclass(frozen=True)
class Counting(Analysis[Groups[int], Groups[int]]):
    """Every example counted, by source."""

    tokens: Meter = USUAL

    def summarize(self, batch: Batch) -> Groups[int]:
        """Return what was seen, by source."""
        if not len(batch):
            return Groups()
        return Groups({batch.source: Seen.of(batch, self.tokens)})

    def conclude(self, summary: Groups[int], dataset: Dataset) -> Groups[int]:
        """Return the summary."""
        return summary


@dataclass(frozen=True)
class Survey:
    """What a plan knows of its files."""

    seen: Mapping[str, Seen]
    """What is seen in each split."""
    copies: Priced
    """Which examples are copies, and how many tokens each has."""


def count(sources: Sequence[Source], tokens: Meter, jobs: int = 0) -> Survey:
    """Return what is seen in all sources. Raises: SourceError, FtlintError."""
    counting, cost = Counting(tokens), DuplicateCost(tokens)
    steps = Plan((), analyses=(counting, cost), size=size(sources))
    executor = workers(sources, jobs)
    dataset = Dataset(tuple(sources), workers=executor.jobs)
    with workers_told():
        shards = executor.map(steps, lint_shard, dataset.shards())
        total = folded(shards)
    for failure in total.failures.values():
        path = sources[failure.where.source].path
        raise FtlintError(f"{path}: tokens cannot be counted: {failure.reason}")
    parts = [
        part.conclude(total.summaries.get(part, part.summarize(Batch(Lines(0, 0, [])))), dataset)
        for part in cost.parts
    ]
    seen = split_of(total.summaries.get(counting, Groups()), sources)
    return Survey(seen, cost.combine(parts, dataset))


def split_of(groups: Groups[int], sources: Sequence[Source]) -> dict[str, Seen]:
    """Return what is seen in each split, from what is seen in each source."""
    found = {"train": Seen(), "validation": Seen()}
    for index, seen in sorted(groups.of.items()):
        split = sources[index].split
        found[split] = found[split].merge(seen)
    return found


@dataclass(frozen=True, slots=True)
class Spread:
    """Tokens of some examples: their sum, and those of one example by nearest rank."""

    total: int
    p5: int
    p50: int
    p95: int
    max: int

    @classmethod
    def of(cls, lengths: Counts[int]) -> Spread:
        """Return the spread of `lengths`."""
        summary = TokenSummary(lengths)
        ranks = (summary.quantile(share) for share in (0.05, 0.5, 0.95, 1))
        return cls(summary.total, *ranks)


@dataclass(frozen=True, slots=True)
class Counted:
    """What the data of a plan has, cut at `limit` tokens an example."""

    examples: int
    left_out: int
    """Lines without a list of messages."""
    tokens: Spread
    trained: Spread
    estimated: int
    limit: int | None
    kept: int
    """Tokens that are left of all examples when each is cut."""
    cut: Waste
    copies: Mapping[Way, Waste]
    """Examples that are copies of earlier ones, by kind; each counts once."""
    same_system: float
    """Share of the examples with the commonest system prompt."""
    validation_examples: int
    validation_tokens: int

    @classmethod
    def of(
        cls, train: Seen, validation: Seen, limit: int | None, copies: Priced | None = None
    ) -> Counted:
        """Return the figures of both splits; without `copies` none are known of."""
        tokens, examples = train.tokens, train.tokens.examples
        above = 0 if limit is None else tokens.above(limit)
        return cls(
            examples=examples,
            left_out=train.lines - examples,
            tokens=Spread.of(tokens.lengths),
            trained=Spread.of(train.trained),
            estimated=tokens.estimated,
            limit=limit,
            kept=tokens.billed(limit),
            cut=Waste(above, above * (limit or 0)),
            copies={way: copies.wasted(way, limit) if copies else Waste() for way in WAYS},
            same_system=train.same_system() / examples if examples else 0,
            validation_examples=validation.tokens.examples,
            validation_tokens=validation.tokens.billed(limit),
        )

    @property
    def lost(self) -> int:
        """Return the tokens that are cut off."""
        return self.tokens.total - self.kept
