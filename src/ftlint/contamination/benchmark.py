"""Benchmarks: the items of public test sets as hashes of their n-grams, to find them in data.

The index that comes with ftlint (`rules/benchmarks`, written by `tools/testsets.py`) holds
no text. Files that the user names are read and hashed when a run begins.
"""

from __future__ import annotations

import json
import struct
import sys
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

from ftlint.contamination.ngram import SHORTEST, N, hashes, words
from ftlint.error import PackError
from ftlint.value import dataclass

if TYPE_CHECKING:
    from ftlint.contamination.ngramarray import Hashes, Hits, Indices

SHIPPED = ("gsm8k", "humaneval", "mmlu")
"""The benchmarks of the index that comes with ftlint."""
EXAMPLE = "example"
"""One more, of two questions of our own: documentation need not quote those of others."""
MOST = 1 << 16
"""Items of an index: their numbers take the last 16 bits of an entry, the hash the first 48."""
COMMON = 10
"""Items that may share an n-gram; those of more are phrases (Brown et al. 2020 drop these)."""
_ITEM = MOST - 1
_MORE = 22
"""Bits of a hash by which arrays are looked up once more before they are searched: 4 MB."""
_MAGIC = b"ftngram1"
_HEAD = struct.Struct("<8sII")
"""Magic, bytes of the JSON header, CRC-32 of all that follows this."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One test set of an index."""

    name: str
    origin: str
    groups: tuple[tuple[str, int], ...] = ()
    """Names of items: of each group a prefix and how many there are, numbered from 0."""
    names: tuple[str, ...] = ()
    """Names of items that are not numbered."""

    @property
    def items(self) -> int:
        """Return the number of items."""
        return len(self.names) or sum(count for _, count in self.groups)

    def item(self, number: int) -> str:
        """Return the name of an item. Raises: IndexError."""
        if self.names:
            return self.names[number]
        for prefix, count in self.groups:
            if number < count:
                return f"{prefix}{number}"
            number -= count
        raise IndexError(number)


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a benchmark: the name of both, and how many n-grams of it are looked for."""

    benchmark: str
    name: str
    grams: int


class Index:
    """Which items have an n-gram. Size: 8 bytes an n-gram, and 2 bits or so to rule others out.

    A hash that is compared has 48 bits: 260 000 n-grams are met by chance once in 10**9 words.
    """

    __slots__ = ("_arrays", "_bits", "_entries", "_shift", "_totals", "benchmarks", "unspaced")

    def __init__(
        self,
        benchmarks: Sequence[Benchmark],
        entries: Sequence[int],
        totals: Sequence[int],
        bits: bytes | bytearray | memoryview,
        unspaced: bool,
    ) -> None:
        """Keep the sorted entries (hash and item), n-grams an item, and a bit a hash."""
        self.benchmarks = tuple(benchmarks)
        self.unspaced = unspaced
        """Whether items have words of scripts without spaces."""
        self._entries = entries
        self._totals = totals
        self._bits = bits
        self._shift = 64 - (len(bits) * 8 - 1).bit_length()
        self._arrays: Any = None

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self._entries)

    def items(self, values: Iterable[int]) -> Iterator[tuple[int, int]]:
        """Yield the place in `values` and the number of each item that has such an n-gram."""
        bits, shift, entries = self._bits, self._shift, self._entries
        for place, value in enumerate(values):
            slot = value >> shift
            if bits[slot >> 3] >> (slot & 7) & 1:
                head = value & ~_ITEM
                at = bisect_left(entries, head)
                while at < len(entries) and entries[at] & ~_ITEM == head:
                    yield place, entries[at] & _ITEM
                    at += 1

    def item(self, number: int) -> Item:
        """Return an item by its number in the index."""
        grams, first = self._totals[number], number
        for benchmark in self.benchmarks:
            if first < benchmark.items:
                return Item(benchmark.name, benchmark.item(first), grams)
            first -= benchmark.items
        raise IndexError(number)

    def known(self, values: Hashes) -> tuple[Indices, Indices]:
        """Return the indices of the hashes that are there, and their first entries, by numpy."""
        import numpy as np

        bits, heads, more = self._tables()
        slots = (values >> np.uint64(self._shift)).view(np.int64)
        likely = np.flatnonzero(bits[slots >> 3] >> (slots & 7).astype(np.uint8) & 1)
        # Of 14 others one gets so far, and a search takes long.
        wanted = values[likely] >> np.uint64(16)
        kept = np.flatnonzero(more.take(_slots(wanted)))
        likely, wanted = likely[kept], wanted[kept]
        order = np.argsort(wanted)  # so that what is searched is mostly at hand
        places = np.empty(len(order), np.int64)
        places[order] = np.searchsorted(heads, wanted[order])
        there = np.flatnonzero(heads.take(places, mode="clip") == wanted)
        return likely[there], places[there]

    def _tables(self) -> Any:
        """Return the bits, the hashes and more bits, once made."""
        import numpy as np

        if self._arrays is None:
            entries = np.frombuffer(self._entries, np.uint64)  # type: ignore[call-overload]
            heads = entries >> np.uint64(16)
            more = np.zeros(1 << _MORE, bool)
            more[_slots(heads)] = True
            self._arrays = (np.frombuffer(self._bits, np.uint8), heads, more)
        return self._arrays

    def entries(self, first: Indices) -> tuple[Indices, Indices]:
        """Return the items of n-grams by their first entries: places there, and their numbers."""
        import numpy as np

        entries = np.frombuffer(self._entries, np.uint64)  # type: ignore[call-overload]
        heads = self._tables()[1]
        counts = np.searchsorted(heads, heads[first], "right") - first
        rows = np.repeat(np.arange(len(first)), counts)
        places = np.arange(len(rows)) + (first - np.cumsum(counts) + counts)[rows]
        return rows, (entries[places] & np.uint64(_ITEM)).view(np.int64)

    def dump(self) -> bytes:
        """Return the bytes of a file with this index."""
        head = {
            "n": N,
            "shortest": SHORTEST,
            "entries": len(self._entries),
            "bits": len(self._bits) * 8,
            "unspaced": self.unspaced,
            "benchmarks": [
                {"name": each.name, "origin": each.origin, "groups": each.groups}
                for each in self.benchmarks
            ],
        }
        text = json.dumps(head, separators=(",", ":")).encode()
        text += b" " * (-(_HEAD.size + len(text)) % 8)
        entries, totals = array("Q", self._entries), array("H", self._totals)
        if sys.byteorder == "big":
            entries.byteswap()
            totals.byteswap()
        body = text + entries.tobytes() + bytes(self._bits) + totals.tobytes()
        return _HEAD.pack(_MAGIC, len(text), crc32(body)) + body


def _slots(heads: Hashes) -> Indices:
    """Return the lower bits of hashes, which the first look at them leaves out."""
    return (heads & ((1 << _MORE) - 1)).view("int64")


def parse(data: bytes, path: str) -> Index:
    """Return the index in the bytes of a file. Raises: PackError."""
    if len(data) < _HEAD.size or not data.startswith(_MAGIC):
        raise PackError(f"{path}: not an index of benchmarks; install ftlint again")
    _, size, check = _HEAD.unpack_from(data)
    body = memoryview(data)[_HEAD.size :]
    if crc32(body) != check:
        raise PackError(f"{path}: the index of benchmarks is damaged; install ftlint again")
    head = json.loads(bytes(body[:size]))
    if (head["n"], head["shortest"]) != (N, SHORTEST):
        raise PackError(f"{path}: an index for n-grams of {head['n']} words, not of {N}")
    ends = [size, size + 8 * head["entries"], size + 8 * head["entries"] + head["bits"] // 8]
    entries, totals = body[ends[0] : ends[1]].cast("Q"), body[ends[2] :].cast("H")
    benchmarks = [
        Benchmark(each["name"], each["origin"], tuple(map(tuple, each["groups"])))
        for each in head["benchmarks"]
    ]
    if sys.byteorder == "big":
        entries, totals = _swapped("Q", entries), _swapped("H", totals)
    return Index(benchmarks, entries, totals, body[ends[1] : ends[2]], head["unspaced"])


def _swapped(code: str, view: memoryview) -> Any:
    swapped = array(code, bytes(view))
    swapped.byteswap()
    return swapped


@lru_cache(maxsize=4)
def load(path: Path) -> Index:
    """Return the index in a file, read once a process. Raises: PackError."""
    try:
        return parse(path.read_bytes(), str(path))
    except OSError as error:
        raise PackError(f"{path}: cannot be read: {error.strerror}") from error


@lru_cache(maxsize=1)
def shipped() -> Index:
    """Return the index that comes with ftlint. Raises: PackError."""
    from ftlint.configuration.packs import rules_folder

    return load(rules_folder() / "benchmarks" / "index.bin")


def build(
    benchmarks: Sequence[Benchmark],
    texts: Sequence[Sequence[str]],
    strides: Mapping[str, int] | None = None,
) -> Index:
    """Return the index of the `texts` of all items, in the order of the benchmarks.

    `strides`: of a benchmark every so manieth n-gram is kept, and the last one of each text, so
    that a run of `N` - 1 + stride words is still found whatever its place.
    """
    kept: list[set[int]] = []
    at = iter(texts)
    unspaced = False
    for benchmark in benchmarks:
        stride = (strides or {}).get(benchmark.name, 1)
        for _ in range(benchmark.items):
            found: set[int] = set()
            for text in next(at):
                parts = words(text)
                unspaced = unspaced or words(text, unspaced=False) != parts
                every = list(hashes(parts))
                found.update([*every[::stride], *every[-1:]])
            kept.append(found)
    uses = Counter(value >> 16 for found in kept for value in found)
    kept = [{value for value in found if uses[value >> 16] <= COMMON} for found in kept]
    entries = array(
        "Q", sorted({value & ~_ITEM | item for item, found in enumerate(kept) for value in found})
    )
    totals = array("H", [min(len({v >> 16 for v in found}), _ITEM) for found in kept])
    return Index(benchmarks, entries, totals, _bits(entries), unspaced)


def _bits(entries: Sequence[int]) -> bytearray:
    """Return a bit for each possible beginning of a hash: about 16 for each one that is there."""
    size = max(10, (len(entries) * 10).bit_length())
    bits = bytearray(1 << size - 3)
    for entry in entries:
        slot = entry >> 64 - size
        bits[slot >> 3] |= 1 << (slot & 7)
    return bits


@dataclass(frozen=True, slots=True)
class Match:
    """What one text has in common with one item: distinct n-grams, and the words they span."""

    item: int
    grams: int
    first: int
    last: int


def matches(text: str, index: Index) -> list[Match]:
    """Return the items that `text` has n-grams of."""
    parts = words(text, index.unspaced)
    values = list(hashes(parts))
    found: dict[int, list[int]] = {}
    for place, item in index.items(values):
        found.setdefault(item, []).append(place)
    width = min(len(parts), N) - 1
    return [
        Match(item, len({values[place] for place in at}), at[0], at[-1] + width)
        for item, at in found.items()
    ]


def matched(hits: Hits, index: Index) -> dict[int, list[Match]]:
    """Return the same of many texts, by number, from their n-grams that are known."""
    import numpy as np

    rows, items = index.entries(hits.numbers)
    texts, places, values = hits.texts[rows], hits.places[rows], hits.values[rows]
    order = np.lexsort((values, items, texts))
    new = np.ones(len(rows), bool)
    new[1:] = (np.diff(texts[order]) != 0) | (np.diff(items[order]) != 0)
    heads = np.flatnonzero(new)
    fresh = new.copy()
    fresh[1:] |= values[order][1:] != values[order][:-1]
    if not len(heads):
        return {}
    columns = (
        texts[order][heads],
        np.minimum.reduceat(places[order], heads),
        items[order][heads],
        np.maximum.reduceat((places + hits.widths[rows])[order], heads) - 1,
        np.add.reduceat(fresh.astype(int), heads),
    )
    found: dict[int, list[Match]] = {}
    for text, first, item, last, grams in sorted(
        zip(*(column.tolist() for column in columns), strict=True)
    ):
        found.setdefault(text, []).append(Match(item, grams, first, last))
    return found
