"""Contradictions of near prompts: planted in real data, and against brute-force Jaccard."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ftlint.analyses.prompt import NearAsked
from ftlint.case import assistant, call, calling, chat, declare, system, user
from ftlint.engine import Plan, run
from ftlint.example import Batch, Lines
from ftlint.executors import Processes, Serial
from ftlint.report import Report
from ftlint.rules.prompt import NearConflictingAnswers
from ftlint.source import Dataset, Source
from ftlint.text.normalise import normalise
from ftlint.text.substance import asks_the_same

Record = dict[str, Any]
ASKED = "Why do you not recognise the card payment that I made at the bakery on Friday?"


def put(path: Path, records: list[Record]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")
    return path


def checked(path: Path, rule: NearConflictingAnswers | None = None, **how: Any) -> Report:
    dataset = Dataset((Source(str(path)),), how.pop("shard", 8 << 20))
    executor = how.pop("executor", Serial())
    report = run(Plan((rule or NearConflictingAnswers(),), cap=0, **how), dataset, executor)
    assert not report.crashed
    return report


def pairs(report: Report) -> list[tuple[int | None, int | None]]:
    return [(each.place.line, each.related[0].line) for each in report.findings]


def shingles(record: Record) -> set[tuple[str, str]]:
    said = [m["content"] for m in record["messages"][:-1] if m["role"] != "system"]
    return {*pairwise(normalise(" ".join(said)).split())}


def similarity(first: Record, second: Record) -> float:
    left, right = shingles(first), shingles(second)
    few = min(len(left), len(right))
    return len(left & right) / len(left | right) if few >= 4 else 0.0


def misspelt(text: str, rng: random.Random) -> str:
    """Return the text with one letter of a long word written as another one."""
    words = text.split()
    at = rng.choice([n for n, word in enumerate(words) if len(word) > 5 and word.isalpha()])
    words[at] = words[at][:3] + ("x" if words[at][3] != "x" else "q") + words[at][4:]
    return " ".join(words)


@pytest.mark.parametrize("size", [300, 3000])  # below and above what is joined exactly
def test_planted_contradictions_are_found(tmp_path: Path, shared: Path, size: int) -> None:
    rng = random.Random(size)
    lines = (shared / "data/chat/banking77_train.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in rng.sample(lines, size)]
    assert checked(put(tmp_path / "train.jsonl", records)).findings == []
    planted: dict[int, int] = {}
    for number in range(0, size, 10):
        *before, question, answer = records[number]["messages"]
        text = question["content"]
        if number % 20 or not any(len(w) > 5 and w.isalpha() for w in text.split()):
            near = f"Hello, {text}"
        else:
            near = misspelt(text, rng)
        other = next(r["messages"][-1] for r in records if r["messages"][-1] != answer)
        records.append({"messages": [*before, {**question, "content": near}, other]})
        if similarity(records[number], records[-1]) >= 0.6:
            planted[len(records)] = number + 1
    assert len(planted) > size / 20
    found = pairs(checked(put(tmp_path / "train.jsonl", records)))
    assert len(set(found) & set(planted.items())) >= 0.98 * len(planted)
    for line, earlier in found:
        assert line and earlier
        assert similarity(records[earlier - 1], records[line - 1]) >= 0.6


@pytest.mark.parametrize(
    ("other", "answer"),
    [
        (ASKED.replace("bakery", "garage"), "It is stolen."),
        (ASKED.replace("Friday", "Monday"), "It is stolen."),
        (ASKED.replace("not ", ""), "It is stolen."),
        (ASKED + " It was 20 dollars.", "It is stolen."),
        (f"Hello, {ASKED}", "The bakery is paid by another name."),
        (f"Hello, {ASKED}", "By another name, that bakery is paid."),
        (ASKED.upper(), "It is stolen."),  # equal prompts are the matter of another rule
        ("Why not?", "It is stolen."),
    ],
)
def test_no_contradiction(tmp_path: Path, other: str, answer: str) -> None:
    first = chat(user(ASKED), assistant("The bakery is paid by another name."))
    path = put(tmp_path / "train.jsonl", [first, chat(user(other), assistant(answer))])
    assert checked(path).findings == []


def test_the_rest_of_the_prompt_counts(tmp_path: Path) -> None:
    near, tools = f"Hello, {ASKED}", [declare("block")]
    one, two = assistant("The bakery is paid by another name."), assistant("It is stolen.")
    hi = (user("Good day to you, I have a question."), assistant("Please ask."))
    told = [
        ([chat(user(ASKED), one), chat(user(near), two)], 1),
        ([chat(system("Be kind."), user(ASKED), one), chat(user(near), two)], 0),
        ([chat(system("Be."), user(ASKED), one), chat(system("Be."), user(near), two)], 1),
        ([chat(user(ASKED), one, tools=tools), chat(user(near), two)], 0),
        ([chat(user(ASKED), one, tools=tools), chat(user(near), two, tools=tools)], 1),
        ([chat(*hi, user(ASKED), one), chat(*hi, user(near), two)], 1),
        ([chat(*hi, user(ASKED), one), chat(user(near), two)], 0),
        ([chat(user(ASKED), one), chat(user(near), assistant("It is stolen.", weight=0))], 0),
        (
            [
                chat(user(ASKED), calling(call("a", "block", '{"card": "a"}')), tools=tools),
                chat(user(near), calling(call("b", "block", '{"card": "b"}')), tools=tools),
            ],
            1,
        ),
    ]
    for records, count in told:
        assert len(checked(put(tmp_path / "train.jsonl", records)).findings) == count, records


def test_what_is_told(tmp_path: Path) -> None:
    said = ("The bakery is paid by another name.", "It is stolen.", "It is stolen.")
    texts = (ASKED, f"Hello, {ASKED}", f"Please, {ASKED}")
    records = [chat(user(a), assistant(b)) for a, b in zip(texts, said, strict=True)]
    report = checked(put(tmp_path / "train.jsonl", records))
    assert pairs(report) == [(2, 1), (3, 1)]
    assert report.findings[0].message == (
        'another answer to almost the same prompt: "The bakery is paid by another name." on '
        'line 1, "It is stolen." here'
    )
    assert report.findings[0].place.pointer == "/messages/1/content"


def test_splits_do_not_contradict_each_other(tmp_path: Path) -> None:
    train = put(tmp_path / "a.jsonl", [chat(user(ASKED), assistant("By another name."))])
    held = put(tmp_path / "b.jsonl", [chat(user(f"Hello, {ASKED}"), assistant("Stolen."))])
    dataset = Dataset((Source(str(train)), Source(str(held), "validation")))
    assert run(Plan((NearConflictingAnswers(),)), dataset).findings == []


def test_shards_and_processes_change_nothing(tmp_path: Path, shared: Path) -> None:
    lines = (shared / "data/chat/taskmaster4.jsonl").read_text("utf-8").splitlines()
    path = put(tmp_path / "train.jsonl", [json.loads(line) for line in lines])
    once = [finding.message for finding in checked(path).findings]
    assert 5 < len(once) < 40
    for how in ({"shard": 99_999, "batch_size": 77}, {"shard": 99_999, "executor": Processes(2)}):
        assert [finding.message for finding in checked(path, **how).findings] == once


def test_summaries_merge_associatively() -> None:
    records = [chat(user(f"{ASKED} {n}"), assistant("No.")) for n in range(6)]
    raws = [json.dumps(record).encode() for record in records]
    parts = [NearAsked().summarize(Batch(Lines(0, n, raws[n : n + 2]))) for n in (0, 2, 4)]
    a, b, c = parts
    nothing = NearAsked().summarize(Batch(Lines(0, 0, [])))
    assert a.merge(b).merge(c) == a.merge(b.merge(c))
    assert nothing.merge(a) == a.merge(nothing) == a


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("the colour of my card", "the color of my card", True),
        ("recognize it", "recognise it", True),
        ("is the shop open", "shop open", True),
        ("open shop", "shop open", True),
        ("male or female", "female or male", True),
        ("for a male", "for a female", False),
        ("buy 3 apples", "buy 4 apples", False),
        ("12345 apples", "12346 apples", False),
        ("turn it on", "turn it off", False),
        ("what is it", "who is it", False),
        ("北京的历史", "北京的文化", False),
        ("", "please", True),
    ],
)
def test_what_asks_the_same(first: str, second: str, same: bool) -> None:
    assert asks_the_same([("user", first)], [("user", second)]) is same
    assert asks_the_same([("user", second)], [("user", first)]) is same
