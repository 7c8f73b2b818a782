"""Which tool message answers which call: walked once, read by the rules about answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Any

from ftlint.decode import kind
from ftlint.example import Batch, Example, Message
from ftlint.feature import Feature
from ftlint.features.call import CALLS, MISSING, Call
from ftlint.proof import TOOLS
from ftlint.value import dataclass


@dataclass(slots=True)
class Answers:
    """What the tool messages of one example leave open."""

    unanswered: list[tuple[Call, Message | None]] = field(default_factory=list)
    """Calls without an answer in their turn, with one that comes too late."""
    orphans: list[tuple[Message, Message | None]] = field(default_factory=list)
    """Tool messages that no call stands before, with the message before each."""
    strays: list[tuple[Message, str]] = field(default_factory=list)
    """Tool messages whose id is wrong, with the reason."""


class _Turn:
    """One assistant message with calls, and the tool messages behind it."""

    def __init__(self, message: Message, calls: Sequence[Call]) -> None:
        """Open the turn. `wild` calls have no readable id: any answer may be theirs."""
        self.calls = [call for call in calls if call.id is not None]
        self.open = [call.id for call in self.calls]
        self.answered: set[str] = set()
        self.strays: list[tuple[Message, str]] = []
        listed = isinstance(message.value["tool_calls"], list)
        self.wild: float = len(message.calls) - len(self.calls) if listed else float("inf")

    def take(self, message: Message) -> bool:
        """Return whether the tool message answers an open call, and close that."""
        answer_id = message.value.get("tool_call_id")
        if not isinstance(answer_id, str) or answer_id not in self.open:
            return False
        self.open.remove(answer_id)
        self.answered.add(answer_id)
        return True

    def refuse(self, message: Message) -> None:
        """Note a tool message that answers no open call."""
        if self.wild:
            self.wild -= 1
        else:
            self.strays.append((message, self._reason(message.value.get("tool_call_id", MISSING))))

    def _reason(self, answer_id: Any) -> str:
        if answer_id is MISSING:
            return "missing"
        if not isinstance(answer_id, str):
            return f"{kind(answer_id)}, not a string"
        if answer_id in self.answered:
            return "answered already"
        return "the id of no call before it"

    def unanswered(self) -> list[Call]:
        """Return the calls that neither an answer nor a stray one can explain."""
        left = [call for call in self.calls if call.id not in self.answered]
        return left[len(self.strays) :]


@dataclass(frozen=True)
class Answering(Feature[Answers | None]):
    """The answers of each example; None when it has neither calls nor tool messages."""

    def compute(self, batch: Batch) -> Sequence[Answers | None]:
        """Return one value an example; a proven one has no calls and is not made."""
        column: list[Answers | None] = [None] * len(batch)
        for example in batch.lacking(TOOLS):
            column[example.index] = _match(example)
        return column


ANSWERS = Answering()


def _match(example: Example) -> Answers | None:
    calls = example[CALLS]
    if not calls and not any(m.value.get("role") == "tool" for m in example.messages):
        return None
    found, turn = Answers(), None
    conversation = example.conversation
    for before, message in zip([None, *conversation], conversation, strict=False):
        role = message.role
        if role == "tool":
            if (turn and turn.take(message)) or _late(message, found):
                continue
            if turn:
                turn.refuse(message)
            else:
                found.orphans.append((message, before))
        elif role != "function":
            _close(turn, found)
            turn = None
            if role == "assistant" and message.value.get("tool_calls"):
                own = [call for call in calls if call.message is message and not call.legacy]
                turn = _Turn(message, own)
    if turn and conversation[-1].role == "tool":
        _close(turn, found)
    return found


def _close(turn: _Turn | None, found: Answers) -> None:
    if turn:
        found.strays.extend(turn.strays)
        found.unanswered.extend((call, None) for call in turn.unanswered())


def _late(message: Message, found: Answers) -> bool:
    """Return whether the message answers a call of an earlier turn, and note it there."""
    for index, (call, answer) in enumerate(found.unanswered):
        if answer is None and call.id == message.value.get("tool_call_id"):
            found.unanswered[index] = (call, message)
            return True
    return False
