"""Modern calls: the fix that writes `functions` and `function_call` as `tools` and `tool_calls`.

All of a record is rewritten or nothing: half of it would be refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ftlint.example import Example, Message
from ftlint.finding import Fix, Safety

Operation = Mapping[str, Any]


def modernised(example: Example) -> Fix | None:
    """Return the fix for the whole record; None where it is not clear what would be meant.

    Declarations alone are safe: nothing that is trained on changes. Calls get ids, and a target
    may render them in other words than before: unsafe.
    """
    record = example.value
    try:
        calls = list(_calls(example.messages))
        declarations = list(_declarations(record))
    except _UnclearError:
        return None
    if not calls and not declarations:
        return None
    keys = "'tools'" if not calls else "'tool_calls'" if not declarations else "both anew"
    safety = Safety.UNSAFE if calls else Safety.SAFE
    return Fix(f"write {keys}", (*declarations, *calls), safety)


class _UnclearError(Exception):
    """A record that mixes both forms, or is not whole."""


def _declarations(record: Mapping[str, Any]) -> Iterator[Operation]:
    functions = record.get("functions")
    if "functions" not in record:
        return
    if "tools" in record or not isinstance(functions, list) or not functions:
        raise _UnclearError
    if not all(map(_declared, functions)):
        raise _UnclearError
    tools = [{"type": "function", "function": each} for each in functions]
    yield {"op": "add", "path": "/tools", "value": tools}
    yield {"op": "remove", "path": "/functions"}


def _declared(function: Any) -> bool:
    return (
        isinstance(function, dict)
        and isinstance(function.get("name"), str)
        and isinstance(function.get("description", ""), str)
        and isinstance(function.get("parameters", {}), dict)
    )


def _calls(messages: Sequence[Message]) -> Iterator[Operation]:
    """Yield what rewrites each call and the answer right after it."""
    number, open_call = 0, ""
    for message in messages:
        value, role = message.value, message.value.get("role")
        if value.get("tool_calls") is not None or role == "tool":
            raise _UnclearError
        if role == "function":
            if value.get("name") != open_call or not open_call or "tool_call_id" in value:
                raise _UnclearError
            yield {"op": "replace", "path": f"{message.pointer}/role", "value": "tool"}
            yield _added(message, "tool_call_id", _id(number))
            open_call = ""
        elif value.get("function_call") is not None:
            call = value["function_call"]
            if role != "assistant" or not _whole(call):
                raise _UnclearError
            number, open_call = number + 1, call["name"]
            made = {"id": _id(number), "type": "function", "function": call}
            yield _added(message, "tool_calls", [made])
            yield {"op": "remove", "path": f"{message.pointer}/function_call"}
        else:
            open_call = ""


def _id(number: int) -> str:
    """Return an id of nine letters and digits, which Mistral takes as well as OpenAI."""
    return f"call{number:05}"


def _whole(call: Any) -> bool:
    return (
        isinstance(call, dict)
        and call.keys() == {"name", "arguments"}
        and all(isinstance(text, str) and text for text in call.values())
    )


def _added(message: Message, member: str, value: Any) -> Operation:
    return {"op": "add", "path": f"{message.pointer}/{member}", "value": value}
