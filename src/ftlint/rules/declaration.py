"""FT1, declarations: the functions that an example says can be called."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Any, ClassVar

from ftlint.afterwards.modern import modernised
from ftlint.case import assistant, call, calling, chat, declare, tool, user
from ftlint.decode import kind
from ftlint.example import Example
from ftlint.features.call import MISSING, found, parse
from ftlint.features.declaration import declarations
from ftlint.finding import Finding, Fix, Safety, Severity
from ftlint.pointer import join
from ftlint.rule import ExampleRule, bad, good

_HI = user("Hi")
_HELLO = assistant("Hello!")
_NOW = declare("now")
_MEMBERS = frozenset({"name", "description", "parameters", "strict"})
_TYPED: tuple[tuple[str, type | UnionType, Any, str], ...] = (
    ("name", str, MISSING, "a string is wanted"),
    ("description", str, "", "a string is wanted"),
    ("parameters", dict, {}, "a JSON Schema is wanted"),
    ("strict", bool | None, None, "a boolean is wanted"),
)
"""Members of a function: type, what counts when it is missing, and the wish."""


class ParallelToolCallsType(ExampleRule):
    """`parallel_tool_calls` is not a boolean.

    Why: the target refuses the file.

    Ignore when: never.

    Source: OpenAI API specification (FineTuneChatRequestInput).
    """

    code = "FT130"
    scope = "messages"
    name = "parallel-tool-calls-type"
    severity = Severity.ERROR
    message = "parallel_tool_calls is {found}; it can be true or false"
    good = (good(chat(_HI, _HELLO, tools=[_NOW], parallel_tool_calls=False)),)
    bad = (
        bad(chat(_HI, _HELLO, parallel_tool_calls="true"), at="/parallel_tool_calls"),
        bad(chat(_HI, _HELLO, parallel_tool_calls=None), at="/parallel_tool_calls"),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding."""
        value = example.value.get("parallel_tool_calls", True)
        if not isinstance(value, bool):
            yield self.finding(example.at("/parallel_tool_calls"), found=found(value))


