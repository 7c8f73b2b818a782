"""Normalisation and digests: laws and tables."""

from __future__ import annotations

import json
import random
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records import batch
from strange import scripts

from ftlint.analyses.exchange import ASKED
from ftlint.case import assistant, call, calling, chat, declare, system, tool, user
from ftlint.example import Batch, Lines
from ftlint.feature import Feature
from ftlint.features.digest import NONE, PREFIXES, Digest, Part
from ftlint.features.exchange import EXCHANGES
from ftlint.features.spoken import COMPARED, PROMPTED
from ftlint.proof import prove
from ftlint.text.normalise import normalise
from ftlint.text.normalisearray import normalised

PARTS: tuple[Part, ...] = ("example", "conversation", "prompt", "question", "answer")
DIGESTS = [Digest(part, normal) for part in PARTS for normal in (False, True)]


@given(st.one_of(st.text(max_size=40), scripts))
@settings(max_examples=500, deadline=None)
def test_normalisation_is_a_projection(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert bool(once) == bool(normalise(text + " "))
    assert "  " not in once and once == once.strip()
    assert normalise(f" {text}\n\t") == once


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Hello, World!", "hello world"),
        ("Ｈｅｌｌｏ，　ｗｏｒｌｄ！", "hello world"),
        ("„Straße“ … ja", "STRASSE ja"),
        ("co\u00adope\u200brate", "cooperate"),
        ("cafe\u0301", "CAFÉ"),
        ("你好，世界。", "你好 世界"),
    ],
)
def test_these_are_the_same(left: str, right: str) -> None:
    assert normalise(left) == normalise(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [("?!", "..."), ("cafe", "café"), ("3-5", "3+5"), ("5%", "5"), ("5％", "5"), ("a/b", "a b")],
)
def test_these_are_not(left: str, right: str) -> None:
    assert normalise(left) != normalise(right)


ODD = "\uffff\ufffe\ufdd0\0\x1f\x85\u2028\ud800\udc00\u200b①㈠ßẞİﬁ´"
JOINING = "\u1100\u1161\u11a8\u09c7\u09be\u3099ﾞ𝐀🄰🤔"


@given(st.lists(st.lists(scripts | st.sampled_from(ODD + JOINING)).map("".join)))
@settings(max_examples=300, deadline=None)
def test_many_texts_are_normalised_as_each(texts: list[str]) -> None:
    assert normalised(texts) == [normalise(text) for text in texts]


def test_every_sign_is_normalised_in_an_array_as_alone() -> None:
    codes = (*range(0xD800), *range(0xE000, 0xFFFF), *range(0x10000, 0x110000, 13))
    texts = [f"A{chr(code)} {chr(code)}b" for code in codes]
    assert normalised(texts) == [normalise(text) for text in texts]


def digests(record: Any) -> dict[tuple[str, bool], int]:
    one = batch(record)
    return {
        (part, normal): one.column(Digest(part, normal))[0]
        for part in PARTS
        for normal in (False, True)
    }


BASE = chat(system("Be brief."), user("Where is Lisbon?"), assistant("In Portugal."))
EXACT, NORMAL = {(part, False) for part in PARTS}, {(part, True) for part in PARTS}


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (json.loads(json.dumps(BASE, sort_keys=True)), EXACT | NORMAL),
        (
            chat(system("be brief"), user("where is LISBON"), assistant("In Portugal")),
            NORMAL - {("example", True)},
        ),
        (
            chat(user("Where is Lisbon?"), assistant("In Portugal.")),
            {(part, normal) for part in ("question", "answer") for normal in (False, True)},
        ),
        (
            {**BASE, "tools": [declare("f")]},
            {(p, n) for p in ("conversation", "question", "answer") for n in (False, True)},
        ),
        (
            chat(*BASE["messages"][:2], assistant("In Spain.")),
            {(part, normal) for part in ("prompt", "question") for normal in (False, True)},
        ),
    ],
)
def test_parts_are_told_apart(other: Any, same: set[tuple[str, bool]]) -> None:
    ours, theirs = digests(BASE), digests(other)
    assert {key for key in ours if ours[key] == theirs[key]} == same


