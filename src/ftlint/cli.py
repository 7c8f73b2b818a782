"""The command line: commands gathered, mistakes of the user told without a traceback.

Exit status: 0 clean, 1 findings at or above `--fail-on`, 2 could not run.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from io import TextIOWrapper
from types import FrameType

import click

from ftlint import __version__
from ftlint.calm import calm
from ftlint.commands.argument import complain
from ftlint.commands.augment import augment
from ftlint.commands.check import check
from ftlint.commands.compare import compare
from ftlint.commands.convert import convert
from ftlint.commands.ignore import ignore
from ftlint.commands.init import init, test
from ftlint.commands.manual import Overview
from ftlint.commands.model import model
from ftlint.commands.plan import plan
from ftlint.commands.report import report
from ftlint.commands.show import rule, targets
from ftlint.commands.split import split
from ftlint.commands.undo import undo
from ftlint.error import FtlintError


class Stopped(SystemExit):
    """A signal that ends the run, with what it began removed."""


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped(128 + number)


def main() -> None:
    """Run the command line; never shows a traceback for a mistake of the user."""
    names = ("SIGTERM", "SIGHUP")
    stops = [getattr(signal, name) for name in names if hasattr(signal, name)]
    # One that is ignored stays so, as under nohup.
    ours = [each for each in stops if signal.getsignal(each) is signal.SIG_DFL]
    for each in ours:
        signal.signal(each, _stop)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # of an encoding that may lack characters
            stream.reconfigure(errors="backslashreplace")
    try:
        _run()
    finally:
        for each in ours:
            signal.signal(each, signal.SIG_DFL)


def _run() -> None:
    # What is imported lives as long as the run: looking through it again and again takes 40 ms.
    gc.set_threshold(300_000, 20, 20)
    gc.freeze()
    calm()
    if "_FTLINT_COMPLETE" in os.environ:
        from ftlint.commands.shell import register

        register()
    try:
        # Not standalone, so that messages are ours; click then returns the status of an Exit.
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except FtlintError as error:
        complain(str(error))
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        click.echo("ftlint: interrupted; nothing was written", err=True)
        sys.exit(130)
    except Stopped:
        click.echo("ftlint: terminated; nothing was written", err=True)
        raise
    finally:
        gc.freeze()  # the process ends: what it holds need not be looked through once more


COMMANDS = {
    "Lint": (check, report, compare),
    "Look up": (rule, targets, plan),
    "Write data": (split, convert, augment, undo),
    "Set up": (init, ignore, test, model),
}
EXAMPLES = (
    ("ftlint check train.jsonl", "find what would be refused, wasted or learned wrongly"),
    ("ftlint rule FT107", "what a rule finds, why it harms, good and bad"),
    ("ftlint plan train.jsonl --target openai:gpt-4.1-mini", "tokens, epochs and cost"),
    ("ftlint init --pre-commit", "write a configuration and a commit hook"),
)


@click.group(
    cls=Overview,
    examples=EXAMPLES,
    statuses={0: "clean, or done", 1: "findings, or a gate refused", 2: "could not run"},
    sections={title: [str(each.name) for each in commands] for title, commands in COMMANDS.items()},
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="ftlint")
def cli() -> None:
    """Lint fine-tuning datasets before a job is sent.

    ftlint COMMAND --help has the options of a command. The shell completes options, rules, targets
    and shapes after this line, where bash may also be zsh or fish:

    \b
      eval "$(_FTLINT_COMPLETE=bash_source ftlint)"
    """  # noqa: D301 - the backspace is what keeps the line as it is


for commands in COMMANDS.values():
    for command in commands:
        cli.add_command(command)
