"""Cohere: messages of System, User and Chatbot (chat fine-tuning, closed in September 2025)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftlint.formats.field import Items, Members, Text, Word
from ftlint.formats.format import Format, numbered
from ftlint.message import Message, Told

ROLES = {"System": "system", "User": "user", "Chatbot": "assistant"}
_MEANT = {"system": "System", "user": "User", "assistant": "Chatbot", "chatbot": "Chatbot"}


class Cohere(Format):
    """Conversations with a chatbot."""

    name = "cohere"
    words = "Cohere conversations"
    ways = (("messages",),)
    fields = Members(
        required={
            "messages": Items(
                Members(required={"role": Word(tuple(ROLES), _MEANT), "content": Text()}), least=1
            )
        }
    )

    def shows(self, value: Mapping[str, Any]) -> bool:
        """Return whether a chatbot speaks."""
        items = value.get("messages")
        return isinstance(items, list) and any(
            isinstance(item, dict) and item.get("role") == "Chatbot" for item in items
        )

    def fits(self, value: Mapping[str, Any]) -> bool:
        """Return whether it has messages and nothing else."""
        return value.keys() == {"messages"}

    def way(self, value: Mapping[str, Any]) -> int:
        """Return 0 if a chatbot speaks, else -1."""
        return 0 if self.shows(value) else -1

    def evidence(self, way: int) -> str:
        """Return what chat does not have."""
        return "has messages of the role 'Chatbot'"

    def messages(self, value: Mapping[str, Any]) -> list[Message]:
        """Return the messages."""
        items = value.get("messages")
        found: list[Message] = []
        for index, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, dict):
                at, text, role = f"/messages/{index}", item.get("content"), item.get("role")
                spots = [(f"{at}/content", text)] if isinstance(text, str) else []
                known = ROLES.get(role, "") if isinstance(role, str) else ""
                found.append(Told(0, known, spots, at))
        return numbered(found)
