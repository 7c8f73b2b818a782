"""FT1, what single targets demand of messages: roles, their order, words that no text may hold.

All of these are off without a target that demands it; `rules/targets` says which one does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ftlint.case import assistant, chat, declare, system, user
from ftlint.example import Batch, Example
from ftlint.features.declaration import declarations
from ftlint.finding import Finding, Severity
from ftlint.rule import ExampleRule, bad, good
from ftlint.value import dataclass

_HI = user("Hi")
_HELLO = assistant("Hello!")
_SYSTEM = system("Be brief.")
_THREE = {"roles": ["system", "user", "assistant"]}
_WORDS = {"words": ["<image>", "Bot:"]}
_MANY = 20
"""Words that are named in a message."""


@dataclass(frozen=True)
class RoleNotTaken(ExampleRule):
    """Message has a role that the target does not take.

    Why: the target refuses the file, or its template drops the message silently. What is no role
    anywhere is role-invalid instead, and `developer` is developer-role.

    Ignore when: the target takes the role by now.

    Source: documentation of each target (`ftlint targets NAME` names it).
    """

    code = "FT185"
    name = "role-not-taken"
    severity = Severity.ERROR
    message = "the target takes no messages of the role '{role}' ({roles})"
    default = False
    scope = "messages"
    good = (good(chat(_SYSTEM, _HI, _HELLO), options=_THREE),)
    bad = (
        bad(
            chat(_HI, {"role": "function", "name": "now", "content": "9:00"}, _HELLO),
            at="/messages/1/role",
            options=_THREE,
        ),
    )

    roles: tuple[str, ...] = ()
    """Roles that the target takes; none takes all."""

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a message."""
        if not self.roles:
            return
        for message in example.messages:
            role = message.role
            if role and role not in self.roles and role != "developer":
                where = example.at(f"{message.pointer}/role")
                yield self.finding(where, role=role, roles=", ".join(self.roles))


class FirstNotUser(ExampleRule):
    """First message, after a system prompt, is not the user's.

    Why: Bedrock, Together and others want conversations to begin with a question; they refuse the
    file, and many chat templates raise.

    Ignore when: the target takes it, as OpenAI does, and the assistant is to speak first.

    Source: validators of AWS (Nova), documentation of Anthropic and Together.
    """

    code = "FT187"
    name = "first-not-user"
    severity = Severity.WARNING
    scope = "messages"
    message = "conversation begins with the role '{role}', not 'user'"
    default = False
    good = (good(chat(_SYSTEM, _HI, _HELLO)),)
    bad = (
        bad(chat(_HELLO, _HI, _HELLO), at="/messages/0"),
        bad(chat(_SYSTEM, _HELLO, _HI, _HELLO), at="/messages/1"),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding."""
        for message in example.conversation:
            if message.role in ("system", "developer"):
                continue
            if message.role != "user":
                yield self.finding(example.at(message.pointer), role=message.role)
            return


class SeveralSystems(ExampleRule):
    """Example has more than one system message.

    Why: Mistral and Bedrock take one; most chat templates render only the first.

    Ignore when: the target takes several and the application sends them.

    Source: mistral-finetune's data loading; documentation of Amazon Bedrock.
    """

    code = "FT188"
    name = "several-systems"
    severity = Severity.WARNING
    message = "system message number {number}; the target takes one"
    default = False
    good = (good(chat(_SYSTEM, _HI, _HELLO)),)
    bad = (bad(chat(_SYSTEM, system("Be kind."), _HI, _HELLO), at="/messages/1"),)

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a system message after the first."""
        spoken = [message for message in example.conversation if message.role == "system"]
        for number, message in enumerate(spoken[1:], 2):
            yield self.finding(example.at(message.pointer), number=number)


@dataclass(frozen=True)
class ReservedText(ExampleRule):
    """Text holds a word that the target keeps for itself.

    Why: the target writes conversations with these words and refuses texts that hold them.

    Ignore when: never, for such a target; write the word in another way.

    Source: AWS's validator for Nova (`INVALID_TOKENS_TEXT`).
    """

    code = "FT190"
    name = "reserved-text"
    severity = Severity.ERROR
    message = "the target keeps {word!r} for itself"
    default = False
    good = (good(chat(_HI, _HELLO), options=_WORDS),)
    bad = (
        bad(
            chat(user("What is <image>?"), _HELLO),
            at="/messages/0/content",
            options=_WORDS,
        ),
    )

    words: tuple[str, ...] = ()
    """Words that no text may hold, in just this case."""

    def candidates(self, batch: Batch) -> Sequence[Example] | None:
        """Return the records whose bytes hold a word."""
        words = [word.encode() for word in self.words]
        return [
            example
            for example in batch.records
            if any(word in example.line.raw for word in words) or b"\\u" in example.line.raw
        ]

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a word and text."""
        for text in example.texts:
            for word in self.words:
                at = text.value.find(word)
                if at >= 0:
                    yield self.finding(example.at(text.pointer, (at, at + len(word))), word=word)


class ToolUndescribed(ExampleRule):
    """Declared function has no description.

    Why: Mistral's and Nova's validators refuse it; elsewhere it is optional, and the model learns
    from the name alone when to call it.

    Ignore when: the target takes it.

    Source: mistral-finetune; AWS's validator for Nova.
    """

    code = "FT192"
    name = "tool-undescribed"
    severity = Severity.WARNING
    message = "declared function {name!r} has {found} description"
    default = False
    good = (good(chat(_HI, _HELLO, tools=[declare("now", description="Tells the time.")])),)
    bad = (
        bad(chat(_HI, _HELLO, tools=[declare("now")]), at="/tools/0/function"),
        bad(
            chat(_HI, _HELLO, tools=[declare("now", description="")]),
            at="/tools/0/function/description",
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a function."""
        for declaration in declarations(example):
            description = declaration.value.get("description")
            if not (isinstance(description, str) and description.strip()):
                there = "description" in declaration.value
                pointer = f"{declaration.pointer}/description" if there else declaration.pointer
                found = "an empty" if there else "no"
                yield self.finding(example.at(pointer), name=declaration.name, found=found)
