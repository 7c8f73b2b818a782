"""A light run loads nothing heavy: it is what a commit hook waits for."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from command import CLEAN, HUMAN, ftlint, loaded

from ftlint.case import assistant, chat, user
from ftlint.engine import ARRAYS

HEAVY = {"pandas", "numpy", "spacy", "torch", "transformers", "detoxify", "openai", "ray"}
NOT_NEEDED = {"yaml", "rich", "jsonschema", "jsonschema_rs", "zstandard", "msgspec", "jinja2"}


@pytest.mark.parametrize("arguments", [[], ["--format", "json"], ["--select", "FT1"]])
def test_a_light_run_is_light(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "train.jsonl").write_bytes(CLEAN * 10)
    (tmp_path / "ftlint.yaml").write_text("severity: {FT125: error}\n")
    ftlint(tmp_path, "check", "train.jsonl")  # compiles the rules and the configuration
    packages = loaded(tmp_path, "check", "train.jsonl", *arguments)
    assert {"ftlint", "orjson", "click"} <= packages
    assert packages & (HEAVY | NOT_NEEDED) == set()


def test_findings_load_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_bytes(CLEAN + HUMAN)
    assert loaded(tmp_path, "check", "train.jsonl") & HEAVY == set()


def test_a_few_toxic_texts_load_nothing_heavy(tmp_path: Path) -> None:
    rude = chat(user("Are you well?"), assistant("You are a stupid idiot and a liar."))
    (tmp_path / "train.jsonl").write_bytes(CLEAN + orjson.dumps(rude) + b"\n")
    assert "FT60" in ftlint(tmp_path, "check", "train.jsonl", "--select", "FT6").out
    assert loaded(tmp_path, "check", "train.jsonl") & HEAVY == set()


def test_numpy_is_there_from_the_first_batch_where_much_will_need_it(tmp_path: Path) -> None:
    for name, size in (("small", ARRAYS // 2), ("large", ARRAYS)):
        (tmp_path / f"{name}.jsonl").write_bytes(CLEAN * (size // len(CLEAN) + 1))
    asked = [("small", "FT6"), ("large", "FT6"), ("large", "FT1")]
    packages = [loaded(tmp_path, "check", f"{name}.jsonl", "--select", s) for name, s in asked]
    assert ["numpy" in each for each in packages] == [False, True, False]
