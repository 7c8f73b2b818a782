"""Co-occurrence: which words stand near words for women, and near words for men.

The metrics of GenBiT (Sengupta et al. 2021), so that a figure of ftlint can be compared with one of
Microsoft's tool: the same windows, weights, smoothing and cut-off, told by a test that runs both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from math import log

from ftlint.value import dataclass

WINDOW, WEIGHT, PERCENTILE = 30, 0.95, 80.0
"""GenBiT's own settings: words on either side, what each word of distance leaves of the weight,
and the percentile of co-occurrence from which a word is judged."""


@dataclass(frozen=True, slots=True)
class Scores:
    """The metrics of one text collection; ratios are natural logarithms, men over women."""

    words: int = 0
    """Words that are judged."""
    cutoff: float = 2.0
    female: int = 0
    """Words for women that were read."""
    male: int = 0
    ratio: float = 0.0
    """The average bias ratio: of the weights near men and near women."""
    ratio_absolute: float = 0.0
    conditional: float = 0.0
    """The average bias of conditional probabilities: as if there were as many of both."""
    conditional_absolute: float = 0.0
    """What GenBiT calls its score."""
    by_word: dict[str, tuple[float, float]] = field(default_factory=dict, repr=False)
    """Bias ratio and conditional bias of each judged word."""


def measure(
    texts: Iterable[Sequence[str]],
    female: frozenset[str],
    male: frozenset[str],
    ignored: frozenset[str],
    *,
    window: int = WINDOW,
    weight: float = WEIGHT,
    percentile: float = PERCENTILE,
) -> Scores:
    """Return the metrics of texts as lists of words in lower case.

    `ignored` are words that carry no meaning; they take no room in the window.
    """
    powers = [weight**distance for distance in range(window + 1)]
    near: dict[str, list[float]] = {}
    count = {True: 0, False: 0}
    for text in texts:
        words = [w for w in text if w in female or w in male or w not in ignored]
        for word in words:
            near.setdefault(word, [1.0, 1.0])  # smoothed by one of each
        for at, word in enumerate(words):
            if word in female or word in male:
                side = 0 if word in female else 1
                count[not side] += 1
                _weigh(words, at, side, powers, near)
    return _scores(near, female | male, count[True], count[False], percentile)


def _weigh(
    words: Sequence[str], at: int, side: int, powers: list[float], near: dict[str, list[float]]
) -> None:
    """Add the weight of the word at `at` to all around it."""
    last = len(powers) - 1
    for other in range(max(0, at - last), min(len(words), at + last + 1)):
        if other != at:
            near[words[other]][side] += powers[abs(other - at)]


def _scores(
    near: dict[str, list[float]], gendered: frozenset[str], female: int, male: int, percent: float
) -> Scores:
    sums = sorted(total for women, men in near.values() if (total := women + men) > 2)
    cutoff = quantile(sums, percent / 100) if sums else 2.0
    found = {}
    for word, (women, men) in near.items():
        if word not in gendered and women + men >= cutoff:
            given_women, given_men = women / (female + len(near)), men / (male + len(near))
            found[word] = (log(men / women), log(given_men / given_women))
    ratios, conditionals = ([each[i] for each in found.values()] for i in (0, 1))
    return Scores(
        len(found), cutoff, female, male,
        _mean(ratios), _mean(map(abs, ratios)),
        _mean(conditionals), _mean(map(abs, conditionals)), found,
    )  # fmt: skip


def _mean(values: Iterable[float]) -> float:
    every = list(values)
    return sum(every) / len(every) if every else 0.0


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the quantile of sorted values, between neighbours by line, as numpy does."""
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)
