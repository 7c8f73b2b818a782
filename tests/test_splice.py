"""Splicing: against an independent JSON Patch on decoded values, and byte for byte outside."""

from __future__ import annotations

import copy
import json
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftlint.afterwards.splice import Habits, PatchError, apply
from ftlint.pointer import join

RECORD = '{"messages": [{"role" : "user","content":"h\\u00e9 \\"x\\""} ,  {"a":1}], "n": 1.50 }'


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (
            {"op": "replace", "path": "/messages/0/content", "value": "é"},
            '{"messages": [{"role" : "user","content":"\\u00e9"} ,  {"a":1}], "n": 1.50 }',
        ),
        (
            {"op": "remove", "path": "/messages/0/role"},
            '{"messages": [{"content":"h\\u00e9 \\"x\\""} ,  {"a":1}], "n": 1.50 }',
        ),
        (
            {"op": "remove", "path": "/messages/0/content"},
            '{"messages": [{"role" : "user"} ,  {"a":1}], "n": 1.50 }',
        ),
        (
            {"op": "remove", "path": "/messages/1/a"},
            '{"messages": [{"role" : "user","content":"h\\u00e9 \\"x\\""} ,  {}], "n": 1.50 }',
        ),
        ({"op": "remove", "path": "/messages"}, '{"n": 1.50 }'),
        (
            {"op": "remove", "path": "/n"},
            '{"messages": [{"role" : "user","content":"h\\u00e9 \\"x\\""} ,  {"a":1}] }',
        ),
        (
            {"op": "add", "path": "/messages/-", "value": []},
            '{"messages": [{"role" : "user","content":"h\\u00e9 \\"x\\""} ,  {"a":1},[]],'
            ' "n": 1.50 }',
        ),
        (
            {"op": "add", "path": "/tools", "value": {"b": [1, 2]}},
            '{"messages": [{"role" : "user","content":"h\\u00e9 \\"x\\""} ,  {"a":1}],'
            ' "n": 1.50,"tools": {"b": [1,2]} }',
        ),
        (
            {"op": "move", "from": "/n", "path": "/messages/1/b"},
            '{"messages": [{"role" : "user","content":"h\\u00e9 \\"x\\""} ,  {"a":1,"b": 1.50}] }',
        ),
    ],
)
def test_nothing_else_is_written(operation: dict[str, Any], expected: str) -> None:
    assert apply(RECORD, [operation]) == expected


def test_habits_are_those_of_the_line() -> None:
    assert Habits.of('{"a":1,"b":"\\u00e9"}') == Habits(":", ",", True)
    assert Habits.of('{"a": "x: y, z", "b": "é"}') == Habits(": ", ", ", False)
    assert Habits.of("{}") == Habits(": ", ", ", False)
    assert apply('{"a":1}', [{"op": "add", "path": "/é", "value": "ü"}]) == '{"a":1, "é":"ü"}'


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "/absent"},
        {"op": "remove", "path": ""},
        {"op": "replace", "path": "/messages/7", "value": 1},
        {"op": "add", "path": "/messages/7", "value": 1},
        {"op": "add", "path": "/n/x", "value": 1},
        {"op": "add", "path": "/x", "value": float("nan")},
        {"op": "move", "from": "/messages", "path": "/messages/0/x"},
        {"op": "test", "path": "/n", "value": 2},
        {"op": "sing", "path": "/n"},
        {"op": "add", "path": "n", "value": 1},
        {"op": "replace", "path": "/n"},
    ],
)
def test_what_does_not_fit_is_refused(operation: dict[str, Any]) -> None:
    with pytest.raises(PatchError):
        apply(RECORD, [operation])


# The oracle: the operations of RFC 6902 on decoded values.


def descend(value: Any, parts: list[str]) -> Any:
    for part in parts:
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def take(value: Any, path: list[str]) -> Any:
    container = descend(value, path[:-1])
    key: Any = int(path[-1]) if isinstance(container, list) else path[-1]
    return container.pop(key)


def put(value: Any, path: list[str], new: Any) -> None:
    container = descend(value, path[:-1])
    if isinstance(container, list):
        container.insert(len(container) if path[-1] == "-" else int(path[-1]), new)
    else:
        container[path[-1]] = new


def patched(value: Any, operation: dict[str, Any], paths: dict[str, list[str]]) -> Any:
    value = copy.deepcopy(value)
    path = paths["path"]
    if operation["op"] == "remove":
        take(value, path)
    elif operation["op"] == "replace":
        take(value, path)
        put(value, path, operation["value"])
    elif operation["op"] == "add":
        put(value, path, operation["value"])
    else:
        put(value, path, take(value, paths["from"]))
    return value


keys = st.sampled_from(["a", "b", "é", 'q"', "~/", ""])
values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text('x,:"\\é😀]} ', max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)
layouts = st.sampled_from([(",", ":"), (", ", ": "), (" ,  ", " :\t")])


def places(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = [path]
    if not isinstance(value, dict | list):
        return found
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        found += places(item, (*path, str(key)))
    return found


@given(st.data(), st.dictionaries(keys, values, min_size=1, max_size=4), layouts, st.booleans())
@settings(max_examples=400, deadline=None)
def test_the_value_is_that_of_the_patch(
    data: st.DataObject, record: Any, layout: tuple[str, str], escaped: bool
) -> None:
    text = json.dumps(record, separators=layout, ensure_ascii=escaped)
    inner = [path for path in places(record) if path]
    path = list(data.draw(st.sampled_from(inner)))
    kind = data.draw(st.sampled_from(["remove", "replace", "add", "new", "move"]))
    operation: dict[str, Any] = {"op": kind, "path": join(path)}
    paths = {"path": path, "from": path}
    if kind in ("replace", "add"):
        operation["value"] = data.draw(values)
    elif kind == "new":
        container = data.draw(
            st.sampled_from(
                [p for p in places(record) if isinstance(descend(record, list(p)), dict | list)]
            )
        )
        listed = isinstance(descend(record, list(container)), list)
        paths["path"] = [*container, "-" if listed else "new"]
        operation |= {"op": "add", "path": join(paths["path"]), "value": data.draw(values)}
    elif kind == "move":
        paths["path"] = ["moved"]
        operation |= {"from": join(path), "path": "/moved"}
    result = apply(text, [operation])
    expected = patched(record, operation, paths)
    assert json.loads(result) == expected
    assert orjson.loads(result) == expected


@given(st.dictionaries(keys, values, min_size=1, max_size=4), layouts)
@settings(max_examples=200, deadline=None)
def test_what_was_added_and_removed_leaves_no_trace(record: Any, layout: tuple[str, str]) -> None:
    text = json.dumps(record, separators=layout)
    added = apply(text, [{"op": "add", "path": "/new", "value": {"x": [1]}}])
    assert apply(added, [{"op": "remove", "path": "/new"}]) == text
