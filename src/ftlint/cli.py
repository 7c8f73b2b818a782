"""The command line: arguments in, a report and an exit status out.

Exit status: 0 clean, 1 findings at or above `--fail-on`, 2 could not run.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click

from ftlint import __version__
from ftlint.error import FtlintError, UsageError
from ftlint.output import check_writable, write_atomically, write_out
from ftlint.splitcommand import split

if TYPE_CHECKING:
    from ftlint.report import Report
    from ftlint.session import Request

FORMATS = (*("full", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown"),)
TABLES = ("csv", "parquet")
"""Formats of files with one row an example."""
LEVELS = ("error", "warning", "note")
F = TypeVar("F", bound=Callable[..., Any])


def main() -> None:
    """Run the command line; never shows a traceback for a mistake of the user."""
    try:
        # Not standalone, so that messages are ours; click then returns the status of an Exit.
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except FtlintError as error:
        _complain(str(error))
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        click.echo("ftlint: interrupted; nothing was written", err=True)
        sys.exit(130)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="ftlint")
def cli() -> None:
    r"""Lint fine-tuning datasets before a job is sent.

    \b
    ftlint check train.jsonl            find what would be refused, wasted or harmful
    ftlint rule FT107                   what a rule finds, why it harms, good and bad
    ftlint init --pre-commit            write a configuration and a commit hook
    """


def _rule_names(context: click.Context, parameter: click.Parameter, word: str) -> list[str]:
    """Complete codes and names of the built-in rules."""
    from ftlint.catalogue import builtin

    words = [word for rule in builtin() for word in (rule.code, rule.name)]
    return [name for name in words if name.startswith(word)]


def _target_names(context: click.Context, parameter: click.Parameter, word: str) -> list[str]:
    """Complete the names of targets, and after a colon those of their models."""
    from ftlint.target import model_names, names, read

    provider, colon, _ = word.partition(":")
    words = names()
    if colon and provider in words:
        words = [f"{provider}:{model}" for model in model_names(read(provider))]
    return [name for name in words if name.startswith(word)]


def _encoding_names(context: click.Context, parameter: click.Parameter, word: str) -> list[str]:
    """Complete the names of encodings."""
    from ftlint.target import encodings

    return [name for name in encodings() if name.startswith(word)]


def _words(values: Sequence[str]) -> tuple[str, ...]:
    """Split `FT1,FT4` and repeated options into single words."""
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


@cli.command()
@click.argument("paths", nargs=-1, metavar="[PATH…|-]")
@click.option("--train", multiple=True, metavar="PATH", help="A training file; may be repeated.")
@click.option("--validation", multiple=True, metavar="PATH", help="A validation file.")
@click.option(
    "--target",
    metavar="NAME",
    shell_complete=_target_names,
    help="Where the data is sent: openai, openai:gpt-4.1-mini, azure-openai, together, …",
)
@click.option(
    "--encoding",
    metavar="NAME",
    shell_complete=_encoding_names,
    help="Count tokens in this encoding, also for a model that no target lists: o200k_base.",
)
@click.option(
    "--tokenizer",
    metavar="DIR",
    help="Folder of a Hugging Face tokenizer; it renders and counts every example.",
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
    shell_complete=_rule_names,
    help="Run only these codes, prefixes or names (FT1,FT010,no-user); ALL, DEFAULT.",
)
@click.option(
    "--ignore", multiple=True, metavar="RULES", shell_complete=_rule_names, help="Leave these out."
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
    session = Session.open(_request(paths, options, figures))
    with spooled(session.sources()) as sources, watching(sources, options["quiet"]) as step:
        report = session.check(sources, step)
    for format_, path in further:
        _write(report, format_, path, options)
    _write(report, options["format_"], options["output"], options)
    if options["output"] or options["format_"] in ("json", "jsonl"):
        for entry in report.crashed:  # people would not see it there
            _complain(f"{entry.code} {entry.reason}")
    raise click.exceptions.Exit(report.exit_status)


def _request(paths: tuple[str, ...], options: dict[str, Any], figures: bool) -> Request:
    from ftlint.session import Request

    return Request(
        paths=paths,
        train=options["train"],
        validation=options["validation"],
        select=_words(options["select"]) or None,
        ignore=_words(options["ignore"]),
        severity=_words(options["severity"]),
        fail_on=options["fail_on"],
        target=options["target"],
        encoding=options["encoding"],
        tokenizer=options["tokenizer"],
        benchmarks=options["benchmarks"],
        config=options["config"],
        max_findings=options["max_findings"],
        figures=figures,
        table=options["table"],
        jobs=options["jobs"] or 0,
    )


def _complain(message: str) -> None:
    """Say one thing on standard error, on one line: it may quote names of files."""
    from ftlint.reporters.terminal import escape

    click.echo(f"ftlint: {escape(message)}", err=True)


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

    to_terminal = path is None and _terminal(sys.stdout)
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


def _terminal(stream: IO[str] | None) -> bool:
    """Return whether `stream` is a terminal; it is None when the user has closed it."""
    return stream is not None and stream.isatty()


def _color(choice: str, terminal: bool) -> bool:
    if choice != "auto":
        return choice == "always"
    return terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


@cli.command()
@click.argument("word", required=False, metavar="[CODE|NAME]", shell_complete=_rule_names)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
)
@click.option("--config", metavar="PATH", help="Configuration  [default: nearest ftlint.yaml]")
def rule(word: str | None, format_: str, config: str | None) -> None:
    """List all rules or those of a prefix (FT1), or show one with documentation and cases."""
    from pathlib import Path

    from ftlint.config import discover
    from ftlint.docs import as_json, listing, page, pick
    from ftlint.session import all_rules

    rules = all_rules(discover(Path.cwd(), config))
    chosen = pick(word, rules)
    if format_ == "json":
        write_out([as_json(chosen), "\n"])
    elif len(chosen) > 1:
        write_out([listing(chosen, markdown=format_ == "markdown"), "\n"])
    elif format_ == "text" and _terminal(sys.stdout):
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(page(chosen[0])))
    else:
        write_out([page(chosen[0])])


@cli.command()
@click.argument("name", required=False, metavar="[NAME]", shell_complete=_target_names)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
)
def targets(name: str | None, format_: str) -> None:
    """List all targets, or show one with its limits, models, prices, dates and sources."""
    from datetime import date

    from ftlint.profile import render

    write_out([render(name, format_, date.today()), "\n"])


@cli.command()
@click.argument("paths", nargs=-1, metavar="[DATA…]")
@click.option("--target", metavar="NAME", shell_complete=_target_names, help="PROVIDER:MODEL")
@click.option("--validation", multiple=True, metavar="PATH", help="A validation file: not billed.")
@click.option("--encoding", metavar="NAME", shell_complete=_encoding_names, help="As of check.")
@click.option("--tokenizer", metavar="DIR", help="As of check: counts what a trainer renders.")
@click.option("--epochs", type=click.IntRange(1), metavar="N", help="Instead of the default.")
@click.option("--budget", metavar="MONEY", help="Exit with 1 if the job would cost more: 25usd.")
@click.option("--jobs", type=click.IntRange(0, 256), default=0, metavar="N", help="Processes.")
@click.option(
    "--format", "format_", type=click.Choice(["table", "json", "markdown"]), default="table"
)
def plan(paths: tuple[str, ...], format_: str, epochs: int, budget: str, **asked: Any) -> None:
    """Show tokens, epochs, steps and cost of a training job, with advice, before it is paid for.

    Exit status: 0 planned, 1 over the budget, 2 could not plan.
    """
    from datetime import date

    from ftlint.planview import present
    from ftlint.session import Request

    request = Request(paths, **asked)
    told, over = present(request, format_, date.today(), epochs=epochs, budget=budget)
    write_out([told, "\n"])
    if over:
        _complain(over)
        raise click.exceptions.Exit(1)


@cli.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--target", metavar="NAME", shell_complete=_target_names, help="As of check.")
@click.option("--select", multiple=True, metavar="RULES", help="As of check.")
@click.option("--ignore", multiple=True, metavar="RULES", help="As of check.")
@click.option("--config", metavar="PATH", help="Configuration  [default: nearest ftlint.yaml]")
@click.option("--jobs", type=click.IntRange(0, 256), default=0, metavar="N", help="Processes.")
@click.option("--fail-on-drift", is_flag=True, help="Exit with 1 if a distribution has drifted.")
@click.option(
    "--format", "format_", type=click.Choice(["table", "json", "markdown"]), default="table"
)
def compare(old: str, new: str, format_: str, fail_on_drift: bool, **asked: Any) -> None:
    """Show what changed between two versions of a dataset: files, folders or globs.

    Exit status: 0 compared, 1 drifted with --fail-on-drift, 2 could not compare.
    """
    from ftlint.compareview import present
    from ftlint.session import Request

    asked.update(select=_words(asked["select"]) or None, ignore=_words(asked["ignore"]))
    told, drifted = present(old, new, Request(**asked), format_)
    write_out([told, "\n"])
    raise click.exceptions.Exit(int(drifted and fail_on_drift))


@cli.command()
@click.option("--pre-commit", is_flag=True, help="Also write .pre-commit-config.yaml.")
@click.option("--force", is_flag=True, help="Overwrite an ftlint.yaml that is there.")
def init(pre_commit: bool, force: bool) -> None:
    """Write a commented ftlint.yaml for the datasets in this folder."""
    from ftlint.init import initialise

    write_out(f"{line}\n" for line in initialise(pre_commit=pre_commit, force=force))


@cli.command()
@click.argument("packs", nargs=-1, metavar="[PACK…]")
@click.option("--config", metavar="PATH", help="Configuration  [default: nearest ftlint.yaml]")
def test(packs: tuple[str, ...], config: str | None) -> None:
    """Run the good and bad cases of rule packs (default: packs: of the configuration)."""
    from ftlint.packtest import test_packs

    failures, lines = test_packs(packs, config)
    write_out(f"{line}\n" for line in lines)
    raise click.exceptions.Exit(1 if failures else 0)


cli.add_command(split)
