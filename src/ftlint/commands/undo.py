"""The command `ftlint undo`: takes back what `ftlint check --fix` did."""

from __future__ import annotations

import click

from ftlint.commands.complete import files
from ftlint.commands.manual import Manual
from ftlint.console.output import write_out


@click.command(
    cls=Manual,
    examples=[("ftlint undo .ftlint_cache/fixes/MANIFEST.json", "--fix has named it")],
    statuses={0: "restored", 2: "nothing was restored"},
)
@click.argument(
    "manifest", metavar="MANIFEST", type=click.Path(dir_okay=False), shell_complete=files
)
def undo(manifest: str) -> None:
    """Restore the files that ftlint check --fix changed, byte for byte.

    Each fix names its manifest. Files that have changed since are left as they are.
    """
    from pathlib import Path

    from ftlint.afterwards.manifest import undo as undone

    here = Path.cwd()
    paths = map(Path, undone(Path(manifest)))
    near = [path.relative_to(here) if path.is_relative_to(here) else path for path in paths]
    write_out([f"restored {path}\n" for path in near] or ["nothing to restore\n"])