class ToolsNotList(ExampleRule):
    """`tools` is not a list of declarations.

    Why: the target refuses the file. LLaMA-Factory and Axolotl keep the declarations as JSON in
    a string; other trainers then show the model a string, or no tools at all.

    Ignore when: the trainer wants the string.

    Fix: replaces the string by the list that it holds, bare functions put in their place; removes
    a null. Safe.

    Source: OpenAI API specification; LLaMA-Factory and Axolotl documentation.
    """

    code = "FT140"
    scope = "messages"
    name = "tools-not-list"
    severity = Severity.ERROR
    message = "tools is {found}, not a list of declarations"
    good = (
        good(chat(_HI, _HELLO, tools=[_NOW])),
        good(chat(_HI, _HELLO, tools=[]), note="OpenAI's own example has an empty list"),
    )
    bad = (
        bad(
            chat(_HI, _HELLO, tools='[{"type": "function", "function": {"name": "now"}}]'),
            at="/tools",
        ),
        bad(chat(_HI, _HELLO, tools='[{"name": "now"}]'), at="/tools", note="LLaMA-Factory"),
        bad(chat(_HI, _HELLO, tools=_NOW), at="/tools"),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding."""
        if "tools" not in example.value:
            return
        tools = example.value["tools"]
        if not isinstance(tools, list):
            text = "JSON in a string" if isinstance(parse(tools), list) else kind(tools)
            yield self.finding(example.at("/tools"), fix=_listed(tools), found=text)


def _listed(tools: Any) -> Fix | None:
    """Return the fix that makes a list of `tools`, when that is beyond doubt."""
    if tools is None:
        return Fix("remove the null", ({"op": "remove", "path": "/tools"},), Safety.SAFE)
    items = parse(tools)
    if not isinstance(items, list):
        return None
    nested = [_nested(item) for item in items]
    if any(list(_shape_faults(item)) for item in nested):
        return None
    patch = ({"op": "replace", "path": "/tools", "value": nested},)
    return Fix("write the list itself", patch, Safety.SAFE)


def _nested(item: Any) -> Any:
    """Return a flat declaration with its members under `function`; anything else as it is."""
    if not _flat(item) or not item.keys() <= _MEMBERS | {"type"}:
        return item
    function = {key: value for key, value in item.items() if key != "type"}
    return {"type": "function", "function": function}


def _flat(item: Any) -> bool:
    named = isinstance(item, dict) and isinstance(item.get("name"), str)
    return named and "function" not in item and item.get("type", "function") == "function"


class ToolDeclarationShape(ExampleRule):
    """Item of `tools` is not {type: "function", function: {name, parameters, …}}.

    Why: the target refuses the file, or the model is trained without the tool.

    Ignore when: the trainer takes flat declarations (the Responses API, Anthropic).

    Fix: puts the members of a flat declaration under `function`; safe.

    Source: OpenAI API specification: only `type`, `function` and its `name` are required, and
    omitted `parameters` mean no arguments.
    """

    code = "FT141"
    scope = "messages"
    name = "tool-declaration-shape"
    severity = Severity.ERROR
    message = "{member} is {found}; {wanted}"
    good = (
        good(chat(_HI, _HELLO, tools=[_NOW])),
        good(chat(_HI, _HELLO, tools=[declare("now", description="Tell the time", strict=True)])),
    )
    bad = (
        bad(chat(_HI, _HELLO, tools=["now"]), at="/tools/0"),
        bad(
            chat(_HI, _HELLO, tools=[{"type": "function", "name": "now"}]),
            at="/tools/0",
            note="flat, as in the Responses API",
        ),
        bad(chat(_HI, _HELLO, tools=[{"function": {"name": "now"}}]), at="/tools/0"),
        bad(
            chat(_HI, _HELLO, tools=[{"type": "retrieval"}]),
            at="/tools/0/type",
            note="a tool of another API",
        ),
        bad(
            chat(_HI, _HELLO, tools=[declare("now", description=7, parameters="{}")]),
            at=("/tools/0/function/parameters", "/tools/0/function/description"),
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a wrong member."""
        tools = example.value.get("tools")
        if not isinstance(tools, list):
            return
        for index, item in enumerate(tools):
            for path, value, wanted in _shape_faults(item):
                # What is missing has no place: the object that lacks it is shown.
                place = path[:-1] if value is MISSING else path
                pointer = f"/tools/{index}"
                flat = "; name and parameters belong inside 'function'" if _flat(item) else ""
                yield self.finding(
                    example.at(pointer + join(place)),
                    fix=_nest(item, pointer) if flat else None,
                    hint=flat,
                    member=".".join(path) or "tool",
                    found=found(value),
                    wanted=wanted,
                )


def _nest(item: Any, pointer: str) -> Fix | None:
    nested = _nested(item)
    if list(_shape_faults(nested)):
        return None
    patch = ({"op": "replace", "path": pointer, "value": nested},)
    return Fix("put the members under 'function'", patch, Safety.SAFE)


def _shape_faults(item: Any) -> Iterator[tuple[tuple[str, ...], Any, str]]:
    """Yield the path and value of each wrong member of a declaration, and what would be right."""
    if not isinstance(item, dict):
        yield (), item, "an object with 'type' and 'function' is wanted"
        return
    other = "type" in item and item["type"] != "function"
    if other or ("type" not in item and not _flat(item)):
        yield ("type",), item.get("type", MISSING), "it can only be 'function'"
    function = item.get("function", MISSING)
    if isinstance(function, dict):
        for member, value, wanted in _mistyped(function):
            yield ("function", member), value, wanted
    elif not (other and function is MISSING):  # a tool of another type has no function
        yield ("function",), function, "an object with 'name' is wanted"


def _mistyped(function: dict[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """Yield name and value of each wrong member of a function, and what would be right."""
    for member, types, default, wanted in _TYPED:
        value = function.get(member, default)
        if not isinstance(value, types):
            yield member, value, wanted


class ToolDeclaredDuplicate(ExampleRule):
    """Function is declared twice in one example.

    Why: which declaration a call means is undefined; targets refuse the file.

    Ignore when: never.

    Provider says: Amazon Nova: `Invalid toolConfig, duplicate tool names found`.

    Source: Amazon Nova's data validator; OpenAI API specification names functions by `name`.
    """

    code = "FT142"
    scope = "messages"
    name = "tool-declared-duplicate"
    severity = Severity.ERROR
    message = "function {function!r} is declared already"
    good = (good(chat(_HI, _HELLO, tools=[_NOW, declare("today")])),)
    bad = (
        bad(chat(_HI, _HELLO, tools=[_NOW, declare("today"), _NOW]), at="/tools/2/function/name"),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a repeated declaration, related to the first."""
        _, record = example.job
        if "tools" not in record and "functions" not in record:
            return
        first: dict[tuple[str, str | None], str] = {}
        for declaration in declarations(example):
            # `functions` beside `tools` repeats them for old clients; that is FT144's.
            key = (declaration.pointer[:3], declaration.name)
            pointer = f"{declaration.pointer}/name"
            original = first.setdefault(key, pointer)
            if original is not pointer and declaration.name is not None:
                yield self.finding(
                    example.at(pointer),
                    related=(example.at(original),),
                    function=declaration.name,
                )


class FunctionsDeprecated(ExampleRule):
    """Functions are declared by the deprecated key `functions`.

    Why: `tools` replaced it in November 2023; newer models and other trainers do not read it, and
    the model is trained on a call format that current APIs no longer use.

    Ignore when: the fine-tuned model will be called with `functions`.

    Fix: writes the same list as `tools`; safe where the example calls nothing, else unsafe.

    Source: OpenAI API specification (deprecated).
    """

    code = "FT144"
    scope = "chat"
    name = "functions-deprecated"
    severity = Severity.WARNING
    message = "'functions' is deprecated in favour of 'tools'"
    good = (good(chat(_HI, calling(call("c1", "now")), tool("c1"), _HELLO, tools=[_NOW])),)
    bad = (bad(chat(_HI, _HELLO, functions=[{"name": "now"}]), at="/functions"),)

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding, at the key."""
        if "functions" in example.value:
            yield self.finding(example.at("/functions", key=True), fix=modernised(example))


class FunctionsEmpty(ExampleRule):
    """`functions` is not a list of 1 to 128 objects with a name.

    Why: the target refuses the file. An item that is not an object, has no name, or has a
    description or parameters of another type is reported by itself.

    Ignore when: never.

    Source: OpenAI API specification (minItems 1, maxItems 128, `name` required).
    """

    code = "FT145"
    scope = "chat"
    name = "functions-empty"
    severity = Severity.ERROR
    message = "{found}; {wanted}"
    limit: ClassVar[int] = 128
    good = (good(chat(_HI, _HELLO, tools=[_NOW])),)
    bad = (
        bad(chat(_HI, _HELLO, functions=[]), at="/functions"),
        bad(chat(_HI, _HELLO, functions={"name": "now"}), at="/functions"),
        bad(chat(_HI, _HELLO, functions=["now", {}]), at=("/functions/0", "/functions/1")),
        bad(
            chat(_HI, _HELLO, functions=[{"name": "now", "description": 5, "parameters": "{}"}]),
            at=("/functions/0/description", "/functions/0/parameters"),
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding for the list, or one a wrong item or member."""
        if "functions" in example.value:
            for pointer, wrong, wanted in _list_faults(example.value["functions"]):
                wanted = wanted or f"functions is a list of 1 to {self.limit} objects with 'name'"
                yield self.finding(example.at(pointer), found=wrong, wanted=wanted)


def _list_faults(functions: Any) -> Iterator[tuple[str, str, str]]:
    """Yield the pointer to each fault of `functions`, what is there, and what would be right."""
    if not isinstance(functions, list) or not functions:
        yield "/functions", found(functions), ""
        return
    if len(functions) > FunctionsEmpty.limit:
        yield "/functions", f"{len(functions)} functions", ""
    for index, item in enumerate(functions):
        pointer = f"/functions/{index}"
        if not isinstance(item, dict):
            yield pointer, found(item), ""
            continue
        for member, value, wanted in _mistyped(item):
            missing = value is MISSING
            place = pointer if missing else f"{pointer}/{member}"
            yield place, f"{member} is {found(value)}", "" if missing else wanted
