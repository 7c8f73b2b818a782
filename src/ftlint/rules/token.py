"""FT2, tokens: examples that are cut off where the model's context ends.

What is cut is the end, which is the answer that was to be taught. A line with fewer bytes than
the limit has tokens is not even decoded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ftlint.analyses.tokens import TokenTotals
from ftlint.case import assistant, chat, user
from ftlint.column import Column
from ftlint.example import Batch, Example, Message
from ftlint.features.tokens import TokenCount, Tokens, longer_than
from ftlint.finding import Finding, Severity, Where
from ftlint.proof import SHAPE
from ftlint.rule import NO_LIMIT, NO_MODEL, ExampleRule, bad, good
from ftlint.tokens.encoding import VOCABULARIES, load
from ftlint.value import dataclass

if TYPE_CHECKING:
    from ftlint.features.template import TemplateTokens

_HI = user("Hi")
_TEN = "one two three four five six seven eight nine ten"
_SMALL = {"limit": 23}


NO_VOCABULARY = "no encoding is known of {}; --tokenizer DIR or --encoding NAME counts"
"""Reason of `unready`."""


def uncountable(encoding: str, tokenizer: str, model: str = "") -> str | None:
    """Return why nothing here counts tokens, if so. Raises: TokenizerError."""
    if not tokenizer:
        if not encoding:
            return NO_VOCABULARY.format(model or "the model")
        known = ", ".join(VOCABULARIES)
        return None if encoding in VOCABULARIES else f"no encoding {encoding!r} is known ({known})"
    from ftlint.features.template import template_tokens
    from ftlint.tokens import chattemplate

    if lacking := chattemplate.missing(counting=True):
        return lacking
    # Now and not at the first example: a wrong folder is a mistake of the command line.
    tokens = template_tokens(tokenizer)
    tokens.rendering.renderer().start()
    tokens.vocabulary()
    return None


def spaced(finding: Finding) -> Finding:
    """Return the finding with its large numbers grouped by spaces: 17 204."""
    return replace(finding, message=re.sub(r"(?<=\d),(?=\d{3})", " ", finding.message))


@dataclass(frozen=True)
class TokenColumn(Column):
    """Tokens of an example, estimates for tools and images included."""

    name = "tokens"
    kind = "int"

    encoding: str = "o200k_base"

    def values(self, batch: Batch) -> list[int | None]:
        """Return one number a line."""
        return [
            None if tally is None else tally.whole for tally in batch.column(Tokens(self.encoding))
        ]


@dataclass(frozen=True)
class TrainedTokenColumn(Column):
    """Tokens of answers that are not masked."""

    name = "trained_tokens"
    kind = "int"

    encoding: str = "o200k_base"

    def values(self, batch: Batch) -> list[int | None]:
        """Return one number a line."""
        return [
            None if tally is None else tally.trained
            for tally in batch.column(Tokens(self.encoding))
        ]


@dataclass(frozen=True)
class _Limited(ExampleRule):
    """Compares an example with the limit of the model; short lines are not even decoded.

    With a tokenizer it is the text of its chat template that is counted, as trainers do.
    """

    limit: int | None = None
    """Tokens of an example that are trained on; set by a target with a model."""
    encoding: str = "o200k_base"
    """The vocabulary that the model reads; set by a target with a model."""
    model: str = ""
    """Name of the model in messages."""
    image: int = 0
    """Tokens for which an image is taken; set by a target."""
    low_image: int | None = None
    """Tokens of an image of low detail, where that is documented; set by a target."""
    tokenizer: str = ""
    """Folder of a Hugging Face tokenizer, as `--tokenizer` names it: counts what it renders."""

    @cached_property
    def meter(self) -> Tokens | TemplateTokens:
        """What counts tokens. Raises: TokenizerError."""
        if not self.tokenizer:
            return Tokens(self.encoding, self.image, self.low_image)
        from ftlint.features.template import template_tokens  # most runs have no tokenizer

        return template_tokens(self.tokenizer)

    def unready(self) -> str | None:
        """Return why tokens cannot be compared with a limit. Raises: TokenizerError."""
        if self.limit is None:
            return NO_LIMIT if self.model else NO_MODEL
        return uncountable(self.encoding, self.tokenizer, self.model)

    def columns(self) -> tuple[Column, ...]:
        """Return the tokens of each example, in the encoding of the model."""
        return (TokenColumn(self.encoding), TrainedTokenColumn(self.encoding))

    def candidates(self, batch: Batch) -> Sequence[Example]:
        """Return the records whose bytes do not show that they are short enough."""
        return self.longer(batch, self.limit)

    def longer(self, batch: Batch, bound: int | None) -> Sequence[Example]:
        """Return the records that may have more than `bound` tokens; none without a bound."""
        if bound is None:
            return []
        # A template may write whatever it likes around the texts, so that bytes show nothing.
        return (
            longer_than(batch, bound, self.meter)
            if isinstance(self.meter, Tokens)
            else batch.records
        )

    def told(self, where: Where, tally: TokenCount, hint: str = "", **data: Any) -> Finding:
        """Return the finding about an example with these tokens."""
        counted = f"; counted with {self.meter.name}" if self.tokenizer else ""
        finding = self.finding(
            where,
            hint=f"{hint}{_guessed(tally)}{counted}",
            tokens=tally.whole,
            limit=self.limit,
            model=self.model or "the target",
            **data,
            estimated=tally.estimated,
            counted_with=self.meter.name,
        )
        return spaced(finding)


@dataclass(frozen=True)
class TokenOverrun(_Limited):
    """Example is longer than what the model trains on.

    Why: an example that is too long is cut at its end without a word: the model learns answers
    that stop in mid-sentence, and the tokens that are cut may be most of the answer.

    Ignore when: the tokens are estimated, for tools or images, and the target counts fewer.

    Source: OpenAI fine-tuning guide (token limits: longer examples are truncated); OpenAI
    cookbook, "Data preparation for chat model fine-tuning".
    """

    code = "FT201"
    name = "token-overrun"
    severity = Severity.ERROR
    message = "{tokens:,} tokens; {model} trains on at most {limit:,}"
    good = (good(chat(_HI, assistant("Hello!")), options=_SMALL, pad=False),)
    bad = (
        bad(
            chat(_HI, assistant(f"{_TEN} eleven twelve")),
            at="/messages/1/content",
            note="the finding marks what is lost",
            options=_SMALL,
            pad=False,
        ),
        bad(
            chat(_HI, assistant("Hello!"), user(_TEN)),
            at="/messages",
            note="only what follows the last answer is lost",
            options=_SMALL,
            pad=False,
        ),
    )

    def analyses(self) -> tuple[TokenTotals]:
        """Return the totals: what a limit leaves of a dataset is seen beside them."""
        return (TokenTotals(self.meter, self.limit),)

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding, at the part of the last answer that is lost."""
        limit = self.limit
        tally = None if limit is None else example[self.meter]
        if limit is None or tally is None or tally.whole <= limit or answer_lost(tally, limit):
            return
        # What follows the answer is cut first; what is left of the cut is its end.
        lost = max(0, min(tally.answer, tally.whole_prompt + tally.answer - limit))
        cut = tally.whole - limit
        share = f", {_percent(lost, tally.answer)} % of the last answer among them" if lost else ""
        yield self.told(
            self._lost_part(example, tally, lost, limit),
            tally,
            f": {cut:,} are cut{share}",
            cut=cut,
            answer=tally.answer,
            lost=lost,
        )

    def _lost_part(self, example: Example, tally: TokenCount, lost: int, limit: int) -> Where:
        """Return the end of the last answer that is lost, or its message when that is a guess."""
        if not lost:
            return example.at("/messages")
        if isinstance(self.meter, Tokens):
            return _lost_part(example, tally, lost, self.encoding)
        return self.meter.lost(example, tally, limit)


