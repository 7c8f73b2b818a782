"""Supervised chat: `messages` of roles and contents (OpenAI API specification)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftlint.formats.format import Format
from ftlint.message import Message


class Chat(Format):
    """Messages with answers. Its records are judged by the rules of FT1 about messages."""

    name = "chat"
    words = "chat messages"
    ways = (("messages",),)

    def messages(self, value: Mapping[str, Any]) -> list[Message]:
        """Return the objects in `messages`."""
        items = value.get("messages")
        listed = enumerate(items) if isinstance(items, list) else ()
        return [Message(index, item) for index, item in listed if isinstance(item, dict)]

    def fits(self, value: Mapping[str, Any]) -> bool:
        """Return whether it has messages and is not marked as another shape's."""
        return "messages" in value and "schemaVersion" not in value
