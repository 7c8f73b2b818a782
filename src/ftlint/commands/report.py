"""The command `ftlint report`: a saved run in, reports out."""

from __future__ import annotations

from typing import Any

import click

from ftlint.console.rendering import FORMATS, further, write


@click.command()
@click.argument("run", metavar="RUN.json")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="full",
    show_default=True,
    help="Form of the report on standard output.",
)
@click.option("--output", metavar="PATH", help="Write the report to a file instead.")
@click.option("-o", "outputs", multiple=True, metavar="FORMAT=PATH", help="Write a further report.")
@click.option("--statistics", is_flag=True, help="Counts a rule instead of single findings.")
@click.option("-q", "--quiet", is_flag=True, help="Findings only: no summary.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto")
@click.option("--config", metavar="PATH", help="Configuration  [default: nearest ftlint.yaml]")
def report(run: str, outputs: tuple[str, ...], config: str | None, **options: Any) -> None:
    """Render a run that `ftlint check -o json=RUN.json` has saved, as check would have.

    Rules of packs are described as the configuration's packs have them. Exit status: 0 rendered,
    whatever the run found, 2 could not render.
    """
    from pathlib import Path

    from ftlint.configuration.config import discover
    from ftlint.console.output import check_writable
    from ftlint.session import all_rules
    from ftlint.storage.saved import load

    if options["output"]:
        check_writable(options["output"])
    written = further(outputs, FORMATS)
    write(load(run, all_rules(discover(Path.cwd(), config))), written, options)
