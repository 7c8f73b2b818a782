"""The proof: what it says of keys and texts, held against the standard library's decoder."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftlint.example import Batch, Lines
from ftlint.proof import KEYS, prove

texts = st.lists(st.sampled_from(['"', "\\", ":", '":', '\\"', " ", "a", "é", "\n"]), max_size=8)
spaces = st.sampled_from([(",", ":"), (", ", ": "), (" ,", " :"), ("\t,\t", "\t: ")])


def proven(line: str) -> Batch:
    batch = Batch(Lines(0, 0, [line.encode()]))
    prove(batch)
    return batch


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
