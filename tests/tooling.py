"""What the tests of tools share: their rules, and records with declarations and calls."""

from __future__ import annotations

from typing import Any

import orjson

from ftlint.case import assistant, call, calling, chat, declare, user
from ftlint.example import Batch, Lines
from ftlint.finding import Finding
from ftlint.rule import ExampleRule
from ftlint.rules import BUILTIN

CODES = {"FT117", "FT130", *(f"FT{number}" for number in (*range(140, 146), *range(150, 167)))}
RULES = {cls.code: cls() for cls in BUILTIN if cls.code in CODES and issubclass(cls, ExampleRule)}
DEFAULTS = [rule for rule in RULES.values() if rule.default]

HI, HELLO = user("Hi"), assistant("Hello!")
OBJECT: dict[str, Any] = {"type": "object", "properties": {"to": {"type": "string"}}}
GO = declare("go", OBJECT)
ONE = call("c1", "go")


def check(record: Any, *rules: ExampleRule) -> list[Finding]:
    """Return what the rules (all that are on by default, if none is named) find in a record."""
    example = Batch(Lines(0, 0, [orjson.dumps(record)])).examples[0]
    return [finding for rule in rules or DEFAULTS for finding in rule.check(example)]


def go(arguments: Any, **extra: Any) -> dict[str, Any]:
    """Return a record with one call of `go`."""
    return chat(HI, calling(call("c1", "go", arguments)), **{"tools": [GO], **extra})


def parameters(schema: Any) -> dict[str, Any]:
    """Return a record that declares one function with this schema."""
    return chat(HI, HELLO, tools=[declare("f", schema)])


def properties(**schemas: Any) -> dict[str, Any]:
    """Return a record whose declared function has these properties."""
    return parameters({"type": "object", "properties": schemas})


def turn(*messages: Any) -> dict[str, Any]:
    """Return a record that goes on after `messages`, so that its calls need answers."""
    return chat(HI, *messages, HELLO, tools=[GO])


def last(*messages: Any) -> dict[str, Any]:
    """Return a record that ends with `messages`."""
    return chat(HI, *messages, tools=[GO])


def takes(**keywords: Any) -> list[Any]:
    """Return declarations of `go` with more or other keywords in its schema."""
    return [declare("go", OBJECT | keywords)]
