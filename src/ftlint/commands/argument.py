"""What several commands do with their arguments: split, complain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

import click


def words(values: Sequence[str]) -> tuple[str, ...]:
    """Split `FT1,FT4` and repeated options into single words."""
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


def complain(message: str) -> None:
    """Say one thing on standard error, on one line: it may quote names of files."""
    from ftlint.reporters.terminal import escape

    click.echo(f"ftlint: {escape(message)}", err=True)


def is_terminal(stream: IO[str] | None) -> bool:
    """Return whether `stream` is a terminal; it is None when the user has closed it."""
    return stream is not None and stream.isatty()
