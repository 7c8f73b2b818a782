"""The cache of parsed files: whole entries or none, and never an error."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from documents import ONCE, TREES, folder, read, refusal
from hypothesis import given

from ftlint.configuration.document import load
from ftlint.error import ConfigError
from ftlint.storage import cache

__all__ = ["folder"]  # fixtures


def entries(folder: Path) -> list[Path]:
    return sorted((folder / "cache").glob("*"))


@ONCE
@given(TREES)
def test_a_second_load_gives_the_same(tree: Any) -> None:
    first = read(json.dumps({"a": tree}, ensure_ascii=False))
    assert load("x.yaml", ConfigError) == first


def test_an_unchanged_file_needs_no_parser(folder: Path) -> None:
    Path("x.yaml").write_text("a: [1]\n")
    Path("x.toml").write_text("a = [1]\n")
    code = (
        "import sys; from ftlint.configuration.document import load\n"
        "from ftlint.error import ConfigError\n"
        "made = [load(name, ConfigError) for name in ('x.yaml', 'x.toml')]\n"
        "print([d.data for d in made], made[0].marks, 'yaml' in sys.modules,"
        " 'tomllib' in sys.modules, 'difflib' in sys.modules)"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    told = "[{'a': [1]}, {'a': [1]}] {'': (1, 1), '/a': (1, 1), '/a/0': (1, 5)}"
    assert runs[0].stdout == f"{told} True True False\n"
    assert runs[1].stdout == f"{told} False False False\n"
    assert len(entries(folder)) == 2


def test_the_same_bytes_in_another_syntax_are_another_entry() -> None:
    assert read("", "x.toml").data == {}
    assert read("'a' : 1", "x.yaml").data == {"a": 1}
    assert refusal("'a' : 1", "x.toml").startswith("x.toml:1:5: ")


def test_errors_are_not_kept(folder: Path) -> None:
    assert refusal("a: [") == refusal("a: [")
    assert entries(folder) == []


@pytest.mark.parametrize("value", [".nan", "99999999999999999999"])
def test_what_json_cannot_say_is_not_kept(folder: Path, value: str) -> None:
    assert repr(read(f"a: {value}").data) == repr(read(f"a: {value}").data)
    assert entries(folder) == []


@pytest.mark.parametrize("damage", [b"", b"{", b"null", b"[1]", b'[{},{"":1}]', b"[{},[]]"])
def test_a_damaged_entry_is_made_again(folder: Path, damage: bytes) -> None:
    first = read("a: 1")
    [entry] = entries(folder)
    whole = entry.read_bytes()
    entry.write_bytes(damage)
    assert load("x.yaml", ConfigError) == first
    assert entry.read_bytes() == whole


def test_the_folder_of_the_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cache.folder() == folder / "cache"
    monkeypatch.delenv("FTLINT_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "xdg"))
    assert cache.folder() == folder / "xdg" / "ftlint"
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    monkeypatch.setenv("HOME", str(folder / "home"))
    assert cache.folder() == folder / "home" / ".cache" / "ftlint"
    monkeypatch.setenv("FTLINT_NO_CACHE", "1")
    assert cache.folder() is None


def test_entries_are_whole_or_absent(folder: Path) -> None:
    assert cache.read("a") is None
    cache.write("a", b"1")
    cache.write("a", b"2")
    assert cache.read("a") == b"2"
    assert [path.name for path in entries(folder)] == ["a"]


def test_a_cache_that_cannot_be_written_is_no_error(folder: Path) -> None:
    Path("cache").write_text("a file where the folder should be")
    cache.write("a", b"1")
    assert cache.read("a") is None
    assert read("a: 1").data == {"a": 1}
    Path("cache").unlink()
    Path("cache/a").mkdir(parents=True)
    cache.write("a", b"1")
    assert [path.name for path in entries(folder)] == ["a"]


def test_a_disabled_cache_is_neither_read_nor_written(folder: Path) -> None:
    code = (
        "from ftlint.storage import cache; cache.write('a', b'1'); cache.choose(disabled=True)"
        "; cache.write('b', b'2')"
        "; print(cache.folder(), cache.read('a'))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "None None\n"
    assert [path.name for path in entries(folder)] == ["a"]
