"""The command `ftlint augment`: arguments in, a file of twins, a manifest and a summary out."""

from __future__ import annotations

from typing import Any

import click

from ftlint.console.output import write_out


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="DATA…|-")
@click.option(
    "--counterfactual",
    type=click.Choice(["gender", "race", "religion"]),
    required=True,
    help="Whose groups trade places.",
)
@click.option("--output", required=True, metavar="OUT", help="File to write; .gz, .zst compress.")
@click.option(
    "--pair",
    multiple=True,
    metavar="A:B",
    help="Groups that trade places, such as jewish:muslim; may be given again.",
)
@click.option(
    "--balance",
    type=float,
    metavar="SKEW",
    help="Write only the fewest twins that bring the skew of a pair within this, such as 0.1.",
)
@click.option("--with-data", is_flag=True, help="Write the examples too, each before its twin.")
@click.option("--force", is_flag=True, help="Replace files that are there.")
@click.option("--format", "format_", type=click.Choice(["table", "json"]), default="table")
@click.option("-q", "--quiet", is_flag=True, help="No summary, no progress.")
def augment(paths: tuple[str, ...], format_: str, quiet: bool, **asked: Any) -> None:
    """Write counterfactual twins: examples with women for men, one faith for another.

    English only: examples in other languages are left as they are, and counted. Nothing is
    swapped in code, addresses and quotations of law or history, and an example that names
    somebody in particular, or is about the groups themselves, has no twin. DATA is never
    changed; OUT.manifest.json says which line is whose twin. Exit status: 0 written, 2 nothing
    was written.
    """
    from ftlint.console.intake import spooled
    from ftlint.console.progress import watching
    from ftlint.source import expand
    from ftlint.twin.augment import Wish
    from ftlint.twin.augment import augment as written
    from ftlint.views.augment import render

    with spooled(expand(paths)) as sources, watching(sources, quiet, "swapping") as step:
        outcome = written(sources, Wish(**asked), step)
    if not quiet:
        write_out([render(outcome, format_), "\n"])
