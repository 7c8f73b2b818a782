"""What a trainer makes of an example: the text of its chat template, and the tokens of that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ftlint import chattemplate
from ftlint.example import Batch, Example
from ftlint.feature import Feature
from ftlint.renderer import Job, Limits, Renderer, Reply, renderer

_ROOM = 16
"""Code points that a template may write for each byte of the line."""
_PIECE = 1_000_000
"""Code points that are encoded at once: the library takes 160 bytes of memory for each."""


@dataclass(frozen=True)
class Rendering(Feature[Reply | None]):
    """The rendered text of each example, or why there is none.

    None where there is no conversation: a role is missing or misspelt, or `tools` are not a list
    of objects, which other rules report.
    """

    folder: str
    template: str
    digest: str
    """Of the files, so that the value of another version of them is another value."""

    def compute(self, batch: Batch) -> Sequence[Reply | None]:
        """Return one value an example. Raises: TokenizerError."""
        column: list[Reply | None] = [None] * len(batch)
        limits = Limits()
        jobs = {e.index: job for e in batch.records if (job := _job(e, limits))}
        if jobs:
            replies = self.renderer(limits).render(list(jobs.values()))
            for index, reply in zip(jobs, replies, strict=True):
                column[index] = reply
        return column

    def renderer(self, limits: Limits | None = None) -> Renderer:
        """Return what renders for this process. Raises: TokenizerError."""
        template = chattemplate.load(self.folder, self.template, self.digest)
        return renderer(template, limits)


@dataclass(frozen=True)
class TemplateTokens(Feature[int | str | None]):
    """The number of tokens of the rendered text, or the reason why it could not be rendered."""

    rendering: Rendering

    requires = ("tokenizer",)

    def compute(self, batch: Batch) -> Sequence[int | str | None]:
        """Return one value an example. Raises: TokenizerError."""
        replies = batch.column(self.rendering)
        if not any(reply and reply.kind == "text" for reply in replies):
            return [reply and reply.text for reply in replies]
        of = self.rendering
        tokenizer = chattemplate.vocabulary(of.folder, of.template, of.digest)
        return [_count(tokenizer, reply) for reply in replies]


def rendering(folder: str, template: str = "") -> Rendering:
    """Return the feature for a tokenizer as it is now. Raises: TokenizerError."""
    return Rendering(folder, template, chattemplate.digest(folder, template))


def template_tokens(folder: str, template: str = "") -> TemplateTokens:
    """Return the feature for a tokenizer as it is now. Raises: TokenizerError."""
    return TemplateTokens(rendering(folder, template))


def rendered_count(example: Example, tokens: TemplateTokens) -> int | None:
    """Return the tokens that a trainer makes of `example`; None when it cannot render it."""
    count = example[tokens]
    return count if isinstance(count, int) else None


def _job(example: Example, limits: Limits) -> Job | None:
    if not example.conversation:
        return None
    record = example.value
    tools = record.get("tools")
    if tools is not None and not _objects(tools):
        return None
    # TRL hands these to the template: switches such as `enable_thinking`.
    further = record.get("chat_template_kwargs")
    variables = further if isinstance(further, dict) else {}
    room = limits.characters + _ROOM * len(example.line.raw)
    return Job(record["messages"], tools, variables, room)


def _objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _pieces(text: str) -> Iterator[str]:
    """Yield `text`, in pieces if it is huge: each cut may cost a token, but seldom does.

    Hardly a tokenizer joins the end of one line to the beginning of the next.
    """
    start = 0
    while len(text) - start > _PIECE:
        end = text.rfind("\n", start, start + _PIECE) + 1 or start + _PIECE
        yield text[start:end]
        start = end
    yield text[start:]


def _count(tokenizer: Any, reply: Reply | None) -> int | str | None:
    if reply is None or reply.kind != "text":
        return reply and reply.text
    try:
        # What the template writes is all that there is: it names the first token itself.
        return sum(len(tokenizer.encode(p, add_special_tokens=False)) for p in _pieces(reply.text))
    except (TypeError, UnicodeEncodeError):  # which of them depends on the library's version
        return "writes a lone surrogate"
