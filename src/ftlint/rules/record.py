"""FT1, the record: its top-level keys and its list of messages."""

from __future__ import annotations

from collections.abc import Iterator

from ftlint.case import assistant, chat, user
from ftlint.decode import kind
from ftlint.example import Example
from ftlint.finding import Finding, Fix, Safety, Severity
from ftlint.rule import ExampleRule, bad, good
from ftlint.shape import CHAT_KEYS, UNKNOWN
from ftlint.value import dataclass

_HI = user("Hi")
_HELLO = assistant("Hello!")


class MissingMessages(ExampleRule):
    """Record has no `messages`.

    Why: nothing in it can be trained on; the target refuses the file.

    Ignore when: never. A record of another known shape is reported by mixed-formats or
    method-mismatch instead, a file without any known shape by shape-unknown.

    Provider says: `Invalid file format. Example N is missing key 'messages'`.

    Source: OpenAI API specification; users' reports.
    """

    code = "FT101"
    scope = "chat"
    name = "missing-messages"
    severity = Severity.ERROR
    message = "record has no 'messages'{detail}"
    good = (good(chat(_HI, _HELLO)),)
    bad = (bad({}, at=""), bad({"Messages": [_HI, _HELLO]}, at="", note="keys are case-sensitive"))

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding."""
        value = example.value
        if "messages" not in value and example.shape == UNKNOWN:
            keys = ", ".join(repr(key[:40]) for key in list(value)[:5])
            yield self.finding(example.at(), detail=f" (it has {keys})" if keys else "")


class MessagesShape(ExampleRule):
    """`messages` is not a list, or is empty.

    Why: nothing in the record can be trained on; some validators crash on it.

    Ignore when: never.

    Source: OpenAI API specification (array, at least one item).
    """

    code = "FT102"
    scope = "chat"
    name = "messages-shape"
    severity = Severity.ERROR
    message = "'messages' is {found}, not a list of messages"
    good = (good(chat(_HI, _HELLO)),)
    bad = (
        bad({"messages": []}, at="/messages"),
        bad({"messages": None}, at="/messages"),
        bad({"messages": "Hi"}, at="/messages"),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding."""
        messages = example.value.get("messages", self)
        if messages is not self and not (isinstance(messages, list) and messages):
            found = "an empty list" if messages == [] else kind(messages)
            yield self.finding(example.at("/messages"), found=found)


@dataclass(frozen=True)
class UnknownTopLevelKey(ExampleRule):
    """Record has a key that the target does not know.

    Why: OpenAI refuses the file for one key too many; metadata belongs in a file of its own.

    Ignore when: the trainer ignores extra keys, or a grader reads them (reinforcement
    fine-tuning).

    Provider says: `Example N contains an extra "X"` (`invalid_file_format`).

    Fix: removes the key; unsafe, because its value is lost.

    Source: OpenAI API specification; users' reports.
    """

    code = "FT103"
    scope = "chat"
    name = "unknown-top-level-key"
    severity = Severity.ERROR
    message = "unknown key {key!r} beside 'messages'"
    good = (good(chat(_HI, _HELLO, parallel_tool_calls=True)),)
    bad = (
        bad(chat(_HI, _HELLO, id=7), at="/id"),
        bad(chat(_HI, _HELLO, source="web", tag=None), at=("/source", "/tag")),
    )

    keys: tuple[str, ...] = ()
    """Keys that the target takes; none takes those of OpenAI."""

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a key."""
        value, taken = example.value, frozenset(self.keys) or CHAT_KEYS
        if "messages" not in value or value.keys() <= taken:
            return
        for key in value:
            if key not in taken:
                pointer = "/" + key.replace("~", "~0").replace("/", "~1")
                patch = ({"op": "remove", "path": pointer},)
                hint = "; write it as a message with the role 'system'" if key == "system" else ""
                yield self.finding(
                    example.at(pointer, key=True),
                    fix=Fix(f"remove {key[:40]!r}", patch, Safety.UNSAFE),
                    hint=hint,
                    key=key[:40],
                )


class MessageNotObject(ExampleRule):
    """Item of `messages` is not an object.

    Why: a message needs a role and content; the target refuses the file.

    Ignore when: never.

    Provider says: Together: ``The `messages` column must be a list of dicts. Found <class 'str'>``.

    Source: OpenAI API specification; Together's file check.
    """

    code = "FT105"
    scope = "chat"
    name = "message-not-object"
    severity = Severity.ERROR
    message = "message is {found}, not an object"
    good = (good(chat(_HI, _HELLO)),)
    bad = (
        bad(chat("Hi", _HELLO), at="/messages/0"),
        bad(chat(_HI, None, _HELLO), at="/messages/1"),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding an item."""
        items = example.value.get("messages")
        if not isinstance(items, list) or len(items) == len(example.messages):
            return
        for index, item in enumerate(items):
            if not isinstance(item, dict):
                yield self.finding(example.at(f"/messages/{index}"), found=kind(item))
