"""Ranking: a chosen and a rejected answer (TRL, LLaMA-Factory, Axolotl, Fireworks)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ftlint.formats.field import SPOKEN, Anything, Either, Items, Members, Text
from ftlint.formats.format import Format, numbered, placed, spoken
from ftlint.formats.sharegpt import TURN, turns
from ftlint.message import Message

_SIDE = Either((*SPOKEN.of, Members(open=True)))
_SIDES = (("chosen", "rejected"), ("chosen_messages", "rejected_messages"))


class Ranking(Format):
    """Chosen and rejected answers; the prompt stands beside them or begins both of them."""

    name = "ranking"
    words = "pairs of a chosen and a rejected answer"
    methods = ("dpo",)
    ways = _SIDES
    fields = Members(
        optional={
            "chosen": _SIDE,
            "chosen_messages": _SIDE,
            "rejected": _SIDE,
            "rejected_messages": _SIDE,
            "prompt": SPOKEN,
            "conversations": Items(TURN, least=1),
            "system": Text(blank=True),
            "tools": Anything(),
        },
        open=True,
        one=(("chosen", "chosen_messages"), ("rejected", "rejected_messages")),
    )

    def messages(self, value: Mapping[str, Any]) -> list[Message]:
        """Return the prompt, the chosen answer, and the rejected one; what both begin with once."""
        found = list(spoken(value.get("prompt"), "/prompt", "user", trained=False))
        found += turns(value.get("conversations"), "/conversations", trained=False)
        names = next((way for way in _SIDES if way[0] in value or way[1] in value), _SIDES[0])
        chosen = list(_side(value.get(names[0]), f"/{names[0]}", True))
        rejected = list(_side(value.get(names[1]), f"/{names[1]}", False))
        same = 0
        for mine, theirs in zip(chosen, rejected, strict=False):
            if mine.value != theirs.value or mine is chosen[-1]:
                break
            same += 1
        return numbered([*found, *chosen, *rejected[same:]])


def _side(value: Any, pointer: str, chosen: bool) -> Iterator[Message]:
    """Yield the messages of one answer; only the last of the chosen one is learnt."""
    voice = "" if chosen else "rejected"
    if isinstance(value, dict) and "messages" in value:
        value, pointer = value["messages"], f"{pointer}/messages"
    if isinstance(value, dict):
        told = turns([value], pointer, trained=chosen, voice=voice, alone=True)
        yield from told
        return
    if isinstance(value, list):
        last = len(value) - 1
        yield from placed(value[:last], pointer, trained=False)
        if last >= 0 and isinstance(value[last], dict):
            for message in placed(value[last:], pointer, chosen, voice):
                message.pointer = f"{pointer}/{last}"  # type: ignore[misc]
                yield message
        return
    yield from spoken(value, pointer, "assistant", chosen, voice)
