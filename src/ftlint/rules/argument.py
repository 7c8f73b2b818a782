"""FT1, arguments: what is called, and with what, against what is declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from ftlint.case import assistant, call, calling, chat, declare, user
from ftlint.decode import kind
from ftlint.example import Example
from ftlint.features.call import CALLS, Call
from ftlint.features.declaration import declared
from ftlint.features.schema import errors, fits, flaws, validator
from ftlint.finding import Finding, Severity
from ftlint.rule import ExampleRule, bad, good
from ftlint.wording import cut, listed, shown

_HI = user("Hi")
_UNIT = {"type": "string", "enum": ["celsius", "fahrenheit"]}
_WEATHER = declare(
    "weather",
    {
        "type": "object",
        "properties": {"place": {"type": "string"}, "unit": _UNIT},
        "required": ["place"],
    },
)
_ARGUMENTS = "/messages/1/tool_calls/0/function/arguments"
_OPEN = ("$ref", "allOf", "anyOf", "oneOf", "if", "patternProperties", "dependentSchemas")
"""Keywords by which a schema can declare arguments outside of its own `properties`."""

Problem = tuple[str, str]
"""The path of an argument, and what is wrong with it."""


def _ask(arguments: str, *tools: Any) -> dict[str, Any]:
    return chat(_HI, calling(call("call_1", "weather", arguments)), tools=list(tools))


class ToolArgumentsSchema(ExampleRule):
    """Arguments do not fit the declared parameters of the function.

    Why: the model learns calls that the function refuses: a required argument left out, one that
    does not exist, a value that is misspelt or of another type. OpenAI's documentation once
    had `"celcius"` where the declaration said `celsius`.

    Ignore when: the declarations in the data are shortened, or such a call is answered with an
    error on purpose; give its message weight 0, and it is not reported.

    Source: JSON Schema draft 2020-12; OpenAI cookbook issue 812. An argument that `properties`
    does not name counts as unknown unless `additionalProperties` allows it.
    """

    code = "FT155"
    scope = "messages"
    name = "tool-arguments-schema"
    severity = Severity.WARNING
    message = "{problem}"
    limit: ClassVar[int] = 5
    """Findings a call."""
    good = (good(_ask('{"place": "Oslo", "unit": "celsius"}', _WEATHER)),)
    bad = (
        bad(_ask('{"place": "Oslo", "unit": "celcius"}', _WEATHER), at=_ARGUMENTS),
        bad(_ask('{"place": 7}', _WEATHER), at=_ARGUMENTS),
        bad(
            _ask('{"city": "Oslo"}', _WEATHER),
            at=(_ARGUMENTS, _ARGUMENTS),
            note="one argument is unknown, another is missing",
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a wrong argument of a call that is trained on."""
        calls = example[CALLS]
        known = declared(example) if calls else None
        if not known:
            return
        for made in calls:
            declaration = known.get(made.name or "")
            if declaration is None or made.message.value.get("weight") == 0:
                continue
            parameters = declaration.value.get("parameters")
            arguments = made.parsed
            if isinstance(parameters, dict) and isinstance(arguments, dict):
                where = example.at(made.at("arguments"))
                for path, problem in _problems(parameters, arguments)[: self.limit]:
                    yield self.finding(
                        where, problem=problem, argument=path, function=declaration.name
                    )


def _problems(parameters: dict[str, Any], arguments: dict[str, Any]) -> list[Problem]:
    """Return what is wrong, each once; nothing when the schema itself is (FT143)."""
    if fits(parameters, arguments):
        return []
    judge = validator(parameters)
    if judge is None:
        return []
    problems = dict(_unknown(parameters, arguments))
    try:
        wrong = errors(judge, arguments)
    except ValueError:  # nested too deeply to be judged
        return []
    # A wrong type breaks other keywords too; it comes first and so is the one that is told.
    for error in sorted(wrong, key=lambda error: error.kind.name != "type"):
        for path, problem in _worded(error):
            problems.setdefault(path, problem)
    if problems and flaws(parameters, closely=False):
        return []
    return list(problems.items())


