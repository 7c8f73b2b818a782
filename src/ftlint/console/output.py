"""Output: standard output, and files that are written whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO, cast

from ftlint.error import UsageError

if TYPE_CHECKING:
    from ftlint.source import Source

READER_LEFT = 141
"""Exit status when the reader of standard output is gone, as a shell counts SIGPIPE."""


def write_out(chunks: Iterable[str]) -> None:
    """Write `chunks` to standard output as UTF-8.

    Raises: UsageError when it is closed or full, SystemExit when nobody reads it any more.
    """
    if sys.stdout is None:
        raise UsageError("standard output is closed; --output PATH writes to a file")
    try:
        sys.stdout.flush()
        _encode(sys.stdout.buffer.write, chunks)
        sys.stdout.buffer.flush()
    except OSError as error:
        # What is left in the buffer would fail once more when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # head or less has seen enough
            sys.exit(READER_LEFT)
        raise UsageError(f"standard output cannot be written: {error.strerror}") from error


def check_writable(path: str) -> None:
    """Find out before the work begins that `path` cannot be written. Raises: UsageError."""
    folder = os.path.dirname(path) or "."
    if os.path.isdir(path):
        reason = "it is a folder; name a file in it"
    elif not os.path.isdir(folder):
        reason = f"there is no folder {folder}; make it first"
    elif not os.access(path if _device(path) else folder, os.W_OK):
        reason = "permission denied; name another folder"
    else:
        return
    raise UsageError(f"{path}: cannot be written: {reason}")


def check_no_data(paths: Iterable[str | None], sources: Iterable[Source]) -> None:
    """Find out before the work begins that a report would replace data. Raises: UsageError."""
    read = {os.path.realpath(source.path) for source in sources if os.path.isfile(source.path)}
    for path in filter(None, paths):
        if os.path.realpath(path) in read:
            raise UsageError(f"{path}: is read as DATA and cannot be written; name another")


def check_new(path: str, sources: Iterable[Source], force: bool) -> None:
    """Find out that `path` must not be written: it is read as data, or there already.

    Raises: UsageError
    """
    check_no_data([path], sources)
    if os.path.exists(path) and not force:
        raise UsageError(f"{path}: is there already; --force replaces it")
    if os.path.exists(path) and not os.path.isfile(path):
        raise UsageError(f"{path}: is not a file; name one")
    check_writable(path)


def write_atomically(path: str, chunks: Iterable[str | bytes]) -> None:
    """Write `chunks` to `path`, texts as UTF-8, replacing it only when all is written.

    Raises: UsageError when it cannot be written.
    """
    try:
        if _device(path):  # /dev/null, or a pipe: never to be replaced by a file
            with open(path, "wb") as device:
                _encode(device.write, chunks)
        else:
            _replace(os.path.realpath(path), chunks)  # what a link leads to, not the link
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error


def _replace(path: str, chunks: Iterable[str | bytes]) -> None:
    handle, name = tempfile.mkstemp(prefix=".ftlint-", dir=os.path.dirname(path))
    try:
        with os.fdopen(handle, "wb") as file:
            _encode(file.write, chunks)
        _open_up(name)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _open_up(name: str) -> None:
    """Give a file of mkstemp, which only its owner can read, the usual permissions."""
    umask = os.umask(0)
    os.umask(umask)
    os.chmod(name, 0o666 & ~umask)


@contextmanager
def staged(paths: Sequence[str]) -> Iterator[list[BinaryIO]]:
    """Yield one file to write for each of `paths`; they appear together, when all are whole.

    What ends in `.gz` or `.zst` is compressed. Old files are removed first: whoever is interrupted
    between two of them is left with fewer files, never with an old one beside a new one.
    Raises: UsageError when one cannot be written.
    """
    path = ""
    try:
        with ExitStack() as names, ExitStack() as stack:
            files, ready = [], []
            for path in paths:
                real = os.path.realpath(path)
                handle, name = tempfile.mkstemp(prefix=".ftlint-", dir=os.path.dirname(real))
                names.callback(_remove, name)
                files.append(_compressed(path, stack.enter_context(os.fdopen(handle, "wb")), stack))
                ready.append((name, real))
            path = " or ".join(paths)
            yield files
            stack.close()
            for name, _ in ready:
                _open_up(name)
            for _, real in ready:
                _remove(real)
            for name, real in ready:
                os.replace(name, real)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from error


def _remove(path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path)


def _compressed(path: str, file: BinaryIO, stack: ExitStack) -> BinaryIO:
    """Return what compresses into `file`, as the end of `path` says, without time or name."""
    if path.endswith(".gz"):
        import gzip

        zipped = gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0)
        return cast(BinaryIO, stack.enter_context(zipped))
    if path.endswith(".zst"):
        import zstandard

        writer = zstandard.ZstdCompressor().stream_writer(file, closefd=False)
        return cast(BinaryIO, stack.enter_context(writer))
    return file


def _device(path: str) -> bool:
    return os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)


def _encode(write: Callable[[bytes], object], chunks: Iterable[str | bytes]) -> None:
    for chunk in chunks:
        write(chunk if isinstance(chunk, bytes) else chunk.encode(errors="backslashreplace"))
