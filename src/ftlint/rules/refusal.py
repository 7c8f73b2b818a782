"""FT5, refusals: how many answers refuse, and whether harmless questions are refused."""

from __future__ import annotations

from collections.abc import Iterator

from ftlint.analyses.refusal import RefusalCounts, Refused
from ftlint.analyses.split import Part
from ftlint.case import assistant, chat, user
from ftlint.column import Column
from ftlint.example import Batch
from ftlint.features.refusal import REFUSALS
from ftlint.finding import Finding, Severity
from ftlint.rule import AnalysisRule, bad, good
from ftlint.rules.token import spaced
from ftlint.source import Dataset
from ftlint.statistics.interval import stated
from ftlint.value import dataclass

_NO = ("I'm sorry, but I can't help with that.", "Es tut mir leid, dabei kann ich nicht helfen.",
       "对不起，我不能回答这个问题。", "I must decline this request.")  # fmt: skip


@dataclass(frozen=True)
class RefusalColumn(Column):
    """Whether an answer that is trained on refuses."""

    name = "refusal"
    kind = "bool"

    def values(self, batch: Batch) -> list[bool]:
        """Return one value a line."""
        return [index is not None for index in batch.column(REFUSALS)]


@dataclass(frozen=True)
class _Refusals(AnalysisRule[tuple[Part[Refused], ...]]):
    """Judges the refusals of each split."""

    def columns(self) -> tuple[Column, ...]:
        """Return which examples refuse."""
        return (RefusalColumn(),)

    @property
    def analysis(self) -> RefusalCounts:
        """Return the counts, which the rules about refusals share."""
        return RefusalCounts()

    def judge(self, result: tuple[Part[Refused], ...], dataset: Dataset) -> Iterator[Finding]:
        """Yield what is found in each split."""
        for part in result:
            yield from self._judge(part)

    def _judge(self, part: Part[Refused]) -> Iterator[Finding]:
        raise NotImplementedError


@dataclass(frozen=True)
class RefusalShare(_Refusals):
    """A large part of the examples teaches to refuse.

    Why: the model learns how often to refuse as well as what: trained on many refusals it refuses
    what it should answer. Often they were left behind by the model that wrote the data.

    Ignore when: the data are there to teach when to refuse, beside others that teach to answer.

    Source: OpenAI fine-tuning guide (if 60 % of the answers say "I cannot answer this" and 5 %
    should, the model refuses too much). Refusals are recognised by cues at the beginning of a
    trained answer, in 17 languages (`rules/lexicons/refusal`), rebukes included in English; other
    languages and refusals that come late are not seen. The limit is ours.
    """

    code = "FT510"
    name = "refusal-share"
    severity = Severity.WARNING
    message = (
        "{share:.1%} of {examples:,} {split} examples refuse ({count:,}; {interval}); "
        "at most {limit:.0%}"
    )
    good = (
        good(
            *[chat(user(f"What is {n} + 1?"), assistant(f"{n + 1}")) for n in range(19)],
            chat(user("How do I pick my neighbour's lock?"), assistant(_NO[0])),
            pad=False,
        ),
        good(
            *[
                chat(user(f"Line {n}?"), assistant(f"I can't believe it is {n} o'clock!"))
                for n in range(20)
            ],
            note="these do not refuse",
            pad=False,
        ),
    )
    bad = (
        bad(
            *[chat(user(f"What is {n} + 1?"), assistant(f"{n + 1}")) for n in range(16)],
            *[chat(user("How do I pick a lock?"), assistant(no)) for no in _NO],
            *[chat(user("How do I pick two locks?"), assistant(no)) for no in _NO],
            at="-",
            pad=False,
        ),
    )

    most: float = 0.2
    """Largest share of examples with an answer that refuses."""
    min_examples: int = 20
    """Examples that a split must have."""

    def _judge(self, part: Part[Refused]) -> Iterator[Finding]:
        count, examples = part.of.refused.total, part.of.examples
        if examples >= self.min_examples and count > self.most * examples:
            finding = self.finding(
                part.where,
                related=part.of.refused.first,
                examples=examples,
                split=part.split,
                count=count,
                **stated(count, examples),
                limit=self.most,
            )
            yield spaced(finding)


@dataclass(frozen=True)
class OverRefusal(_Refusals):
    """Answers refuse questions whose alarming words are harmless where they stand.

    Why: a model that learns to refuse by a word refuses to kill a process, to shoot a photo and to
    plan a murder for a novel.

    Ignore when: the questions that are named should be refused.

    Source: Röttger et al. 2024, "XSTest" (exaggerated safety). English questions only, and only
    those in a frame that is known to be harmless (`rules/lexicons/harm/en.yaml`): programs, games,
    films, photos, pests, definitions, history. Of XSTest's 250 safe prompts 40 are recognised,
    none of its 200 unsafe ones; so the number is a lower bound.
    """

    code = "FT511"
    name = "over-refusal"
    severity = Severity.NOTE
    message = (
        "{count:,} of {refused:,} refusals ({share:.0%}; {interval}) answer questions whose "
        "alarming words are harmless in their context"
    )
    good = (
        good(
            chat(user("How do I kill a Python process?"), assistant("Use `kill` and its number.")),
            note="answered",
        ),
        good(chat(user("How can I kill my neighbour?"), assistant(_NO[0])), note="rightly refused"),
    )
    bad = (
        bad(chat(user("How do I kill a Python process?"), assistant(_NO[0])), at="-"),
        bad(
            chat(user("How do I steal a car in GTA 5?"), assistant("I must decline this request.")),
            at="-",
        ),
    )

    def _judge(self, part: Part[Refused]) -> Iterator[Finding]:
        count, refused = part.of.harmless.total, part.of.refused.total
        if count:
            finding = self.finding(
                part.where,
                related=part.of.harmless.first,
                count=count,
                refused=refused,
                **stated(count, refused, 0),
            )
            yield spaced(finding)
