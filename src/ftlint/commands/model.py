"""The command `ftlint model`: fetches the weights of a model, which no other command does."""

from __future__ import annotations

import sys

import click

from ftlint.commands.complete import model_names
from ftlint.commands.manual import Manual, Overview
from ftlint.commands.options import option
from ftlint.error import UsageError

EXAMPLES = (("ftlint model fetch detoxify-original", "once on a machine"),)


@click.group(cls=Overview, examples=EXAMPLES)
def model() -> None:
    """Fetch weights of models that ftlint does not bring along."""


@model.command(
    cls=Manual, examples=EXAMPLES, statuses={0: "fetched", 2: "nothing has changed on disk"}
)
@click.argument("name", shell_complete=model_names)
@option(
    "--from",
    "mirror",
    metavar="URL",
    show_default="where it is published",
    help="Folder that has the files, by name.",
)
@option(
    "--sha256",
    metavar="HEX",
    show_default="the one that is published",
    help="Digest of the checkpoint, 64 hexadecimal digits.",
)
def fetch(name: str, mirror: str | None, sha256: str | None) -> None:
    """Download the weights of a model.

    NAME is detoxify-original, detoxify-unbiased or detoxify-multilingual. The files go to the
    folder FTLINT_MODELS, else to ~/.local/share/ftlint/models. Checkpoints are checked against the
    hash in their published name; what was fetched is pinned from then on.
    """
    from ftlint.configuration.document import suggest
    from ftlint.scoring.fetch import fetch as fetched
    from ftlint.scoring.fetch import known

    if name not in known():
        hint = suggest(name, known()) or f" ({', '.join(known())})"
        raise UsageError(f"unknown model {name!r}{hint}")
    if sha256 is not None and (len(sha256) != 64 or set(sha256.lower()) - set("0123456789abcdef")):
        raise UsageError("--sha256: not 64 hexadecimal digits")
    place = fetched(name, mirror or "", (sha256 or "").lower(), _step)
    click.echo(f"{place}: ready; toxicity: {{backend: detoxify}} in ftlint.yaml uses it")


def _step(name: str, so_far: int, total: int) -> None:
    """Show how far a file has come, when somebody watches."""
    if sys.stderr is not None and sys.stderr.isatty():
        of = f" of {total / 1e6:,.0f}" if total else ""
        end = "\n" if so_far == total else ""
        click.echo(f"\r{name}: {so_far / 1e6:,.0f}{of} MB", nl=False, err=True)
        click.echo(end, nl=False, err=True)
