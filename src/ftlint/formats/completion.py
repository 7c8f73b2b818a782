"""Completion: a prompt and what follows it (OpenAI's older models, Together, Titan, TRL)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftlint.formats.field import OBJECT, SPOKEN, Either, Items, Members, Text
from ftlint.formats.format import Format, numbered, spoken
from ftlint.message import Message

_PROMPT = Either((Text(blank=True), Items(OBJECT, least=1)))


class Completion(Format):
    """Prompts and completions, as texts or as lists of chat messages."""

    name = "completion"
    words = "prompts and completions"
    methods = ("completion", "sft")
    ways = (("prompt", "completion"), ("prompt", "response"))
    fields = Members(
        required={"prompt": _PROMPT},
        optional={"completion": SPOKEN, "response": SPOKEN, "tools": Items(OBJECT)},
        one=(("completion", "response"),),
        meant={"instruction": "prompt", "input": "prompt", "Prompt": "prompt"},
    )

    def fits(self, value: Mapping[str, Any]) -> bool:
        """Return whether it is one; a mark beside it makes it another shape's."""
        return self.shows(value) and "label" not in value

    def messages(self, value: Mapping[str, Any]) -> list[Message]:
        """Return the prompt as the user's and the completion as the assistant's."""
        key = "completion" if "completion" in value else "response"
        found = list(spoken(value.get("prompt"), "/prompt", "user", trained=False))
        return numbered([*found, *spoken(value.get(key), f"/{key}", "assistant")])
