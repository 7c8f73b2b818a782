"""Rules about tokens: what is cut, and instructions that are repeated."""

from __future__ import annotations

import os.path
import random
from functools import reduce
from itertools import pairwise
from typing import Any

import orjson
import pytest
from counted import O200K, count, size, texts
from hypothesis import given, settings
from hypothesis import strategies as st
from records import batch

from ftlint.case import assistant, chat, declare, system, user
from ftlint.finding import Finding
from ftlint.rule import ExampleRule
from ftlint.rules import instruction
from ftlint.rules.instruction import RepeatedInstructions
from ftlint.rules.token import AnswerFullyTruncated, TokenNearLimit, TokenOverrun
from ftlint.source import Dataset, Source

# The rules

limits = st.integers(0, 120)
talks = st.builds(
    lambda turns, rest: {"messages": [m for turn in turns for m in turn] + rest},
    st.lists(
        st.tuples(
            st.builds(user, texts),
            st.one_of(
                st.builds(assistant, texts),
                st.builds(
                    lambda a, b: assistant([{"type": "text", "text": t} for t in (a, b)]),
                    texts,
                    texts,
                ),
                st.builds(lambda a, b: assistant(a, refusal=b), texts, texts),
            ),
        ),
        max_size=3,
    ),
    st.lists(st.builds(user, texts), max_size=1),
)


def tape(record: Any) -> tuple[list[tuple[str, bytes]], int]:
    """Return each token with the text it is of, in order, and where the last answer begins.

    Of a message what is not its text comes first; the tokens of the example come before all.
    """
    tokens: list[tuple[str, bytes]] = [("", b"")] * 3
    begin = -1

    def spell(pointer: str, text: str) -> None:
        backend = O200K._backend
        tokens.extend((pointer, backend.decode([token])) for token in O200K.ids(text))

    for index, message in enumerate(record["messages"]):
        tokens += [("", b"")] * 3
        spell("", message["role"])
        if message["role"] == "assistant":
            begin = len(tokens)
        at = f"/messages/{index}"
        content = message["content"]
        if isinstance(content, str):
            spell(f"{at}/content", content)
        for number, part in enumerate(content if isinstance(content, list) else []):
            spell(f"{at}/content/{number}/text", part["text"])
        spell(f"{at}/refusal", message.get("refusal", ""))
    return tokens, begin


def found(rule: ExampleRule, record: Any) -> list[Finding]:
    lines = batch(record)
    spoken = list(rule.check(lines.examples[0]))
    chosen = rule.candidates(lines)
    assert chosen is not None and (lines.examples[0] in chosen or not spoken)
    return spoken


def resolve(value: Any, pointer: str) -> Any:
    for token in pointer.split("/")[1:]:
        value = value[int(token)] if isinstance(value, list) else value[token]
    return value


@given(talks, limits)
@settings(max_examples=400, deadline=None)
def test_what_is_cut_is_the_end_of_all_tokens(record: Any, limit: int) -> None:
    tokens, begin = tape(record)
    last = max(
        (i for i, m in enumerate(record["messages"]) if m["role"] == "assistant"), default=-1
    )
    answer = f"/messages/{last}/"
    cut = tokens[limit:]
    overrun, gone = (
        found(TokenOverrun(limit=limit), record),
        found(AnswerFullyTruncated(limit=limit), record),
    )
    near = found(TokenNearLimit(limit=limit), record)
    assert len(overrun) + len(gone) == bool(cut)
    assert len(near) == (0.95 * limit < len(tokens) <= limit)
    if gone:
        assert begin >= 0 and limit <= begin
        assert gone[0].where.pointer == f"/messages/{last}"
        assert (gone[0].data["tokens"], gone[0].data["prompt"]) == (len(tokens), begin)
    if overrun:
        assert begin < 0 or limit > begin
        lost = sum(pointer.startswith(answer) for pointer, _ in cut)
        data = overrun[0].data
        assert (data["tokens"], data["cut"], data["lost"]) == (len(tokens), len(cut), lost)
        assert_place(overrun[0], record, tokens, limit, lost)


def assert_place(
    finding: Finding, record: Any, tokens: list[tuple[str, bytes]], limit: int, lost: int
) -> None:
    where = finding.where
    if not lost:
        assert where.pointer == "/messages"
        return
    # The first lost token is of this text; what its tokens before spell is what is kept of it.
    pointer = tokens[limit][0]
    kept = b"".join(spelled for of, spelled in tokens[:limit] if of == pointer)
    text = resolve(record, pointer)
    assert where.pointer == pointer and where.span is not None
    start, end = where.span
    assert end == len(text) > start
    assert kept.startswith(text[:start].encode()) and not kept.startswith(
        text[: start + 1].encode()
    )


def test_messages_group_their_numbers() -> None:
    record = chat(user("Hi"), assistant("word " * 17_190 + "end"))
    (finding,) = found(TokenOverrun(limit=16_384, model="gpt-4.1-mini"), record)
    total = count(record).total
    assert total == 17_203 + (total - 17_203)
    spoken = f"{total:,}".replace(",", " ")
    assert finding.message.startswith(
        f"{spoken} tokens; gpt-4.1-mini trains on at most 16 384: {total - 16_384} are cut, "
    )
    assert finding.message.endswith(" % of the last answer among them")


