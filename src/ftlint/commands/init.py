"""The commands `ftlint init` and `ftlint test`: begin a configuration, run cases of rules."""

from __future__ import annotations

import click

from ftlint.console.output import write_out


@click.command()
@click.option("--pre-commit", is_flag=True, help="Also write .pre-commit-config.yaml.")
@click.option("--force", is_flag=True, help="Overwrite an ftlint.yaml that is there.")
def init(pre_commit: bool, force: bool) -> None:
    """Write a commented ftlint.yaml for the datasets in this folder."""
    from ftlint.configuration.init import initialise

    write_out(f"{line}\n" for line in initialise(pre_commit=pre_commit, force=force))


@click.command()
@click.argument("packs", nargs=-1, metavar="[PACK…]")
@click.option("--config", metavar="PATH", help="Configuration  [default: nearest ftlint.yaml]")
def test(packs: tuple[str, ...], config: str | None) -> None:
    """Run the good and bad cases of rule packs (default: packs: of the configuration)."""
    from ftlint.configuration.packtest import test_packs

    failures, lines = test_packs(packs, config)
    write_out(f"{line}\n" for line in lines)
    raise click.exceptions.Exit(1 if failures else 0)
