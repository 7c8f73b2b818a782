"""The command `ftlint plan`: what a training job would be and cost."""

from __future__ import annotations

from typing import Any

import click

from ftlint.commands.argument import complain, encoding_names, target_names
from ftlint.console.output import write_out


@click.command()
@click.argument("paths", nargs=-1, metavar="[DATA…]")
@click.option("--target", metavar="NAME", shell_complete=target_names, help="PROVIDER:MODEL")
@click.option("--validation", multiple=True, metavar="PATH", help="A validation file: not billed.")
@click.option("--encoding", metavar="NAME", shell_complete=encoding_names, help="As of check.")
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

    from ftlint.session import Request
    from ftlint.views.plan import present

    target = asked.pop("target")
    request = Request(paths, targets=(target,) if target else (), **asked)
    told, over = present(request, format_, date.today(), epochs=epochs, budget=budget)
    write_out([told, "\n"])
    if over:
        complain(over)
        raise click.exceptions.Exit(1)
