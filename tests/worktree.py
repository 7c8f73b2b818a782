"""Git repositories with a dataset in them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson
import pytest
from command import CLEAN, Outcome, inside

from ftlint.case import assistant, chat

WORDS = ("harbour", "candle", "orchard", "violin", "thunder", "pebble", "anchor", "lantern")
ROLES = ("--select", "FT107")
WRONG = tuple(
    orjson.dumps(chat({"role": "human", "content": f"Spell {word}."}, assistant(word[::-1])))
    + b"\n"
    for word in WORDS
)
"""Rows with one fault each."""


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing of this machine's user have a say, nor a hook that runs the tests."""
    for name in [name for name in os.environ if name.startswith(("GIT_", "PRE_COMMIT_"))]:
        monkeypatch.delenv(name)
    for name in ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL"):
        monkeypatch.setenv(f"GIT_{name}", "me")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def git(folder: Path, *arguments: str) -> str:
    import subprocess

    command = ["git", "-c", "protocol.file.allow=always", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """Return a work tree with three faults committed."""
    folder = tmp_path / "work"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    put(folder, CLEAN + b"".join(WRONG[:3]))
    commit(folder)
    return folder


def put(folder: Path, content: bytes, name: str = "train.jsonl") -> None:
    (folder / name).write_bytes(content)


def commit(folder: Path) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "data")
    return git(folder, "rev-parse", "HEAD")


def found(outcome: Outcome) -> list[tuple[str, int | None, str]]:
    assert outcome.out, outcome.err
    return outcome.places


def changed(folder: Path, *arguments: object, rules: tuple[str, ...] = ROLES) -> Any:
    """Return the places of the findings of changed rows; `--changed` unless told otherwise."""
    words = arguments if any(str(w).startswith("--since") for w in arguments) else (
        *arguments, "--changed"
    )  # fmt: skip
    paths = [] if any(str(w).endswith(("jsonl", "gz")) for w in words) else ["train.jsonl"]
    return found(inside(folder, "check", *paths, *words, *rules, "--format", "json"))
