"""The command `ftlint augment`: arguments in, a file of twins, a manifest and a summary out."""

from __future__ import annotations

from typing import Any

import click

from ftlint.commands.complete import files
from ftlint.commands.manual import Choice, Manual
from ftlint.commands.options import force, option, quiet, summary_format
from ftlint.console.output import write_out

EXAMPLES = (
    ("ftlint augment train.jsonl --counterfactual gender --output twins.jsonl", "twins alone"),
    (
        "ftlint augment data/ --counterfactual gender --balance 0.1 --output few.jsonl",
        "the fewest twins that bring mentions within 10 %",
    ),
)
STATUSES = {0: "written, or there was nothing to write", 2: "nothing was written"}


@click.command(cls=Manual, examples=EXAMPLES, statuses=STATUSES)
@click.argument("paths", nargs=-1, required=True, metavar="DATA…|-", shell_complete=files)
@option(
    "--counterfactual",
    type=Choice(["gender", "race", "religion"]),
    required=True,
    help="Axis on which groups trade places.",
)
@option(
    "--output",
    required=True,
    metavar="OUT",
    shell_complete=files,
    help="File to write; .gz and .zst compress.",
)
@option(
    "--pair",
    multiple=True,
    metavar="A:B",
    show_default="the usual pairs of the axis",
    help="Groups that trade places, such as jewish:muslim; may be repeated.",
)
@option(
    "--balance",
    type=float,
    metavar="SKEW",
    show_default="a twin of every example that can have one",
    help="Write only the fewest twins after which no pair is apart by more than this share of "
    "both, such as 0.1.",
)
@option("--with-data", is_flag=True, help="Write the examples too, each before its twin.")
@force
@summary_format("table", "json")
@quiet
def augment(paths: tuple[str, ...], format_: str, quiet: bool, **asked: Any) -> None:
    """Write twins of examples: women for men, one faith for another.

    English only: examples in other languages are left as they are, and counted. Nothing is
    swapped in code, addresses and quotations of law or history, and an example that names
    somebody in particular, or is about the groups themselves, has no twin. DATA is never
    changed; OUT.manifest.json says which line is whose twin.
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
