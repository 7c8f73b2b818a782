"""Sources: files become shards of whole lines, numbered from birth.

Shards are cut by the file, never by the workers, so a line number never depends on how many
processes read. Memory holds one shard a worker; a line beyond `MAX_LINE` is skipped, not kept.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field, replace
from glob import glob, has_magic
from pathlib import Path
from typing import BinaryIO

from ftlint.error import SourceError
from ftlint.example import Line, Lines
from ftlint.finding import Where
from ftlint.layout import HEAD, Layout, sniff
from ftlint.limit import MAX_LINE
from ftlint.shape import AUTO, shape_of_lines
from ftlint.sizing import SHARD, Sizes, sizes
from ftlint.stream import open_stream
from ftlint.value import dataclass

LOOKED = 8 << 20
"""Bytes that are read in search of the end of the first line, to tell the shape of a file."""
KEPT = 1024
"""Bytes kept of a line that is longer than `MAX_LINE`."""
SUFFIXES = tuple(f".{kind}{zip_}" for kind in ("jsonl", "ndjson") for zip_ in ("", ".gz", ".zst"))


@dataclass(frozen=True, slots=True)
class Source:
    """One dataset file, or standard input (`-`)."""

    path: str
    """As the user wrote it; every output shows this."""
    split: str = "train"
    format: str = "auto"
    """The shape of its records; `auto` for what its first lines show."""
    stored: str = ""
    """Where the bytes are, if not at `path`: the temporary copy of standard input."""

    @property
    def file(self) -> str:
        """Return the path to read from."""
        return self.stored or self.path


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a source once it has been read."""

    source: Source
    layout: Layout
    bytes: int
    """Size as stored; of a compressed file, the compressed size."""
    sha256: str
    first: int
    """Ordinal of the first line."""
    lines: int
    shape: str = ""
    """The shape of its records: as it was asked for, or as the first ones show."""


@dataclass(frozen=True, slots=True)
class Shard:
    """A byte range of one source, cut at line ends."""

    source: int
    path: str
    start: int
    end: int
    ordinal: int
    """Ordinal of the first line."""
    rows: list[bytes] | None = field(repr=False)
    """The lines themselves, or None when the worker is to read the range of the file."""
    skipped: int = 0
    """Length of the one line of this shard, when that is beyond `MAX_LINE`."""
    odd_space: bool = True
    """Whether a tab or a carriage return may stand in the lines."""
    shape: str = ""
    """The shape of the records of its source, as far as the beginning shows it."""

    def lines(self) -> Lines:
        """Return the lines of the shard. Raises: SourceError when the file has changed."""
        rows = self._read() if self.rows is None else self.rows
        length = self.skipped or -1
        place = (length, self.odd_space, self.start, self.shape)
        return Lines(self.source, self.ordinal, rows, *place)

    def _read(self) -> list[bytes]:
        with open(self.path, "rb") as file:
            file.seek(self.start)
            size = KEPT if self.skipped else self.end - self.start
            data = file.read(size)
        if len(data) < size:
            raise SourceError(f"{self.path}: the file became shorter while it was read")
        if self.skipped:
            return [data]
        rows = data.split(b"\n")
        if not rows[-1]:
            rows.pop()
        return rows


def _shape(head: bytes, complete: bool) -> str:
    """Return the shape of the records in the first bytes of a file."""
    rows = head.split(b"\n")
    return shape_of_lines(rows if complete else rows[:-1])


def _odd_space(data: bytes) -> bool:
    return b"\t" in data or b"\r" in data


