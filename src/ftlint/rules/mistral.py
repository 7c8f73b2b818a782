"""FT1, calls for Mistral: what its validator refuses of calls that others take."""

from __future__ import annotations

from collections.abc import Iterator

from ftlint.case import assistant, call, calling, chat, declare, tool, user
from ftlint.example import Example
from ftlint.features.call import CALLS, speaks
from ftlint.finding import Finding, Severity
from ftlint.rule import ExampleRule, bad, good

_HI, _HELLO = user("Hi"), assistant("Hello!")
_TOOLS = [declare("go", {"type": "object", "properties": {"to": {"type": "string"}}})]
_GOOD = good(chat(_HI, calling(call("call_1", "go", '{"to": "Rome"}')), tools=_TOOLS))
_FIRST = "/messages/1/tool_calls/0"


class ToolCallIdMistral(ExampleRule):
    """Id of a call is not nine letters and digits, as Mistral wants it.

    Why: Mistral's tokenizer refuses it; ids such as `call_1` are OpenAI's.

    Ignore when: the target is not Mistral.

    Provider says: `Tool call id was bad_id but must be a-z, A-Z, 0-9, with a length of 9`.

    Source: mistral-common's validation (tokenizer V3), executed.
    """

    code = "FT165"
    scope = "messages"
    name = "tool-call-id-mistral"
    severity = Severity.ERROR
    message = "id {call_id!r} is not 9 of a-z A-Z 0-9"
    default = False
    good = (good(chat(_HI, calling(call("AbCd56789", "go")), tools=_TOOLS)),)
    bad = (bad(chat(_HI, calling(call("call_1", "go", "{}")), tools=_TOOLS), at=f"{_FIRST}/id"),)

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a call; its answer has the same id or is an id mismatch."""
        for made in example[CALLS]:
            if made.id and not (len(made.id) == 9 and made.id.isascii() and made.id.isalnum()):
                yield self.finding(example.at(f"{made.pointer}/id"), call_id=made.id)


class ContentAndToolCalls(ExampleRule):
    """Assistant message has both content and tool calls, which Mistral refuses.

    Why: Mistral's template renders one of them; the file is refused.

    Ignore when: the target is not Mistral; OpenAI takes both.

    Provider says: `Assistant message must have either content or tool_calls, but not both`.

    Source: mistral-common's validation, executed.
    """

    code = "FT166"
    scope = "messages"
    name = "content-and-tool-calls"
    severity = Severity.ERROR
    message = "content beside {count} tool call{s}"
    default = False
    good = (_GOOD,)
    bad = (
        bad(
            chat(_HI, calling(call("call_1", "go"), content="One moment"), tool("call_1"), _HELLO),
            at="/messages/1/content",
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a message."""
        for message in example.messages:
            count = len(message.calls)
            if count and message.content and speaks(message):
                where = example.at(f"{message.pointer}/content")
                yield self.finding(where, count=count, s="" if count == 1 else "s")
