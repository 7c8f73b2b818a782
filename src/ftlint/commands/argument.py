"""What several commands do with their arguments: split, complete, complain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

import click


def rule_names(context: click.Context, parameter: click.Parameter, word: str) -> list[str]:
    """Complete codes and names of the built-in rules."""
    from ftlint.configuration.catalogue import builtin

    words = [word for rule in builtin() for word in (rule.code, rule.name)]
    return [name for name in words if name.startswith(word)]


def target_names(context: click.Context, parameter: click.Parameter, word: str) -> list[str]:
    """Complete the names of targets, and after a colon those of their models."""
    from ftlint.targets.target import model_names, names, read

    provider, colon, _ = word.partition(":")
    words = names()
    if colon and provider in words:
        words = [f"{provider}:{model}" for model in model_names(read(provider))]
    return [name for name in words if name.startswith(word)]


def encoding_names(context: click.Context, parameter: click.Parameter, word: str) -> list[str]:
    """Complete the names of encodings."""
    from ftlint.targets.target import encodings

    return [name for name in encodings() if name.startswith(word)]


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
