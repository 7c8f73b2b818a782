"""Augmenting: counterfactual twins of a dataset's examples, written to a file of their own.

One pass finds who is named and what has a twin; with `--balance` a second one writes the few that
bring a skew within its bound. Of each line only the words that change are written anew.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import field
from math import ceil
from typing import Any, BinaryIO

from ftlint import __version__
from ftlint.afterwards.splice import Habits
from ftlint.console.foreign import foreign
from ftlint.console.output import check_new, staged
from ftlint.error import SourceError, UsageError
from ftlint.example import Batch, Example
from ftlint.features.language import SURE, guess
from ftlint.features.lexicon import scanner_of
from ftlint.features.turns import TURNS
from ftlint.pointer import inside, locate
from ftlint.source import Dataset, Facts, Shard, Source
from ftlint.twin.reader import Change
from ftlint.twin.swap import Swap, swap
from ftlint.twin.table import Table, table
from ftlint.value import dataclass

VERSION = 1
"""Of the form of a manifest."""
BATCH = 1024
TOOLS = "tools"
"""Reason why an example is left, besides those of `ftlint.twin.swap`."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked for."""

    counterfactual: str
    """The axis."""
    output: str
    pair: tuple[str, ...] = ()
    """Groups that trade places, as `christian:muslim`; none: the usual ones of the axis."""
    balance: float | None = None
    """Largest skew between the groups of a pair, in [0, 1); None writes every twin."""
    with_data: bool = False
    """Whether the examples are written as well, each before its twin."""
    force: bool = False

    @property
    def manifest(self) -> str:
        """Return where the manifest is written."""
        return f"{self.output}.manifest.json"

    def table(self) -> Table:
        """Return what swaps. Raises: UsageError."""
        pairs = []
        for words in self.pair:
            one, colon, other = words.partition(":")
            if not colon:
                raise UsageError(f"--pair {words}: write two groups, as in christian:muslim")
            pairs.append((one, other))
        return table(self.counterfactual, tuple(pairs))

    def check(self, sources: Sequence[Source]) -> None:
        """Find out what is impossible before anything is read. Raises: UsageError."""
        if self.balance is not None and not 0 <= self.balance < 1:
            raise UsageError(f"--balance {self.balance:g}: write a number from 0 to below 1")
        for path in (self.output, self.manifest):
            check_new(path, sources, self.force)


@dataclass(frozen=True, slots=True)
class Skew:
    """How often the two groups of a pair are named: in the data, and with the twins."""

    pair: tuple[str, str]
    before: tuple[int, int]
    after: tuple[int, int]

    @staticmethod
    def of(counts: tuple[int, int]) -> float:
        """Return the difference as a share of both, from -1 to 1; 0 where there is nothing."""
        return (counts[0] - counts[1]) / sum(counts) if sum(counts) else 0.0


