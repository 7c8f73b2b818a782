"""Bridges of the shapes of the open trainers: ShareGPT and Alpaca."""

from __future__ import annotations

from typing import Any

from ftlint.bridges.bridge import Bridge
from ftlint.formats.sharegpt import ROLES
from ftlint.formats.talk import JSON, Loss, Talk, objects, only, parsed, string, text_of, written

_SPEAKERS = {"system": "system", "user": "human", "assistant": "gpt"}


class ShareGptBridge(Bridge):
    """ShareGPT: speakers and texts; calls and tools are JSON in texts (LLaMA-Factory)."""

    def read(self, value: JSON) -> Talk:
        """Return the conversation; calls get ids by their number."""
        messages: list[JSON] = []
        if isinstance(value.get("system"), str) and value["system"]:
            messages.append({"role": "system", "content": value["system"]})
        open_calls: list[str] = []
        for turn in objects(value.get("conversations"), "'conversations'"):
            messages.append(_message(turn, messages, open_calls))
        extra = {k: v for k, v in value.items() if k not in ("conversations", "system", "tools")}
        return Talk(messages, tools=_tools(value.get("tools")), extra=extra)

    def write(self, talk: Talk) -> JSON:
        """Return the record."""
        talk.plain()
        talk.without("switches")
        if talk.extra.keys() & {"conversations", "system", "tools"}:
            raise Loss("keys that have a meaning of their own beside 'conversations'")
        turns: list[JSON] = []
        waiting: list[Any] = []
        for message in talk.messages:
            turns.append(_turn(message, waiting))
        if waiting and talk.messages[-1].get("role") == "tool":
            raise Loss("which call an answer belongs to")
        tools = {}
        if talk.tools is not None:
            for tool in talk.tools:
                only(tool, ("type", "function"), "a declared tool")
            tools = {"tools": written([tool.get("function") for tool in talk.tools])}
        return {"conversations": turns, **tools, **talk.extra}


def _message(turn: JSON, before: list[JSON], open_calls: list[str]) -> JSON:
    named = "from" if "from" in turn else "role"
    key = "value" if "value" in turn else "content"
    only(turn, (named, key), "a turn")
    speaker, text = turn.get(named), string(turn.get(key), "the text of a turn")
    role = ROLES.get(speaker) if isinstance(speaker, str) else None
    if role is None:
        raise Loss(f"the speaker {speaker!r}")
    if speaker == "function_call":
        calls = parsed(text, "a call")
        made: list[JSON] = []
        for call in calls if isinstance(calls, list) else [calls]:
            if not isinstance(call, dict) or not isinstance(call.get("name"), str):
                raise Loss("a call without a name")
            only(call, ("name", "arguments"), "a call")
            told = call.get("arguments", {})
            function = {"name": call["name"]}
            function["arguments"] = told if isinstance(told, str) else written(told)
            number = sum(len(each.get("tool_calls", ())) for each in before) + len(made) + 1
            made.append({"id": f"call_{number}", "type": "function", "function": function})
        open_calls[:] = [call["id"] for call in made]
        return {"role": role, "tool_calls": made}
    if role == "tool":
        if not open_calls:
            raise Loss("an answer of a tool that no call stands before")
        return {"role": role, "tool_call_id": open_calls.pop(0), "content": text}
    return {"role": role, "content": text}


def _turn(message: JSON, waiting: list[Any]) -> JSON:
    """Return a message as a turn; `waiting` are the ids of calls without an answer yet."""
    role = message.get("role")
    if role == "tool":
        only(message, ("role", "content", "tool_call_id"), "a tool's message")
        if not waiting or waiting.pop(0) != message.get("tool_call_id"):
            raise Loss("which call an answer belongs to")
        return {"from": "observation", "value": string(message.get("content"), "an answer")}
    if message.get("tool_calls"):
        only(message, ("role", "content", "tool_calls"), "a message with calls")
        if message.get("content"):
            raise Loss("the text beside a call")
        calls = [_call(call) for call in objects(message["tool_calls"], "'tool_calls'")]
        waiting[:] = [call.get("id") for call in message["tool_calls"]]
        return {"from": "function_call", "value": written(calls[0] if len(calls) == 1 else calls)}
    if role not in _SPEAKERS:
        raise Loss(f"the role {role!r}")
    return {"from": _SPEAKERS[str(role)], "value": text_of(message)}


def _call(call: JSON) -> JSON:
    only(call, ("id", "type", "function"), "a call")
    function = call.get("function")
    if not isinstance(function, dict):
        raise Loss("a call of no function")
    only(function, ("name", "arguments"), "a call")
    return {"name": function.get("name"), "arguments": parsed(function.get("arguments"), "a call")}


def _tools(tools: Any) -> list[Any] | None:
    if tools is None or tools == "":
        return None
    listed = objects(parsed(tools, "'tools'") if isinstance(tools, str) else tools, "'tools'")
    flat = [
        tool if "function" in tool else {"type": "function", "function": tool} for tool in listed
    ]
    return flat or None


class AlpacaBridge(Bridge):
    """Alpaca: one instruction, its answer, and what was said before as a history."""

    def read(self, value: JSON) -> Talk:
        """Return the conversation; an input follows its instruction on a new line."""
        messages: list[JSON] = []
        if value.get("system"):
            messages.append({"role": "system", "content": string(value["system"], "'system'")})
        for pair in value.get("history") or []:
            if not isinstance(pair, list) or len(pair) != 2:
                raise Loss("a turn of the history that is no pair")
            for role, text in zip(("user", "assistant"), pair, strict=True):
                messages.append({"role": role, "content": string(text, "a text of the history")})
        asked = string(value.get("instruction"), "'instruction'")
        more = string(value.get("input", "") or "", "'input'")
        question = f"{asked}\n{more}" if asked and more else asked or more
        messages.append({"role": "user", "content": question})
        messages.append({"role": "assistant", "content": string(value.get("output"), "'output'")})
        keys = ("system", "history", "instruction", "input", "output")
        return Talk(messages, extra={k: v for k, v in value.items() if k not in keys})

    def write(self, talk: Talk) -> JSON:
        """Return the record."""
        talk.plain()
        talk.without("tools", "switches")
        talk.alternating("alpaca")
        if talk.extra.keys() & {"system", "history", "instruction", "input", "output"}:
            raise Loss("keys that have a meaning of their own beside 'instruction'")
        said = [text_of(message) for message in talk.messages]
        system = {"system": said.pop(0)} if talk.spoken_first("system") else {}
        if system and not system["system"]:
            raise Loss("a system prompt that is empty")
        *before, asked, told = said
        pairs = [list(pair) for pair in zip(before[::2], before[1::2], strict=True)]
        history = {"history": pairs} if pairs else {}
        record = {"instruction": asked, "input": "", "output": told}
        return {**record, **system, **history, **talk.extra}
