"""The index of duplicates: examples with their digests, and the pairs of near ones."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from functools import cached_property
from itertools import accumulate
from typing import Any, BinaryIO, Literal, NamedTuple, get_args

from ftlint.example import Batch, Lines
from ftlint.feature import Feature
from ftlint.features.spoken import COMPARED
from ftlint.finding import Where
from ftlint.proof import prove
from ftlint.similarity.cluster import again, firsts, followers
from ftlint.similarity.lot import Lot, Lots
from ftlint.similarity.neighbour import ROUNDING, THRESHOLD, near_pairs
from ftlint.similarity.pair import Pairs
from ftlint.source import Dataset, seekable
from ftlint.value import dataclass

MANY = 1000
"""Lines from which the faster decoder pays for its import."""
Way = Literal["exact", "normalised", "near"]
WAYS: tuple[Way, ...] = get_args(Way)
"""How an example may be a copy, the most exact way first."""


def ways(depth: Way) -> tuple[Way, ...]:
    """Return `depth` and what is more exact."""
    return WAYS[: WAYS.index(depth) + 1]


_FOUND_OUT = ("records", "conversations", "prompts", "sizes", "copies", "_known")


class Copies(NamedTuple):
    """Examples that are copies of earlier ones in one way, and of which cluster each is."""

    numbers: array[int]
    heads: array[int]
    """The first example of the cluster of each."""


@dataclass
class DuplicateIndex:
    """All examples by number, in dataset order, and what they are copies of.

    Copies are told within a split: what `records` and `conversations` say of an example is the
    number of the first one of its split that is equal, often its own. `pairs` are near
    duplicates among those that are first by `conversations`, of one split or two.
    """

    lots: Lots
    dataset: Dataset
    depth: Way = "near"
    """The least exact way that is known; columns of others are empty."""
    compared: Feature[str] = COMPARED
    """The texts by which examples are near duplicates."""
    _known: tuple[float, Pairs] = (2.0, Pairs())
    """The threshold at which pairs were looked for, and the pairs."""

    def __len__(self) -> int:
        """Return the number of lines."""
        return self._ends[-1] if self.lots.every else 0

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(lot.many for lot in self.lots.every))

    @property
    def begins(self) -> list[int]:
        """Return the number of the first example of each lot."""
        return [0, *self._ends][:-1]

    def _lot(self, number: int) -> tuple[Lot, int]:
        """Return the lot of an example and its place there."""
        at = bisect_right(self._ends, number)
        return self.lots.every[at], number - (self._ends[at - 1] if at else 0)

    @cached_property
    def _bytes(self) -> array[int]:
        """Return the bytes of all lines before each."""
        return array("q", accumulate(self.sizes, initial=0))

    def where(self, number: int) -> Where:
        """Return the place of an example."""
        lot, at = self._lot(number)
        # One more byte a line: its end.
        before = self._bytes[number] - self._bytes[number - at] + at
        return Where(
            lot.source, lot.ordinal + at, start=lot.start + before if lot.start >= 0 else -1
        )

    def split(self, number: int) -> str:
        """Return the split of an example."""
        return self.dataset.sources[self._lot(number)[0].source].split

    @cached_property
    def filled(self) -> int:
        """Return the number of examples that have a record."""
        records = self.lots.column("records")
        return len(records) - records.count(0)

    @cached_property
    def sizes(self) -> array[int]:
        """Return the bytes of each line."""
        return self.lots.column("sizes")

    @cached_property
    def records(self) -> array[int]:
        """Return the first example of the split with the same record."""
        return firsts(self._salted("records"))

    @cached_property
    def conversations(self) -> array[int]:
        """Return the first example of the split with the same normalised conversation."""
        return firsts(self._salted("conversations"))

    @cached_property
    def prompts(self) -> array[int]:
        """Return the first example of the split with the same normalised prompt."""
        return firsts(self._salted("prompts"))

    def _salted(self, name: Literal["records", "conversations", "prompts"]) -> array[int]:
        """Return a column of digests that differ between splits."""
        column = self.lots.column(name)
        splits: dict[str, int] = {}
        for lot, start in zip(self.lots.every, self.begins, strict=True):
            split = self.dataset.sources[lot.source].split
            salt = splits.setdefault(split, len(splits)) * 0x9E3779B97F4A7C15 & (1 << 64) - 1
            if salt:
                those = slice(start, start + lot.many)
                column[those] = array("Q", [(d and d ^ salt) or d for d in column[those]])
        return column

    @cached_property
    def copies(self) -> dict[Way, Copies]:
        """Return the copies of each kind; an example is one once, in the most exact way."""
        records = self.records
        exact = again(records)
        copies: dict[Way, Copies] = {
            "exact": Copies(exact, array("q", [records[at] for at in exact]))
        }
        if self.depth == "exact":
            return copies
        conversations = self.conversations
        normalised = array("q", [at for at in again(conversations) if records[at] == at])
        heads = array("q", [conversations[at] for at in normalised])
        copies["normalised"] = Copies(normalised, heads)
        if self.depth == "normalised":
            return copies
        pairs = self.within(THRESHOLD)
        copies["near"] = Copies(*followers(pairs.left, pairs.right))
        return copies

    def leaders(self) -> array[int]:
        """Return the examples that say something and are the first of their split to say it."""
        every = enumerate(zip(self.lots.column("conversations"), self.conversations, strict=True))
        return array("q", [at for at, (digest, first) in every if digest and first == at])

    def texts(self, numbers: Iterable[int]) -> dict[int, str]:
        """Return the texts by which examples are compared, read once more from their lines."""
        known = list(numbers)
        raws = self._raws(known)
        odd_space = any(b"\t" in raw or b"\r" in raw for raw in raws)
        batch = Batch(Lines(0, 0, raws, odd_space=odd_space))
        if len(raws) >= MANY or "msgspec" in sys.modules:
            batch.plain = [None] * len(raws)
            prove(batch)
        found = dict(zip(known, batch.column(self.compared), strict=True))
        batch.close()  # else it waits, with all its texts, for the cyclic garbage collector
        return found

    def _raws(self, numbers: Sequence[int]) -> list[bytes]:
        """Return the lines of examples; of files that can be sought, without further ado."""
        sources = self.dataset.sources
        files: dict[int, BinaryIO] = {}
        found: list[bytes] = []
        rest: dict[int, Where] = {}
        with ExitStack() as stack:
            for number in numbers:
                where = self.where(number)
                source, start = where.source, where.start
                file = files.get(source)
                if file is None and start >= 0 and seekable(sources[source]):
                    file = stack.enter_context(open(sources[source].file, "rb", buffering=0))
                    files[source] = file
                if file is None:
                    rest[len(found)] = where
                    found.append(b"")
                else:
                    file.seek(start)
                    found.append(file.read(self.sizes[number]))
        lines = self.dataset.fetch(rest.values())
        for place, where in rest.items():
            found[place] = lines[where.ordinal or 0].raw
        return found

    def known(self) -> dict[str, Any]:
        """Return what was found out so far about copies and pairs, to be pickled."""
        return {name: vars(self)[name] for name in _FOUND_OUT if name in vars(self)}

    def know(self, known: dict[str, Any]) -> None:
        """Know what was found out about an index of the same examples."""
        vars(self).update(known)

    def pairs(self, threshold: float = THRESHOLD) -> Pairs:
        """Return the near duplicates among the leaders of all splits, in order.

        They are looked for once, at `THRESHOLD` or lower.
        """
        if threshold < self._known[0]:
            low = min(threshold, THRESHOLD)
            self._known = low, near_pairs(self, low)
        low, known = self._known
        if threshold == low:
            return known
        return Pairs(pair for pair in known if pair.jaccard >= threshold - ROUNDING)

    def within(self, threshold: float = THRESHOLD) -> Pairs:
        """Return the near duplicates of which both are in the same split."""
        pairs = self.pairs(threshold)
        if len({source.split for source in self.dataset.sources}) == 1:
            return pairs
        return Pairs(pair for pair in pairs if self.split(pair.left) == self.split(pair.right))
