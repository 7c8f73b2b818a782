"""Claude: messages with the system prompt beside them (Claude 3 Haiku on Amazon Bedrock)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftlint.formats.field import Either, Items, Members, Text, Word
from ftlint.formats.format import Format, numbered
from ftlint.message import Message, Told

_BLOCK = Members(required={"type": Word(("text",)), "text": Text()})
_MEANT = {"human": "user", "model": "assistant", "system": "system, beside messages"}


class Claude(Format):
    """Conversations of user and assistant, text only."""

    name = "claude"
    words = "Bedrock Claude records"
    ways = (("system", "messages"),)
    alternates = True
    fields = Members(
        required={
            "messages": Items(
                Members(
                    required={
                        "role": Word(("user", "assistant"), _MEANT),
                        "content": Either((Text(), Items(_BLOCK, least=1))),
                    }
                ),
                least=2,
            )
        },
        optional={"system": Text()},
    )

    def shows(self, value: Mapping[str, Any]) -> bool:
        """Return whether a system prompt is all that stands beside the messages."""
        return value.keys() == {"system", "messages"} and isinstance(value["system"], str)

    def fits(self, value: Mapping[str, Any]) -> bool:
        """Return whether it has messages; a system prompt is not needed."""
        return "messages" in value and "schemaVersion" not in value

    def messages(self, value: Mapping[str, Any]) -> list[Message]:
        """Return system prompt and messages."""
        found: list[Message] = []
        system = value.get("system")
        if isinstance(system, str):
            found.append(Told(0, "system", [("/system", system)], "/system"))
        items = value.get("messages")
        for index, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, dict):
                at, role = f"/messages/{index}", item.get("role")
                known = role if role in ("system", "user", "assistant") else ""
                found.append(Told(0, known, _spots(item.get("content"), f"{at}/content"), at))
        return numbered(found)


def _spots(content: Any, at: str) -> list[tuple[str, str]]:
    if isinstance(content, str):
        return [(at, content)]
    return [
        (f"{at}/{index}/text", block["text"])
        for index, block in enumerate(content if isinstance(content, list) else ())
        if isinstance(block, dict) and isinstance(block.get("text"), str)
    ]
