"""Homogeneity: whether two samples may come from one distribution, and how far apart they are.

Sizes of effects decide beside probabilities: of a large dataset every difference is significant.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from ftlint.value import dataclass

K = TypeVar("K", bound=Hashable)

LEAST = 5.0
"""Expected count below which categories are pooled (Cochran 1954)."""


@dataclass(frozen=True, slots=True)
class Test:
    """The distance of two samples, in [0, 1], and the probability of one so large by chance."""

    distance: float
    probability: float


def kolmogorov_smirnov(left: Mapping[int, int], right: Mapping[int, int]) -> Test:
    """Return the largest difference of the two cumulative shares; counts are by value.

    The probability is the limit for large samples with the correction of Stephens (1970). It is
    too large where values repeat, which makes the test careful. Raises: ValueError for an empty
    sample.
    """
    n, m = sum(left.values()), sum(right.values())
    if not n or not m:
        raise ValueError("a sample is empty")
    below_left = below_right = 0
    distance = 0.0
    for value in sorted(left.keys() | right.keys()):
        below_left += left.get(value, 0)
        below_right += right.get(value, 0)
        distance = max(distance, abs(below_left / n - below_right / m))
    size = math.sqrt(n * m / (n + m))
    return Test(distance, _kolmogorov((size + 0.12 + 0.11 / size) * distance))


def _kolmogorov(x: float) -> float:
    """Return the probability that the Kolmogorov distribution exceeds `x`."""
    if x < 0.2:
        return 1.0  # the series does not converge there, and the value is 1 to 12 digits
    terms = ((-1 if k % 2 == 0 else 1) * math.exp(-2 * k * k * x * x) for k in range(1, 101))
    return min(1.0, max(0.0, 2 * math.fsum(terms)))


def total_variation(left: Mapping[K, int], right: Mapping[K, int]) -> Test:
    """Return half the sum of the differences of shares; the probability is that of chi-squared.

    Categories with an expected count below `LEAST` in a sample are one category in that test.
    Raises: ValueError for an empty sample.
    """
    n, m = sum(left.values()), sum(right.values())
    if not n or not m:
        raise ValueError("a sample is empty")
    keys = left.keys() | right.keys()
    distance = math.fsum(abs(left.get(k, 0) / n - right.get(k, 0) / m) for k in keys) / 2
    pairs = _pooled([(left.get(k, 0), right.get(k, 0)) for k in keys], min(n, m) / (n + m))
    if len(pairs) < 2:
        return Test(distance, 1.0)
    # Pearson's statistic of a table of two rows.
    chi = math.fsum((a * m - b * n) ** 2 / (a + b) for a, b in pairs) / (n * m)
    return Test(distance, chi_squared(chi, len(pairs) - 1))


def _pooled(pairs: Sequence[tuple[int, int]], share: float) -> list[tuple[int, int]]:
    kept = [pair for pair in pairs if sum(pair) * share >= LEAST]
    rare = [pair for pair in pairs if sum(pair) * share < LEAST]
    rest = (sum(a for a, _ in rare), sum(b for _, b in rare))
    return [*kept, rest] if sum(rest) else kept


def chi_squared(x: float, freedom: int) -> float:
    """Return the probability that chi-squared with `freedom` degrees exceeds `x`.

    The regularised incomplete gamma function Q(freedom / 2, x / 2): by its series where that
    converges fast, else by its continued fraction (Abramowitz and Stegun 6.5.29, 6.5.31).
    """
    a, x = freedom / 2, x / 2
    if x <= 0:
        return 1.0
    scale = math.exp(-x + a * math.log(x) - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        for k in range(1, 10_000):
            term *= x / (a + k)
            total += term
            if term < total * 1e-15:
                break
        return max(0.0, 1 - scale * total)
    return min(1.0, scale * _fraction(a, x))


def _fraction(a: float, x: float) -> float:
    """Return the continued fraction of Q(a, x) without its scale, by Lentz's method."""
    tiny = 1e-300
    b = x + 1 - a
    c, d = 1 / tiny, 1 / b
    value = d
    for k in range(1, 10_000):
        step = -k * (k - a)
        b += 2
        d = 1 / (step * d + b or tiny)
        c = b + step / c or tiny
        value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return value


def discoveries(probabilities: Mapping[K, float], rate: float) -> set[K]:
    """Return the tests that hold when a share `rate` of them may be false.

    Benjamini and Hochberg 1995: the largest k such that the k-th smallest probability is at most
    k / n of `rate`.
    """
    ranked = sorted(probabilities, key=lambda key: probabilities[key])
    last = 0
    for rank, key in enumerate(ranked, 1):
        if probabilities[key] <= rank * rate / len(ranked):
            last = rank
    return set(ranked[:last])
