"""The commands `ftlint rule` and `ftlint targets`: what is known, shown."""

from __future__ import annotations

import sys

import click

from ftlint.commands.argument import is_terminal, rule_names, target_names
from ftlint.console.output import write_out


@click.command()
@click.argument("word", required=False, metavar="[CODE|NAME]", shell_complete=rule_names)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
)
@click.option("--config", metavar="PATH", help="Configuration  [default: nearest ftlint.yaml]")
def rule(word: str | None, format_: str, config: str | None) -> None:
    """List all rules or those of a prefix (FT1), or show one with documentation and cases."""
    from pathlib import Path

    from ftlint.configuration.config import discover
    from ftlint.docs import as_json, listing, page, pick
    from ftlint.session import all_rules

    rules = all_rules(discover(Path.cwd(), config))
    chosen = pick(word, rules)
    if format_ == "json":
        write_out([as_json(chosen), "\n"])
    elif len(chosen) > 1:
        write_out([listing(chosen, markdown=format_ == "markdown"), "\n"])
    elif format_ == "text" and is_terminal(sys.stdout):
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(page(chosen[0])))
    else:
        write_out([page(chosen[0])])


@click.command()
@click.argument("name", required=False, metavar="[NAME]", shell_complete=target_names)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
)
def targets(name: str | None, format_: str) -> None:
    """List all targets, or show one with its limits, models, prices, dates and sources."""
    from datetime import date

    from ftlint.views.profile import render

    write_out([render(name, format_, date.today()), "\n"])
