"""FT2, chat templates: what the template of the model that is trained makes of an example."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from ftlint.case import assistant, call, chat, declare, system, user
from ftlint.example import Example, Text
from ftlint.finding import Finding, Severity, Where
from ftlint.rule import NO_TOKENIZER, ExampleRule, bad, good
from ftlint.value import dataclass

if TYPE_CHECKING:
    from ftlint.features.template import Rendering
    from ftlint.tokens.renderer import Reply

_HI = user("What is the capital of Chad?")
_HELLO = assistant("N'Djamena.")
_SYSTEM = system("Be brief.")
_LOOKUP = [declare("lookup")]

_PLAIN = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"
_NO_SYSTEM = (
    "{% for m in messages %}{% if m.role == 'system' %}"
    "{{ raise_exception('System role not supported') }}{% endif %}"
    "<{{ m.role }}>{{ m.content }}{% endfor %}"
)
_CALLS_ONLY = (
    "{% for m in messages %}<{{ m.role }}>"
    "{% if m.tool_calls %}{{ m.tool_calls | tojson }}{% else %}{{ m.content }}{% endif %}"
    "{% endfor %}"
)


def _unready(rule: ChatTemplateFails | ChatTemplateDropsText) -> str | None:
    """Return why there is no template. Raises: TokenizerError, if the one named is wrong."""
    if rule.rendering is None:
        return NO_TOKENIZER
    from ftlint.tokens import chattemplate

    if lacks := chattemplate.missing():
        return lacks
    # Now and not at the first example: a wrong template is a mistake of the command line.
    rule.rendering.renderer().start()
    return None


def _rendering(rule: ChatTemplateFails | ChatTemplateDropsText) -> Rendering | None:
    """Return the feature of a rule; None without a template. Raises: TokenizerError."""
    if not rule.tokenizer and not rule.template:
        return None
    # Loaded here: most runs have no tokenizer, and need no other process.
    from ftlint.features.template import rendering

    return rendering(rule.tokenizer, rule.template)


@dataclass(frozen=True)
class ChatTemplateFails(ExampleRule):
    """Chat template of the model cannot render the example.

    Why: a trainer stops at the example, in the middle of a job or after hours of preparation, or
    leaves it out; one that renders to nothing is trained on as an empty text.

    Ignore when: the trainer is given a template of its own; name that one instead.

    Source: chat templates of Llama 2, Mistral and Gemma, which raise on roles that they do not
    know or that do not alternate; Unsloth issue 334.
    """

    code = "FT210"
    name = "chat-template-fails"
    severity = Severity.ERROR
    message = "chat template {problem}"
    good = (good(chat(_HI, _HELLO), options={"template": _NO_SYSTEM}),)
    bad = (
        bad(chat(_SYSTEM, _HI, _HELLO), at="/messages/0", options={"template": _NO_SYSTEM}),
        bad(
            chat(_HI, _HELLO),
            at="/messages",
            options={"template": "{% for m in conversation %}{{ m.content }}{% endfor %}"},
            note="a template that reads another name renders to nothing",
            pad=False,
        ),
    )

    tokenizer: str = ""
    """Folder of a Hugging Face tokenizer, as `--tokenizer` names it."""
    template: str = ""
    """A chat template (Jinja) that replaces the one of the tokenizer."""
    rendering = cached_property(_rendering)

    def unready(self) -> str | None:
        """Return why there is no template. Raises: TokenizerError."""
        return _unready(self)

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding, at the message on which the template raises."""
        reply = example[self.rendering] if self.rendering else None
        if reply is None:
            return
        if reply.kind != "text":
            problem = f"raises: {reply.text}" if reply.kind == "raises" else reply.text
            yield self.finding(_place(example, reply), problem=problem)
        elif not reply.text.strip():
            yield self.finding(example.at("/messages"), problem="renders to nothing")


def _place(example: Example, reply: Reply) -> Where:
    culprit = reply.culprit
    return example.at("/messages" if culprit is None else example.conversation[culprit].pointer)


@dataclass(frozen=True)
class ChatTemplateDropsText(ExampleRule):
    """Chat template leaves out text that is to be trained on.

    Why: the model never sees what was written for it to learn; usual victims are the words beside
    a tool call, reasoning in all answers but the last, and refusals.

    Ignore when: the text is meant to be left out, such as reasoning in earlier turns.

    Source: chat templates of Llama 3.1 (either calls or words) and Qwen 3 (reasoning of the last
    turn only).
    """

    code = "FT211"
    name = "chat-template-drops-text"
    severity = Severity.WARNING
    message = "chat template leaves out {share} of the answer"
    good = (
        good(chat(_HI, _HELLO), options={"template": _PLAIN}),
        good(
            chat(_HI, assistant("N'Djamena.  \nIn Chad.")),
            options={"template": "{{ messages[1].content | replace('  ', '') }}"},
            note="white space around lines does not count",
        ),
    )
    bad = (
        bad(
            chat(
                _HI,
                assistant("Let me look it up.", tool_calls=[call("call_1", "lookup")]),
                tools=_LOOKUP,
            ),
            at="/messages/1/content",
            options={"template": _CALLS_ONLY},
        ),
        bad(
            chat(_HI, assistant("<think>\nWest of Sudan.\n</think>\nN'Djamena.")),
            at="/messages/1/content",
            options={"template": "{{ messages[1].content.split('</think>')[-1] }}"},
        ),
    )

    tokenizer: str = ""
    """Folder of a Hugging Face tokenizer, as `--tokenizer` names it."""
    template: str = ""
    """A chat template (Jinja) that replaces the one of the tokenizer."""
    rendering = cached_property(_rendering)

    def unready(self) -> str | None:
        """Return why there is no template. Raises: TokenizerError."""
        return _unready(self)

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a text, at its first line that is not in the rendering."""
        reply = example[self.rendering] if self.rendering else None
        if reply is None or reply.kind != "text" or not reply.text.strip():
            return  # of which chat-template-fails speaks
        position = 0
        for text in example.texts:
            if text.trained:
                lost, lines, position = _lost(text, reply.text, position)
                if lost:
                    where = example.at(text.pointer, lost[0])
                    share = "all" if len(lost) == lines else f"{len(lost)} of {lines} lines"
                    yield self.finding(where, share=share)


_LINE = re.compile(r"[^\s](?:[^\r\n]*[^\s])?")
"""A line without the white space around it, which templates trim."""


def _lost(text: Text, rendered: str, position: int) -> tuple[list[tuple[int, int]], int, int]:
    """Return which lines of `text` do not stand in `rendered` behind `position`.

    Also their number, and the end of the last one that was found: answers keep their order, so
    a short one is not taken for a word of an earlier one.
    """
    whole = text.value.strip()
    found = rendered.find(whole, position)
    if found >= 0:
        return [], 0, found + len(whole)
    lost, lines = [], 0
    for line in _LINE.finditer(text.value):
        lines += 1
        found = rendered.find(line[0], position)
        if found < 0:
            lost.append(line.span())
        else:
            position = found + len(line[0])
    return lost, lines, position
