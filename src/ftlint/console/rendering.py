"""Rendering: a report in the formats that a command asks for, to files and standard output."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ftlint.commands.argument import complain, is_terminal
from ftlint.console.output import check_writable, write_atomically, write_out
from ftlint.error import UsageError

if TYPE_CHECKING:
    from ftlint.report import Report

FORMATS = (*("full", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown"),)
TABLES = ("csv", "parquet")
"""Formats of files with one row an example."""


def further(words: Sequence[str], known: Sequence[str]) -> list[tuple[str, str]]:
    """Return format and path of each FORMAT=PATH. Raises: UsageError."""
    found = []
    for word in words:
        format_, equals, path = word.partition("=")
        if format_ not in known or not equals or not path:
            from ftlint.configuration.document import suggest

            near = suggest(format_, known) if format_ not in known else ""
            raise UsageError(f"-o {word}: write FORMAT=PATH{near} ({', '.join(known)})")
        if format_ in TABLES:
            from ftlint.frames import check_installed

            check_installed(format_)
        check_writable(path)
        found.append((format_, path))
    return found


def write(report: Report, outputs: Sequence[tuple[str, str]], options: Mapping[str, Any]) -> None:
    """Write `report` to `outputs`, then as `options` of the command say. Raises: UsageError."""
    for format_, path in outputs:
        _write(report, format_, path, options)
    _write(report, options["format_"], options["output"], options)
    if options["output"] and not options["quiet"]:
        _tell(report, options["output"])
    if options["output"] or options["format_"] in ("json", "jsonl"):
        for entry in report.crashed:  # people would not see it there
            complain(f"{entry.code} {entry.reason}")


def _tell(report: Report, path: str) -> None:
    """Say on standard error where the report is and what it comes to: nothing else is shown."""
    import click

    from ftlint.reporters.terminal import escape, outcome, scope

    verdict = "passed" if report.verdict.passed else "failed"
    told = f"{escape(path)}: {scope(report)}: {outcome(report)}; {verdict}"
    click.echo(told, err=True)


def _write(report: Report, format_: str, path: str | None, options: Mapping[str, Any]) -> None:
    if path is not None and format_ in TABLES:
        from ftlint.frames import written

        return write_atomically(path, [written(report, format_)])
    from ftlint.reporters import Options, load

    to_terminal = path is None and is_terminal(sys.stdout)
    chunks = load(format_)(
        report,
        Options(
            color=_color(options["color"], to_terminal),
            quiet=options["quiet"],
            statistics=options["statistics"],
            width=min(shutil.get_terminal_size().columns, 120) if to_terminal else 100,
        ),
    )
    if path is None:
        write_out(chunks)
    else:
        write_atomically(path, chunks)


def _color(choice: str, terminal: bool) -> bool:
    if choice != "auto":
        return choice == "always"
    return terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
