"""FT3, form: answers in another form than was asked for, or about what is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import orjson

from ftlint.case import assistant, chat, system, user
from ftlint.example import Batch, Example, Text
from ftlint.features.cast import casts
from ftlint.features.lexicon import Terms, found_in, hits
from ftlint.features.suspicion import EDGE, indented
from ftlint.finding import Finding, Fix, Safety, Severity
from ftlint.rule import ExampleRule, bad, good
from ftlint.rules.ending import Answers, trained
from ftlint.text.expression import late
from ftlint.text.wordlist import words
from ftlint.value import dataclass

_HI = user("Hi")
_ASKED = system("Always answer with valid JSON and nothing else.")

_CONTINUED = frozenset({"completion", "text", "ranking", "kto"})
"""Shapes whose texts go on from a prompt as they stand: a space before them is right there."""


class EdgeWhitespace(Answers):
    """Answer begins or ends with white space.

    Why: chat templates write the space between turns; a further one is a token that the model
    learns to begin or end each answer with, and that is missing or doubled where it is served.

    Ignore when: the prompt ends in the middle of a line, as in completion of code or text.

    Fix: proposes to leave it out.

    Source: OpenAI's guide for completion models asked for a space in front of each answer; for
    chat models it is none of the format. Indented answers (two spaces, a tab) go on with code and
    are not reported. It is the same in all scripts.
    """

    flags = EDGE
    code = "FT316"
    name = "edge-whitespace"
    severity = Severity.NOTE
    message = "the answer {how} with white space"
    good = (
        good(chat(_HI, assistant("Hello!"))),
        good(
            chat(user("def two():"), assistant("    return 2")),
            note="indented code goes on where the prompt ends",
        ),
    )
    bad = (
        bad(chat(_HI, assistant(" Hello!")), at="/messages/1/content"),
        bad(chat(_HI, assistant("Hello!\n\n")), at="/messages/1/content"),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding an answer."""
        # What is proven of a record is proven of a chat.
        if not example.proven and example.shape in _CONTINUED and not example.native:
            return
        for text in trained(example):
            value, stripped = text.value, text.value.strip()
            lead = len(value) - len(value.lstrip())
            if not stripped or len(stripped) == len(value) or indented(value):
                continue
            span = (0, lead) if lead else (len(value.rstrip()), len(value))
            patch = {"op": "replace", "path": text.pointer, "value": stripped}
            yield self.finding(
                example.at(text.pointer, span),
                fix=Fix("leave out the white space", (patch,), Safety.UNSAFE),
                how="begins" if lead else "ends",
            )


