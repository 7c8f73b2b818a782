"""Intake: standard input and pipes, which can be read once, as files that can be read again."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from io import BufferedReader
from typing import IO, cast

from ftlint.error import SourceError
from ftlint.source import Source


@contextmanager
def spooled(sources: Sequence[Source]) -> Iterator[list[Source]]:
    """Yield the sources with standard input and pipes copied to files, removed afterwards.

    Findings are shown with their line, so lines must be read twice, and a pipe cannot be.
    """
    with ExitStack() as stack:
        copies = {
            path: stack.enter_context(_copy(path)).name
            for path in dict.fromkeys(source.path for source in sources if _flows(source.path))
        }
        yield [replace(source, stored=copies.get(source.path, "")) for source in sources]


def _flows(path: str) -> bool:
    return path == "-" or (os.path.exists(path) and not os.path.isfile(path))


def _copy(path: str) -> IO[bytes]:
    """Return a copy of a pipe or of standard input, removed when closed. Raises: SourceError."""
    if path == "-" and sys.stdin is None:
        raise SourceError("-: standard input is closed; name a file or pipe data into it")
    zipped = next((suffix for suffix in (".gz", ".zst") if path.endswith(suffix)), "")
    try:
        with (
            nullcontext(sys.stdin.buffer) if path == "-" else open(path, "rb") as stream,
            ExitStack() as stack,
        ):
            copy = stack.enter_context(tempfile.NamedTemporaryFile(prefix="ftlint-", suffix=zipped))
            # What is there, not a whole block: Ctrl-C is noticed between two reads.
            while data := cast(BufferedReader, stream).read1(1 << 20):
                copy.write(data)
            copy.flush()
            stack.pop_all()
            return copy
    except OSError as error:
        raise SourceError(f"{path}: cannot be copied to a file: {error.strerror}") from error
