"""Splits: the lines of a dataset in a training and a validation file, so that nothing leaks.

Two passes: the first one folds what links examples (`ftlint.analyses.leakage`), the second copies
each line, byte for byte, to where `ftlint.similarity.division` puts its cluster.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from statistics import median_low

from ftlint.analyses.exchange import Exchanged
from ftlint.analyses.leakage import Leakage, neighbours, roots
from ftlint.console.foreign import nothing
from ftlint.console.output import check_new, staged
from ftlint.engine import Plan, lint_shard
from ftlint.error import FtlintError, SourceError, UsageError
from ftlint.executors import Executor, Serial, workers_told
from ftlint.partial import folded
from ftlint.similarity.division import Cluster, clustered, divide
from ftlint.similarity.duplicate import DuplicateIndex
from ftlint.similarity.neighbour import THRESHOLD, near_pairs
from ftlint.source import Dataset, Facts, Shard, Source, size
from ftlint.value import dataclass

BINS = 10
"""Ranges of lengths that are balanced, each with an equal part of the examples."""
ROUNDS = 8
"""Draws before it is given up."""
BIN = 50
"""Examples that a range of lengths has at least."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked for."""

    train: str
    validation: str
    share: float = 0.1
    """Share of the examples that is held out, in (0, 1)."""
    seed: int = 0
    force: bool = False
    """Whether files that are there may be replaced."""

    def check(self, sources: Sequence[Source]) -> None:
        """Find out what is impossible before anything is read. Raises: UsageError."""
        if not 0 < self.share < 1:
            raise UsageError(f"--share {self.share:g}: write a share between 0 and 1, as in 0.1")
        if os.path.realpath(self.train) == os.path.realpath(self.validation):
            raise UsageError(f"{self.train}: --train and --validation are the same file")
        for path in (self.train, self.validation):
            check_new(path, sources, self.force)


