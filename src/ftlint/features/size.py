"""Sizes: the named numbers of an example that a declarative rule may put a limit on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from ftlint.example import Example, Text
from ftlint.feature import CheapFeature
from ftlint.value import dataclass

SizeName = Literal[
    "messages",
    "system-messages",
    "user-messages",
    "assistant-messages",
    "tool-messages",
    "turns",
    "characters",
    "prompt-characters",
    "answer-characters",
    "bytes",
]


@dataclass(frozen=True)
class Size(CheapFeature[int | None]):
    """One number an example; None for a line without a record.

    None also where the example has no `conversation`, so that one misspelt role is not also
    reported as "no user message"; `bytes` alone needs no conversation.
    """

    name: SizeName

    @property
    def pointer(self) -> str:
        """Return the pointer to what is measured."""
        counted = self.name.endswith("messages") or self.name == "turns"
        return "/messages" if counted else ""

    def of(self, example: Example) -> int | None:
        """Return the measure of one example."""
        known = example.conversation if self.name != "bytes" else not example.fault
        return _MEASURES[self.name](example) if known else None


def _count(*roles: str) -> Callable[[Example], int]:
    return lambda example: sum(message.role in roles for message in example.conversation)


def _characters(counts: Callable[[Text], bool]) -> Callable[[Example], int]:
    return lambda example: sum(len(text.value) for text in example.texts if counts(text))


def _turns(example: Example) -> int:
    """Return how many questions are answered; user messages in a row are one question."""
    turns, asked = 0, False
    for message in example.conversation:
        if message.role == "user":
            asked = True
        elif message.role == "assistant":
            turns += asked
            asked = False
    return turns


_MEASURES: dict[SizeName, Callable[[Example], int]] = {
    "messages": lambda example: len(example.conversation),
    # `developer` and `function` are the newer and the older name of the same role.
    "system-messages": _count("system", "developer"),
    "user-messages": _count("user"),
    "assistant-messages": _count("assistant"),
    "tool-messages": _count("tool", "function"),
    "turns": _turns,
    "characters": _characters(lambda text: True),
    "prompt-characters": _characters(lambda text: not text.trained),
    "answer-characters": _characters(lambda text: text.trained),
    "bytes": lambda example: example.line.length,
}