_DEMAND = late(
    r"(?i)\b(?:(?:only|always|strictly|must|exclusively|just)\b[^.!?\n]{0,60}\bjson\b"
    r"|json\b[^.!?\n]{0,30}\b(?:only|and nothing else|without any)\b"
    r"|(?:respond|reply|answer|output|return)\b(?:\s+\w+){0,3}\s+(?:in|with|as)(?:\s+\w+){0,3}\s+json\b"
    r"|(?:antworte|répond|responde|rispondi)\w*\b[^.!?\n]{0,40}\bjson\b)"
    r"|(?:只|仅|必须|总是|务必|請只)[^。！？\n]{0,30}json|(?:以|用|按照?)\s*json\s*(?:格式|形式)(?:输出|返回|回答|回复|作答)"
    r"|json(?:形式|フォーマット)(?:のみ)?で(?:のみ)?(?:出力|回答|返)|json\s*(?:형식|포맷)으로(?:만)?"
    r"|(?:только|строго|всегда)[^.!?\n]{0,40}json"
)
_CONDITION = re.compile(r"(?i)\b(?:if|when|unless|may|can|wenn|si|если)\b|如果|当")
_FENCE = re.compile(r"\s*```(?:json)?[ \t]*\n(.*?)\n?```\s*\Z", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class JsonAnswerInvalid(ExampleRule):
    """Answer is no JSON where the example demands JSON.

    Why: the program that reads the answers will fail on what the model learns here.

    Ignore when: the system prompt demands JSON for some answers only.

    Source: RFC 8259; OpenAI guide to structured outputs. JSON is demanded by `response_format`, or
    by a sentence of the system prompt in one of eight languages that sets no condition. An answer
    in a code fence is reported too, since programs do not read the fence.
    """

    code = "FT315"
    name = "json-answer-invalid"
    severity = Severity.WARNING
    message = "the {source} demands JSON, but the answer {how}"
    good = (
        good(chat(_ASKED, user("Rome?"), assistant('{"country": "Italy"}'))),
        good(
            chat(
                system("If you call a tool, only write JSON."),
                user("Rome?"),
                assistant("It is in Italy."),
            ),
            note="a condition is no demand",
        ),
    )
    bad = (
        bad(
            chat(_ASKED, user("Rome?"), assistant('{"country": "Italy", }')),
            at="/messages/2/content",
        ),
        bad(
            chat(_ASKED, user("Rome?"), assistant("It is in Italy.")),
            at="/messages/2/content",
        ),
        bad(
            chat(
                user("Rome?"),
                assistant("Italy."),
                response_format={"type": "json_object"},
            ),
            at="/messages/1/content",
        ),
    )

    def candidates(self, batch: Batch) -> Sequence[Example]:
        """Return the examples whose system prompt has the word, and those with the key."""
        known, raws = casts(batch), batch.lines.raws
        chosen = []
        for index in known.others:
            raw, example = raws[index], batch.example(index)
            if (b"\\u" in raw or b"json" in raw.lower()) and (example.proven or not example.fault):
                chosen.append(index)
        for roles, rows, texts in known.alike:
            if roles[0] == "system":
                asking = {text for text in set(texts[0]) if "json" in text.lower()}
                chosen += [row for row, text in zip(rows, texts[0], strict=True) if text in asking]
        return [batch.example(index) for index in sorted(chosen)]

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding an answer that is no JSON."""
        source = _demanded(example)
        for text in trained(example) if source else ():
            how = _unlike_json(text)
            if how:
                yield self.finding(example.at(text.pointer), source=source, how=how)


def _demanded(example: Example) -> str:
    """Return what demands JSON, or nothing."""
    wanted: Any = example.value.get("response_format")
    kind = wanted.get("type") if isinstance(wanted, dict) else wanted
    if kind in ("json_object", "json_schema"):
        return "response format"
    for text in example.texts:
        if text.role in ("system", "developer"):
            for match in _DEMAND.finditer(text.value):
                start = max(map(text.value[: match.start()].rfind, ".!?。！？\n")) + 1
                if not _CONDITION.search(text.value[start : match.end()]):
                    return f"{text.role} prompt"
    return ""


def _unlike_json(text: Text) -> str:
    """Return why the answer is no JSON; nothing if it is, or if it is blank or a refusal."""
    value = text.value
    if not value.strip() or text.pointer.endswith("/refusal"):
        return ""
    try:
        orjson.loads(value)
    except orjson.JSONDecodeError as error:
        fenced = _FENCE.match(value)
        if fenced:
            try:
                orjson.loads(fenced[1])
            except orjson.JSONDecodeError:
                return "holds invalid JSON in a code fence"
            return "has a code fence around it"
        if value.lstrip()[0] in "{[":
            return f"is not valid: {str(error).split(':')[0]}"
        return "is text"
    return ""


@dataclass(frozen=True)
class MissingInput(ExampleRule):
    """Text points to an image or file that the example does not have.

    Why: the attachment was lost in the export; the model learns to describe what it cannot see,
    which is to invent.

    Ignore when: the image is described in the text, as in an exercise.

    Source: phrases that were written down for eleven languages. Questions and answers are read;
    an example with a part that is not text, or with tools, has an input of another kind.
    """

    code = "FT307"
    name = "missing-input"
    severity = Severity.WARNING
    message = "{role} says {term!r}, but the example holds text only"
    good = (
        good(
            chat(
                user(
                    [
                        {"type": "text", "text": "What is in this image?"},
                        {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
                    ]
                ),
                assistant("A bridge over a river."),
            )
        ),
        good(chat(user("How do I attach an image?"), assistant("Press the paper clip."))),
    )
    bad = (
        bad(
            chat(user("What is in this image?"), assistant("A bridge over a river.")),
            at="/messages/0/content",
        ),
        bad(
            chat(user("Count them."), assistant("In the picture you shared there are five.")),
            at="/messages/1/content",
        ),
    )

    @cached_property
    def lexicon(self) -> Terms:
        """Return the phrases of all languages."""
        every = words("input").values()
        return Terms(tuple(sorted(set[str]().union(*every))), ignore_case=True)

    def candidates(self, batch: Batch) -> Sequence[Example] | None:
        """Return the examples with one of the phrases."""
        return found_in(batch, self.lexicon)

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding an example, at the first phrase."""
        if example.value.get("tools") or example.value.get("functions") or _more(example):
            return
        for hit in hits(example, self.lexicon):
            if hit.text.role == "user" or hit.text.trained:
                where = example.at(hit.text.pointer, (hit.start, hit.end))
                yield self.finding(where, role=hit.text.role, term=hit.term)
                return


def _more(example: Example) -> bool:
    """Return whether a message has a part that is not text."""
    parts = [m.content for m in example.messages if isinstance(m.content, list)]
    return any(
        not isinstance(part, dict) or part.get("type") not in ("text", "refusal")
        for content in parts
        for part in content
    )
