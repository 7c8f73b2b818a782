"""The command `ftlint convert`: arguments in, one file in another shape out."""

from __future__ import annotations

from typing import Any

import click

from ftlint.commands.argument import complain
from ftlint.commands.complete import bridge_names, files
from ftlint.commands.manual import Manual
from ftlint.commands.options import force, option, quiet

EXAMPLES = (
    ("ftlint convert alpaca.json --to chat --output train.jsonl", "from Alpaca"),
    ("ftlint convert a.jsonl --to sharegpt --drop id --output b.jsonl", "without a key"),
)
STATUSES = {0: "written", 2: "nothing was written, for instance since something would be lost"}


@click.command(cls=Manual, examples=EXAMPLES, statuses=STATUSES)
@click.argument("paths", nargs=-1, required=True, metavar="DATA…|-", shell_complete=files)
@option(
    "--to",
    required=True,
    metavar="SHAPE",
    shell_complete=bridge_names,
    help="Shape to write: chat, preference, alpaca, converse, …",
)
@option(
    "--output",
    required=True,
    metavar="OUT",
    shell_complete=files,
    help="File to write; .gz and .zst compress.",
)
@option(
    "--shape",
    default="auto",
    metavar="SHAPE",
    shell_complete=bridge_names,
    show_default="what the files show",
    help="Shape of DATA.",
)
@option(
    "--drop", multiple=True, metavar="KEY", help="Leave this key of records out; may be repeated."
)
@force
@quiet
def convert(paths: tuple[str, ...], quiet: bool, **asked: Any) -> None:
    """Write a dataset in another record shape, if nothing is lost.

    Reads lines of JSON, and JSON arrays. What the other shape cannot say is listed with its lines,
    and then nothing is written.
    """
    from ftlint.bridges.convert import LossError, Wish
    from ftlint.bridges.convert import convert as converted
    from ftlint.console.intake import spooled
    from ftlint.console.progress import watching
    from ftlint.source import expand

    with (
        spooled(expand(paths)) as sources,
        watching(sources, quiet, "converting") as step,
    ):
        try:
            outcome = converted(sources, Wish(**asked), step)
        except LossError as loss:
            for line in loss.lines:
                complain(line)
            raise click.exceptions.Exit(2) from None
    if not quiet:
        without = "".join(
            f"; {key!r} left out of {count:,}" for key, count in outcome.dropped.items()
        )
        s = "" if outcome.records == 1 else "s"
        words = f"{outcome.records:,} record{s} from {outcome.shape} to {asked['to']}{without}"
        click.echo(f"{asked['output']}: {words}")
