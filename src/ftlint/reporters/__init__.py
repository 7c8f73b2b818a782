"""Reporters: each turns a finished `Report` into text, in chunks, and decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from ftlint.error import UsageError
from ftlint.value import dataclass

if TYPE_CHECKING:
    from ftlint.report import Report

REPORTERS = {
    "full": "ftlint.reporters.full",
    "concise": "ftlint.reporters.concise",
    "json": "ftlint.reporters.json",
    "jsonl": "ftlint.reporters.jsonl",
    "sarif": "ftlint.reporters.sarif",
    "github": "ftlint.reporters.github",
    "gitlab": "ftlint.reporters.gitlab",
    "junit": "ftlint.reporters.junit",
    "markdown": "ftlint.reporters.markdown",
}
"""The module of each format, imported only when that format is asked for."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a report is shown; the machine-readable formats heed none of it."""

    color: bool = False
    quiet: bool = False
    """Findings and crashed rules only: no summary."""
    statistics: bool = False
    """Numbers instead of single findings."""
    width: int = 100
    """Cells of a terminal line."""


Render = Callable[["Report", Options], Iterator[str]]


def load(name: str) -> Render:
    """Return the `render` of the format `name`. Raises: UsageError."""
    if name not in REPORTERS:
        raise UsageError(f"unknown format {name!r} ({', '.join(REPORTERS)})")
    render: Render = import_module(REPORTERS[name]).render
    return render
