"""Encodings: the ids of every backend against tiktoken's, and what must never cost much."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import Tiktoken

from ftlint.storage import cache
from ftlint.tokens import encoding
from ftlint.tokens.encoding import (
    KEPT,
    LONGEST,
    VOCABULARIES,
    Backend,
    Encoding,
    Gigatoken,
    Splintr,
    expect,
    load,
)

NAMES = sorted(VOCABULARIES)
FAST = importlib.util.find_spec("gigatoken") is not None
_made: dict[tuple[str, str], Backend] = {}


@pytest.fixture(scope="session")
def ranks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ranks")


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def tiktoken(name: str, ranks: Path) -> Backend:
    if ("tiktoken", name) not in _made:
        _made["tiktoken", name] = Tiktoken(name, ranks)
    return _made["tiktoken", name]


@pytest.fixture(params=["splintr", "gigatoken"])
def backend(name: str, request: pytest.FixtureRequest) -> Backend:
    return made(request.param, name)


def made(library: str, name: str) -> Backend:
    """Return a backend, loaded once."""
    if library == "gigatoken" and not FAST:
        pytest.skip("gigatoken is not installed")
    if (library, name) not in _made:
        _made[library, name] = Gigatoken(name) if library == "gigatoken" else Splintr(name)
    return _made[library, name]


SPECIAL = [
    *("<|endoftext|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|endofprompt|>"),
    *(
        "<|im_start|>user",
        "<|im_end|>",
        "<|think|>",
        "<|system|>",
        "<|",
        "|>",
        "<|endoftext|",
        "<s>",
    ),
]
EDGES = [
    *SPECIAL,
    *(f"a {token}b{token}{token} c" for token in SPECIAL),
    "漢字かな交じり文、テスト。中文字符，测试！한국어 텍스트",
    "👩‍👩‍👧‍👦👍🏽🇨🇭❤️‍🔥🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "e\u0301a\u0308o\u0302\u0323 Z\u0351\u036b\u0343a\u0323\u0300lgo",
    "नमस्ते दुनिया กรุงเทพมหานคร مرحبا بالعالم שלום",
    *(space * n for space in " \n\t\r" for n in (1, 2, 3, 7, 63, 127, 128, 129, 1000)),
    " \n \n\n  \t\r\n \u00a0\u2003\u3000 x",
    *(f"a{' ' * n}b\r\n{' ' * n}\n" for n in range(1, 9)),
    "I'm they'LL we'd it'S DON'T l’heure",
    "1234567890 12 345 6,789.01 ٣٤٥ Ⅷ ½",
    "camelCaseHTTPServer snake_case ALLCAPS ǅungla ʰa ªº",
    "x" * 1000 + "é" * 1000 + "=" * 1000,
    "\x00\x01\x7f\x80\ufeff\ufffe\uffff\U0010ffff",
]


def blocks() -> Iterator[str]:
    """Yield the characters of the two first planes, and of each other one the first 256."""
    starts = [*range(0, 0x20000, 256), *range(0x20000, 0x110000, 0x10000)]
    for start in starts:
        letters = [chr(c) for c in range(start, start + 256) if not 0xD800 <= c < 0xE000]
        yield "".join(letters)
        yield " ".join(letters)
        yield "".join(c for c in letters if unicodedata.category(c)[0] in "LMN")


def test_an_edge_has_the_ids_of_tiktoken(tiktoken: Backend, backend: Backend) -> None:
    for text in [*EDGES, *blocks()]:
        expected = tiktoken.ids(text)
        assert backend.ids(text) == expected, text
        assert backend.count(text) == len(expected), text
        assert backend.decode(expected) == text.encode()


@given(text=st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_has_the_ids_of_tiktoken(text: str, ranks: Path) -> None:
    for name in NAMES:
        if ("tiktoken", name) not in _made:
            _made["tiktoken", name] = Tiktoken(name, ranks)
        expected = _made["tiktoken", name].ids(text)
        for library in ("splintr", "gigatoken") if FAST else ("splintr",):
            backend = made(library, name)
            assert backend.ids(text) == expected
            assert backend.count(text) == len(expected)


def test_a_real_message_has_the_ids_of_tiktoken(
    shared: Path, tiktoken: Backend, backend: Backend
) -> None:
    """A third of the texts; `benchmarks/tokens.py` compares all."""
    for text in real_texts(shared)[::3]:
        expected = tiktoken.ids(text)
        assert backend.count(text) == len(expected), text
        assert backend.ids(text) == expected, text


def real_texts(shared: Path) -> list[str]:
    found: dict[str, None] = {}
    for path in sorted((shared / "data/chat").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").split("\n"):
            messages = json.loads(line).get("messages", []) if line else []
            found.update((v, None) for m in messages for v in m.values() if isinstance(v, str))
    return list(found)


@pytest.mark.skipif(not FAST, reason="gigatoken is not installed")
@pytest.mark.parametrize("letter", ["a", "=", "\n", "😀", "漢"])
def test_a_million_times_the_same(name: str, letter: str) -> None:
    text = letter * 1_000_000
    splintr, gigatoken = made("splintr", name), made("gigatoken", name)
    assert splintr.ids(text) == gigatoken.ids(text)
    assert splintr.count(text) == gigatoken.count(text)


def test_a_million_spaces(name: str, tiktoken: Backend) -> None:
    """tiktoken has a limit here that ends in a panic with o200k_base, so others are asked."""
    text = " " * 1_000_000
    counts = {made("splintr", name).count(text)}
    if FAST:
        counts.add(made("gigatoken", name).count(text))
    if name == "cl100k_base":
        counts.add(tiktoken.count(text))
    assert len(counts) == 1
    assert made("splintr", name).decode(made("splintr", name).ids(text)) == text.encode()


@pytest.mark.parametrize("letter", ["a", " ", "=", "\n", "漢", "👍", "\u0301", "<|endoftext|>"])
def test_time_grows_with_the_text_and_not_faster(backend: Backend, letter: str) -> None:
    """Four times the text: about 4 times the time, where a quadratic algorithm needs 16."""

    numbers = count()

    def seconds(size: int) -> float:
        best = float("inf")
        for _ in range(3):
            text = f"{next(numbers)}{letter * size}"  # another each time: nothing is remembered
            start = time.process_time()
            backend.count(text)
            best = min(best, time.process_time() - start)
        return best

    size = 200_000 // len(letter)
    seconds(size)
    assert seconds(4 * size) < 10 * seconds(size) + 0.1


def test_special_tokens_of_splintr_begin_as_the_fast_way_expects(name: str) -> None:
    import splintr

    assert all(s.startswith("<|") for s in splintr.Tokenizer.from_pretrained(name).special_tokens())


# What is around the backends


class Letters:
    """A backend with a token a letter, which remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def count(self, text: str) -> int:
        text.encode()
        self.asked.append(text)
        return len(text)

    def counts(self, texts: list[str]) -> list[int]:
        return [self.count(text) for text in texts]

    def ids(self, text: str) -> list[int]:
        return list(text.encode())

    def decode(self, ids: Sequence[int]) -> bytes:
        return bytes(ids)


