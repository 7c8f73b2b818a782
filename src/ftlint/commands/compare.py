"""The command `ftlint compare`: what changed between two versions of a dataset."""

from __future__ import annotations

from typing import Any

import click

from ftlint.commands.argument import target_names, words
from ftlint.console.output import write_out


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="NAME",
    shell_complete=target_names,
    help="As of check.",
)
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

    OLD and NEW may also be two runs that check -o json=RUN.json has saved: new, fixed and
    unchanged findings, and how figures moved. Exit status: 0 compared, 1 drifted with
    --fail-on-drift, 2 could not compare.
    """
    from ftlint.comparing.runs import saved

    if saved(old) or saved(new):
        return _runs(old, new, format_, fail_on_drift, asked)
    from ftlint.session import Request
    from ftlint.views.compare import present

    asked.update(select=words(asked["select"]) or None, ignore=words(asked["ignore"]))
    told, drifted = present(old, new, Request(**asked), format_)
    write_out([told, "\n"])
    raise click.exceptions.Exit(int(drifted and fail_on_drift))


def _runs(old: str, new: str, format_: str, fail_on_drift: bool, asked: dict[str, Any]) -> None:
    """Show what changed between two saved runs, which are linted already. Raises: FtlintError."""
    from pathlib import Path

    from ftlint.comparing.runs import present
    from ftlint.configuration.config import discover
    from ftlint.error import UsageError
    from ftlint.session import all_rules

    config = asked.pop("config")
    if fail_on_drift or any(asked.values()):
        raise UsageError("two saved runs are compared as they are: leave the options of check out")
    rules = all_rules(discover(Path.cwd(), config))
    write_out([present(old, new, rules, format_), "\n"])
