"""Shingles, sketches, clusters and spools: laws and tables."""

from __future__ import annotations

import pickle
import random
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strange import scripts

from ftlint.similarity.cluster import DICT, again, clusters, firsts, followers
from ftlint.similarity.jaccard import Seen, Sets
from ftlint.similarity.lsh import RECALL, banding
from ftlint.similarity.minhash import BINS, sketches
from ftlint.similarity.shingle import jaccard, shingled
from ftlint.similarity.shinglearray import PIECE, sets, words
from ftlint.similarity.spool import Spool
from ftlint.text.normalise import normalise


@given(st.lists(scripts, min_size=1, max_size=6))
@settings(max_examples=200, deadline=None)
def test_hashed_shingles_are_the_shingles(texts: list[str]) -> None:
    folded = [normalise(text) for text in texts]
    found, owners = sets(folded)
    counts = [len(np.unique(found[owners == at])) for at in range(len(folded))]
    assert counts == [len(shingled(text)) for text in folded]
    every = {shingle for text in folded for shingle in shingled(text)}
    assert len(np.unique(found)) == len(every)


@given(st.lists(scripts, min_size=1, max_size=6), st.integers(0, 40))
@settings(max_examples=200, deadline=None)
def test_shingles_are_kept_text_by_text(texts: list[str], most: int) -> None:
    folded = [normalise(text) for text in texts]
    made = sketches(folded, most)
    every = words(made.shingles)
    assert made.counts.sum() == len(every)
    for text, start, count in zip(folded, made.starts, made.counts, strict=True):
        expected = sets([text])[0].tolist() if len(text) <= most else []
        assert every[start : start + count].tolist() == expected


@given(st.lists(scripts, min_size=2, max_size=8))
@settings(max_examples=100, deadline=None)
def test_similarities_are_those_of_sets(texts: list[str]) -> None:
    folded = [normalise(f"a {text} {texts[0]}") for text in texts]
    known = Sets(*sets(folded), len(folded))
    left, right = np.array([*combinations(range(len(folded)), 2)]).T
    every = [shingled(text) for text in folded]
    for fewest, least in ((1, 0.0), (4, 0.5)):
        wanted = [
            similarity
            if min(len(every[a]), len(every[b])) >= fewest
            and (similarity := jaccard(every[a], every[b])) >= least
            else 0.0
            for a, b in zip(left, right, strict=True)
        ]
        assert known.similarities(left, right, fewest, least).tolist() == wanted


