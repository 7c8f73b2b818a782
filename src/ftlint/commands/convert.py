"""The command `ftlint convert`: arguments in, one file in another shape out."""

from __future__ import annotations

from typing import Any

import click

from ftlint.commands.argument import complain


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="DATA…|-")
@click.option("--to", required=True, metavar="SHAPE", help="chat, preference, alpaca, converse, …")
@click.option("--output", required=True, metavar="OUT", help="File to write; .gz, .zst compress.")
@click.option("--shape", default="auto", metavar="SHAPE", help="Shape of DATA, if it is not plain.")
@click.option("--drop", multiple=True, metavar="KEY", help="A key of records to leave out.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("-q", "--quiet", is_flag=True, help="No summary, no progress.")
def convert(paths: tuple[str, ...], quiet: bool, **asked: Any) -> None:
    """Write a dataset in another record shape, if nothing of it is lost.

    Reads lines of JSON, and JSON arrays. What the other shape cannot say is listed with its lines,
    and then nothing is written. Exit status: 0 written, 2 nothing was written.
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
