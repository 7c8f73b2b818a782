"""Counting for plans: one pass over the shards makes a mergeable summary of each source."""

from __future__ import annotations

import sys
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from hashlib import blake2b
from itertools import chain

from ftlint.analyses.tokens import TokenSummary
from ftlint.analysis import Analysis
from ftlint.engine import Partial, Plan, lint_shard
from ftlint.error import FtlintError
from ftlint.example import Batch, Example
from ftlint.executors import Processes, Serial
from ftlint.features.tokens import USUAL, Meter
from ftlint.session import PARALLEL, cores, size, workers_told
from ftlint.source import Dataset, Source
from ftlint.summary import Counts, Groups

_MARK = 3
"""Numbers in a mark."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a plan needs to know of some examples. Size: O(distinct lengths) + 24 bytes each."""

    tokens: TokenSummary = field(default_factory=TokenSummary)
    trained: Counts[int] = field(default_factory=Counts)
    """How many examples have each number of trained tokens."""
    marks: tuple[array[int], ...] = ()
    """A batch each: hash of the line, hash of the system prompt (0 for none) and length."""
    lines: int = 0
    """Lines that are not blank, with or without messages."""

    @classmethod
    def of(cls, batch: Batch, tokens: Meter) -> Seen:
        """Return what is to be known of `batch`."""
        totals = tokens.totals(batch)
        found = [index for index, length in enumerate(totals.lengths) if length]
        numbers = ((*_hashes(batch.example(i)), totals.lengths[i]) for i in found)
        return cls(
            TokenSummary.of(batch, totals),
            Counts.tally(totals.trained[index] for index in found),
            (array("Q", chain.from_iterable(numbers)),),
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

    def copies(self) -> Counts[int]:
        """Return the lengths of the examples whose bytes were seen before."""
        known: set[int] = set()
        lengths: Counter[int] = Counter()
        for part in self.marks:
            for mark, length in zip(part[::_MARK], part[2::_MARK], strict=True):
                if mark in known:
                    lengths[length] += 1
                known.add(mark)
        return Counts(dict(lengths))

    def same_system(self) -> int:
        """Return how many examples have the commonest system prompt."""
        prompts: Counter[int] = Counter()
        for part in self.marks:
            prompts.update(part[1::_MARK])
        del prompts[0]
        return max(prompts.values(), default=0)


def _hashes(example: Example) -> tuple[int, int]:
    """Return 64 bits of the line without space around it, and of its system prompt."""
    first = next(iter(example.messages), None)
    system = first is not None and first.role in ("system", "developer")
    prompt = "\n".join(text.value for text in first.texts()) if system and first else ""
    return _hash(example.line.raw.strip()), _hash(prompt.encode()) if prompt else 0


def _hash(data: bytes) -> int:
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "big")


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


def count(sources: Sequence[Source], tokens: Meter, jobs: int = 0) -> dict[str, Seen]:
    """Return what is seen in each split. Raises: SourceError, FtlintError."""
    many = size(sources)
    jobs = jobs or (cores() if many >= PARALLEL else 1)
    executor = Processes(jobs) if jobs > 1 else Serial()
    counting = Counting(tokens)
    # Nothing here is spared by a proof that an example is clean.
    steps = Plan((), analyses=(counting,), size=many, proof_from=sys.maxsize)
    dataset = Dataset(tuple(sources))
    with workers_told():
        shards = executor.map(steps, lint_shard, dataset.shards())
        total = reduce(Partial.merge, shards, Partial())
    for failure in total.failures.values():
        path = sources[failure.where.source].path
        raise FtlintError(f"{path}: tokens cannot be counted: {failure.reason}")
    return split_of(total.summaries.get(counting, Groups()), sources)


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
class Waste:
    """Examples that are paid for and teach little; `tokens` are billed in one epoch."""

    examples: int = 0
    tokens: int = 0


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
    copies: Waste
    """Examples whose bytes are those of an earlier one."""
    same_system: float
    """Share of the examples with the commonest system prompt."""
    validation_examples: int
    validation_tokens: int

    @classmethod
    def of(cls, train: Seen, validation: Seen, limit: int | None) -> Counted:
        """Return the figures of both splits."""
        tokens, examples = train.tokens, train.tokens.examples
        above = 0 if limit is None else tokens.above(limit)
        copies = TokenSummary(train.copies())
        return cls(
            examples=examples,
            left_out=train.lines - examples,
            tokens=Spread.of(tokens.lengths),
            trained=Spread.of(train.trained),
            estimated=tokens.estimated,
            limit=limit,
            kept=tokens.billed(limit),
            cut=Waste(above, above * (limit or 0)),
            copies=Waste(copies.examples, copies.billed(limit)),
            same_system=train.same_system() / examples if examples else 0,
            validation_examples=validation.tokens.examples,
            validation_tokens=validation.tokens.billed(limit),
        )

    @property
    def lost(self) -> int:
        """Return the tokens that are cut off."""
        return self.tokens.total - self.kept