@dataclass(frozen=True, slots=True)
class Half:
    """One side of a split."""

    path: str
    examples: int
    lines: int
    """Lines that were copied: examples, and in training also what is none."""
    median: int
    """Characters of the example in the middle."""

    @classmethod
    def of(cls, path: str, lengths: Sequence[int], more: int = 0) -> Half:
        """Return the side with examples of these lengths and `more` lines."""
        return cls(path, len(lengths), len(lengths) + more, median_low(lengths))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a split has become."""

    asked: float
    """The share that was asked for."""
    seed: int
    train: Half
    validation: Half
    clusters: int
    """All clusters, also those of one example."""
    together: int
    """Examples in clusters of more than one."""
    largest: int
    labels: int
    """Labels of classification-like data; 0: ranges of lengths were balanced instead."""
    apart: float
    """Largest difference of the share of a label, or of a range of lengths, between the sides."""

    @property
    def share(self) -> float:
        """Return the share of the examples that is held out."""
        return self.validation.examples / (self.validation.examples + self.train.examples)


@dataclass(frozen=True, slots=True)
class Read:
    """What the first pass has found."""

    found: Exchanged
    index: DuplicateIndex
    strata: list[int]
    """The label of each example, or the range of its length."""
    labels: int
    facts: list[Facts]

    @property
    def lines(self) -> int:
        """Return the lines of all sources."""
        return self.facts[-1].first + self.facts[-1].lines


def split(
    sources: Sequence[Source],
    wish: Wish,
    executor: Executor | None = None,
    progress: Callable[[Shard], None] = lambda shard: None,
) -> Outcome:
    """Write both files and return what was done. Raises: FtlintError; then nothing is written."""
    wish.check(sources)
    read = _read(sources, executor or Serial(), progress)
    clusters, held = _sealed(read, wish)
    away = bytearray(read.lines)
    for index in held:
        away[read.found.ordinal(index)] = 1
    _copy(sources, away, read.facts, wish)
    return _outcome(read, clusters, held, wish)


def _read(sources: Sequence[Source], executor: Executor, progress: Callable[[Shard], None]) -> Read:
    """Return the examples with their clusters. Raises: SourceError, FtlintError."""
    leakage, dataset = Leakage(), Dataset(tuple(sources), workers=executor.jobs)
    steps = Plan((), analyses=(leakage,), size=size(sources))
    with workers_told():
        total = folded(executor.map(steps, lint_shard, _sound(dataset, progress)))
    for failure in total.failures.values():
        path = sources[failure.where.source].path
        raise FtlintError(f"{path}: examples cannot be compared: {failure.reason}")
    for facts in dataset.facts:
        if not facts.layout.lines:
            raise nothing([facts.source], "stands on a line of its own")
    found, index = leakage.linked(total.summaries, dataset)
    if not len(found):
        raise nothing(sources, "has texts to compare")
    strata, labels = _strata(found)
    return Read(found, index, strata, labels, dataset.facts)


def _sealed(read: Read, wish: Wish) -> tuple[list[Cluster], frozenset[int]]:
    """Return the clusters, and which examples are held out. Raises: FtlintError.

    Of many examples that are nearly alike not all pairs are compared, and which are depends on
    the order of the examples. So they are compared once more in the order in which the two files
    will be checked; what is then found to hang together is joined, and drawn again.
    """
    near = neighbours(read.found, read.index.pairs())
    for _ in range(ROUNDS):
        clusters = clustered(roots(read.found, near), read.strata, read.found.whole, wish.seed)
        held = divide(clusters, wish.share)
        _near_enough(clusters, len(held), wish)
        away = {read.found.ordinal(index) for index in held}
        order = sorted(read.index.leaders(), key=lambda number: (number in away, number))
        pairs = near_pairs(read.index, THRESHOLD, order)
        across = [pair for pair in pairs if (pair.left in away) != (pair.right in away)]
        if not across:
            return clusters, held
        for index, others in neighbours(read.found, across).items():
            near.setdefault(index, []).extend(others)
    raise FtlintError(
        f"near duplicates are still found between the splits after {ROUNDS} draws; another --seed "
        "or --share may do, or one example a template"
    )


def _sound(dataset: Dataset, progress: Callable[[Shard], None]) -> Iterator[Shard]:
    """Yield the shards. Raises: SourceError at a line that is too long to be copied."""
    for shard in dataset.shards():
        if shard.skipped:
            path = dataset.sources[shard.source].path
            raise SourceError(f"{path}: a line of {shard.skipped} bytes is too long to be split")
        yield shard
        progress(shard)


def _strata(found: Exchanged) -> tuple[list[int], int]:
    """Return the label of each example, or the range of its length; and how many labels."""
    sources = {found.source(index) for index in range(len(found))}
    if sources <= found.labelled:
        return list(found.answer), len(set(found.answer))
    lengths = [found.length(index) for index in range(len(found))]
    ranked = sorted(lengths)
    bins = max(1, min(BINS, len(ranked) // BIN))
    edges = [ranked[len(ranked) * at // bins] for at in range(1, bins)]
    return [bisect_right(edges, length) for length in lengths], 0


def _near_enough(clusters: Sequence[Cluster], held: int, wish: Wish) -> None:
    """Find out that the share cannot be had. Raises: FtlintError."""
    examples = sum(len(cluster.members) for cluster in clusters)
    largest = max(len(cluster.members) for cluster in clusters)
    if examples == 1:
        raise FtlintError("nothing can be held out: there is but one example")
    if len(clusters) == 1:
        raise FtlintError(
            f"nothing can be held out: all {examples} examples are linked into one cluster, by one "
            "prompt, near-duplicates or conversations that go on from one another"
        )
    if wish.share / 2 <= held / examples <= 2 * wish.share:
        return
    raise FtlintError(
        f"--share {wish.share:g} cannot be had: {examples} examples in {len(clusters)} clusters "
        f"(the largest has {largest}) give {held / examples:.3g} at the nearest, with something of "
        "every label left to train on; name another share or find more examples"
    )


def _copy(sources: Sequence[Source], away: bytearray, facts: list[Facts], wish: Wish) -> None:
    """Copy each line to its side. Raises: SourceError, UsageError; then nothing is written."""
    again = Dataset(tuple(sources))
    with staged([wish.train, wish.validation]) as files:
        for shard in again.shards():
            rows: tuple[list[bytes], list[bytes]] = ([], [])
            for ordinal, row in enumerate(shard.rows or (), shard.ordinal):
                if ordinal < len(away):
                    rows[away[ordinal]].append(row)
            for file, those in zip(files, rows, strict=True):
                file.write(b"".join([row + b"\n" for row in those]))
        for before, after in zip(facts, again.facts, strict=True):
            if before.sha256 != after.sha256:
                raise SourceError(f"{before.source.path}: has changed while it was read")


def _outcome(read: Read, clusters: Sequence[Cluster], held: frozenset[int], wish: Wish) -> Outcome:
    sides: tuple[list[int], list[int]] = ([], [])
    strata: tuple[Counter[int], Counter[int]] = (Counter(), Counter())
    for index, stratum in enumerate(read.strata):
        sides[index in held].append(read.found.length(index))
        strata[index in held][stratum] += 1
    shares = [{key: count / side.total() for key, count in side.items()} for side in strata]
    sizes = [len(cluster.members) for cluster in clusters]
    return Outcome(
        asked=wish.share,
        seed=wish.seed,
        train=Half.of(wish.train, sides[0], read.lines - len(read.strata)),
        validation=Half.of(wish.validation, sides[1]),
        clusters=len(clusters),
        together=sum(size for size in sizes if size > 1),
        largest=max(sizes),
        labels=read.labels,
        apart=max(abs(shares[0].get(key, 0) - shares[1].get(key, 0)) for key in set(read.strata)),
    )
