"""Record shapes: which one a file has, told from its first lines before any shard is cut.

Chat is told here, by keys alone; only a record that may be something else loads
`ftlint.formats`, where every other shape is described.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

AUTO = "auto"
CHAT = "chat"
REINFORCEMENT = "reinforcement"
UNKNOWN = "unknown"

Scope = Literal["any", "messages", "chat"]
"""Records that a rule is about: all, those with messages as chat has them, or chats."""

CHAT_KEYS = frozenset({"messages", "tools", "parallel_tool_calls", "functions"})
"""Keys of a supervised chat record (OpenAI API specification, FineTuneChatRequestInput)."""

LOOKED = 200
"""Records of the beginning of a file by which its shape is decided."""
PROMPTS = 3
"""Records that all end with a question before they are taken for prompts without any grader."""


def shape_of(value: Mapping[str, Any], file: str = "") -> str:
    """Return the shape of a record in a file whose records are of the shape `file`, if known."""
    if (not file or file == CHAT) and "messages" in value and value.keys() <= CHAT_KEYS:
        return CHAT if file or not _named_otherwise(value) else _detected(value, file)
    return _detected(value, file)


def _named_otherwise(value: Mapping[str, Any]) -> bool:
    """Return whether the first message has a role of Cohere's, which chat does not know."""
    messages = value["messages"]
    first = messages[0] if isinstance(messages, list) and messages else None
    return isinstance(first, dict) and first.get("role") in ("System", "User", "Chatbot")


def _detected(value: Mapping[str, Any], file: str) -> str:
    from ftlint.formats import detect

    return detect(value, file)


def shape_of_lines(lines: Iterable[bytes]) -> str:
    """Return the commonest shape of the lines that are records; nothing when there is none.

    Questions without any answer among them are prompts. Where most records have no known shape,
    neither has the file: a few that have one do not make the others theirs.
    """
    import orjson

    counts: dict[str, int] = {}
    asking = answered = looked = 0
    for line in lines:
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if isinstance(value, dict):
            looked += 1
            shape = shape_of(value)
            counts[shape] = counts.get(shape, 0) + 1
            if shape in (CHAT, REINFORCEMENT):
                asked = asks(value)
                asking += asked
                answered += not asked and _answers(value)
            if looked == LOOKED:
                break
    known = {shape: count for shape, count in counts.items() if shape != UNKNOWN}
    if counts and counts.get(UNKNOWN, 0) > sum(known.values()):
        return UNKNOWN
    if asking >= PROMPTS and not answered and known.keys() <= {CHAT, REINFORCEMENT}:
        return REINFORCEMENT
    return max(known, key=known.__getitem__, default="")


def _answers(value: Mapping[str, Any]) -> bool:
    """Return whether a message of a record is an assistant's."""
    messages = value.get("messages")
    return isinstance(messages, list) and any(
        isinstance(each, dict) and each.get("role") == "assistant" for each in messages
    )


def asks(value: Mapping[str, Any]) -> bool:
    """Return whether the messages of a record end with the user's turn."""
    messages = value.get("messages")
    last = messages[-1] if isinstance(messages, list) and messages else None
    return isinstance(last, dict) and last.get("role") == "user"
