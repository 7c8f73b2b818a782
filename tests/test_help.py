"""Help pages: whole, of a width, with examples that parse; and mistakes that are answered."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from command import CLEAN, inside

from ftlint.cli import cli
from ftlint.commands.manual import Entry, Manual, Overview


def commands() -> Iterator[tuple[str, ...]]:
    """Yield the words of every command, `()` for ftlint itself."""
    yield ()
    for name, command in cli.commands.items():
        yield (name,)
        if isinstance(command, click.Group):
            yield from ((name, inner) for inner in command.commands)


def found(words: tuple[str, ...]) -> click.Command:
    command: click.Command = cli
    for word in words:
        assert isinstance(command, click.Group)
        command = command.commands[word]
    return command


each_command = pytest.mark.parametrize("words", [*commands()], ids=lambda words: " ".join(words))


def page(words: tuple[str, ...], columns: int) -> str:
    done = CliRunner().invoke(cli, [*words, "--help"], terminal_width=columns, prog_name="ftlint")
    assert done.exit_code == 0
    return done.output


@each_command
@pytest.mark.parametrize("columns", [80, 100])
def test_a_page_fits_its_terminal(words: tuple[str, ...], columns: int) -> None:
    lines = page(words, columns).splitlines()
    assert max(map(len, lines)) <= columns
    assert not [line for line in lines[1:] if line.endswith("...")]  # click cuts what is too long


@each_command
def test_a_page_is_whole(words: tuple[str, ...]) -> None:
    command = found(words)
    assert isinstance(command, (Manual, Overview)) and command.examples
    text = page(words, 100)
    assert "Examples:\n" in text
    if words != ("model",):  # which does nothing without its own command
        statuses = text.partition("Exit status:\n")[2]
        assert {"0", "2"} <= set(re.findall(r"^  (\d)  \S", statuses, re.MULTILINE))


@each_command
def test_each_option_says_what_it_does_and_without_it(words: tuple[str, ...]) -> None:
    command = found(words)
    context = click.Context(command, info_name="ftlint")
    for option in command.params:
        if not isinstance(option, click.Option) or option.name == "version":
            continue
        assert isinstance(option, Entry)
        name, meaning = option.get_help_record(context) or ("", "")
        assert meaning and meaning[0].isupper(), name
        assert re.search(r"[.…](  \[.+\])?$", meaning), f"{name}: {meaning}"
        told = option.is_flag or option.required or "[default: " in meaning
        # Without what adds, filters or names a file, nothing is added, filtered or read.
        assert told or option.multiple or option.name in _NOTHING, name


_NOTHING = ("tokenizer", "grader", "rejects", "since", "budget")


@each_command
def test_examples_parse(words: tuple[str, ...]) -> None:
    command = found(words)
    assert isinstance(command, (Manual, Overview))
    for line, meaning in command.examples:
        first, *rest = shlex.split(line)
        assert first == "ftlint" and meaning
        context = cli.make_context("ftlint", [], resilient_parsing=True)
        chosen: click.Command = cli
        while isinstance(chosen, click.Group):
            _, inner, rest = chosen.resolve_command(context, rest)
            assert inner is not None, line
            chosen = inner
        chosen.make_context(str(chosen.name), rest)  # raises UsageError


def test_the_examples_of_check_run(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name in ("train.jsonl", "a.jsonl", "b.jsonl", "data/c.jsonl"):
        (tmp_path / name).write_bytes(CLEAN)
    command = found(("check",))
    assert isinstance(command, Manual)
    for line, _ in command.examples:
        assert inside(tmp_path, *shlex.split(line)[1:]).status in (0, 1), line


def test_every_command_stands_under_one_title() -> None:
    named = [name for names in cli.sections.values() for name in names]
    assert sorted(named) == sorted(cli.commands)


def test_the_options_of_check_stand_in_groups() -> None:
    text = page(("check",), 80)
    titles = re.findall(r"^(\w[\w ]*):$", text, re.MULTILINE)
    assert titles == [
        *("Examples", "Data", "Rules", "Report", "Fixes", "Old findings", "Run", "Exit status"),
    ]
    for title, option in (("Rules", "--select"), ("Fixes", "--rejects"), ("Run", "--jobs")):
        block = text.partition(f"{title}:\n")[2].partition("\n\n")[0]
        assert re.search(rf"^  {option} ", block, re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "--slect", "FT1"], "--select"),
        (["check", "--format", "jsn"], "did you mean 'json'?"),
        (["check", "--fail-on", "eror"], "did you mean 'error'?"),
        (["check", "--color", "alway"], "did you mean 'always'?"),
        (["plan", "--format", "markdwn"], "did you mean 'markdown'?"),
        (["augment", "a.jsonl", "--output", "b", "--counterfactual", "gendr"], "mean 'gender'?"),
        (["check", "a.jsonl", "-o", "jsn=x"], "did you mean 'json'?"),
        (["check", "a.jsonl", "--select", "no-usr"], "did you mean 'no-user'?"),
        (["check", "a.jsonl", "--target", "openay"], "did you mean 'openai'?"),
        (["check", "a.jsonl", "--shape", "caht"], "did you mean 'chat'?"),
        (["check", "a.jsonl", "--method", "stf"], "did you mean 'sft'?"),
        (["check", "a.jsonl", "--severity", "FT107=eror"], "levels: error, warning, note"),
        (["convert", "a.jsonl", "--output", "b", "--to", "alpacca"], "did you mean 'alpaca'?"),
        (["split", "a.jsonl", "--train", "b"], "Missing option '--validation'"),
        (["model", "fetch", "detoxify-unbiast"], "did you mean 'detoxify-unbiased'?"),
    ],
)
def test_mistakes_are_answered(tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "a.jsonl").write_bytes(CLEAN)
    done = inside(tmp_path, *arguments)
    assert (done.status, done.out) == (2, "")
    assert said in done.err