def test_an_estimate_says_so_and_marks_no_character() -> None:
    tools = [declare(f"tool_{number}", description="x " * 20) for number in range(5)]
    record = chat(user("Hi"), assistant("one two three four five"), tools=tools)
    tally = count(record)
    (finding,) = found(TokenOverrun(limit=tally.whole - 2), record)
    assert (finding.where.pointer, finding.where.span) == ("/messages/1", None)
    assert finding.message.endswith(
        f"; {tally.estimated} of the tokens are an estimate, for tools or images"
    )
    (finding,) = found(AnswerFullyTruncated(limit=tally.whole_prompt), record)
    assert finding.message.endswith("for tools or images")
    assert not found(TokenOverrun(limit=tally.whole_prompt), record)


@pytest.mark.parametrize("rule", [TokenOverrun, AnswerFullyTruncated, TokenNearLimit])
def test_a_rule_without_a_limit_or_a_vocabulary_is_not_ready(rule: Any) -> None:
    assert "--target" in rule().unready()
    assert "limit" in rule(model="x").unready()
    assert "p50k" in rule(limit=1, encoding="p50k").unready()
    assert rule(limit=1).unready() is None
    assert found(rule(), chat(user("a" * 500), assistant("b" * 500))) == []


# Instructions


def alike(share: int, of: int, prompt: str, role: str = "system") -> list[Any]:
    """Return `of` examples of which the first `share` begin with `prompt`."""
    dice = random.Random(7)
    made = []
    for number in range(of):
        own = f"{dice.random()} is number {number}"
        begins = number < share
        if role == "system":
            first = [system(prompt)] if begins else [system(own * 9)]
            made.append(chat(*first, user(own), assistant("Yes")))
        else:
            made.append(chat(user(prompt + own if begins else own), assistant("Yes")))
    return made


def repeated(rows: list[Any], split: str = "train", rule: Any = None) -> list[Finding]:
    rule = rule or RepeatedInstructions()
    summary = rule.summarize(batch(*rows))
    return list(rule.finish(summary, Dataset((Source("x.jsonl", split),))))


PROMPT = "You are the assistant of a bank; sort the message of the customer. " * 9


@pytest.mark.parametrize("role", ["system", "user"])
def test_repeated_instructions_cost_their_tokens(role: str) -> None:
    rows = alike(12, 20, PROMPT, role)
    (finding,) = repeated(rows)
    beginnings = [m["content"] for row in rows[:12] for m in row["messages"] if m["role"] == role]
    head = os.path.commonprefix(beginnings)  # noqa: RUF071 - of any strings
    tokens = size(head)
    told = {"count": 12, "examples": 20, "tokens": tokens, "epoch": 12 * tokens}
    assert finding.data.items() >= told.items()
    part = "system prompt" if role == "system" else "beginning of the first user message"
    assert finding.data["part"] == part
    assert [where.ordinal for where in finding.related] == [0, 1, 2]
    assert {where.pointer for where in finding.related} == {"/messages/0/content"}


def test_only_what_most_examples_share_is_told() -> None:
    assert repeated(alike(10, 20, PROMPT))
    assert not repeated(alike(9, 20, PROMPT))
    assert not repeated(alike(19, 19, PROMPT))
    assert not repeated(alike(20, 20, "Be brief."))
    assert not repeated(alike(20, 20, PROMPT), "validation")


def test_a_longer_head_within_a_shorter_one_is_found() -> None:
    start = PROMPT[:80]
    rows = [chat(user(f"{start}{n} {n}"), assistant("Yes")) for n in range(5)]
    (finding,) = repeated(rows + alike(20, 20, PROMPT, "user"))
    assert finding.data["count"] == 20
    assert finding.data["tokens"] > size(start)


@given(st.integers(0, 60), st.lists(st.integers(0, 60), max_size=4), st.integers(1, 20))
@settings(max_examples=100, deadline=None)
def test_a_sample_is_the_same_however_it_is_merged(of: int, cuts: list[int], most: int) -> None:
    rows = [orjson.dumps(row) for row in alike(of // 2, of, PROMPT)]
    rule = RepeatedInstructions()
    edges = sorted({0, len(rows), *(min(cut, len(rows)) for cut in cuts)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(instruction, "SAMPLE", most)
        whole = rule.summarize(batch(*rows))
        parts = [rule.summarize(batch(*rows[a:b], first=a)) for a, b in pairwise(edges)]
        empty = rule.summarize(batch())
        assert reduce(lambda a, b: a.merge(b), parts, empty) == whole
        assert reduce(lambda a, b: b.merge(a), parts[::-1], empty) == whole
    for sample in whole.of.values():
        assert sample.lines == of
        assert len(sample.kept) <= most


def test_a_share_of_many_examples_is_an_estimate() -> None:
    rows = [orjson.dumps(row) for row in alike(3000, 4000, PROMPT)]
    (finding,) = repeated(rows)
    looked = finding.data["looked"]
    assert instruction.SAMPLE / 4 < looked <= instruction.SAMPLE
    assert finding.data["share"] == pytest.approx(0.75, abs=0.06)
    assert finding.data["count"] == round(finding.data["share"] * 4000)
    assert finding.message.endswith("examples)") and "estimated from" in finding.message
