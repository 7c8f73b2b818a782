"""Tokens of examples, and the rules on them, against oracles that build every token."""

from __future__ import annotations

import json
import os.path
import random
import statistics
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import reduce
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from records import batch
from reference import Tiktoken

from ftlint.analyses.tokens import TokenSummary
from ftlint.case import assistant, call, calling, chat, declare, system, tool, user
from ftlint.features.tokens import (
    Guess,
    TokenCount,
    Tokens,
    at_most,
    count_tokens,
    longer_than,
)
from ftlint.finding import Finding
from ftlint.proof import prove
from ftlint.report import Report
from ftlint.rule import ExampleRule
from ftlint.rules import instruction
from ftlint.rules.instruction import RepeatedInstructions
from ftlint.rules.token import AnswerFullyTruncated, TokenNearLimit, TokenOverrun
from ftlint.source import Dataset, Source
from ftlint.tokens.encoding import load

O200K = load("o200k_base")
IMAGE, LOW_IMAGE = 765, 85
SEEING = Tokens(image=IMAGE, low_image=LOW_IMAGE)
Lint = Callable[..., Report]


def summed(*raws: Any, first: int = 0) -> TokenSummary:
    """Return the tokens of a batch; it must not matter whether a proof has decoded it."""
    bare, proven = batch(*raws, first=first), batch(*raws, first=first)
    prove(proven)
    summary, other = (TokenSummary.of(each, SEEING.totals(each)) for each in (bare, proven))
    assert summary == other
    assert SEEING.totals(bare).trained == SEEING.totals(proven).trained
    return summary


def guess() -> Guess:
    return Guess(O200K.count, IMAGE, LOW_IMAGE)


def count(record: Any) -> TokenCount:
    tally = count_tokens(record, guess(), len(orjson.dumps(record)))
    assert tally is not None
    return tally


def size(text: str) -> int:
    return len(O200K.ids(text))


# The formula


def cookbook(messages: list[dict[str, Any]], encode: Callable[[str], list[int]]) -> int:
    """Return the tokens of one example as OpenAI's notebook counts them."""
    total = 3
    for message in messages:
        total += 3
        for key, value in message.items():
            total += len(encode(value)) if isinstance(value, str) else 0
            total += key == "name"
    return total


@pytest.mark.parametrize("name", ["cl100k_base", "o200k_base"])
def test_real_examples_have_the_tokens_of_the_cookbook(
    shared: Path, tmp_path: Path, name: str
) -> None:
    reference = Tiktoken(name, tmp_path)
    compared = 0
    for path in sorted((shared / "data/chat").glob("*.jsonl")):
        rows = path.read_bytes().splitlines()[::4]
        for row in batch(*rows).examples:
            tally, messages = row[Tokens(name)], row.value.get("messages")
            if messages is None:  # a pair: its longer output has to fit as well
                sides = (row.value[key] for key in ("preferred_output", "non_preferred_output"))
                longer = max(sides, key=lambda side: len(side[0]["content"]))
                messages = row.value["input"]["messages"] + longer
                assert tally and tally.total == cookbook(messages, reference.ids)
                continue
            assert tally is not None
            assert tally.total == cookbook(messages, reference.ids)
            answers = [m.get("content") for m in messages if m["role"] == "assistant"]
            spoken = [text for text in answers if isinstance(text, str)]
            assert tally.trained == sum(reference.count(text) for text in spoken)
            assert tally.total == 3 + sum(tally.roles.values())
            compared += 1
    assert compared > 4000


def test_what_the_formula_says_nothing_of_is_an_estimate() -> None:
    said = chat(user("Hi"), assistant("Hello!"))
    told = count(said)
    assert (told.total, told.estimated) == (14, 0)
    declared = count({**said, "tools": [declare("now")]})
    written = '[{"type":"function","function":{"name":"now"}}]'
    assert (declared.total, declared.estimated) == (14, size(written))
    assert declared.whole == 14 + size(written)
    called = chat(user("Hi"), calling(call("call_1", "now", '{"a":1}')), tool("call_1"))
    tally = count(called)
    assert tally.estimated == size("now") + size('{"a":1}')
    assert tally.total == cookbook(called["messages"], O200K.ids)
    assert (tally.last, tally.answer, tally.trained) == (1, 0, 0)


