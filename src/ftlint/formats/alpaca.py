"""Alpaca: instruction, input and output (Stanford Alpaca; LLaMA-Factory's columns)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftlint.formats.field import Anything, Items, Members, Text
from ftlint.formats.format import Format, numbered
from ftlint.message import Message, Told


class Alpaca(Format):
    """Instructions with outputs, and sometimes an input, a system prompt and a history."""

    name = "alpaca"
    words = "Alpaca instructions"
    ways = (("instruction", "output"),)
    fields = Members(
        required={"instruction": Text(), "output": Text()},
        optional={
            "input": Text(blank=True),
            "system": Text(blank=True),
            "history": Items(Items(Text(), least=2, most=2)),
            "tools": Anything(),
        },
        open=True,
        meant={"prompt": "instruction", "response": "output", "completion": "output"},
    )

    def messages(self, value: Mapping[str, Any]) -> list[Message]:
        """Return system prompt, history, the instruction with its input, and the output."""
        found: list[Message] = []
        if system := _spots(value, "system"):
            found.append(Told(0, "system", system, "/system"))
        history = value.get("history")
        for index, pair in enumerate(history if isinstance(history, list) else ()):
            texts = pair if isinstance(pair, list) else ()
            for place, (role, text) in enumerate(zip(("user", "assistant"), texts, strict=False)):
                pointer = f"/history/{index}/{place}"
                if isinstance(text, str):
                    found.append(Told(0, role, [(pointer, text)], pointer))
        if asked := [*_spots(value, "instruction"), *_spots(value, "input")]:
            found.append(Told(0, "user", asked, "/instruction"))
        if isinstance(value.get("output"), str):
            found.append(Told(0, "assistant", [("/output", value["output"])], "/output"))
        return numbered(found)

    def tools(self, value: Mapping[str, Any]) -> Any:
        """Return nothing: tools are a text here."""
        return None


def _spots(value: Mapping[str, Any], key: str) -> list[tuple[str, str]]:
    text = value.get(key)
    return [(f"/{key}", text)] if isinstance(text, str) and text.strip() else []
