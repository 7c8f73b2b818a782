"""FT1, calls: the shape of tool calls and of their arguments."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import orjson

from ftlint.afterwards.modern import modernised
from ftlint.case import assistant, call, calling, chat, declare, user
from ftlint.decode import kind
from ftlint.example import Example, Message
from ftlint.features.call import CALLS, MISSING, UNPARSED, Call, found, parse, speaks
from ftlint.finding import Finding, Fix, Safety, Severity
from ftlint.pointer import join
from ftlint.rule import ExampleRule, bad, good

_HI, _HELLO = user("Hi"), assistant("Hello!")
_TOOLS = [declare("go", {"type": "object", "properties": {"to": {"type": "string"}}})]
_GOOD = good(chat(_HI, calling(call("call_1", "go", '{"to": "Rome"}')), tools=_TOOLS))
_FIRST = "/messages/1/tool_calls/0"
_ARGUMENTS = f"{_FIRST}/function/arguments"

Fault = tuple[tuple[str | int, ...], Any, str]
"""The path of a wrong member in a message, its value, and what would be right."""


def _go(arguments: Any) -> dict[str, Any]:
    """Return a record whose one call has these arguments."""
    return chat(_HI, calling(call("call_1", "go", arguments)), tools=_TOOLS)


class ToolCallShape(ExampleRule):
    """Call is not {id, type: "function", function: {name, arguments}}.

    Why: the target refuses the file; a lenient trainer drops the call and trains on an empty turn.

    Ignore when: never. `"tool_calls": null` counts as no calls and is not reported.

    Fix: removes an empty list beside a content; safe.

    Source: OpenAI API specification (all five members are required).
    """

    code = "FT150"
    scope = "messages"
    name = "tool-call-shape"
    severity = Severity.ERROR
    message = "{member} is {found}; {wanted}"
    good = (_GOOD, good(chat(_HI, assistant("Hello!", tool_calls=None))))
    bad = (
        bad(chat(_HI, assistant("Hello!", tool_calls=[])), at="/messages/1/tool_calls"),
        bad(
            chat(_HI, calling({"id": "", "function": {"arguments": "{}"}})),
            at=(_FIRST, f"{_FIRST}/id", f"{_FIRST}/function"),
        ),
        bad(
            chat(_HI, calling({"name": "go", "arguments": "{}"})),
            at=_FIRST,
            note="name and arguments beside each other",
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a wrong member."""
        for message in example.messages:
            value = message.value
            if ("tool_calls" in value or "function_call" in value) and speaks(message):
                for path, wrong, wanted in _faults(message):
                    # What is missing has no place: the object that lacks it is shown.
                    place = path[:-1] if wrong is MISSING else path
                    yield self.finding(
                        example.at(message.pointer + join(place)),
                        fix=_dropped(message) if wrong == [] and len(path) == 1 else None,
                        member=_named(path),
                        found=found(wrong),
                        wanted=wanted,
                    )


def _named(path: tuple[str | int, ...]) -> str:
    """Return the name of a member for a message, without indices."""
    name = ".".join(part for part in path if isinstance(part, str))
    return f"item of {name}" if isinstance(path[-1], int) else name


def _dropped(message: Message) -> Fix | None:
    """Return the fix that removes an empty list of calls from a message that says something."""
    if not message.content:
        return None
    patch = ({"op": "remove", "path": f"{message.pointer}/tool_calls"},)
    return Fix("remove the empty list", patch, Safety.SAFE)


def _faults(message: Message) -> Iterator[Fault]:
    calls, legacy = message.value.get("tool_calls"), message.value.get("function_call")
    if calls is not None and not (isinstance(calls, list) and calls):
        yield ("tool_calls",), calls, "a list of one or more calls is wanted"
    for index, item in enumerate(message.calls):
        yield from _call_faults(item, ("tool_calls", index))
    if legacy is not None:
        yield from _function_faults(legacy, ("function_call",))


