"""What `ftlint targets` shows, and the page about them."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from targeting import TODAY, folder

from ftlint.cli import cli
from ftlint.error import UsageError
from ftlint.targets.model import STALE, day
from ftlint.targets.target import names, read
from ftlint.views.profile import render

__all__ = ["folder"]  # fixtures


# `ftlint targets`.


def test_the_list() -> None:
    lines = render(None, "text", TODAY).splitlines()
    assert lines[0].split() == ["target", "who", "reads", "models", "as", "of"]
    assert [line.split()[0] for line in lines[1 : len(names()) + 1]] == names()
    records = json.loads(render(None, "json", TODAY))
    assert [record["name"] for record in records] == names()
    assert render(None, "markdown", TODAY).startswith(
        "| target | who | reads | models | as of |\n|---|"
    )


def test_a_target() -> None:
    text = render("openai", "text", TODAY)
    row = next(line for line in text.splitlines() if line.startswith("gpt-4.1-mini-2025"))
    assert re.split("  +", row)[:6] == [
        "gpt-4.1-mini-2025-04-14", "gpt-4.1-mini", "sft, dpo", "65 536", "5 USD per 1M tokens",
        "until 2027-01-06",
    ]  # fmt: skip
    assert "no more since 2026-10-23" in text and "older than" not in text and "!" not in text
    assert re.search(r"gpt-4-0613 .* 8 192 \? ", text) and "\n? uncertain\n" in text
    assert re.search(
        r"limits.file-bytes +512 000 000 +2026-08-21 +93 days +OAI-SPEC +Files API\n", text
    )
    assert re.search(r"hyperparameters.beta +above 0 to 2, auto ", text)
    for name in names():
        for form in ("text", "markdown"):
            assert read(name).title in render(name, form, TODAY)


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_an_old_figure_is_marked(form: str) -> None:
    later = day(read("openai").sources["OAI-PRICE"].as_of) + timedelta(STALE)
    assert "5 USD per 1M tokens !" not in render("openai", form, later)
    text = render("openai", form, later + timedelta(1))
    assert "5 USD per 1M tokens !" in text and "65 536 !" in text
    assert "! older than 180 days: check the source" in text
    assert "older than" in render("openai:gpt-4.1-mini", form, later + timedelta(1))


def test_a_model() -> None:
    text = render("openai:gpt-4.1-mini", "text", TODAY)
    assert text.startswith("gpt-4.1-mini-2025-04-14 (gpt-4.1-mini) of OpenAI\n")
    assert "Trainable until 2027-01-06" in text
    assert re.search(r"training-price +5 USD +2026-11-22 +0 days +OpenAI price page\n", text)
    assert re.search(r"shutdown +2027-01-14 .*uncertain; from copies of the page", text)


def test_json_has_everything() -> None:
    record = json.loads(render("openai", "json", date(2027, 7, 1)))
    assert list(record["models"]) == list(read("openai").models)
    model = record["models"]["gpt-4.1-mini-2025-04-14"]
    assert model["training_price"] == {
        "source": "OAI-PRICE", "as_of": "2026-11-22", "uncertain": False, "value": 5.0,
        "currency": "USD", "age_days": 221, "stale": True,
    }  # fmt: skip
    assert model["trainable_until"] == "2027-01-06"
    one = json.loads(render("openai:gpt-4.1-mini", "json", TODAY))
    assert list(one["models"]) == ["gpt-4.1-mini-2025-04-14"] and "model" not in one


def test_the_command() -> None:
    run = CliRunner().invoke(cli, ["targets", "openai:gpt-4o", "--format", "markdown"])
    assert run.exit_code == 0 and run.output.startswith("# gpt-4o-2024-08-06 (gpt-4o) of OpenAI\n")
    run = CliRunner().invoke(cli, ["targets", "opena"])
    assert isinstance(run.exception, UsageError)


def test_completion() -> None:
    option = next(each for each in cli.commands["check"].params if each.name == "targets")
    context = cli.commands["check"].make_context("check", [], resilient_parsing=True)

    def completed(word: str) -> list[str]:
        return [item.value for item in option.shell_complete(context, word)]

    assert completed("open") == ["openai"]
    assert completed("openai:gpt-4.1-m") == [
        "openai:gpt-4.1-mini-2025-04-14",
        "openai:gpt-4.1-mini",
    ]
    assert completed("nobody:x") == []


# The page.

PAGE = (Path(__file__).parents[1] / "docs/targets.md").read_text(encoding="utf-8")


def test_the_file_of_the_page_is_a_target(folder: Path) -> None:
    text = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0]
    (folder / "acme.yaml").write_text(text)
    target = read("acme.yaml:small")
    assert target.rules["token-overrun"]["limit"] == 8192
    assert target.rules["record-refused"]["schemas"]["chat"][0]["properties"]["messages"]


def test_the_tables_of_the_page_are_whole() -> None:
    from ftlint.targets.effect import ORDER, TOOLS

    cells = re.findall(r"\| `([a-z-]+)` \| ([a-z-]+) ", PAGE)
    assert dict(cells) == ORDER | TOOLS
    assert {*names()} <= set(re.findall(r"`([a-z-]+)`", PAGE))
