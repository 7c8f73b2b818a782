"""FT1, schemas: that the parameters of a declared function are a JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from ftlint.case import assistant, chat, declare, user
from ftlint.example import Example
from ftlint.features.declaration import declarations
from ftlint.features.schema import Flaw, flaws
from ftlint.finding import Finding, Fix, Safety, Severity
from ftlint.pointer import join
from ftlint.rule import ExampleRule, bad, good
from ftlint.wording import shown

_HI = user("Hi")
_HELLO = assistant("Hello!")
_LOST = {"$ref": "#/$defs/zone"}


def _typed(type_: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"weight": {"type": type_}}}


class ToolSchemaInvalid(ExampleRule):
    """Parameters of a declared function are not a JSON Schema of an object.

    Why: the target refuses the file. Types of other languages (`dict`, `float`, `tuple`) are the
    usual cause; a trainer that does not check teaches the model schemas that no API accepts.

    Ignore when: the trainer only prints the declaration and inference will do so too.

    Fix: writes the type that is meant, at all its places; safe.

    Source: OpenAI API specification (FunctionParameters); JSON Schema draft 2020-12, with draft
    7's `items` lists; Mistral checks draft 7.
    """

    code = "FT143"
    scope = "messages"
    name = "tool-schema-invalid"
    severity = Severity.ERROR
    message = "{problem}"
    limit: ClassVar[int] = 5
    """Findings a declaration."""
    good = (good(chat(_HI, _HELLO, tools=[declare("lift", _typed("number"))])),)
    bad = (
        bad(
            chat(_HI, _HELLO, tools=[declare("lift", _typed("float"))]),
            at="/tools/0/function/parameters/properties/weight/type",
        ),
        bad(
            chat(_HI, _HELLO, tools=[declare("lift", _typed(["float", "null"]))]),
            at="/tools/0/function/parameters/properties/weight/type/0",
        ),
        bad(
            chat(_HI, _HELLO, tools=[declare("now", {"type": "string"})]),
            at="/tools/0/function/parameters/type",
        ),
        bad(
            chat(_HI, _HELLO, tools=[declare("now", {"type": "object", "required": "zone"})]),
            at="/tools/0/function/parameters/required",
        ),
        bad(
            chat(_HI, _HELLO, tools=[declare("f", {"type": "object", "allOf": [_LOST]})]),
            at="/tools/0/function/parameters/allOf/0/$ref",
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield each distinct error of a declaration once, related to its other places."""
        raw = example.line.raw
        closely = b'"$ref"' in raw or b'"pattern"' in raw
        for declaration in declarations(example):
            parameters = declaration.value.get("parameters")
            # No cache: the check takes 2 µs, as long as the key of one (measured).
            if isinstance(parameters, dict) and (wrong := flaws(parameters, closely=closely)):
                yield from self._found(example, f"{declaration.pointer}/parameters", wrong)

    def _found(self, example: Example, pointer: str, wrong: list[Flaw]) -> Iterator[Finding]:
        alike: dict[tuple[str, str, str], list[Flaw]] = {}
        for flaw in sorted(wrong, key=lambda flaw: len(flaw.path)):
            mended = shown(flaw.patch[1]) if flaw.patch else ""
            alike.setdefault((flaw.message, flaw.meant, mended), []).append(flaw)
        for (message, meant, mended), same in list(alike.items())[: self.limit]:
            where, *more = (example.at(pointer + join(flaw.path)) for flaw in same)
            hint = f"; did you mean {meant!r}?" if meant else ""
            if more:
                hint += f" ({len(same)} times in this declaration)"
            fix = _retype(mended, pointer, same) if mended else None
            yield self.finding(where, related=more, fix=fix, hint=hint, problem=message)


def _retype(title: str, pointer: str, same: list[Flaw]) -> Fix:
    patches = [flaw.patch for flaw in same if flaw.patch]
    operations = tuple(
        {"op": "replace", "path": pointer + join(path), "value": value} for path, value in patches
    )
    return Fix(f"write {title}", operations, Safety.SAFE)
