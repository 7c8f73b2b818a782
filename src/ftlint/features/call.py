"""The tool calls of an example, each with its arguments decoded once for all rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import orjson

from ftlint.decode import kind
from ftlint.example import Batch, Example, Message
from ftlint.feature import Feature
from ftlint.proof import TOOLS
from ftlint.value import dataclass
from ftlint.wording import shown

MISSING: Final[Any] = object()
"""Stands for a member that is not there, so that null stays a value."""

UNPARSED: Final[Any] = object()
"""Stands for arguments that are not a string of JSON."""

_UNSET: Final[Any] = object()


class Call:
    """One call that is an object: an item of `tool_calls`, or the deprecated `function_call`."""

    __slots__ = ("_parsed", "function", "legacy", "message", "pointer", "value")

    def __init__(self, message: Message, pointer: str, value: dict[str, Any], legacy: bool) -> None:
        """Keep the call; of a legacy one the value itself is the function."""
        function = value if legacy else value.get("function")
        self.message = message
        self.pointer = pointer
        self.value = value
        self.legacy = legacy
        self.function: dict[str, Any] = function if isinstance(function, dict) else {}
        self._parsed = _UNSET

    def at(self, member: str) -> str:
        """Return the pointer of a member of the function, such as `name`."""
        return f"{self.pointer}/{member}" if self.legacy else f"{self.pointer}/function/{member}"

    @property
    def id(self) -> str | None:
        """Return the id if it is text, else None."""
        value = self.value.get("id")
        return value if isinstance(value, str) and value else None

    @property
    def name(self) -> str | None:
        """Return the name of the called function if it is text, else None."""
        name = self.function.get("name")
        return name if isinstance(name, str) else None

    @property
    def arguments(self) -> Any:
        """Return the arguments as decoded with the line, or `MISSING`."""
        return self.function.get("arguments", MISSING)

    @property
    def parsed(self) -> Any:
        """Return what the text of the arguments says, or `UNPARSED`."""
        if self._parsed is _UNSET:
            self._parsed = parse(self.arguments)
        return self._parsed


@dataclass(frozen=True)
class Calls(Feature[Sequence[Call]]):
    """The calls of each example, in order; misspelt roles are looked at too."""

    def compute(self, batch: Batch) -> Sequence[Sequence[Call]]:
        """Return the calls of each example; a proven one has none and is not made."""
        column: list[Sequence[Call]] = [()] * len(batch)
        for example in batch.lacking(TOOLS):
            calls = tuple(_calls(example))
            if calls:
                column[example.index] = calls
        return column


CALLS = Calls()


def parse(text: Any) -> Any:
    """Return the JSON value of `text`, or `UNPARSED`."""
    if not isinstance(text, str):
        return UNPARSED
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return UNPARSED


def found(value: Any) -> str:
    """Return how a message shows a member of a wrong type or value."""
    if value is MISSING:
        return "missing"
    if isinstance(value, str):
        return f"the string {shown(value)}" if value else "empty"
    return "an empty list" if value == [] else kind(value)


def speaks(message: Message) -> bool:
    """Return whether the message may call: the assistant's, or one whose role is misspelt.

    A call on any other role is an unknown key, and is reported as that only.
    """
    return message.role in ("assistant", None)


def _calls(example: Example) -> Iterator[Call]:
    for message in example.messages:
        value = message.value
        if ("tool_calls" in value or "function_call" in value) and speaks(message):
            for index, item in enumerate(message.calls):
                if isinstance(item, dict):
                    yield Call(message, f"{message.pointer}/tool_calls/{index}", item, False)
            legacy = value.get("function_call")
            if isinstance(legacy, dict):
                yield Call(message, f"{message.pointer}/function_call", legacy, True)
