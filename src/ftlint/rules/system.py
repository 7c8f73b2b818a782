"""FT5, system prompts: near-copies of one prompt, and examples that lack it."""

from __future__ import annotations

from collections.abc import Iterator

from ftlint.analyses.split import Part
from ftlint.analyses.system import Prompts, SystemPrompts, drifts
from ftlint.case import assistant, chat, system, user
from ftlint.finding import Finding, Severity
from ftlint.rule import AnalysisRule, bad, good
from ftlint.rules.token import spaced
from ftlint.source import Dataset
from ftlint.statistics.interval import stated
from ftlint.value import dataclass

NAMED = 5

_PROMPT = "You are the friendly assistant of a small bookshop. Answer briefly."
_DRIFTED = "You are the freindly assistant of a small bookshop. Answer briefly."


def _asked(prompt: str, count: int) -> list[dict[str, object]]:
    told = [system(prompt)] if prompt else []
    return [
        chat(*told, user(f"Is volume {n} there?"), assistant(f"Volume {n} is."))
        for n in range(count)
    ]


@dataclass(frozen=True)
class _Prompts(AnalysisRule[tuple[Part[Prompts], ...]]):
    """Judges the system prompts of each split."""

    min_examples: int = 20
    """Examples that a split must have."""

    @property
    def analysis(self) -> SystemPrompts:
        """Return the prompts, which the rules about them share."""
        return SystemPrompts()

    def judge(self, result: tuple[Part[Prompts], ...], dataset: Dataset) -> Iterator[Finding]:
        """Yield what is found in each split."""
        for part in result:
            if part.of.examples >= self.min_examples:
                yield from self._judge(part)

    def _judge(self, part: Part[Prompts]) -> Iterator[Finding]:
        raise NotImplementedError


@dataclass(frozen=True)
class SystemPromptDrift(_Prompts):
    """Some examples have a system prompt that differs slightly from the usual one.

    Why: the prompt was edited while the data were made: the model is trained on prompts that it
    will never be sent, and the behaviour of the old wording stays in it.

    Ignore when: the differences are meant, as paraphrases that make the model robust.

    Source: OpenAI fine-tuning guide (use the prompt of training in production). Prompts are
    compared word by word, or character by character in scripts without spaces (Ratcliff and
    Obershelp 1988, from 0.9 on). Those that differ in numbers alone, and frequent families of
    them, are templates; more than 512 different prompts are not compared.
    """

    code = "FT512"
    name = "system-prompt-drift"
    severity = Severity.WARNING
    message = (
        "{count:,} examples have a system prompt that differs slightly from the one of {usual:,}: "
        "{variant!r} for {text!r}"
    )
    good = (
        good(
            *_asked(_PROMPT, 20),
            *_asked("Translate the question into French, and do not answer it.", 8),
            note="another prompt, not a variant",
            pad=False,
        ),
        good(
            *[
                record
                for day in range(1, 21)
                for record in _asked(f"{_PROMPT} Today is 3/{day}/2026.", 1)
            ],
            note="a template with a date",
            pad=False,
        ),
    )
    bad = (
        bad(*_asked(_PROMPT, 20), *_asked(_DRIFTED, 2), at="-", pad=False),
        bad(*_asked(_PROMPT, 20), *_asked(_PROMPT.upper(), 2), at="-", pad=False),
    )

    def _judge(self, part: Part[Prompts]) -> Iterator[Finding]:
        for drift in drifts(part.of):
            finding = self.finding(
                part.where,
                related=[where for _, _, where in drift.variants[:NAMED]],
                hint=f"; {len(drift.variants)} variants" if len(drift.variants) > 1 else "",
                count=sum(count for _, count, _ in drift.variants),
                usual=drift.count,
                text=drift.differs[0],
                variant=drift.differs[1],
                variants=len(drift.variants),
            )
            yield spaced(finding)


@dataclass(frozen=True)
class SystemPromptMissing(_Prompts):
    """A few examples have no system prompt, and the others have one.

    Why: the model learns the behaviour with and without the prompt, and the prompt means less; as
    a rule it was lost where data were put together.

    Ignore when: the model will be used without the prompt too.

    Source: OpenAI cookbook, data preparation for chat models (`n_missing_system`); the limit is
    ours. The rule no-system counts all of them, whatever their share.
    """

    code = "FT513"
    name = "system-prompt-missing"
    severity = Severity.NOTE
    message = (
        "{count:,} of {examples:,} examples have no system prompt ({share:.1%}; {interval}), the "
        "others have one"
    )
    good = (
        good(*_asked(_PROMPT, 20), note="none misses", pad=False),
        good(*_asked(_PROMPT, 20), *_asked("", 20), note="two kinds of examples", pad=False),
    )
    bad = (bad(*_asked(_PROMPT, 25), *_asked("", 2), at="-", pad=False),)

    most: float = 0.2
    """Share of examples without a prompt up to which it is taken for a mistake."""

    def _judge(self, part: Part[Prompts]) -> Iterator[Finding]:
        count, examples = part.of.missing.total, part.of.examples
        if 0 < count <= self.most * examples:
            finding = self.finding(
                part.where,
                related=part.of.missing.first,
                count=count,
                examples=examples,
                **stated(count, examples),
            )
            yield spaced(finding)
