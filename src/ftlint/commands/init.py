"""The commands `ftlint init` and `ftlint test`: begin a configuration, run cases of rules."""

from __future__ import annotations

import click

from ftlint.commands.complete import folders
from ftlint.commands.manual import Manual
from ftlint.commands.options import config, option
from ftlint.console.output import write_out


@click.command(
    cls=Manual,
    examples=[("ftlint init --pre-commit", "a configuration, and a hook for every commit")],
    statuses={0: "written", 2: "nothing was written"},
)
@option(
    "--pre-commit",
    is_flag=True,
    help="Write .pre-commit-config.yaml too, or show what to add to the one that is there; an "
    "ftlint.yaml that is there stays as it is.",
)
@option("--force", is_flag=True, help="Overwrite an ftlint.yaml that is there already.")
def init(pre_commit: bool, force: bool) -> None:
    """Write a commented ftlint.yaml for the datasets in this folder.

    Files whose names have val, valid, validation, eval, dev or test in them are held-out data.
    """
    from ftlint.configuration.init import initialise

    write_out(f"{line}\n" for line in initialise(pre_commit=pre_commit, force=force))


@click.command(
    cls=Manual,
    examples=[("ftlint test our-rules", "the cases of all rules in a folder")],
    statuses={0: "all as expected", 1: "a case is not", 2: "a pack cannot be read"},
)
@click.argument("packs", nargs=-1, metavar="[PACK…]", shell_complete=folders)
@config
def test(packs: tuple[str, ...], config: str | None) -> None:
    """Run the good and bad cases of rule packs.

    A PACK is a folder of rules as YAML. Without one those under packs: in the configuration are
    tested. A good case must be clean under all default rules, and on a bad one the rule must speak
    exactly where the case says.
    """
    from ftlint.configuration.packtest import test_packs

    failures, lines = test_packs(packs, config)
    write_out(f"{line}\n" for line in lines)
    raise click.exceptions.Exit(1 if failures else 0)
