"""Bridges of the shapes of single providers: Bedrock's two, Gemini, Cohere."""

from __future__ import annotations

from typing import Any

from ftlint.bridges.bridge import Bridge
from ftlint.formats.cohere import ROLES
from ftlint.formats.converse import VERSION
from ftlint.formats.talk import JSON, Loss, Talk, objects, only, parsed, string, text_of, written


class ClaudeBridge(Bridge):
    """Claude: the system prompt beside messages of texts."""

    def read(self, value: JSON) -> Talk:
        """Return the conversation."""
        messages = objects(value.get("messages"), "'messages'")
        for message in messages:
            only(message, ("role", "content"), "a message")
        system = [_system(value["system"])] if "system" in value else []
        extra = {k: v for k, v in value.items() if k not in ("messages", "system")}
        return Talk([*system, *messages], extra=extra)

    def write(self, talk: Talk) -> JSON:
        """Return the record."""
        talk.plain()
        talk.without("tools", "switches", "extra")
        talk.alternating("claude")
        texts = [(message["role"], text_of(message)) for message in talk.messages]
        beside = {"system": texts.pop(0)[1]} if talk.spoken_first("system") else {}
        return {**beside, "messages": [{"role": role, "content": text} for role, text in texts]}


class CohereBridge(Bridge):
    """Cohere: other names for the same roles."""

    def read(self, value: JSON) -> Talk:
        """Return the conversation."""
        messages = objects(value.get("messages"), "'messages'")
        for message in messages:
            if str(message.get("role")) not in ROLES:
                raise Loss(f"the role {message.get('role')!r}")
        told = [{**message, "role": ROLES[message["role"]]} for message in messages]
        return Talk(told, extra={k: v for k, v in value.items() if k != "messages"})

    def write(self, talk: Talk) -> JSON:
        """Return the record."""
        talk.plain()
        talk.without("tools", "switches", "extra")
        names = {role: name for name, role in ROLES.items()}
        messages = []
        for message in talk.messages:
            if message.get("role") not in names:
                raise Loss(f"the role {message.get('role')!r}")
            messages.append({"role": names[message["role"]], "content": text_of(message)})
        return {"messages": messages}


class GeminiBridge(Bridge):
    """Gemini: contents of single texts."""

    def read(self, value: JSON) -> Talk:
        """Return the conversation."""
        messages: list[JSON] = []
        if "systemInstruction" in value:
            instruction = value["systemInstruction"]
            if not isinstance(instruction, dict):
                raise Loss("'systemInstruction', which is no object")
            only(instruction, ("role", "parts"), "'systemInstruction'")
            messages.append(_system(_one_text(instruction.get("parts"))))
        for item in objects(value.get("contents"), "'contents'"):
            only(item, ("role", "parts"), "a content")
            role = {"user": "user", "model": "assistant"}.get(str(item.get("role")))
            if role is None:
                raise Loss(f"the role {item.get('role')!r}")
            messages.append({"role": role, "content": _one_text(item.get("parts"))})
        extra = {k: v for k, v in value.items() if k not in ("contents", "systemInstruction")}
        return Talk(messages, extra=extra)

    def write(self, talk: Talk) -> JSON:
        """Return the record."""
        talk.plain()
        talk.without("tools", "switches", "extra")
        talk.alternating("gemini")
        texts = [(message["role"], text_of(message)) for message in talk.messages]
        beside = {}
        if talk.spoken_first("system"):
            parts = [{"text": texts.pop(0)[1]}]
            beside = {"systemInstruction": {"role": "system", "parts": parts}}
        names = {"user": "user", "assistant": "model"}
        contents = [{"role": names[role], "parts": [{"text": text}]} for role, text in texts]
        return {**beside, "contents": contents}


class ConverseBridge(Bridge):
    """Converse: blocks of text and of tools, the system prompt beside them."""

    def read(self, value: JSON) -> Talk:
        """Return the conversation."""
        only(value, ("schemaVersion", "system", "messages", "toolConfig"), "the record")
        messages = [_system(_one_text(value["system"]))] if "system" in value else []
        for item in objects(value.get("messages"), "'messages'"):
            only(item, ("role", "content"), "a message")
            messages += _messages(item)
        return Talk(messages, tools=_tools(value.get("toolConfig")))

    def write(self, talk: Talk) -> JSON:
        """Return the record."""
        talk.plain()
        talk.without("switches", "extra")
        said = list(talk.messages)
        beside: JSON = {}
        if talk.spoken_first("system"):
            beside = {"system": [{"text": text_of(said.pop(0))}]}
        if talk.tools:  # Converse has no empty list of them
            beside["toolConfig"] = {"tools": [_spec(tool) for tool in talk.tools]}
        messages: list[JSON] = []
        for message in said:
            role, blocks = _blocks(message)
            # Several answers of tools are one message of the user.
            if messages and "toolResult" in blocks[0] and _results(messages[-1]):
                messages[-1]["content"] += blocks
            else:
                messages.append({"role": role, "content": blocks})
        return {"schemaVersion": VERSION, **beside, "messages": messages}