def _call_faults(item: Any, path: tuple[str | int, ...]) -> Iterator[Fault]:
    if not isinstance(item, dict):
        yield path, item, "an object with id, type and function is wanted"
        return
    if "name" in item and "function" not in item:
        wanted = "name and arguments belong inside it"
        yield (*path, "function"), MISSING, wanted
        return
    call_id = item.get("id", MISSING)
    if not isinstance(call_id, str) or not call_id:
        yield (*path, "id"), call_id, "a string that is not empty is wanted"
    if item.get("type") != "function":
        yield (*path, "type"), item.get("type", MISSING), "it can only be 'function'"
    yield from _function_faults(item.get("function", MISSING), (*path, "function"))


def _function_faults(function: Any, path: tuple[str | int, ...]) -> Iterator[Fault]:
    if not isinstance(function, dict):
        yield path, function, "an object with name and arguments is wanted"
        return
    name = function.get("name", MISSING)
    if not isinstance(name, str):
        yield (*path, "name"), name, "the name of a function is wanted"
    if "arguments" not in function:
        yield (*path, "arguments"), MISSING, "a string of JSON is wanted, '{}' for none"


class ToolArgumentsType(ExampleRule):
    """Arguments are not a string.

    Why: OpenAI and those who follow it want a string of JSON and refuse an object; TRL and Bedrock
    want the object.

    Ignore when: the trainer is TRL, or the shape is Bedrock's.

    Fix: writes an object as JSON text; safe.

    Source: OpenAI API specification (`arguments`: string).
    """

    code = "FT151"
    scope = "messages"
    name = "tool-arguments-type"
    severity = Severity.ERROR
    message = "arguments are {found}, not a string of JSON"
    good = (_GOOD,)
    bad = (bad(_go({"to": "Rome"}), at=_ARGUMENTS), bad(_go(None), at=_ARGUMENTS))

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a call."""
        for made in example[CALLS]:
            arguments = made.arguments
            if not isinstance(arguments, str) and arguments is not MISSING:
                fix = _written(made, arguments) if isinstance(arguments, dict) else None
                where = example.at(made.at("arguments"))
                yield self.finding(where, fix=fix, found=kind(arguments))


_ROUNDED = re.compile(r"\de\+\d")


def _written(made: Call, arguments: dict[str, Any]) -> Fix | None:
    try:
        text = json.dumps(arguments, ensure_ascii=False)
    except RecursionError:
        return None
    if _ROUNDED.search(text):
        # An integer beyond 64 bits was rounded when the line was decoded.
        return None
    return _replaced(made, text, "write the object as JSON text")


def _replaced(made: Call, text: str, title: str) -> Fix:
    patch = ({"op": "replace", "path": made.at("arguments"), "value": text},)
    return Fix(title, patch, Safety.SAFE)


class ToolArgumentsJson(ExampleRule):
    """Arguments are a string that is not JSON.

    Why: the target parses it; the model learns to write calls that cannot be run.

    Ignore when: the target is Mistral, which tolerates text that is not JSON.

    Source: OpenAI API specification; mistral-common's validation.
    """

    code = "FT152"
    scope = "messages"
    name = "tool-arguments-json"
    severity = Severity.ERROR
    message = "arguments are {problem}"
    good = (_GOOD, good(_go("{}")))
    bad = (
        bad(_go('{"to": "Rome",}'), at=_ARGUMENTS),
        bad(_go("    "), at=_ARGUMENTS, note="no arguments are written '{}'"),
        bad(
            chat(_HI, assistant(function_call={"name": "go", "arguments": "to=Rome"})),
            at="/messages/1/function_call/arguments",
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a call, at the first character that is wrong."""
        for made in example[CALLS]:
            text = made.arguments
            if made.parsed is UNPARSED and isinstance(text, str):
                yield self._found(example, made, text)

    def _found(self, example: Example, made: Call, text: str) -> Finding:
        pointer = made.at("arguments")
        if not text.strip():
            problem = "blank; none are written '{}'" if text else "empty; none are written '{}'"
            return self.finding(example.at(pointer), problem=problem)
        try:
            orjson.loads(text)
        except orjson.JSONDecodeError as error:
            start = max(0, min(error.pos, len(text) - 1))
            python = text.lstrip().startswith(("{'", "{\\'"))
            hint = "; this looks like Python, JSON has double quotes" if python else ""
            where = example.at(pointer, (start, start + 1))
            return self.finding(where, problem=f"not JSON: {error.msg}", hint=hint)
        raise AssertionError("arguments that parse were not parsed")


