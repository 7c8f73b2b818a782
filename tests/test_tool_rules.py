"""The tool rules beyond their own cases: edge cases and odd values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from tooling import (
    DEFAULTS,
    GO,
    HELLO,
    HI,
    OBJECT,
    ONE,
    RULES,
    check,
    go,
    last,
    parameters,
    properties,
    takes,
    turn,
)

from ftlint.case import assistant, call, calling, chat, declare, system, tool, user
from ftlint.engine import Plan, run
from ftlint.example import Batch, Lines
from ftlint.source import Dataset, Source

TWO = call("c2", "go")
BARE = {"id": "c1", "type": "function", "function": {"name": "go"}}
CALLED = assistant(function_call={"name": "go", "arguments": "{}"})
NULL = {"type": "function", "function": {"name": "f", "parameters": None}}
WRONG = declare("f", {"type": "dict"})
FIRST, SECOND = "/messages/1/tool_calls/0", "/messages/1/tool_calls/1"
NAME, ARGUMENTS = f"{FIRST}/function/name", f"{FIRST}/function/arguments"
LEGACY = "/messages/1/function_call/arguments"
PARAMETERS = "/tools/0/function/parameters"
PROPERTIES = f"{PARAMETERS}/properties"
A = f"{PROPERTIES}/a"
SLOW = r"^(a|aa)+\1$"
"""A pattern that no engine tries to its end on a long text."""


def places(record: Any, code: str) -> list[str]:
    """Return where one rule speaks."""
    return sorted(f.where.pointer or "" for f in check(record, RULES[code]))


def legacy(arguments: Any, **extra: Any) -> dict[str, Any]:
    """Return a record with one deprecated call."""
    return chat(HI, assistant(function_call={"name": "go", "arguments": arguments}), **extra)


CASES: dict[str, list[tuple[Any, ...]]] = {
    "FT117": [
        ("64 letters are a name", chat(user("Hi", name="a" * 64), HELLO)),
        ("65 are not", chat(user("Hi", name="a" * 65), HELLO), "/messages/0/name"),
        ("a line end is no letter", chat(user("Hi", name="a\n"), HELLO), "/messages/0/name"),
        ("letters are ASCII", chat(user("Hi", name="Zoë"), HELLO), "/messages/0/name"),
        ("a name is text", chat(user("Hi", name=7), HELLO), "/messages/0/name"),
        ("exports write null for none", chat(user("Hi", name=None), HELLO)),
        ("called, not declared", last(calling(call("c1", "a b"), call("c2", "a b"))), NAME),
        ("functions have names too", chat(functions=[{"name": "a b"}]), "/functions/0/name"),
        ("a flat declaration", chat(tools=[{"name": "a b"}]), "/tools/0/name"),
    ],
    "FT130": [
        ("a boolean is no number", chat(HI, HELLO, parallel_tool_calls=1), "/parallel_tool_calls"),
    ],
    "FT140": [
        ("null is no list", chat(HI, HELLO, tools=None), "/tools"),
        ("text that is not JSON", chat(HI, HELLO, tools="go"), "/tools"),
    ],
    "FT141": [
        (
            "one wrong member each",
            chat(tools=[{"type": "tool", "function": {}}]),
            "/tools/0/function",
            "/tools/0/type",
        ),
        ("null is no schema", chat(tools=[NULL]), PARAMETERS),
        ("strict may be null", chat(tools=[declare("f", strict=None)])),
        ("another type of tool", chat(tools=[{"type": "retrieval"}]), "/tools/0/type"),
        ("Anthropic's shape", chat(tools=[{"name": "f", "input_schema": OBJECT}]), "/tools/0"),
    ],
    "FT142": [
        ("functions repeat tools", chat(tools=[GO], functions=[GO["function"]])),
        ("functions repeat themselves", chat(functions=[GO["function"]] * 2), "/functions/1/name"),
    ],
    "FT143": [
        ("no parameters, no arguments", chat(tools=[declare("f")])),
        ("parameters have a type", parameters({"properties": {}}), PARAMETERS),
        ("one type at the top", parameters({"type": ["object", "null"]}), f"{PARAMETERS}/type"),
        ("types may be a list", properties(a={"type": ["string", "null"]})),
        ("one of the types is none", properties(a={"type": ["string", "any"]}), f"{A}/type/1"),
        ("draft 3's required booleans", properties(a={"required": True}), f"{A}/required"),
        (
            "draft 4's exclusive booleans",
            properties(a={"exclusiveMinimum": True}),
            f"{A}/exclusiveMinimum",
        ),
        ("draft 7 has lists of items", properties(a={"items": [{"type": "string"}]})),
        (
            "and they are schemas",
            properties(a={"items": [{}, {"type": "float"}]}),
            f"{A}/items/1/type",
        ),
        ("a property called items", properties(items=["a"]), f"{PARAMETERS}/properties/items"),
        ("no types", properties(a={"type": []}), f"{A}/type"),
        ("a property called type", properties(type="float"), f"{PARAMETERS}/properties/type"),
        # jsonschema_rs leaves the empty key out of the path: what is left leads elsewhere.
        ("a property without a name", properties(**{"": {"type": "float"}}), PROPERTIES),
        ("and its neighbour", properties(**{"": {"type": "float"}, "type": {}}), PROPERTIES),
        ("a number with noughts", properties(**{"007": {"type": "float"}}), PROPERTIES),
        ("an empty type", properties(a={"type": ""}), f"{A}/type"),
        ("one mistake twice", properties(a={"type": "float"}, b={"type": "float"}), f"{A}/type"),
        (
            "a slash in a key",
            properties(**{"a/b~": {"type": "float"}}),
            f"{PARAMETERS}/properties/a~1b~0/type",
        ),
        ("a reference that leads somewhere", properties(a={"$ref": "#/properties/b"}, b={})),
        ("the network is left alone", properties(a={"$ref": "http://localhost:9/x"})),
        ("a reference inside data", properties(a={"default": {"$ref": "#/x"}})),
        ("half a pattern", properties(a={"pattern": "("}), f"{A}/pattern"),
        ("a pattern of ECMAScript", properties(a={"pattern": "^\\p{Lu}+$"})),
        ("of functions", chat(functions=[WRONG["function"]]), "/functions/0/parameters/type"),
    ],
    "FT145": [
        (
            "members have types",
            chat(functions=[{"name": 5, "description": 5, "parameters": "x"}]),
            "/functions/0/description",
            "/functions/0/name",
            "/functions/0/parameters",
        ),
        ("at most 128", chat(functions=[{"name": f"f{n}"} for n in range(129)]), "/functions"),
        ("128 are fine", chat(functions=[{"name": f"f{n}"} for n in range(128)])),
    ],
    "FT150": [
        ("null is no call", chat(HI, assistant("Hello!", tool_calls=None))),
        ("one call is no list", chat(HI, assistant(tool_calls=ONE)), "/messages/1/tool_calls"),
        ("calls of a user are an unknown key", chat(user("Hi", tool_calls=[{}]), HELLO)),
        ("a misspelt role calls too", chat(HI, {"role": "bot", "tool_calls": [7]}), FIRST),
        ("a number is no id", chat(HI, calling(call(7, "go"))), f"{FIRST}/id"),
        ("no arguments are written '{}'", chat(HI, calling(BARE)), f"{FIRST}/function"),
        (
            "function_call has a shape too",
            chat(HI, assistant(function_call="go")),
            "/messages/1/function_call",
        ),
    ],
    "FT151": [
        ("missing is not a type", chat(HI, calling({"function": {"name": "go"}}))),
        ("a list is no text", go(["Rome"]), ARGUMENTS),
        ("of function_call", legacy({}), LEGACY),
    ],
    "FT152": [
        ("spaces are no arguments", legacy("    "), LEGACY),
        ("empty is not JSON", go(""), ARGUMENTS),
        ("cut off", go('{"to": "Ro'), ARGUMENTS),
        ("NaN is not JSON", go('{"to": NaN}'), ARGUMENTS),
        ("too deep to read", go("[" * 5000 + "]" * 5000), ARGUMENTS),
        ("an object is FT151's", go({})),
    ],
    "FT153": [
        ("a list is not FT153's", go("[]")),
        ("encoded three times", go(json.dumps(json.dumps("{}"))), ARGUMENTS),
    ],
    "FT154": [
        ("a string is not FT154's", go('"Rome"')),
    ],
    "FT155": [
        ("unknown though not forbidden", go('{"via": "x"}'), ARGUMENTS),
        ("nothing declared, nothing known", go('{"to": "x"}', tools=[declare("go")])),
        ("no argument is declared", go('{"to": "x"}', tools=takes(properties={})), ARGUMENTS),
        ("more are allowed", go('{"via": "x"}', tools=takes(additionalProperties=True))),
        (
            "some are allowed",
            go('{"via": 7}', tools=takes(additionalProperties={"type": "string"})),
            ARGUMENTS,
        ),
        (
            "forbidden, told once",
            go('{"via": 7}', tools=takes(additionalProperties=False)),
            ARGUMENTS,
        ),
        ("declared elsewhere", go('{"via": 7}', tools=takes(anyOf=[{"required": ["via"]}]))),
        (
            "a pattern that cannot be tried in time",
            go(
                json.dumps({"to": "a" * 40 + "b"}),
                tools=takes(properties={"to": {"pattern": SLOW}}),
            ),
        ),
        ("an invalid schema is FT143's", go('{"to": 7}', tools=takes(type="dict"))),
        ("not JSON is FT152's", go("{")),
        ("a masked call is no lesson", last(calling(call("c1", "go", '{"to": 7}'), weight=0))),
        ("1.0 is an integer", go('{"n": 1.0}', tools=takes(properties={"n": {"type": "integer"}}))),
        ("of functions", legacy('{"to": 7}', functions=[GO["function"]]), LEGACY),
    ],
    "FT156": [
        ("undeclared once", last(calling(call("c1", "run"), call("c2", "run"))), NAME),
        ("a string of tools is FT140's", go("{}", tools='[{"name": "run"}]')),
        ("a flat tool is FT141's", go("{}", tools=[{"type": "function", "name": "go"}])),
        ("a tool without a name may be it", go("{}", tools=[{"type": "function", "function": {}}])),
        ("empty functions are FT145's", legacy("{}", functions=[])),
        ("a call without a name is FT117's", last(calling(call("c1", "")))),
        ("a blank name is FT117's", legacy("{}", functions=[{"name": ""}])),
        ("declared by functions", chat(HI, calling(ONE), functions=[GO["function"]])),
    ],
    "FT157": [
        ("an empty list is a list", go("{}", tools=[])),
        ("once an example", chat(HI, calling(ONE), tool("c1"), calling(TWO)), FIRST),
    ],
    "FT158": [
        ("the last message needs none", go("{}")),
        ("not all are answered", last(calling(ONE, TWO), tool("c1")), SECOND),
        ("foundry issue 23", turn(calling(ONE), assistant("Let me tell you.")), FIRST),
        ("a system message ends the turn", turn(calling(ONE), system("x"), tool("c1")), FIRST),
        ("a wrong id explains it", turn(calling(ONE), tool("c7"))),
        ("but only one of two", turn(calling(ONE, TWO), tool("c7")), SECOND),
        ("answered twice explains the other", turn(calling(ONE, TWO), tool("c1"), tool("c1"))),
        ("a call without an id is FT150's", turn(calling({"function": {}}))),
        (
            "parallel calls in two messages",
            turn(calling(ONE), calling(TWO), tool("c1"), tool("c2")),
            FIRST,
        ),
        ("the id is answered", turn(calling(ONE, ONE), tool("c1"))),
    ],
    "FT159": [
        ("a late answer is no orphan", turn(calling(ONE), HI, tool("c1"))),
        ("a second late answer is", turn(calling(ONE), HI, tool("c1"), tool("c1")), "/messages/4"),
        ("an orphan at the start", chat(tool("c1"), HELLO), "/messages/0"),
        (
            "null is no call to answer",
            turn(assistant("x", tool_calls=None), tool("c1")),
            "/messages/2",
        ),
        ("a misspelt role hides the order", chat({"role": "human"}, tool("c1"), HELLO)),
    ],
    "FT160": [
        ("its answer is nobody's fault", turn(calling({"function": {}}), tool("c1"))),
        ("calls that are no list are FT150's", turn(assistant(tool_calls=ONE), tool("c1"))),
        ("and not mismatched", turn(calling(ONE), calling(TWO), tool("c1"), tool("c2"))),
        ("an orphan is no mismatch", turn(tool("c1"))),
        ("answers in another order", turn(calling(ONE, TWO), tool("c2"), tool("c1"))),
        ("one too many", turn(calling(ONE), tool("c1"), tool("c2")), "/messages/3/tool_call_id"),
        ("a number is no id", turn(calling(call("7", "go")), tool(7)), "/messages/2/tool_call_id"),
        ("null is no id", turn(calling(ONE), tool(None)), "/messages/2/tool_call_id"),
        ("the same id in two turns", turn(calling(ONE), tool("c1"), calling(ONE), tool("c1"))),
        ("each is answered", turn(calling(ONE, ONE), tool("c1"), tool("c1"))),
    ],
    "FT161": [
        (
            "the same id in one turn",
            turn(calling(ONE, ONE), tool("c1"), tool("c1")),
            f"{SECOND}/id",
        ),
        ("three times, one finding", turn(calling(ONE, ONE, ONE), tool("c1")), f"{SECOND}/id"),
    ],
    "FT162": [
        ("numbers are content-type's", turn(calling(ONE), tool("c1", 7))),
        ("an empty list is a list, too", turn(calling(ONE), tool("c1", [])), "/messages/2/content"),
    ],
    "FT163": [
        (
            "key and role",
            chat(CALLED, {"role": "function"}),
            "/messages/0/function_call",
            "/messages/1/role",
        ),
    ],
    "FT165": [
        ("nine letters", chat(HI, calling(call("abcDEF123", "go")))),
        ("nine, but not ASCII", chat(HI, calling(call("abcDEF12é", "go"))), f"{FIRST}/id"),
    ],
    "FT166": [
        ("empty content is none", chat(HI, calling(ONE, content=""))),
    ],
}
"""By code: what is tested, the record, and the places."""


@pytest.mark.parametrize(
    ("code", "record", "at"),
    [
        pytest.param(code, record, at, id=f"{code}: {title}")
        for code, cases in CASES.items()
        for title, record, *at in cases
    ],
)
def test_places(code: str, record: dict[str, Any], at: list[str]) -> None:
    assert places(record, code) == at


@pytest.mark.parametrize("value", [None, True, 0, 1.5, "", "x", [], [None], [[]], {}, {"a": None}])
def test_odd_values_break_no_rule(value: Any) -> None:
    record = chat(
        HI,
        assistant(tool_calls=value, function_call=value, name=value),
        calling(value, call(value, value, value)),
        {"role": value, "tool_calls": [{"id": "a", "function": value}]},
        tool(value, value),
        tools=[value, declare(value, value, description=value, strict=value)],
        functions=value,
        parallel_tool_calls=value,
    )
    for part in (record, record | {"tools": value}, {"messages": value, "tools": [GO]}):
        assert isinstance(check(part, *RULES.values()), list)


@pytest.mark.parametrize("levels", [200, 300, 1010])
def test_depth_breaks_no_rule(levels: int) -> None:
    deep = b'{"not": ' * levels + b'{"$ref": "#/lost"}' + b"}" * levels
    line = orjson.dumps(go("ARGUMENTS", tools=[declare("go", "SCHEMA")]))
    for old, new in ((b'"ARGUMENTS"', deep), (b'"SCHEMA"', deep)):
        line = line.replace(old, new, 1)
    example = Batch(Lines(0, 0, [line])).examples[0]
    assert not example.fault
    assert {f.code for rule in DEFAULTS for f in rule.check(example)} >= {"FT143", "FT151"}


def test_the_span_is_where_the_json_breaks() -> None:
    text = '{"tö": "Rome",}'
    (finding,) = check(go(text), RULES["FT152"])
    assert finding.where.span == (text.index(",}"), text.index(",}") + 1)


def test_a_run_puts_findings_into_the_line(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text(json.dumps(go('{"to" "Rome"}')) + "\n", encoding="utf-8")
    report = run(Plan(tuple(DEFAULTS)), Dataset((Source(str(path)),)))
    (finding,) = report.findings
    line = path.read_text(encoding="utf-8")
    assert finding.column is not None and line[finding.column - 1 :].startswith('\\"Rome')
    assert (finding.place.pointer, finding.span) == (ARGUMENTS, (6, 7))
