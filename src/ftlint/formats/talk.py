"""Talks: what a record says, whatever its shape; `ftlint convert` reads one and writes another.

A talk is chat and what chat has no words for. Whatever a shape cannot read into a talk, or write
from one, is a `Loss`, and then nothing is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

import orjson

from ftlint.value import dataclass

JSON = dict[str, Any]


class Loss(Exception):
    """What of a record would be lost; `str()` says it in a few words."""


class Lack(Loss):
    """What a record does not have, and the shape must."""


@dataclass
class Talk:
    """The content of one record."""

    messages: list[JSON]
    """As chat writes them: role, content, tool_calls, …"""
    better: list[JSON] | None = None
    """The preferred answer of a pair."""
    worse: list[JSON] | None = None
    wanted: bool | None = None
    """The mark of an answer, of which there is only one."""
    tools: list[Any] | None = None
    """As chat declares them."""
    switches: JSON = field(default_factory=dict)
    """`parallel_tool_calls`."""
    answered: bool = True
    """False for a prompt that a grader judges."""
    extra: JSON = field(default_factory=dict)
    """Keys beside all that, for graders or for nobody."""

    def without(self, *parts: str) -> None:
        """Find out that the talk has parts that a shape cannot hold. Raises: Loss."""
        for part in parts:
            if value := getattr(self, part):
                keys = f" ({', '.join(map(repr, value))})" if isinstance(value, dict) else ""
                raise Loss(_PARTS[part] + keys)

    def speakable(self) -> None:
        """Find out that a role is no text, which no shape has words for. Raises: Loss."""
        for message in (*self.messages, *(self.better or ()), *(self.worse or ())):
            if not isinstance(message.get("role", ""), str):
                raise Loss(f"the role {message['role']!r}"[:80])

    def plain(self) -> None:
        """Find out that it is more than messages with answers. Raises: Loss."""
        if self.better is not None:
            raise Loss("the answer that is not preferred")
        if self.wanted is not None:
            raise Loss("the mark of the answer")
        if not self.answered:
            raise Loss("that it is a prompt without an answer")

    def alternating(self, what: str) -> None:
        """Find out that user and assistant do not take turns. Raises: Loss."""
        said = self.messages[1:] if self.spoken_first("system") else self.messages
        for index, message in enumerate(said):
            if message.get("role") != ("user", "assistant")[index % 2]:
                raise Loss(f"the order of turns ({what} has user and assistant in turn)")
        if not said or len(said) % 2:
            raise Lack("an answer at its end")

    def spoken_first(self, role: str) -> bool:
        """Return whether the first message has this role."""
        return bool(self.messages) and self.messages[0].get("role") == role


_PARTS = {
    "tools": "the declared tools",
    "switches": "the switches of the record",
    "extra": "further keys",
}


def only(value: Mapping[str, Any], keys: Iterable[str], what: str) -> None:
    """Find out that an object has other keys than `keys`. Raises: Loss."""
    for key in value:
        if key not in keys:
            raise Loss(f"the key {key!r} of {what}")


def text_of(message: JSON) -> str:
    """Return the text of a message that has a role and a text and nothing else. Raises: Loss."""
    what = f"a message of the {message.get('role')}"
    only(message, ("role", "content"), what)
    if not isinstance(message.get("content"), str):
        raise Loss(f"the content of {what}, which is no text")
    return str(message["content"])


def objects(value: Any, what: str) -> list[JSON]:
    """Return a list of objects. Raises: Loss."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Loss(f"{what}, which is no list of objects")
    return list(value)


def string(value: Any, what: str) -> str:
    """Return a text. Raises: Loss."""
    if not isinstance(value, str):
        raise Loss(f"{what}, which is no text")
    return value


def written(value: Any) -> str:
    """Return a value as compact JSON."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # an integer of more than 64 bits
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def parsed(text: Any, what: str) -> Any:
    """Return the value of a text of JSON, with numbers of any length. Raises: Loss."""
    try:
        orjson.loads(string(text, what))  # Python alone reads NaN, and much else
        return json.loads(text, object_pairs_hook=_members)
    except (ValueError, RecursionError):
        raise Loss(f"{what}, which is not JSON") from None


def _members(pairs: list[tuple[str, Any]]) -> JSON:
    if len(made := dict(pairs)) < len(pairs):
        raise Loss("a key that an object has twice")
    return made


def same(left: Talk, right: Talk) -> bool:
    """Return whether two talks say the same: ids of calls only tie answers to calls."""
    return bool(_normal(left) == _normal(right))


def _normal(talk: Talk) -> Any:
    names: dict[Any, str] = {}
    sides = (talk.messages, talk.better, talk.worse)
    told = [None if side is None else [_said(each, names) for each in side] for side in sides]
    return (told, talk.wanted, talk.tools or None, talk.switches, talk.answered, talk.extra)


def _said(message: JSON, names: dict[Any, str]) -> JSON:
    """Return a message with calls by number, and arguments by value."""
    said = {key: value for key, value in message.items() if value is not None}
    content = said.get("content")
    part = content[0] if isinstance(content, list) and len(content) == 1 else None
    if isinstance(part, dict) and part.keys() == {"type", "text"}:
        said["content"] = part["text"]
    if content == "" and said.get("tool_calls"):
        del said["content"]
    if isinstance(said.get("tool_calls"), list):
        said["tool_calls"] = [_called(call, names) for call in said["tool_calls"]]
    if "tool_call_id" in said:
        given = said["tool_call_id"]
        said["tool_call_id"] = names.get(given, given) if isinstance(given, str) else given
    return said


def _called(call: Any, names: dict[Any, str]) -> Any:
    if not isinstance(call, dict) or not isinstance(call.get("function"), dict):
        return call
    if not isinstance(call.get("id"), str | None):
        return call  # no answer can name it
    names[call.get("id")] = f"call {len(names)}"
    function = dict(call["function"])
    try:
        function["arguments"] = json.loads(function.get("arguments", ""))
    except (ValueError, TypeError, RecursionError):
        function["arguments"] = [function.get("arguments")]
    return {**call, "id": names[call.get("id")], "function": function}
