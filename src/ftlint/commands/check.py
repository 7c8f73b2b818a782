"""The command `ftlint check`: arguments in, reports and an exit status out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftlint.commands.argument import words
from ftlint.commands.complete import files
from ftlint.commands.manual import Manual
from ftlint.commands.options import DATA, FIXES, KNOWN, REPORT, RULES, RUN
from ftlint.console.output import check_no_data, check_writable
from ftlint.console.rendering import FORMATS, TABLES, further, write
from ftlint.error import UsageError

if TYPE_CHECKING:
    from ftlint.afterwards.steps import Steps
    from ftlint.configuration.config import Config
    from ftlint.session import Request

EXAMPLES = (
    ("ftlint check train.jsonl", "lint one file"),
    ("ftlint check data/ --target openai:gpt-4.1-mini", "a folder, as that model takes it"),
    ("ftlint check --train a.jsonl --validation b.jsonl", "also what leaks between them"),
    ("ftlint check data/ --statistics", "counts, when there are many findings"),
    ("ftlint check a.jsonl --select FT4 --format json", "duplicates, for a program"),
)
STATUSES = {
    0: "no finding at or above --fail-on",
    1: "such findings; with --diff: there are changes to make",
    2: "could not run: a mistake in the command line or the configuration, a file that cannot be "
    "read, a rule that crashed",
}


@click.command(cls=Manual, examples=EXAMPLES, statuses=STATUSES)
@click.argument("paths", nargs=-1, metavar="[PATH…|-]", shell_complete=files)
@DATA
@RULES
@REPORT
@FIXES
@KNOWN
@RUN
def check(paths: tuple[str, ...], outputs: tuple[str, ...], **options: Any) -> None:
    """Lint datasets: files, folders, globs, or - for standard input.

    Reads .jsonl and .ndjson, also with .gz or .zst. Without a PATH the files under data: in the
    configuration are linted.
    """
    from ftlint.storage import cache

    cache.choose(options["cache_dir"] or "", disabled=options["no_cache"])
    if not options["watch"]:
        raise click.exceptions.Exit(_once(paths, outputs, options))
    _check_watchable(paths, options)
    from ftlint.console.watch import watch, watched

    status = watch(lambda: _once(paths, outputs, options), lambda: watched(paths, options))
    raise click.exceptions.Exit(status)


def _check_watchable(paths: Sequence[str], options: Mapping[str, Any]) -> None:
    """Refuse what makes no sense again and again. Raises: UsageError."""
    for name in ("fix", "diff", "update_baseline", "prune"):
        if options[name]:
            raise UsageError(f"--watch only looks; leave --{name.replace('_', '-')} out")
    if "-" in (*paths, *options["train"], *options["validation"]):
        raise UsageError("--watch cannot read standard input again; name a file")


def _once(paths: tuple[str, ...], outputs: tuple[str, ...], options: dict[str, Any]) -> int:
    """Lint, do what is asked with the findings, and show them; return the exit status."""
    from ftlint.console.intake import spooled
    from ftlint.console.progress import watching
    from ftlint.session import Session

    if options["output"]:
        check_writable(options["output"])
    written = further(outputs, (*FORMATS, *TABLES))
    formats = {options["format_"], *(format_ for format_, _ in written)}
    figures = options["statistics"] or "json" in formats
    options["table"] = not formats.isdisjoint(TABLES)
    session = Session.open(_request(paths, options, figures))
    steps = _steps(options, session.config)
    if steps:
        request = replace(session.request, keep_all=True, every_copy=steps.every_copy)
        session = replace(session, request=request)
    named = session.sources()
    check_no_data((options["output"], *(path for _, path in written)), named)
    with spooled(named) as sources, watching(sources, options["quiet"]) as step:
        if steps:
            steps.check_possible(sources)
        report = session.check(sources, step)
        if steps:
            report = steps.after(session, sources, report)
    write(report, written, options)
    return report.exit_status


def _steps(options: dict[str, Any], config: Config) -> Steps | None:
    """Return what is to be done with the findings before they are shown; mostly nothing."""
    from ftlint.afterwards.suppression import find

    words = ("fix", "unsafe_fixes", "rejects", "diff", "baseline", "update_baseline", "prune")
    asked = options["since"] is not None or any(
        options[name] for name in (*words, "no_baseline", "changed")
    )
    configured = config.baseline or config.suppressions or find(Path.cwd(), config.root)
    if not (asked or configured):
        return None
    from ftlint.afterwards.steps import Steps

    return Steps.of(options, config)


def _request(paths: tuple[str, ...], options: dict[str, Any], figures: bool) -> Request:
    from ftlint.session import Request

    return Request(
        paths=paths,
        train=options["train"],
        validation=options["validation"],
        select=words(options["select"]) or None,
        ignore=words(options["ignore"]),
        severity=words(options["severity"]),
        fail_on=options["fail_on"],
        targets=options["targets"],
        encoding=options["encoding"],
        tokenizer=options["tokenizer"],
        shape=options["shape"],
        method=options["method"],
        grader=options["grader"],
        benchmarks=options["benchmarks"],
        config=options["config"],
        max_findings=options["max_findings"],
        patches=options["fix"] or options["diff"],
        figures=figures,
        offline=options["offline"],
        show_content=options["show_content"],
        table=options["table"],
        jobs=options["jobs"],
    )
