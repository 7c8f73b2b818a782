"""The commands `ftlint rule` and `ftlint targets`: what is known, shown."""

from __future__ import annotations

import sys

import click

from ftlint.commands.argument import is_terminal
from ftlint.commands.complete import rule_names, target_names
from ftlint.commands.manual import Manual
from ftlint.commands.options import config, summary_format
from ftlint.console.output import write_out


@click.command(
    cls=Manual,
    examples=(
        ("ftlint rule", "all rules, by family"),
        ("ftlint rule FT4", "those of a family"),
        ("ftlint rule near-duplicate", "one: why it harms, options, good and bad examples"),
    ),
    statuses={0: "shown", 2: "there is no such rule"},
)
@click.argument("word", required=False, metavar="[CODE|NAME]", shell_complete=rule_names)
@summary_format("text", "markdown", "json")
@config
def rule(word: str | None, format_: str, config: str | None) -> None:
    """List all rules, or explain one: why it harms, good and bad.

    A rule is named by its code or name; the beginning of a code (FT1) lists a family.
    """
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


@click.command(
    cls=Manual,
    examples=(
        ("ftlint targets", "all of them"),
        ("ftlint targets openai", "one, with its models"),
        ("ftlint targets openai:gpt-4.1-mini", "limits, prices and dates of a model"),
    ),
    statuses={0: "shown", 2: "there is no such target"},
)
@click.argument("name", required=False, metavar="[NAME]", shell_complete=target_names)
@summary_format("text", "markdown", "json")
def targets(name: str | None, format_: str) -> None:
    """List who trains on data, or show one with limits and prices.

    Every figure has its date and its source. Your own target is a file: ./own.yaml.
    """
    from datetime import date

    from ftlint.views.profile import render

    write_out([render(name, format_, date.today()), "\n"])