@dataclass(slots=True)
class Outcome:
    """What an augmentation has become."""

    axis: str
    pairs: tuple[tuple[str, str], ...]
    output: str
    manifest: str
    balance: float | None
    examples: int = 0
    named: int = 0
    """Examples with a word of the axis."""
    possible: int = 0
    """Examples that have a twin."""
    twins: list[dict[str, int]] = field(default_factory=list)
    """Of each twin its line, the source and line of its original, and how many words changed."""
    left: Counter[str] = field(default_factory=Counter)
    """Why examples with a word of the axis have no twin."""
    foreign: Counter[str] = field(default_factory=Counter)
    """Examples in other languages than English, by language: none of them has a twin."""
    skews: list[Skew] = field(default_factory=list)
    written: bool = False
    """Whether there was anything to write."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """An example with a word of the axis."""

    example: Example
    swap: Swap


def augment(
    sources: Sequence[Source],
    wish: Wish,
    progress: Callable[[Shard], None] = lambda shard: None,
) -> Outcome:
    """Write twins and manifest, if there is a twin; return what was done.

    Raises: FtlintError; then nothing is written.
    """
    wish.check(sources)
    swaps = wish.table()
    outcome = Outcome(swaps.axis, swaps.pairs, wish.output, wish.manifest, wish.balance)
    facts: list[Facts] = []
    chosen: frozenset[int] | None = None
    if wish.balance is not None:
        chosen = _chosen(sources, swaps, wish.balance, progress)
    with suppress(_NothingToWriteError), staged([wish.output, wish.manifest]) as (file, manifest):
        digest = _write(sources, swaps, wish, chosen, file, outcome, facts, progress)
        if not outcome.twins:
            _check_readable(sources)
            if not wish.with_data:
                raise _NothingToWriteError
        manifest.write(_manifest(outcome, facts, digest))
        outcome.written = True
    return outcome


class _NothingToWriteError(Exception):
    """No example has a twin; raised so that no file appears."""


def _check_readable(sources: Sequence[Source]) -> None:
    """Find out that a file holds no lines of JSON. Raises: SourceError."""
    for told in filter(None, map(foreign, sources)):
        raise SourceError(told)


def _chosen(
    sources: Sequence[Source], swaps: Table, bound: float, progress: Callable[[Shard], None]
) -> frozenset[int]:
    """Return the ordinals of the fewest examples whose twins bring each skew within `bound`.

    A twin of an example that names one group of a pair adds one to the other group; no twin adds
    more. Which of them are taken is drawn by a hash of their lines, never by their order.
    """
    counts: Counter[str] = Counter()
    single: dict[str, list[tuple[bytes, int]]] = {}
    dataset = Dataset(tuple(sources))
    for shard in dataset.shards():
        for batch in _batches(shard):
            for seen in _seen(batch, swaps):
                counts.update(seen.swap.groups)
                if seen.swap.changes and len(seen.swap.groups) == 1:
                    drawn = hashlib.blake2b(seen.example.line.raw, digest_size=8).digest()
                    entry = (drawn, seen.example.line.ordinal)
                    single.setdefault(min(seen.swap.groups), []).append(entry)
        progress(shard)
    chosen: list[int] = []
    for pair in swaps.pairs:
        more, less = sorted(pair, key=lambda group: -counts[group])
        needed = fewest(counts[more], counts[less], bound)
        chosen += [ordinal for _, ordinal in sorted(single.get(more, []))[:needed]]
    return frozenset(chosen)


def fewest(more: int, less: int, bound: float) -> int:
    """Return how many must be added to `less` so that the skew is at most `bound`."""
    return max(0, ceil((more - less - bound * (more + less)) / (1 + bound) - 1e-9))


def _write(
    sources: Sequence[Source],
    swaps: Table,
    wish: Wish,
    chosen: frozenset[int] | None,
    file: BinaryIO,
    outcome: Outcome,
    facts: list[Facts],
    progress: Callable[[Shard], None],
) -> str:
    """Write the lines; return the SHA-256 of them, before they are compressed."""
    digest, line = hashlib.sha256(), 0
    before: Counter[str] = Counter()
    added: Counter[str] = Counter()
    dataset = Dataset(tuple(sources))
    for shard in dataset.shards():
        for batch in _batches(shard):
            outcome.examples += batch.filled
            outcome.foreign.update(_foreign(batch))
            rows = _rows(batch, swaps, chosen, outcome, (before, added))
            for data in _lines(batch, rows, wish.with_data, outcome, line):
                line += 1
                digest.update(data)
                file.write(data)
        progress(shard)
    facts += dataset.facts
    for entry in outcome.twins:
        entry["of"] = entry.pop("ordinal") - facts[entry["source"]].first + 1
    for one, other in swaps.pairs:
        now = (before[one], before[other])
        outcome.skews.append(Skew((one, other), now, (now[0] + added[one], now[1] + added[other])))
    return digest.hexdigest()


def _rows(
    batch: Batch,
    swaps: Table,
    chosen: frozenset[int] | None,
    outcome: Outcome,
    tallies: tuple[Counter[str], Counter[str]],
) -> dict[int, bytes]:
    """Return the twins of a batch by index, and count who is named in the data and in them."""
    rows: dict[int, bytes] = {}
    before, added = tallies
    for seen in _seen(batch, swaps):
        _count(seen, outcome, before)
        ordinal = seen.example.line.ordinal
        if seen.swap.changes and (chosen is None or ordinal in chosen):
            rows[seen.example.index] = twin(seen.example, seen.swap.changes)
            added.update(_traded(seen.swap.groups, swaps))
            changed = sum(c.group != "" for made in seen.swap.changes for c in made)
            entry = {"source": batch.source, "ordinal": ordinal, "words": changed}
            outcome.twins.append({"line": seen.example.index, **entry})
    return rows


def _lines(
    batch: Batch, rows: dict[int, bytes], whole: bool, outcome: Outcome, line: int
) -> Iterator[bytes]:
    """Yield what is written of a batch, and put the number of its line to each twin."""
    entries = iter(outcome.twins[len(outcome.twins) - len(rows) :])
    for index in range(len(batch)) if whole else sorted(rows):
        if whole:
            line += 1
            yield batch.lines.raws[index] + b"\n"
        if index in rows:
            line += 1
            next(entries)["line"] = line
            yield rows[index] + b"\n"


def _batches(shard: Shard) -> Iterator[Batch]:
    for lines in shard.lines().chunks(BATCH):
        batch = Batch(lines)
        yield batch
        batch.close()


def _seen(batch: Batch, swaps: Table) -> Iterator[_Seen]:
    """Yield the examples of a batch with a word of the axis."""
    found = scanner_of((swaps.lexicon,)).scan_batch(batch)[0]
    for index in sorted(found):
        example = batch.example(index)
        texts = example.texts
        told = [at for at, text in enumerate(texts) if text.role in ("system", "developer")]
        done = swap([text.value for text in texts], swaps, told)
        if done.changes and _with_tools(example):
            done = Swap(left=TOOLS, groups=done.groups)
        yield _Seen(example, done)


def _foreign(batch: Batch) -> Iterator[str]:
    """Yield the language of each example that is surely in another one than English."""
    for said in batch.column(TURNS):
        found = guess("\n".join([text for _, text in said if text]))
        if found.probability >= SURE and found.language != "en":
            yield found.language


def _with_tools(example: Example) -> bool:
    """Return whether names and arguments of calls would have to change with the texts."""
    return any(
        message.calls or message.role in ("tool", "function") for message in example.messages
    )


def _count(seen: _Seen, outcome: Outcome, before: Counter[str]) -> None:
    outcome.named += 1
    before.update(seen.swap.groups)
    if seen.swap.changes:
        outcome.possible += 1
    else:
        outcome.left[seen.swap.left] += 1


def _traded(groups: frozenset[str], swaps: Table) -> list[str]:
    """Return the groups that a twin names."""
    other = {a: b for pair in swaps.pairs for a, b in (pair, pair[::-1])}
    return [other.get(group, group) for group in groups]


def twin(example: Example, changes: Sequence[Sequence[Change]]) -> bytes:
    """Return the line of an example with the changes of each of its texts made.

    Everything else stays byte for byte: order, spaces, escapes.
    """
    raw = example.line.raw.removeprefix(b"\xef\xbb\xbf").decode()
    escaped = Habits.of(raw).ascii
    edits: list[tuple[int, int, str]] = []
    for text, made in zip(example.texts, changes, strict=True):
        extent = locate(raw, text.pointer) if made else None
        for change in made if extent else ():
            assert extent is not None
            place = inside(raw, extent, (change.start, change.end))
            new = json.dumps(change.new, ensure_ascii=escaped)[1:-1]
            edits.append((place.start, place.end, new))
    for start, end, new in sorted(edits, reverse=True):
        raw = raw[:start] + new + raw[end:]
    return raw.encode()


def _manifest(outcome: Outcome, facts: Sequence[Facts], digest: str) -> bytes:
    """Return what was done, as JSON: places and counts, no content of the data."""
    document: dict[str, Any] = {
        "ftlint_twins": VERSION,
        "version": __version__,
        "axis": outcome.axis,
        "pairs": outcome.pairs,
        "balance": outcome.balance,
        "sources": [
            {"path": fact.source.path, "sha256": fact.sha256, "lines": fact.lines} for fact in facts
        ],
        "output": {"path": outcome.output, "sha256": digest, "twins": len(outcome.twins)},
        "examples": outcome.examples,
        "named": outcome.named,
        "possible": outcome.possible,
        "left": dict(sorted(outcome.left.items())),
        "other_languages": dict(sorted(outcome.foreign.items())),
        "named_before": {"/".join(s.pair): s.before for s in outcome.skews},
        "named_after": {"/".join(s.pair): s.after for s in outcome.skews},
        "twins": outcome.twins,
    }
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    return text.encode(errors="backslashreplace")  # names of files may be no UTF-8
