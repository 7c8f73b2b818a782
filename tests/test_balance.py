"""Labels, lengths, prompts and tools: against counts made anew, and on published data."""

from __future__ import annotations

import json
import math
import statistics
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from records import write

from ftlint.analyses.label import MOST, LabelCounts
from ftlint.analyses.system import Prompts, drifts
from ftlint.analyses.turns import Spread, Turning, weighted_median
from ftlint.case import assistant, chat, system, user
from ftlint.configuration.catalogue import builtin
from ftlint.engine import Plan, run
from ftlint.example import Batch, Lines
from ftlint.report import Report
from ftlint.rules.balance import LabelSplitGap
from ftlint.source import Dataset, Source

FAMILY = tuple(rule for rule in builtin() if "FT501" <= rule.code <= "FT529")


def check(*paths: Path, splits: tuple[str, ...] = ("train", "validation"), **plan: Any) -> Report:
    sources = (Source(str(path), split) for path, split in zip(paths, splits, strict=False))
    rules = plan.pop("rules", tuple(rule for rule in FAMILY if rule.default))
    return run(Plan(rules, **plan), Dataset(tuple(sources)))


def names(report: Report) -> set[str]:
    assert not report.crashed
    return {finding.name for finding in report.findings}


def labelled(*labels: str) -> list[Any]:
    return [chat(user(f"Message {n}"), assistant(label)) for n, label in enumerate(labels)]


def answers(path: Path) -> list[str]:
    lines = path.read_text("utf-8").splitlines()
    return [json.loads(line)["messages"][-1]["content"] for line in lines]


# Labels


def test_the_classes_of_banking77_are_counted_exactly(shared: Path) -> None:
    path = shared / "data/chat/banking77_train.jsonl"
    counts = Counter(answers(path))
    total = sum(counts.values())
    entropy = -sum(n / total * math.log(n / total) for n in counts.values())
    report = check(path)
    figures = report.measures["balance"]["train"]
    assert figures["classification"] and figures["classes"] == len(counts) == 77
    assert figures["labels"] == dict(counts)
    assert (figures["smallest"], figures["largest"]) == (min(counts.values()), max(counts.values()))
    assert figures["entropy"] == pytest.approx(entropy, abs=1e-6)
    assert figures["effective_classes"] == pytest.approx(math.exp(entropy), abs=1e-3)
    assert names(report) == {"label-imbalance"}
    assert "77 labels have from 35 to 187 examples (5.3 : 1" in report.findings[0].message


