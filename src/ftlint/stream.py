"""Streams: the decompressed bytes of a file, with the stored bytes seen on the way.

gzip comes with Python; zstd through the `zstandard` package, loaded for `.zst` only.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from ftlint.error import SourceError


class Watched(io.RawIOBase):
    """A raw file that shows every block it reads to `seen`."""

    def __init__(self, path: str, seen: Callable[[bytes], None]) -> None:
        """Open `path` unbuffered."""
        self._file = open(path, "rb", buffering=0)  # noqa: SIM115 - closed by close()
        self._seen = seen

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill `buffer` and show the bytes to the watcher."""
        view = memoryview(buffer)  # type: ignore[arg-type]
        count = self._file.readinto(view) or 0
        self._seen(bytes(view[:count]))
        return count

    def close(self) -> None:
        """Close the file."""
        if not self.closed:
            self._file.close()
        super().close()


@contextmanager
def open_stream(path: str, seen: Callable[[bytes], None]) -> Iterator[BinaryIO]:
    """Yield the decompressed bytes of `path`. Raises: OSError, SourceError."""
    raw = Watched(path, seen)
    try:
        buffered = cast(BinaryIO, io.BufferedReader(raw, 1 << 20))
        if path.endswith(".gz"):
            yield from _gzip(path, buffered)
        elif path.endswith(".zst"):
            yield from _zstd(path, buffered)
        else:
            yield buffered
    finally:
        raw.close()


def _gzip(path: str, raw: BinaryIO) -> Iterator[BinaryIO]:
    import gzip

    try:
        with gzip.GzipFile(fileobj=raw) as stream:
            yield cast(BinaryIO, stream)
    except EOFError as error:
        raise SourceError(f"{path}: truncated gzip file: its end is missing") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise SourceError(f"{path}: broken gzip file: {error}") from error


def _zstd(path: str, raw: BinaryIO) -> Iterator[BinaryIO]:
    import zstandard

    try:
        with zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True) as reader:
            yield cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, reader), 1 << 20))
    except zstandard.ZstdError as error:
        raise SourceError(f"{path}: broken zstd file: {error}") from error
