"""Streams: the decompressed bytes of a file, with the stored bytes seen on the way.

gzip comes with Python; zstd through the `zstandard` package, loaded for `.zst` only.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from ftlint.error import SourceError

AGAIN = "download or export it again"
PACKED = 1 << 10
"""Bytes of a zstd file taken at once. 4 bytes may stand for 128 KiB, so these for 32 MiB."""


class Watched(io.RawIOBase):
    """A raw file that shows every block it reads to `seen`."""

    def __init__(self, path: str, seen: Callable[[memoryview], None]) -> None:
        """Open `path` unbuffered."""
        self._file = open(path, "rb", buffering=0)  # noqa: SIM115 - closed by close()
        self._seen = seen

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill `buffer` and show the bytes to the watcher, who may not keep them."""
        view = memoryview(buffer)  # type: ignore[arg-type]
        count = self._file.readinto(view) or 0
        self._seen(view[:count])
        return count

    def close(self) -> None:
        """Close the file."""
        if not self.closed:
            self._file.close()
        super().close()


@contextmanager
def open_stream(path: str, seen: Callable[[memoryview], None]) -> Iterator[BinaryIO]:
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
        raise SourceError(f"{path}: truncated gzip file: its end is missing; {AGAIN}") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise SourceError(f"{path}: broken gzip file: {error}; {AGAIN}") from error


def _zstd(path: str, raw: BinaryIO) -> Iterator[BinaryIO]:
    import zstandard

    frames = _Frames(raw, zstandard.ZstdDecompressor().decompressobj)
    try:
        yield cast(BinaryIO, io.BufferedReader(frames, 1 << 20))
    except EOFError as error:
        raise SourceError(f"{path}: truncated zstd file: its end is missing; {AGAIN}") from error
    except zstandard.ZstdError as error:
        raise SourceError(f"{path}: broken zstd file: {error}; {AGAIN}") from error


class _Frames(io.RawIOBase):
    """The content of zstd frames; the package's own reader takes a truncated one for complete."""

    def __init__(self, raw: BinaryIO, start: Callable[[], Any]) -> None:
        """Read from `raw`; `start` returns a decompressor of one frame."""
        self._raw = raw
        self._start = start
        self._frame: Any = None
        self._packed = b""
        self._content = memoryview(b"")

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill `buffer`. Raises: EOFError when the last frame has no end."""
        view = memoryview(buffer)  # type: ignore[arg-type]
        while not self._content and self._more():
            self._content = memoryview(self._frame.decompress(self._packed))
            self._packed = b""
            if self._frame.eof:
                self._packed, self._frame = self._frame.unused_data, None
        count = min(len(view), len(self._content))
        view[:count] = self._content[:count]
        self._content = self._content[count:]
        return count

    def _more(self) -> bool:
        """Return whether there is something to decompress, which `_packed` then holds."""
        self._packed = self._packed or self._raw.read(PACKED)
        if self._packed and self._frame is None:
            self._frame = self._start()
        elif not self._packed and self._frame is not None:
            raise EOFError
        return bool(self._packed)