def _unknown(parameters: dict[str, Any], arguments: dict[str, Any]) -> list[Problem]:
    """Return the arguments that are not declared, though the schema does not forbid them."""
    properties = parameters.get("properties")
    if not isinstance(properties, dict) or arguments.keys() <= properties.keys():
        return []
    closed = parameters.get("additionalProperties", False) is False
    if not closed or any(keyword in parameters for keyword in _OPEN):
        return []
    return [_stranger(name, properties) for name in arguments if name not in properties]


def _stranger(path: str, properties: Mapping[str, Any]) -> Problem:
    return path, f"unknown argument {shown(path)} (declared: {listed(properties) or 'none'})"


def _worded(error: Any) -> list[Problem]:
    """Return the problems in our words; values of the data are shown for enumerations only."""
    fault, value = error.kind, error.instance
    parts = [str(part) for part in error.instance_path]
    path = "/".join(parts)
    subject = f"argument {shown(path)}" if path else "arguments"
    match fault.name:
        case "required":
            missing = "/".join((*parts, fault.property))
            return [(missing, f"required argument {shown(missing)} is missing")]
        case "additionalProperties" | "unevaluatedProperties":
            names = ["/".join((*parts, name)) for name in fault.unexpected]
            return [(name, f"unknown argument {shown(name)}") for name in names]
        case "enum":
            allowed = f"not one of {listed(fault.options)}"
            wrong = allowed if fault.options else "but its enumeration is empty"
            return [(path, f"{subject} is {shown(value)}, {wrong}")]
        case "type":
            return [(path, f"{subject} is {kind(value)}, not {' or '.join(fault.types)}")]
        case "const":
            return [(path, f"{subject} is not {shown(fault.expected_value)}")]
        case "pattern":
            return [(path, f"{subject} does not match {shown(fault.pattern)}")]
        case "falseSchema" | "not":
            return [(path, f"{subject} is not allowed")]
    return [(path, f"{subject}: {cut(str(error.message), 120)}")]


class ToolUndeclared(ExampleRule):
    """Function is called that `tools` does not declare.

    Why: the model learns to call functions that it was not offered, which is to invent them; the
    target refuses the file.

    Ignore when: never; declare the function, or remove the call.

    Source: OpenAI API guide to function calling; Amazon Nova's data validator.
    """

    code = "FT156"
    scope = "messages"
    name = "tool-undeclared"
    severity = Severity.ERROR
    message = "function {function!r} is not declared ({known})"
    good = (good(_ask('{"place": "Oslo"}', _WEATHER)),)
    bad = (
        bad(_ask("{}", declare("wether")), at="/messages/1/tool_calls/0/function/name"),
        bad(_ask("{}"), at="/messages/1/tool_calls/0/function/name", note="an empty list"),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding an undeclared function, at its first call."""
        _, record = example.job
        if "tools" not in record and "functions" not in record:
            return
        calls = example[CALLS]
        known = declared(example) if calls else None
        if known is None:
            return
        strange: dict[str, list[Call]] = {}
        for made in calls:
            if made.name and made.name not in known:  # an empty name is name-format's
                strange.setdefault(made.name, []).append(made)
        names = listed(known) or "none is"
        for name, same in strange.items():
            where, *more = (example.at(made.at("name")) for made in same)
            yield self.finding(where, related=more, function=name, known=names)


class ToolsAbsent(ExampleRule):
    """Example calls functions and declares none.

    Why: the model is trained to call functions that it cannot see, and learns to invent calls.

    Ignore when: the functions are described in the system message, or the model shall know them
    by heart.

    Source: OpenAI fine-tuning guide (every example with calls has its `tools`).
    """

    code = "FT157"
    scope = "messages"
    name = "tools-absent"
    severity = Severity.WARNING
    message = "{count} call{s}, but neither 'tools' nor 'functions'"
    good = (good(_ask('{"place": "Oslo"}', _WEATHER)),)
    bad = (
        bad(chat(_HI, calling(call("call_1", "weather"))), at="/messages/1/tool_calls/0"),
        bad(
            chat(_HI, assistant(function_call={"name": "weather", "arguments": "{}"})),
            at="/messages/1/function_call",
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding, at the first call."""
        _, record = example.job
        if "tools" in record or "functions" in record:
            return
        calls = example[CALLS]
        if calls:
            s = "" if len(calls) == 1 else "s"
            yield self.finding(example.at(calls[0].pointer), count=len(calls), s=s)
