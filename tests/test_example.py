"""The example of the product: its report is that of the answer key, and as it was.

Run with UPDATE_SNAPSHOTS=1 to write the snapshots anew, then read the difference.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from command import inside

import ftlint
from ftlint.configuration.catalogue import builtin

ROOT = Path(__file__).parents[1]
DATA = "examples/support-bot.jsonl"
KEY: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (ROOT / "examples/support-bot.faults.yaml").read_text(encoding="utf-8")
)
SNAPSHOTS = Path(__file__).parent / "snapshots"
SPACY = "FT710,FT712"
"""Rules that need spaCy; without it they are listed as not run."""

Place = tuple[int | None, str, str]


def places(*lists: str) -> set[Place]:
    """Return line, code and name of what the lists of the key name."""
    return {(each["line"], each["rule"], each["name"]) for name in lists for each in KEY[name]}


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    """Return the JSON report of a default run from the root of the repository."""
    return inside(ROOT, "check", DATA, "--ignore", SPACY, "--no-cache", "--format", "json").report


@pytest.fixture(scope="module")
def found(report: dict[str, Any]) -> set[Place]:
    return {(each["line"], each["code"], each["name"]) for each in report["findings"]}


def test_each_fault_is_found_where_it_was_planted(found: set[Place]) -> None:
    assert places("faults") - found == set()


def test_nothing_else_is_said(found: set[Place]) -> None:
    assert found - places("faults", "also") == set()


def test_what_is_said_to_follow_does(found: set[Place]) -> None:
    assert places("also") - found == set()


def test_what_is_said_to_be_unseen_is(found: set[Place]) -> None:
    assert places("unseen") & found == set()


def test_rows_of_a_fault_of_the_dataset_are_those_that_the_report_names(
    report: dict[str, Any],
) -> None:
    named = {each["code"]: each for each in report["findings"] if each["line"] is None}
    for fault in KEY["faults"]:
        if fault["line"] is None:
            rows = {row["line"] for row in named[fault["rule"]]["related"]}
            assert rows and rows <= {*fault["rows"], *fault.get("counted", ())}, fault["rule"]


def test_the_key_has_faults_of_every_family() -> None:
    assert {fault["rule"][:3] for fault in KEY["faults"]} == {rule.code[:3] for rule in builtin()}
    assert all(entry["why"].endswith(".") for entries in KEY.values() for entry in entries)


def matches(name: str, shown: str) -> None:
    """Compare with the snapshot `name`, or write it."""
    path, data = SNAPSHOTS / name, shown.replace(ftlint.__version__, "VERSION").encode()
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_bytes(data)
    assert data.decode() == path.read_bytes().decode()


def test_the_whole_text_is_as_it_was() -> None:
    done = inside(ROOT, "check", DATA, "--ignore", SPACY, "--no-cache")
    assert (done.status, done.err) == (1, "")
    matches("example.full", done.out)


def test_the_whole_document_is_as_it_was(report: dict[str, Any]) -> None:
    """All but `run`, which tells what is installed and how long it took."""
    told = {key: rounded(value) for key, value in report.items() if key != "run"}
    matches("example.json", json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def rounded(value: Any) -> Any:
    """Return a value with its fractions cut to four digits, for processors differ in the last."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value
