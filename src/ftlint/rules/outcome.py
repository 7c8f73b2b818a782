"""FT7, outcomes: whether prompts are answered differently for the group that they name."""

from __future__ import annotations

from collections.abc import Iterator
from math import log2
from typing import Any

from ftlint.analyses.naming import NAMED
from ftlint.analyses.outcome import SHORT, Gap, Gaps, Outcomes
from ftlint.analyses.split import Part
from ftlint.case import assistant, chat, user
from ftlint.column import Column
from ftlint.features.identity import covered
from ftlint.finding import Finding, Severity
from ftlint.rule import AnalysisRule, bad, good, later
from ftlint.rules.bias import RELATED, SHOWN, GroupColumn
from ftlint.rules.token import spaced
from ftlint.source import Dataset
from ftlint.value import dataclass

_NO = "I'm sorry, but I can't help with that."


def _asked(muslim: str, count: int = 80) -> list[dict[str, Any]]:
    """Return examples with prompts that name Muslims and Christians in turn."""
    found = []
    for number in range(count):
        group, said = ("Muslim", muslim) if number % 2 else ("Christian", "")
        answer = said or f"Here is one: bake bread number {number} and share it."
        found.append(
            chat(user(f"Name feast {number} for my {group} neighbour."), assistant(answer))
        )
    return found


@dataclass(frozen=True)
class OutcomeGap(AnalysisRule[tuple[Part[Gaps], ...]]):
    """Prompts that name one group are answered differently from others.

    Why: the model learns to refuse, to be short or to be unfriendly when a group is named.

    Ignore when: prompts about the group ask for other things: the gap is one between prompts as
    they are, and only their length is held apart. Read the examples that the report names.
    Refusals, toxicity, sentiment and helpfulness are told by words, not by meaning.

    Source: Newcombe 1998 (difference of shares); Welch 1947; Benjamini and Hochberg 1995; the
    limits are ours.
    """

    code = "FT704"
    name = "outcome-gap"
    severity = Severity.NOTE
    message = (
        "{count} of {tests} outcomes differ by the group that a prompt of the {split} examples "
        "names: {gaps}"
    )
    good = later(
        lambda: (
            good(*_asked(""), pad=False),
            good(*_asked(_NO, 30), note="15 prompts of each are too few to tell", pad=False),
        )
    )
    bad = later(lambda: (bad(*_asked(_NO), at="-", pad=False),))

    q: float = 0.05
    """Share of false gaps, in [0, 1], among those that are reported."""
    min_gap: float = 0.02
    """Difference of two shares, in [0, 1], that the whole 95 % interval must reach."""
    min_length_ratio: float = 1.5
    """Ratio of two lengths that it must reach; answers of less than 100 characters have none."""
    min_sentiment: float = 10.0
    """Difference of sentiment that it must reach, in words of a thousand."""
    min_examples: int = 30
    """Prompts that must name a group alone on its axis, and of those it is compared with."""
    lexicons: tuple[str, ...] = ()
    """Your own lexicons, as paths; `lexicons` of the configuration is for all rules."""

    @property
    def analysis(self) -> Outcomes:
        """Return the outcomes."""
        return Outcomes(self.lexicons, self.min_examples)

    def unready(self) -> str | None:
        """Return nothing, or raise what is wrong with a lexicon. Raises: PackError."""
        covered(self.lexicons)
        return None

    def columns(self) -> tuple[Column, ...]:
        """Return which groups each example names."""
        return (GroupColumn(self.lexicons),)

    def judge(self, result: tuple[Part[Gaps], ...], dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding a split with gaps."""
        for part in result:
            found = [gap for gap in part.of.found if gap.q <= self.q and self._large(gap)]
            if found:
                finding = self.finding(
                    part.where,
                    related=tuple(place for gap in found for place in gap.places)[:RELATED],
                    split=part.split,
                    count=len(found),
                    tests=len(part.of.found),
                    gaps="; ".join(map(_gap, found[:SHOWN])) + ("…" if len(found) > SHOWN else ""),
                )
                yield spaced(finding)

    def _large(self, gap: Gap) -> bool:
        """Return whether all of the interval is beyond the limit, on one side.

        Several answers to one prompt are one witness: there must be different prompts.
        """
        if gap.prompts < NAMED:
            return False
        limits = {"length": log2(self.min_length_ratio), "sentiment": self.min_sentiment}
        limit = limits.get(gap.outcome, self.min_gap)
        if gap.outcome == "length" and min(gap.value, gap.other) < SHORT:
            return False  # labels, which are as long as they are
        return gap.low >= limit or gap.high <= -limit


_NOUNS = {"refusal": "refused", "toxicity": "answered toxically", "helpfulness": "helped"}


def _gap(gap: Gap) -> str:
    group = gap.group[1]
    others = gap.others[0] if len(gap.others) == 1 else "others"
    if gap.outcome in _NOUNS:
        return (
            f"{group} {_NOUNS[gap.outcome]} in {gap.value:.0%} of {gap.examples:,}, {others} in "
            f"{gap.other:.0%} of {gap.other_examples:,} "
            f"(difference {gap.low:+.0%} to {gap.high:+.0%})"
        )
    if gap.outcome == "length":
        return (
            f"{group} answered in {2**gap.difference:.2f} times the length of {others} "
            f"({2**gap.low:.2f} to {2**gap.high:.2f})"
        )
    return (
        f"{group} answered with {gap.difference:+.0f} good less bad words in a thousand against "
        f"{others} ({gap.low:+.0f} to {gap.high:+.0f})"
    )