def picture(detail: str | None) -> dict[str, Any]:
    how = {} if detail is None else {"detail": detail}
    return {"type": "image_url", "image_url": {"url": "https://x.org/a.png", **how}}


def test_parts_are_the_sum_of_their_texts() -> None:
    text = {"type": "text", "text": "What is this?"}
    plain = count(chat(user("What is this?"), assistant("A cat")))
    assert count(chat(user([text]), assistant("A cat"))).total == plain.total
    low = count(chat(user([text, picture("low")]), assistant("A cat")))
    assert (low.total, low.estimated) == (plain.total + LOW_IMAGE, 0)
    for detail in ("high", "auto", None):
        seen = count(chat(user([text, picture(detail), picture(detail)]), assistant("A cat")))
        assert (seen.total, seen.estimated) == (plain.total, 2 * IMAGE)
        assert seen.prompt_estimated == 2 * IMAGE
    # A model for which low detail is not documented, and none of which anything is known.
    (shown,) = batch(chat(user([text, picture("low")]), assistant("A cat"))).examples
    for tokens, estimate in ((Tokens(image=7), 7), (Tokens(), 0)):
        tally = shown[tokens]
        assert tally and (tally.total, tally.estimated) == (plain.total, estimate)


def test_prompt_and_answer_are_those_of_the_last_answer() -> None:
    record = chat(
        system("Be brief."), user("Hi"), assistant("Hello!", weight=0), user("Bye"), assistant("So")
    )
    tally = count(record)
    assert tally.prompt == count(chat(*record["messages"][:-1])).total + 3 + size("assistant")
    assert (tally.answer, tally.trained, tally.last) == (1, 1, 4)
    refusing = count(chat(user("Hi"), assistant(None, refusal="I will not.")))
    assert refusing.answer == refusing.trained == size("I will not.")


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"messages": None},
        {"messages": "x"},
        {"messages": []},
        {"messages": [None, 1, "x", [], {}]},
        {"messages": [{"role": ["x"], "content": 7, "tool_calls": {}, "name": None}]},
        {"messages": [{"role": "assistant", "content": [None, {}, {"text": 1}], "weight": "x"}]},
        {"messages": [{"role": "assistant", "tool_calls": [None, {}, {"function": "f"}]}]},
        {"messages": [{"role": "assistant", "function_call": {"name": 1, "arguments": {"a": 2}}}]},
        {"messages": [], "tools": "x", "functions": {"a": 1}},
    ],
)
def test_records_of_any_shape_are_counted(record: Any) -> None:
    tally = count_tokens(record, guess(), 1000)
    assert tally is None or tally.total == 3 + sum(tally.roles.values())


def test_declarations_too_deep_to_write_count_as_the_rest_of_the_line() -> None:
    raw = b'{"messages":[],"tools":' + b"[" * 900 + b"]" * 900 + b"}"
    tally = batch(raw).examples[0][Tokens()]
    assert tally is not None and tally.whole == len(raw)


# The bound

texts = st.one_of(
    st.sampled_from(["", " ", "Hi", "Hello!", "漢字", "😀", "\n", '"', "\\", "a" * 40]),
    st.text(max_size=30),
)
numbers = st.sampled_from([0, -1, 1e15, 1.5e300, 12345678901234567890])
parts = st.one_of(
    st.builds(lambda text: {"type": "text", "text": text}, texts),
    st.sampled_from([{"type": "image_url"}, picture("low"), picture("high"), None, 7]),
)
messages = st.fixed_dictionaries(
    {},
    optional={
        "role": st.sampled_from(["system", "user", "assistant", "tool", 7]),
        "content": st.one_of(texts, st.none(), st.lists(parts, max_size=3)),
        "refusal": texts,
        "name": texts,
        "weight": st.sampled_from([0, 1]),
        "tool_calls": st.lists(
            st.builds(
                lambda name, arguments: {"function": {"name": name, "arguments": arguments}},
                texts,
                st.one_of(texts, st.dictionaries(texts, numbers, max_size=3)),
            ),
            max_size=2,
        ),
    },
)
declarations = st.lists(st.dictionaries(texts, numbers, max_size=3), max_size=3)
records = st.fixed_dictionaries(
    {"messages": st.lists(messages, max_size=5)},
    optional={"tools": declarations, "functions": declarations},
)


