"""The statistics of bias, against exact and simulated oracles."""

from __future__ import annotations

import json
import statistics
from fractions import Fraction
from math import comb, log
from pathlib import Path

import numpy as np
import pytest

from ftlint.bias.cooccurrence import measure
from ftlint.statistics.contrast import (
    Mean,
    _exact,
    adjusted,
    contrast,
    difference,
    grouping,
    log_odds,
    means,
    merged,
    npmi,
    npmi_interval,
)

HERE = Path(__file__).parent / "identity"


def fisher(a: int, n: int, c: int, m: int) -> Fraction:
    """Return the chance of `a` or more of `a + c` drawn from `n` and `m`, by counting."""
    k = a + c
    ways = sum(comb(n, i) * comb(m, k - i) for i in range(a, min(n, k) + 1))
    return Fraction(ways, comb(n + m, k))


@pytest.mark.parametrize(
    "table", [(7, 30, 10, 100), (12, 40, 2, 40), (3, 9, 1, 50), (20, 60, 5, 90)]
)
def test_one_stratum_is_fishers_test(table: tuple[int, int, int, int]) -> None:
    assert contrast([table]).p == pytest.approx(float(fisher(*table)), rel=1e-9)
    a, n, c, m = table
    assert contrast([table]).odds_ratio == pytest.approx(a * (m - c) / ((n - a) * c))


def test_strata_are_added_as_by_simulation() -> None:
    strata = [(6, 20, 8, 60), (4, 30, 3, 45), (5, 12, 9, 50)]
    draw, total = np.random.default_rng(1), np.zeros(200_000)
    for a, n, c, m in strata:
        total += draw.hypergeometric(n, m, a + c, 200_000)
    simulated = float(np.mean(total >= sum(a for a, *_ in strata)))
    assert contrast(strata).p == pytest.approx(simulated, abs=4 * (simulated / 200_000) ** 0.5)


@pytest.mark.parametrize(
    "strata",
    [
        [(6, 20, 8, 60), (4, 30, 3, 45), (5, 12, 9, 50)],
        [(2, 2, 0, 300), (9, 40, 1, 400), (3, 900, 0, 20), (0, 5, 0, 5), (4, 4, 6, 6)],
        [(8, 300, 20, 9000), (3, 20, 90, 8000), (11, 500, 7, 700), (2, 9, 30, 600)],
        [(1, 50, 5, 60), (2, 40, 6, 45), (0, 12, 9, 50)],
    ],
)
def test_strata_are_added_as_by_counting(strata: list[tuple[int, int, int, int]]) -> None:
    chances = {0: Fraction(1)}
    for a, n, c, m in strata:
        mixed: dict[int, Fraction] = {}
        for i in range(max(0, a + c - m), min(n, a + c) + 1):
            chance = Fraction(comb(n, i) * comb(m, a + c - i), comb(n + m, a + c))
            for count, before in chances.items():
                mixed[count + i] = mixed.get(count + i, Fraction(0)) + before * chance
        chances = mixed
    whole = sum(a for a, *_ in strata)
    counted = float(sum(each for count, each in chances.items() if count >= whole))
    assert _exact(strata, whole) == pytest.approx(counted, rel=1e-12)


def test_the_common_odds_ratio_and_its_interval_cover() -> None:
    draw, inside = np.random.default_rng(2), 0
    for _ in range(400):
        strata = []
        for n, m, base in ((80, 200, 0.1), (60, 90, 0.3)):
            odds = 2.5 * base / (1 - base)
            a, c = draw.binomial(n, odds / (1 + odds)), draw.binomial(m, base)
            strata.append((int(a), n, int(c), m))
        found = contrast(strata)
        inside += found.low <= 2.5 <= found.high
    assert 0.92 <= inside / 400 <= 0.98


@pytest.mark.parametrize("table", [(260, 1000, 2000, 10_000), (240, 1000, 2000, 10_000)])
def test_large_counts_keep_their_p_value(table: tuple[int, int, int, int]) -> None:
    assert contrast([table]).p == pytest.approx(float(fisher(*table)), rel=0.1)


