"""Converse: the records of Amazon Bedrock for Nova and Llama (AWS's Nova validator)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ftlint.formats.field import OBJECT, Anything, Items, Members, Text, Word
from ftlint.formats.format import Format, arguments, numbered
from ftlint.message import Message, Told

VERSION = "bedrock-conversation-2024"
_PARTS = ("text", "image", "video", "document", "reasoningContent", "toolUse", "toolResult")
_BLOCK = Members(
    optional={
        "text": Text(),
        **{key: OBJECT for key in _PARTS[1:5]},
        "toolUse": Members(
            required={"toolUseId": Text(), "name": Text(), "input": Anything()}, open=True
        ),
        "toolResult": Members(
            required={"toolUseId": Text(), "content": Items(Anything(), least=1)}, open=True
        ),
    },
    one=(_PARTS,),
    meant={"type": ""},
)
_MEANT = {"system": "system, beside messages", "model": "assistant", "tool": "user"}


class Converse(Format):
    """Conversations of blocks, with the system prompt beside them."""

    name = "converse"
    words = "Bedrock Converse records"
    ways = (("schemaVersion", "messages"),)
    alternates = True
    fields = Members(
        required={
            "schemaVersion": Word((VERSION,)),
            "messages": Items(
                Members(
                    required={
                        "role": Word(("user", "assistant"), _MEANT),
                        "content": Items(_BLOCK, least=1),
                    }
                ),
                least=2,
            ),
        },
        optional={
            "system": Items(Members(required={"text": Text()}), least=1, most=1),
            "toolConfig": Members(
                required={
                    "tools": Items(
                        Members(
                            required={
                                "toolSpec": Members(
                                    required={"name": Text(), "inputSchema": OBJECT},
                                    optional={"description": Text()},
                                )
                            }
                        ),
                        least=1,
                    )
                },
                open=True,
            ),
        },
    )

    def shows(self, value: Mapping[str, Any]) -> bool:
        """Return whether it names its version, or its blocks have no type."""
        return "messages" in value and ("schemaVersion" in value or _blocks(value["messages"]))

    def fits(self, value: Mapping[str, Any]) -> bool:
        """Return whether it has its version, or messages of blocks."""
        return "schemaVersion" in value or _blocks(value.get("messages"))

    def messages(self, value: Mapping[str, Any]) -> list[Message]:
        """Return system prompt and messages; results of tools are the tool's."""
        found: list[Message] = []
        if spots := list(_texts(value.get("system"), "/system")):
            found.append(Told(0, "system", spots, "/system"))
        items = value.get("messages")
        for index, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, dict):
                found.append(_message(item, f"/messages/{index}"))
        return numbered(found)

    def tools(self, value: Mapping[str, Any]) -> Any:
        """Return the tools as chat declares them."""
        config = value.get("toolConfig")
        tools = config.get("tools") if isinstance(config, dict) else None
        return [_declared(tool) for tool in tools] if isinstance(tools, list) else None


def _blocks(items: Any) -> bool:
    """Return whether the first content is a list of objects that only Converse has."""
    first = items[0] if isinstance(items, list) and items else None
    content = first.get("content") if isinstance(first, dict) else None
    return (
        isinstance(content, list)
        and bool(content)
        and all(
            isinstance(block, dict) and len(block) == 1 and block.keys() <= {*_PARTS}
            for block in content
        )
    )


def _message(item: Mapping[str, Any], at: str) -> Told:
    content, role = item.get("content"), item.get("role")
    listed = content if isinstance(content, list) else []
    blocks = [block for block in listed if isinstance(block, dict)]
    spots = list(_texts(content, f"{at}/content"))
    known = role if role in ("user", "assistant") else ""
    for index, block in enumerate(listed):
        result = block.get("toolResult") if isinstance(block, dict) else None
        if isinstance(result, dict):
            spots += _texts(result.get("content"), f"{at}/content/{index}/toolResult/content")
    if blocks and all("toolResult" in block for block in blocks):
        known = "tool"
    uses = [block["toolUse"] for block in blocks if isinstance(block.get("toolUse"), dict)]
    extra = {"tool_calls": [_called(use) for use in uses]} if uses else None
    return Told(0, known, spots, at, extra=extra)


def _texts(blocks: Any, pointer: str) -> Iterator[tuple[str, str]]:
    for index, block in enumerate(blocks if isinstance(blocks, list) else ()):
        if isinstance(block, dict) and isinstance(block.get("text"), str):
            yield f"{pointer}/{index}/text", block["text"]


def _called(use: Mapping[str, Any]) -> dict[str, Any]:
    told = arguments(use.get("input"))
    function = {"name": use.get("name"), "arguments": told}
    return {"id": use.get("toolUseId"), "type": "function", "function": function}


def _declared(tool: Any) -> Any:
    spec = tool.get("toolSpec") if isinstance(tool, dict) else None
    if not isinstance(spec, dict):
        return tool
    schema = spec.get("inputSchema")
    parameters = schema.get("json") if isinstance(schema, dict) else None
    described = {"description": spec["description"]} if "description" in spec else {}
    function = {"name": spec.get("name"), **described, "parameters": parameters}
    return {"type": "function", "function": function}
