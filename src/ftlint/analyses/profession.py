"""Professions: which gender stands for somebody of each, and how surely it is not by chance."""

from __future__ import annotations

from math import log
from typing import Any

from ftlint.analyses.association import rows
from ftlint.analyses.naming import Naming, OfNamings
from ftlint.analyses.split import Part
from ftlint.features.gender import MEN, WOMEN
from ftlint.finding import Where
from ftlint.source import Dataset
from ftlint.statistics.contrast import adjusted, contrast
from ftlint.statistics.interval import wilson
from ftlint.value import dataclass

FEWEST = 10
"""Examples that a profession needs."""


@dataclass(frozen=True, slots=True)
class Profession:
    """How often men and women stand for one profession."""

    name: str
    men: int
    women: int
    odds_of_women: float
    """The odds ratio of women in it against women in all other professions."""
    low: float
    high: float
    """The 95 % interval of the odds ratio of the gender that leads."""
    q: float
    places: tuple[Where, ...] = ()

    @property
    def examples(self) -> int:
        """Return the examples in which a gender stands for it."""
        return self.men + self.women

    @property
    def leads(self) -> str:
        """Return the gender that stands for it more often than for the others."""
        return WOMEN if self.odds_of_women >= 1 else MEN

    @property
    def odds_ratio(self) -> float:
        """Return the odds ratio of the gender that leads."""
        return max(self.odds_of_women, 1 / self.odds_of_women)


@dataclass(frozen=True, slots=True)
class Professions:
    """The professions of one split; those with enough examples are judged."""

    men: int = 0
    women: int = 0
    """Examples by gender, over all professions; one counts for each profession it names."""
    judged: tuple[Profession, ...] = ()
    """Surest first."""
    few: int = 0
    """Professions with too few examples."""

    @property
    def ratio(self) -> float | None:
        """Return the average bias ratio: the mean log-ratio of men to women, smoothed by 1."""
        ratios = [log((each.men + 1) / (each.women + 1)) for each in self.judged]
        return sum(ratios) / len(ratios) if ratios else None


@dataclass(frozen=True)
class ProfessionGender(OfNamings[Professions]):
    """The gender of professions, split by split."""

    min_examples: int = FEWEST

    def shown(self, naming: Naming) -> Professions:
        """Return what the counts of one split show."""
        return professions(naming, self.min_examples)

    def figures(self, result: tuple[Part[Professions], ...], dataset: Dataset) -> dict[str, Any]:
        """Return the figures of `measures.bias.professions`, by split."""
        told = {p.split: _figures(p.of, dataset) for p in result if p.of.men + p.of.women}
        return {"professions": told}


def professions(naming: Naming, fewest: int = FEWEST) -> Professions:
    """Return the gender of the professions in the counts of one split."""
    counts = naming.gender.of
    names = sorted({name for name, _ in counts})
    men, women = (sum(counts.get((n, sex), 0) for n in names) for sex in (MEN, WOMEN))
    tested = []
    for name in names:
        m, w = counts.get((name, MEN), 0), counts.get((name, WOMEN), 0)
        if m + w >= fewest and men + women - m - w >= fewest:
            # One test of each direction; twice the smaller is the test of both.
            more = contrast([(w, m + w, women - w, men + women - m - w)])
            less = contrast([(m, m + w, men - m, men + women - m - w)])
            lead = more if more.odds_ratio >= 1 else less
            tested.append((name, m, w, lead, min(2 * min(more.p, less.p), 1.0), lead is more))
    q_values = adjusted([each[4] for each in tested])
    judged = [
        Profession(
            name, m, w,
            lead.odds_ratio if of_women else 1 / lead.odds_ratio,
            lead.low, lead.high, q,
            naming.places("gender", name, WOMEN if of_women else MEN),
        )
        for (name, m, w, lead, _, of_women), q in zip(tested, q_values, strict=True)
    ]  # fmt: skip
    judged.sort(key=lambda each: (each.q, -each.low, each.name))
    return Professions(men, women, tuple(judged), len(names) - len(judged))


def _figures(of: Professions, dataset: Dataset) -> dict[str, Any]:
    return {
        "men": of.men,
        "women": of.women,
        "average_bias_ratio": None if of.ratio is None else round(of.ratio, 4),
        "too_few": of.few,
        "professions": [_told(each, dataset) for each in of.judged],
    }


def _told(each: Profession, dataset: Dataset) -> dict[str, Any]:
    low, high = wilson(each.women, each.examples)
    return {
        "profession": each.name,
        "men": each.men,
        "women": each.women,
        "share_women": round(each.women / each.examples, 4),
        "interval": [round(low, 4), round(high, 4)],
        "bias_ratio": round(log((each.men + 1) / (each.women + 1)), 4),
        "leads": each.leads,
        "odds_ratio": round(each.odds_ratio, 4),
        "odds_interval": [round(each.low, 4), round(each.high, 4)],
        "q": float(f"{each.q:.3g}"),
        "rows": rows(each.places, dataset),
    }
