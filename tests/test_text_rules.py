"""Endings, loops and characters: what each is found by, against oracles, and at what cost."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Any

import ftfy
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftlint.case import assistant, chat, user
from ftlint.configuration.catalogue import builtin
from ftlint.engine import Plan, run
from ftlint.example import Batch, Lines
from ftlint.features.code import in_code
from ftlint.features.ending import BIAS, READS, WEIGHTS, certainty, cues, worth_judging
from ftlint.features.loop import LEAST, find_loop
from ftlint.features.suspicion import repeats
from ftlint.rule import Case, Rule
from ftlint.source import Dataset, Source
from ftlint.testing import content

RULES = {rule.name: rule for rule in builtin() if rule.code.startswith("FT3")}
CHINESE = "罗马不是一天建成的。它最早的城墙是用泥土筑成的。"
STORY = "Rome was not built in a day. Its first walls were of turf, and its streets of mud. "


def speaks(tmp_path: Any, *texts: str, rules: tuple[Rule, ...] = tuple(RULES.values())) -> set[str]:
    """Return the names of the rules that speak on these answers."""
    path = tmp_path / "train.jsonl"
    lines = tuple(chat(user("Well, what do you say?"), assistant(text)) for text in texts)
    path.write_bytes(content(Case(lines, pad=False)))
    report = run(Plan(rules, cap=0), Dataset((Source(str(path)),)))
    assert not report.not_run
    return {finding.name for finding in report.findings}


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        (STORY + "The Romans learned to build roads from", "function-word"),
        (STORY + "There were three kinds of roads, namely", "sentences"),
        (STORY + "They had baths, roads,", "comma"),
        (STORY + "They had a word for it (the", "bracket"),
        (STORY + 'He said: "I came, I', "quote"),
        (STORY + "Here they are:", "colon"),
        (STORY + "\n1. Wash the rice.\n2. Cook it.\n3.", "marker"),
        (STORY + "\n- ", "marker"),
        ('{"a": [1, 2', "json"),
        ("```python\nprint(1", "fence"),
        (CHINESE * 3 + "罗马人从别人那里学到了很多东西，这是他们的", "function-character"),
    ],
)  # fmt: skip
def test_a_cut_has_its_sign(text: str, sign: str) -> None:
    signs = cues(text.strip())
    assert sign in signs
    assert certainty(signs) == pytest.approx(BIAS + sum(WEIGHTS[each] for each in signs))


@pytest.mark.parametrize(
    "text",
    [
        "", "😀", "😀😀", "Yes", "card_arrival", "A Title In Capitals", STORY, STORY + "👍",
        STORY + "\n#### 42", "See https://example.com/a/b",
        STORY + "\n\nYours sincerely,\nMary Ann", "- one\n- two\n- three", "x = 1\nprint(x)",
        "| a | b |\n|---|---|\n| 1 | 2 |", "你好！", "はい", CHINESE, "مرحبا بكم.",
        "नमस्ते।", "```\nx\n```",
    ],
)  # fmt: skip
def test_whole_answers_are_not_reported(tmp_path: Any, text: str) -> None:
    assert not speaks(tmp_path, text) & {"truncated-answer", "unfinished-answer"}


def test_every_weight_has_a_reading_where_it_speaks_for_a_cut() -> None:
    assert {sign for sign, weight in WEIGHTS.items() if weight > 0} == set(READS)


@given(st.text(max_size=200))
def test_any_text_has_signs_with_weights(text: str) -> None:
    stripped = text.strip()
    if worth_judging(stripped):
        assert set(cues(stripped)) <= set(WEIGHTS)


def test_hasty_writers_are_not_taken_for_cut(tmp_path: Any) -> None:
    text = "so I went there. and then I came back. we had a nice time with all of them and the food"
    path = tmp_path / "train.jsonl"
    turns = [m for _ in range(4) for m in (user("and then what did you do?"), assistant(text))]
    path.write_bytes(content(Case((chat(*turns),), pad=False)))
    report = run(Plan((RULES["truncated-answer"],)), Dataset((Source(str(path)),)))
    assert not report.findings
    assert "truncated-answer" in speaks(tmp_path, text)


# Loops


@given(
    st.text("abcdefg ", min_size=1, max_size=40).filter(
        lambda unit: sum(map(str.isalpha, unit)) > 2
    ),
    st.integers(1, 30),
)
def test_a_loop_is_found_as_by_brute_force(unit: str, times: int) -> None:
    text = (unit * times).strip()
    loop = find_loop(text)
    if loop:
        said = text[loop.start : loop.end]
        assert len(said) >= LEAST and loop.times >= 4
        period = len(loop.unit)
        if loop.times * period <= len(said) < (loop.times + 1) * period:
            assert all(said[i] == said[i - period] for i in range(period, len(said)))
    elif times >= 8 and len(text) > 3 * LEAST:
        letters = sum(map(str.isalpha, unit))
        assert letters < len(unit) / 3


def test_a_loop_in_the_middle_is_found() -> None:
    text = STORY + "over and over and over again, " * 30 + STORY
    loop = find_loop(text)
    assert loop and "over and over" in loop.unit * 2 and loop.times > 20


def test_a_sentence_that_is_said_five_times_is_found() -> None:
    said = "I would like to thank everybody for it"
    text = ". ".join(f"{said}. Number {n} is done here" for n in range(7))
    assert find_loop(text)
    assert not find_loop(". ".join(f"{said} {n}" for n in range(7)))


def steps(work: Callable[[], object]) -> int:
    """Return the lines of Python that `work` runs: its cost, whatever the machine does."""
    count = 0

    def trace(frame: Any, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(None)
    return count


LONG = {
    "prose": STORY,
    "newlines": "\n",
    "letters": "a",
    "digits": "1234567890" * 60 + "q",
    "chinese": "罗马不是一天建成的，",
    "emoji": "😀",
    "brackets": "([{",
    "periods": "z" * 700 + "y",
}


@pytest.mark.parametrize("unit", LONG.values(), ids=LONG)
def test_twice_the_text_is_at_most_twice_the_work(unit: str) -> None:
    def cost(size: int) -> int:
        text = (unit * (size // len(unit) + 1))[:size].strip()
        return steps(lambda: (find_loop(text), worth_judging(text) and cues(text)))

    small, large = cost(100_000), cost(200_000)
    assert large <= 2.1 * small + 200


@pytest.mark.parametrize("unit", LONG.values(), ids=LONG)
def test_patterns_end_on_a_megabyte(tmp_path: Any, unit: str) -> None:
    # What backtracks would not come back from this within the limit of any test run.
    speaks(
        tmp_path,
        (unit * (1_000_000 // len(unit) + 1))[:1_000_000]
        + "[INST] </s> [Your Name] &nbsp; \nHuman: \nTODO:",
    )


# Repeated questions


@given(st.text("ab \n", max_size=60), st.text("ab \n", max_size=90))
def test_repetition_is_what_a_comparison_of_words_says(question: str, answer: str) -> None:
    question, answer = question.strip(), answer.strip()
    asked, told = " ".join(question.split()), " ".join(answer.split())
    how = repeats(question, answer)
    if how == "is":
        assert asked == told
    elif how:
        assert told.startswith(asked)
    elif len(answer) <= 2 * len(question):
        assert asked != told or len(asked) < 20


# Characters


def test_a_repair_is_that_of_ftfy(tmp_path: Any) -> None:
    for right in (
        "Le café est fermé, désolé.",
        "It’s “late” – no…",
        "Привет, как дела?",
        "你好，世界。",
    ):
        for encoding in ("cp1252", "latin-1"):
            try:
                wrong = right.encode().decode(encoding)
            except UnicodeDecodeError:
                continue
            if ftfy.fix_encoding(wrong) == right:
                assert "mojibake" in speaks(tmp_path, wrong), wrong
        assert "mojibake" not in speaks(tmp_path, right)


@given(st.text("a`\n", max_size=40))
def test_code_is_what_stands_between_fences_and_backticks(text: str) -> None:
    spans = [m.span() for m in re.finditer(r"(?s)```.*?(?:```|\Z)|`[^`\n]+`", text)]
    for index in range(len(text)):
        inside = any(start <= index < end for start, end in spans)
        assert in_code(text, (index, index + 1)) is inside


def test_joiners_of_persian_hindi_and_emoji_are_fine(tmp_path: Any) -> None:
    texts = ("می\u200cخواهم", "क्\u200dष", "👩\u200d💻", "👨\u200d👩\u200d👧")
    assert not speaks(tmp_path, *texts)


def test_controls_are_found_however_they_are_written(tmp_path: Any) -> None:
    path = tmp_path / "train.jsonl"
    lines = [
        b'{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b\\u001bc"}]}',
        b'{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b\\bc"}]}',
        b'{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b\\\\bc"}]}',
        b'{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b\x7fc"}]}',
        '{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"\x9bc"}]}'.encode(),
    ]
    path.write_bytes(b"\n".join(lines) + b"\n")
    for start in (0, 1 << 40):
        plan = Plan((RULES["control-character"],), proof_from=start)
        report = run(plan, Dataset((Source(str(path)),)))
        assert [finding.place.line for finding in report.findings] == [1, 2, 4, 5]


def test_demands_of_json_in_many_words(tmp_path: Any) -> None:
    demands = (
        "Respond only in JSON.", "Your output must be a valid JSON object.",
        "只输出JSON，不要解释。", "Reply with a JSON object.", "Return the result as valid JSON.",
        "请以JSON格式回答。",
    )  # fmt: skip
    free = ("You know JSON and YAML.", "If the user asks, answer in JSON.", "Be brief.")
    path = tmp_path / "train.jsonl"
    for prompts, count in ((demands, len(demands)), (free, 0)):
        lines = tuple(
            chat({"role": "system", "content": prompt}, user("Rome?"), assistant("It is Italy."))
            for prompt in prompts
        )
        path.write_bytes(content(Case(lines, pad=False)))
        report = run(Plan((RULES["json-answer-invalid"],)), Dataset((Source(str(path)),)))
        assert len(report.findings) == count, prompts


def test_all_controls_of_a_text_have_one_fix() -> None:
    """A text of its own for each of very many findings would take the square of the length."""
    rule = next(rule for rule in builtin() if rule.name == "control-character")
    said = chat(user("Hi"), assistant("a\x01" * 300))
    batch = Batch(Lines(0, 0, [orjson.dumps(said)]), [rule])
    found = list(rule.check(batch.example(0)))  # type: ignore[attr-defined]
    assert len(found) == 300
    assert len({id(finding.fix) for finding in found}) == 1
    assert found[0].fix.patch[0]["value"] == "a" * 300
