"""Places: what many pointers into one line find is what each of them finds alone."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftlint.place import FEW, Places
from ftlint.pointer import inside, join, locate, nearest

keys = st.sampled_from(["a", "b", "", "0", "1", "a/b", "\u00e9"])
texts = st.text(st.sampled_from(["a", '"', "\\", "\u00e9", "\U0001f600", "\n"]), max_size=9)
values = st.recursive(
    st.one_of(st.none(), st.integers(), texts),
    lambda inner: st.lists(inner, max_size=4) | st.lists(st.tuples(keys, inner), max_size=4),
    max_leaves=20,
)
parts = st.lists(st.one_of(keys, st.integers(0, 5), st.just("-")), max_size=5)
spans = st.tuples(st.integers(-1, 12), st.integers(-1, 12))
asked = st.lists(st.tuples(parts, st.booleans(), spans), min_size=FEW, max_size=20)


def written(value: Any, draw: st.DrawFn) -> str:
    """Return a value as JSON; tuples are the members of objects, which may be there twice."""
    if not isinstance(value, list):
        return json.dumps(value, ensure_ascii=draw(st.booleans()))
    pairs = [each for each in value if isinstance(each, tuple)]
    space = draw(st.sampled_from(["", " "]))
    if pairs:
        inner = [f"{json.dumps(key)}{space}:{written(each, draw)}" for key, each in pairs]
        return "{" + f"{space},".join(inner) + space + "}"
    return "[" + f",{space}".join(written(each, draw) for each in value) + "]"


@st.composite
def lines(draw: st.DrawFn) -> str:
    text = written(draw(values), draw)
    cut = draw(st.sampled_from([0, 0, 0, 1]))
    return text[: len(text) - cut] + draw(st.sampled_from(["", "", "", " ", "x"]))


@given(lines(), asked)
@settings(max_examples=600, deadline=None)
def test_many_are_as_each_alone(text: str, pointers: list[tuple[Any, bool, Any]]) -> None:
    places = Places(text)
    for found, key, span in pointers:
        pointer = join(found)
        extent = locate(text, pointer, key=key)
        assert places.locate(pointer, key=key) == extent
        assert places.nearest(pointer) == nearest(text, pointer)[1]
        if extent is not None:
            assert places.inside(extent, span) == inside(text, extent, span)


def test_spans_of_one_text_are_counted_on() -> None:
    text = json.dumps("a\u00e9\U0001f600\n" * 300)
    places = Places(text)
    (whole,) = [locate(text, "")]
    assert whole is not None
    for start in (0, 5, 5, 900, 700, 1199, 1200, 5000, 3):
        assert places.inside(whole, (start, start + 2)) == inside(text, whole, (start, start + 2))


def test_very_deep_values_on_the_way() -> None:
    text = '{"a":' * 3000 + "1" + "}" * 3000
    places = Places(text)
    for depth in range(0, 40, 3):
        pointer = join(["a"] * depth)
        assert places.locate(pointer) == locate(text, pointer)


def calls(text: str, pointers: list[str]) -> int:
    """Return how many functions are called to find all of them."""
    places, count = Places(text), 0

    def step(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(step)
    try:
        for pointer in pointers:
            places.locate(pointer)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("kind", ["items", "members"])
def test_twice_the_pointers_into_twice_the_text_are_twice_the_work(kind: str) -> None:
    def work(many: int) -> int:
        if kind == "items":
            value: Any = {"messages": [{"role": "user", "content": ""}] * many}
            return calls(json.dumps(value), [f"/messages/{n}/content" for n in range(many)])
        value = {f"key{n}": n for n in range(many)}
        return calls(json.dumps(value), [f"/key{n}" for n in range(many)])

    assert work(800) < 2.2 * work(400)