@pytest.mark.parametrize("size", [20, 200, 2000])
def test_parities_never_speak_against_similar_sets(size: int) -> None:
    rng = random.Random(size)
    every: list[set[int]] = []
    for _ in range(200):
        first = {rng.getrandbits(40) for _ in range(size)}
        taken = rng.sample(sorted(first), rng.randint(size * 7 // 10, size))
        every += [first, {*taken, *(rng.getrandbits(40) for _ in range(size // 20))}]
    known = np.array([word for each in every for word in each], np.uint64)
    owners = np.repeat(np.arange(len(every)), [len(each) for each in every])
    left, right = np.arange(0, len(every), 2), np.arange(1, len(every), 2)
    similarities = [
        len(every[a] & every[b]) / len(every[a] | every[b])
        for a, b in zip(left, right, strict=True)
    ]
    assert 50 < sum(similarity >= 0.8 for similarity in similarities) < 150
    found = Sets(known, owners, len(every)).similarities(left, right, 4, 0.8)
    assert found.tolist() == [each if each >= 0.8 else 0.0 for each in similarities]


@given(st.lists(st.sets(st.integers(0, 40)), max_size=12))
def test_what_was_seen_is_not_fresh(rounds: list[set[int]]) -> None:
    seen, known = Seen(), set[int]()
    for numbers in rounds:
        fresh = seen.fresh(np.array(sorted(numbers), np.int64))
        assert fresh.tolist() == sorted(numbers - known)
        known |= numbers
        assert len(seen) == len(known)


def test_long_texts_are_hashed_in_pieces() -> None:
    rng = random.Random(1)
    spaced = " ".join(f"w{rng.randrange(10_000)}" for _ in range(100_000))
    unspaced = "".join(chr(0x4E00 + rng.randrange(900)) for _ in range(3 * PIECE))
    assert len(spaced) > 3 * PIECE
    for text in (spaced, unspaced):
        assert len(np.unique(sets([text])[0])) == len(shingled(text))
        alone, beside = (
            sketches(those).sketches[-1] for those in ([text], ["a b", "漢 c d", text])
        )
        assert alone.tolist() == beside.tolist()


@pytest.mark.parametrize("size", [5, 30, 300])
def test_sketches_estimate_the_jaccard_similarity(size: int) -> None:
    rng = random.Random(size)
    errors = []
    for _ in range(300):
        tokens = [str(rng.random()) for _ in range(size + 1)]
        other = list(tokens)
        for at in rng.sample(range(size), size // 5):
            other[at] = "x"
        left, right = sketches([" ".join(tokens), " ".join(other)]).sketches
        a, b = {*pairwise(tokens)}, {*pairwise(other)}
        errors.append(float((left == right).mean()) - len(a & b) / len(a | b))
    assert abs(sum(errors) / len(errors)) < 0.015
    assert np.std(errors) < 1.1 * np.sqrt(0.25 / BINS)


@pytest.mark.parametrize("size", [6, 20, 60, 150, 200, 240, 300])
def test_sketches_of_a_part_are_near(size: int) -> None:
    """Texts of fewer shingles are thrown more often, which is not to part them."""
    rng = random.Random(size)
    tokens = [[str(rng.random()) for _ in range(size + 1)] for _ in range(400)]
    whole = sketches([" ".join(each) for each in tokens]).sketches
    part = sketches([" ".join(each[: round(size * 0.8) + 1]) for each in tokens]).sketches
    similarity = round(size * 0.8) / size
    assert abs(float((whole == part).mean()) - similarity) < 0.02


@pytest.mark.parametrize("times", [2, 5, 50, 2000])
def test_sketches_of_what_is_repeated_are_near(times: int) -> None:
    rng = random.Random(times)
    for size in (6, 20, 60):
        once = " ".join(str(rng.random()) for _ in range(size))
        left, right = sketches([" ".join([once, once]), " ".join([once] * times)]).sketches
        assert float((left == right).mean()) > 0.75


def test_texts_of_few_shingles_have_no_sketch() -> None:
    texts = ["", "a", "a b", "a b c", "a b c d", "a b c d e", "漢", "漢字がある"]
    made = sketches(texts, 100, 4)
    assert made.counts.tolist() == [0, 0, 1, 2, 3, 4, 0, 4]
    assert made.sketches.any(axis=1).tolist() == [False] * 5 + [True, False, True]
    every = sketches(texts).sketches[:, :2]
    assert every.any(axis=1).tolist() == [len(shingled(text)) > 0 for text in texts]


@pytest.mark.parametrize("size", [7, 8, 9, 16, 17, 63, 64, 65, 300])
def test_long_tokens_differ_by_any_sign(size: int) -> None:
    token = "".join(random.Random(size).choices("abcdé", k=size))
    others = {token, token[:-1], token + "a"}
    others |= {f"{token[:at]}x{token[at + 1 :]}" for at in range(size)}
    for before, after in (("b ", ""), ("", " b")):
        found, _ = sets([f"{before}{other}{after}" for other in others])
        assert len(np.unique(found)) == len(others)


@pytest.mark.parametrize("threshold", [0.5, 0.6, 0.7, 0.8, 0.9, 0.95])
def test_bands_find_pairs_at_the_threshold(threshold: float) -> None:
    bands, rows = banding(threshold)
    assert bands * rows <= BINS
    assert 1 - (1 - threshold**rows) ** bands >= RECALL


def test_firsts_by_dict_and_by_sorting_agree() -> None:
    rng = random.Random(2)
    keys = [rng.randrange(DICT) << 40 for _ in range(DICT + 1)]
    whole, half = firsts(keys), firsts(keys[: DICT // 2])
    assert list(half) == list(whole[: DICT // 2])
    seen: dict[int, int] = {}
    assert list(whole) == [i if not k else seen.setdefault(k, i) for i, k in enumerate(keys)]
    assert list(again(whole)) == [at for at, first in enumerate(whole) if at != first]


@pytest.mark.parametrize("many", [2, DICT])
def test_clusters_are_the_connected_parts(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ftlint.similarity.cluster.DICT", many)
    assert clusters([4, 1, 9, 2], [9, 2, 11, 7]) == [[1, 2, 7], [4, 9, 11]]
    assert [list(each) for each in followers([4, 1, 9, 2], [9, 2, 11, 7])] == [
        [2, 7, 9, 11],
        [1, 1, 4, 4],
    ]


@given(st.lists(st.binary(max_size=40), max_size=8), st.integers(0, 60))
@settings(max_examples=200, deadline=None)
def test_a_spool_is_its_bytes_wherever_they_are(parts: list[bytes], limit: int) -> None:
    spools = [Spool(part, limit) for part in parts]
    left = Spool(limit=limit)
    for spool in spools:
        before, left = left, left.merge(spool)
        assert left == before.merge(spool)  # again, though the file has more by now
    right = Spool(limit=limit)
    for spool in reversed(spools):
        right = spool.merge(right)
    whole = b"".join(parts)
    assert b"".join(left.blocks()) == whole == b"".join(right.blocks())
    assert left == right == pickle.loads(pickle.dumps(left))
    places = [(at, size) for at in range(len(whole)) for size in (0, 1, 7, len(whole) - at)]
    wanted = [whole[at : at + size] for at, size in places]
    assert [left.read(*place) for place in places] == wanted
    assert [*right.reads([at for at, _ in places], [size for _, size in places])] == wanted
    assert left.array().tobytes() == whole
    assert len(left) == len(whole)
