"""Record shapes: which trainer or method an example is written for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CHAT = "chat"
UNKNOWN = "unknown"

SHAPES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (CHAT, ("messages",), "chat messages"),
    ("preference", ("input", "preferred_output"), "preference pairs"),
    ("preference", ("input", "non_preferred_output"), "preference pairs"),
    ("preference", ("chosen", "rejected"), "preference pairs"),
    ("completion", ("prompt", "completion"), "prompt and completion"),
    ("completion", ("prompt", "response"), "prompt and completion"),
    ("sharegpt", ("conversations",), "ShareGPT conversations"),
    ("alpaca", ("instruction", "output"), "Alpaca instructions"),
    ("gemini", ("contents",), "Gemini contents"),
    ("text", ("text",), "plain text"),
)
"""Shape, the keys that show it, and its name for people; the first that fits counts."""

WORDS = {shape: words for shape, _, words in SHAPES}


def shape_of(value: Mapping[str, Any]) -> str:
    """Return the shape that the keys of a record show."""
    for shape, keys, _ in SHAPES:
        if all(key in value for key in keys):
            return shape
    return UNKNOWN