def test_spam_is_13_to_87(shared: Path, tmp_path: Path) -> None:
    lines = (shared / "data/truth/dup_sms_spam/sms.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    records = [chat(user(row["text"]), assistant(row["label"])) for row in rows]
    report = check(write(tmp_path / "sms.jsonl", records))
    assert report.measures["balance"]["train"]["labels"] == {"ham": 4825, "spam": 747}
    assert names(report) == {"dominant-answer"}
    (finding,) = report.findings
    assert '86.6% of the train answers are "ham" (4 825 of 5 572' in finding.message
    assert '"spam" (747)' in finding.message


def test_yes_and_no_are_labels_and_not_too_short(shared: Path) -> None:
    report = check(shared / "data/chat/anthropic_persona.jsonl")
    assert report.measures["balance"]["train"]["labels"] == {"No": 1010, "Yes": 990}
    assert names(report) == set()


@pytest.mark.parametrize(
    "name",
    ["chitchat", "flan_cot", "gsm8k_train", "huatuo_zh_medical", "kdconv_zh", "mxeval_code",
     "taskmaster4", "openassistant_reports", "lf_glaive_toolcall_en", "lf_glaive_toolcall_zh"],
)  # fmt: skip
def test_nothing_is_said_of_sets_that_are_even(shared: Path, name: str) -> None:
    report = check(shared / f"data/chat/{name}.jsonl")
    assert names(report) == set()
    assert not report.measures["balance"]["train"]["classification"]


def test_labels_in_one_split_only_are_named(tmp_path: Path) -> None:
    train = write(tmp_path / "t.jsonl", labelled(*(["a"] * 40 + ["b"] * 40 + ["c"] * 40)))
    other = write(tmp_path / "v.jsonl", labelled(*(["a"] * 20 + ["b"] * 18 + ["z"] * 2)))
    report = check(train, other, rules=(LabelSplitGap(),))
    found = {finding.place.path: finding for finding in report.findings}
    assert found[str(other)].data["labels"] == ["z"]
    assert found[str(train)].data["labels"] == ["c"]
    assert [place.line for place in found[str(other)].related] == [39]


def test_a_small_split_may_lack_labels_by_chance(tmp_path: Path) -> None:
    train = write(tmp_path / "t.jsonl", labelled(*(["a"] * 400 + ["b"] * 40)))
    other = write(tmp_path / "v.jsonl", labelled(*(["a"] * 30)))
    assert check(train, other, rules=(LabelSplitGap(),)).findings == []


def test_too_many_different_answers_are_no_labels() -> None:
    raws = [json.dumps(record).encode() for record in labelled(*map(str, range(MOST + 1)))]
    halves = [
        LabelCounts().summarize(Batch(Lines(0, at, raws[at : at + 1000])))
        for at in range(0, len(raws), 1000)
    ]
    left = halves[0].merge(halves[1]).merge(halves[2])
    assert left == halves[0].merge(halves[1].merge(halves[2]))
    assert left.of[0].seen is None
    assert left.of[0].examples == MOST + 1


# Lengths


def test_the_spread_is_that_of_statistics() -> None:
    lengths = [3, 70, 80, 90, 100, 100, 150, 220, 900]
    spread = Spread.of(Counter(lengths))
    assert spread.median == statistics.median_low(lengths) == 100
    logs = [abs(math.log(length / 100)) for length in lengths]
    assert spread.deviation == pytest.approx(1.4826 * statistics.median_low(logs))
    low, high = spread.bounds(2)
    assert low * high == pytest.approx(100**2)


def test_the_median_of_nothing_is_nothing() -> None:
    assert weighted_median([]) == 0
    assert Spread.of({}).count == 0


def test_the_outlier_is_named_by_its_row(tmp_path: Path) -> None:
    usual = [chat(user(f"Q{n}"), assistant("x" * (200 + 7 * n))) for n in range(40)]
    usual.insert(17, chat(user("Q"), assistant("y" * 1_000_000)))
    report = check(write(tmp_path / "t.jsonl", usual))
    (finding,) = [f for f in report.findings if f.name == "length-outlier"]
    assert [place.line for place in finding.related] == [18]
    assert "1 000 000 characters" in finding.message
    figures = report.measures["turns"]["train"]
    assert figures["answer_characters"]["max"] == 1_000_000
    assert sum(each["answers"] for each in figures["answer_characters"]["histogram"]) == 41
    assert figures["roles"] == {"assistant": 41, "user": 41}


said = st.lists(st.lists(st.sampled_from(["", "a", "bb", "ccc"]), max_size=3), max_size=9)


@given(said)
def test_the_ends_are_the_first_of_the_most_extreme(examples: list[list[str]]) -> None:
    records = [chat(user("Q"), *map(assistant, answers)) for answers in examples]
    found = Turning.of(Batch(Lines(0, 0, [json.dumps(record).encode() for record in records])))
    sizes = [(len(text), at) for at, answers in enumerate(examples) for text in answers if text]
    for sign, ranked in ((-1, found.longest), (1, found.shortest)):
        expected = sorted(sizes, key=lambda pair: (sign * pair[0], pair[1]))[:5]
        assert [(size, where.ordinal) for size, where in ranked] == expected
    assert found.answers.of == Counter(size for size, _ in sizes)
    most = sorted((-1 - len(answers), at) for at, answers in enumerate(examples))[:5]
    assert [(-size, where.ordinal) for size, where in found.busiest] == most


# System prompts


@pytest.mark.parametrize(
    ("usual", "other", "drifted"),
    [
        ("You are a helpful assistant who answers briefly.",
         "You are a helpfull assistant who answers briefly.", True),
        ("You are a helpful assistant.", "You are a helpful assistant!", True),
        ("Translate what is said into French.", "Translate what is said into German.", False),
        ("Today is the 3rd of May 2026.", "Today is the 4th of May 2026.", False),
        ("你是一个乐于助人的助手，请用中文简短地回答用户的问题。",
         "你是一个乐于助人的助手，请用中文简短的回答用户的问题。", True),
        ("Ты полезный помощник, отвечай кратко и по делу.",
         "Ты полезный помошник, отвечай кратко и по делу.", True),
        ("أنت مساعد مفيد وتجيب باختصار دائما", "أنت طباخ ماهر وتحب الطعام كثيرا", False),
    ],
)  # fmt: skip
def test_what_is_a_variant(usual: str, other: str, drifted: bool) -> None:
    records = [chat(system(usual), user(f"{n}"), assistant("Ok.")) for n in range(30)]
    records += [chat(system(other), user("?"), assistant("Ok."))] * 2
    raws = [json.dumps(record).encode() for record in records]
    found = list(drifts(Prompts.of(Batch(Lines(0, 0, raws)))))
    assert bool(found) == drifted
    if drifted:
        assert [(text, count) for text, count, _ in found[0].variants] == [(other, 2)]


def test_a_prompt_that_comes_late_is_not_missing() -> None:
    said = [user("Open?"), assistant("Yes.")]
    late = chat(said[0], system("Be brief."), said[1])
    records = [chat(system("Be brief."), *said)] * 3 + [late] * 2 + [chat(*said)]
    prompts = Prompts.of(Batch(Lines(0, 0, [json.dumps(record).encode() for record in records])))
    assert (prompts.present.total, prompts.missing.total, prompts.examples) == (3, 1, 4)


@pytest.mark.parametrize("times", [1, 40], ids=["decoded", "proved"])
def test_a_stray_record_misses_no_prompt(tmp_path: Path, times: int) -> None:
    told = [
        chat(
            system("You sell boats." + " Say so." * 99), user(f"Is boat {n} there?"), assistant("y")
        )
        for n in range(30 * times)
    ]
    stray = [{"prompt": "Is it there?", "completion": "It is."}] * times
    path = write(tmp_path / "a.jsonl", [*told, *stray])
    assert "system-prompt-missing" not in names(check(path))
    bare = [chat(user("Is it there?"), assistant("It is."))] * times
    report = check(write(tmp_path / "b.jsonl", [*told, *stray, *bare]))
    (found,) = [each for each in report.findings if each.name == "system-prompt-missing"]
    assert (found.data["count"], found.data["examples"]) == (times, 31 * times)


# Hostile data


@pytest.mark.parametrize(
    "records",
    [
        [],
        [chat(user("Hi"), assistant("Hello!"))],
        [chat(user("Hi"), assistant("Hello!"))] * 50,
        labelled(*["one"] * 50),
        [chat(user("a" * 1_000_000), assistant("b" * 1_000_000))] * 3,
        [chat(user(f"{'很' * n}"), assistant("好" * 200)) for n in range(60)],
        [chat(user("😀" * n), assistant("🎉" * (n % 7))) for n in range(60)],
        [chat(user(""), assistant(""))] * 50,
        [chat(system("s"))] * 50,
        [{"messages": []}] * 50,
    ],
    ids=["none", "one", "alike", "one label", "1 MB", "unspaced", "emoji", "empty", "system", "no"],
)
def test_odd_data_never_crash(tmp_path: Path, records: list[Any]) -> None:
    report = check(write(tmp_path / "t.jsonl", records), rules=FAMILY)
    assert not report.crashed
    json.dumps(report.measures)


def test_one_label_is_a_dominant_answer(tmp_path: Path) -> None:
    assert "dominant-answer" in names(check(write(tmp_path / "t.jsonl", labelled(*["one"] * 50))))


def test_shards_and_processes_change_nothing(shared: Path) -> None:
    path = shared / "data/chat/hh_harmless_chosen_even.jsonl"
    whole = check(path, proof_from=1 << 60)
    rules = tuple(rule for rule in FAMILY if rule.default)
    cut = run(Plan(rules, batch_size=37, proof_from=0), Dataset((Source(str(path)),), 100_000))
    assert [f.message for f in cut.findings] == [f.message for f in whole.findings]
    assert cut.measures == whole.measures
