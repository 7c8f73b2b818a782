"""Output files: written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable

from ftlint.error import UsageError


def write_atomically(path: str, chunks: Iterable[str]) -> None:
    """Write `chunks` to `path` as UTF-8, replacing it only when all is written.

    Raises: UsageError when the folder cannot be written to.
    """
    folder = os.path.dirname(path) or "."
    try:
        handle, name = tempfile.mkstemp(prefix=".ftlint-", dir=folder)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                file.write(chunk.encode(errors="backslashreplace"))
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)  # mkstemp makes files that only their owner can read
        os.replace(name, path)
    except OSError as error:
        os.unlink(name)
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
    except BaseException:
        os.unlink(name)
        raise
