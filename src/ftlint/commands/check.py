"""The command `ftlint check`: arguments in, reports and an exit status out."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, Any

import click

from ftlint.commands.argument import (
    complain,
    encoding_names,
    is_terminal,
    rule_names,
    target_names,
    words,
)
from ftlint.error import UsageError
from ftlint.output import check_writable, write_atomically, write_out

if TYPE_CHECKING:
    from ftlint.afterwards import Steps
    from ftlint.report import Report
    from ftlint.session import Request

FORMATS = (*("full", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown"),)
TABLES = ("csv", "parquet")
"""Formats of files with one row an example."""
LEVELS = ("error", "warning", "note")


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH…|-]")
@click.option("--train", multiple=True, metavar="PATH", help="A training file; may be repeated.")
@click.option("--validation", multiple=True, metavar="PATH", help="A validation file.")
@click.option(
    "--target",
    metavar="NAME",
    shell_complete=target_names,
    help="Where the data is sent: openai, openai:gpt-4.1-mini, azure-openai, together, …",
)
@click.option(
    "--encoding",
    metavar="NAME",
    shell_complete=encoding_names,
    help="Count tokens in this encoding, also for a model that no target lists: o200k_base.",
)
@click.option(
    "--tokenizer",
    metavar="DIR",
    help="Folder of a Hugging Face tokenizer; it renders and counts every example.",
)
@click.option(
    "--shape",
    metavar="NAME",
    help="Shape of the records: chat, preference, alpaca, …  [default: what the files show]",
)
@click.option(
    "--grader",
    metavar="FILE",
    help="JSON of a reinforcement job's grader: what it reads must be in every record.",
)
@click.option(
    "--benchmark",
    "benchmarks",
    multiple=True,
    metavar="NAME=PATH",
    help="A test set whose items must not be in training data; may be repeated.",
)
@click.option(
    "--select",
    multiple=True,
    metavar="RULES",
    shell_complete=rule_names,
    help="Run only these codes, prefixes or names (FT1,FT010,no-user); ALL, DEFAULT.",
)
@click.option(
    "--ignore", multiple=True, metavar="RULES", shell_complete=rule_names, help="Leave these out."
)
@click.option(
    "--severity", multiple=True, metavar="RULES=LEVEL", help="Change a severity: FT125=error."
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="full",
    show_default=True,
    help="Form of the report on standard output.",
)
@click.option("--output", metavar="PATH", help="Write the report to a file instead.")
@click.option(
    "-o",
    "outputs",
    multiple=True,
    metavar="FORMAT=PATH",
    help="Write a further report: -o json=report.json; may be repeated. csv= and parquet= write "
    "what was measured, one row an example.",
)
@click.option(
    "--fail-on",
    type=click.Choice([*LEVELS, "never"]),
    help="Lowest severity that makes the exit status 1.  [default: error]",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Worker processes.  [default: by the size of the data]",
)
@click.option("--no-cache", is_flag=True, help="Neither read nor write compiled rules on disk.")
@click.option(
    "--max-findings",
    type=click.IntRange(0),
    metavar="N",
    help="Findings kept a rule; all are counted, 0 keeps all.  [default: 500]",
)
@click.option("--fix", is_flag=True, help="Write safe fixes; ftlint undo takes them back.")
@click.option("--unsafe-fixes", is_flag=True, help="Also fixes that change what is trained on.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and write nothing.")
@click.option("--baseline", metavar="FILE", help="Report only what this file does not know.")
@click.option("--update-baseline", is_flag=True, help="Write all findings to the baseline file.")
@click.option("--prune", is_flag=True, help="Remove what is gone from the baseline file.")
@click.option("--offline", is_flag=True, help="Let no text leave the machine, whoever is to judge.")
@click.option("--show-content", is_flag=True, help="Quote also what is private, such as abuse.")
@click.option("--statistics", is_flag=True, help="Counts a rule instead of single findings.")
@click.option("-q", "--quiet", is_flag=True, help="Findings only: no summary, no progress.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colours; auto obeys NO_COLOR and the terminal.",
)
@click.option("--config", metavar="PATH", help="Configuration  [default: nearest ftlint.yaml]")
def check(paths: tuple[str, ...], outputs: tuple[str, ...], **options: Any) -> None:
    """Lint datasets: files, folders, globs, or - for standard input.

    Reads .jsonl and .ndjson, also with .gz or .zst. Without a PATH the files under data: in the
    configuration are linted. Exit status: 0 clean, 1 findings at or above --fail-on, 2 could not
    run.
    """
    from ftlint.progress import watching
    from ftlint.session import Session, spooled

    if options["no_cache"]:
        from ftlint import cache

        cache.disable()
    further = [_further(word) for word in outputs]
    for path in filter(None, [options["output"], *(path for _, path in further)]):
        check_writable(path)
    figures = options["statistics"] or "json" in (options["format_"], *(f for f, _ in further))
    options["table"] = any(format_ in TABLES for format_, _ in further)
    steps = _steps(options)
    session = Session.open(_request(paths, options, figures, keep_all=steps is not None))
    with spooled(session.sources()) as sources, watching(sources, options["quiet"]) as step:
        report = session.check(sources, step)
        if steps:
            report = steps.after(session, sources, report)
    for format_, path in further:
        _write(report, format_, path, options)
    _write(report, options["format_"], options["output"], options)
    if options["output"] or options["format_"] in ("json", "jsonl"):
        for entry in report.crashed:  # people would not see it there
            complain(f"{entry.code} {entry.reason}")
    raise click.exceptions.Exit(report.exit_status)


def _steps(options: dict[str, Any]) -> Steps | None:
    """Return what is to be done with the findings before they are shown; mostly nothing."""
    asked = ("fix", "unsafe_fixes", "diff", "baseline", "update_baseline", "prune")
    if not any(options[name] for name in asked):
        return None
    from ftlint.afterwards import Steps

    return Steps.of(options)


def _request(
    paths: tuple[str, ...], options: dict[str, Any], figures: bool, *, keep_all: bool
) -> Request:
    from ftlint.session import Request

    return Request(
        paths=paths,
        train=options["train"],
        validation=options["validation"],
        select=words(options["select"]) or None,
        ignore=words(options["ignore"]),
        severity=words(options["severity"]),
        fail_on=options["fail_on"],
        target=options["target"],
        encoding=options["encoding"],
        tokenizer=options["tokenizer"],
        shape=options["shape"],
        grader=options["grader"],
        benchmarks=options["benchmarks"],
        config=options["config"],
        max_findings=options["max_findings"],
        keep_all=keep_all,
        figures=figures,
        offline=options["offline"],
        show_content=options["show_content"],
        table=options["table"],
        jobs=options["jobs"] or 0,
    )


def _further(word: str) -> tuple[str, str]:
    format_, equals, path = word.partition("=")
    known = (*FORMATS, *TABLES)
    if format_ not in known or not equals or not path:
        raise UsageError(f"-o {word}: write FORMAT=PATH, with one of {', '.join(known)}")
    if format_ in TABLES:
        from ftlint.frames import check_installed

        check_installed(format_)
    return format_, path


def _write(report: Report, format_: str, path: str | None, options: dict[str, Any]) -> None:
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
