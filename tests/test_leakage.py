"""Leakage between splits, against a naive search of the same records and published labels."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ftlint.analyses.leakage import COMMON, KINDS, LONG_ANSWER, LONG_OPENING, OPENING
from ftlint.case import assistant, chat, system, user
from ftlint.engine import Plan, run
from ftlint.executors import Processes
from ftlint.report import Report
from ftlint.rules.leakage import (
    AnswerLeakage,
    NearLeakage,
    PrefixLeakage,
    PromptLeakage,
    SplitLeakage,
)
from ftlint.source import Dataset, Source
from ftlint.text.normalise import normalise

Record = dict[str, Any]
RULES = (SplitLeakage(), NearLeakage(), PromptLeakage(), PrefixLeakage(), AnswerLeakage())
CODES = {
    "exact": "FT413",
    "normalised": "FT413",
    "near": "FT414",
    "prompt": "FT415",
    "prefix": "FT416",
    "answer": "FT417",
}


def put(path: Path, records: list[Record]) -> Path:
    data = "".join(json.dumps(each) + "\n" for each in records).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def checked(train: Path, held: Path, shard: int = 8 << 20, executor: Any = None) -> Report:
    sources = (Source(str(train), format="chat"), Source(str(held), "validation", "chat"))
    dataset = Dataset(sources, shard)
    report = run(Plan(RULES, cap=0), dataset, executor)
    assert not report.crashed
    return report


def leaking(folder: Path, train: list[Record], held: list[Record]) -> list[tuple[str, int]]:
    """Return kind of link and training line of each finding, in the order of the lines."""
    report = checked(put(folder / "train.jsonl", train), put(folder / "held.jsonl", held))
    for finding in report.findings:
        assert finding.place.path.endswith("held.jsonl")
        assert finding.code == CODES[finding.data["kind"]]
        assert finding.related[0].path.endswith("train.jsonl")
    return [(f.data["kind"], f.related[0].line or 0) for f in report.findings]


# A naive search


def said(record: Record, plain: bool = False) -> list[tuple[str, str]]:
    way = str if plain else normalise
    return [(message["role"], way(message["content"])) for message in record["messages"]]


def cut(record: Record) -> list[tuple[str, str]]:
    """Return the normalised messages up to the last answer."""
    every = said(record)
    answers = [at for at, (role, _) in enumerate(every) if role == "assistant"]
    return every[: answers[-1] + 1] if answers else every


def asked(record: Record) -> list[tuple[str, str]]:
    before = cut(record)[:-1] if cut(record)[-1][0] == "assistant" else cut(record)
    return before if any(role == "user" and text for role, text in before) else []


def answer(record: Record) -> str:
    """Return the normalised last answer if it is long."""
    texts = [text for role, text in said(record, plain=True) if role == "assistant"]
    return normalise(texts[-1]) if texts and len(texts[-1]) >= LONG_ANSWER else ""


def shingles(record: Record) -> set[tuple[str, str]]:
    words = " ".join(text for role, text in said(record) if role != "system").split()
    return set(pairwise(words))


def near(one: Record, other: Record) -> bool:
    left, right = shingles(one), shingles(other)
    return min(len(left), len(right)) >= 4 and len(left & right) >= 0.8 * len(left | right)


def continues(longer: Record, shorter: Record, every: list[Record]) -> bool:
    """Return whether `longer` goes on where `shorter` ends, with more than a stock phrase."""
    start = cut(shorter)
    size = sum(len(text) for _, text in start)
    if start[-1][0] != "assistant" or size < OPENING or not _begins(longer, start):
        return False
    others = {json.dumps(cut(each)) for each in every if _begins(each, start)}
    return size >= LONG_OPENING or len(others) <= COMMON


def _begins(record: Record, start: list[tuple[str, str]]) -> bool:
    return len(cut(record)) > len(start) and cut(record)[: len(start)] == start


def linked(one: Record, other: Record, every: list[Record]) -> set[str]:
    """Return by what two examples are linked."""
    found = set()
    if said(one, plain=True) == said(other, plain=True):
        found.add("exact")
    if cut(one) == cut(other):
        found.add("normalised")
    if near(one, other):
        found.add("near")
    if asked(one) and asked(one) == asked(other):
        found.add("prompt")
    if continues(one, other, every) or continues(other, one, every):
        found.add("prefix")
    if answer(one) and answer(one) == answer(other):
        givers = {json.dumps(cut(each)) for each in every if answer(each) == answer(one)}
        if len(givers) <= COMMON:
            found.add("answer")
    return found


def naive(train: list[Record], held: list[Record]) -> list[tuple[str, int]]:
    every = [each for each in train + held if each["messages"] and _says(each)]
    found: list[tuple[str, int]] = []
    for one in held:
        if not one["messages"] or not _says(one):
            continue
        links: dict[str, int] = {}
        for line, other in enumerate(train, 1):
            if other["messages"] and _says(other):
                for kind in linked(one, other, every):
                    links.setdefault(kind, line)
        closest = next((kind for kind in KINDS if kind in links), None)
        if closest:
            found.append((closest, links[closest]))
    return found


def _says(record: Record) -> bool:
    return any(text for _, text in cut(record))


WORDS = [f"word{number}" for number in range(60)]
LONG = [" ".join(WORDS[at : at + 34]) for at in range(0, 20, 4)]
MIDDLE = [" ".join(WORDS[at : at + 14]) for at in (0, 1, 9)]
texts = st.one_of(
    st.sampled_from(["Hi", "hi!", "Hello", "", "yes", "Yes."]),
    st.sampled_from(MIDDLE),
    st.sampled_from(LONG),
)
turns = st.lists(st.tuples(texts, texts), min_size=1, max_size=3)
conversations = st.builds(
    lambda turns, first, last: chat(
        *([system("Be kind.")] if first else []),
        *[message for ask, reply in turns for message in (user(ask), assistant(reply))],
        *([user("And?")] if last else []),
    ),
    turns,
    st.booleans(),
    st.sampled_from([False, False, False, True]),
)
splits = st.tuples(st.lists(conversations, max_size=12), st.lists(conversations, max_size=8))


ALIKE = (user(MIDDLE[0]), assistant("Hi"))


@example(
    (
        [chat(user("Hi"), assistant(MIDDLE[0]), user("And?"))],
        [chat(*ALIKE), chat(*ALIKE, user("And?"))],
    )
)  # the same up to the answer, but one of them alone is a near duplicate
@given(splits)
@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
def test_leaks_are_those_of_a_naive_search(
    tmp_path: Path, data: tuple[list[Record], list[Record]]
) -> None:
    assert leaking(tmp_path, *data) == naive(*data)


# Stock phrases

LONG_TEXT = "Answers of customer service begin with thanks. " * 5
PHRASE = assistant(LONG_TEXT)


def openings(count: int, text: str) -> list[Record]:
    start = (user("Hello"), assistant(text))
    told = "Parcel {0} is in town {0}, street {0}, house {0}, floor {0}, room {0}, shelf {0}"
    return [chat(*start)] + [
        chat(*start, user(f"Where is parcel {at}?"), assistant((told.format(at) + " ") * 3))
        for at in range(count)
    ]


@pytest.mark.parametrize(
    ("text", "conversations", "kinds"),
    [
        ("Good day!", 1, []),
        ("Good day, this is the desk for parcels. How can we help you now?", 5, ["prefix"] * 5),
        ("Good day, this is the desk for parcels. How can we help you now?", 6, []),
        (LONG_TEXT * 2, 6, ["prefix"] * 6),
    ],
)
def test_openings(tmp_path: Path, text: str, conversations: int, kinds: list[str]) -> None:
    first, *others = openings(conversations, text)
    found = leaking(tmp_path, [first], others)
    assert [kind for kind, _ in found if kind != "near"] == kinds


@pytest.mark.parametrize(("givers", "kinds"), [(5, ["answer"]), (6, [])])
def test_answers(tmp_path: Path, givers: int, kinds: list[str]) -> None:
    ask = "Tell me about item {0} of list {0} in folder {0} on shelf {0} " * 8
    records = [chat(user(ask.format(at)), PHRASE) for at in range(givers)]
    assert [kind for kind, _ in leaking(tmp_path, records[1:], records[:1])] == kinds


# Sets with labels, and what the report states


def test_published_labels_of_leakage(shared: Path) -> None:
    folder = shared / "data/truth"
    held = folder / "leak_gpteacher_tiers/validation.jsonl"
    labels = [
        json.loads(line)
        for line in (held.parent / "validation_leak_labels.jsonl").read_text("utf-8").splitlines()
    ]
    report = checked(folder / "dup_gpteacher/rows.jsonl", held)
    exact = {f.place.line for f in report.findings if f.data["kind"] == "exact"}
    assert exact == {each["i"] + 1 for each in labels if each["exact_in_train"]}
    assert len(exact) == 2387
    asked = {f.place.line for f in report.findings if "prompt" in f.data["kinds"]}
    assert asked == {each["i"] + 1 for each in labels if each["first_user_in_train"]}
    assert len(asked) == 2393


def test_figures(tmp_path: Path) -> None:
    tide = assistant("The moon pulls the sea and the sea follows it around the earth.")
    train = [chat(user(f"Question {at} about the sea and its tides?"), tide) for at in range(9)]
    held = [train[3], train[4], chat(user("QUESTION 5 about the sea and its tides"), tide)]
    held += [chat(user(f"{at} and {at} is?"), assistant(f"It is {2 * at}.")) for at in range(5)]
    report = checked(put(tmp_path / "a.jsonl", train), put(tmp_path / "b.jsonl", held))
    figures = report.measures["duplicates"]["leakage"]
    assert (figures["examples"], figures["leaking"], figures["share"]) == (8, 3, 3 / 8)
    low, high = figures["interval"]
    for end in (low, high):  # Wilson's ends are the shares at which 3 of 8 is just not unlikely
        assert abs(3 / 8 - end) == pytest.approx(1.959964 * (end * (1 - end) / 8) ** 0.5, rel=1e-5)
    assert figures["closest"] == dict.fromkeys(KINDS, 0) | {"exact": 2, "normalised": 1}
    assert figures["all"]["prompt"] == 3
    kinds = Counter(f.data["kind"] for f in report.findings)
    assert kinds == {"exact": 2, "normalised": 1}


def test_without_validation_nothing_leaks(tmp_path: Path) -> None:
    path = put(tmp_path / "train.jsonl", [chat(user("Hi"), assistant("Hello!"))] * 2)
    report = run(Plan(RULES), Dataset((Source(str(path)),)))
    assert report.findings == []
    assert "leakage" not in report.measures["duplicates"]


def test_messages(tmp_path: Path) -> None:
    train = put(tmp_path / "a.jsonl", [chat(user("Hi"), assistant("Hello!"))])
    held = put(tmp_path / "b.jsonl", [chat(user("hi"), assistant("hello")), {"messages": []}])
    (finding,) = checked(train, held).findings
    assert finding.message == (
        f"validation example is trained on: line 1 of {train} has the same conversation, "
        "but for case, spacing and punctuation"
    )


def test_a_crowd_of_one_template(tmp_path: Path) -> None:
    """Of thousands that are nearly alike not all pairs are compared, and yet all are found."""
    start = "please write a polite letter to the landlord about the broken heating in the flat "
    middle = "that we rent since spring and say that it must be mended within the week for number "
    records = [
        chat(user(f"{start}{middle}{at}"), assistant(f"Dear landlord {at % 7}"))
        for at in range(3000)
    ]
    held = records[1::10]
    train = [record for at, record in enumerate(records) if at % 10 != 1]
    report = checked(put(tmp_path / "a.jsonl", train), put(tmp_path / "b.jsonl", held))
    truth = [any(near(one, other) for other in train[:300]) for one in held]
    assert all(truth)
    assert report.counts == {"FT414": len(held)}


@pytest.mark.parametrize("suffix", ["jsonl", "jsonl.gz"])
def test_sizes_and_processes_say_the_same(tmp_path: Path, shared: Path, suffix: str) -> None:
    lines = (shared / "data/chat/taskmaster4.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    train = put(tmp_path / f"a.{suffix}", records[::2])
    held = put(tmp_path / f"b.{suffix}", records[1::2])
    told = [
        [(f.place.line, f.message, f.data) for f in report.findings]
        for report in (
            checked(train, held),
            checked(train, held, 50_000),
            checked(train, held, 70_000, Processes(2)),
        )
    ]
    assert told[0] == told[1] == told[2] != []
