"""The index of duplicates: examples with their digests, and the pairs of near ones."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from functools import cached_property
from itertools import accumulate, chain
from typing import BinaryIO, Literal, NamedTuple, get_args

from ftlint.example import Batch, Lines
from ftlint.feature import Feature
from ftlint.features.spoken import COMPARED
from ftlint.finding import Where
from ftlint.proof import prove
from ftlint.similarity.cluster import clusters, firsts
from ftlint.similarity.neighbour import ROUNDING, THRESHOLD, Pair, Pairs, near_pairs
from ftlint.similarity.spool import Spool
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


class Copies(NamedTuple):
    """Examples that are copies of earlier ones in one way, and of which cluster each is."""

    numbers: array[int]
    heads: array[int]
    """The first example of the cluster of each."""


@dataclass(frozen=True, slots=True)
class Lot:
    """The examples of one batch, in columns; a digest is 0 where there is nothing."""

    source: int
    ordinal: int
    starts: array[int]
    """Byte offsets of the lines, or -1."""
    sizes: array[int]
    """Bytes of the lines."""
    records: array[int]
    """Digests of whole records."""
    conversations: array[int]
    """Digests of normalised conversations, system prompts included."""
    prompts: array[int]
    """Digests of normalised prompts."""
    sketched: bool
    """Whether there are MinHash sketches of them."""


@dataclass
class DuplicateIndex:
    """All examples by number, in dataset order, and what they are copies of.

    Copies are told within a split: what `records` and `conversations` say of an example is the
    number of the first one of its split that is equal, often its own. `pairs` are near
    duplicates among those that are first by `conversations`, of one split or two.
    """

    lots: Sequence[Lot]
    sketches: Spool
    """Those of the lots that have some, in order."""
    dataset: Dataset
    depth: Way = "near"
    """The least exact way that is known; columns of others are empty."""
    compared: Feature[str] = COMPARED
    """The texts by which examples are near duplicates."""
    _known: tuple[float, Sequence[Pair]] = (2.0, ())
    """The threshold at which pairs were looked for, and the pairs."""

    def __len__(self) -> int:
        """Return the number of lines."""
        return self._ends[-1] if self.lots else 0

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(len(lot.sizes) for lot in self.lots))

    @property
    def begins(self) -> list[int]:
        """Return the number of the first example of each lot."""
        return [0, *self._ends[:-1]]

    def _lot(self, number: int) -> tuple[Lot, int]:
        """Return the lot of an example and its place there."""
        at = bisect_right(self._ends, number)
        return self.lots[at], number - (self._ends[at - 1] if at else 0)

    def where(self, number: int) -> Where:
        """Return the place of an example."""
        lot, at = self._lot(number)
        return Where(lot.source, lot.ordinal + at, start=lot.starts[at])

    def split(self, number: int) -> str:
        """Return the split of an example."""
        return self.dataset.sources[self._lot(number)[0].source].split

    @cached_property
    def filled(self) -> int:
        """Return the number of examples that have a record."""
        return sum(1 for lot in self.lots for digest in lot.records if digest)

    @cached_property
    def sizes(self) -> array[int]:
        """Return the bytes of each line."""
        return array("I", chain.from_iterable(lot.sizes for lot in self.lots))

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

    def _salted(self, name: str) -> array[int]:
        """Return a column of digests that differ between splits."""
        splits: dict[str, int] = {}
        column = array("Q")
        for lot in self.lots:
            split = self.dataset.sources[lot.source].split
            salt = splits.setdefault(split, len(splits)) * 0x9E3779B97F4A7C15 & (1 << 64) - 1
            digests: array[int] = getattr(lot, name)
            column.extend(digests if not salt else [(d and d ^ salt) or d for d in digests])
        return column

    @cached_property
    def copies(self) -> dict[Way, Copies]:
        """Return the copies of each kind; an example is one once, in the most exact way."""
        records = self.records
        exact = array("q", [at for at, first in enumerate(records) if at != first])
        copies: dict[Way, Copies] = {
            "exact": Copies(exact, array("q", [records[at] for at in exact]))
        }
        if self.depth == "exact":
            return copies
        conversations = self.conversations
        normalised = array(
            "q", [at for at, first in enumerate(conversations) if at != first and records[at] == at]
        )
        heads = array("q", [conversations[at] for at in normalised])
        copies["normalised"] = Copies(normalised, heads)
        if self.depth == "normalised":
            return copies
        pairs = self.within(THRESHOLD)
        found = {right for _, right, _ in pairs}
        joined = clusters((left, right) for left, right, _ in pairs)
        near = [(at, those[0]) for those in joined for at in those if at in found]
        copies["near"] = Copies(array("q", [n for n, _ in near]), array("q", [h for _, h in near]))
        return copies

    def leaders(self) -> array[int]:
        """Return the examples that say something and are the first of their split to say it."""
        spoken = chain.from_iterable(lot.conversations for lot in self.lots)
        every = zip(spoken, self.conversations, strict=True)
        return array(
            "q", [at for at, (digest, first) in enumerate(every) if digest and first == at]
        )

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
                lot, at = self._lot(number)
                file = files.get(lot.source)
                if file is None and lot.starts[at] >= 0 and seekable(sources[lot.source]):
                    file = stack.enter_context(open(sources[lot.source].file, "rb", buffering=0))
                    files[lot.source] = file
                if file is None:
                    rest[len(found)] = self.where(number)
                    found.append(b"")
                else:
                    file.seek(lot.starts[at])
                    found.append(file.read(lot.sizes[at]))
        lines = self.dataset.fetch(rest.values())
        for place, where in rest.items():
            found[place] = lines[where.ordinal or 0].raw
        return found

    def pairs(self, threshold: float = THRESHOLD) -> Sequence[Pair]:
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

    def within(self, threshold: float = THRESHOLD) -> Sequence[Pair]:
        """Return the near duplicates of which both are in the same split."""
        pairs = self.pairs(threshold)
        if len({source.split for source in self.dataset.sources}) == 1:
            return pairs
        return Pairs(pair for pair in pairs if self.split(pair.left) == self.split(pair.right))
