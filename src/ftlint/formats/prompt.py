"""Prompt: a question alone, for training by rewards (TRL's prompt-only, Nova's multi-turn RFT)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftlint.formats.field import SPOKEN, Members
from ftlint.formats.format import Format, numbered, spoken
from ftlint.message import Message


class Prompt(Format):
    """Prompts without any answer to learn; a reward judges what is answered."""

    name = "prompt"
    words = "prompts without answers"
    methods = ("rft",)
    ways = (("prompt",), ("metadata",))
    fields = Members(
        optional={"prompt": SPOKEN, "metadata": Members(required={"prompt": SPOKEN}, open=True)},
        open=True,
        one=(("prompt", "metadata"),),
    )

    def shows(self, value: Mapping[str, Any]) -> bool:
        """Return whether there is a prompt, or one inside `metadata` (Nova's multi-turn RFT)."""
        metadata = value.get("metadata")
        return "prompt" in value or (isinstance(metadata, dict) and "prompt" in metadata)

    def messages(self, value: Mapping[str, Any]) -> list[Message]:
        """Return the prompt."""
        at, holder = "", value
        if "prompt" not in value and isinstance(value.get("metadata"), dict):
            at, holder = "/metadata", value["metadata"]
        return numbered(list(spoken(holder.get("prompt"), f"{at}/prompt", "user", trained=False)))
