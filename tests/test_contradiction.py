"""What contradicts: other answers and numbers do, other words do not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conflicts import SAME, checked, found, one, put

from ftlint.case import assistant, chat, user
from ftlint.rules.conflict import ConflictingAnswers
from ftlint.text.normalise import normalise
from ftlint.text.substance import same


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Hello, what can I get for you?", "Hi! What can I get you today"),
        ("Good, thanks. How may I help you?", "I'm fine, thank you. What would you like?"),
        ("Salut!", "Bonjour! Comment ça va ?"),
        ("It is made from coffee concentrate and ice.", "It has coffee concentrate and ice in it."),
        ("The library opens at nine.", "At nine. The library opens at nine, and closes at six."),
        (
            "Sorry, the kitchen closes early on Sundays, so no soup.",
            "No soup is left: on Sundays our kitchen closes early, I am afraid.",
        ),
        ("Everywhere.", "I am everywhere"),
    ],
)
def test_other_words_are_no_contradiction(tmp_path: Path, first: str, second: str) -> None:
    pair = [chat(user(SAME), assistant(text)) for text in (first, second)]
    assert found(tmp_path, pair) == found(tmp_path, pair[::-1]) == []
    assert found(tmp_path, pair, ConflictingAnswers(paraphrases=True)) == [("FT411", 2)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Yes, it is.", "No, it isn't."),
        ("It is waterproof.", "It is not waterproof."),
        ("The plan costs 20 dollars a month.", "A month of the plan costs 25 dollars."),
        ("2 + 12 = 14, and 14 / 2 = 7", "2 + 12 = 14, and 14 / 2 = 8"),
        ("The parcel will be delivered today.", "The parcel will be delivered tomorrow."),
        ("Der Himmel ist blau.", "Der Himmel ist grau."),
        ("We have oolong, rooibos and earl grey.", "We have mango black and dragonfruit tea."),
        ("Refund.", "Refund denied."),
        ("北京", "上海"),
        ("我喜欢这本书。", "我不喜欢这本书。"),
        ("A" * 5000 + " yes", "A" * 5000 + " nay"),
        ("What can I get you?", "We are closed."),
    ],
)
def test_what_contradicts(tmp_path: Path, first: str, second: str) -> None:
    pair = [chat(user(SAME), assistant(text)) for text in (first, second)]
    assert found(tmp_path, pair) == found(tmp_path, pair[::-1]) == [("FT411", 2)]


def test_the_answer_that_contradicts_is_named(tmp_path: Path) -> None:
    said = ("In Bonn.", "It is in Bonn now.", "In Kiel.")
    path = put(tmp_path / "train.jsonl", [chat(user(SAME), assistant(text)) for text in said])
    finding = one(checked(path).findings)
    assert (finding.place.line, [place.line for place in finding.related]) == (3, [1, 2])
    assert finding.message == '3 answers to one prompt: "In Bonn." on line 1, "In Kiel." here'


@pytest.mark.parametrize("name", ["gsm8k_train", "oasst_zh_sft", "flan_cot"])
def test_other_answers_and_numbers_contradict(shared: Path, name: str) -> None:
    answers = [
        json.loads(line)["messages"][-1]["content"]
        for line in (shared / f"data/chat/{name}.jsonl").read_text("utf-8").splitlines()[:600]
    ]
    others = zip(answers[:300], answers[300:600], strict=True)
    swapped = [same(a, b) for a, b in others if normalise(a) != normalise(b)]
    assert swapped.count(False) >= 0.99 * len(swapped)
    changed = [(each, re.sub(r"[0-9](?=[^0-9]*$)", _next, each, count=1)) for each in answers]
    numbers = [same(a, b) for a, b in changed if a != b]
    assert numbers.count(False) >= 0.99 * len(numbers) > 0


def _next(digit: re.Match[str]) -> str:
    return str((int(digit[0]) + 1) % 10)


def test_paraphrases_of_a_real_service_are_left_out(shared: Path) -> None:
    path = shared / "data/chat/taskmaster4.jsonl"
    every = checked(path, ConflictingAnswers(paraphrases=True)).counts["FT411"]
    told = checked(path, ConflictingAnswers()).counts["FT411"]
    assert 0 < told <= every // 3
