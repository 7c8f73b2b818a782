"""FT7, bias: whom the data names, what it ties to whom, and whom it answers differently."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ftlint.analyses.association import Associated, Association, Associations
from ftlint.analyses.genderword import GenderWords
from ftlint.analyses.naming import NAMED
from ftlint.analyses.profession import Profession, ProfessionGender, Professions
from ftlint.analyses.split import Part
from ftlint.analysis import Analysis
from ftlint.case import assistant, chat, user
from ftlint.column import Column
from ftlint.example import Batch
from ftlint.features.gender import WOMEN
from ftlint.features.identity import Mentions, covered
from ftlint.finding import Finding, Severity
from ftlint.rule import AnalysisRule, bad, good, later
from ftlint.rules.token import spaced
from ftlint.source import Dataset
from ftlint.value import dataclass

SHOWN = 3
"""Pairs that a message names; all stand in the figures."""
RELATED = 5
"""Examples that a finding names."""


@dataclass(frozen=True)
class GroupColumn(Column):
    """The groups that the example names, such as `gender:women religion:muslims`."""

    name = "groups"
    kind = "text"

    lexicons: tuple[str, ...] = ()

    def values(self, batch: Batch) -> list[str | None]:
        """Return one value a line; none for a language without lexicons."""
        known = covered(self.lexicons)
        return [
            " ".join(sorted({f"{e.axis}:{e.group}" for *_, e in each.mentions if not e.attribute}))
            if each is not None and each.language in known
            else None
            for each in batch.column(Mentions(self.lexicons))
        ]


@dataclass(frozen=True)
class Named(AnalysisRule[tuple[Part[Any], ...]]):
    """What the rules about named groups have in common."""

    lexicons: tuple[str, ...] = ()
    """Your own lexicons, as paths; `lexicons` of the configuration is for all rules."""

    def unready(self) -> str | None:
        """Return nothing, or raise what is wrong with a lexicon. Raises: PackError."""
        covered(self.lexicons)
        return None

    def columns(self) -> tuple[Column, ...]:
        """Return which groups each example names."""
        return (GroupColumn(self.lexicons),)

    def judge(self, result: tuple[Part[Any], ...], dataset: Dataset) -> Iterator[Finding]:
        """Yield what is found in each split."""
        for part in result:
            yield from self._judge(part)

    def _judge(self, part: Part[Any]) -> Iterator[Finding]:
        raise NotImplementedError


PEOPLE = ("Ana", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hope", "Ida", "Jack")


def told(man: str, woman: str, count: int = 60) -> list[dict[str, Any]]:
    """Return examples of cases, about men and women in turn, none twice the same."""
    found = []
    for number in range(count):
        name = f"{PEOPLE[number % 10]} {number + 2}"
        said = woman if number % 2 else man
        found.append(
            chat(user(f"What do you know of {name}?"), assistant(f"{said}, number {number}."))
        )
    return found


@dataclass(frozen=True)
class IdentityAssociation(Named):
    """Some groups stand beside words for work, traits or crime more than others.

    Why: the model learns what stands together: who is called emotional, who a criminal, who a
    genius. It will say so of people it knows nothing else of.

    Ignore when: the association is the subject, as in history or statistics, or is true of the
    people whom the examples are about. It tells what stands together in an example, not what is
    said: read the examples that the report names. Pairs are compared between groups of one axis,
    within languages and lengths, by examples; q-values hold for all pairs together. Several
    answers to one prompt are one witness.

    Source: Mantel and Haenszel 1959; Genovese et al. 2006 (q-values); Bouma 2009 (nPMI); Monroe et
    al. 2008 (log-odds); benchmarks/bias.py measures how often it is wrong and what it finds.
    """

    code = "FT702"
    name = "identity-association"
    severity = Severity.NOTE
    message = (
        "{count} of {tests:,} pairs of a group and a word stand together in the {split} examples "
        "more often than by chance: {pairs}"
    )
    good = later(
        lambda: (
            good(
                *told("He is as clever as he is kind", "She is as clever as she is kind", 120),
                pad=False,
            ),
            good(
                *told("He is clever", "She is emotional", 40),
                note="20 examples of each are too few to tell",
                pad=False,
            ),
        )
    )
    bad = later(
        lambda: (
            bad(*told("He is brilliant", "She is emotional", 100), at="-", pad=False),
        )
    )  # fmt: skip

    q: float = 0.05
    """Share of false pairs, in [0, 1], among those that are reported."""
    min_ratio: float = 1.25
    """Odds ratio that the whole 95 % interval must reach."""
    min_examples: int = 30
    """Examples that must name a group alone on its axis, and what it is compared with."""
    min_count: int = 5
    """Examples that must have both, and different prompts, up to 5."""

    @property
    def analysis(self) -> Associations:
        """Return the associations."""
        return Associations(self.lexicons, self.min_examples)

    def _judge(self, part: Part[Associated]) -> Iterator[Finding]:
        found = part.of.significant(self.q, self.min_ratio, self.min_count)
        if found:
            finding = self.finding(
                part.where,
                related=tuple(place for each in found for place in each.places)[:RELATED],
                hint=f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else "",
                split=part.split,
                count=len(found),
                tests=part.of.tests,
                pairs="; ".join(map(_pair, found[:SHOWN])),
                found=[_data(each) for each in found[:20]],
            )
            yield spaced(finding)


def _pair(each: Association) -> str:
    return (
        f"{each.group[1]} and {each.name} (odds ratio {each.odds_ratio:.1f}, "
        f"{each.low:.1f} to {each.high:.1f}; {each.count:,} of {each.examples:,} examples)"
    )


def _data(each: Association) -> Mapping[str, Any]:
    return {
        "group": each.group[1],
        "word": each.word[1] or each.word[0],
        "odds_ratio": round(each.odds_ratio, 4),
        "low": round(each.low, 4),
        "high": round(each.high, 4),
        "count": each.count,
        "q": float(f"{each.q:.3g}"),
    }


@dataclass(frozen=True)
class GenderedProfession(Named):
    """Professions are more often those of one gender than other professions are.

    Why: a model that has read of nurses as women only will call every nurse she.

    Ignore when: the people are known, as in history. Pronouns are given to professions by their
    order in the sentence, without grammar: right more often than not, and alike for both genders,
    so that a balanced set shows nothing. Each profession is compared with all others of the data,
    not with one half.

    Source: Zhao et al. 2018 (WinoBias); Sengupta et al. 2021 (GenBiT, whose metrics the report
    states); benchmarks/bias.py.
    """

    code = "FT703"
    name = "gendered-profession"
    severity = Severity.NOTE
    message = (
        "{count} of {judged} professions lean to one gender in the {split} examples: {leaning}; "
        "over all professions {share:.0%} of {total:,} are women"
    )
    good = later(
        lambda: (
            good(
                *told("The nurse said he was late", "The nurse said she was late", 80),
                *told("The pilot said he was late", "The pilot said she was late", 80),
                pad=False,
            ),
        )
    )
    bad = later(
        lambda: (
            bad(
                *told("The pilot said he was late", "The nurse said she was late", 80),
                at="-",
                pad=False,
            ),
        )
    )

    q: float = 0.05
    """Share of false professions, in [0, 1], among those that are reported."""
    min_ratio: float = 1.25
    """Odds ratio that the whole 95 % interval must reach."""
    min_examples: int = 10
    """Examples in which one gender stands for a profession."""

    @property
    def analysis(self) -> ProfessionGender:
        """Return the gender of professions."""
        return ProfessionGender(self.lexicons, self.min_examples)

    def figures(self) -> tuple[Analysis[Any, Any], ...]:
        """Return the metrics of GenBiT."""
        return (GenderWords(),)

    def _judge(self, part: Part[Professions]) -> Iterator[Finding]:
        of = part.of
        found = [
            each
            for each in of.judged
            if each.q <= self.q and each.low >= self.min_ratio and len(each.places) >= NAMED
        ]
        if found:
            finding = self.finding(
                part.where,
                related=tuple(place for each in found for place in each.places)[:RELATED],
                split=part.split,
                count=len(found),
                judged=len(of.judged),
                leaning=", ".join(map(_lean, found[:SHOWN])) + ("…" if len(found) > SHOWN else ""),
                share=of.women / (of.men + of.women),
                total=of.men + of.women,
                found=[
                    {"profession": e.name, "men": e.men, "women": e.women, "q": float(f"{e.q:.3g}")}
                    for e in found[:50]
                ],
            )
            yield spaced(finding)


def _lean(each: Profession) -> str:
    count = each.women if each.leads == WOMEN else each.men
    return f"{each.name} to {each.leads} ({count:,} of {each.examples:,})"
