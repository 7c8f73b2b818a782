"""Reinforcement: prompts whose answers a grader judges (OpenAI and Azure RFT, Nova RFT)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftlint.formats.field import OBJECT, Items, Members
from ftlint.formats.format import Format, placed
from ftlint.message import Message
from ftlint.shape import CHAT_KEYS, asks


class Reinforcement(Format):
    """Messages that end with a question, and whatever else a grader reads."""

    name = "reinforcement"
    words = "prompts for reinforcement fine-tuning"
    methods = ("rft",)
    ways = (("messages",),)
    fields = Members(required={"messages": Items(OBJECT, least=1)}, open=True)

    def shows(self, value: Mapping[str, Any]) -> bool:
        """Return whether the messages end with a question and other keys stand beside them."""
        return asks(value) and not value.keys() <= CHAT_KEYS

    def fits(self, value: Mapping[str, Any]) -> bool:
        """Return whether it has messages."""
        return "messages" in value and "schemaVersion" not in value

    def way(self, value: Mapping[str, Any]) -> int:
        """Return 0 if the messages end with a question, else -1."""
        return 0 if asks(value) else -1

    def evidence(self, way: int) -> str:
        """Return what shows that nothing is answered here."""
        return "ends with a message of the user"

    def messages(self, value: Mapping[str, Any]) -> list[Message]:
        """Return the messages; none of them is learnt."""
        return list(placed(value.get("messages"), "/messages", trained=False))
