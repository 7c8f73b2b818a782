"""FT1, answers: that each call is answered once, by a tool message with its id."""

from __future__ import annotations

from collections.abc import Iterator

from ftlint.case import assistant, call, calling, chat, declare, tool, user
from ftlint.example import Example
from ftlint.features.answer import ANSWERS
from ftlint.features.call import CALLS
from ftlint.finding import Finding, Fix, Safety, Severity
from ftlint.rule import ExampleRule, bad, good

_HI = user("Hi")
_HELLO = assistant("Hello!")
_TOOLS = [declare("now")]
_FIRST, _SECOND = call("call_1", "now"), call("call_2", "now")
_ANSWERED = good(
    chat(_HI, calling(_FIRST, _SECOND), tool("call_2"), tool("call_1"), _HELLO, tools=_TOOLS)
)


class ToolUnanswered(ExampleRule):
    """Call is not answered by a tool message before the next turn.

    Why: the target refuses the file, often with a message that names no line; where it does not,
    the model learns to go on without the result. Calls of the last message need no answer.

    Ignore when: never.

    Provider says: Mistral: `Not the same number of function calls and responses`.

    Source: OpenAI API guide to function calling; mistral-common's validation; foundry issue 23.
    """

    code = "FT158"
    scope = "messages"
    name = "tool-unanswered"
    severity = Severity.ERROR
    message = "call {call_id!r} is not answered before the next turn{late}"
    good = (_ANSWERED, good(chat(_HI, calling(_FIRST), tools=_TOOLS), note="the last message"))
    bad = (
        bad(chat(_HI, calling(_FIRST), _HELLO, tools=_TOOLS), at="/messages/1/tool_calls/0"),
        bad(
            chat(_HI, calling(_FIRST, _SECOND), tool("call_1"), _HELLO, tools=_TOOLS),
            at="/messages/1/tool_calls/1",
        ),
        bad(
            chat(_HI, calling(_FIRST), _HI, tool("call_1"), _HELLO, tools=_TOOLS),
            at="/messages/1/tool_calls/0",
            note="answered too late",
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a call, related to an answer that comes too late."""
        answers = example[ANSWERS]
        if answers is None:
            return
        for made, late in answers.unanswered:
            yield self.finding(
                example.at(made.pointer),
                related=(example.at(late.pointer),) if late else (),
                call_id=made.id,
                late=f", but only by message {late.index + 1}" if late else "",
            )


class ToolOrphan(ExampleRule):
    """Tool message stands where no call waits for an answer.

    Why: the target refuses the file; there is no call that the message could belong to.

    Ignore when: never.

    Provider says: Mistral: `Unexpected role 'tool' after role 'user'`.

    Source: OpenAI API guide to function calling; mistral-common's validation.
    """

    code = "FT159"
    scope = "messages"
    name = "tool-orphan"
    severity = Severity.ERROR
    message = "tool message after {before}, where no call waits for an answer"
    good = (_ANSWERED,)
    bad = (
        bad(chat(_HI, tool("call_1"), _HELLO), at="/messages/1"),
        bad(chat(_HI, assistant("Wait"), tool("call_1"), _HELLO), at="/messages/2"),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a tool message."""
        answers = example[ANSWERS]
        if answers is None:
            return
        for message, previous in answers.orphans:
            before = f"role {previous.role!r}" if previous else "nothing"
            yield self.finding(example.at(message.pointer), before=before)


class ToolIdMismatch(ExampleRule):
    """`tool_call_id` is missing, is no call's, or was answered already.

    Why: the target refuses the file; where it does not, results are shown to the wrong call.

    Ignore when: never.

    Source: OpenAI API specification (`tool_call_id` is required); mistral-finetune's check.
    """

    code = "FT160"
    scope = "messages"
    name = "tool-id-mismatch"
    severity = Severity.ERROR
    message = "tool_call_id is {problem}"
    good = (_ANSWERED,)
    bad = (
        bad(
            chat(_HI, calling(_FIRST), tool("call_7"), _HELLO, tools=_TOOLS),
            at="/messages/2/tool_call_id",
        ),
        bad(
            chat(_HI, calling(_FIRST), tool("call_1"), tool("call_1"), _HELLO, tools=_TOOLS),
            at="/messages/3/tool_call_id",
        ),
        bad(
            chat(_HI, calling(_FIRST), {"role": "tool", "content": "42"}, _HELLO, tools=_TOOLS),
            at="/messages/2",
        ),
        bad(
            chat(_HI, calling(_FIRST), tool(None), _HELLO, tools=_TOOLS),
            at="/messages/2/tool_call_id",
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a tool message behind a call."""
        answers = example[ANSWERS]
        if answers is None:
            return
        for message, problem in answers.strays:
            missing = "tool_call_id" not in message.value
            pointer = message.pointer if missing else f"{message.pointer}/tool_call_id"
            yield self.finding(example.at(pointer), problem=problem)


class ToolCallIdDuplicate(ExampleRule):
    """Two calls of one example have the same id.

    Why: an answer cannot be told from another's; within one turn results get mixed up. Whether a
    target refuses it is not documented. Which id is the right one depends on the answers.

    Ignore when: the ids are placeholders in separate turns and the trainer does not read them.

    Source: Amazon Nova's data validator (ids are unique).
    """

    code = "FT161"
    scope = "messages"
    name = "tool-call-id-duplicate"
    severity = Severity.WARNING
    message = "id {call_id!r} is that of an earlier call"
    good = (_ANSWERED,)
    bad = (
        bad(
            chat(
                _HI,
                calling(_FIRST),
                tool("call_1"),
                calling(_FIRST),
                tool("call_1", "43"),
                _HELLO,
                tools=_TOOLS,
            ),
            at="/messages/3/tool_calls/0/id",
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a repeated id, at its second call, related to the others."""
        calls = example[CALLS]
        if len(calls) < 2:
            return
        places: dict[str, list[str]] = {}
        for made in calls:
            if made.id is not None and not made.legacy:
                places.setdefault(made.id, []).append(f"{made.pointer}/id")
        for call_id, (first, *again) in places.items():
            if again:
                others = [example.at(pointer) for pointer in (first, *again[1:])]
                yield self.finding(example.at(again[0]), related=others, call_id=call_id)


class ToolContentNotString(ExampleRule):
    """Content of a tool message is a list of parts.

    Why: the specification allows text parts here, but the server refused them.

    Ignore when: the target is known to take parts in tool messages.

    Provider says: `Line 1, message 3, key "content": Input should be a valid string`.

    Fix: writes the text of a single text part; safe.

    Source: a user's report (community thread 965584).
    """

    code = "FT162"
    scope = "messages"
    name = "tool-content-not-string"
    severity = Severity.ERROR
    message = "content of the tool message is a list, not a string"
    good = (_ANSWERED,)
    bad = (
        bad(
            chat(
                _HI,
                calling(_FIRST),
                tool("call_1", [{"type": "text", "text": "42"}]),
                _HELLO,
                tools=_TOOLS,
            ),
            at="/messages/2/content",
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a tool message."""
        for message in example.messages:
            content = message.content
            if isinstance(content, list) and message.role == "tool":
                pointer = f"{message.pointer}/content"
                fix = None
                match content:
                    case [{"type": "text", "text": str(text), **rest}] if not rest:
                        patch = ({"op": "replace", "path": pointer, "value": text},)
                        fix = Fix("write the text of the part", patch, Safety.SAFE)
                yield self.finding(example.at(pointer), fix=fix)
