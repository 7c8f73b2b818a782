"""From the bytes of a line to a record, or to the one reason why there is none.

orjson decides what is accepted, so that a result never depends on what is installed. Only a
refused line is looked at again, with the standard library, to say why and where.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    import json

    from ftlint.example import Line

MAX_DEPTH = 1024
"""Levels of nesting that orjson reads (its documented recursion limit)."""


class Problem(Enum):
    """Why a line has no record."""

    BLANK = "blank"
    TOO_LONG = "too long"
    NOT_UTF8 = "not UTF-8"
    DEPTH = "nested too deeply"
    NAN = "not a JSON number"
    OVERFLOW = "number out of range"
    SURROGATE = "lone surrogate"
    SYNTAX = "syntax"
    NOT_OBJECT = "not an object"


class Fault:
    """Why a line has no record; `span` counts code points of the line."""

    __slots__ = ("data", "message", "problem", "span")

    def __init__(
        self,
        problem: Problem,
        message: str = "",
        span: tuple[int, int] | None = None,
        data: dict[str, Any] | None = None,
    ) -> None:
        """Keep the reason, its wording and its place."""
        self.problem = problem
        self.message = message
        self.span = span
        self.data = data or {}


def decode(line: Line) -> dict[str, Any] | Fault:
    """Return the record of `line`, or its fault."""
    if line.skipped:
        return Fault(Problem.TOO_LONG)
    try:
        value = orjson.loads(line.raw)
    except orjson.JSONDecodeError as error:
        return _diagnose(line.raw, error)
    if isinstance(value, dict):
        return value
    return Fault(Problem.NOT_OBJECT, kind(value))


def kind(value: object) -> str:
    """Return the JSON type of `value`, with its article."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    for types, words in (
        ((int, float), "a number"),
        (str, "a string"),
        (list, "an array"),
        (dict, "an object"),
    ):
        if isinstance(value, types):
            return words
    return type(value).__name__


def _diagnose(raw: bytes, error: orjson.JSONDecodeError) -> Fault:
    if not raw.strip(b" \t\r\n\v\f\x00"):
        blank = not raw.strip(b" \t\r\n")
        return Fault(Problem.BLANK) if blank else Fault(Problem.SYNTAX, "no JSON value", (0, 1))
    try:
        text = raw.decode()
    except UnicodeDecodeError as bad:
        column = len(raw[: bad.start].decode(errors="replace"))
        return Fault(
            Problem.NOT_UTF8,
            bad.reason,
            (column, column + 1),
            {"bytes": raw[bad.start : bad.end].hex()},
        )
    if depth := _depth(text):
        return Fault(Problem.DEPTH, span=(depth, depth + 1))
    return _second_opinion(text, error)


def _second_opinion(text: str, error: orjson.JSONDecodeError) -> Fault:
    """Say why orjson refused `text`, which is UTF-8 and not too deep."""
    import json

    if text.startswith("\ufeff"):
        return Fault(Problem.SYNTAX, "byte-order mark before the value", (0, 1))
    try:
        constants, floats = _odd_numbers(text)
    except json.JSONDecodeError as bad:
        end = min(bad.pos + 1, len(text))
        return Fault(Problem.SYNTAX, _told(bad) + _hint(text, bad), (bad.pos, max(end, bad.pos)))
    except (RecursionError, ValueError) as bad:
        return Fault(Problem.SYNTAX, str(bad)[:200])
    for words, problem in ((constants, Problem.NAN), (floats, Problem.OVERFLOW)):
        if words:
            start = _outside_strings(text, words[0])
            shown = words[0] if len(words[0]) <= 40 else words[0][:39] + "…"
            return Fault(problem, shown, (start, start + len(words[0])))
    surrogate = _lone_surrogate(text)
    if surrogate is not None:
        return Fault(Problem.SURROGATE, text[surrogate : surrogate + 6], (surrogate, surrogate + 6))
    return Fault(Problem.SYNTAX, error.msg, (error.pos, error.pos + 1))


def _odd_numbers(text: str) -> tuple[list[str], list[str]]:
    """Return the constants that are no JSON, and the numbers that no float can hold.

    Raises: ValueError, RecursionError where the standard library cannot read `text` either.
    """
    import json

    constants: list[str] = []
    floats: list[str] = []

    def constant(word: str) -> float:
        constants.append(word)
        return 0.0

    def number(word: str) -> float:
        value = float(word)
        if value in (float("inf"), float("-inf")):
            floats.append(word)
        return value

    # Integers too: Python reads them of any length, but not of more than 4,300 digits.
    json.loads(text, parse_constant=constant, parse_float=number, parse_int=number)
    return constants, floats


def _told(error: json.JSONDecodeError) -> str:
    """Return the decoder's message; the place that some of them announce stands elsewhere."""
    return error.msg.removesuffix(" starting at").removesuffix(" at")


def _hint(text: str, error: json.JSONDecodeError) -> str:
    """Return what the text may be instead of JSON."""
    if text[error.pos : error.pos + 1] == "'":
        return " (single quotes: a Python dict, not JSON)"
    if "\r" in text.rstrip("\r") and error.msg == "Extra data":
        return " (a carriage return alone does not end a line)"
    return ""


_STRING = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_ESCAPE = re.compile(
    r"\\(?:u[dD][89aAbB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(?P<lone>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


def _lone_surrogate(text: str) -> int | None:
    """Return the offset of the first surrogate escape without its other half."""
    for match in _ESCAPE.finditer(text):
        if match["lone"]:
            return match.start()
    return None


def _outside_strings(text: str, word: str) -> int:
    """Return the offset of `word` outside any string."""
    pattern = re.compile(_STRING.pattern + "|(?P<word>" + re.escape(word) + ")", re.DOTALL)
    return next((match.start() for match in pattern.finditer(text) if match["word"]), 0)


def _depth(text: str) -> int:
    """Return the offset at which nesting exceeds `MAX_DEPTH`, or 0."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return 0
    depth = 0
    for match in re.finditer(
        _STRING.pattern + r"|(?P<open>[\[{])|(?P<close>[\]}])", text, re.DOTALL
    ):
        if match["open"]:
            depth += 1
            if depth > MAX_DEPTH:
                return match.start()
        elif match["close"]:
            depth -= 1
    return 0
