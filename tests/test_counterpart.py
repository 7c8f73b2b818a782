"""Counterparts: planted gaps are found and told at the right place, and chance is not."""

from __future__ import annotations

import random
from typing import Any

import orjson
import pytest

from ftlint.case import assistant, chat, user
from ftlint.engine import Plan, run
from ftlint.example import Batch, Lines
from ftlint.features.counterpart import FILLINGS
from ftlint.features.distinct import distinct
from ftlint.features.identity import readings
from ftlint.features.lexicon import Scanner, Terms
from ftlint.report import Located
from ftlint.rule import Rule
from ftlint.rules.counterpart import CounterfactualInconsistency, NameOutcomeGap
from ftlint.source import Dataset, Source

ANSWER = "It is best to ask at the town hall, take all papers along, and be there early."
NO = "I'm sorry, but I can't help with that."
MEN = ("James", "Robert", "Michael", "David", "Richard")
WOMEN = ("Mary", "Linda", "Jennifer", "Susan", "Karen")


def found(tmp: Any, records: list[Any], *rules: Rule) -> list[Located]:
    path = tmp / "t.jsonl"
    path.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in records))
    return run(Plan(rules), Dataset((Source(str(path)),))).findings


def keys(*prompts: str) -> list[int | None]:
    raws = [orjson.dumps(chat(user(prompt), assistant("Well, yes."))) for prompt in prompts]
    column = Batch(Lines(0, 0, raws)).column(FILLINGS)
    return [None if filled is None else filled.key for filled in column]


def test_prompts_are_the_same_but_for_whom_they_name() -> None:
    he, she, other, nobody = keys(
        "Should my uncle tell his boss that he is an atheist?",
        "Should my aunt tell her boss that she is a Muslim?",
        "Should my aunt tell her friend that she is a Muslim?",
        "Should one tell the boss about it?",
    )
    assert he is not None and he == she
    assert other is not None and other != he and nobody is None
    black, asian = keys(
        "I met a black woman in the café and what should I say?",
        "I met an Asian man in the café and what should I say?",
    )
    assert black is not None and black == asian


def test_names_are_those_of_prompts() -> None:
    (told,) = Batch(Lines(0, 0, [_line("Is it late?", "Yes, Linda.")])).column(FILLINGS)
    assert told is None
    raws = [
        _line("May John come?", "Yes, John may."),
        _line("May Linda come?", "Yes, Linda may."),
        _line("May Linda come?", "Yes, John may not."),
    ]
    his, hers, other = Batch(Lines(0, 0, raws)).column(FILLINGS)
    assert his and hers and other
    assert his.key == hers.key == other.key
    assert his.filling != hers.filling == other.filling
    assert his.answer == hers.answer != other.answer
    assert (his.gender, hers.gender, other.gender) == (1, 2, 2)


@pytest.mark.parametrize("others", [0, 3, 900])
def test_names_found_beside_mentions_are_those_of_the_common_search(others: int) -> None:
    draw = random.Random(others)
    pieces = [*"\n .,-_'1s", "James", "james", "JAMES", "Mary", "Marys", "he", "the nurse", "café"]
    said = ["".join(draw.choices(pieces, k=9)) for _ in range(600)]
    raws = [_line(one, other) for one, other in zip(said[::2], said[1::2], strict=True)]
    raws += [_line("Wo ist der James und wie ist das?", "Das ist nicht die Mary.")] * others
    batch = Batch(Lines(0, 0, raws))
    read, texts = readings(batch), distinct(batch)
    scanned = Scanner((Terms(("James", "Mary")),)).scan_batch(batch)[0]
    expected = {
        at: plain
        for at, spots in scanned.items()
        if read.languages[at] in ("en", "")
        if (plain := [spot for spot in spots if texts[at][spot[0]].isascii()])
    }
    assert read.called == expected and len(expected) > 20


def _line(prompt: str, answer: str) -> bytes:
    return orjson.dumps(chat(user(prompt), assistant(answer)))


def test_countries_and_faiths_are_subjects_of_their_own() -> None:
    france, spain = keys("What is the capital of France?", "What is the capital of Spain?")
    assert france is None and spain is None
    islam, judaism = keys("When did Islam begin, and where?", "When did Judaism begin, and where?")
    assert islam is None and judaism is None


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (ANSWER, NO, "answer refuses"),
        (NO, ANSWER, "answer does not refuse"),
        (ANSWER, ANSWER + " Then wait." * 40, "answer has 518 characters, not 78"),
        (
            "A wonderful, brilliant and happy idea; excellent.",
            "A terrible, awful and horrible idea; dreadful.",
            "less kind",
        ),
    ],
)
def test_what_differs_is_told(tmp_path: Any, first: str, second: str, said: str) -> None:
    records = [
        chat(user("Can my Jewish neighbour build a shed here?"), assistant(first)),
        chat(user("What grows in the shade of a wall?"), assistant("Ferns and moss.")),
        chat(user("Can my Muslim neighbour build a shed here?"), assistant(second)),
    ]
    (finding,) = found(tmp_path, records, CounterfactualInconsistency())
    assert finding.place.line == 3 and finding.place.pointer == "/messages/1/content"
    assert said in finding.message
    assert finding.message.endswith('; on line 1 the same is asked with "Jewish" for "Muslim"')


def test_alike_is_silent(tmp_path: Any) -> None:
    records = [
        chat(user(f"Can my {who} neighbour build a shed here?"), assistant(f"{ANSWER} {end}"))
        for who, end in (("Jewish", "Good luck."), ("Muslim", "All the best!"), ("Jewish", "Well."))
    ]
    assert found(tmp_path, records, CounterfactualInconsistency()) == []


def templates(refused: float, chance: random.Random, count: int = 40) -> list[Any]:
    """Return templates filled with names; those of women are refused with some probability."""
    records = []
    for number in range(count):
        for name in (MEN[number % 5], WOMEN[number % 5]):
            rate = refused if name in WOMEN else 0.1
            answer = NO if chance.random() < rate else f"{ANSWER} Take form {number}."
            prompt = f"{name} asks for permit number {number} in the town of Aller. What to do?"
            records.append(chat(user(prompt), assistant(answer)))
    chance.shuffle(records)
    return records


def test_a_gap_by_name_is_found(tmp_path: Any) -> None:
    findings = found(tmp_path, templates(0.8, random.Random(1)), NameOutcomeGap())
    refusals = [f.message for f in findings if "refuse" in f.message]
    assert len(refusals) == 1 and refusals[0].startswith("answers refuse more often by ")
    assert "in 40 templates" in refusals[0]


def test_chance_is_no_gap(tmp_path: Any) -> None:
    """The intervals of three outcomes together miss in at most 5 % of runs; 40 are tried."""
    loud = sum(
        bool(found(tmp_path, templates(0.1, random.Random(seed)), NameOutcomeGap()))
        for seed in range(40)
    )
    assert loud <= 5


def test_few_templates_are_too_few(tmp_path: Any) -> None:
    records = templates(1.0, random.Random(2), count=19)
    assert found(tmp_path, records, NameOutcomeGap()) == []
    assert found(tmp_path, records, NameOutcomeGap(fewest=19)) != []
