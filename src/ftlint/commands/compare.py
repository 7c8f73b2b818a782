"""The command `ftlint compare`: what changed between two versions of a dataset."""

from __future__ import annotations

from typing import Any

import click

from ftlint.commands.argument import target_names, words
from ftlint.output import write_out


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

    Exit status: 0 compared, 1 drifted with --fail-on-drift, 2 could not compare.
    """
    from ftlint.compareview import present
    from ftlint.session import Request

    asked.update(select=words(asked["select"]) or None, ignore=words(asked["ignore"]))
    told, drifted = present(old, new, Request(**asked), format_)
    write_out([told, "\n"])
    raise click.exceptions.Exit(int(drifted and fail_on_drift))
