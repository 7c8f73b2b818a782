"""FT1, content: that each message has it, and of a type that the target reads."""

from __future__ import annotations

from collections.abc import Iterator

from ftlint.case import assistant, call, calling, chat, user
from ftlint.decode import kind
from ftlint.example import Example, Message, Text
from ftlint.features.call import speaks
from ftlint.finding import Finding, Severity, Where
from ftlint.rule import ExampleRule, bad, good

_HI = user("Hi")
_HELLO = assistant("Hello!")
_CALL = calling(call("call_1", "now"))
_TOOLS = [{"type": "function", "function": {"name": "now"}}]


def excused(message: Message) -> bool:
    """Return whether the message may do without content: it calls, or it refuses."""
    value = message.value
    if message.role != "assistant":
        return False
    # Whatever stands under these keys has rules of its own; here only its presence counts.
    return any(value.get(key) is not None for key in ("tool_calls", "function_call", "refusal"))


class ContentEmpty(ExampleRule):
    """Text of a message is empty or blank.

    Why: an empty answer with weight 1 teaches the model to end its turn at once; an empty
    question teaches it to answer without being asked. Most often an export lost the text. Mistral
    refuses empty assistant content and Amazon Nova refuses any empty text; others accept it in
    silence. Content beside a call or a refusal may be empty: there is something to say without it.

    Ignore when: the silence is meant, such as a tool that returns nothing, and the target accepts
    it.

    Source: mistral-common (validation of assistant messages); AWS's validator for Amazon Nova.
    """

    code = "FT104"
    scope = "messages"
    name = "content-empty"
    severity = Severity.WARNING
    message = "{role} {member} is empty"
    good = (
        good(chat(_HI, _HELLO)),
        good(
            chat(_HI, {**_CALL, "content": ""}, tools=_TOOLS),
            note="exports write an empty text beside a call",
        ),
        good(chat(_HI, assistant("Hello!", refusal="")), note="or in place of a refusal"),
    )
    bad = (
        bad(chat(_HI, assistant("")), at="/messages/1/content"),
        bad(
            chat(user(" \n\u00a0"), _HELLO),
            at="/messages/0/content",
            note="spaces, line ends and no-break spaces are nothing to learn from either",
        ),
        bad(
            chat(user([{"type": "text", "text": "Hi"}, {"type": "text", "text": "  "}]), _HELLO),
            at="/messages/0/content/1/text",
            note="once for the part, not again for the message",
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a text."""
        if all([text.value.strip() for text in example.texts]):
            return
        pair = example.shape == "preference"
        for message in example.messages:
            if pair and not message.pointer.startswith("/input/"):
                continue  # output-empty's
            for text in _blanks(message):
                # An empty span would mark nothing.
                where = example.at(text.pointer, (0, len(text.value)) if text.value else None)
                member = "refusal" if text.pointer == f"{message.pointer}/refusal" else "content"
                yield self.finding(where, role=text.role or "message", member=member)


def _blanks(message: Message) -> list[Text]:
    """Return the texts that say nothing where something must be said."""
    value, texts = message.value, message.texts()
    if speaks(message) and any(value.get(key) for key in ("tool_calls", "function_call")):
        return []
    blank = [text for text in texts if not text.value.strip()]
    if not blank or texts[-1].pointer != f"{message.pointer}/refusal":
        return blank
    if texts[-1] not in blank:
        return []  # the refusal is what the message says
    return blank[:-1] if message.content is not None else blank


class ContentMissing(ExampleRule):
    """Message has no `content`.

    Why: there is nothing to read or to train on; the target refuses the file. Only an assistant
    message that calls a tool or refuses may do without.

    Ignore when: never.

    Provider says: Together: ``Missing required column `content` in message on line 1.``

    Source: OpenAI API specification; Together's file check.
    """

    code = "FT108"
    scope = "messages"
    name = "content-missing"
    severity = Severity.ERROR
    message = "{role} message has no 'content'"
    good = (good(chat(_HI, _CALL, tools=_TOOLS)),)
    bad = (
        bad(chat(_HI, {"role": "assistant"}), at="/messages/1"),
        bad(chat({"role": "user"}, _HELLO), at="/messages/0"),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a message."""
        for message in example.messages:
            if "content" not in message.value and message.role and not excused(message):
                yield self.finding(example.at(message.pointer), role=message.role)


class ContentNull(ExampleRule):
    """Content is null where there must be text.

    Why: the target refuses the file. Null is for assistant messages that call a tool or refuse.

    Ignore when: never.

    Source: OpenAI API specification.
    """

    code = "FT109"
    scope = "messages"
    name = "content-null"
    severity = Severity.ERROR
    message = "content of the {role} message is null"
    good = (good(chat(_HI, {**_CALL, "content": None}, tools=_TOOLS)),)
    bad = (
        bad(chat(_HI, {"role": "assistant", "content": None}), at="/messages/1/content"),
        bad(chat({"role": "user", "content": None}, _HELLO), at="/messages/0/content"),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a message; role `function` may have null (specification)."""
        for message in example.messages:
            null = message.content is None and "content" in message.value
            if null and message.role not in (None, "function") and not excused(message):
                yield self.finding(example.at(f"{message.pointer}/content"), role=message.role)


class ContentType(ExampleRule):
    """Content is neither a string nor a list of parts.

    Why: the target refuses the file or fails inside; several validators let it pass, so the job
    is what fails.

    Ignore when: never.

    Provider says: `'str' object has no attribute 'get'` (for a list of strings).

    Source: OpenAI API specification; a user's report (community thread 1151915).
    """

    code = "FT110"
    scope = "messages"
    name = "content-type"
    severity = Severity.ERROR
    message = "content is {found}, not {wanted}"
    good = (good(chat(user([{"type": "text", "text": "Hi"}]), _HELLO)),)
    bad = (
        bad(chat(user(42), _HELLO), at="/messages/0/content"),
        bad(chat(user(["Hi", "there"]), _HELLO), at="/messages/0/content"),
        bad(chat(user([]), _HELLO), at="/messages/0/content"),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a message."""
        for message in example.messages:
            found = self._fault(message)
            if found:
                parted = message.role not in ("tool", "function")
                wanted = "a string or a list of parts" if parted else "a string"
                where = example.at(f"{message.pointer}/content")
                yield self.finding(where, found=found, wanted=wanted)

    def _fault(self, message: Message) -> str:
        content = message.content
        if (
            content is None
            or isinstance(content, str)
            or (message.role == "tool" and _many(content))
        ):
            return ""
        if message.role == "function" and isinstance(content, list):
            return "a list"
        if not isinstance(content, list):
            return kind(content)
        if not content:
            return "an empty list"
        strange = next((part for part in content if not isinstance(part, dict)), content)
        return "" if strange is content else f"a list with {kind(strange)} in it"


def _many(content: object) -> bool:
    """Return whether this is a list, which in a tool message is tool-content-not-string."""
    return isinstance(content, list)


class RefusalType(ExampleRule):
    """Refusal is not text.

    Why: `refusal` is what the assistant says instead of content; the target refuses any other
    type.

    Ignore when: never.

    Source: OpenAI API specification (`refusal` is a string or null).
    """

    code = "FT129"
    scope = "messages"
    name = "refusal-type"
    severity = Severity.ERROR
    message = "refusal is {found}, not a string"
    good = (good(chat(_HI, assistant(refusal="I can't help with that."))),)
    bad = (bad(chat(_HI, assistant("No.", refusal=True)), at="/messages/1/refusal"),)

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a message."""
        for message in example.messages:
            refusal = message.value.get("refusal")
            if refusal is None or isinstance(refusal, str) or message.role != "assistant":
                continue
            where: Where = example.at(f"{message.pointer}/refusal")
            yield self.finding(where, found=kind(refusal))