class ToolArgumentsDoubleEncoded(ExampleRule):
    """Arguments are JSON text inside JSON text.

    Why: the model learns to write quotes and backslashes around every call, and who decodes the
    arguments gets a string. One of OpenAI's own cookbook files has it.

    Ignore when: never.

    Fix: removes the outer encoding when an object is inside; safe.

    Source: OpenAI cookbook, drone_training.jsonl, line 3.
    """

    code = "FT153"
    scope = "messages"
    name = "tool-arguments-double-encoded"
    severity = Severity.WARNING
    message = "arguments decode to a string, not an object"
    good = (_GOOD,)
    bad = (
        bad(_go('"{\\"to\\": \\"Rome\\"}"'), at=_ARGUMENTS),
        bad(_go('"Rome"'), at=_ARGUMENTS, note="a string, but of no object: no fix"),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a call."""
        for made in example[CALLS]:
            if isinstance(made.parsed, str):
                text = _innermost(made.parsed)
                fix = None
                if isinstance(parse(text), dict):
                    fix = _replaced(made, text, "remove the outer encoding")
                yield self.finding(example.at(made.at("arguments")), fix=fix)


def _innermost(text: str) -> str:
    """Return the text inside all encodings; each is shorter than the last."""
    while isinstance(inner := parse(text), str):
        text = inner
    return text


class ToolArgumentsNotObject(ExampleRule):
    """Arguments are JSON, but a list, a number, a boolean or null.

    Why: arguments have names; the model learns calls that no function can take.

    Ignore when: the tool takes one bare value, as custom tools do.

    Source: OpenAI API specification (parameters are an object).
    """

    code = "FT154"
    scope = "messages"
    name = "tool-arguments-not-object"
    severity = Severity.WARNING
    message = "arguments decode to {found}, not an object"
    good = (_GOOD,)
    bad = (bad(_go('["Rome"]'), at=_ARGUMENTS), bad(_go("null"), at=_ARGUMENTS))

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a call."""
        for made in example[CALLS]:
            parsed = made.parsed
            if not isinstance(parsed, dict | str) and parsed is not UNPARSED:
                yield self.finding(example.at(made.at("arguments")), found=kind(parsed))


class FunctionCallDeprecated(ExampleRule):
    """Call is the deprecated `function_call`, or is answered by role `function`.

    Why: `tool_calls` and role `tool` replaced them in November 2023; other trainers do not read
    them, and a model trained on them does not call by `tool_calls`.

    Ignore when: the fine-tuned model will be called with `functions`.

    Fix: writes all calls of the example anew, with ids, if each answer follows its call; unsafe.

    Source: OpenAI API specification (deprecated).
    """

    code = "FT163"
    scope = "messages"
    name = "function-call-deprecated"
    severity = Severity.WARNING
    message = "{found} is deprecated in favour of {modern}"
    good = (_GOOD, good(chat(_HI, assistant("Hello!", function_call=None))))
    bad = (
        bad(
            chat(_HI, assistant(function_call={"name": "go", "arguments": "{}"})),
            at="/messages/1/function_call",
        ),
        bad(
            chat(_HI, {"role": "function", "name": "go", "content": "Done"}, _HELLO),
            at="/messages/1/role",
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a message."""
        for message in example.messages:
            value = message.value
            if value.get("function_call") is not None and speaks(message):
                where = example.at(f"{message.pointer}/function_call", key=True)
                fix = modernised(example)
                yield self.finding(where, fix=fix, found="'function_call'", modern="'tool_calls'")
            elif value.get("role") == "function":
                where = example.at(f"{message.pointer}/role")
                fix = modernised(example)
                yield self.finding(where, fix=fix, found="role 'function'", modern="role 'tool'")
