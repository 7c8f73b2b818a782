"""What a trainer makes of an example: the text of its chat template, and the tokens of that."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

from ftlint.example import Batch, Example, Message, Text
from ftlint.feature import Feature
from ftlint.features.tokens import Meter, TokenCount
from ftlint.finding import Where
from ftlint.tokens import chattemplate
from ftlint.tokens.renderer import Job, Limits, Renderer, Reply, renderer
from ftlint.value import dataclass

_ROOM = 16
"""Code points that a template may write for each byte of the line."""
_PIECE = 250_000
"""Code points that are encoded at once: of emoji each takes a kilobyte of memory."""
_MISSES = 100
"""Texts that are looked for in vain before the rest is not: each search may read everything."""


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
class TemplateTokens(Meter):
    """The tokens of the rendered text; None where there is no such text.

    All of them are exact. Which of them are of a text is told by where the text stands in the
    rendering: `prompt` and `answer` are as good as that, and `roles` are of texts alone. What a
    processor puts in the place of an image is not known.
    """

    rendering: Rendering

    requires = ("tokenizer",)

    @property
    def told(self) -> dict[str, str | None]:
        """Return the folder; there is no encoding."""
        return {"encoding": None, "tokenizer": self.rendering.folder}

    def compute(self, batch: Batch) -> Sequence[TokenCount | None]:
        """Return one value an example. Raises: TokenizerError."""
        column: list[TokenCount | None] = [None] * len(batch)
        for index, reply in enumerate(batch.column(self.rendering)):
            if reply and reply.kind == "text" and (starts := self.starts(reply.text)):
                column[index] = self._tally(batch.example(index), reply.text, starts)
        return column

    def starts(self, text: str) -> array[int]:
        """Return where each token of `text` begins; none if it holds a lone surrogate.

        Raises: TokenizerError.
        """
        encode, starts = self.vocabulary().encode, array("Q")
        try:
            for place, piece in _pieces(text):
                # What the template writes is all that there is: it names the first token itself.
                found = encode(piece, add_special_tokens=False).offsets
                starts.extend([place + start for start, _ in found])
        except (TypeError, UnicodeEncodeError):  # which of them depends on the library's version
            return array("Q")
        return starts

    def vocabulary(self) -> Any:
        """Return the tokenizer, loaded once a process. Raises: TokenizerError."""
        of = self.rendering
        return chattemplate.vocabulary(of.folder, of.template, of.digest)

    def _tally(self, example: Example, rendered: str, starts: array[int]) -> TokenCount:
        tally = TokenCount()
        tally.total = len(starts)
        last = max((m.index for m in example.conversation if m.role == "assistant"), default=-1)
        for message, text, start, end in _located(example, rendered):
            if start < 0:  # written otherwise, so only its number is known
                many = len(self.starts(text.value))
            else:
                before, many = _between(starts, start, end)
                if message.index == last:
                    if tally.last < 0:
                        tally.last, tally.prompt = last, before
                    tally.answer = before + many - tally.prompt
            tally.roles[text.role] = tally.roles.get(text.role, 0) + many
            tally.trained += many if text.trained else 0
        return tally

    def lost(self, example: Example, tally: TokenCount, limit: int) -> Where:
        """Return the end of the last answer that begins with token number `limit`."""
        reply = example[self.rendering]
        rendered = reply.text if reply else ""
        edge = self.starts(rendered)[limit]
        for message, text, start, end in _located(example, rendered):
            if message.index == tally.last and start <= edge < end:
                indent = len(text.value) - len(text.value.lstrip())
                return example.at(text.pointer, (indent + edge - start, len(text.value)))
        return example.at(example.message_at(tally.last).pointer)


def rendering(folder: str, template: str = "") -> Rendering:
    """Return the feature for a tokenizer as it is now. Raises: TokenizerError."""
    return Rendering(folder, template, chattemplate.digest(folder, template))


def template_tokens(folder: str, template: str = "") -> TemplateTokens:
    """Return the feature for a tokenizer as it is now. Raises: TokenizerError."""
    return TemplateTokens(rendering(folder, template))


def _located(example: Example, rendered: str) -> Iterator[tuple[Message, Text, int, int]]:
    """Yield each text with where it stands in the rendering; -1 where it is not found.

    Texts keep their order, so each is looked for behind the one before it.
    """
    place = misses = 0
    for message in example.conversation:
        for text in message.texts():
            whole = text.value.strip()  # templates trim
            start = rendered.find(whole, place) if whole and misses < _MISSES else -1
            if start < 0:
                misses += bool(whole)
                yield message, text, -1, -1
            else:
                place = start + len(whole)
                yield message, text, start, place


def _between(starts: array[int], start: int, end: int) -> tuple[int, int]:
    """Return how many tokens begin before `start`, and how many from there to `end`."""
    before = bisect_left(starts, start)
    return before, bisect_left(starts, end) - before


def _job(example: Example, limits: Limits) -> Job | None:
    if not example.conversation:
        return None
    record = example.value
    tools = example.tools
    if tools is not None and not _objects(tools):
        return None
    # TRL hands these to the template: switches such as `enable_thinking`.
    further = record.get("chat_template_kwargs")
    variables = further if isinstance(further, dict) else {}
    messages = [message.value for message in example.conversation]
    room = limits.characters + _ROOM * len(example.line.raw)
    return Job(messages, tools, variables, room)


def _objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Yield `text` with its place, in pieces if it is huge: each cut may cost a token.

    It seldom does: hardly a tokenizer joins the end of one line to the beginning of the next.
    """
    start = 0
    while len(text) - start > _PIECE:
        end = text.rfind("\n", start, start + _PIECE) + 1 or start + _PIECE
        yield start, text[start:end]
        start = end
    yield start, text[start:]
