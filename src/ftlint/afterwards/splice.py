"""Splicing: JSON Patch operations (RFC 6902) applied to the raw text of one line.

Only what an operation names is written: the order of members, spacing, escapes and everything
else stay as they are, code point for code point. What is written follows the line's own habits:
its space after commas and colons, and its escapes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ftlint.pointer import Extent, PointerError, join, locate, tokens
from ftlint.value import dataclass

_BEFORE = re.compile(r"[ \t\n\r]*,[ \t\n\r]*\Z")
_AFTER = re.compile(r"[ \t\n\r]*,[ \t\n\r]*")
_STRING = r'"(?:[^"\\]|\\.)*+"'
_COLON = re.compile(rf"{_STRING}[ \t]*:([ \t]*)")
_COMMA = re.compile(rf"[\"\]}}0-9a-z],([ \t]*)(?={_STRING}|[\[{{0-9tfn-])")
_LOOKED = 4096
"""Characters in which the habits of a line are looked for."""


class PatchError(ValueError):
    """An operation does not fit the text it is applied to."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How a line is written."""

    colon: str
    """What stands between a key and its value."""
    comma: str
    """What stands between two items."""
    ascii: bool
    """Whether characters beyond ASCII are escaped."""

    @classmethod
    def of(cls, text: str) -> Habits:
        """Return the habits of `text`, by the first place that shows each."""
        head = text[:_LOOKED]
        colon, comma = _COLON.search(head), _COMMA.search(head)
        return cls(
            f":{colon[1]}" if colon else ": ",
            f",{comma[1]}" if comma else ", ",
            text.isascii() and "\\u" in text,
        )

    def dump(self, value: Any) -> str:
        """Return `value` as JSON. Raises: PatchError for NaN and the infinities."""
        try:
            return json.dumps(
                value,
                ensure_ascii=self.ascii,
                separators=(self.comma, self.colon),
                allow_nan=False,
            )
        except ValueError as error:
            raise PatchError(f"value cannot be written: {error}") from error


def apply(text: str, operations: Iterable[Mapping[str, Any]]) -> str:
    """Return `text`, one line of JSON, with all `operations` applied in their order.

    Raises: PatchError when one of them does not fit; nothing is applied then.
    """
    habits = Habits.of(text)
    for operation in operations:
        try:
            text = _applied(text, operation, habits)
        except (KeyError, PointerError) as error:
            raise PatchError(f"no such place or member: {error}") from error
    return text


def _applied(text: str, operation: Mapping[str, Any], habits: Habits) -> str:
    kind, path = operation["op"], operation["path"]
    if kind == "remove":
        return _removed(text, path)
    if kind == "replace":
        return _replaced(text, path, habits.dump(operation["value"]))
    if kind == "add":
        return _added(text, path, habits.dump(operation["value"]), habits)
    if kind in ("move", "copy"):
        source = _extent(text, operation["from"])
        raw = text[source.start : source.end]
        if kind == "move":
            if path.startswith(operation["from"] + "/"):
                raise PatchError(f"{operation['from']} cannot move into itself")
            text = _removed(text, operation["from"])
        return _added(text, path, raw, habits)
    if kind == "test":
        found = _extent(text, path)
        if json.loads(text[found.start : found.end]) != operation["value"]:
            raise PatchError(f"{path} has another value")
        return text
    raise PatchError(f"unknown operation {kind!r}")


def _extent(text: str, path: str, *, key: bool = False) -> Extent:
    found = locate(text, path, key=key)
    if found is None:
        raise PatchError(f"there is no {path or 'value'}")
    return found


def _replaced(text: str, path: str, raw: str) -> str:
    found = _extent(text, path)
    return text[: found.start] + raw + text[found.end :]


def _removed(text: str, path: str) -> str:
    """Return `text` without the item at `path` and without one comma beside it."""
    if not path:
        raise PatchError("the whole value cannot be removed")
    value = _extent(text, path)
    container = _extent(text, join(tokens(path)[:-1]))
    named = text.startswith("{", container.start)
    start = _extent(text, path, key=True).start if named else value.start
    if after := _AFTER.match(text, value.end):
        return text[:start] + text[after.end() :]
    if before := _BEFORE.search(text, container.start, start):
        return text[: before.start()] + text[value.end :]
    inside = text[container.start + 1 : start] + text[value.end : container.end - 1]
    if inside.strip():
        raise PatchError(f"{path} cannot be cut out")
    return text[: container.start + 1] + text[container.end - 1 :]


def _added(text: str, path: str, raw: str, habits: Habits) -> str:
    """Return `text` with `raw` as a new member, a new item, or in place of a member."""
    if not path:
        return raw
    *parents, last = tokens(path)
    container = _extent(text, join(parents))
    inner = text[container.start + 1 : container.end - 1]
    if text.startswith("{", container.start):
        if locate(text, path) is not None:
            return _replaced(text, path, raw)
        raw = f"{habits.dump(last)}{habits.colon}{raw}"
    elif not text.startswith("[", container.start):
        raise PatchError(f"{join(parents)} holds no items")
    elif last != "-" and (at := locate(text, path)) is not None:
        return text[: at.start] + raw + habits.comma + text[at.start :]
    elif last != "-" and last != str(_length(text, container)):
        raise PatchError(f"there is no place {path}")
    if not inner.strip():
        return text[: container.start + 1] + raw + text[container.end - 1 :]
    end = container.start + 1 + len(inner.rstrip(" \t\n\r"))
    return text[:end] + habits.comma + raw + text[end:]


def _length(text: str, container: Extent) -> int:
    return len(json.loads(text[container.start : container.end], parse_int=str))
