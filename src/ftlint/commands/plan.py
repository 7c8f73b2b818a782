"""The command `ftlint plan`: what a training job would be and cost."""

from __future__ import annotations

from typing import Any

import click

from ftlint.commands.argument import complain
from ftlint.commands.complete import files
from ftlint.commands.manual import Manual
from ftlint.commands.options import (
    encoding,
    jobs,
    option,
    summary_format,
    target,
    tokenizer,
)
from ftlint.console.output import write_out

EXAMPLES = (
    ("ftlint plan train.jsonl --target openai:gpt-4.1-mini", "tokens, epochs, steps, cost"),
    ("ftlint plan a.jsonl --target openai:gpt-4.1 --budget 25usd", "as a gate before sending"),
)
STATUSES = {0: "planned", 1: "over the budget", 2: "could not plan"}


@click.command(cls=Manual, examples=EXAMPLES, statuses=STATUSES)
@click.argument("paths", nargs=-1, metavar="[DATA…]", shell_complete=files)
@target
@option(
    "--validation",
    multiple=True,
    metavar="PATH",
    shell_complete=files,
    help="Held-out data: counted, not billed; may be repeated.",
)
@option(
    "--epochs",
    type=click.IntRange(1),
    metavar="N",
    show_default="what the provider would choose",
    help="Plan so many epochs.",
)
@option(
    "--budget",
    metavar="MONEY",
    help="Exit with 1 if the job would cost more: 25usd.",
)
@encoding
@tokenizer
@summary_format("table", "json", "markdown")
@jobs
def plan(paths: tuple[str, ...], format_: str, epochs: int, budget: str, **asked: Any) -> None:
    """Show tokens, epochs, steps and cost of a job, with advice.

    Without DATA the files under data: in the configuration are planned. Nothing is sent.
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