def test_calls_are_said_and_their_ids_are_not() -> None:
    def asked(name: str, identity: str, arguments: str) -> Any:
        answer = (tool(identity), assistant("Done."))
        return chat(user("Go"), calling(call(identity, name, arguments)), *answer)

    one = digests(asked("f", "call_1", '{"a": 1, "b": 2}'))["conversation", False]
    assert digests(asked("f", "call_9", '{"b":2,"a":1}'))["conversation", False] == one
    assert digests(asked("g", "call_1", '{"a": 1, "b": 2}'))["conversation", False] != one
    assert digests(asked("f", "call_1", '{"a": 1, "b": 3}'))["conversation", False] != one


def test_nothing_has_no_digest() -> None:
    blank = digests(chat(user(" "), assistant("")))
    assert {key for key, digest in blank.items() if digest == NONE} >= NORMAL - {("example", True)}
    (broken,) = Batch(Lines(0, 0, [b"{"])).column(Digest("example"))
    assert broken == NONE


def test_a_proof_changes_no_digest() -> None:
    records = [BASE, chat(user("a\0user\0b"), assistant("c")), chat(user("Hi"), assistant("Ho"))]
    records += [
        chat(user("Hi"), assistant("Ho"), user("and?"), assistant("no")),
        chat(user("A"), user("B"), assistant("C")),
        chat(assistant("A"), user("B"), assistant("C")),
        chat(system("A"), user("?!"), assistant("...")),
        chat(system("S"), system("A"), assistant("C")),
        chat(user("A"), assistant("B"), user("C")),
        chat(assistant("A")),
        chat(user("A")),
    ]
    slow, fast = batch(*records), batch(*records)
    fast.lines.odd_space = False
    fast.plain = [None] * len(records)
    prove(fast)
    assert all(fast.plain)
    for part in PARTS:
        for normal in (False, True):
            assert fast.column(Digest(part, normal)) == slow.column(Digest(part, normal))
    assert fast.column(EXCHANGES) == slow.column(EXCHANGES)


def odd_records(many: int) -> list[Any]:
    """Return records of all kinds, most of which have no second one like them."""
    draw = random.Random(5)
    words = ["", " ", "?", "Yes", "No.", "Ｗｉｄｅ", "a\0b", "\ud800", "Where is Lisbon?", "好的。"]
    roles = ["system", "user", "assistant", "user", "assistant", "tool", "developer", "nobody"]

    def message() -> Any:
        told: dict[str, Any] = {"role": draw.choice(roles), "content": draw.choice(words)}
        if draw.random() < 0.1:
            told["content"] = draw.choice([None, 3, [{"type": "text", "text": "part"}], [1]])
        if draw.random() < 0.1:
            told["weight"] = draw.choice([0, 1])
        return told if draw.random() < 0.98 else None

    records: list[Any] = []
    for number in range(many):
        record: dict[str, Any] = {"messages": [message() for _ in range(draw.randrange(7))]}
        if number % 3 == 0:
            record = chat(
                *[system("Be brief.")] * (number % 2), user(f"{number}?"), assistant("Ho")
            )
        if draw.random() < 0.1:
            record["tools"] = [declare("f")]
        records.append(record)
    return records


@pytest.mark.parametrize(
    "raws",
    [
        [json.dumps(record).encode() for record in odd_records(400)] + [b"", b"{", b"[]"],
        [b"", b"{", b'{"messages": []}'] * 100,
    ],
    ids=["odd records", "nothing said"],
)
def test_many_exchanges_are_those_of_each(raws: list[bytes]) -> None:
    starts = list(accumulate([len(raw) + 1 for raw in raws], initial=0))
    whole = Batch(Lines(0, 0, raws, start=0))
    prove(whole)
    said = any(whole.plain or ())
    together, summaries = ASKED.summarize(whole), []
    features: list[Feature[Any]] = [PREFIXES, COMPARED, PROMPTED, *DIGESTS]
    for number, raw in enumerate(raws):
        one = Batch(Lines(0, number, [raw], start=starts[number]))
        summaries.append(ASKED.summarize(one))
        for feature in features:
            assert whole.column(feature)[number] == one.column(feature)[0]
    for name in ("rows", "earlier"):
        apart = [b"".join(getattr(each, name).blocks()) for each in summaries]
        assert b"".join(getattr(together, name).blocks()) == b"".join(apart)
        assert (b"".join(apart) != b"") == said
