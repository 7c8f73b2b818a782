"""FT4, contradictions of near prompts: almost the same question, and answers that differ."""

from __future__ import annotations

from collections.abc import Iterator

from ftlint.analyses.exchange import apart
from ftlint.analyses.prompt import NearAsked, NearPrompts, Side
from ftlint.case import assistant, chat, user
from ftlint.finding import Finding, Severity
from ftlint.rule import AnalysisRule, bad, good
from ftlint.rules.conflict import EXCERPT, agree, named
from ftlint.source import Dataset
from ftlint.value import dataclass
from ftlint.wording import cut, shown

_CARD = "Why do you not recognize the card payment that I made at the bakery on Friday?"


@dataclass(frozen=True)
class NearConflictingAnswers(AnalysisRule[NearPrompts]):
    """Prompt is almost that of an earlier example, and the answers differ.

    Why: people spell one question in several ways. If its answers contradict each other, the model
    learns that a missing article decides, and labels of such data are often wrong.

    Ignore when: the answers are equally good, and their variety is wanted.

    Source: Northcutt et al. 2021 (label errors in test sets); near prompts as in near-duplicate,
    of one split, with the same tools and system prompt. Of these only prompts are told whose
    messages differ in nothing but words such as `a`, `please` or `is`, in their order, or in one
    letter of a long word: another name or number asks something else. Answers are compared as in
    conflicting-answers, and labels word by word.
    """

    code = "FT419"
    name = "near-conflicting-answers"
    severity = Severity.WARNING
    default = False
    message = "another answer to almost the same prompt: {sides}"
    good = (
        good(
            chat(user(_CARD), assistant("The bakery is paid by another name.")),
            chat(user(_CARD.replace("bakery", "garage")), assistant("Your bank will tell you.")),
            note="another name asks something else",
        ),
        good(
            chat(user(_CARD), assistant("The bakery is paid by another name.")),
            chat(user(f"Please, {_CARD}"), assistant("By another name, the bakery is paid.")),
            note="other words are no other answer",
        ),
    )
    bad = (
        bad(
            chat(user(_CARD), assistant("The bakery is paid by another name.")),
            chat(
                user(_CARD.replace("recognize", "recognise")),
                assistant("Somebody has stolen your card: call your bank."),
            ),
            at="2 /messages/1/content",
        ),
    )

    threshold: float = 0.6
    """Share of pairs of words in common from which two prompts are compared."""

    @property
    def analysis(self) -> NearAsked:
        """Return the prompts and answers."""
        return NearAsked()

    def judge(self, result: NearPrompts, dataset: Dataset) -> Iterator[Finding]:
        """Yield a finding an example, with the earliest one that it contradicts."""
        told = set()
        for left, right in result.pairs(self.threshold):
            labels = right.where.source in result.found.labelled
            if right.where not in told and (labels or not agree(left.answer, right.answer)):
                told.add(right.where)
                yield self._finding(left, right, dataset)

    def _finding(self, left: Side, right: Side, dataset: Dataset) -> Finding:
        earlier, answer = apart(left.answer.text, right.answer.text)
        place = named(left.where, right.where, dataset)
        return self.finding(
            right.answer.where,
            related=(left.where,),
            sides=f"{shown(earlier)} on {place}, {shown(answer)} here",
            earlier=cut(earlier, EXCERPT),
            answer=cut(answer, EXCERPT),
        )
