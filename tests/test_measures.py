"""Figures of the report, against a naive count of the same file."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

import jsonschema
from command import ftlint

from ftlint.tokens.encoding import load

MODEL = "openai:gpt-4o-mini-2024-07-18"
SCHEMA = Path(__file__).parents[1] / "src/ftlint/schemas/report.json"


def dataset(folder: Path) -> Path:
    path = folder / "train.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(40):
            answer = " ".join(["spam"] * (number + 1))
            messages = [
                {"role": "user", "content": f"Question {number}?"},
                {"role": "assistant", "content": answer, "weight": number % 2},
                {"role": "assistant", "content": "Done."},
            ]
            file.write(json.dumps({"messages": messages}) + "\n")
    return path


def naive(path: Path) -> tuple[list[int], int]:
    """Return the cookbook's length of each example, and the trained tokens of all."""
    count = load("o200k_base").count
    lengths, trained = [], 0
    for line in path.read_text("utf-8").splitlines():
        length = 3
        for message in json.loads(line)["messages"]:
            length += 3 + count(message["role"]) + count(message["content"])
            if message["role"] == "assistant" and message.get("weight", 1):
                trained += count(message["content"])
        lengths.append(length)
    return lengths, trained


def test_tokens_are_those_of_a_naive_count(tmp_path: Path) -> None:
    path = dataset(tmp_path)
    run = ftlint(tmp_path, "check", path, "--target", MODEL, "--format", "json")
    document = json.loads(run.out)
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(document)
    tokens = document["measures"]["tokens"]
    lengths, trained = naive(path)
    assert tokens["examples"] == len(lengths)
    assert tokens["total"] == sum(lengths)
    assert tokens["trained"] == trained
    assert tokens["per_example"]["min"] == min(lengths)
    assert tokens["per_example"]["max"] == max(lengths)
    assert tokens["per_example"]["p50"] in (
        statistics.median_low(lengths),
        statistics.median_high(lengths),
    )
    longest = sorted(range(len(lengths)), key=lambda index: (-lengths[index], index))[:10]
    assert [entry["line"] for entry in tokens["longest"]] == [index + 1 for index in longest]
    assert [entry["tokens"] for entry in tokens["longest"]] == [lengths[i] for i in longest]
    inside = [
        sum(bin_["from"] <= length < bin_["below"] for length in lengths)
        for bin_ in tokens["histogram"]
    ]
    assert [bin_["examples"] for bin_ in tokens["histogram"]] == inside


def test_without_a_model_nothing_is_counted(tmp_path: Path) -> None:
    run = ftlint(tmp_path, "check", dataset(tmp_path), "--format", "json")
    assert "tokens" not in json.loads(run.out)["measures"]
