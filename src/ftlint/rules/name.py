"""FT1, names: of participants and of functions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ftlint.case import assistant, call, calling, chat, declare, tool, user
from ftlint.decode import kind
from ftlint.example import Example
from ftlint.features.call import CALLS
from ftlint.features.declaration import declarations
from ftlint.finding import Finding, Severity, Where
from ftlint.rule import ExampleRule, bad, good
from ftlint.wording import shown

_FORMED = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_STRANGE = re.compile(r"[^a-zA-Z0-9_-]")
_HI = user("Hi")
_HELLO = assistant("Hello!")


class NameFormat(ExampleRule):
    """Name has other characters than a-z A-Z 0-9 _ -, or not 1 to 64 of them.

    Why: the target refuses the file. Dots (`math.sqrt`), spaces and names of people are the usual
    cause. Looked at are the `name` of a message and the names of declared and called functions;
    each bad name is reported once an example, with its other places.

    Ignore when: the trainer only prints the name and inference will do so too.

    Provider says: Mistral: `Function name must be a-z, A-Z, 0-9, or contain underscores and
    dashes`.

    Source: OpenAI API specification; mistral-common's validation.
    """

    code = "FT117"
    scope = "messages"
    name = "name-format"
    severity = Severity.ERROR
    message = "name {problem}; a name is 1 to 64 of a-z A-Z 0-9 _ -"
    good = (
        good(chat(user("Hi", name="ann_2"), _HELLO)),
        good(
            chat(_HI, calling(call("c1", "to-day")), tool("c1"), _HELLO, tools=[declare("to-day")])
        ),
    )
    bad = (
        bad(chat(user("Hi", name="Ann Lee"), _HELLO), at="/messages/0/name"),
        bad(
            chat(_HI, calling(call("c1", "math.pi")), tools=[declare("math.pi")]),
            at="/tools/0/function/name",
            note="one name, reported where it is declared",
        ),
        bad(
            chat(_HI, assistant(function_call={"name": "", "arguments": "{}"})),
            at="/messages/1/function_call/name",
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a bad name, at its declaration or else at its first use."""
        misformed: dict[str, list[Where]] = {}
        for name, pointer in _names(example):
            if not isinstance(name, str):
                yield self.finding(example.at(pointer), problem=f"is {kind(name)}")
            elif not well_formed(name):
                where = example.at(pointer, _span(name))
                misformed.setdefault(name, []).append(where)
        for name, places in misformed.items():
            yield self._found(name, places)

    def _found(self, name: str, places: list[Where]) -> Finding:
        strange = _STRANGE.search(name)
        if not name:
            problem = "is empty"
        elif strange:
            problem = f"{shown(name)} has {shown(strange[0])}"
        else:
            problem = f"{shown(name)} has {len(name)} characters"
        return self.finding(places[0], related=places[1:], problem=problem)


@lru_cache(maxsize=4096)
def well_formed(name: str) -> bool:
    """Return whether the target takes `name`; the same few names come again and again."""
    return _FORMED.fullmatch(name) is not None


def _names(example: Example) -> Iterator[tuple[Any, str]]:
    """Yield the names and their places; functions without a name have other rules."""
    for declaration in declarations(example):
        if declaration.name is not None:
            yield declaration.name, f"{declaration.pointer}/name"
    for made in example[CALLS]:
        if made.name is not None:
            yield made.name, made.at("name")
    for message in example.messages:
        if "name" in message.value and message.value["name"] is not None:
            yield message.value["name"], f"{message.pointer}/name"


def _span(name: str) -> tuple[int, int] | None:
    """Return the first strange character, or what is too much."""
    strange = _STRANGE.search(name)
    if strange:
        return strange.span()
    return (64, len(name)) if name else None
