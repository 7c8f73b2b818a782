"""Gemini: `contents` of roles and parts (Vertex AI tuning)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftlint.formats.field import OBJECT, Anything, Items, Members, Text, Word
from ftlint.formats.format import Format, arguments, numbered
from ftlint.message import Message, Told

_PARTS = ("text", "fileData", "inlineData", "functionCall", "functionResponse")
_PART = Members(
    optional={"text": Text(), **{key: OBJECT for key in _PARTS[1:]}}, one=(_PARTS,), open=True
)
_MEANT = {"assistant": "model", "system": "systemInstruction, beside contents", "human": "user"}


class Gemini(Format):
    """Conversations of user and model."""

    name = "gemini"
    words = "Gemini contents"
    ways = (("contents",),)
    alternates = True
    fields = Members(
        required={
            "contents": Items(
                Members(
                    required={
                        "role": Word(("user", "model", "function"), _MEANT),
                        "parts": Items(_PART, least=1),
                    },
                    meant={"content": "parts"},
                ),
                least=2,
            )
        },
        optional={
            "systemInstruction": Members(
                required={"parts": Items(_PART, least=1)}, optional={"role": Text()}
            ),
            "tools": Items(Anything()),
        },
        open=True,
        meant={"messages": "contents"},
    )

    def messages(self, value: Mapping[str, Any]) -> list[Message]:
        """Return the instruction of the system and the contents."""
        found: list[Message] = []
        system = value.get("systemInstruction")
        if isinstance(system, dict):
            spots = _spots(system.get("parts"), "/systemInstruction/parts")
            found += [Told(0, "system", spots, "/systemInstruction")] if spots else []
        contents = value.get("contents")
        for index, item in enumerate(contents if isinstance(contents, list) else ()):
            if isinstance(item, dict):
                found.append(_message(item, f"/contents/{index}"))
        return numbered(found)

    def tools(self, value: Mapping[str, Any]) -> Any:
        """Return the declared functions as chat declares them."""
        tools = value.get("tools")
        declared = [
            {"type": "function", "function": function}
            for tool in (tools if isinstance(tools, list) else ())
            if isinstance(tool, dict) and isinstance(tool.get("functionDeclarations"), list)
            for function in tool["functionDeclarations"]
        ]
        return declared or None


def _message(item: Mapping[str, Any], at: str) -> Told:
    parts = item.get("parts")
    objects = [p for p in parts if isinstance(p, dict)] if isinstance(parts, list) else []
    role = {"user": "user", "model": "assistant", "function": "tool"}.get(str(item.get("role")), "")
    if objects and all("functionResponse" in part for part in objects):
        role = "tool"
    calls = [
        {"id": f"call_{index}", "type": "function", "function": _called(part["functionCall"])}
        for index, part in enumerate(objects)
        if isinstance(part.get("functionCall"), dict)
    ]
    extra = {"tool_calls": calls} if calls else None
    return Told(0, role, _spots(parts, f"{at}/parts"), at, extra=extra)


def _called(call: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": call.get("name"), "arguments": arguments(call.get("args") or {})}


def _spots(parts: Any, at: str) -> list[tuple[str, str]]:
    return [
        (f"{at}/{index}/text", part["text"])
        for index, part in enumerate(parts if isinstance(parts, list) else ())
        if isinstance(part, dict) and isinstance(part.get("text"), str)
    ]
