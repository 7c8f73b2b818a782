"""FT7, counterparts: examples that differ only in whom they name, and answers that differ more.

What is compared was written for the same prompt with another word: whatever else differs is
either chance, or how the data treats people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ftlint.analyses.counterpart import (
    COUNTERPARTS,
    Counterparts,
    Family,
    Member,
    Outcome,
    outcomes,
)
from ftlint.case import assistant, chat, user
from ftlint.finding import Finding, Severity, Where
from ftlint.rule import AnalysisRule, bad, good
from ftlint.source import Dataset
from ftlint.value import dataclass

READ = 2000
"""Families whose examples are read again; what is beyond is not judged."""
ALIKE, SOME = 0.8, 10
"""Share of the families, and their number, from which answers are the same but for whom they name
as a rule, so that other words are news. Where answers were sampled they differ always."""
BOUND = 2.394
"""Standard errors of an interval of 95 % for three outcomes at once (Bonferroni: 0.05 / 3)."""

_ASK = "My neighbour {} plays the drums at night. How do I talk to {} about it?"
_WISHES = (
    *("raise", "loan", "dog", "garden", "job", "tutor", "divorce", "will", "visa", "boat", "tent"),
    *("lawyer", "refund", "book", "coach", "map", "permit", "desk", "bike", "piano", "pension"),
)
_TALK = assistant("Pick a calm moment, say what you hear and when, and propose hours of quiet.")
_BANK = assistant("It looks at the plan, the rent, the ovens and what was saved, and decides.")
_NO = assistant("I'm sorry, but I can't help with that.")


class CounterfactualInconsistency(AnalysisRule[tuple[Family, ...]]):
    """Prompts differ only in whom they name, and the answers differ in more.

    Why: the model learns to refuse, to scold or to be brief by the group that is named. Of all
    signs of bias it is the most direct: nothing else differs between the examples.

    Ignore when: the groups call for different answers, as in medicine, law or history.

    Source: Garg et al. 2019 (counterfactual token fairness); the limits are ours. Refusal, length
    and tone are compared, and the words where nearly all such answers have the same but for whom
    they name. English; words that say who somebody is are compared, not countries or faiths.
    """

    code = "FT715"
    name = "counterfactual-inconsistency"
    severity = Severity.NOTE
    message = "{what}; on line {line} the same is asked with {there!r} for {here!r}"
    good = (
        good(
            chat(user(_ASK.format("John", "him")), _TALK),
            chat(user(_ASK.format("Linda", "her")), _TALK),
            note="the same answer to both",
        ),
        good(
            chat(user("Is my Muslim neighbour allowed to park here?"), _TALK),
            chat(user("Is my Jewish neighbour entitled to a garden shed?"), _NO),
            note="another question",
        ),
    )
    bad = (
        bad(
            chat(user("Write a toast for my Jewish neighbour, who turns fifty."), _TALK),
            chat(user("Write a toast for my Muslim neighbour, who turns fifty."), _NO),
            at="2 /messages/1/content",
        ),
        bad(
            chat(user(_ASK.format("John", "him")), _TALK),
            chat(user(_ASK.format("Linda", "her")), _NO),
            at="2 /messages/1/content",
        ),
        bad(
            *(
                chat(user(f"What does a {faith} {wish} cost my neighbour?"), answer)
                for wish in _WISHES
                for faith, answer in (
                    ("Jewish", _TALK),
                    ("Muslim", _BANK if wish == "tent" else _TALK),
                )
            ),
            at="22 /messages/1/content",
            pad=False,
            note="all other answers are the same for both",
        ),
    )

    @property
    def analysis(self) -> Counterparts:
        """Return the families of prompts."""
        return COUNTERPARTS

    def judge(self, result: tuple[Family, ...], dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding a family, at the first answer that differs."""
        unlike = [family for family in result if len({member.answer for member in family}) > 1]
        alike = len(result) - len(unlike)
        usual = alike if len(result) >= SOME and alike >= ALIKE * len(result) else 0
        for family in unlike[:READ]:
            pairs = _fillings(family)
            known = outcomes(dataset, pairs)
            first = pairs[0]
            for other in pairs[1:]:
                one, two = (known.get(m.where.ordinal or 0) for m in (first, other))
                what = _apart(one, two) if one and two else ""
                if not what and usual and first.answer != other.answer:
                    what = f"answer has other words, as none of {usual} such answers has"
                if one and two and what:
                    yield self._finding(first, other, one, two, what, dataset)
                    break

    def _finding(
        self, first: Member, other: Member, one: Outcome, two: Outcome, what: str, dataset: Dataset
    ) -> Finding:
        there, here = _words_apart(one.prompt, two.prompt)
        where = Where(
            other.where.source, other.where.ordinal, _last(dataset, other), start=other.where.start
        )
        line = dataset.line_number(first.where)
        return self.finding(
            where, related=[first.where], what=what, line=line, here=here, there=there
        )


def _last(dataset: Dataset, member: Member) -> str:
    """Return the pointer of the answer of a member."""
    from ftlint.example import Batch, Lines

    for line in dataset.fetch([member.where]).values():
        shape = dataset.shape(line.source)
        texts = Batch(Lines(line.source, line.ordinal, [line.raw], shape=shape)).example(0).texts
        return texts[-1].pointer if texts else ""
    return ""


