"""Text: documents without roles (Together, TRL, Mistral's pre-training)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftlint.formats.field import Members, Text
from ftlint.formats.format import Format
from ftlint.message import Message, Told


class Plain(Format):
    """Plain text, all of which is learnt."""

    name = "text"
    words = "plain text"
    methods = ("pretrain", "sft", "completion")
    ways = (("text",), ("content",))
    fields = Members(
        optional={"text": Text(), "content": Text()}, one=(("text", "content"),), open=True
    )

    def shows(self, value: Mapping[str, Any]) -> bool:
        """Return whether it has a text; a message on a line of its own is no document."""
        return super().shows(value) and "role" not in value

    def messages(self, value: Mapping[str, Any]) -> list[Message]:
        """Return the text as the assistant's, for that is who will say such things."""
        key = "text" if "text" in value else "content"
        text = value.get(key)
        spots = [(f"/{key}", text)] if isinstance(text, str) else []
        return [Told(0, "assistant", spots, f"/{key}")] if spots else []
