"""The command `ftlint compare`: what changed between two versions of a dataset."""

from __future__ import annotations

from typing import Any

import click

from ftlint.commands.argument import words
from ftlint.commands.complete import files
from ftlint.commands.manual import Manual
from ftlint.commands.options import config, ignore, jobs, option, select, summary_format, targets
from ftlint.console.output import write_out

EXAMPLES = (
    ("ftlint compare old.jsonl new.jsonl", "what was added, lost, moved"),
    ("ftlint compare v1/ v2/ --fail-on-drift", "as a gate"),
    ("ftlint compare before.json after.json", "two saved runs"),
)
STATUSES = {0: "compared", 1: "drifted, with --fail-on-drift", 2: "could not compare"}


@click.command(cls=Manual, examples=EXAMPLES, statuses=STATUSES)
@click.argument("old", metavar="OLD", shell_complete=files)
@click.argument("new", metavar="NEW", shell_complete=files)
@option("--fail-on-drift", is_flag=True, help="Exit with 1 if a distribution has drifted.")
@targets
@select
@ignore
@summary_format("table", "json", "markdown")
@config
@jobs
def compare(old: str, new: str, format_: str, fail_on_drift: bool, **asked: Any) -> None:
    """Show what changed between two versions of a dataset.

    OLD and NEW are files, folders or globs. They may also be two runs that
    check -o json=RUN.json has saved: new, fixed and unchanged findings, and how figures moved.
    """
    from ftlint.comparing.runs import saved

    if saved(old) or saved(new):
        return _runs(old, new, format_, fail_on_drift, asked)
    from ftlint.session import Request
    from ftlint.views.compare import present

    asked.update(select=words(asked["select"]) or None, ignore=words(asked["ignore"]))
    told, drifted = present(old, new, Request(**asked), format_)
    write_out([told, "\n"])
    raise click.exceptions.Exit(int(drifted and fail_on_drift))


def _runs(old: str, new: str, format_: str, fail_on_drift: bool, asked: dict[str, Any]) -> None:
    """Show what changed between two saved runs, which are linted already. Raises: FtlintError."""
    from pathlib import Path

    from ftlint.comparing.runs import present
    from ftlint.configuration.config import discover
    from ftlint.error import UsageError
    from ftlint.session import all_rules

    config = asked.pop("config")
    if fail_on_drift or any(asked.values()):
        raise UsageError("two saved runs are compared as they are: leave the options of check out")
    rules = all_rules(discover(Path.cwd(), config))
    write_out([present(old, new, rules, format_), "\n"])
