"""Divisions: clusters stay whole, strata stay balanced, and only contents and seed decide."""

from __future__ import annotations

import random
from collections import Counter
from hashlib import blake2b
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftlint.similarity.division import clustered, divide

Data = tuple[list[int], list[int], list[int]]
"""Root, stratum and mark of each example."""


@st.composite
def datasets(draw: st.DrawFn) -> Data:
    size = draw(st.integers(0, 40))
    ids = draw(st.lists(st.integers(0, 12), min_size=size, max_size=size))
    roots = [ids.index(each) for each in ids]
    strata = draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
    return roots, strata, [each * 7919 % 1009 for each in range(size)]


shares = st.sampled_from([0.05, 0.1, 0.25, 0.5, 0.9])


def drawn(data: Data, share: float, seed: int = 0) -> frozenset[int]:
    return divide(clustered(*data, seed), share)


@given(datasets(), shares, st.integers(-5, 5))
@settings(deadline=None)
def test_clusters_stay_whole_and_no_stratum_is_lost(data: Data, share: float, seed: int) -> None:
    roots, strata, _ = data
    held = drawn(data, share, seed)
    for root in set(roots):
        members = {index for index, each in enumerate(roots) if each == root}
        assert members <= held or not members & held
    trained = {stratum for index, stratum in enumerate(strata) if index not in held}
    assert trained == set(strata)


@given(datasets(), shares, st.integers(0, 3), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_the_examples_decides_nothing(
    data: Data, share: float, seed: int, chance: random.Random
) -> None:
    roots, strata, marks = data
    order = list(range(len(roots)))
    chance.shuffle(order)
    names = [roots[at] for at in order]
    moved = ([names.index(name) for name in names], [strata[at] for at in order])
    held = drawn((*moved, [marks[at] for at in order]), share, seed)
    assert {order[at] for at in held} == drawn(data, share, seed)


@given(datasets(), shares)
@settings(deadline=None, max_examples=60)
def test_no_cluster_more_would_come_nearer(data: Data, share: float) -> None:
    """What is held out misses the share by less than half of any cluster that could be added."""
    roots, strata, _ = data
    held = drawn(data, share)
    lack = share * len(roots) - len(held)
    left = Counter(stratum for index, stratum in enumerate(strata) if index not in held)
    for root in set(roots):
        members = [index for index, each in enumerate(roots) if each == root]
        own = Counter(strata[index] for index in members)
        if members[0] not in held and all(left[s] > n for s, n in own.items()):
            assert len(members) / 2 > lack - 1e-9


def test_single_examples_are_held_out_by_stratum() -> None:
    strata = [0] * 50 + [1] * 300 + [2] * 650
    data = (list(range(1000)), strata, list(range(1000)))
    for seed in range(5):
        held = Counter(strata[index] for index in drawn(data, 0.1, seed))
        assert held == {0: 5, 1: 30, 2: 65}


def test_rare_strata_share_what_none_could_give_alone() -> None:
    strata = [number // 3 for number in range(300)]
    held = drawn((list(range(300)), strata, list(range(300))), 0.1)
    each = Counter(strata[index] for index in held)
    assert len(held) == 30
    assert max(each.values()) == 1


def test_seeds_draw_evenly() -> None:
    """Each of ten alike examples is held out about as often as the others, over many seeds."""
    data = (list(range(10)), [0] * 10, list(range(10)))
    counts = Counter(index for seed in range(4000) for index in drawn(data, 0.3, seed))
    pairs = Counter(
        pair for seed in range(4000) for pair in combinations(sorted(drawn(data, 0.3, seed)), 2)
    )
    assert sum(counts.values()) == 12_000
    # Binomial with 4000 draws: 1200 +- 29 and 267 +- 16; five standard deviations.
    assert all(abs(count - 1200) < 145 for count in counts.values())
    assert len(pairs) == 45
    assert all(abs(count - 4000 / 15) < 80 for count in pairs.values())


@pytest.mark.parametrize("seed", [0, 1, -7, 2**70])
def test_the_draw_is_a_published_hash(seed: int) -> None:
    """So it is the same on every machine, and with every version of Python."""
    data = (list(range(40)), [number % 2 for number in range(40)], list(range(40)))
    ranked = sorted(
        range(40), key=lambda at: blake2b(f"{seed} {at}".encode(), digest_size=8).digest()
    )
    expected = [at for parity in (0, 1) for at in [n for n in ranked if n % 2 == parity][:4]]
    assert drawn(data, 0.2, seed) == set(expected)


@pytest.mark.parametrize(("sizes", "share", "count"), [([90, 10], 0.1, 10), ([100], 0.1, 0)])
def test_large_clusters(sizes: list[int], share: float, count: int) -> None:
    roots = [at for at, size in enumerate(sizes) for _ in range(size)]
    roots = [roots.index(root) for root in roots]
    assert len(drawn((roots, [0] * len(roots), list(range(len(roots)))), share)) == count
