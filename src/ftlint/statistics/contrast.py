"""Contrasts: how surely something is more frequent in some examples than in others.

Examples are the units of every count, since texts of one conversation are not independent of each
other. Strata (language and length) hold the odds of chance apart from those of longer texts, which
say more of everything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from math import erfc, exp, inf, log, sqrt
from operator import mul
from random import Random
from typing import Any

from ftlint.value import dataclass

Z = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""
EXACT = 100.0
"""Variance of a count up to which its distribution is computed; beyond, a corrected normal
one is near enough."""
WORTH = 0.1
"""Approximate p-value from which no exact one is computed."""

Stratum = tuple[int, int, int, int]
"""With it among the first, all of the first, with it among the others, all of the others."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """What some examples have more often than others, over all strata."""

    odds_ratio: float
    low: float
    high: float
    """The 95 % interval of the odds ratio."""
    p: float
    """How likely so many are by chance, one-sided."""


def contrast(strata: Sequence[Stratum]) -> Contrast:
    """Return how much more frequent something is among the first examples than among the others.

    Odds ratio: Mantel and Haenszel 1959, with the variance of Robins, Breslow and Greenland 1986;
    p-value: the conditional distribution of the count given all margins, which is exact.
    """
    return Contrast(*_odds_ratio([each for each in strata if each[1] and each[3]]), chance(strata))


Lengths = Mapping[tuple[str, int], int]
"""Examples by language and by the number of bits of their length."""


def grouping(first: Lengths, others: Lengths) -> dict[tuple[str, int], int]:
    """Return the number of the stratum of each length: fine where both sides have fine ones.

    Prompts that differ in one word may lie on two sides of a power of two, and nothing could be
    compared; then two lengths are one stratum, in the one way or the other. Only margins choose.
    """
    whole = _shared(first, others, lambda key: key[0])
    ways: list[Callable[[tuple[str, int]], Any]] = [
        lambda key: key,
        lambda key: (key[0], key[1] // 2),
        lambda key: (key[0], (key[1] + 1) // 2),
    ]
    told = [_shared(first, others, way) for way in ways]
    enough = next((at for at, each in enumerate(told) if 2 * each >= whole), None)
    chosen = ways[told.index(max(told)) if enough is None else enough]
    keys = sorted({*first, *others})
    names = sorted({chosen(key) for key in keys})
    return {key: names.index(chosen(key)) for key in keys}


def _shared(first: Lengths, others: Lengths, name: Callable[[tuple[str, int]], Any]) -> float:
    """Return how much strata can tell: twice the harmonic mean of their sides, added."""
    sides: dict[Any, list[int]] = {}
    for side, counts in enumerate((first, others)):
        for key, count in counts.items():
            sides.setdefault(name(key), [0, 0])[side] += count
    return sum(n * m / (n + m) for n, m in sides.values() if n and m)


def merged(
    groups: Mapping[tuple[str, int], int], a: Lengths, n: Lengths, c: Lengths, m: Lengths
) -> list[Stratum]:
    """Return the strata of four counts by length, put together as `groups` says."""
    table: dict[int, list[int]] = {}
    for place, counts in enumerate((a, n, c, m)):
        for key, count in counts.items():
            if key in groups:
                table.setdefault(groups[key], [0, 0, 0, 0])[place] += count
    return [(row[0], row[1], row[2], row[3]) for _, row in sorted(table.items())]


def _odds_ratio(strata: Sequence[Stratum]) -> tuple[float, float, float]:
    """Return the common odds ratio and its interval; half an example is added where one is 0."""
    r = s = pr = ps_qr = qs = 0.0
    for a, first, c, others in strata:
        b, d, t = first - a, others - c, first + others
        left, right, p = a * d / t, b * c / t, (a + d) / t
        r, s = r + left, s + right
        pr, qs = pr + p * left, qs + (1 - p) * right
        ps_qr += p * right + (1 - p) * left
    if not r or not s:
        x, n, y, m = (sum(each[i] for each in strata) + (0.5, 1, 0.5, 1)[i] for i in range(4))
        ratio = x * (m - y) / ((n - x) * y)
        half = Z * sqrt(1 / x + 1 / (n - x) + 1 / y + 1 / (m - y))
    else:
        ratio = r / s
        half = Z * sqrt(pr / (2 * r * r) + ps_qr / (2 * r * s) + qs / (2 * s * s))
    return ratio, ratio * exp(-half), ratio * exp(half)


def chance(strata: Sequence[Stratum]) -> float:
    """Return the p-value of `contrast` alone."""
    used = [each for each in strata if each[1] and each[3]]
    count, mean, variance, third = 0, 0.0, 0.0, 0.0
    for a, n, c, m in used:
        t, k = n + m, a + c
        count += a
        mean += n * k / t
        if t > 2:
            each = n * m * k * (t - k) / (t * t * (t - 1.0))
            variance += each
            third += each * (t - 2 * k) * (t - 2 * n) / (t * (t - 2.0))
    if not variance:
        return 1.0
    z = (count - mean - 0.5) / sqrt(variance)
    near = upper(_straightened(z, third / variance**1.5))
    return near if near > WORTH or variance > EXACT else _exact(used, count)


def _straightened(z: float, skew: float) -> float:
    """Return the normal score of a score of a skewed count (normal power approximation).

    Far out the plain one makes p-values half as large as they are; this one errs by a tenth.
    """
    if skew < 1e-6 or z <= 0:
        return z
    return -3 / skew + sqrt(9 / skew**2 + 1 + 6 * z / skew)


def upper(z: float) -> float:
    """Return the share of a normal distribution above `z`."""
    return 0.5 * erfc(z / sqrt(2))


def _exact(strata: Sequence[Stratum], count: int) -> float:
    """Return the chance of `count` or more: the sum over strata of hypergeometric counts."""
    parts = [_hypergeometric(n, m, a + c) for a, n, c, m in strata if a + c]
    wanted = count - sum([first for first, _ in parts])
    # Two halves as long as each other, of which only those are wanted that reach it together.
    left, right = [1.0], [1.0]
    for chances in sorted([chances for _, chances in parts], key=len):
        if len(left) > len(right):
            left, right = right, left
        left = _mixed(left, chances, wanted)
    return min(_reaching(left, right, wanted), 1.0)


def _mixed(left: list[float], right: list[float], most: int) -> list[float]:
    """Return the chances of the sums of two counts; all that is `most` or more is the last."""
    if len(left) < len(right):
        left, right = right, left
    size, turned, whole = len(right), right[::-1], len(left) + len(right) - 1
    found = [sum(map(mul, turned[-1 - at :], left)) for at in range(min(most, size))]
    further = range(size, min(most, whole))
    found += [sum(map(mul, turned, left[at - size + 1 : at + 1])) for at in further]
    return [*found, _reaching(left, right, most)] if whole > most else found


def _reaching(left: list[float], right: list[float], wanted: int) -> float:
    """Return the chance that the sum of two counts is `wanted` or more."""
    tails = [*accumulate(reversed(right))]
    reached = [(each, len(right) - max(wanted - at, 0)) for at, each in enumerate(left)]
    return sum([each * tails[many - 1] for each, many in reached if many > 0])


def _hypergeometric(n: int, m: int, k: int) -> tuple[int, list[float]]:
    """Return the least count among `n` if `k` of `n + m` are drawn, and the chance of each.

    Each follows from its neighbour, from the mean on, and all together are 1.
    """
    low, high = max(0, k - m), min(n, k)
    mean, spread = n * k / (n + m), sqrt(n * m * k * (n + m - k) + 1.0) / (n + m) ** 1.5
    first = max(low, int(mean - 12 * spread - 12))
    last = min(high, int(mean + 12 * spread + 40))
    middle = min(max(int(mean), first), last)
    below, above = [1.0], [1.0]
    for i in range(middle, first, -1):
        below.append(below[-1] * (i * (m - k + i)) / ((n - i + 1) * (k - i + 1)))
    for i in range(middle, last):
        above.append(above[-1] * ((n - i) * (k - i)) / ((i + 1) * (m - k + i + 1)))
    every = [*below[:0:-1], *above]
    whole = sum(every)
    return first, [each / whole for each in every]


def adjusted(p_values: Sequence[float], weights: Sequence[float] = ()) -> list[float]:
    """Return the q-value of each p-value (Benjamini and Hochberg 1995).

    With weights, which no p-value may have a part in, some tests count for more than others
    (Genovese, Roeder and Wasserman 2006).
    """
    mean = sum(weights) / len(weights) if weights else 1.0
    each = weights or [1.0] * len(p_values)
    values = [min(p * mean / weight, 1.0) for p, weight in zip(p_values, each, strict=True)]
    order = sorted(range(len(values)), key=lambda at: -values[at])
    found, least = [1.0] * len(values), 1.0
    for place, at in enumerate(order):
        least = min(least, values[at] * len(values) / (len(values) - place))
        found[at] = least
    return found


def npmi(both: int, first: int, second: int, total: int) -> float:
    """Return the normalised pointwise mutual information, in [-1, 1] (Bouma 2009)."""
    if not both:
        return -1.0
    if both == total:
        return 1.0
    return log(both * total / (first * second)) / -log(both / total)


RESAMPLES = 500
"""Resamples behind a bootstrap interval."""


def npmi_interval(both: int, first: int, second: int, total: int) -> tuple[float, float]:
    """Return the 95 % bootstrap interval, conversations resampled.

    A resample of the examples changes nothing but the four counts, which are then multinomial:
    so they are drawn, and no example is looked at again. The seed is the counts themselves.
    """
    draw = Random(f"{both} {first} {second} {total}")
    cells = (both, first - both, second - both)
    found = []
    for _ in range(RESAMPLES):
        left, rest, drawn = total, total, []
        for cell in cells:
            drawn.append(_binomial(draw, left, cell / rest if rest else 0.0))
            left, rest = left - drawn[-1], rest - cell
        n11, n10, n01 = drawn
        found.append(npmi(n11, n11 + n10, n11 + n01, total))
    found.sort()
    return found[int(RESAMPLES * 0.025)], found[int(RESAMPLES * 0.975)]


def _binomial(draw: Random, n: int, p: float) -> int:
    """Return a binomial count: by waiting times where few are expected, else by a normal one."""
    if p <= 0 or n <= 0:
        return 0
    if p >= 1:
        return n
    if n * p > 50 and n * (1 - p) > 50:
        return min(max(round(draw.gauss(n * p, sqrt(n * p * (1 - p)))), 0), n)
    if p > 0.5:
        return n - _binomial(draw, n, 1 - p)
    count, at, scale, uniform = 0, 0, log(1 - p), draw.random
    while True:
        at += 1 + int(log(1 - uniform()) / scale)
        if at > n:
            return count
        count += 1


def log_odds(
    both: int, first: int, other: int, others: int, prior: float, whole: float
) -> tuple[float, float]:
    """Return the log-odds of a word with one group against others, and its z-score.

    `both` of `first` words stand with the one, `other` of `others` with the rest; the Dirichlet
    prior has `prior` of `whole` words (Monroe, Colaresi and Quinn 2008).
    """
    a, b = both + prior, other + prior
    c, d = first + whole - a, others + whole - b
    if min(a, b, c, d) <= 0:
        return 0.0, 0.0
    delta = log(a / c) - log(b / d)
    return delta, delta / sqrt(1 / a + 1 / b)


def difference(a: int, n: int, c: int, m: int) -> tuple[float, float]:
    """Return the 95 % interval of the difference of two shares (Newcombe 1998, method 10)."""
    from ftlint.statistics.interval import wilson

    p, q = a / n, c / m
    (l1, u1), (l2, u2) = wilson(a, n), wilson(c, m)
    low = p - q - sqrt((p - l1) ** 2 + (u2 - q) ** 2)
    return low, p - q + sqrt((u1 - p) ** 2 + (q - l2) ** 2)


@dataclass(frozen=True, slots=True)
class Mean:
    """Count, sum and sum of squares of whole numbers, exact in any order."""

    count: int = 0
    total: int = 0
    squares: int = 0

    @classmethod
    def of(cls, *values: int) -> Mean:
        """Return the mean of some values."""
        return cls(len(values), sum(values), sum([value * value for value in values]))

    def merge(self, other: Mean) -> Mean:
        """Return the mean of both."""
        return Mean(
            self.count + other.count, self.total + other.total, self.squares + other.squares
        )

    def without(self, part: Mean) -> Mean:
        """Return the mean of all values but those of `part`."""
        return Mean(self.count - part.count, self.total - part.total, self.squares - part.squares)

    @property
    def mean(self) -> float:
        """Return the mean; 0 of nothing."""
        return self.total / self.count if self.count else 0.0

    @property
    def error(self) -> float:
        """Return the variance of the mean."""
        if self.count < 2:
            return inf
        around = self.squares - self.total * self.total / self.count
        return max(around, 0.0) / (self.count - 1) / self.count


def means(one: Mean, other: Mean) -> tuple[float, float, float, float]:
    """Return the difference of two means, its 95 % interval, and its two-sided p-value.

    Welch's statistic with a normal tail: groups have 30 examples or more.
    """
    apart, error = one.mean - other.mean, sqrt(one.error + other.error)
    if not error:
        return apart, apart, apart, 0.0 if apart else 1.0
    if error == inf:
        return apart, -inf, inf, 1.0
    return apart, apart - Z * error, apart + Z * error, 2 * upper(abs(apart) / error)
