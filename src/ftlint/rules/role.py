"""FT1, roles: that each message has one, and a right one."""

from __future__ import annotations

from collections.abc import Iterator

from ftlint.case import assistant, chat, system, user
from ftlint.decode import kind
from ftlint.example import ROLES, Example, Message
from ftlint.finding import Finding, Fix, Safety, Severity
from ftlint.rule import ExampleRule, bad, good
from ftlint.wording import shown

MEANT = {
    **dict.fromkeys(("human", "customer", "instruction", "prompter", "question"), "user"),
    **dict.fromkeys(("gpt", "bot", "model", "chatbot", "ai", "assistent", "answer"), "assistant"),
    **dict.fromkeys(("observation", "tool_response", "ipython"), "tool"),
    "sys": "system",
}
"""Role names of other formats, and what they are called here."""

_HI = user("Hi")
_HELLO = assistant("Hello!")


class RoleMissing(ExampleRule):
    """Message has no `role`.

    Why: the target cannot tell who speaks and refuses the file.

    Ignore when: never.

    Provider says: `Example 100, message 2 Discriminator 'role' is missing in value`.

    Source: users' reports; OpenAI API specification.
    """

    code = "FT106"
    scope = "messages"
    name = "role-missing"
    severity = Severity.ERROR
    message = "message has no 'role'{detail}"
    good = (good(chat(_HI, _HELLO)),)
    bad = (
        bad(chat({"content": "Hi"}, _HELLO), at="/messages/0"),
        bad(chat({"from": "human", "value": "Hi"}, _HELLO), at="/messages/0", note="ShareGPT keys"),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a message."""
        for message in example.messages:
            if "role" not in message.value:
                detail = " ('from' is ShareGPT's name for it)" if "from" in message.value else ""
                yield self.finding(example.at(message.pointer), detail=detail)


class RoleInvalid(ExampleRule):
    """Role is not one that the target knows.

    Why: the target refuses the file; a trainer's template drops the message silently.

    Ignore when: the trainer maps its own role names (`roles:` of Axolotl, `tags` of
    LLaMA-Factory).

    Provider says: Together: `Found invalid role … in the messages`.

    Fix: writes the role that is meant. Safe for a difference of case or spaces, else unsafe.

    Source: OpenAI API specification (system, developer, user, assistant, tool, function).
    """

    code = "FT107"
    scope = "messages"
    name = "role-invalid"
    severity = Severity.ERROR
    message = "role is {found}{suggestion}"
    good = (good(chat(system("Be brief."), _HI, _HELLO)),)
    bad = (
        bad(chat({"role": "human", "content": "Hi"}, _HELLO), at="/messages/0/role"),
        bad(chat(_HI, {"role": "Assistant", "content": "Hello!"}), at="/messages/1/role"),
        bad(chat(_HI, {"role": None, "content": "Hello!"}), at="/messages/1/role"),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a message."""
        for message in example.messages:
            if message.role is None and "role" in message.value:
                yield self._found(example, message)

    def _found(self, example: Example, message: Message) -> Finding:
        role, pointer = message.value["role"], f"{message.pointer}/role"
        if not isinstance(role, str):
            return self.finding(example.at(pointer), found=f"{kind(role)}, not text", suggestion="")
        meant = intended(role)
        fix = None
        if meant:
            safety = Safety.SAFE if role.strip().lower() == meant else Safety.UNSAFE
            patch = ({"op": "replace", "path": pointer, "value": meant},)
            fix = Fix(f"write {meant!r}", patch, safety)
        known = f"; did you mean {meant!r}?" if meant else " (" + ", ".join(sorted(ROLES)) + ")"
        return self.finding(example.at(pointer), fix=fix, found=shown(role), suggestion=known)


def intended(role: str) -> str | None:
    """Return the role that an unknown one stands for, if that is plain."""
    word = role.strip().lower()
    if word in ROLES:
        return word
    if word in MEANT:
        return MEANT[word]
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, ROLES, 1, 0.8)), None)


class DeveloperRole(ExampleRule):
    """Role is `developer`, which supervised fine-tuning does not name.

    Why: it is known in chat and in reinforcement fine-tuning, but not in the specification of
    supervised data; Together, Mistral and Azure's validator refuse it.

    Ignore when: the target is known to take it; otherwise write `system`.

    Fix: writes `system`; unsafe, because the two roles differ for reasoning models.

    Source: OpenAI API specification (FineTuneChatRequestInput); measured on three validators.
    """

    code = "FT128"
    scope = "chat"
    name = "developer-role"
    severity = Severity.WARNING
    message = "role 'developer' is not in the specification of supervised data"
    good = (good(chat(system("Be brief."), _HI, _HELLO)),)
    bad = (
        bad(
            chat({"role": "developer", "content": "Be brief."}, _HI, _HELLO), at="/messages/0/role"
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a message."""
        for message in example.messages:
            if message.value.get("role") == "developer":
                pointer = f"{message.pointer}/role"
                patch = ({"op": "replace", "path": pointer, "value": "system"},)
                fix = Fix("write 'system'", patch, Safety.UNSAFE)
                yield self.finding(example.at(pointer), fix=fix)
