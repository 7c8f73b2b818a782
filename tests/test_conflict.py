"""Contradictions: prompts whose answers differ, against a naive search of the same records."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conflicts import RULES, SAME, Record, checked, found, one, put
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ftlint.case import assistant, call, calling, chat, declare, system, user
from ftlint.engine import Plan, run
from ftlint.executors import Processes
from ftlint.rules.conflict import ConflictingAnswers
from ftlint.source import Dataset, Source
from ftlint.text.normalise import normalise

LABELS = ("refund", "card lost", "balance", "other")


def labelled(count: int = 24) -> list[Record]:
    return [
        chat(user(f"Customer {number} writes"), assistant(LABELS[number % 4]))
        for number in range(count)
    ]


def naive(records: list[Record]) -> Iterator[tuple[int, int, int]]:
    """Yield line, different answers and examples of each contradicted prompt."""
    asked: dict[str, list[tuple[int, str]]] = {}
    for line, record in enumerate(records, 1):
        messages = record["messages"]
        taught = [
            at
            for at, message in enumerate(messages)
            if message["role"] == "assistant" and message.get("weight", 1)
        ]
        if not taught or not normalise(messages[taught[-1]]["content"]):
            continue
        before = [(m["role"], normalise(m["content"])) for m in messages[: taught[-1]]]
        if any(role == "user" and text for role, text in before):
            answer = normalise(messages[taught[-1]]["content"])
            asked.setdefault(json.dumps(before), []).append((line, answer))
    for answers in asked.values():
        others = [line for line, answer in answers if answer != answers[0][1]]
        if others:
            yield others[0], len({answer for _, answer in answers}), len(answers)


texts = st.sampled_from(["Hi", "hi!", "Hello", "No", "", "Ünïcode", "ÜNÏCODE", "漢字", "?", "..."])
messages = st.builds(
    lambda role, text, weight: (
        {"role": role, "content": text, **({"weight": weight} if role == "assistant" else {})}
    ),
    st.sampled_from(["system", "user", "user", "assistant", "assistant"]),
    texts,
    st.sampled_from([0, 1, 1]),
)
datasets = st.lists(
    st.builds(lambda said: {"messages": said}, st.lists(messages, max_size=4)), max_size=30
)
HI = {"role": "user", "content": "Hi"}
MASKED = {"messages": [HI, *({"role": "assistant", "content": "Hi", "weight": w} for w in (1, 0))]}


@example([{"messages": [HI, {"role": "assistant", "content": "Hello"}]}, MASKED], 1, 1)
@given(datasets, st.integers(1, 600), st.integers(1, 9))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_contradictions_are_those_of_a_naive_search(
    tmp_path: Path, records: list[Record], shard: int, batch: int
) -> None:
    path = put(tmp_path / "train.jsonl", records)
    strict = ConflictingAnswers(deliberate=99, share=2.0, paraphrases=True)
    report = checked(path, strict, shard=shard, batch_size=batch, proof_from=0)
    seen = [
        (finding.place.line, finding.data["answers"], finding.data["examples"])
        for finding in report.findings
    ]
    assert seen == sorted(naive(records))


# What is no contradiction


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (chat(user(SAME), assistant("In Bonn.")), chat(user(SAME), assistant("in  bonn"))),
        (
            chat(system("Be kind."), user(SAME), assistant("In Bonn.")),
            chat(system("Be curt."), user(SAME), assistant("No idea.")),
        ),
        (
            chat(user("Hi"), assistant("Hello!"), user(SAME), assistant("In Bonn.")),
            chat(user("Hi"), assistant("Hey!"), user(SAME), assistant("No idea.")),
        ),
        (
            chat(user(SAME), assistant("In Bonn.")),
            chat(user(SAME), assistant("No idea.", weight=0)),
        ),
        (
            chat(user(SAME), assistant("In Bonn."), tools=[declare("track")]),
            chat(user(SAME), assistant("No idea."), tools=[declare("refund")]),
        ),
        (chat(system(SAME), assistant("In Bonn.")), chat(system(SAME), assistant("No idea."))),
        (
            chat(user(SAME), calling(call("a", "track", '{"a": 1, "b": 2}'))),
            chat(user(SAME), calling(call("b", "track", '{"b":2,"a":1}'))),
        ),
        (chat(user("3 < 4"), assistant("true")), chat(user("3 > 4"), assistant("false"))),
    ],
)
def test_no_contradiction(tmp_path: Path, first: Record, second: Record) -> None:
    assert found(tmp_path, [first, second, *labelled()]) == []


def test_a_masked_answer_after_the_last_trained_one(tmp_path: Path) -> None:
    masked = [user("Sure?"), assistant("Never mind.", weight=0)]
    records = [
        chat(user(SAME), assistant("In Bonn."), *masked),
        chat(user(SAME), assistant("In Kiel."), *masked),
    ]
    assert found(tmp_path, records) == [("FT411", 2)]


def test_calls_contradict(tmp_path: Path) -> None:
    records = [
        chat(user(SAME), calling(call("a", name)), tools=[declare("track"), declare("find")])
        for name in ("track", "find")
    ]
    assert found(tmp_path, records) == [("FT411", 2)]


# Labels


@pytest.mark.parametrize(
    ("records", "code"),
    [
        (labelled(24), "FT410"),
        (labelled(18), "FT411"),  # 18 and the contradiction are 19 answers
        ([*labelled(16), *[chat(user(f"{n}?"), assistant(f"x{n}")) for n in range(9)]], "FT411"),
        ([*labelled(24), chat(user("Why?"), assistant("a" * 65))], "FT411"),
        ([*labelled(60), chat(user("Why?"), assistant("a" * 65))], "FT410"),
    ],
)
def test_what_is_a_label(tmp_path: Path, records: list[Record], code: str) -> None:
    wrong = chat(user("customer 3 writes!"), assistant("fraud"))
    assert found(tmp_path, [*records, wrong]) == [(code, len(records) + 1)]


def test_labels_are_never_deliberate(tmp_path: Path) -> None:
    records = [
        chat(user(f"Customer {number % 20} writes"), assistant(LABELS[number // 20]))
        for number in range(80)
    ]
    lines = [(code, line) for code, line in found(tmp_path, records)]
    assert lines == [("FT410", line) for line in range(21, 41)]


def test_planted_labels_in_real_data(tmp_path: Path, shared: Path) -> None:
    lines = (shared / "data/chat/banking77_train.jsonl").read_text("utf-8").splitlines()[:4000:2]
    records = [json.loads(line) for line in lines]
    assert found(tmp_path, records) == []
    for number in range(0, 400, 10):
        *before, question, answer = records[number]["messages"]
        label = answer["content"]
        other = next(r["messages"][-1] for r in records if r["messages"][-1]["content"] != label)
        loud = {**question, "content": question["content"].upper()}
        records.append(chat(*before, loud, other))
    expected = [("FT410", 2001 + number) for number in range(40)]
    assert found(tmp_path, records) == expected


# Deliberate answers


def sampled(prompts: int, each: int, others: int) -> list[Record]:
    many = [
        chat(user(f"Tell me fact {number}"), assistant(f"Fact {number}, told as story {again}"))
        for number in range(prompts)
        for again in range(each)
    ]
    return many + [
        chat(user(f"Count up to {number}"), assistant(f"One after another up to {number}"))
        for number in range(others)
    ]


@pytest.mark.parametrize(
    ("records", "codes"),
    [
        (sampled(1, 4, 50), {"FT412": 1}),
        (sampled(1, 3, 50), {"FT411": 1}),
        (sampled(9, 2, 10), {"FT411": 9}),
        (sampled(10, 2, 80), {"FT412": 1}),
        (sampled(10, 2, 81), {"FT411": 10}),
        (sampled(12, 3, 0), {"FT412": 1}),
    ],
)
def test_what_is_deliberate(tmp_path: Path, records: list[Record], codes: dict[str, int]) -> None:
    report = checked(put(tmp_path / "train.jsonl", records))
    assert report.counts == codes
    notes = [finding for finding in report.findings if finding.code == "FT412"]
    assert all(finding.place.line is None for finding in notes)


@pytest.mark.parametrize("name", ["zeroeval_gsm", "openassistant_reports", "llmzoo_answers"])
def test_sets_of_several_models_are_told_once(shared: Path, name: str) -> None:
    report = checked(shared / f"data/chat/{name}.jsonl")
    assert report.counts == {"FT412": 1}


@pytest.mark.parametrize("name", ["gsm8k_train", "gpteacher_roleplay", "flan_cot", "mxeval_code"])
def test_clean_sets_are_clean(shared: Path, name: str) -> None:
    assert checked(shared / f"data/chat/{name}.jsonl").counts == {}


# What is told


def test_both_answers_are_shown_where_they_differ(tmp_path: Path) -> None:
    start = "The parcel was handed to our partner on Monday and will be delivered "
    records = [chat(user(SAME), assistant(start + end)) for end in ("today.", "next week.")]
    finding = one(checked(put(tmp_path / "train.jsonl", records)).findings)
    assert finding.message == (
        '2 answers to one prompt: "…livered today." on line 1, "…livered next week." here'
    )
    assert finding.place.pointer == "/messages/1/content"
    assert [place.line for place in finding.related] == [1]
    assert finding.data["answers"] == finding.data["examples"] == 2


def test_long_answers_are_cut(tmp_path: Path) -> None:
    records = [chat(user(SAME), assistant(letter * 10_000)) for letter in "ab"]
    finding = one(checked(put(tmp_path / "train.jsonl", records)).findings)
    assert len(finding.message) < 200
    assert all(len(str(value)) < 200 for value in finding.data.values())


def test_an_answer_in_another_file(tmp_path: Path) -> None:
    paths = [
        put(tmp_path / name, [chat(user(SAME), assistant(text))])
        for name, text in (("a.jsonl", "In Bonn."), ("b.jsonl", "In Kiel."))
    ]
    report = run(Plan(RULES), Dataset(tuple(Source(str(path)) for path in paths)))
    finding = one(report.findings)
    assert finding.place.path == str(paths[1])
    assert f"on line 1 of {paths[0]}" in finding.message


def test_splits_do_not_contradict_each_other(tmp_path: Path) -> None:
    train = put(tmp_path / "a.jsonl", [chat(user(SAME), assistant("In Bonn."))])
    held = put(tmp_path / "b.jsonl", [chat(user(SAME), assistant("In Kiel."))])
    dataset = Dataset((Source(str(train)), Source(str(held), "validation")))
    assert run(Plan(RULES), dataset).findings == []


def test_compressed_files_are_read_again(tmp_path: Path) -> None:
    records = [chat(user(SAME), assistant(text)) for text in ("In Bonn.", "In Kiel.")]
    finding = one(checked(put(tmp_path / "train.jsonl.gz", records)).findings)
    assert '"In Bonn." on line 1, "In Kiel." here' in finding.message


def test_of_very_many_the_first_are_shown(tmp_path: Path) -> None:
    path = put(tmp_path / "train.jsonl", sampled(10_100, 2, 0))
    rule = ConflictingAnswers(share=2.0)
    messages = [finding.message for finding in checked(path, rule).findings]
    assert len(messages) == 10_100
    assert all('" here' in each for each in messages[:10_000])
    assert messages[10_000:] == [
        f"2 answers to one prompt: the first one is on line {2 * number + 1}"
        for number in range(10_000, 10_100)
    ]


def test_figures(tmp_path: Path) -> None:
    records = [*sampled(3, 2, 5), *sampled(1, 3, 0)[2:]]
    figures = checked(put(tmp_path / "train.jsonl", records)).measures["duplicates"]["conflicts"]
    assert figures == {"prompts": 3, "examples": 7, "answers": {"2": 2, "3": 1}}


def test_one_prompt_a_hundred_thousand_times(tmp_path: Path) -> None:
    records = [chat(user(SAME), assistant(f"In {number % 3}.")) for number in range(100_000)]
    assert found(tmp_path, records) == [("FT410", 2)]


def test_two_processes_say_the_same(tmp_path: Path, shared: Path) -> None:
    path = shared / "data/chat/taskmaster4.jsonl"
    said: list[list[str]] = []
    make: list[Callable[[], Any]] = [lambda: None, lambda: Processes(2)]
    for executor in make:
        dataset = Dataset((Source(str(path)),), 100_000)
        said.append([f.message for f in run(Plan(RULES), dataset, executor()).findings])
    assert said[0] == said[1] != []
