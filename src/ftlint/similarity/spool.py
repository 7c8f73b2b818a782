"""Spools: bytes of a summary that go to disk when they become many.

The file has no name (on Windows, none that outlives it), so it is gone with the process, however
that ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from tempfile import TemporaryFile, gettempdir
from typing import IO, TYPE_CHECKING, Any

from ftlint.error import FtlintError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LIMIT = 64 << 20
"""Bytes that are kept in memory; more are written to a file in the folder for such files."""
_BLOCK = 1 << 20


class _File:
    """A file that several spools may begin with; only the one that holds all of it appends."""

    __slots__ = ("end", "stream")

    def __init__(self) -> None:
        self.stream: IO[bytes] = TemporaryFile(prefix="ftlint-")  # noqa: SIM115, lives on
        self.end = 0

    def __del__(self) -> None:
        self.stream.close()

    def append(self, data: bytes) -> None:
        """Write `data` behind what is there. Raises: FtlintError when there is no room."""
        try:
            self.stream.seek(self.end)
            self.stream.write(data)
            self.stream.flush()
        except OSError as error:
            told = f"no room for temporary files in {gettempdir()}: {error.strerror}"
            raise FtlintError(f"{told}; TMPDIR names another folder") from error
        self.end += len(data)


class Spool:
    """Bytes as a mergeable value. Size: O(1) in memory, at most `LIMIT`; the rest is on disk."""

    __slots__ = ("_file", "_stored", "_tail", "limit")

    def __init__(self, data: bytes = b"", limit: int | None = None) -> None:
        """Keep `data`; more than `limit` bytes (`LIMIT`) go to disk when spools are merged."""
        self.limit = LIMIT if limit is None else limit
        self._file: _File | None = None
        self._stored = 0
        self._tail: tuple[bytes, ...] = (data,) if data else ()

    def __len__(self) -> int:
        """Return the number of bytes."""
        return self._stored + sum(map(len, self._tail))

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
        for start in range(0, self._stored, _BLOCK):
            assert self._file is not None
            self._file.stream.seek(start)
            yield self._file.stream.read(min(_BLOCK, self._stored - start))
        yield from self._tail

    def merge(self, other: Spool) -> Spool:
        """Return the bytes of both; what `self` has on disk is not copied."""
        both = Spool(limit=self.limit)
        both._file, both._stored = self._file, self._stored
        both._tail = (*self._tail, *other.blocks())
        if sum(map(len, both._tail)) > both.limit:
            both._store()
        return both

    def _store(self) -> None:
        if self._file is None or self._file.end != self._stored:
            begun = list(self.blocks())[: -len(self._tail) or None]
            self._file = _File()
            for block in begun:
                self._file.append(block)
        for block in self._tail:
            self._file.append(block)
        self._stored, self._tail = self._file.end, ()

    def array(self) -> NDArray[np.uint8]:
        """Return the bytes as an array, mapped from the file if there is one."""
        import numpy as np

        if self._file is None:
            return np.frombuffer(b"".join(self._tail), np.uint8)
        self._store()
        self._file.stream.flush()
        return np.memmap(self._file.stream, np.uint8, "r", shape=(self._stored,))
