"""Preference: one input, the output that is preferred and the one that is not (OpenAI DPO)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftlint.formats.field import OBJECT, Flag, Items, Members
from ftlint.formats.format import Format, numbered, placed
from ftlint.message import Message

# OpenAI API specification, FineTunePreferenceRequestInput; Azure takes more than one message.
_OUTPUT = Items(OBJECT, least=1)


class Preference(Format):
    """Pairs of outputs for direct preference optimisation, as OpenAI and Together read them."""

    name = "preference"
    words = "preference pairs"
    methods = ("dpo",)
    ways = (("preferred_output",), ("non_preferred_output",))
    fields = Members(
        required={
            "input": Members(
                required={"messages": Items(OBJECT, least=1)},
                optional={"tools": Items(OBJECT), "parallel_tool_calls": Flag()},
            ),
            "preferred_output": _OUTPUT,
            "non_preferred_output": _OUTPUT,
        },
        meant={
            "chosen": "preferred_output",
            "preferred_completion": "preferred_output",
            "rejected": "non_preferred_output",
            "non_preferred_completion": "non_preferred_output",
            "prompt": "input",
            "messages": "input",
        },
    )

    def messages(self, value: Mapping[str, Any]) -> list[Message]:
        """Return the input, the preferred output, and the other one as rejected."""
        asked = value.get("input")
        messages = asked.get("messages") if isinstance(asked, dict) else None
        found = list(placed(messages, "/input/messages", trained=False))
        found += placed(value.get("preferred_output"), "/preferred_output")
        other = value.get("non_preferred_output")
        found += placed(other, "/non_preferred_output", trained=False, voice="rejected")
        return numbered(found)

    def job(self, value: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return the input."""
        asked = value.get("input")
        return "/input", asked if isinstance(asked, dict) else {}

    def tools(self, value: Mapping[str, Any]) -> Any:
        """Return the tools of the input."""
        asked = value.get("input")
        return asked.get("tools") if isinstance(asked, dict) else None
