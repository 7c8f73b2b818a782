"""The command `ftlint report`: a saved run in, reports out."""

from __future__ import annotations

from typing import Any

import click

from ftlint.commands.complete import files, reports
from ftlint.commands.manual import Manual
from ftlint.commands.options import color, config, option, output, quiet, report_format, statistics
from ftlint.console.rendering import FORMATS, further, write

EXAMPLES = (
    ("ftlint check data/ -o json=run.json", "save a run"),
    ("ftlint report run.json --statistics", "look at it again"),
    ("ftlint report run.json -o sarif=run.sarif", "in another format"),
)
STATUSES = {0: "rendered, whatever the run found", 2: "could not render"}


@click.command(cls=Manual, examples=EXAMPLES, statuses=STATUSES)
@click.argument("run", metavar="RUN.json", shell_complete=files)
@report_format
@output
@option(
    "-o",
    "outputs",
    multiple=True,
    metavar="FORMAT=PATH",
    shell_complete=reports(FORMATS),
    group="Report",
    help="Write a further report, such as sarif=run.sarif; may be repeated.",
)
@statistics
@quiet
@color
@config
def report(run: str, outputs: tuple[str, ...], config: str | None, **options: Any) -> None:
    """Render a run that check -o json=RUN.json has saved.

    Shows what check would have shown; the data need not be there. Rules of packs are described as
    the configuration's packs have them.
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