def _system(text: Any) -> JSON:
    return {"role": "system", "content": string(text, "the system prompt")}


def _one_text(blocks: Any) -> str:
    """Return the text of a list of one block. Raises: Loss."""
    if not isinstance(blocks, list) or len(blocks) != 1 or not isinstance(blocks[0], dict):
        raise Loss("more or other parts than one text")
    only(blocks[0], ("text",), "a part")
    return string(blocks[0].get("text"), "a part")


def _messages(item: JSON) -> list[JSON]:
    """Return the messages of chat that one message of Converse stands for."""
    role, blocks = item.get("role"), objects(item.get("content"), "'content'")
    if role not in ("user", "assistant"):
        raise Loss(f"the role {role!r}")
    if blocks and all("toolResult" in block for block in blocks):
        return [_result(block) for block in blocks]
    texts = [block for block in blocks if "text" in block]
    uses = [block for block in blocks if "toolUse" in block]
    if [*texts, *uses] != blocks or len(texts) > 1 or (uses and role == "user"):
        raise Loss("blocks other than one text and the calls behind it")
    content = {"content": _one_text(texts)} if texts else {}
    calls = {"tool_calls": [_use(block) for block in uses]} if uses else {}
    return [{"role": role, **content, **calls}]


def _result(block: JSON) -> JSON:
    only(block, ("toolResult",), "a block")
    result = block["toolResult"]
    if not isinstance(result, dict):
        raise Loss("a result that is no object")
    only(result, ("toolUseId", "content"), "a result")
    text = _one_text(result.get("content"))
    return {"role": "tool", "tool_call_id": result.get("toolUseId"), "content": text}


def _use(block: JSON) -> JSON:
    only(block, ("toolUse",), "a block")
    use = block["toolUse"]
    if not isinstance(use, dict):
        raise Loss("a call that is no object")
    only(use, ("toolUseId", "name", "input"), "a call")
    function = {"name": use.get("name"), "arguments": written(use.get("input"))}
    return {"id": use.get("toolUseId"), "type": "function", "function": function}


def _results(message: JSON) -> bool:
    return all("toolResult" in block for block in message["content"])


def _blocks(message: JSON) -> tuple[str, list[JSON]]:
    """Return role and blocks of a message of chat."""
    role = message.get("role")
    if role == "tool":
        only(message, ("role", "content", "tool_call_id"), "a tool's message")
        content = [{"text": string(message.get("content"), "a result")}]
        result = {"toolUseId": message.get("tool_call_id"), "content": content}
        return "user", [{"toolResult": result}]
    if role not in ("user", "assistant"):
        raise Loss(f"the role {role!r}" + (" after the first message" if role == "system" else ""))
    if not message.get("tool_calls"):
        return str(role), [{"text": text_of(message)}]
    only(message, ("role", "content", "tool_calls"), "a message with calls")
    text = message.get("content")
    blocks = [{"text": string(text, "the text beside a call")}] if text else []
    return str(role), [*blocks, *map(_called, objects(message["tool_calls"], "'tool_calls'"))]


def _called(call: JSON) -> JSON:
    only(call, ("id", "type", "function"), "a call")
    function = call.get("function")
    if not isinstance(function, dict):
        raise Loss("a call of no function")
    only(function, ("name", "arguments"), "a call")
    told = parsed(function.get("arguments"), "the arguments of a call")
    return {"toolUse": {"toolUseId": call.get("id"), "name": function.get("name"), "input": told}}


def _tools(config: Any) -> list[Any] | None:
    if config is None:
        return None
    if not isinstance(config, dict):
        raise Loss("'toolConfig', which is no object")
    only(config, ("tools",), "'toolConfig'")
    return [_function(tool) for tool in objects(config.get("tools"), "'tools'")]


def _function(tool: JSON) -> JSON:
    only(tool, ("toolSpec",), "a declared tool")
    spec = tool.get("toolSpec")
    if not isinstance(spec, dict):
        raise Loss("a tool that is no object")
    only(spec, ("name", "description", "inputSchema"), "a declared tool")
    schema = spec.get("inputSchema")
    if not isinstance(schema, dict) or schema.keys() != {"json"}:
        raise Loss("the schema of a declared tool")
    described = {key: spec[key] for key in ("name", "description") if key in spec}
    return {"type": "function", "function": {**described, "parameters": schema["json"]}}


def _spec(tool: Any) -> JSON:
    function = tool.get("function") if isinstance(tool, dict) else None
    if not isinstance(function, dict) or "parameters" not in function:
        raise Loss("a declared tool without parameters")
    only(tool, ("type", "function"), "a declared tool")
    only(function, ("name", "description", "parameters"), "a declared tool")
    described = {key: function[key] for key in ("name", "description") if key in function}
    return {"toolSpec": {**described, "inputSchema": {"json": function["parameters"]}}}
