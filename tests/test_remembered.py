"""Counts of single texts are kept over runs, and never change what is counted."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from ftlint.tokens.encoding import load
from ftlint.tokens.remembered import MANY, count

ENTRY = "tokens-o200k_base.json"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FTLINT_CACHE_DIR", str(tmp_path))
    monkeypatch.delenv("FTLINT_NO_CACHE", raising=False)
    return tmp_path


def test_counts_are_those_of_the_encoding(folder: Path) -> None:
    texts = ["", "You are kind.", "Zwölf Boxkämpfer", "\ud800", "x" * 500]
    for _ in range(2):
        assert [count("o200k_base", text) for text in texts] == [
            load("o200k_base").count(text) for text in texts
        ]
    kept = orjson.loads((folder / ENTRY).read_bytes())
    assert len(kept) == len(texts) and not any(text in kept for text in texts)
    # What stands there is not counted again.
    (folder / ENTRY).write_bytes(orjson.dumps(dict.fromkeys(kept, 77)))
    assert count("o200k_base", texts[1]) == 77
    assert count("cl100k_base", texts[1]) == load("cl100k_base").count(texts[1])


@pytest.mark.parametrize("damaged", [b"", b"[1]", b"{", b'{"a": null}', b'{"a": "b"}'])
def test_a_damaged_entry_is_none(folder: Path, damaged: bytes) -> None:
    (folder / ENTRY).write_bytes(damaged)
    assert count("o200k_base", "You are kind.") == load("o200k_base").count("You are kind.")


def test_only_so_many_are_kept(folder: Path) -> None:
    for number in range(MANY + 5):
        count("o200k_base", f"text {number}")
    assert len(orjson.loads((folder / ENTRY).read_bytes())) == MANY


def test_without_a_cache_nothing_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTLINT_NO_CACHE", "1")
    assert count("o200k_base", "You are kind.") == 4
    assert not list(folder.iterdir())
