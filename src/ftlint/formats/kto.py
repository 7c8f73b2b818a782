"""KTO: single answers that are marked as wanted or not (TRL, LLaMA-Factory)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftlint.formats.field import OBJECT, SPOKEN, Flag, Items, Members
from ftlint.formats.format import Format, numbered, placed, spoken
from ftlint.message import Message


class Kto(Format):
    """Answers with a mark, for Kahneman-Tversky optimisation."""

    name = "kto"
    words = "answers marked as wanted or not"
    methods = ("kto",)
    ways = (("prompt", "completion", "label"), ("messages", "kto_tag"), ("messages", "label"))
    fields = Members(
        optional={
            "prompt": SPOKEN,
            "completion": SPOKEN,
            "messages": Items(OBJECT, least=1),
            "label": Flag(),
            "kto_tag": Flag(),
        },
        open=True,
        one=(("prompt", "messages"), ("completion", "messages"), ("label", "kto_tag")),
    )

    def shows(self, value: Mapping[str, Any]) -> bool:
        """Return whether a mark stands beside an answer."""
        if "messages" in value:
            return isinstance(value.get("kto_tag", value.get("label")), bool)
        return super().shows(value)

    def messages(self, value: Mapping[str, Any]) -> list[Message]:
        """Return prompt and answer; what is not wanted is rejected."""
        wanted = value.get("label", value.get("kto_tag")) is not False
        voice = "" if wanted else "rejected"
        found = list(spoken(value.get("prompt"), "/prompt", "user", trained=False))
        found += spoken(value.get("completion"), "/completion", "assistant", wanted, voice)
        return numbered([*found, *placed(value.get("messages"), "/messages", wanted, voice)])

    def conversation(self, messages: list[Message]) -> list[Message]:
        """Return all of it: what is wanted and what is not are examples alike."""
        return messages
