"""Normalisation, digests, sketches and spools: laws and tables."""

from __future__ import annotations

import json
import pickle
import random
from itertools import accumulate, combinations, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records import batch

from ftlint.analyses.exchange import ASKED
from ftlint.case import assistant, call, calling, chat, declare, system, tool, user
from ftlint.example import Batch, Lines
from ftlint.feature import Feature
from ftlint.features.digest import NONE, PREFIXES, Digest, Part
from ftlint.features.exchange import EXCHANGES
from ftlint.features.spoken import COMPARED, PROMPTED
from ftlint.proof import prove
from ftlint.similarity.cluster import DICT, again, clusters, firsts, followers
from ftlint.similarity.jaccard import Seen, Sets
from ftlint.similarity.lsh import RECALL, banding
from ftlint.similarity.minhash import BINS, sketches
from ftlint.similarity.shingle import jaccard, shingled
from ftlint.similarity.shinglearray import PIECE, sets, words
from ftlint.similarity.spool import Spool
from ftlint.text.normalise import normalise
from ftlint.text.normalisearray import normalised

PARTS: tuple[Part, ...] = ("example", "conversation", "prompt", "question", "answer")
DIGESTS = [Digest(part, normal) for part in PARTS for normal in (False, True)]
scripts = st.text(
    st.sampled_from("abc XYZ.,!?-3½ßİéÀ\u0301 \u200b\u3000漢字かなกา한글दिİ😀⑴（％）\x00\n"),
    max_size=60,
)


@given(st.one_of(st.text(max_size=40), scripts))
@settings(max_examples=500, deadline=None)
def test_normalisation_is_a_projection(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert bool(once) == bool(normalise(text + " "))
    assert "  " not in once and once == once.strip()
    assert normalise(f" {text}\n\t") == once


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Hello, World!", "hello world"),
        ("Ｈｅｌｌｏ，　ｗｏｒｌｄ！", "hello world"),
        ("„Straße“ … ja", "STRASSE ja"),
        ("co\u00adope\u200brate", "cooperate"),
        ("cafe\u0301", "CAFÉ"),
        ("你好，世界。", "你好 世界"),
    ],
)
def test_these_are_the_same(left: str, right: str) -> None:
    assert normalise(left) == normalise(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [("?!", "..."), ("cafe", "café"), ("3-5", "3+5"), ("5%", "5"), ("5％", "5"), ("a/b", "a b")],
)
def test_these_are_not(left: str, right: str) -> None:
    assert normalise(left) != normalise(right)


ODD = "\uffff\ufffe\ufdd0\0\x1f\x85\u2028\ud800\udc00\u200b①㈠ßẞİﬁ´"
JOINING = "\u1100\u1161\u11a8\u09c7\u09be\u3099ﾞ𝐀🄰🤔"


@given(st.lists(st.lists(scripts | st.sampled_from(ODD + JOINING)).map("".join)))
@settings(max_examples=300, deadline=None)
def test_many_texts_are_normalised_as_each(texts: list[str]) -> None:
    assert normalised(texts) == [normalise(text) for text in texts]


def test_every_sign_is_normalised_in_an_array_as_alone() -> None:
    codes = (*range(0xD800), *range(0xE000, 0xFFFF), *range(0x10000, 0x110000, 13))
    texts = [f"A{chr(code)} {chr(code)}b" for code in codes]
    assert normalised(texts) == [normalise(text) for text in texts]


def digests(record: Any) -> dict[tuple[str, bool], int]:
    one = batch(record)
    return {
        (part, normal): one.column(Digest(part, normal))[0]
        for part in PARTS
        for normal in (False, True)
    }


BASE = chat(system("Be brief."), user("Where is Lisbon?"), assistant("In Portugal."))
EXACT, NORMAL = {(part, False) for part in PARTS}, {(part, True) for part in PARTS}


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (json.loads(json.dumps(BASE, sort_keys=True)), EXACT | NORMAL),
        (
            chat(system("be brief"), user("where is LISBON"), assistant("In Portugal")),
            NORMAL - {("example", True)},
        ),
        (
            chat(user("Where is Lisbon?"), assistant("In Portugal.")),
            {(part, normal) for part in ("question", "answer") for normal in (False, True)},
        ),
        (
            {**BASE, "tools": [declare("f")]},
            {(p, n) for p in ("conversation", "question", "answer") for n in (False, True)},
        ),
        (
            chat(*BASE["messages"][:2], assistant("In Spain.")),
            {(part, normal) for part in ("prompt", "question") for normal in (False, True)},
        ),
    ],
)
def test_parts_are_told_apart(other: Any, same: set[tuple[str, bool]]) -> None:
    ours, theirs = digests(BASE), digests(other)
    assert {key for key in ours if ours[key] == theirs[key]} == same