def written(record: Any) -> Iterator[bytes]:
    """Yield the record as short and as long as JSON writes it, and with numbers cut short."""
    yield orjson.dumps(record).replace(b"1000000000000000.0", b"1e15")
    yield json.dumps(record).encode()
    yield orjson.dumps(record).replace(b"image", b"im\\u0061ge")


seeings = st.sampled_from([SEEING, Tokens(), Tokens(image=5, low_image=2833)])


@given(records, seeings)
@example({"messages": [], "tools": [1e15] * 100}, SEEING)
@example({"messages": [{"content": [{"type": "image_url"}] * 50}]}, SEEING)
@example({"messages": [{"content": [picture("low")] * 50}]}, Tokens(image=5, low_image=2833))
@example({"messages": [{}] * 50}, SEEING)
@example({"messages": [{"name": ""}] * 50}, SEEING)
@settings(max_examples=400, deadline=None)
def test_the_bound_is_never_below_the_tokens(record: Any, seeing: Tokens) -> None:
    for raw in written(record):
        lines = batch(raw)
        tally = lines.examples[0][seeing]
        assert tally is not None
        assert tally.whole <= at_most(raw, max(seeing.image, seeing.low_image or 0))
        assert tally.whole_prompt + tally.answer <= tally.whole
        for bound in {0, tally.whole - 1, tally.whole // 2}:
            assert bound < 0 or longer_than(lines, bound, seeing) == lines.examples


def test_only_what_the_bytes_leave_open_is_decoded() -> None:
    short, long = chat(user("Hi"), assistant("Hello!")), chat(user("a" * 200), assistant("b"))
    broken = b"{" * 300
    lines = batch(short, long, broken)
    assert [e.index for e in TokenOverrun(limit=100).candidates(lines)] == [1]
    assert [e.index for e in TokenNearLimit(limit=300).candidates(lines)] == []
    assert TokenOverrun().candidates(lines) == []


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


# Measures


@given(st.lists(records, max_size=12), st.integers(0, 12), st.integers(0, 40))
@settings(max_examples=60, deadline=None)
def test_a_summary_is_that_of_all_lengths(rows: list[Any], cut: int, limit: int) -> None:
    raws = [orjson.dumps(row) for row in rows]
    summary = summed(*raws[:cut]).merge(summed(*raws[cut:], first=len(raws[:cut])))
    assert summary == replace(summed(*raws), lengths=summary.lengths)
    tallies = [count_tokens(row, guess(), len(raw)) for row, raw in zip(rows, raws, strict=True)]
    lengths = sorted(tally.whole for tally in tallies if tally)
    assert summary.examples == len(lengths) and summary.total == sum(lengths)
    assert summary.trained == sum(tally.trained for tally in tallies if tally)
    assert summary.above(limit) == sum(length > limit for length in lengths)
    assert summary.billed(limit) == sum(min(length, limit) for length in lengths)
    assert [tokens for tokens, _ in summary.longest] == lengths[::-1][:10]
    if lengths:
        for share in (0, 0.05, 0.5, 0.95, 1):
            assert summary.quantile(share) == lengths[round(share * (len(lengths) - 1))]
        if len(lengths) % 2:
            assert summary.quantile(0.5) == statistics.median(lengths)
    bins = summary.histogram()
    assert sum(count for _, _, count in bins) == len(lengths)
    for low, high, number in bins:
        assert number == sum(low <= length < high for length in lengths)
    assert all(left[1] == right[0] for left, right in pairwise(bins))
    json.dumps(summary.measures(limit))


def test_a_summary_names_the_longest_examples() -> None:
    rows = [chat(user("a " * (n % 7)), assistant("b")) for n in range(30)]
    summary = summed(*rows)
    expected = sorted(range(30), key=lambda n: (-count(rows[n]).whole, n))[:10]
    assert [where.ordinal for _, where in summary.longest] == expected
