"""Contamination: items of test sets in training data, against sets of n-grams made anew."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any
from unicodedata import normalize

import numpy as np
import pytest
from benchmark import TOWER, example, grams, lint, said, write
from hypothesis import given
from hypothesis import strategies as st

from ftlint.case import assistant, chat, user
from ftlint.contamination import benchmark as module
from ftlint.contamination.benchmark import (
    SHIPPED,
    Benchmark,
    Index,
    build,
    matched,
    matches,
    parse,
    shipped,
)
from ftlint.contamination.ngram import SIGN, UNSPACED, fold, hash_whole, hashes, places, words
from ftlint.contamination.ngramarray import _kinds, _table, _wordy, hits
from ftlint.engine import Plan, run
from ftlint.error import PackError
from ftlint.example import Batch, Lines
from ftlint.executors import Processes
from ftlint.features import overlap
from ftlint.rules.contamination import BenchmarkContamination
from ftlint.source import Dataset, Source
from ftlint.testing import check_laws

ROOT = Path(__file__).parents[1]
TESTS = Path("data/truth/benchmarks")
LEAKED = {"581", "602", "632"}
"""Test questions of GSM8K with 13 words in a row of a training question, as toolkit-mmqa says."""


def questions(path: Path) -> list[str]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        return [json.loads(line)["question"] for line in file]


# Real test sets


@pytest.mark.parametrize("own", [False, True])
def test_gsm8k_shares_three_test_questions(shared: Path, tmp_path: Path, own: bool) -> None:
    tests = shared / TESTS / "gsm8k_test.jsonl"
    train = questions(shared / TESTS / "gsm8k_train.jsonl.gz")
    asked = questions(tests)
    path = write(tmp_path / "train.jsonl", train)
    named = (f"gsm8k={tests}",) if own else ()
    report = lint(path, BenchmarkContamination(benchmarks=named), cap=0)

    known = [grams(text) for text in asked]
    owners: dict[tuple[str, ...], list[int]] = {}
    for number, those in enumerate(known):
        for gram in those:
            owners.setdefault(gram, []).append(number)
    wanted = []
    for line, these in enumerate(map(grams, train), 1):
        common = Counter(number for gram in these for number in owners.get(gram, ()))
        wanted += [(line, str(number), n, len(known[number])) for number, n in common.items()]
    found = [(f.place.line, f.data["item"], f.data["grams"], f.data["of"]) for f in report.findings]
    assert found == wanted
    assert {name for _, name, _, _ in wanted} == LEAKED
    figures = report.measures["contamination"]
    assert (figures["examples"], figures["items"]) == (4, 3)
    assert set(figures["benchmarks"]["gsm8k"]["names"]) == LEAKED
    assert figures["benchmarks"]["gsm8k"]["origin"] == (str(tests) if own else shipped_origin())


def shipped_origin() -> str:
    return next(each.origin for each in shipped().benchmarks if each.name == "gsm8k")


def test_sets_made_from_tests_are_found_and_others_are_not(shared: Path) -> None:
    found = {}
    for path in sorted((shared / "data/chat").glob("*.jsonl")):
        figures = lint(path).measures["contamination"]
        if figures["examples"]:
            found[path.stem] = (figures["examples"], figures["items"])
    # Looked at, one by one: HumanEval in other languages; a question of GSM8K's training part
    # with 15 words of test question 581; a question about mercury that is word for word MMLU's.
    assert found.pop("mxeval_code")[0] == 14
    assert found.pop("gsm8k_train") == (1, 1)
    assert found.pop("chatterbot_multilingual") == (1, 1)
    assert found.pop("zeroeval_gsm")[0] == 800
    assert found == {}


def test_the_shipped_index_is_what_its_program_writes(shared: Path) -> None:
    program = [sys.executable, str(ROOT / "tools" / "testsets.py"), "--check"]
    done = subprocess.run([*program, str(shared / TESTS)], capture_output=True)
    assert done.returncode == 0, done.stderr


def test_the_shipped_index_is_small_and_holds_no_text() -> None:
    path = ROOT / "rules" / "benchmarks" / "index.bin"
    data = path.read_bytes()
    assert len(data) < 3_000_000
    sizes = {each.name: each.items for each in shipped().benchmarks}
    assert sizes == {"gsm8k": 1319, "humaneval": 164, "mmlu": 14042, "example": 2}
    assert set(SHIPPED) < set(sizes)
    assert b"ducks" not in data and b"lighthouse" not in data


def test_names_of_items() -> None:
    assert Benchmark("b", "", (("x/", 2), ("y/", 1))).item(2) == "y/0"
    assert Benchmark("b", "", names=("p", "q")).item(1) == "q"
    with pytest.raises(IndexError):
        Benchmark("b", "", (("x/", 2),)).item(2)


# Words and hashes

WORDS = ["a", "bb", "É", "straße", "日本", "x" * 9, "y" * 20, "3", "naïve", "한국어"]
TEXT = st.lists(st.sampled_from([*WORDS[:4], " ", ". ", "’", "_", "日", "ไทย"]), max_size=60)


def test_words() -> None:
    told = "Don’t PAY $3.50 to foo_bar(x);  “Ünder” e\u0301 ﬀ"
    assert words(told) == [w.encode() for w in said(told.replace("e\u0301", "é"))]
    assert [word.decode() for word in words("請how日本 ok")] == ["請", "how", "日", "本", "ok"]
    assert len(words("請how日本 ok", unspaced=False)) == 4
    assert words("...!?\n\t_ — …") == []


@given(TEXT)
def test_without_unspaced_words_runs_of_other_words_are_the_same(parts: list[str]) -> None:
    text = " ".join(parts)
    spaced = re.compile("[日本ไทย]+")
    apart = [run for run in re.split(r"\x1a", fold(text, unspaced=False))]
    assert [said(run) for run in apart] == [said(run.lower()) for run in spaced.split(text)]


def test_the_table_of_signs_is_what_expressions_say() -> None:
    every = "".join(map(chr, range(1 << 16)))
    odd = re.sub(r"[^\w\x00-\x7f]", " ", every)
    assert _table().tolist() == [*map(ord, re.sub(f"[{UNSPACED}]", SIGN, odd))]
    apart = [code for code in range(128, 1 << 16) if len(normalize("NFC", chr(code))) > 1]
    assert [code for code in apart if _kinds()[code] != 2] == []
    assert sum(_kinds()[:0xD800] == 2) == len([code for code in apart if code < 0xD800])


@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_hashes_are_equal_where_words_are(parts: list[str]) -> None:
    coded = [part.lower().encode() for part in parts]
    every = list(hashes(coded))
    assert len(every) == (len(parts) - 12 if len(parts) > 12 else int(len(parts) >= 8))
    if len(parts) > 12:
        assert every == [hash_whole(coded[at : at + 13]) for at in range(len(parts) - 12)]
        assert len(set(every)) == len({tuple(coded[at : at + 13]) for at in range(len(every))})


@pytest.mark.parametrize("more", [[], ["😀"], ["𠀀", "𠀀日", "😀"], ["𝔸"], ["\x1a"]])
@pytest.mark.parametrize("unspaced", [True, False])
def test_arrays_find_what_plain_python_finds(unspaced: bool, more: list[str]) -> None:
    random = Random(4)
    parts = [*WORDS, "c,d", "\x1c", "İ", "Σ", "\ud800", ".", *more]
    texts = [" ".join(random.choices(parts, k=random.randrange(60))) for _ in range(400)]
    texts = [text.replace("日本 ", "日本").replace(" \x1a", "\x1a") for text in texts]
    texts += ["", " ", "…", "x " * 100_000]
    every = [list(hashes(words(text, unspaced))) for text in texts]
    # Of signs for unspaced words nobody asks who does not look for these.
    spoken = [words(text, unspaced) for text in texts]
    sought = {
        value
        for parts, values in zip(spoken, every, strict=True)
        for place, value in enumerate(values)
        if unspaced or b"\x1a" not in parts[place : place + 13]
    }
    chosen = set(random.sample(sorted(sought), 40))

    def known(values: np.ndarray[tuple[int], np.dtype[np.uint64]]) -> Any:
        there = np.flatnonzero([int(value) in chosen for value in values])
        return there, there

    wanted = [
        (at, place, value, min(len(words(texts[at], unspaced)), 13))
        for at, values in enumerate(every)
        for place, value in enumerate(values)
        if value in chosen
    ]
    assert 20 < len({at for at, *_ in wanted}) < 400
    found = hits(texts, known, unspaced)
    assert list(zip(*(column.tolist() for column in found[:4]), strict=True)) == wanted


@given(st.lists(st.text("aé日 ’\u0958\u212b\ufb2c𝔸😀\ud800", max_size=60), max_size=5))
def test_what_is_left_out_has_too_few_words(texts: list[str]) -> None:
    strange = [text for text in texts if not text.isascii()]
    enough = _wordy(strange) if strange else ()
    left = [text for text, wordy in zip(strange, enough, strict=True) if not wordy]
    told = [[word for word in words(text, False) if word != b"\x1a"] for text in left]
    assert all(len(parts) < 8 for parts in told)


@given(st.text("aB1 ._\n-", max_size=30), st.integers(0, 8), st.integers(0, 8))
def test_places_of_plain_words_are_those_of_matching_them(text: str, first: int, more: int) -> None:
    found = [match.span() for match in re.finditer("[A-Za-z0-9]+", text)]
    last = first + more
    wanted = (found[first][0], found[last][1]) if last < len(found) else None
    assert places(text, first, last) == wanted


def test_places() -> None:
    text = "  One (two) thrée—four"
    assert places(text, 1, 2) == (7, 17)
    assert text[slice(*places(text, 3, 3) or ())] == "four"
    assert places("e\u0301 f g", 1, 1) is None
    assert places("İ f g", 1, 1) is None


# The index


def small(texts: Sequence[str], stride: int = 1) -> Index:
    made = [Benchmark("mine", "here", (("", len(texts)),))]
    return build(made, [[text] for text in texts], {"mine": stride})


LETTERS = st.lists(st.sampled_from("abc"), max_size=40).map(" ".join)


@given(st.lists(LETTERS, min_size=1, max_size=6), st.lists(LETTERS, max_size=6))
def test_matches_are_those_of_sets(items: list[str], texts: list[str]) -> None:
    index = small(items)
    index = parse(index.dump(), "x")
    every = dict.fromkeys(texts + items)
    arrays = matched(hits([*every], index.known, index.unspaced), index)
    for number, text in enumerate(every):
        wanted = {
            (at, len(grams(text) & grams(item)))
            for at, item in enumerate(items)
            if grams(text) & grams(item)
        }
        found = matches(text, index)
        assert arrays.get(number, []) == found
        assert {(match.item, match.grams) for match in found} == wanted
        for match in found:
            part = said(text)[match.first : match.last + 1]
            item = grams(items[match.item])
            assert grams(" ".join(part)) & item == grams(text) & item
    values = sorted({value for text in texts for value in hashes(words(text))})
    met = {place for place, _ in index.items(values)}
    assert set(index.known(np.array(values, np.uint64))[0].tolist()) == met
    assert [index.item(at).grams for at in range(len(items))] == [len(grams(i)) for i in items]


@pytest.mark.parametrize("stride", [1, 2, 4, 7])
def test_a_stride_misses_no_run_that_is_long_enough(stride: int) -> None:
    item = [f"w{number}" for number in range(50)]
    index = small([" ".join(item)], stride)
    for first in range(50 - 12 - stride):
        assert matches(" ".join(item[first : first + 12 + stride]), index)
    assert matches(" ".join(item[-13:]), index)
    assert not any(matches(" ".join(item[at : at + 12]), index) for at in range(38))


def test_what_many_items_share_is_a_phrase() -> None:
    phrase = " ".join(f"p{number}" for number in range(13))
    items = [f"{phrase} and then item {number} goes on" for number in range(11)]
    assert matches(phrase, small(items[:10]))
    assert not matches(phrase, small(items))
    assert matches(items[3], small(items))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "not an index"),
        (b"ftngram1", "not an index"),
        (small(["a b c d e f g h"]).dump()[:-1], "damaged"),
        (small(["a b c d e f g h"]).dump()[:-4] + b"\7\0\1\0", "damaged"),
        (small(["a b c d e f g h"]).dump() + b"\0", "damaged"),
    ],
)
def test_a_broken_index_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, data: bytes, told: str
) -> None:
    with pytest.raises(PackError, match=told):
        parse(data, "index.bin")
    path = tmp_path / "index.bin"
    path.write_bytes(data)
    broken = lambda: module.load(path)  # noqa: E731
    monkeypatch.setattr("ftlint.rules.contamination.shipped", broken)
    assert told in (BenchmarkContamination().unready() or "")


def test_no_index_is_told(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="cannot be read: No such file"):
        module.load(tmp_path / "index.bin")


# The rule


def test_sizes_and_processes_never_change_what_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(3)
    fill = ["one", "two", "été", "日本語", "…", "steps", "paints"]
    texts = [
        f"{' '.join(random.choices(fill, k=9))} {TOWER if at % 7 == 0 else TOWER[:40]}"
        for at in range(200)
    ]
    path = write(tmp_path / "train.jsonl", texts)

    def found(**plan: object) -> list[tuple[object, ...]]:
        return [(f.place, f.message, f.span) for f in lint(path, example(), **plan).findings]

    wanted = found()
    assert len(wanted) == 29
    monkeypatch.setattr(overlap, "WORTH_IT", 0)
    assert found() == found(batch_size=3) == wanted
    monkeypatch.setattr(overlap, "WORTH_IT", 1 << 40)
    monkeypatch.delitem(sys.modules, "numpy")
    assert found(batch_size=7) == wanted
    dataset = Dataset((Source(str(path)),), shard_size=2000)
    parallel = run(Plan((example(),)), dataset, Processes(2))
    assert [(f.place, f.message, f.span) for f in parallel.findings] == wanted


def test_summaries_merge(tmp_path: Path) -> None:
    raws = write(tmp_path / "x", [TOWER, "Hi", TOWER.lower(), "", "x"]).read_bytes().splitlines()
    batches = [Batch(Lines(0, at, raws[at : at + 2])) for at in (0, 2, 4)]
    assert check_laws(example(), batches) == []


def test_only_training_files_count(tmp_path: Path) -> None:
    path = str(write(tmp_path / "x.jsonl", [TOWER]))
    for split, count in (("train", 1), ("validation", 0)):
        report = run(Plan((example(),)), Dataset((Source(path, split),)))
        assert len(report.findings) == report.measures["contamination"]["examples"] == count


def test_one_finding_an_example_and_benchmark(tmp_path: Path) -> None:
    second = "Which of these tides is the highest of the month?"
    record = chat(user(second), assistant(TOWER[:80]), user(f"> {TOWER}"), assistant(second))
    path = tmp_path / "train.jsonl"
    path.write_text(json.dumps(record) + "\n")
    (finding,) = lint(path, example()).findings
    assert finding.place.pointer == "/messages/0/content"  # all of the first that is whole
    assert finding.data["items"] == 2
    assert finding.message == "holds all of example item 1, and parts of 1 more"


def test_a_share_of_an_item(tmp_path: Path) -> None:
    path = write(tmp_path / "x.jsonl", [TOWER[:75], TOWER])
    counts = [len(lint(path, example(share=share)).findings) for share in (0, 0.05, 0.5, 1)]
    assert counts == [2, 2, 1, 1]
    with pytest.raises(ValueError, match="share is 2, not from 0 to 1"):
        example(share=2.0)


def test_the_span_is_what_both_have(tmp_path: Path) -> None:
    text = f"“Quoted” — {TOWER[:90].upper()}!! And more."
    (finding,) = lint(write(tmp_path / "x.jsonl", [text]), example()).findings
    assert finding.span
    assert text[slice(*finding.span)] == TOWER[:90].upper().rstrip()


@pytest.mark.parametrize(
    "text",
    ["", "…!?," * 99, "汉字没有空格。" * 50, "\ud800 " * 20, "😀 " * 50, "\0" * 40],
    ids=["empty", "signs", "han", "surrogates", "emoji", "nul"],
)
def test_strange_texts(tmp_path: Path, text: str) -> None:
    report = lint(write(tmp_path / "x.jsonl", [text, TOWER]), example())
    assert [f.place.line for f in report.findings] == [2]
    assert report.crashed == []


def test_ten_megabytes_in_one_message(tmp_path: Path) -> None:
    path = write(tmp_path / "x.jsonl", ["x" * 10_000_000, f"{'word ' * 1_000_000}{TOWER}"])
    (finding,) = lint(path, example()).findings
    assert finding.place.line == 2
    assert finding.span == (5_000_000, 5_000_000 + len(TOWER) - 1)
