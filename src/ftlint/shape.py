"""Record shapes: which trainer or method an example is written for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CHAT = "chat"
REINFORCEMENT = "reinforcement"
UNKNOWN = "unknown"

CHAT_KEYS = frozenset({"messages", "tools", "parallel_tool_calls", "functions"})
"""Keys of a supervised chat record (OpenAI API specification, FineTuneChatRequestInput)."""

SHAPES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("converse", ("schemaVersion", "messages"), "Bedrock Converse records"),
    (CHAT, ("messages",), "chat messages"),
    ("preference", ("input", "preferred_output"), "preference pairs"),
    ("preference", ("input", "non_preferred_output"), "preference pairs"),
    ("preference", ("chosen", "rejected"), "preference pairs"),
    ("preference", ("chosen_messages", "rejected_messages"), "preference pairs"),
    ("completion", ("prompt", "completion"), "prompts and completions"),
    ("completion", ("prompt", "response"), "prompts and completions"),
    ("sharegpt", ("conversations",), "ShareGPT conversations"),
    ("alpaca", ("instruction", "output"), "Alpaca instructions"),
    ("gemini", ("contents",), "Gemini contents"),
    ("batch", ("custom_id", "body"), "requests of the batch API"),
    ("text", ("text",), "plain text"),
)
"""Shape, the keys that show it, and its name for people; the first that fits counts."""

WORDS = {shape: words for shape, _, words in SHAPES} | {
    REINFORCEMENT: "prompts for reinforcement fine-tuning"
}


def shape_of(value: Mapping[str, Any]) -> str:
    """Return the shape that the keys of a record show."""
    for shape, keys, _ in SHAPES:
        if all(key in value for key in keys):
            return _prompt(value) if shape == CHAT else shape
    return UNKNOWN


def _prompt(value: Mapping[str, Any]) -> str:
    """Tell chats from prompts, which end with a user's turn and bring keys for a grader."""
    messages = value["messages"]
    last = messages[-1] if isinstance(messages, list) and messages else None
    asks = isinstance(last, dict) and last.get("role") == "user"
    return REINFORCEMENT if asks and not value.keys() <= CHAT_KEYS else CHAT
