"""Format: what every record shape tells of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from ftlint.formats.field import Members
from ftlint.formats.talk import written
from ftlint.message import Message, Placed, Told


class Format:
    """One record shape. It has no state: what it says is about records, and data."""

    name: ClassVar[str]
    words: ClassVar[str]
    """What a file of it holds, for people: `preference pairs`."""
    methods: ClassVar[tuple[str, ...]] = ("sft",)
    """How it is trained on, as a rule and otherwise, see `ftlint.targets.method`."""
    ways: ClassVar[tuple[tuple[str, ...], ...]]
    """Keys that show it; all of one way must be there."""
    alternates: ClassVar[bool] = False
    """Whether user and assistant must take turns, the user first and the assistant last."""
    fields: ClassVar[Members | None] = None
    """What its records are made of; None where rules of their own judge that."""

    def shows(self, value: Mapping[str, Any]) -> bool:
        """Return whether a record can be told to be of this shape by itself."""
        return self.way(value) >= 0

    def fits(self, value: Mapping[str, Any]) -> bool:
        """Return whether a record among others of this shape is one of them."""
        return self.shows(value)

    def way(self, value: Mapping[str, Any]) -> int:
        """Return which of `ways` a record shows, or -1."""
        ways = enumerate(self.ways)
        return next((at for at, way in ways if all(key in value for key in way)), -1)

    def evidence(self, way: int) -> str:
        """Return what a record has, or does, that goes this way."""
        return "has " + " and ".join(repr(key) for key in self.ways[way])

    def messages(self, value: Mapping[str, Any]) -> list[Message]:
        """Return all that is said, in order; the index of a message is its place in the list."""
        raise NotImplementedError

    def conversation(self, messages: list[Message]) -> list[Message]:
        """Return what is learnt of what is said: all of it but what is rejected."""
        apart = {_member(each) for each in messages if each.voice == "rejected"}
        return [each for each in messages if _member(each) not in apart] if apart else messages

    def native(self, messages: Sequence[Message]) -> bool:
        """Return whether all messages stand in the record as chat would write them."""
        return bool(messages) and all(message.native for message in messages)

    def as_chat(self, messages: list[Message]) -> list[dict[str, Any]]:
        """Return what a model reads, as messages of chat; what is not learnt has weight 0.

        Of a pair of answers it is the longer one: that is what has to fit.
        """
        learnt = self.conversation(messages)
        other = [message for message in messages if message not in learnt]
        if _length(other) > _length([each for each in learnt if each.trained]):
            learnt = [each for each in learnt if not each.trained] + other
        return [_weighted(message) for message in learnt]

    def job(self, value: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return pointer and value of the object that declares the tools."""
        return "", value

    def tools(self, value: Mapping[str, Any]) -> Any:
        """Return the declared tools, as chat declares them, or None."""
        return value.get("tools")


def out_of_order(turns: Sequence[Message]) -> tuple[Message, str] | None:
    """Return the first turn that breaks the order of user and assistant, and how; else None.

    A system prompt may stand first; the last turn must be an answer.
    """
    if turns and turns[0].role in ("system", "developer"):
        turns = turns[1:]
    for index, message in enumerate(turns):
        if (message.role == "assistant") == (index % 2 == 0):
            before = f"after one of {turns[index - 1].role}" if index else "at the beginning"
            return message, f"turn of {message.role} {before}"
    if turns and turns[-1].role != "assistant":
        return turns[-1], f"last turn of {turns[-1].role}"
    return None


def _length(messages: Sequence[Message]) -> int:
    return sum(len(text.value) for message in messages for text in message.texts())


def _weighted(message: Message) -> dict[str, Any]:
    """Return the message as chat would write it; an assistant that is not learnt has weight 0."""
    masked = message.role == "assistant" and not message.trained and message.voice != "rejected"
    return {**message.value, "weight": 0} if masked else message.value


def _member(message: Message) -> str:
    """Return the member of the record in which a message stands."""
    return message.pointer[1:].partition("/")[0]


def placed(
    items: Any, pointer: str, trained: bool = True, voice: str = "", start: int = 0
) -> Iterator[Message]:
    """Yield the objects of a list of chat messages; assistants are learnt if `trained`."""
    if isinstance(items, list):
        for index, item in enumerate(items):
            if isinstance(item, dict):
                said = item.get("role") == "assistant"
                learnt = trained and said and item.get("weight", 1) != 0
                heard = voice if said else ""
                yield Placed(start, item, f"{pointer}/{index}", learnt, heard)
                start += 1


def spoken(
    value: Any, pointer: str, role: str, trained: bool = True, voice: str = "", start: int = 0
) -> Iterator[Message]:
    """Yield what a column of TRL's says: a text of `role`, or chat messages."""
    if isinstance(value, str):
        learnt = trained and role == "assistant"
        yield Told(start, role, [(pointer, value)], pointer, learnt, voice)
    else:
        yield from placed(value, pointer, trained, voice, start)


def arguments(value: Any) -> str:
    """Return the arguments of a call as chat writes them, in a text of JSON."""
    try:
        return written(value)
    except RecursionError:
        return "{}"  # deeper than Python writes; no rule reads so far down


def numbered(messages: Sequence[Message]) -> list[Message]:
    """Return messages with their places in the list as indices."""
    for index, message in enumerate(messages):
        message.index = index
    return list(messages)