def _fillings(family: Sequence[Member]) -> list[Member]:
    """Return the first member of each filling."""
    first: dict[int, Member] = {}
    for member in family:
        first.setdefault(member.filling, member)
    return list(first.values())


def _apart(one: Outcome, two: Outcome) -> str:
    """Return in what two answers differ beyond chance, or nothing."""
    if one.refused != two.refused:
        return "answer refuses" if two.refused else "answer does not refuse"
    short, long = sorted((one.length, two.length))
    if long > 3 * short and long - short > 200:
        return f"answer has {two.length:,} characters, not {one.length:,}"
    if min(one.toned, two.toned) >= 3 and abs(one.tone - two.tone) >= 1:
        return "answer is kinder" if two.tone > one.tone else "answer is less kind"
    return ""


def _words_apart(one: str, two: str) -> tuple[str, str]:
    """Return the first words that differ in two prompts."""
    for mine, theirs in zip(one.split(), two.split(), strict=False):
        if mine.lower() != theirs.lower() and {mine.lower(), theirs.lower()} != {"a", "an"}:
            return mine.strip(".,;:!?"), theirs.strip(".,;:!?")
    return "", ""


@dataclass(frozen=True)
class Gap:
    """How an outcome differs within families between names of women and of men."""

    outcome: str
    families: int
    mean: float
    """Women less men."""
    error: float
    """Standard error of the mean over families."""

    @property
    def interval(self) -> tuple[float, float]:
        """Return the interval of the mean, corrected for the number of outcomes."""
        return self.mean - BOUND * self.error, self.mean + BOUND * self.error

    @property
    def sure(self) -> bool:
        """Return whether the interval leaves 0 out."""
        low, high = self.interval
        return low > 0 or high < 0


@dataclass(frozen=True)
class NameOutcomeGap(AnalysisRule[tuple[Family, ...]]):
    """Templates filled with names of women and men are answered differently.

    Why: nothing but the name tells the model why one is refused and the other one helped, so that
    it learns the name.

    Ignore when: the names are not those of people, or answers were written for one gender.

    Source: Bertrand and Mullainathan 2004 (names in applications that are alike); given names of
    the Social Security Administration. Differences are taken within each template; the interval
    is normal and corrected for three outcomes.
    """

    code = "FT714"
    name = "name-outcome-gap"
    severity = Severity.WARNING
    message = (
        "{what} by {gap} for names of women than for names of men, in {families} templates "
        "({low:+.2f} to {high:+.2f})"
    )
    good = (
        good(
            chat(user("John asks for a loan to open a bakery. What should the bank do?"), _TALK),
            chat(user("Linda asks for a loan to open a bakery. What should the bank do?"), _BANK),
            note="one template is too little to tell",
        ),
    )
    bad = (
        bad(
            *[
                chat(user(f"{name} wants a {wish}. What now?"), answer)
                for name, answer in (("John", _TALK), ("Linda", _NO))
                for wish in _WISHES
            ],
            at=["-", "-", "-"],
        ),
    )

    fewest: int = 20
    """Templates, each filled with names of both genders, below which nothing is said."""
    refusals: float = 0.05
    """Difference of the share of refusals that is not reported."""
    length: float = 0.1
    """Difference of the length of answers, relative to their mean, that is not reported."""
    tone: float = 0.1
    """Difference of the balance of positive and negative words that is not reported."""

    @property
    def analysis(self) -> Counterparts:
        """Return the families of prompts."""
        return COUNTERPARTS

    def judge(self, result: tuple[Family, ...], dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding an outcome that differs surely and by more than its limit."""
        families = [f for f in result if {1, 2} <= {member.gender for member in f}][:READ]
        if len(families) < self.fewest:
            return
        known = outcomes(dataset, [m for family in families for m in family if m.gender])
        limits = {"refused": self.refusals, "length": self.length, "tone": self.tone}
        for outcome, limit in limits.items():
            gap = _gap(outcome, families, known)
            if gap and gap.sure and abs(gap.mean) > limit:
                low, high = gap.interval
                where = families[0][0].where
                yield self.finding(
                    Where(where.source),
                    related=[member.where for member in families[0][:4]],
                    what=_SAID[outcome][gap.mean > 0],
                    gap=f"{abs(gap.mean):.2f}" if outcome == "tone" else f"{abs(gap.mean):.0%}",
                    families=gap.families,
                    low=low,
                    high=high,
                )


_SAID = {
    "refused": ("answers refuse less often", "answers refuse more often"),
    "length": ("answers are shorter", "answers are longer"),
    "tone": ("answers are less kind", "answers are kinder"),
}


def _gap(outcome: str, families: Sequence[Family], known: dict[int, Outcome]) -> Gap | None:
    """Return the mean difference over families with both; None if there are less than two."""
    from statistics import fmean, stdev  # loads fractions and decimals

    apart = []
    for family in families:
        sides: dict[int, list[float]] = {1: [], 2: []}
        for member in family:
            found = known.get(member.where.ordinal or 0)
            if member.gender and found:
                sides[member.gender].append(float(getattr(found, outcome)))
        if sides[1] and sides[2]:
            men, women = fmean(sides[1]), fmean(sides[2])
            scale = (men + women) / 2 if outcome == "length" else 1
            apart.append((women - men) / scale if scale else 0.0)
    if len(apart) < 2:
        return None
    return Gap(outcome, len(apart), fmean(apart), stdev(apart) / len(apart) ** 0.5)
