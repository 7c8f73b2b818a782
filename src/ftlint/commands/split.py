"""The command `ftlint split`: arguments in, two files and a summary out."""

from __future__ import annotations

from typing import Any

import click

from ftlint.commands.complete import files
from ftlint.commands.manual import Manual
from ftlint.commands.options import force, jobs, option, quiet, summary_format
from ftlint.console.output import write_out

EXAMPLES = (
    ("ftlint split all.jsonl --train train.jsonl --validation held.jsonl", "hold a tenth out"),
    (
        "ftlint split data/ --train a.jsonl --validation b.jsonl --share 0.05 --seed 7",
        "another draw",
    ),
)
STATUSES = {0: "written", 2: "nothing was written"}


@click.command(cls=Manual, examples=EXAMPLES, statuses=STATUSES)
@click.argument("paths", nargs=-1, required=True, metavar="DATA…|-", shell_complete=files)
@option(
    "--train",
    required=True,
    metavar="OUT",
    shell_complete=files,
    help="File to write for training; .gz and .zst compress.",
)
@option(
    "--validation",
    required=True,
    metavar="OUT",
    shell_complete=files,
    help="File to write for what is held out.",
)
@option(
    "--share",
    type=float,
    default=0.1,
    show_default=True,
    metavar="S",
    help="Share of the examples that is held out, between 0 and 1.",
)
@option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    metavar="N",
    help="Draw another split; the same seed gives the same files.",
)
@force
@summary_format("table", "json")
@quiet
@jobs
def split(paths: tuple[str, ...], format_: str, jobs: int, quiet: bool, **asked: Any) -> None:
    """Split a dataset in two files between which nothing leaks.

    Copies, near-duplicates, answers to one prompt and conversations that go on from one another
    stay together; labels or lengths are balanced. Lines are copied byte for byte and in order.
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
