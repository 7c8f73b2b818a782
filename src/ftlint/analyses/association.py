"""Associations: which words stand beside one group more often than beside the others.

A group is compared with the other groups of its axis, each named alone, so that what is said of
people at all is no difference; where those are too few, with the examples that name somebody of
other axes. A word's share is compared within languages and lengths. Against all other examples,
which are many, the q-value tells chance from difference; against the other groups, which are
alike, the odds ratio and its p-value tell whether the difference is one between groups.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from math import sqrt
from typing import Any

from ftlint.analyses.naming import ANY, ANYBODY, NAMED, Naming, OfNamings, Stratum
from ftlint.analyses.split import Part
from ftlint.features.whom import Group, Word
from ftlint.finding import Where
from ftlint.source import Dataset
from ftlint.statistics.contrast import (
    adjusted,
    chance,
    contrast,
    grouping,
    log_odds,
    merged,
    npmi,
    npmi_interval,
)
from ftlint.value import dataclass

FEWEST = 30
"""Examples that a group needs, and what it is compared with."""
WORDS = 10
"""Examples that a word needs on both sides together."""
PRIOR = 500.0
"""Words that the Dirichlet prior of the log-odds stands for: as many as 50 short examples have."""
LISTED = 20
"""Associations that the figures have."""

OWN = {("age", "family")}
"""Axes and attributes that belong together by their meaning: children have parents."""

SURE = 50
"""What a p-value against the other groups is multiplied by: 0.001 is then as good as a q of 0.05.
It need not hold for all pairs together, since the q-value against all other examples does."""

Strata = Mapping[Stratum, int]
_NONE: Strata = {}


@dataclass(frozen=True, slots=True)
class Association:
    """A word and a group it stands beside more often, or less."""

    group: Group
    word: Word
    """Of an attribute as a whole the word is empty."""
    count: int
    """Examples that name the group alone and have the word."""
    examples: int
    """Examples that name the group alone."""
    other_count: int
    other_examples: int
    against: str
    """`groups`: the other groups of the axis; `people`: examples that name groups of other axes."""
    odds_ratio: float
    low: float
    high: float
    p: float
    q: float
    places: tuple[Where, ...] = ()

    @property
    def prompts(self) -> int:
        """Return the different prompts behind it, as far as they are counted."""
        return len(self.places)

    @property
    def name(self) -> str:
        """Return the word, or the attribute as a whole, as reports write it."""
        return repr(self.word[1]) if self.word[1] else f"words for {self.word[0]}"


@dataclass(frozen=True, slots=True)
class Associated:
    """The associations of one split."""

    found: tuple[Association, ...] = ()
    """Surest first."""
    tests: int = 0
    few: tuple[Group, ...] = ()
    """Groups with too few examples to tell anything."""
    naming: Naming = field(default_factory=Naming, repr=False)

    def significant(self, q: float, ratio: float, count: int) -> list[Association]:
        """Return those that are surely above `ratio`, the largest first."""
        kept = [
            a
            for a in self.found
            if a.q <= q and a.low >= ratio and a.count >= count and a.prompts >= min(count, NAMED)
        ]
        return sorted(kept, key=lambda a: (-a.low, a.group, a.word))


@dataclass(frozen=True)
class Associations(OfNamings[Associated]):
    """The associations between groups and words, split by split."""

    min_examples: int = FEWEST

    def shown(self, naming: Naming) -> Associated:
        """Return what the counts of one split show."""
        return associated(naming, self.min_examples)

    def figures(self, result: tuple[Part[Associated], ...], dataset: Dataset) -> dict[str, Any]:
        """Return the figures of `measures.bias.associations`, by split."""
        return _by_split(result, dataset, whole=True)

    def glance(self, result: tuple[Part[Associated], ...], dataset: Dataset) -> dict[str, Any]:
        """Return the figures without the intervals of nPMI, which are resampled."""
        return _by_split(result, dataset, whole=False)


def associated(naming: Naming, fewest: int = FEWEST) -> Associated:
    """Return the associations in the counts of one split."""
    table = _Table(naming)
    few = [group for group in table.groups if sum(table.alone[group].values()) < fewest]
    tests = [test for group in table.groups if group not in few for test in table.of(group, fewest)]
    q_values = adjusted([each[0] for *_, each in tests], [each[1] for *_, each in tests])
    found = []
    for (key, test, _), q in zip(tests, q_values, strict=True):
        group, word, (count, examples, other_count, others), against = key
        q = max(q, min(SURE * test.p, 1.0))
        found.append(
            Association(
                group, word, count, examples, other_count, others, against, test.odds_ratio,
                test.low, test.high, test.p, q, naming.places(group, word),
            )
        )  # fmt: skip
    found.sort(key=lambda a: (a.q, a.p, -a.low, a.group, a.word))
    return Associated(tuple(found), len(tests), tuple(few), naming)


class _Table:
    """The counts of a split, by group and word."""

    def __init__(self, naming: Naming) -> None:
        self.naming = naming
        self.alone: dict[Group, dict[Stratum, int]] = {}
        self.words: dict[Word, dict[Stratum, int]] = {}
        self.pairs: dict[Group, dict[Word, dict[Stratum, int]]] = {}
        for (group, stratum), count in naming.alone.of.items():
            self.alone.setdefault(group, {})[stratum] = count
        for (word, stratum), count in naming.words.of.items():
            self.words.setdefault(word, {})[stratum] = count
        for (group, word, stratum), count in naming.pairs.of.items():
            self.pairs.setdefault(group, {}).setdefault(word, {})[stratum] = count
        self.groups = sorted(group for group in self.alone if group[1] != ANY)
        self.margins = {word: sum(counts.values()) for word, counts in self.words.items()}

    @cached_property
    def together(self) -> dict[str, dict[Word, dict[Stratum, int]]]:
        """Return the examples with a word, over all groups of each axis that are named alone."""
        found: dict[str, dict[Word, dict[Stratum, int]]] = {}
        for group in self.groups:
            of_axis = found.setdefault(group[0], {})
            for word, counts in self.pairs.get(group, {}).items():
                _add(of_axis.setdefault(word, {}), counts)
        return found

    def of(self, group: Group, fewest: int) -> Iterator[Any]:
        """Yield what is tested of a group: group, word, counts, against what; the contrast."""
        axis, alone = group[0], self.alone[group]
        rest: dict[Stratum, int] = {}
        for other in self.groups:
            if other[0] == axis and other != group:
                _add(rest, self.alone[other])
        against, every = "groups", self.together.get(axis, {})
        if sum(rest.values()) < fewest:
            against, every = "people", self.pairs.get(ANYBODY, {})
            rest = _less(self.alone[ANYBODY], self.alone[axis, ANY])
        total, all_rest = sum(alone.values()), sum(rest.values())
        if all_rest < fewest:
            return
        mine, some = self.pairs.get(group, {}), self.pairs.get((axis, ANY), {})
        strata = _Strata(alone, rest)
        for word in sorted(every):
            if (axis, word[0]) not in OWN and sum(every[word].values()) >= WORDS:
                own = mine.get(word, _NONE)
                theirs = _less(every[word], own if against == "groups" else some.get(word, _NONE))
                counts = (sum(own.values()), total, sum(theirs.values()), all_rest)
                if counts[0] + counts[2] >= WORDS:
                    test = contrast(strata.of(own, theirs))
                    yield (group, word, counts, against), test, self._all(group, word)

    def _all(self, group: Group, word: Word) -> tuple[float, float]:
        """Return the p-value of a pair against all other examples, and the weight of the test.

        The z-score of a given odds ratio grows with the weight, which is known from the margins.
        """
        strata, everywhere = self.naming.strata.of, self.words[word]
        mine = self.pairs.get(group, {}).get(word, _NONE)
        table = [
            (mine.get(s, 0), n, everywhere.get(s, 0) - mine.get(s, 0), strata[s] - n)
            for s, n in self.alone[group].items()
        ]
        examples, having = sum(self.alone[group].values()), self.margins[word]
        return chance(table), sqrt(examples * having / self.naming.examples)


class _Strata:
    """The strata of two sides, in which words are counted."""

    def __init__(self, first: Strata, others: Strata) -> None:
        self._numbers = grouping(first, others)
        margins = merged(self._numbers, _NONE, first, _NONE, others)
        self._first, self._others = [each[1] for each in margins], [each[3] for each in margins]

    def of(self, first: Strata, others: Strata) -> list[tuple[int, int, int, int]]:
        """Return the strata with the counts of one word."""
        return list(
            zip(self._put(first), self._first, self._put(others), self._others, strict=True)
        )

    def _put(self, counts: Strata) -> list[int]:
        found = [0] * len(self._first)
        for stratum, count in counts.items():
            found[self._numbers[stratum]] += count
        return found


def _add(to: dict[Stratum, int], counts: Strata) -> None:
    for stratum, count in counts.items():
        to[stratum] = to.get(stratum, 0) + count


def _less(of: Strata, without: Strata) -> dict[Stratum, int]:
    return {stratum: count - without.get(stratum, 0) for stratum, count in of.items()}


def _by_split(
    result: Sequence[Part[Associated]], dataset: Dataset, *, whole: bool
) -> dict[str, Any]:
    found = {p.split: _figures(p.of, dataset, whole) for p in result if p.of.tests}
    return {"associations": found}


def _figures(of: Associated, dataset: Dataset, whole: bool) -> dict[str, Any]:
    weights = _Weights(of.naming)
    return {
        "examples": of.naming.examples,
        "tests": of.tests,
        "too_few": [{"axis": axis, "group": group} for axis, group in of.few],
        "strongest": [_told(a, of.naming, weights, dataset, whole) for a in of.found[:LISTED]],
    }


class _Weights:
    """How often words stand beside each group, for the log-odds of Monroe et al."""

    def __init__(self, naming: Naming) -> None:
        self.pairs: dict[tuple[Group, Word], int] = {}
        self.groups: dict[Group, int] = {}
        self.words: dict[Word, int] = {}
        for (group, word, _), count in naming.pairs.of.items():
            if group[1] != ANY:
                self.pairs[group, word] = self.pairs.get((group, word), 0) + count
                if word[1] != ANY:
                    self.groups[group] = self.groups.get(group, 0) + count
        for (word, _), count in naming.words.of.items():
            self.words[word] = self.words.get(word, 0) + count
        self.total = sum(count for word, count in self.words.items() if word[1] != ANY)

    def of(self, group: Group, word: Word) -> tuple[float, float]:
        """Return the log-odds of `word` with `group` against the rest of its axis; its z-score."""
        others = [other for other in self.groups if other[0] == group[0] and other != group]
        return log_odds(
            self.pairs.get((group, word), 0),
            self.groups.get(group, 0),
            sum(self.pairs.get((other, word), 0) for other in others),
            sum(self.groups[other] for other in others),
            PRIOR * self.words.get(word, 0) / max(self.total, 1),
            PRIOR,
        )


def _told(
    a: Association, naming: Naming, weights: _Weights, dataset: Dataset, whole: bool
) -> dict[str, Any]:
    both = naming.both.of.get((a.group, a.word), 0)
    first = naming.groups.of.get(("any", *a.group), 0)
    second, total = weights.words.get(a.word, 0), naming.examples
    delta, score = weights.of(a.group, a.word)
    interval = npmi_interval(both, first, second, total) if whole else ()
    return {
        "axis": a.group[0],
        "group": a.group[1],
        "attribute": a.word[0],
        "word": a.word[1] or None,
        "count": a.count,
        "examples": a.examples,
        "other_count": a.other_count,
        "other_examples": a.other_examples,
        "against": a.against,
        "odds_ratio": round(a.odds_ratio, 4),
        "interval": [round(a.low, 4), round(a.high, 4)],
        "p": float(f"{a.p:.3g}"),
        "q": float(f"{a.q:.3g}"),
        "npmi": round(npmi(both, first, second, total), 4),
        **({"npmi_interval": [round(each, 4) for each in interval]} if whole else {}),
        "log_odds": round(delta, 4),
        "log_odds_z": round(score, 4),
        "rows": rows(a.places, dataset),
    }


def rows(places: Sequence[Where], dataset: Dataset) -> list[dict[str, Any]]:
    """Return the examples behind a number, as reports state them."""
    return [
        {"path": dataset.sources[where.source].path, "line": dataset.line_number(where)}
        for where in places
    ]
