"""Runs that may be recalled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from command import CLEAN, HUMAN, Outcome, inside, timeless

from ftlint import session
from ftlint.storage import cache

LINE = HUMAN.replace(b"Hi", b"Hi %d")
DATA = CLEAN + b"".join(LINE % number for number in range(40))
CHECK = ("check", "train.jsonl", "--select", "FT0,FT1,FT4", "--format", "json")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Keep the results of each test in a cache of its own, however small its data is."""
    monkeypatch.setenv("FTLINT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(session, "LEAST", 0)
    monkeypatch.chdir(tmp_path)
    Path("train.jsonl").write_bytes(DATA)
    yield tmp_path / "cache" / "results"
    cache.choose()


def kept(place: Path) -> list[Path]:
    return sorted(place.glob("run-*"))


def fresh(*arguments: str) -> Outcome:
    return inside(Path(), *arguments, "--no-cache")


def same(one: Outcome, other: Outcome) -> None:
    assert (one.status, timeless(one.out)) == (other.status, timeless(other.out))