@dataclass(frozen=True)
class AnswerFullyTruncated(_Limited):
    """Prompt alone fills what the model trains on: the last answer is cut off whole.

    Why: the example is cut before its last answer begins; it is paid for and teaches nothing, or
    only the answers before.

    Ignore when: the tokens are estimated, for tools or images, and the target counts fewer.

    Source: OpenAI fine-tuning guide (token limits: longer examples are truncated).
    """

    code = "FT202"
    name = "answer-fully-truncated"
    severity = Severity.ERROR
    message = (
        "{prompt:,} tokens before the last answer, {tokens:,} in all; "
        "{model} trains on at most {limit:,}"
    )
    good = (good(chat(_HI, assistant("Hello!")), options=_SMALL, pad=False),)
    bad = (
        bad(
            chat(user(f"{_TEN} {_TEN}"), assistant("Yes")),
            at="/messages/1",
            options=_SMALL,
            pad=False,
        ),
        bad(
            chat(user(_TEN), assistant("Yes"), user(_TEN), assistant("No")),
            at="/messages/3",
            options=_SMALL,
            pad=False,
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding, at the last answer."""
        limit = self.limit
        tally = None if limit is None else example[self.meter]
        if limit is None or tally is None or not answer_lost(tally, limit):
            return
        where = example.at(example.message_at(tally.last).pointer)
        yield self.told(where, tally, prompt=tally.whole_prompt)


@dataclass(frozen=True)
class TokenNearLimit(_Limited):
    """Example is almost as long as what the model trains on.

    Why: another system prompt, one more tool or another model's vocabulary may push it over the
    limit, and then its answer is cut.

    Ignore when: the dataset goes to this one model as it is.

    Source: the share is ours; OpenAI fine-tuning guide (longer examples are truncated).
    """

    code = "FT203"
    name = "token-near-limit"
    severity = Severity.NOTE
    message = "{tokens:,} tokens; {model} trains on at most {limit:,}, {left:,} more"
    good = (good(chat(_HI, assistant("Hello!")), options=_SMALL, pad=False),)
    bad = (bad(chat(_HI, assistant(_TEN)), at="/messages", options=_SMALL, pad=False),)

    share: float = 0.95
    """Share of the limit above which an example is near it."""

    def candidates(self, batch: Batch) -> Sequence[Example]:
        """Return the records whose bytes do not show that they are short enough."""
        return self.longer(batch, None if self.limit is None else int(self.limit * self.share))

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding."""
        limit = self.limit
        tally = None if limit is None else example[self.meter]
        if limit is None or tally is None or not limit * self.share < tally.whole <= limit:
            return
        yield self.told(example.at("/messages"), tally, left=limit - tally.whole)


class EmptyTrainingSignal(ExampleRule):
    """Answers that are trained on are blank, and the others have weight 0.

    Why: nothing of the example is taught but to end a turn at once, and it is paid for. That an
    answer is blank (content-empty) or masked does not show this: the two together do.

    Ignore when: never.

    Source: OpenAI fine-tuning guide (multi-turn examples: weight).
    """

    code = "FT206"
    name = "empty-training-signal"
    severity = Severity.ERROR
    message = "every answer is blank or has weight 0: nothing is trained on"
    good = (good(chat(_HI, assistant("Hm?", weight=0), _HI, assistant("Hello!"))),)
    bad = (
        bad(chat(_HI, assistant("Hello!", weight=0), _HI, assistant(" ")), at="/messages"),
        bad(
            chat(
                _HI,
                assistant("Hello!", weight=0),
                _HI,
                assistant([{"type": "text", "text": ""}], weight=1),
            ),
            at="/messages",
        ),
    )

    def candidates(self, batch: Batch) -> Sequence[Example]:
        """Return the records of which it is not proven that no text is blank."""
        return batch.lacking(SHAPE)

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding."""
        answers = [m for m in example.conversation if m.role == "assistant"]
        weights = [answer.value.get("weight", 1) for answer in answers]
        # All of one kind are other rules': weight-all-zero, content-empty, no-assistant.
        if {0, 1} == {w for w in weights if type(w) is int} and all(
            weight == 0 or _blank(answer) for weight, answer in zip(weights, answers, strict=True)
        ):
            yield self.finding(example.at("/messages"))


def _blank(answer: Message) -> bool:
    """Return whether the texts of an answer without calls are blank; without texts it is not."""
    texts = answer.texts()
    calls = answer.value.get("tool_calls") or answer.value.get("function_call")
    return bool(texts) and not calls and not any(text.value.strip() for text in texts)


def answer_lost(tally: TokenCount, limit: int) -> bool:
    """Return whether nothing is left of the last answer when the example is cut at `limit`."""
    return tally.last >= 0 and tally.whole_prompt >= limit and tally.whole > limit


def _lost_part(example: Example, tally: TokenCount, lost: int, encoding: str) -> Where:
    """Return the end of the last answer that is lost, counted in an encoding."""
    if tally.prompt_estimated:
        return example.at(example.message_at(tally.last).pointer)
    known, kept = load(encoding), tally.answer - lost
    message = example.message_at(tally.last)
    for text in message.texts():
        tokens = known.count(text.value)
        if kept < tokens:
            start = known.kept(text.value, kept)
            return example.at(text.pointer, (start, len(text.value)))
        kept -= tokens
    return example.at(message.pointer)


def _percent(part: int, whole: int) -> int:
    """Return a share in whole percent, neither none nor all."""
    return min(max(round(100 * part / whole), 1), 99)


def _guessed(tally: TokenCount) -> str:
    many = tally.estimated
    return f"; {many:,} of the tokens are an estimate, for tools or images" if many else ""
