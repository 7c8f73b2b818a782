"""Spools: bytes of a summary that go to disk when they become many.

The file has no name (on Windows, none that outlives it), so it is gone with the process, however
that ends.
"""

from __future__ import annotations

import os
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from tempfile import TemporaryFile, gettempdir
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakValueDictionary

from ftlint.error import FtlintError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LIMIT = 4 << 20
"""Bytes that are kept in memory; more are written to a file in the folder for such files."""
_BLOCK = 1 << 20
_pread: Callable[[int, int, int], bytes] | None = getattr(os, "pread", None)
"""Reads a file at a place; Windows has no such call."""


class _File:
    """A file that is only ever appended to; the spools that have bytes in it keep it open."""

    __slots__ = ("__weakref__", "end", "number", "stream")

    def __init__(self) -> None:
        self.stream: Any = TemporaryFile(prefix="ftlint-", buffering=0)  # noqa: SIM115, lives on
        self.number: int = self.stream.fileno()
        self.end = 0

    def __del__(self) -> None:
        self.stream.close()

    def append(self, data: bytes) -> Stretch:
        """Write `data` behind what is there. Raises: FtlintError when there is no room."""
        start, left = self.end, memoryview(data)
        try:
            self.stream.seek(start)
            while left:
                left = left[self.stream.write(left) :]
        except OSError as error:
            told = f"no room for temporary files in {gettempdir()}: {error.strerror}"
            raise FtlintError(f"{told}; TMPDIR names another folder") from error
        self.end += len(data)
        return Stretch(self, start, self.end)

    def read(self, start: int, size: int) -> bytes:
        """Return bytes from `start` on."""
        if _pread is not None:
            return _pread(self.number, size, start)
        self.stream.seek(start)
        found: bytes = self.stream.read(size)
        return found


class Stretch(NamedTuple):
    """Some bytes of a file."""

    file: _File
    start: int
    end: int

    def read(self, at: int, size: int) -> bytes:
        """Return `size` bytes from the byte `at` of the stretch on, fewer at its end."""
        return self.file.read(self.start + at, min(size, self.end - self.start - at))


_files: WeakValueDictionary[tuple[int, int], _File] = WeakValueDictionary()
"""The file of this process and thread; a fork writes to one of its own."""


def _file() -> _File:
    mine = os.getpid(), threading.get_ident()
    file = _files.get(mine)
    if file is None:
        file = _files[mine] = _File()
    return file


class Spool:
    """Bytes as a mergeable value. Size: O(1) in memory, at most `LIMIT`; the rest is on disk."""

    def __init__(self, data: bytes = b"", limit: int | None = None) -> None:
        """Keep `data`; more than `limit` bytes (`LIMIT`) go to disk when spools are merged."""
        self.limit = LIMIT if limit is None else limit
        self._parts: tuple[bytes | Stretch, ...] = (data,) if data else ()

    @cached_property
    def _ends(self) -> list[int]:
        """Return how many bytes there are up to the end of each part."""
        return list(accumulate(map(_size, self._parts)))

    def __len__(self) -> int:
        """Return the number of bytes."""
        return self._ends[-1] if self._parts else 0

    def __eq__(self, other: object) -> bool:
        """Return whether the bytes are the same, wherever they are."""
        return isinstance(other, Spool) and b"".join(self.blocks()) == b"".join(other.blocks())

    def __hash__(self) -> int:
        """Return the hash of the length."""
        return hash(len(self))

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how to make it again from its bytes."""
        return Spool, (b"".join(self.blocks()), self.limit)

    def blocks(self) -> Iterator[bytes]:
        """Yield all bytes in order."""
        for part in self._parts:
            if isinstance(part, bytes):
                yield part
            else:
                for at in range(0, _size(part), _BLOCK):
                    yield part.read(at, _BLOCK)

    def read(self, start: int, size: int) -> bytes:
        """Return `size` bytes from the byte `start` on, fewer at the end."""
        found: list[bytes] = []
        at = bisect_right(self._ends, start)
        while size > 0 and at < len(self._parts):
            part = self._parts[at]
            inside = start - (self._ends[at] - _size(part))
            if isinstance(part, bytes):
                found.append(part[inside : inside + size])
            else:
                found.append(part.read(inside, size))
            start, size, at = start + len(found[-1]), size - len(found[-1]), at + 1
        return found[0] if len(found) == 1 else b"".join(found)

    def reads(self, starts: Sequence[int], sizes: Sequence[int]) -> Iterator[bytes]:
        """Yield bytes from many places, as `read` does from each."""
        parts, ends = self._parts, self._ends
        low = high = moved = number = 0  # of the part on disk that was read last
        for start, size in zip(starts, sizes, strict=True):
            end = start + size
            if not low <= start <= end <= high:
                at = bisect_right(ends, start)
                part = parts[at] if at < len(parts) and end <= ends[at] else b""
                if isinstance(part, bytes) or _pread is None:
                    yield self.read(start, size)
                    continue
                low, high, number = ends[at] - _size(part), ends[at], part.file.number
                moved = part.start - low
            yield _pread(number, size, start + moved)  # type: ignore[misc]

    def merge(self, other: Spool) -> Spool:
        """Return the bytes of both; what is on disk is not copied."""
        both = Spool(limit=self.limit)
        both._parts = self._parts + other._parts
        if sum(len(part) for part in both._parts if isinstance(part, bytes)) > both.limit:
            both._parts = tuple(both._stored())
        return both

    def _stored(self) -> list[Stretch]:
        """Return all bytes as few stretches; those that are in memory go to disk."""
        file, found, loose = _file(), list[Stretch](), list[bytes]()
        for part in (*self._parts, None):
            if isinstance(part, bytes):
                loose.append(part)
                continue
            more = [file.append(b"".join(loose))] if loose else []
            loose = []
            for stretch in (*more, *([part] if part else [])):
                if found and found[-1].file is stretch.file and found[-1].end == stretch.start:
                    found[-1] = found[-1]._replace(end=stretch.end)
                else:
                    found.append(stretch)
        return found

    def array(self) -> NDArray[np.uint8]:
        """Return the bytes as an array, mapped from a file if some are on disk."""
        import numpy as np

        if all(isinstance(part, bytes) for part in self._parts):
            return np.frombuffer(b"".join(self.blocks()), np.uint8)
        if len(self._parts) > 1:  # what was written in turns with others is written once more
            file = _File()
            for block in self.blocks():
                file.append(block)
            self._parts = (Stretch(file, 0, file.end),)
            self.__dict__.pop("_ends", None)
        (part,) = self._parts
        assert isinstance(part, Stretch)
        stream, shape = part.file.stream, (_size(part),)
        return np.asarray(np.memmap(stream, np.uint8, "r", offset=part.start, shape=shape))


def _size(part: bytes | Stretch) -> int:
    return len(part) if isinstance(part, bytes) else part.end - part.start
