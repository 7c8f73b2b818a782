"""FT1, turns: which roles occur, and in which order.

All of these read the conversation of an example, which is empty when a role is missing or misspelt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import eq

from ftlint.case import assistant, chat, system, user
from ftlint.example import Example
from ftlint.finding import Finding, Severity
from ftlint.rule import ExampleRule, bad, good

_HI = user("Hi")
_HELLO = assistant("Hello!")
_SYSTEM = system("Be brief.")
_INSTRUCTING = ("system", "developer")


class NoAssistant(ExampleRule):
    """Example has no assistant message.

    Why: only assistant messages are trained on; this example teaches nothing and is refused.

    Ignore when: the file holds prompts for reinforcement fine-tuning or inference.

    Source: OpenAI cookbook (example_missing_assistant_message).
    """

    code = "FT121"
    scope = "chat"
    name = "no-assistant"
    severity = Severity.ERROR
    message = "no message has the role 'assistant': nothing is trained on"
    good = (good(chat(_HI, _HELLO)),)
    bad = (bad(chat(_HI), at="/messages"), bad(chat(_SYSTEM, _HI), at="/messages"))

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding."""
        if example.roles and "assistant" not in example.roles:
            yield self.finding(example.at("/messages"))


class LastNotAssistant(ExampleRule):
    """Last message is not the assistant's.

    Why: whatever follows the last answer is never trained on; most targets refuse the example.

    Ignore when: the target is known to drop trailing messages.

    Source: validators of Microsoft, Mistral, Databricks and AWS; implied by OpenAI's guide.
    """

    code = "FT122"
    scope = "chat"
    name = "last-not-assistant"
    severity = Severity.ERROR
    message = "last message has the role '{role}', not 'assistant'"
    good = (good(chat(_HI, _HELLO)),)
    bad = (
        bad(chat(_HI, _HELLO, user("Bye")), at="/messages/2/role"),
        bad(chat(_HI, _HELLO, _SYSTEM), at="/messages/2/role"),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding; an example without any answer is no-assistant instead."""
        roles = example.roles
        if "assistant" in roles and roles[-1] != "assistant":
            yield self.finding(example.at(f"{example.turn(len(roles) - 1)}/role"), role=roles[-1])


class NoUser(ExampleRule):
    """Example has no user message.

    Why: the model learns to speak unasked, from the system prompt alone. Providers accept it, so
    it is seldom noticed when an export lost the questions. An example without an answer, too, is
    no-assistant instead.

    Ignore when: the assistant is to speak first, such as a greeting or a text written from a
    brief.

    Provider says: OpenAI's cookbook counts such examples as a warning, not as an error.

    Source: OpenAI cookbook, data preparation for chat models (`n_missing_user`).
    """

    code = "FT123"
    scope = "chat"
    name = "no-user"
    severity = Severity.NOTE
    message = "no message has the role 'user': the answer has no question"
    good = (good(chat(_HI, _HELLO)), good(chat(_SYSTEM, _HI, _HELLO)))
    bad = (
        bad(chat(system("Greet the guest."), assistant("Welcome!")), at="/messages"),
        bad(chat(assistant("Welcome! What can I do for you?")), at="/messages"),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding."""
        roles = example.roles
        if "assistant" in roles and "user" not in roles:
            yield self.finding(example.at("/messages"))


class ConsecutiveRoles(ExampleRule):
    """Two user or two assistant messages follow each other.

    Why: legal at OpenAI, but a sign of a lost message; Databricks, Bedrock and older versions of
    Together refuse it, and many chat templates raise. What has another rule is told by that only:
    a repeated message (duplicate-message), an answer in place of a tool's (tool-unanswered), and
    questions that nobody answers (last-not-assistant, no-assistant).

    Ignore when: the target takes it and it is meant, such as a text followed by an image.

    Source: OpenAI vision guide (its example has two user messages in a row); validators of
    Databricks, AWS and Together.
    """

    code = "FT125"
    scope = "messages"
    name = "consecutive-roles"
    severity = Severity.NOTE
    message = "two {role} messages in a row"
    good = (good(chat(_HI, _HELLO, user("Bye"), assistant("Bye!"))),)
    bad = (
        bad(chat(_HI, user("Anybody?"), _HELLO), at="/messages/1/role"),
        bad(chat(_HI, _HELLO, assistant("How are you?")), at="/messages/2/role"),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a message that follows one of its own role."""
        if not _repeats(example.roles):
            return
        conversation = example.conversation
        answer = max((m.index for m in conversation if m.role == "assistant"), default=-1)
        for before, message in pairwise(conversation):
            role = message.role
            if role != before.role or role not in ("user", "assistant"):
                continue
            unanswered = role == "user" and message.index > answer
            if unanswered or before.value.get("tool_calls") or message.value == before.value:
                continue
            where, other = (example.at(f"{m.pointer}/role") for m in (message, before))
            yield self.finding(where, related=(other,), role=role)


class SystemNotFirst(ExampleRule):
    """System message stands after other messages.

    Why: Fireworks, Cohere and Nova refuse it, and many chat templates drop it or raise; the model
    learns to take new instructions in the middle of a conversation. One after the last answer is
    last-not-assistant instead.

    Ignore when: the target takes it and the application really sends it there.

    Source: documentation of Fireworks and Cohere; AWS Nova validator.
    """

    code = "FT126"
    scope = "messages"
    name = "system-not-first"
    severity = Severity.WARNING
    message = "system message is number {number}, not the first"
    good = (good(chat(_SYSTEM, _HI, _HELLO)),)
    bad = (bad(chat(_HI, _SYSTEM, _HELLO), at="/messages/1/role"),)

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a system message after one of another role."""
        roles = example.roles
        end = len(roles)
        if "assistant" in roles:
            while roles[end - 1] in _INSTRUCTING:
                end -= 1
        others = False
        for at, role in enumerate(roles[:end]):
            if role not in _INSTRUCTING:
                others = True
            elif others:
                where = example.at(f"{example.turn(at)}/role")
                yield self.finding(where, number=example.conversation[at].index + 1)


class DuplicateMessage(ExampleRule):
    """Message repeats the one before it, word for word.

    Why: usually an export that wrote a message twice; the model learns to repeat itself.

    Ignore when: somebody really said it twice.

    Source: validator of Databricks (no repeated messages).
    """

    code = "FT127"
    scope = "messages"
    name = "duplicate-message"
    severity = Severity.NOTE
    message = "{role} message repeats the one before it"
    good = (good(chat(_HI, _HELLO, _HI, _HELLO), note="the same words in another turn are fine"),)
    bad = (bad(chat(_SYSTEM, _SYSTEM, _HI, _HELLO), at="/messages/1"),)

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a message that equals the one before."""
        previous = None
        for message in example.conversation if _repeats(example.roles) else ():
            if previous is not None and message.value == previous.value and message.role != "tool":
                before = example.at(previous.pointer)
                yield self.finding(
                    example.at(message.pointer), related=(before,), role=message.role
                )
            previous = message


def _repeats(roles: Sequence[str]) -> bool:
    """Return whether two messages that follow each other have the same role."""
    return any(map(eq, roles, roles[1:]))
