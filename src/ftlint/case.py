"""Builders of small records, so that the cases beside a rule stay short and readable."""

from __future__ import annotations

from typing import Any


def chat(*messages: Any, **extra: Any) -> dict[str, Any]:
    """Return a chat record; `extra` are further top-level keys such as `tools`."""
    return {"messages": list(messages), **extra}


def system(text: Any) -> dict[str, Any]:
    """Return a system message."""
    return {"role": "system", "content": text}


def user(text: Any = "Hi", **extra: Any) -> dict[str, Any]:
    """Return a user message."""
    return {"role": "user", "content": text, **extra}


def assistant(text: Any = None, **extra: Any) -> dict[str, Any]:
    """Return an assistant message; without a text it has no `content` at all."""
    content = {} if text is None else {"content": text}
    return {"role": "assistant", **content, **extra}


def calling(*calls: Any, **extra: Any) -> dict[str, Any]:
    """Return an assistant message that only calls tools."""
    return {"role": "assistant", "tool_calls": list(calls), **extra}


def tool(call_id: Any, text: Any = "42") -> dict[str, Any]:
    """Return the answer of a tool to the call `call_id`."""
    return {"role": "tool", "tool_call_id": call_id, "content": text}


def call(call_id: Any, name: Any, arguments: Any = "{}") -> dict[str, Any]:
    """Return one item of `tool_calls`."""
    return {
        "id": call_id,
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }


def declare(name: Any, parameters: Any = None, **extra: Any) -> dict[str, Any]:
    """Return one item of `tools`; `extra` are further keys of the function."""
    schema = {} if parameters is None else {"parameters": parameters}
    return {"type": "function", "function": {"name": name, **schema, **extra}}
