"""The gate of triage, alone and over many texts: both let the same texts pass."""

from __future__ import annotations

from math import log, sqrt

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ftlint.triage.form import CALM, STEP, WINDOW
from ftlint.triage.gate import MARGIN, PARTS, Gate
from ftlint.triage.latin import unreadable
from ftlint.triage.many import Many
from ftlint.triage.sieve import LONGEST, Sieve
from ftlint.triage.words import END, key, readable, spelled, words_of
from ftlint.triage.words import LONGEST as LETTERS

SAID = {"stupid": 90, "you": 6, "kind": -20, "he": 5, "hateful": 40, "x" * 20: 70, "naïve": 30}
KEYS = {key(words_of(word)[0]): said for word, said in SAID.items()}
THRESHOLD, BIAS = 0.65, -21
LEAST = (log(THRESHOLD / (1 - THRESHOLD)) - MARGIN) * PARTS - BIAS

_PIECE = st.one_of(
    st.sampled_from(
        [
            *SAID,
            "NAÏVE",
            "ＳＴＵＰＩＤ",
            "the",
            "She",
            "STUPID!",
            "st00pid",
            "s.t.u.p.i.d",
            "b",
            "c",
            "–",
            "“你”",
        ]
    ),
    st.text("ab-'“.é!\0_ \u2009", min_size=1, max_size=20),
    st.sampled_from(
        ["s t u p i d", "s. T-u_p i d!", "\u017f t u p i d", "a b c", "\u212a i n d", "8"]
    ),
    st.just("-" * 30 + "stupid"),
    st.just("ö" * 40 + " stupid-" * 9 + "you"),
    st.just(f"{'you ' * WINDOW}"),
)
_TEXT = st.lists(_PIECE, max_size=12).map(" ".join)


def slowly(text: str) -> bool:
    """Return whether a text passes, piece by piece and window by window."""
    pieces = text.split()
    if sum(len(piece) == 1 for piece in pieces) > 2:
        pieces = spelled(text).split()
    said = [sum(KEYS.get(key(w), 0) for w in words_of(p) if w != END) for p in pieces]
    starts = range(0, max(len(said) - WINDOW, 0) + STEP, STEP)
    begins = [min(at, max(len(said) - WINDOW, 0)) for at in starts]
    worst = max(sum(said[at : at + WINDOW]) for at in begins)
    return readable(text) and worst >= LEAST * sqrt(min(len(said), WINDOW) + CALM)


@settings(max_examples=300)
@given(st.lists(_TEXT, max_size=8), st.booleans())
@example(["NAÏVE", "who and what is ＳＴＵＰＩＤ", "\u212a t u p i d", "s t u p i d"], True)
def test_the_gate_says_what_its_pieces_say(texts: list[str], again: bool) -> None:
    gate = Gate(THRESHOLD, BIAS, KEYS)
    expected = [at for at, text in enumerate(texts) if slowly(text)]
    assert [at for at, text in enumerate(texts) if readable(text) and gate._opens(text)] == expected
    assert gate.passing(texts) == expected  # by numpy, which is here
    if again:  # from the table, and without one
        assert gate.passing(texts[::-1]) == [len(texts) - 1 - at for at in expected[::-1]]


@given(st.lists(st.text("aZ-é日😀\ud83d\udc00 \0", max_size=9), max_size=9))
def test_letters_of_many_texts_are_those_of_each(texts: list[str]) -> None:
    assert unreadable(texts) == [at for at, text in enumerate(texts) if not readable(text)]


def test_many_different_words_push_each_other_out() -> None:
    gate = Gate(THRESHOLD, BIAS, KEYS)
    gate.passing(["you stupid " + " ".join(f"w{n}" for n in range(300_000))])
    assert isinstance(gate._sieve, Sieve)
    assert np.count_nonzero(gate._sieve._table) > 150_000
    assert gate.passing(["you stupid", "w17 you " + "y" * LONGEST, f"{'x' * 20} you"]) == [0, 2]


_PARTS = [
    *SAID, "she", "stttupid", "a", "th", "5", "12", "!", "'", "'s", ".", "-", "@", "@ss", "*", "$",
    "http", "www.", "://",
]  # fmt: skip


@settings(max_examples=500)
@given(st.lists(st.lists(st.sampled_from(_PARTS), min_size=1, max_size=5).map("".join), min_size=1))
@example(["x" * LETTERS, "x" * (LETTERS + 1), "www.stupid", "https://you", "he.'s", "you!stupid"])
@example(["he12", "5he", "12you", "12kind", "kind5", "5kind5", "@5-he", "he'", "'he", "''he"])
def test_many_pieces_say_what_each_does(pieces: list[str]) -> None:
    gate = Gate(THRESHOLD, BIAS, {**KEYS, key("x" * LETTERS): 4})
    raws = [piece.encode() for piece in pieces]
    sizes = np.array([len(raw) for raw in raws])
    joined = b" ".join([b"", *raws, b""])
    said, left = Many(gate._words).told(joined, np.cumsum(sizes + 1) - sizes, sizes)
    sure = set(range(len(pieces))) - set(left.tolist())
    assert [said[at] for at in sorted(sure)] == [gate.said(raws[at]) for at in sorted(sure)]


def test_most_pieces_are_not_looked_at_alone() -> None:
    pieces = [b"stupid", b"(you-stupid).", b"he!", b"-", b"$5.00", b"kind12", b"he2", b"20th"]
    pieces += [b"don't", b"st00pid", b"aaa"]
    sizes = np.array([len(piece) for piece in pieces])
    said, left = Many(KEYS).told(
        b" ".join([b"", *pieces, b""]), np.cumsum(sizes + 1) - sizes, sizes
    )
    assert said[:8].tolist() == [90, 96, 5, 0, 0, -20, 0, 0]
    assert left.tolist() == [8, 9, 10]
