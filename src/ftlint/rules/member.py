"""FT1, the keys of a message: none that its role may not have, and those that it must."""

from __future__ import annotations

from collections.abc import Iterator

from ftlint.case import assistant, chat, user
from ftlint.example import Example
from ftlint.finding import Finding, Fix, Safety, Severity
from ftlint.pointer import join
from ftlint.rule import ExampleRule, bad, good
from ftlint.value import dataclass
from ftlint.wording import shown

MEMBERS = {
    "system": frozenset({"role", "content", "name"}),
    "developer": frozenset({"role", "content", "name"}),
    "user": frozenset({"role", "content", "name"}),
    "assistant": frozenset(
        {"role", "content", "refusal", "name", "weight", "tool_calls", "function_call"}
    ),
    # OpenAI's own examples write the function's name beside the answer, and it is accepted.
    "tool": frozenset({"role", "content", "tool_call_id", "name"}),
    "function": frozenset({"role", "content", "name"}),
}
"""Keys of a message by role (OpenAI API specification). `weight` has a rule of its own."""

_HELLO = assistant("Hello!")


@dataclass(frozen=True)
class UnknownMessageKey(ExampleRule):
    """Message has a key that its role may not have.

    Why: OpenAI refuses the file for it; elsewhere the key is dropped, and what it says (reasoning,
    a tool call on the wrong role) is silently not trained on.

    Ignore when: the trainer reads the key, such as `thinking` or `reasoning_content`; for
    reasoning, convert it to the key that the trainer reads.

    Provider says: the cookbook counts it as `message_unrecognized_key`.

    Fix: removes the key; unsafe, because its value is lost.

    Source: OpenAI API specification; OpenAI cookbook.
    """

    code = "FT116"
    scope = "messages"
    name = "unknown-message-key"
    severity = Severity.ERROR
    message = "unknown key {key!r} in the {role} message{detail}"
    good = (good(chat(user("Hi", name="ann"), assistant("Hello!", weight=1))),)
    bad = (
        bad(chat(user("Hi", timestamp=7), _HELLO), at="/messages/0/timestamp"),
        bad(chat(user("Hi", tool_calls=[]), _HELLO), at="/messages/0/tool_calls"),
        bad(chat(user("Hi"), assistant("Hello!", reasoning="…")), at="/messages/1/reasoning"),
    )

    keys: tuple[str, ...] = ()
    """Keys that the target takes at most, whatever the role; none takes those of the role."""

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a key."""
        for message in example.messages:
            allowed = MEMBERS.get(message.role or "")
            if allowed is None:
                continue
            if self.keys:
                allowed = allowed & {*self.keys}
            if message.value.keys() <= allowed:
                continue
            for key in message.value:
                if key not in allowed and (key != "weight" or self.keys):
                    pointer = message.pointer + join([key])
                    patch = ({"op": "remove", "path": pointer},)
                    yield self.finding(
                        example.at(pointer, key=True),
                        fix=Fix(f"remove {shown(key)}", patch, Safety.UNSAFE),
                        key=key,
                        role=message.role,
                        detail=self._hint(key, message.role or ""),
                    )

    def _hint(self, key: str, role: str) -> str:
        """Say what is taken, or how the key is meant."""
        return f"; the target takes {' and '.join(self.keys)}" if self.keys else _hint(key, role)


def _hint(key: str, role: str) -> str:
    """Say where the key belongs, or which known key it resembles."""
    owners = [other for other, members in MEMBERS.items() if key in members]
    if owners:
        return f"; it belongs in {' and '.join(owners)} messages"
    from difflib import get_close_matches

    near = get_close_matches(key, MEMBERS[role], 1, 0.7)
    return f"; did you mean {near[0]!r}?" if near else ""


class FunctionNameMissing(ExampleRule):
    """Message of role `function` does not name its function.

    Why: the name is what ties the answer to the call; the target refuses the file.

    Ignore when: never.

    Source: OpenAI API specification (`role`, `name` and `content` are required).
    """

    code = "FT132"
    scope = "messages"
    name = "function-name-missing"
    severity = Severity.ERROR
    message = "name of the function message is {found}"
    good = (good(chat(user("Hi"), _HELLO)),)
    bad = (
        bad(chat(user("Hi"), {"role": "function", "content": "12:00"}, _HELLO), at="/messages/1"),
        bad(
            chat(user("Hi"), {"role": "function", "name": None, "content": "12:00"}, _HELLO),
            at="/messages/1/name",
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a message; a name of another type is name-format's."""
        for message in example.messages:
            if message.role == "function" and message.value.get("name") is None:
                null = "name" in message.value
                pointer = f"{message.pointer}/name" if null else message.pointer
                yield self.finding(example.at(pointer), found="null" if null else "missing")