def test_equal_texts_are_counted_once() -> None:
    letters = Letters()
    known = Encoding("letters", letters)
    assert [known.count(text) for text in ("ab", "c", "ab", "ab", "c")] == [2, 1, 2, 2, 1]
    assert letters.asked == ["ab", "c"]


def test_equal_texts_of_a_batch_are_counted_once() -> None:
    letters = Letters()
    known = Encoding("letters", letters)
    assert known.counts(["ab", "c", "ab", "", "c"]) == [2, 1, 2, 0, 1]
    assert letters.asked == ["ab", "c", ""]
    assert known.counts([]) == []


@given(texts=st.lists(st.text(max_size=20) | st.sampled_from(["<|endoftext|>", "a <|x", "<|"])))
@settings(max_examples=100, deadline=None)
def test_many_texts_count_as_each_alone(texts: list[str]) -> None:
    for name in NAMES:
        for library in ("splintr", "gigatoken") if FAST else ("splintr",):
            backend = made(library, name)
            assert Encoding(name, backend).counts(texts) == [backend.count(t) for t in texts]


def test_what_is_remembered_is_bounded() -> None:
    letters = Letters()
    known = Encoding("letters", letters)
    long = "x" * (LONGEST + 1)
    assert known.count(long) == known.count(long)
    assert letters.asked == [long] * 2
    size = 1000
    for number in range(3 * KEPT // size):
        known.count(f"{number:{size}}")
    held: dict[str, int] = known.count.__self__  # type: ignore[attr-defined]
    assert 0 < sum(map(len, held)) <= KEPT


def test_a_lone_surrogate_counts_as_the_replacement_character(name: str, tiktoken: Backend) -> None:
    for library in ("splintr", "gigatoken") if FAST else ("splintr",):
        known = Encoding(name, made(library, name))
        for text in ("\ud800", "a\udc00b", "\ud83d x \ude00"):
            assert known.ids(text) == tiktoken.ids(text) == known.ids(text)
            assert known.count(text) == len(tiktoken.ids(text))


@given(text=st.text(max_size=40), tokens=st.integers(0, 50))
@settings(max_examples=100, deadline=None)
def test_kept_is_what_the_first_tokens_spell(text: str, tokens: int) -> None:
    for name in NAMES:
        known = Encoding(name, made("splintr", name))
        spelled = made("splintr", name).decode(known.ids(text)[:tokens])
        kept = known.kept(text, tokens)
        assert spelled.startswith(text[:kept].encode())
        assert kept == len(text) or not spelled.startswith(text[: kept + 1].encode())


def test_large_inputs_are_counted_by_gigatoken(monkeypatch: pytest.MonkeyPatch) -> None:
    if not FAST:
        pytest.skip("gigatoken is not installed")
    monkeypatch.setitem(encoding._input, "bytes", 0)
    assert isinstance(load("cl100k_base")._backend, Splintr)
    expect(encoding.FAST_FROM)
    assert isinstance(load("cl100k_base")._backend, Gigatoken)
    expect(encoding.FAST_FROM - 1)
    assert isinstance(load("cl100k_base")._backend, Splintr)


def test_without_gigatoken_splintr_counts_large_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gigatoken", None)
    encoding._load.cache_clear()
    try:
        assert isinstance(encoding._load("cl100k_base", True)._backend, Splintr)
    finally:
        encoding._load.cache_clear()


@pytest.mark.parametrize("damage", [None, b"", b"AA== 0\n", "folder"])
def test_a_rank_file_is_checked_and_mended(
    damage: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not FAST:
        pytest.skip("gigatoken is not installed")
    monkeypatch.setenv("FTLINT_CACHE_DIR", str(tmp_path))
    entry = tmp_path / "cl100k_base.tiktoken"
    if damage == "folder":
        entry.mkdir()
    elif damage is not None:
        entry.write_bytes(damage)
    assert Gigatoken("cl100k_base").count("hello world") == 2
    assert entry.is_dir() or cache.read(entry.name) == encoding.rank_file("cl100k_base")
    assert len(list(tmp_path.iterdir())) == 1


def test_gigatoken_needs_no_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if not FAST:
        pytest.skip("gigatoken is not installed")
    monkeypatch.setenv("FTLINT_NO_CACHE", "1")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert Gigatoken("cl100k_base").count("hello world") == 2
    assert not list(tmp_path.iterdir())


PROGRAM = """
import sys
from ftlint.engine import Plan, run
from ftlint.rules.token import AnswerFullyTruncated, TokenNearLimit, TokenOverrun
from ftlint.source import Dataset, Source
rules = [rule(limit=65_536) for rule in (TokenOverrun, AnswerFullyTruncated, TokenNearLimit)]
report = run(Plan(tuple(rules)), Dataset((Source(sys.argv[1]),)))
assert not report.crashed and not report.findings and report.total_examples == 10
print(*sys.modules)
"""


def test_short_examples_load_no_vocabulary(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    record = {"messages": [{"role": "user", "content": "a" * 50_000}]}
    path.write_text(f"{json.dumps(record)}\n" * 10)
    command = [sys.executable, "-c", PROGRAM, str(path)]
    child = subprocess.run(command, capture_output=True, text=True)
    assert child.returncode == 0, child.stderr
    assert {"splintr", "gigatoken", "tiktoken"}.isdisjoint(child.stdout.split())
