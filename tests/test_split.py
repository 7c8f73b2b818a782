"""`ftlint split`: lines byte for byte, nothing leaks, nothing half-written."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from statistics import median_low

import orjson
import pytest
import zstandard
from command import CLEAN, Outcome, ftlint, inside

from ftlint.case import assistant, chat, user
from ftlint.engine import Plan, run
from ftlint.error import SourceError
from ftlint.limit import MAX_LINE
from ftlint.report import Report
from ftlint.rules.leakage import (
    AnswerLeakage,
    NearLeakage,
    PrefixLeakage,
    PromptLeakage,
    SplitLeakage,
)
from ftlint.similarity.split import Wish, split
from ftlint.source import Dataset, Source

RULES = (SplitLeakage(), NearLeakage(), PromptLeakage(), PrefixLeakage(), AnswerLeakage())
OUT = ("--train", "t.jsonl", "--validation", "v.jsonl")


def records(count: int, label: int = 0) -> list[bytes]:
    """Return examples that nothing links; with labels when there are some."""
    return [
        orjson.dumps(
            chat(
                user(f"Tell {at} of {at * 3} and {at * 7}"),
                assistant(f"label {at % label}" if label else f"Story {at} has {at * 11} words"),
            )
        )
        for at in range(count)
    ]


def put(path: Path, lines: list[bytes], end: bytes = b"\n") -> Path:
    path.write_bytes(end.join([*lines, b""]))
    return path


def made(folder: Path, *arguments: object, status: int = 0) -> tuple[list[bytes], list[bytes]]:
    """Return the lines of both files after a split of `data.jsonl`."""
    outcome = inside(folder, "split", "data.jsonl", *OUT, *arguments)
    assert outcome.status == status, outcome.err
    return read(folder / "t.jsonl"), read(folder / "v.jsonl")


def read(path: Path) -> list[bytes]:
    data = path.read_bytes()
    assert data.endswith(b"\n")
    return data.split(b"\n")[:-1]


def checked(folder: Path) -> Report:
    sources = (Source(str(folder / "t.jsonl")), Source(str(folder / "v.jsonl"), "validation"))
    report = run(Plan(RULES), Dataset(sources))
    assert not report.crashed
    return report


def said(line: bytes) -> int:
    """Return the characters of an example."""
    return sum(len(message["content"]) for message in json.loads(line)["messages"])


def failed(outcome: Outcome, *words: str) -> None:
    """Assert that a run ended with one message that has `words`."""
    assert outcome.status == 2
    assert outcome.out == ""
    assert all(word in outcome.err for word in words), outcome.err
    assert outcome.err.count("\n") == 1


# Lines


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_lines_are_copied_byte_for_byte_and_in_order(tmp_path: Path, end: bytes) -> None:
    lines = records(300)
    lines[7] = b'  {"messages" : [{"content":"\\u00e9 7","role":"user"} ] }\t'
    put(tmp_path / "data.jsonl", lines, end)
    train, held = made(tmp_path)
    given = [line + end[:-1] for line in lines]
    place = {line: at for at, line in enumerate(given)}
    assert sorted(train + held) == sorted(given)
    assert len(held) == 30
    for side in (train, held):
        assert all(place[a] < place[b] for a, b in pairwise(side))


def test_the_last_line_gets_its_end(tmp_path: Path) -> None:
    lines = records(50)
    (tmp_path / "data.jsonl").write_bytes(b"\n".join(lines))
    train, held = made(tmp_path)
    assert sorted(train + held) == sorted(lines)


def test_what_is_no_example_stays_in_training(tmp_path: Path) -> None:
    odd = [b"", b"{", b"[]", b'{"note": "a"}', b'{"messages": []}', b'"\xff"']
    put(tmp_path / "data.jsonl", [*records(60), *odd])
    outcome = inside(tmp_path, "split", "data.jsonl", *OUT)
    assert [line for line in read(tmp_path / "t.jsonl") if line in odd] == odd
    assert "lines without messages, which stay in training: 6\n" in outcome.out


def test_a_byte_order_mark_is_no_part_of_a_line(tmp_path: Path) -> None:
    lines = records(50)
    (tmp_path / "data.jsonl").write_bytes(b"\xef\xbb\xbf" + b"\n".join(lines) + b"\n")
    train, held = made(tmp_path)
    assert sorted(train + held) == sorted(lines)


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_compressed_files(tmp_path: Path, suffix: str) -> None:
    pack, unpack = {
        ".gz": (gzip.compress, gzip.decompress),
        ".zst": (
            zstandard.ZstdCompressor().compress,
            lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
        ),
    }[suffix]
    put(tmp_path / "data.jsonl", records(400))
    train, held = made(tmp_path)
    (tmp_path / f"d.jsonl{suffix}").write_bytes(pack((tmp_path / "data.jsonl").read_bytes()))
    names = [f"t.jsonl{suffix}", f"v.jsonl{suffix}"]
    outcome = inside(
        tmp_path, "split", f"d.jsonl{suffix}", "--train", names[0], "--validation", names[1]
    )
    assert outcome.status == 0
    again = [unpack((tmp_path / name).read_bytes()).split(b"\n")[:-1] for name in names]
    assert again == [train, held]


def test_standard_input_and_several_files(tmp_path: Path) -> None:
    lines = records(400)
    put(tmp_path / "data.jsonl", lines)
    expected = made(tmp_path)
    put(tmp_path / "a.jsonl", lines[:150])
    put(tmp_path / "b.jsonl", lines[150:])
    data = (tmp_path / "data.jsonl").read_bytes()
    for arguments, stdin in ((["-"], data), (["a.jsonl", "b.jsonl"], b"")):
        outcome = ftlint(tmp_path, "split", *arguments, *OUT, "--force", stdin=stdin)
        assert outcome.status == 0, outcome.err
        assert (read(tmp_path / "t.jsonl"), read(tmp_path / "v.jsonl")) == expected


# Draws


def test_seeds(tmp_path: Path) -> None:
    put(tmp_path / "data.jsonl", records(300))
    first = made(tmp_path, "--seed", 3)
    assert made(tmp_path, "--seed", 3, "--force") == first
    assert made(tmp_path, "--seed", 4, "--force") != first
    put(tmp_path / "data.jsonl", records(300)[::-1])
    train, held = made(tmp_path, "--seed", 3, "--force")
    assert (train[::-1], held[::-1]) == first


@pytest.mark.parametrize("share", [0.01, 0.1, 0.37, 0.5, 0.9])
def test_shares(tmp_path: Path, share: float) -> None:
    put(tmp_path / "data.jsonl", records(1000))
    assert len(made(tmp_path, "--share", share)[1]) == round(1000 * share)


def test_labels_are_balanced(tmp_path: Path) -> None:
    lines = [line for at in range(6) for line in records(100 * 2**at, 6)[at :: 6 * 2**at // 2]]
    lines = list(dict.fromkeys(lines))
    put(tmp_path / "data.jsonl", lines)
    answers = [json.loads(line)["messages"][1]["content"] for line in lines]
    outcome = inside(tmp_path, "split", "data.jsonl", *OUT, "--share", 0.2, "--format", "json")
    held = Counter(
        json.loads(line)["messages"][1]["content"] for line in read(tmp_path / "v.jsonl")
    )
    for label, count in Counter(answers).items():
        assert abs(held[label] - 0.2 * count) < 1
    assert json.loads(outcome.out)["labels"] == len(set(answers))


def test_lengths_are_balanced(tmp_path: Path) -> None:
    lines = [
        orjson.dumps(chat(user(f"Write {at} words"), assistant(f"w{at} " * (1 + at * at % 997))))
        for at in range(2000)
    ]
    put(tmp_path / "data.jsonl", lines)
    outcome = inside(tmp_path, "split", "data.jsonl", *OUT, "--format", "json")
    ranked = sorted(map(len, lines))
    edges = [ranked[len(lines) * at // 10] for at in range(1, 10)]
    held = [sum(len(line) >= edge for edge in edges) for line in read(tmp_path / "v.jsonl")]
    assert all(abs(count - 20) <= 2 for count in Counter(held).values())
    assert json.loads(outcome.out)["apart"] < 0.01


# Leaks


SETS = [
    ("data/chat/chatterbot_multilingual.jsonl", 0.1),
    ("data/chat/lf_glaive_toolcall_en.jsonl", 0.3),
    ("data/chat/lf_glaive_toolcall_zh.jsonl", 0.1),
    ("data/chat/oasst_zh_sft.jsonl", 0.2),
    ("data/chat/taskmaster4.jsonl", 0.1),
    ("data/chat/zeroeval_gsm.jsonl", 0.5),
    ("data/chat/chitchat.jsonl", 0.2),
    ("data/truth/blns/blns_chat.jsonl", 0.2),
]


@pytest.mark.parametrize(("name", "share"), SETS, ids=[Path(name).stem for name, _ in SETS])
def test_nothing_leaks_from_real_sets(
    tmp_path: Path, shared: Path, name: str, share: float
) -> None:
    given = (shared / name).read_bytes()
    (tmp_path / "data.jsonl").write_bytes(given)
    for seed in (0, 1):
        train, held = made(tmp_path, "--share", share, "--seed", seed, "--force")
        assert sorted(train + held) == sorted(given.split(b"\n")[:-1])
        report = checked(tmp_path)
        assert report.findings == []
        figures = report.measures["duplicates"]["leakage"]
        assert figures["leaking"] == 0
        assert share * 0.8 <= figures["examples"] / len(train + held) <= share * 1.2


def test_a_random_split_of_the_same_leaks(tmp_path: Path, shared: Path) -> None:
    """Else the test above would be passed by any split."""
    lines = (shared / SETS[0][0]).read_bytes().split(b"\n")[:-1]
    put(tmp_path / "t.jsonl", [line for at, line in enumerate(lines) if at * 7 % 10])
    put(tmp_path / "v.jsonl", [line for at, line in enumerate(lines) if not at * 7 % 10])
    assert checked(tmp_path).measures["duplicates"]["leakage"]["share"] > 0.3


def test_nothing_leaks_from_a_crowd(tmp_path: Path) -> None:
    """Templates by the thousand, of which not all pairs are compared."""
    ask = "please write a polite letter to the landlord about the {} heating in the {} flat {}"
    words = ("broken", "cold", "loud", "old", "new", "warm")
    lines = [
        orjson.dumps(chat(user(ask.format(a, b, at)), assistant(f"Dear landlord of {a} {b} {at}")))
        for at in range(15)
        for a in words
        for b in words
    ]
    lines += [orjson.dumps(chat(user(f"{at} " * 9), assistant(f"{-at}"))) for at in range(600)]
    put(tmp_path / "data.jsonl", lines)
    for seed in range(2):
        made(tmp_path, "--seed", seed, "--force")
        assert checked(tmp_path).findings == []


def test_processes_split_alike(tmp_path: Path, shared: Path) -> None:
    (tmp_path / "data.jsonl").write_bytes((shared / SETS[4][0]).read_bytes())
    assert made(tmp_path) == made(tmp_path, "--jobs", 2, "--force")


# What is written


def test_the_summary(tmp_path: Path) -> None:
    put(tmp_path / "data.jsonl", [*records(99), records(1)[0]])
    outcome = inside(tmp_path, "split", "data.jsonl", *OUT)
    middle = {name: median_low(map(said, read(tmp_path / name))) for name in ("t.jsonl", "v.jsonl")}
    *told, balance = outcome.out.splitlines()
    assert told == [
        "split       examples  share   median characters  file",
        f"train       90        90.0 %  {middle['t.jsonl']}                 t.jsonl",
        f"validation  10        10.0 %  {middle['v.jsonl']}                 v.jsonl",
        "",
        "99 clusters: 2 examples are linked to others and stay together, at most 2 in a cluster",
    ]
    assert re.fullmatch(r"lengths balanced: shares differ by \d\.\d points at most", balance)
    assert inside(tmp_path, "split", "data.jsonl", *OUT, "--force", "-q").out == ""


def test_json(tmp_path: Path) -> None:
    put(tmp_path / "data.jsonl", records(100))
    document = json.loads(inside(tmp_path, "split", "data.jsonl", *OUT, "--format", "json").out)
    assert document["schema_version"] == 1
    assert (document["share"], document["asked"], document["seed"]) == (0.1, 0.1, 0)
    assert document["validation"]["examples"] == document["validation"]["lines"] == 10


def test_files_that_are_there_are_kept(tmp_path: Path) -> None:
    put(tmp_path / "data.jsonl", records(100))
    (tmp_path / "v.jsonl").write_bytes(b"mine")
    outcome = inside(tmp_path, "split", "data.jsonl", *OUT)
    failed(outcome, "v.jsonl: is there already; --force replaces it")
    assert (tmp_path / "v.jsonl").read_bytes() == b"mine"
    assert not (tmp_path / "t.jsonl").exists()
    made(tmp_path, "--force")


def test_usual_permissions_and_no_rests(tmp_path: Path) -> None:
    put(tmp_path / "data.jsonl", records(100))
    made(tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["data.jsonl", "t.jsonl", "v.jsonl"]
    modes = {(tmp_path / name).stat().st_mode for name in os.listdir(tmp_path)}
    assert len(modes) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["data.jsonl", "--train", "x", "--validation", "x"], ["same file"]),
        (["data.jsonl", "--train", "./x", "--validation", "x"], ["same file"]),
        (
            ["data.jsonl", "--train", "data.jsonl", "--validation", "x", "--force"],
            ["data.jsonl: is read"],
        ),
        (["data.jsonl", "--train", "no/x", "--validation", "x"], ["no/x", "no folder no"]),
        (["data.jsonl", "--train", "t", "--validation", "."], [".:"]),
        (["data.jsonl", *OUT, "--share", "0"], ["--share 0:", "between 0 and 1"]),
        (["data.jsonl", *OUT, "--share", "1"], ["--share 1:"]),
        (["data.jsonl", *OUT, "--share", "nan"], ["--share nan:"]),
        (["data.jsonl", *OUT, "--share", "10"], ["--share 10:"]),
        (["none.jsonl", *OUT], ["none.jsonl: no such file"]),
        (["empty.jsonl", *OUT], ["empty.jsonl: holds no example"]),
        (["dpo.jsonl", *OUT], ["dpo.jsonl: no example has texts to compare"]),
        (["array.jsonl", *OUT], ["array.jsonl: is a JSON array", "ftlint convert"]),
        (["one.jsonl", *OUT], ["nothing can be held out", "all 30 examples"]),
        (["lone.jsonl", *OUT], ["there is but one example"]),
        (["large.jsonl", *OUT, "--share", "0.5"], ["--share 0.5", "the largest has 90"]),
        (["few.jsonl", *OUT, "--share", "0.1"], ["--share 0.1 cannot be had", "3 clusters"]),
    ],
)
def test_what_cannot_be(tmp_path: Path, arguments: list[str], words: list[str]) -> None:
    put(tmp_path / "data.jsonl", records(100))
    put(tmp_path / "empty.jsonl", [])
    put(tmp_path / "dpo.jsonl", [b'{"input": {}, "preferred_output": []}'] * 3)
    (tmp_path / "array.jsonl").write_bytes(orjson.dumps([1, 2], option=orjson.OPT_INDENT_2))
    same = [orjson.dumps(chat(user("Hi"), assistant(f"No {at}"))) for at in range(90)]
    put(tmp_path / "one.jsonl", same[:30])
    put(tmp_path / "lone.jsonl", same[:1])
    put(tmp_path / "large.jsonl", [*same, *records(10)])
    put(tmp_path / "few.jsonl", records(3))
    before = sorted(os.listdir(tmp_path))
    failed(inside(tmp_path, "split", *arguments), *words)
    assert sorted(os.listdir(tmp_path)) == before


@pytest.mark.skipif(sys.platform == "win32", reason="limits of size are POSIX")
@pytest.mark.parametrize("old", [False, True])
def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, old: bool) -> None:
    put(tmp_path / "data.jsonl", records(4000))
    for name in ("t.jsonl", "v.jsonl") if old else ():
        (tmp_path / name).write_bytes(b"old")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    # No file may grow beyond 64 KiB: what the kernel says of it is what it says of a full disk.
    code = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536)); "
    code += "from ftlint.cli import main; main()"
    command = [sys.executable, "-c", code, "split", "data.jsonl", *OUT, "--force"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr and "Traceback" not in done.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_data_that_changes_is_not_split(tmp_path: Path) -> None:
    path, other = tmp_path / "data.jsonl", tmp_path / "other.jsonl"
    put(path, records(100))
    put(other, records(101))
    # Progress is told when a shard has been read: between the two passes.
    wish = Wish(str(tmp_path / "t.jsonl"), str(tmp_path / "v.jsonl"))
    with pytest.raises(SourceError, match="has changed while it was read"):
        split([Source(str(path))], wish, progress=lambda shard: os.replace(other, path))
    assert os.listdir(tmp_path) == ["data.jsonl"]


def test_a_line_that_is_too_long(tmp_path: Path) -> None:
    long = MAX_LINE + (16 << 20)
    put(tmp_path / "data.jsonl", [*records(20), b"a" * long])
    failed(inside(tmp_path, "split", "data.jsonl", *OUT), f"{long} bytes is too long")
    assert os.listdir(tmp_path) == ["data.jsonl"]


def test_a_small_clean_file(tmp_path: Path) -> None:
    (tmp_path / "data.jsonl").write_bytes(CLEAN)
    train, held = made(tmp_path)
    assert (len(train), len(held)) == (9, 1)
