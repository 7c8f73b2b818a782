"""Methods: what `run.method` says, and what `--method` refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from shapes import RECORDS

from ftlint.cli import cli
from ftlint.error import UsageError
from ftlint.formats import FORMATS
from ftlint.targets.method import METHODS, shapes_of

EXPECTED = {
    "preference": "dpo",
    "ranking": "dpo",
    "kto": "kto",
    "reinforcement": "rft",
    "prompt": "rft",
    "completion": "completion",
    "text": "pretrain",
}


def checked(folder: Path, shape: str, *arguments: str) -> Any:
    path = folder / "a.jsonl"
    path.write_text((json.dumps(RECORDS[shape][0]) + "\n") * 10, encoding="utf-8")
    return CliRunner().invoke(cli, ["check", str(path), "--format", "json", *arguments])


def told(folder: Path, shape: str, *arguments: str) -> tuple[str, list[str]]:
    """Return the method of a run, and what FT018 says."""
    report = json.loads(checked(folder, shape, *arguments).output)
    said = [each["message"] for each in report["findings"] if each["code"] == "FT018"]
    return report["run"]["method"], said


@pytest.mark.parametrize("shape", sorted({*RECORDS} - {"batch"}))
def test_the_shape_tells_the_method(tmp_path: Path, shape: str) -> None:
    assert told(tmp_path, shape)[0] == EXPECTED.get(shape, "sft")
    assert told(tmp_path, shape, "--select", "FT3")[0] == EXPECTED.get(shape, "sft")


@pytest.mark.parametrize(
    ("shape", "target", "method"),
    [
        ("completion", "openai", "completion"),
        ("completion", "together", "sft"),
        ("text", "mistral-finetune", "pretrain"),
        ("text", "trl", "sft"),
        ("prompt", "bedrock-nova", "rft"),
        ("preference", "bedrock-claude", "dpo"),
    ],
)
def test_a_target_tells_how_it_trains(tmp_path: Path, shape: str, target: str, method: str) -> None:
    assert told(tmp_path, shape, "--target", target)[0] == method


def test_a_method_refuses_the_shapes_of_others(tmp_path: Path) -> None:
    assert told(tmp_path, "chat", "--target", "openai") == ("sft", [])
    said = "file holds chat messages; dpo at OpenAI reads preference"
    assert told(tmp_path, "chat", "--target", "openai", "--method", "dpo") == ("dpo", [said])
    said = "file holds chat messages; dpo reads preference or ranking"
    assert told(tmp_path, "chat", "--method", "dpo") == ("dpo", [said])
    assert told(tmp_path, "preference", "--method", "dpo") == ("dpo", [])
    assert told(tmp_path, "completion", "--method", "sft") == ("sft", [])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--method", "dop"], "--method: unknown method 'dop'; did you mean 'dpo'?"),
        (["--method", "dpo", "--target", "bedrock-claude"], "has no method 'dpo' (sft)"),
    ],
)
def test_unknown_methods_are_refused(tmp_path: Path, arguments: list[str], message: str) -> None:
    done = checked(tmp_path, "chat", *arguments)
    assert isinstance(done.exception, UsageError) and message in str(done.exception)


def test_every_shape_that_is_trained_on_has_a_method() -> None:
    assert all(each.methods or each.name == "batch" for each in FORMATS.values())
    assert {method for each in FORMATS.values() for method in each.methods} == {*METHODS}
    assert "chat" in shapes_of("sft") and "chat" not in shapes_of("rft")
