"""How messages show values: short, on one line, as JSON."""

from __future__ import annotations

from typing import Any, ClassVar

import orjson
import pytest

from ftlint.example import Batch, Lines
from ftlint.finding import Finding, Severity, Where
from ftlint.rule import LONGEST, ExampleRule
from ftlint.rules import BUILTIN
from ftlint.wording import cut, listed, quotable, shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("", '""'),
        ("a'b\"", '"a\'b\\""'),
        ("漢字 😀", '"漢字 😀"'),
        ("a\nb\x00", '"a\\nb\\u0000"'),
        ("\u202e\x9b\u00a0", '"\\u202e\\u009b\\u00a0"'),
        ("\U000e0041", '"\\udb40\\udc41"'),
        (None, "null"),
        (True, "true"),
        (1.0, "1.0"),
        ({"a": [1, "b"]}, '{"a":[1,"b"]}'),
        ("x" * 38, '"' + "x" * 38 + '"'),
        ("x" * 39, '"' + "x" * 38 + "…"),
        ("\n" * 9999, '"' + "\\n" * 19 + "…"),
        ([0] * 9999, "[" + "0," * 19 + "…"),
        ("\ud800", "a string"),
        (1 << 64, "a number"),
    ],
)
def test_shown(value: Any, text: str) -> None:
    assert shown(value) == text
    assert len(text) <= 40 and text.isprintable()


def test_what_is_nested_too_deeply_is_told_by_its_type() -> None:
    deep: Any = []
    for _ in range(300):
        deep = [deep]
    assert shown(deep) == "an array"


def test_cut_and_listed() -> None:
    assert [cut("abc", limit) for limit in (4, 3, 2, 1)] == ["abc", "abc", "a…", "…"]
    assert listed([]) == ""
    assert listed({"a": 1, "b": 2}) == '"a", "b"'
    assert listed(range(8)) == "0, 1, 2, 3, 4, 5, 6, 7"
    assert listed(range(9), 2) == "0, 1, …"


def test_templates_quote_as_json() -> None:
    data = quotable({"name": "it's", "count": 2, "items": ["a"]})
    assert "{name!r} {name} {count!r} {items!r}".format_map(data) == "\"it's\" it's 2 ['a']"


class Long(ExampleRule):
    """A rule whose message is as long as its data."""

    code = "TT001"
    name = "long"
    severity = Severity.NOTE
    message: ClassVar[str] = "{text} {text!r}"


def test_a_finding_is_never_long() -> None:
    finding = Long().finding(Where(), text="x" * 10_000, hint="y" * 10_000, number=10**400)
    assert finding.message == "x" * (LONGEST - 1) + "…"
    assert finding.data == {"text": "x" * (LONGEST - 1) + "…", "number": 10**400}
    short = Long().finding(Where(), text="a", hint="!")
    assert (short.message, short.data) == ('a "a"!', {"text": "a"})


def records(text: str) -> list[Any]:
    """Return records with `text` at every place from which a message could quote it."""
    function = {"name": text, "arguments": orjson.dumps({text: text, "e": 5, "p": ""}).decode()}
    call = {"id": text, "type": text, "function": function}
    properties = {
        text: {"type": "integer"},
        "e": {"enum": [text] * 20},
        "p": {"pattern": f"^{'y' * len(text)}", "const": text},
    }
    wrong = {text: {"type": text, "$ref": f"#/{text}"}, "pattern": {"pattern": f"({text}"}}
    right = {"type": "object", "properties": properties, "required": [f"{text}!"]}
    image = {"url": f"{text[:20]}://{text}", "detail": text}
    parts = [
        {"type": text},
        {"type": {"a": text}},
        {"type": "image_url", "image_url": image},
        {"type": "image_url", "image_url": {"url": "http://a", "detail": {"a": text}}},
    ]
    user = {"role": "user", "content": parts, "name": text, text: text}
    calling = {"role": "assistant", "tool_calls": [call, call], "weight": text}
    declared = [{"type": text, "function": {"name": text, "parameters": right}}]
    return [
        {"messages": [user, calling, {"role": "assistant"}], "tools": declared * 2, text: text},
        {
            "messages": [{"role": text, "content": ""}, calling],
            "tools": [
                {"type": "function", "function": {"name": "f", "parameters": schema}}
                for schema in ({"type": "object", "properties": wrong}, {"type": text})
            ],
            "parallel_tool_calls": text,
            "functions": [{"name": "f", "description": text, "parameters": text}],
        },
    ]


@pytest.mark.parametrize("text", ["x" * 10_000, 'é"\n\u202e😀' * 2_000], ids=["plain", "odd"])
def test_no_message_grows_with_the_data(text: str) -> None:
    rules = [
        cls() for cls in BUILTIN if cls.code.startswith("FT1") and issubclass(cls, ExampleRule)
    ]
    lines = Lines(0, 0, list(map(orjson.dumps, records(text))))
    found: list[Finding] = []
    for rule in rules:
        for example in Batch(lines).examples:
            found.extend(rule.check(example))
    codes = {finding.code for finding in found}
    assert codes >= {"FT103", "FT107", "FT112", "FT113", "FT114", "FT116", "FT117", "FT118"}
    assert codes >= {"FT130", "FT141", "FT142", "FT143", "FT145", "FT150", "FT155", "FT156"}
    assert codes >= {"FT158", "FT161", "FT165"}
    for finding in found:
        texts = [finding.message, *filter(lambda v: isinstance(v, str), finding.data.values())]
        assert max(map(len, texts)) <= LONGEST, finding.code
        assert finding.fix is None or len(finding.fix.title) <= 120, finding.code
        if finding.code != "FT155":  # which lists eight values, each of them cut
            assert len(finding.message) <= 200, finding.code
