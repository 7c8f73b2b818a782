"""The command `ftlint check`: arguments in, reports and an exit status out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftlint.commands.argument import encoding_names, rule_names, target_names, words
from ftlint.console.output import check_no_data, check_writable
from ftlint.console.rendering import FORMATS, TABLES, further, write
from ftlint.error import UsageError

if TYPE_CHECKING:
    from ftlint.afterwards.steps import Steps
    from ftlint.configuration.config import Config
    from ftlint.session import Request

LEVELS = ("error", "warning", "note")


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH…|-]")
@click.option("--train", multiple=True, metavar="PATH", help="A training file; may be repeated.")
@click.option("--validation", multiple=True, metavar="PATH", help="A validation file.")
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="NAME",
    shell_complete=target_names,
    help="Where the data is sent: openai:gpt-4.1-mini, together, ./own.yaml, …; may be repeated.",
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
    "--method",
    metavar="NAME",
    help="How it is trained on: sft, dpo, kto, rft, …  [default: what shape and target say]",
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
@click.option("--no-cache", is_flag=True, help="Neither read nor write what is kept on disk.")
@click.option("--cache-dir", metavar="DIR", help="Keep results here  [default: the user's folder]")
@click.option(
    "--max-findings",
    type=click.IntRange(0),
    metavar="N",
    help="Findings kept a rule; all are counted, 0 keeps all.  [default: 500]",
)
@click.option("--fix", is_flag=True, help="Write safe fixes; ftlint undo takes them back.")
@click.option("--unsafe-fixes", is_flag=True, help="Also fixes that change what is trained on.")
@click.option("--rejects", metavar="FILE", help="Move lines here that no fix frees of errors.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and write nothing.")
@click.option("--baseline", metavar="FILE", help="Report only what this file does not know.")
@click.option("--update-baseline", is_flag=True, help="Write all findings to the baseline file.")
@click.option("--prune", is_flag=True, help="Remove what is gone from the baseline file.")
@click.option("--no-baseline", is_flag=True, help="Also what the configured baseline knows.")
@click.option("--no-suppressions", is_flag=True, help="Also what .ftlint-ignore.yaml accepts.")
@click.option("--changed", is_flag=True, help="Only findings of rows that HEAD does not have.")
@click.option("--since", metavar="REV", help="Only of rows that came since a branch left REV.")
@click.option("--watch", is_flag=True, help="Run again whenever data or configuration change.")
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
        jobs=options["jobs"] or 0,
    )