@dataclass
class Dataset:
    """The sources of one run, in order, and where their lines are."""

    sources: tuple[Source, ...]
    shard_size: int = SHARD
    """Bytes in a shard, at most."""
    workers: int = 1
    """Processes that share the shards: the last ones are small, so that all end together."""
    facts: list[Facts] = field(default_factory=list)
    table: list[Shard] = field(default_factory=list)
    """Every shard seen, without its bytes. Size: O(bytes of the dataset / `shard_size`)."""
    states: list[tuple[int, ...]] = field(default_factory=list, compare=False)
    """What each file looked like before it was read."""

    def shards(self) -> Iterator[Shard]:
        """Yield the shards of all sources in order, and fill `facts` on the way."""
        ordinal, left = 0, size(self.sources)
        for index, source in enumerate(self.sources):
            self.states.append(state(source))
            reader = Reader(index, source, ordinal, sizes(self.shard_size, self.workers, left))
            left -= size([source])
            for shard in reader:
                self.table.append(replace(shard, rows=None))
                yield shard
            self.facts.append(reader.facts())
            ordinal = reader.ordinal

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Find out afterwards that a file has changed, whatever that led to. Raises: SourceError.

        Lines are read more than once, by workers too: of a file that is still written they would
        be those of different versions.
        """
        try:
            yield
        except Exception as error:
            self._check_unchanged(error)
            raise
        self._check_unchanged()

    def _check_unchanged(self, led_to: Exception | None = None) -> None:
        for index, (source, before) in enumerate(zip(self.sources, self.states, strict=False)):
            known = self.facts[index].sha256 if index < len(self.facts) else ""
            if before and state(source) != before and _sha256(source.file) != known:
                told = "has changed while it was read; run it again when it is written whole"
                raise SourceError(f"{source.path}: {told}") from led_to

    def shape(self, source: int) -> str:
        """Return the shape of the records of a source; nothing before it is read."""
        return self.facts[source].shape if source < len(self.facts) else ""

    def line_number(self, where: Where) -> int | None:
        """Return the line of `where` in its file, from 1; None for a whole source."""
        if where.ordinal is None:
            return None
        return where.ordinal - self.facts[where.source].first + 1

    def fetch(self, places: Iterable[Where]) -> dict[int, Line]:
        """Return the lines of `places` by ordinal; each is read once more from its source."""
        wanted: dict[int, dict[int, int]] = {}
        for where in places:
            if where.ordinal is not None:
                starts = wanted.setdefault(where.source, {})
                starts[where.ordinal] = max(where.start, starts.get(where.ordinal, -1))
        found: dict[int, Line] = {}
        for index, starts in wanted.items():
            near = {o: at for o, at in starts.items() if at >= 0 and seekable(self.sources[index])}
            found.update(self._direct(index, near))
            rest = starts.keys() - near.keys()
            for shard in self._again(index, set(rest)):
                lines = shard.lines()
                inside = range(shard.ordinal, shard.ordinal + len(lines))
                found.update((o, lines[o - shard.ordinal]) for o in rest if o in inside)
        return found

    def _direct(self, index: int, starts: dict[int, int]) -> Iterator[tuple[int, Line]]:
        """Yield the lines at byte offsets that are known."""
        if not starts:
            return
        with open(self.sources[index].file, "rb") as file:
            for ordinal, start in sorted(starts.items()):  # as they stand: fewer are read twice
                file.seek(start)
                raw = file.readline(MAX_LINE + 1)
                length = len(raw) if len(raw) > MAX_LINE else -1
                kept = raw[:KEPT] if length > 0 else raw.removesuffix(b"\n")
                yield ordinal, Line(index, ordinal, kept, length)

    def _again(self, index: int, ordinals: set[int]) -> Iterator[Shard]:
        """Yield the shards of source `index` that hold `ordinals`, ready to be read."""
        source, last = self.sources[index], max(ordinals, default=-1)
        table = [shard for shard in self.table if shard.source == index]
        every: Iterable[tuple[Shard, int]]
        if seekable(source):
            ends = [shard.ordinal for shard in table[1:]] + [sys.maxsize]
            every = zip(table, ends, strict=True)
        else:
            reader = Reader(index, source, self.facts[index].first, lambda seen: self.shard_size)
            every = ((shard, shard.ordinal + len(shard.rows or ())) for shard in reader)
        for shard, end in every:
            if shard.ordinal > last:
                return
            if not ordinals.isdisjoint(range(shard.ordinal, min(end, last + 1))):
                yield shard


def state(source: Source) -> tuple[int, ...]:
    """Return what a file looks like now: size, times, inode; nothing if it is not there."""
    try:
        found = os.stat(source.file)
    except OSError:
        return ()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _sha256(path: str) -> str:
    """Return the digest of a file, or that it is gone."""
    try:
        with open(path, "rb", buffering=0) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "gone"


def seekable(source: Source) -> bool:
    """Return whether a worker can read a byte range of the source by itself."""
    return not source.file.endswith((".gz", ".zst"))


class Reader:
    """One pass over a source: yields shards, counts lines, hashes the stored bytes."""

    def __init__(self, index: int, source: Source, ordinal: int, sizes: Sizes) -> None:
        """Prepare to read `source`, whose first line is number `ordinal` of the run."""
        self.index = index
        self.source = source
        self.first = self.ordinal = ordinal
        self.sizes = sizes
        self.layout = Layout()
        self.shape = "" if source.format == AUTO else source.format
        self.start = 0
        self.hash = hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[Shard]:
        """Yield the shards. Raises: SourceError."""
        try:
            with open_stream(self.source.file, self._seen) as stream:
                head = stream.read(HEAD)
                self.layout = sniff(head, len(head) < HEAD)
                if self.layout.lines:
                    self.start = self.layout.bom
                    head = self._first_line(stream, head)
                    yield from self._cut(self._chunks(stream, head))
                else:
                    while stream.read(1 << 20):
                        pass
        except OSError as error:
            reason = error.strerror or str(error)
            raise SourceError(f"{self.source.path}: {reason[:1].lower()}{reason[1:]}") from error

    def _first_line(self, stream: BinaryIO, head: bytes) -> bytes:
        """Return `head` with as much behind it as the first line has, and find the shape."""
        complete = len(head) < HEAD
        while not complete and b"\n" not in head and len(head) < LOOKED:
            more = stream.read(len(head))
            complete = len(more) < len(head)
            head += more
        self.shape = self.shape or _shape(head[self.start :], complete)
        return head

    def facts(self) -> Facts:
        """Return what was learned; to be asked after the last shard."""
        lines = self.ordinal - self.first
        digest = self.hash.hexdigest()
        return Facts(self.source, self.layout, self.size, digest, self.first, lines, self.shape)

    def _seen(self, data: memoryview) -> None:
        self.hash.update(data)
        self.size += len(data)

    def _cut(self, chunks: Iterator[bytes]) -> Iterator[Shard]:
        """Yield shards of whole lines."""
        carry = b""
        for data in chunks:
            # Split first and mend the first line: joining would copy the whole chunk.
            rows = data.split(b"\n")
            rows[0] = carry + rows[0]
            carry = rows.pop()
            if rows:
                odd = _odd_space(data) or _odd_space(rows[0])
                yield self._shard(rows, odd, ended=True)
            elif len(carry) > MAX_LINE:
                carry = yield from self._skip(chunks, carry)
        *rows, last = carry.split(b"\n")  # what follows a skipped line may hold line ends
        if rows:
            yield self._shard(rows, _odd_space(carry), ended=True)
        if last:
            yield self._shard([last], _odd_space(last), ended=False)

    def _shard(self, rows: list[bytes], odd_space: bool, *, ended: bool) -> Shard:
        start, size = self.start, sum(map(len, rows)) + len(rows) - (not ended)
        self.start += size
        ordinal = self.ordinal
        self.ordinal += len(rows)
        place = (self.index, self.source.file, start, self.start, ordinal)
        return Shard(*place, rows, odd_space=odd_space, shape=self.shape)

    def _chunks(self, stream: BinaryIO, head: bytes) -> Iterator[bytes]:
        """Yield `head`, which was read already, and then the rest."""
        most = self.sizes(0)
        for start in range(self.layout.bom, len(head), most):
            yield head[start : start + most]
        while data := stream.read(self.sizes(self.size)):
            yield data

    def _skip(self, chunks: Iterator[bytes], head: bytes) -> Generator[Shard, None, bytes]:
        """Yield one shard for a line that is too long; return what follows the line."""
        length, rest = len(head), b""
        kept, head = head[:KEPT], b""
        for data in chunks:
            end = data.find(b"\n")
            if end >= 0:
                length, rest = length + end, data[end + 1 :]
                break
            length += len(data)
        end = self.start + length
        yield Shard(self.index, self.source.file, self.start, end, self.ordinal, [kept], length)
        self.start = end + 1
        self.ordinal += 1
        return rest


def expand(paths: Iterable[str], split: str = "train") -> list[Source]:
    """Return the sources that `paths` name: files, folders, globs. Raises: SourceError."""
    found: dict[str, Source] = {}
    for path in paths:
        for name in _files(path):
            found.setdefault(os.path.normpath(name) if name != "-" else name, Source(name, split))
    return list(found.values())


def _files(path: str) -> list[str]:
    if path == "-" or os.path.isfile(path):
        return [path]
    if os.path.isdir(path):
        return _folder(path)
    if os.path.exists(path):
        return [path]
    if has_magic(path):
        names = [name for match in sorted(glob(path, recursive=True)) for name in _matched(match)]
        if names:
            return names
        raise SourceError(f"{path}: no dataset file matches")
    raise SourceError(f"{path}: no such file or folder")


def _matched(match: str) -> list[str]:
    return [match] if os.path.isfile(match) else []


def _folder(path: str) -> list[str]:
    names = sorted(
        str(name)
        for name in Path(path).rglob("*")
        if name.name.endswith(SUFFIXES)
        and name.is_file()
        and not any(part.startswith(".") for part in name.relative_to(path).parts)
    )
    if not names:
        raise SourceError(f"{path}: no dataset in this folder ({' '.join(SUFFIXES)})")
    return names


def size(sources: Sequence[Source]) -> int:
    """Return the bytes of all sources as stored."""
    return sum(os.path.getsize(source.file) for source in sources if os.path.isfile(source.file))
