"""The proof: what it says of keys and texts, held against the standard library's decoder."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftlint.example import Batch, Lines
from ftlint.proof import KEYS, prove
from ftlint.text.quotearray import bounding

texts = st.lists(st.sampled_from(['"', "\\", ":", '":', '\\"', " ", "a", "é", "\n"]), max_size=8)
spaces = st.sampled_from([(",", ":"), (", ", ": "), (" ,", " :"), ("\t,\t", "\t: ")])


def proven(line: str) -> Batch:
    batch = Batch(Lines(0, 0, [line.encode()]))
    prove(batch)
    return batch


@given(st.lists(st.sampled_from([b'"', b"\\", b"\\" * 3, b"a" * 999]), max_size=40))
def test_quotation_marks_behind_backslashes_are_counted(parts: list[bytes]) -> None:
    whole = b"".join(parts)
    runs = [len(whole[:at]) - len(whole[:at].rstrip(b"\\")) for at in quotes(whole)]
    assert bounding(whole) == sum(run % 2 == 0 for run in runs)


def quotes(whole: bytes) -> list[int]:
    return [at for at, byte in enumerate(whole) if byte == ord('"')]


def repeats(line: str) -> bool:
    """Return whether an object of the line has a key twice."""
    found = False

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal found
        found = found or len({key for key, _ in items}) < len(items)
        return dict(items)

    json.loads(line, object_pairs_hook=pairs)
    return found


@given(st.lists(texts, min_size=1, max_size=3), spaces, st.booleans())
def test_plain_texts_are_proven_however_they_are_written(
    parts: list[list[str]], separators: tuple[str, str], ascii_only: bool
) -> None:
    said = ["".join(part) + "." for part in parts]
    messages = [{"role": "user", "content": text} for text in said]
    line = json.dumps(
        {"messages": messages}, separators=separators, ensure_ascii=ascii_only, indent=None
    )
    batch = proven(line)
    assert batch.proven[0] & KEYS
    assert batch.plain == [(("user",) * len(said), said)]


@given(texts, st.sampled_from(["content", "role", "messages", "weight"]), spaces)
def test_a_line_with_a_key_twice_is_never_proven(
    part: list[str], key: str, separators: tuple[str, str]
) -> None:
    comma, colon = separators
    text = json.dumps("".join(part))
    again = {
        "content": f'"content"{colon}{text}{comma}',
        "role": f'"role"{colon}"assistant"{comma}',
        "weight": f'"weight"{colon}1{comma}"weight"{colon}1{comma}',
    }
    inner = f'"role"{colon}"assistant"{comma}"content"{colon}{text}'
    line = f'{{"messages"{colon}[{{{again.get(key, "")}{inner}}}]}}'
    if key == "messages":
        line = f'{{"messages"{colon}[]{comma}{line[1:]}'
    assert repeats(line)
    assert not proven(line).proven[0] & KEYS


@pytest.mark.parametrize("text", ["", "  ", "null", " None\n", "\\u006eull"])
def test_texts_that_say_nothing_are_not_plain(text: str) -> None:
    line = f'{{"messages":[{{"role":"user","content":"{text.replace(chr(10), chr(92) + "n")}"}}]}}'
    assert proven(line).plain == [None]


ODD = (
    '{"messages":[{"role":"user","content":"a","content":"b"}]}',
    '{"messages":[{"role":"user","content":" \\\\\\" ","role":"user"}]}',
    '{"messages":[{"role":"assistant","content":null}]}',
    '{"messages":[{"role":"assistant"}]}',
    '{"messages":[{"role":"user","content":"\\t"}]}',
    '{"messages":[{"role":"user","content":"a"}],"tools":[]}',
    '{"messages":[{"role":"user","content":"a","name":"b"}]}',
    "",
)
PLAIN = '{"messages":[{"role":"user","content":"say \\"%d\\" \\\\"}]}'


@given(st.lists(st.tuples(st.integers(0, 599), st.sampled_from(ODD)), max_size=3))
def test_many_lines_are_proven_as_each_alone(odd: list[tuple[int, str]]) -> None:
    lines = [PLAIN % at for at in range(600)]
    for at, line in odd:
        lines[at] = line
    together = Batch(Lines(0, 0, [line.encode() for line in lines]))
    prove(together)
    assert together.plain is not None
    for at, _ in [*odd, (0, ""), (599, "")]:
        alone = proven(lines[at])
        assert [together.plain[at]] == alone.plain
        assert together.proven[at] == alone.proven[0]
    assert sum(said is None for said in together.plain) == len({at for at, _ in odd})


def test_texts_of_a_proven_example_are_those_of_its_record() -> None:
    told = [("system", "Be brief."), ("user", "Hi \u00e9"), ("assistant", " a\n")] * 2
    line = json.dumps({"messages": [{"role": role, "content": text} for role, text in told]})
    seen = [
        [(text.pointer, text.role, text.trained, text.value) for text in batch.example(0).texts]
        for batch in (proven(line), Batch(Lines(0, 0, [line.encode()])))
    ]
    assert seen[0] == seen[1]
    assert [(role, text) for _, role, _, text in seen[0]] == told


@given(st.lists(st.sampled_from(["system", "user", "assistant"]), min_size=1, max_size=5))
def test_roles_of_a_proven_example_are_those_of_its_record(roles: list[str]) -> None:
    line = json.dumps({"messages": [{"role": role, "content": "Hi"} for role in roles]})
    batch, plain = proven(line), Batch(Lines(0, 0, [line.encode()]))
    assert batch.plain is not None and batch.plain[0]
    for example in (batch.example(0), plain.example(0)):
        assert example.roles == tuple(roles) == tuple(m.role for m in example.conversation)
        pointers = [message.pointer for message in example.conversation]
        assert [example.turn(at) for at in range(len(roles))] == pointers
        assert example.shape == "chat" and example.fault is None


def test_an_example_without_a_conversation_has_no_roles() -> None:
    line = b'{"messages":[{"role":"user","content":"Hi"},{"role":"bot","content":"Hello"}]}'
    assert Batch(Lines(0, 0, [line])).example(0).roles == ()