def test_lengths_are_strata_where_both_sides_have_them() -> None:
    both = grouping({("en", 5): 40, ("en", 8): 40}, {("en", 5): 50, ("en", 8): 30})
    assert len(set(both.values())) == 2
    for left, right in ((5, 6), (6, 7)):  # a word more, and a power of two between
        apart = grouping({("en", left): 40}, {("en", right): 40})
        assert len(set(apart.values())) == 1
    assert len(set(grouping({("en", 5): 40}, {("en", 12): 40}).values())) == 2
    assert len(set(grouping({("en", 5): 40}, {("de", 5): 40}).values())) == 2
    first, others = {("en", 5): 40, ("en", 6): 10}, {("en", 6): 30, ("en", 7): 5}
    strata = merged(grouping(first, others), {("en", 5): 4}, first, {("en", 6): 3}, others)
    assert [sum(row[i] for row in strata) for i in range(4)] == [4, 50, 3, 35]


def test_q_values_by_definition() -> None:
    p = [0.001, 0.2, 0.03, 0.04, 0.9, 0.04]
    order = sorted(p)
    want = [
        min(order[j] * len(p) / (j + 1) for j in range(len(p)) if order[j] >= each) for each in p
    ]
    assert adjusted(p) == pytest.approx(want)
    assert adjusted([]) == []
    weights = [2.0, 1.0, 1.0, 0.5, 1.0, 0.5]
    assert adjusted(p, weights) == pytest.approx(
        adjusted([each / weight for each, weight in zip(p, weights, strict=True)])
    )


def test_mutual_information_and_its_bootstrap() -> None:
    assert npmi(50, 50, 50, 1000) == pytest.approx(1.0)
    assert npmi(10, 100, 100, 1000) == pytest.approx(0.0)
    assert npmi(0, 10, 10, 100) == -1.0
    draws = np.random.default_rng(3).multinomial(2000, [0.02, 0.05, 0.03, 0.9], 4000)
    values = [npmi(int(a), int(a + b), int(a + c), 2000) for a, b, c, _ in draws]
    low, high = npmi_interval(40, 140, 100, 2000)
    assert low == pytest.approx(np.quantile(values, 0.025), abs=0.02)
    assert high == pytest.approx(np.quantile(values, 0.975), abs=0.02)


def test_differences_as_published() -> None:
    # Newcombe 1998, table II, (a), method 10.
    assert difference(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=1e-4)
    assert difference(9, 10, 3, 10) == pytest.approx((0.1705, 0.8090), abs=1e-4)


def test_log_odds_by_hand() -> None:
    delta, z = log_odds(8, 100, 4, 200, 2.0, 50.0)
    want = log(10 / 140) - log(6 / 244)
    assert (delta, z) == pytest.approx((want, want / (1 / 10 + 1 / 6) ** 0.5))


def test_means_are_those_of_the_standard_library() -> None:
    one, other = [3, 5, 9, 2, 8, 8], [1, 1, 4, 2]
    a, b = (sum_of(values) for values in (one, other))
    assert a.mean == statistics.mean(one)
    assert a.error == pytest.approx(statistics.variance(one) / len(one))
    apart, low, high, p = means(a, b)
    assert apart == pytest.approx(statistics.mean(one) - statistics.mean(other))
    half = statistics.NormalDist().inv_cdf(0.975) * (a.error + b.error) ** 0.5
    assert (low, high) == pytest.approx((apart - half, apart + half))
    z = abs(apart) / (a.error + b.error) ** 0.5
    assert p == pytest.approx(2 * (1 - statistics.NormalDist().cdf(z)))
    assert a.merge(b).without(b) == a


def sum_of(values: list[int]) -> Mean:
    total = Mean()
    for value in values:
        total = total.merge(Mean.of(value))
    return total


def test_the_metrics_of_genbit() -> None:
    given = json.loads((HERE / "genbit.json").read_text("utf-8"))
    lists = (frozenset(given[name]) for name in ("female", "male", "ignored"))
    scores = measure([text.split() for text in given["texts"]], *lists)
    told = given["genbit"]
    assert (scores.words, scores.female, scores.male) == (
        told["num_words_considered"], told["female"], told["male"],
    )  # fmt: skip
    assert scores.female != scores.male
    assert scores.cutoff == pytest.approx(told["frequency_cutoff"])
    assert scores.ratio == pytest.approx(told["avg_bias_ratio"])
    assert scores.ratio_absolute == pytest.approx(told["avg_bias_ratio_absolute"])
    assert scores.conditional == pytest.approx(told["avg_bias_conditional"])
    assert scores.conditional_absolute == pytest.approx(told["genbit_score"])
