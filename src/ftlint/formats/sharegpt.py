"""ShareGPT: `conversations` of `from` and `value` (LLaMA-Factory, Axolotl, Unsloth)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from ftlint.formats.field import Anything, Either, Items, Members, Text, Word
from ftlint.formats.format import Format, arguments, numbered
from ftlint.message import Message, Told

ROLES = {
    "human": "user",
    "user": "user",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "assistant": "assistant",
    "bot": "assistant",
    "model": "assistant",
    "bing": "assistant",
    "bard": "assistant",
    "system": "system",
    "function_call": "assistant",
    "observation": "tool",
    "tool": "tool",
}
"""What the speakers of ShareGPT are called in chat. The loaders of LLaMA-Factory, Axolotl and
Unsloth each know some of them; `human` and `gpt` are known to all."""

_SPEAKER = Word(
    tuple(ROLES), {"Human": "human", "GPT": "gpt", "User": "user", "Assistant": "assistant"}
)
TURN = Members(
    optional={
        "from": _SPEAKER,
        "value": Text(),
        "role": _SPEAKER,
        "content": Either((Text(), Items(Anything()))),
    },
    open=True,
    one=(("from", "role"), ("value", "content")),
)
"""One turn; some sets write `role` and `content` (Unsloth's standardize_sharegpt reads both)."""


class ShareGpt(Format):
    """Conversations of people with assistants."""

    name = "sharegpt"
    words = "ShareGPT conversations"
    ways = (("conversations",),)
    alternates = True
    fields = Members(
        required={"conversations": Items(TURN, least=1)},
        optional={"system": Text(blank=True), "tools": Anything()},
        open=True,
    )

    def messages(self, value: Mapping[str, Any]) -> list[Message]:
        """Return the system prompt beside the conversation, and its turns."""
        found: list[Message] = []
        system = value.get("system")
        if isinstance(system, str) and system:
            found.append(Told(0, "system", [("/system", system)], "/system"))
        return numbered([*found, *turns(value.get("conversations"), "/conversations")])

    def tools(self, value: Mapping[str, Any]) -> Any:
        """Return the tools, which are usually written as a text of JSON."""
        tools = value.get("tools")
        if not isinstance(tools, str) or not tools.strip():
            return tools or None
        try:
            declared = orjson.loads(tools)
        except orjson.JSONDecodeError:
            return None
        if not isinstance(declared, list):
            return None
        return [_declared(tool) for tool in declared] or None


def turns(
    items: Any, pointer: str, trained: bool = True, voice: str = "", alone: bool = False
) -> Iterator[Message]:
    """Yield the turns of a conversation; `alone` is one turn that stands at `pointer` itself."""
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if not isinstance(item, dict):
            continue
        at = pointer if alone else f"{pointer}/{index}"
        key = "value" if "value" in item else "content"
        speaker = item.get("from", item.get("role"))
        role = ROLES.get(speaker, "") if isinstance(speaker, str) else ""
        text = item.get(key)
        spots = [(f"{at}/{key}", text)] if isinstance(text, str) else []
        learnt = trained and role == "assistant" and item.get("weight", 1) != 0
        heard = voice if role == "assistant" else ""
        calls = _calls(text, at) if speaker == "function_call" else None
        told = Told(0, role, spots, at, learnt, heard, calls)
        if calls:
            told.content = told.value["content"] = None
        yield told


def _calls(text: Any, at: str) -> dict[str, Any] | None:
    """Return the calls that a turn writes as JSON, as chat writes them."""
    try:
        calls = orjson.loads(text) if isinstance(text, str) else None
    except orjson.JSONDecodeError:
        return None
    listed = calls if isinstance(calls, list) else [calls]
    if not all(isinstance(call, dict) and isinstance(call.get("name"), str) for call in listed):
        return None
    return {
        "tool_calls": [
            {
                "id": f"call_{at}_{index}",
                "type": "function",
                "function": {"name": call["name"], "arguments": _written(call.get("arguments"))},
            }
            for index, call in enumerate(listed)
        ]
    }


def _written(value: Any) -> str:
    return value if isinstance(value, str) else arguments(value or {})


def _declared(tool: Any) -> Any:
    """Return a tool as chat declares it; ShareGPT leaves out that it is a function."""
    if isinstance(tool, dict) and "name" in tool and "function" not in tool:
        return {"type": "function", "function": tool}
    return tool
