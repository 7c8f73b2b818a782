"""Tokens of examples, and the rules on them, against oracles that build every token."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest
from counted import IMAGE, LOW_IMAGE, O200K, count, guess, parts, picture, size, texts
from hypothesis import example, given, settings
from hypothesis import strategies as st
from records import batch
from reference import Tiktoken

from ftlint.analyses.tokens import TokenSummary
from ftlint.case import assistant, call, calling, chat, declare, system, tool, user
from ftlint.features.tokens import (
    Tokens,
    at_most,
    count_tokens,
    longer_than,
)
from ftlint.proof import prove
from ftlint.report import Report
from ftlint.rules.token import TokenNearLimit, TokenOverrun

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

numbers = st.sampled_from([0, -1, 1e15, 1.5e300, 12345678901234567890])
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
