"""What the tool rules say."""

from __future__ import annotations

from typing import Any

import pytest
from tooling import GO, HI, ONE, RULES, check, go, last, properties, takes, turn

from ftlint.case import call, calling, chat, tool

NO_TYPE = "is no type of JSON Schema (array, boolean, integer, null, number, object, string)"


@pytest.mark.parametrize(
    ("code", "record", "expected"),
    [
        ("FT141", chat(tools=[{"type": "x", "function": {"name": "f"}}]),
         "type is the string \"x\"; it can only be 'function'"),
        ("FT142", chat(tools=[GO, GO]), 'function "go" is declared already'),
        ("FT143", properties(a={"type": "float"}), f"\"float\" {NO_TYPE}; did you mean 'number'?"),
        ("FT143", properties(a={"type": ["str", "null"]}),
         f"\"str\" {NO_TYPE}; did you mean 'string'?"),
        ("FT143", properties(a={"type": []}), "type is an empty list"),
        ("FT143", properties(a={"required": ["b", "b"]}),
         'required is ["b","b"], which has an item twice'),
        ("FT143", properties(a={"minLength": -1}), "minLength is -1; it must be at least 0"),
        ("FT143", properties(a={"multipleOf": 0}), "multipleOf is 0; it must be above 0"),
        ("FT143", properties(a={"$anchor": "1"}),
         '$anchor is "1", which does not match "^[A-Za-z_][-A-Za-z0-9._]*$"'),
        ("FT145", chat(functions=[{"name": "f", "description": 5}]),
         "description is a number; a string is wanted"),
        ("FT145", chat(functions=[{}]),
         "name is missing; functions is a list of 1 to 128 objects with 'name'"),
        ("FT150", chat(HI, calling(5)),
         "item of tool_calls is a number; an object with id, type and function is wanted"),
        ("FT155", go('{"to": 5}', tools=takes(properties={"to": {"enum": []}})),
         'argument "to" is 5, but its enumeration is empty'),
        ("FT155", go('{"to": 5}', tools=takes(properties={"to": {"enum": [*range(9)][::-2]}})),
         'argument "to" is 5, not one of 8, 6, 4, 2, 0'),
        ("FT155", go('{"to": 5}', tools=takes(properties={"to": {"const": 7}})),
         'argument "to" is not 7'),
        ("FT155", go('{"to": "b"}', tools=takes(properties={"to": {"pattern": "^a$"}})),
         'argument "to" does not match "^a$"'),
        ("FT155", go('{"to": "b"}', tools=takes(properties={"to": {"minLength": 2}})),
         'argument "to": value is shorter than 2 characters'),
        ("FT155", go('{"via": 5}'), 'unknown argument "via" (declared: "to")'),
        ("FT155", go('{"via": 5}', tools=takes(properties={})),
         'unknown argument "via" (declared: none)'),
        ("FT156", last(calling(call("c1", "run"))), 'function "run" is not declared ("go")'),
        ("FT156", go("{}", tools=[]), 'function "go" is not declared (none is)'),
        ("FT158", turn(calling(ONE)), 'call "c1" is not answered before the next turn'),
        ("FT160", turn(calling(ONE), tool(None)), "tool_call_id is null, not a string"),
        ("FT160", turn(calling(ONE), {"role": "tool"}), "tool_call_id is missing"),
    ],
)  # fmt: skip
def test_messages(code: str, record: Any, expected: str) -> None:
    (finding,) = check(record, RULES[code])
    assert finding.message == expected
