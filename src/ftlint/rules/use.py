"""FT1, tools of Converse records: uses, results and declarations that belong together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ftlint.example import Batch, Example
from ftlint.finding import Finding, Severity
from ftlint.rule import ExampleRule, bad, good
from ftlint.wording import shown

_ASK: dict[str, Any] = {"role": "user", "content": [{"text": "What is the time?"}]}
_SAY: dict[str, Any] = {"role": "assistant", "content": [{"text": "Nine o'clock."}]}


def _use(id_: Any, name: str = "now") -> dict[str, Any]:
    return {
        "role": "assistant",
        "content": [{"toolUse": {"toolUseId": id_, "name": name, "input": {}}}],
    }


def _result(id_: Any) -> dict[str, Any]:
    content = [{"toolResult": {"toolUseId": id_, "content": [{"text": "9:00"}]}}]
    return {"role": "user", "content": content}


def _record(*messages: Any, names: tuple[str, ...] = ("now",)) -> dict[str, Any]:
    tools = [{"toolSpec": {"name": name, "inputSchema": {"json": {}}}} for name in names]
    return {
        "schemaVersion": "bedrock-conversation-2024",
        "toolConfig": {"tools": tools},
        "messages": list(messages),
    }


class ToolUseMismatch(ExampleRule):
    """Use, result or declaration of a tool in a Converse record is odd or doubled.

    Why: Bedrock refuses the file. What the model learns of it is to call what is not there, or to
    read a result that nobody has asked for.

    Ignore when: never.

    Source: AWS's validator for Nova (names of tools once and declared, ids once and matched).
    """

    code = "FT193"
    name = "tool-use-mismatch"
    severity = Severity.ERROR
    message = "{problem}"
    good = (good(_record(_ASK, _use("t1"), _result("t1"), _SAY), pad=False),)
    bad = (
        bad(_record(_ASK, _SAY, names=("now", "now")), at="/toolConfig/tools/1", pad=False),
        bad(
            _record(_ASK, _use("t1", "then"), _result("t1"), _SAY),
            at="/messages/1/content/0/toolUse/name",
            pad=False,
        ),
        bad(
            _record(_ASK, _use("t1"), _result("t2"), _SAY),
            at=(
                "/messages/1/content/0/toolUse/toolUseId",
                "/messages/2/content/0/toolResult/toolUseId",
            ),
            pad=False,
        ),
        bad(
            _record(_ASK, _use("t1"), _result("t1"), _use("t1"), _result("t1"), _SAY),
            at=(
                "/messages/3/content/0/toolUse/toolUseId",
                "/messages/4/content/0/toolResult/toolUseId",
            ),
            pad=False,
        ),
    )

    def candidates(self, batch: Batch) -> list[Example]:
        """Return the Converse records that may have tools."""
        marks = b"toolUse", b"toolConfig", b"toolResult", b"\\u"
        return [
            example
            for example in batch.unknown
            if any(mark in example.line.raw for mark in marks)
            and not example.fault
            and example.shape == "converse"
        ]

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a name or id."""
        names: set[str] = set()
        for place, spec in _blocks(_tools(example.value), "/toolConfig/tools", "toolSpec"):
            name = spec.get("name")
            if isinstance(name, str):
                if name in names:
                    at = place.removesuffix("/toolSpec")
                    yield self._told(example, at, f"tool {shown(name)} is declared twice")
                names.add(name)
        yield from self._uses(example, names)

    def _uses(self, example: Example, names: set[str]) -> Iterator[Finding]:
        uses: dict[str, str] = {}
        results: dict[str, str] = {}
        for place, kind, block in _turns(example.value):
            id_, at = block.get("toolUseId"), f"{place}/toolUseId"
            if kind == "toolUse":
                name = block.get("name")
                if names and isinstance(name, str) and name not in names:
                    yield self._told(example, f"{place}/name", f"{shown(name)} is not declared")
            if not isinstance(id_, str):
                continue
            known = uses if kind == "toolUse" else results
            if id_ in known:
                word = "use" if kind == "toolUse" else "result"
                yield self._told(example, at, f"id {shown(id_)} of another {word} before it")
            elif kind == "toolResult" and id_ not in uses:
                yield self._told(example, at, f"result of no use: id {shown(id_)}")
            known.setdefault(id_, at)
        last = len(_items(example.value.get("messages"))) - 1
        for id_, at in uses.items():
            # A use in the last answer is what is learnt; its result is not known yet.
            if id_ not in results and not at.startswith(f"/messages/{last}/"):
                yield self._told(example, at, f"use without a result: id {shown(id_)}")

    def _told(self, example: Example, pointer: str, problem: str) -> Finding:
        return self.finding(example.at(pointer), problem=problem)


def _tools(value: dict[str, Any]) -> Any:
    config = value.get("toolConfig")
    return config.get("tools") if isinstance(config, dict) else None


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _blocks(items: Any, pointer: str, key: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects under `key` in the items of a list, with their pointers."""
    for index, item in enumerate(_items(items)):
        if isinstance(item, dict) and isinstance(item.get(key), dict):
            yield f"{pointer}/{index}/{key}", item[key]


def _turns(value: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield uses and results in the order in which they are spoken."""
    for index, message in enumerate(_items(value.get("messages"))):
        content = message.get("content") if isinstance(message, dict) else None
        for kind in ("toolUse", "toolResult"):
            for place, block in _blocks(content, f"/messages/{index}/content", kind):
                yield place, kind, block