def test_calls_are_said_and_their_ids_are_not() -> None:
    def asked(name: str, identity: str, arguments: str) -> Any:
        answer = (tool(identity), assistant("Done."))
        return chat(user("Go"), calling(call(identity, name, arguments)), *answer)

    one = digests(asked("f", "call_1", '{"a": 1, "b": 2}'))["conversation", False]
    assert digests(asked("f", "call_9", '{"b":2,"a":1}'))["conversation", False] == one
    assert digests(asked("g", "call_1", '{"a": 1, "b": 2}'))["conversation", False] != one
    assert digests(asked("f", "call_1", '{"a": 1, "b": 3}'))["conversation", False] != one


def test_nothing_has_no_digest() -> None:
    blank = digests(chat(user(" "), assistant("")))
    assert {key for key, digest in blank.items() if digest == NONE} >= NORMAL - {("example", True)}
    (broken,) = Batch(Lines(0, 0, [b"{"])).column(Digest("example"))
    assert broken == NONE


def test_a_proof_changes_no_digest() -> None:
    records = [BASE, chat(user("a\0user\0b"), assistant("c")), chat(user("Hi"), assistant("Ho"))]
    records += [
        chat(user("Hi"), assistant("Ho"), user("and?"), assistant("no")),
        chat(user("A"), user("B"), assistant("C")),
        chat(assistant("A"), user("B"), assistant("C")),
        chat(system("A"), user("?!"), assistant("...")),
        chat(system("S"), system("A"), assistant("C")),
        chat(user("A"), assistant("B"), user("C")),
        chat(assistant("A")),
        chat(user("A")),
    ]
    slow, fast = batch(*records), batch(*records)
    fast.lines.odd_space = False
    fast.plain = [None] * len(records)
    prove(fast)
    assert all(fast.plain)
    for part in PARTS:
        for normal in (False, True):
            assert fast.column(Digest(part, normal)) == slow.column(Digest(part, normal))
    assert fast.column(EXCHANGES) == slow.column(EXCHANGES)


def odd_records(many: int) -> list[Any]:
    """Return records of all kinds, most of which have no second one like them."""
    draw = random.Random(5)
    words = ["", " ", "?", "Yes", "No.", "Ｗｉｄｅ", "a\0b", "\ud800", "Where is Lisbon?", "好的。"]
    roles = ["system", "user", "assistant", "user", "assistant", "tool", "developer", "nobody"]

    def message() -> Any:
        told: dict[str, Any] = {"role": draw.choice(roles), "content": draw.choice(words)}
        if draw.random() < 0.1:
            told["content"] = draw.choice([None, 3, [{"type": "text", "text": "part"}], [1]])
        if draw.random() < 0.1:
            told["weight"] = draw.choice([0, 1])
        return told if draw.random() < 0.98 else None

    records: list[Any] = []
    for number in range(many):
        record: dict[str, Any] = {"messages": [message() for _ in range(draw.randrange(7))]}
        if number % 3 == 0:
            record = chat(
                *[system("Be brief.")] * (number % 2), user(f"{number}?"), assistant("Ho")
            )
        if draw.random() < 0.1:
            record["tools"] = [declare("f")]
        records.append(record)
    return records


@pytest.mark.parametrize(
    "raws",
    [
        [json.dumps(record).encode() for record in odd_records(400)] + [b"", b"{", b"[]"],
        [b"", b"{", b'{"messages": []}'] * 100,
    ],
    ids=["odd records", "nothing said"],
)
def test_many_exchanges_are_those_of_each(raws: list[bytes]) -> None:
    starts = list(accumulate([len(raw) + 1 for raw in raws], initial=0))
    whole = Batch(Lines(0, 0, raws, start=0))
    prove(whole)
    said = any(whole.plain or ())
    together, summaries = ASKED.summarize(whole), []
    features: list[Feature[Any]] = [PREFIXES, COMPARED, PROMPTED, *DIGESTS]
    for number, raw in enumerate(raws):
        one = Batch(Lines(0, number, [raw], start=starts[number]))
        summaries.append(ASKED.summarize(one))
        for feature in features:
            assert whole.column(feature)[number] == one.column(feature)[0]
    for name in ("rows", "earlier"):
        apart = [b"".join(getattr(each, name).blocks()) for each in summaries]
        assert b"".join(getattr(together, name).blocks()) == b"".join(apart)
        assert (b"".join(apart) != b"") == said


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
