"""The command `ftlint split`: arguments in, two files and a summary out."""

from __future__ import annotations

from typing import Any

import click

from ftlint.console.output import write_out


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="DATA…|-")
@click.option("--train", required=True, metavar="OUT", help="File to write; .gz and .zst compress.")
@click.option("--validation", required=True, metavar="OUT", help="File for what is held out.")
@click.option(
    "--share",
    type=float,
    default=0.1,
    show_default=True,
    metavar="S",
    help="Share of the examples that is held out.",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    metavar="N",
    help="Another seed, another draw.",
)
@click.option("--force", is_flag=True, help="Replace files that are there.")
@click.option("--jobs", type=click.IntRange(0, 256), default=0, metavar="N", help="Processes.")
@click.option("--format", "format_", type=click.Choice(["table", "json"]), default="table")
@click.option("-q", "--quiet", is_flag=True, help="No summary, no progress.")
def split(paths: tuple[str, ...], format_: str, jobs: int, quiet: bool, **asked: Any) -> None:
    """Split a dataset into training and validation files between which nothing leaks.

    Copies, near-duplicates, answers to one prompt and conversations that go on from one another
    stay together; labels or lengths are balanced. Lines are copied byte for byte and in order.
    The same seed gives the same files. Exit status: 0 written, 2 nothing was written.
    """
    from ftlint.console.intake import spooled
    from ftlint.console.progress import watching
    from ftlint.executors import workers
    from ftlint.similarity.split import Wish
    from ftlint.similarity.split import split as written
    from ftlint.source import expand
    from ftlint.views.split import render

    with (
        spooled(expand(paths)) as sources,
        watching(sources, quiet, "comparing") as step,
    ):
        outcome = written(sources, Wish(**asked), workers(sources, jobs), step)
    if not quiet:
        write_out([render(outcome, format_), "\n"])
