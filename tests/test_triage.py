"""Triage: the model against a scorer of its own, its blindness to identity, its files."""

from __future__ import annotations

import re
from itertools import pairwise
from math import exp, isnan, log, sqrt
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ftlint.features.toxicity import LABELS
from ftlint.triage.bit import PEOPLE
from ftlint.triage.cues import CLASSES, kinds, revealed, signs
from ftlint.triage.few import MOST, Few
from ftlint.triage.form import CALM, STEP, WINDOW
from ftlint.triage.identity import names
from ftlint.triage.model import DOUBTFUL, PATH, REPEATS, RUNS, UNIT, Model, load
from ftlint.triage.words import END, key, readable, spelled, words_of

ROOT = Path(__file__).parents[1]
WEIGHTS = load()
MODEL = Model(WEIGHTS)
FEW_TEXTS = Few()
RUDE = "You are a stupid idiot and everybody hates you."
KIND = "Thank you, that was a lovely walk by the river."


def score(*texts: str) -> np.ndarray:
    return Model(WEIGHTS).score(texts)


# Words.


@pytest.mark.parametrize(
    ("piece", "words"),
    [
        ("You", ["you"]),
        ("STUPID!!!", ["stupid", END]),
        ("st00pid", ["stoopid"]),
        ("1d1ot", ["idiot"]),
        ("$tupid", ["stupid"]),
        ("stuuuuupid", ["stupid"]),
        ("killllll", ["kill"]),
        ("st*pid", ["st*pid"]),
        ("st***d", ["st*d"]),
        ("(idiot),", ["idiot"]),
        ("half-wit", ["half", "wit"]),
        ("don't", ["dont"]),
        ("women's", ["women"]),
        ("she", ["he"]),
        ("her", ["him"]),
        ("Léa", ["lea"]),
        ("idi\u200bot", ["idiot"]),
        ("idi\u043et", ["idiot"]),
        ("4th", []),
        ("20mm", []),
        ("3.14", []),
        ("@somebody", []),
        ("https://example.org/idiot", []),
        ("什么", []),
    ],
)
def test_words(piece: str, words: list[str]) -> None:
    assert list(words_of(piece)) == words


@given(st.text())
def test_any_piece_gives_plain_words(piece: str) -> None:
    for word in words_of(piece):
        assert word == END or re.fullmatch(r"[a-z*]{1,40}", word)


def test_spaces_between_letters_are_taken_out() -> None:
    assert spelled("you s t u p i d man") == "you stupid man"
    assert spelled("I am a b test") == "I am a b test"


# The model.


def scrambled(left: int, right: int, kind: int) -> int:
    full = 0xFFFFFFFF
    mixed = (left * 0x9E3779B1 + right * 0x85EBCA6B + kind * 0xC2B2AE35) & full
    mixed ^= mixed >> 15
    mixed = mixed * 0x2C1B3C6D & full
    return mixed ^ mixed >> 13


def cell(table: np.ndarray, at: int) -> int:
    return int(table[at % len(table)])


def own_odds(text: str) -> float:
    """The score of a text, word by word and without numpy; the logarithm of the odds."""
    said = [word for piece in text.split() for word in words_of(piece)]
    keys = [key(word) for word in said]
    named = [k in MODEL.names.single for k in keys]
    phrases = set(MODEL.names.pairs.tolist())
    for at, two in enumerate(pairwise(keys)):
        if two[0] in MODEL.names.firsts and scrambled(*two, 0) in phrases:
            named[at] = named[at + 1] = True
    beside = [any(named[max(at - 1, 0) : at + 2]) for at in range(len(said))]
    out = [named[at] or (beside[at] and said[at] in PEOPLE) for at in range(len(said))]
    left = [at for at, gone in enumerate(out) if not gone]
    stop = key(END)
    line = [stop, stop, *(keys[at] for at in left), stop, stop]
    steps, content = [], []
    for place, at in enumerate(left, 2):
        total = WEIGHTS.factors[0] * cell(WEIGHTS.words, scrambled(line[place], 0, 8))
        total += WEIGHTS.factors[1] * runs_of(said[at])
        total += WEIGHTS.factors[2] * cell(
            WEIGHTS.pairs, scrambled(line[place - 1], line[place], 1)
        )
        before = left[place - 3] + 1 if place > 2 else 0
        total += around(line, place) * (at > before)
        steps.append(int(total))
        content.append(said[at] != END)
    if left and left[-1] + 1 < len(said):
        steps[-1] += around(line, len(left) + 2)
    odds = max(worst(steps, content)) / UNIT
    if odds <= log(DOUBTFUL / (1 - DOUBTFUL)):
        return odds
    for place in range(len(left)):
        same = [p for p in range(place) if said[left[p]] == said[left[place]]]
        if len(same) >= REPEATS and place - same[-REPEATS] < WINDOW:
            steps[place] = min(steps[place], 0)
    return max(worst(steps, content)) / UNIT


def runs_of(word: str) -> int:
    total = 0
    framed = f"<{word}>".encode()
    for size in RUNS:
        for at in range(len(framed) - size + 1):
            rolled = 0
            for letter in framed[at : at + size]:
                rolled = (rolled * 0x01000193 + letter) & 0xFFFFFFFF
            total += cell(WEIGHTS.runs, scrambled(rolled, size, 7))
    return total


def around(line: list[int], place: int) -> int:
    two, one, here, after = line[place - 2 : place + 2]
    found = [(one, 0, 2), (0, here, 3), (one, here, 4), (two, one, 5), (here, after, 6)]
    return int(WEIGHTS.factors[3]) * sum(cell(WEIGHTS.gaps, scrambled(*each)) for each in found)


def worst(steps: list[int], content: list[bool]) -> list[float]:
    last = max(len(steps) - WINDOW, 0)
    starts = {min(at, last) for at in range(0, last + STEP, STEP)}
    return [
        sum(steps[at : at + WINDOW]) / sqrt(sum(content[at : at + WINDOW]) + CALM) + WEIGHTS.bias
        for at in starts
    ]


WORDS = st.sampled_from([
    "you", "are", "a", "the", "stupid", "kill", "all", "gay", "people", "women", "middle",
    "eastern", "african", "american", "love", "hate.", "idiot!", "nice", "process", "to", "of",
    "and", "is", "not", "they", "pig", "ugly", "xqzt", "gr8", "(person)", "old", "folks",
])  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(WORDS, max_size=20), min_size=1, max_size=6), st.integers(1, 12))
def test_scores_are_those_of_a_slow_scorer(texts: list[list[str]], times: int) -> None:
    said = [" ".join(words * times) for words in texts]
    for text, row in zip(said, score(*said), strict=True):
        if not isnan(row[0]):
            assert row[0] == pytest.approx(1 / (1 + exp(-own_odds(text))), abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=60), st.just(RUDE), st.just("e v i l pig")), max_size=9))
def test_no_score_depends_on_the_batch(texts: list[str]) -> None:
    together = Model(WEIGHTS)
    together.score([KIND, RUDE])
    alone = [score(text)[0].tolist() for text in texts]
    assert [str(row) for row in together.score(texts).tolist()] == [str(row) for row in alone]


@pytest.mark.parametrize(
    "text",
    [
        "{} are disgusting",
        "I am a proud {} and I like tea.",
        "All {} people should be banned",
        "my {} friend is a nurse",
        "{}",
    ],
)
def test_no_name_of_a_group_counts(text: str) -> None:
    said = [text.format(name) for name in names()]
    scores = score(*said)
    assert len(said) > 400
    assert np.ptp(scores[:, 0]) == 0
    assert scores[0, 0] == score(text.format(names()[-1]).upper())[0, 0]


def test_what_is_said_around_a_name_counts() -> None:
    high = score(
        "Kill all gay people", "I hate muslims", "Women are disgusting", "Deaf people are scum"
    )
    low = score("Meet all gay people", "I like muslims", "Women are lovely", "Deaf people are kind")
    assert (high[:, 0] >= WEIGHTS.threshold).all()
    assert (low[:, 0] < WEIGHTS.threshold).all()


def test_harmless_uses_are_not_flagged() -> None:
    texts = [
        "Kill the process with kill -9 and restart the server.",
        "Shoot a photo of the sunset, then beat two eggs.",
        "Breast cancer screening is offered to women over fifty.",
        "The penis and the vagina are organs of the body.",
        "A black cat sat on a white wall.",
    ]
    assert (score(*texts)[:, 0] < WEIGHTS.threshold).all()


def test_a_word_that_returns_in_each_line_counts_twice() -> None:
    line = "5 sheep and 4 dogs have 9*4=36 legs, so the sheep and dogs have 36 legs."
    assert score(" ".join([line] * 6))[0, 0] < WEIGHTS.threshold
    assert score(" ".join([RUDE] * 6))[0, 0] >= WEIGHTS.threshold
    # Only near each other: a page later a word counts anew.
    assert score(f"{RUDE} {RUDE} {' '.join([KIND] * 20)} {RUDE}")[0, 0] >= WEIGHTS.threshold


@pytest.mark.parametrize(
    "text", ["YOU ARE A STUPID IDIOT", "you are a stuuupid 1d1ot", "you st00pid i d i o t"]
)
def test_disguises_do_not_help(text: str) -> None:
    assert score(text)[0, 0] >= WEIGHTS.threshold


def test_the_worst_part_of_a_long_text_counts() -> None:
    long = " ".join([KIND] * 200)
    assert score(long)[0, 0] < WEIGHTS.threshold <= score(f"{long} {RUDE} {RUDE} {long}")[0, 0]


def test_what_cannot_be_judged_has_no_score() -> None:
    texts = [
        "",
        " ",
        "1234",
        "你是一个白痴。",
        "Ты полный идиот, и все тебя ненавидят.",
        "Du bist ein dummer Mensch und alle hassen dich sehr.",
    ]
    assert np.isnan(score(*texts)).all()
    assert not np.isnan(score(RUDE, KIND)).any()
    assert Model(WEIGHTS).score([]).shape == (0, len(LABELS))
    assert not readable("Привет")


def test_labels_tell_kinds_apart() -> None:
    rows = score(
        "I will kill you, you idiot", "You are a stupid idiot", "Gay people are disgusting vermin"
    )
    shown = [
        {n for n, s in zip(LABELS, row, strict=True) if s >= WEIGHTS.threshold} for row in rows
    ]
    assert "threat" in shown[0] and "threat" not in shown[1]
    assert "insult" in shown[1] and "identity_attack" not in shown[1]
    assert "identity_attack" in shown[2]


# Files.


def test_the_model_file_is_small_and_holds_no_code() -> None:
    gated = PATH.with_suffix(".gate")
    assert PATH.stat().st_size + gated.stat().st_size < 3 << 20
    with np.load(PATH, allow_pickle=False) as file:
        kinds = {name: file[name].dtype.kind for name in file.files}
    assert set(kinds.values()) <= {"i", "u", "f"}


def test_lexicons_name_groups_in_one_or_two_words() -> None:
    assert len(names()) > 400
    for name in names():
        assert name == name.lower()
        assert 1 <= len([word for piece in name.split() for word in words_of(piece)]) <= 2, name


def listed(name: str) -> list[str]:
    path = ROOT / f"rules/lexicons/toxicity/{name}.yaml"
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert found["class"] == name
    return [revealed(word) for word in found["words"]]


@pytest.mark.parametrize("name", CLASSES)
def test_cues_are_words_as_the_model_reads_them(name: str) -> None:
    words = listed(name)
    assert words and len(words) == len(set(words))
    for word in words:
        assert words_of(word), word


def test_no_slur_stands_in_plain_text() -> None:
    slurs = {word for word in listed("slur") if "*" not in word}
    for folder in ("src", "rules", "docs", "tests", "benchmarks", "training"):
        for path in (ROOT / folder).rglob("*.*"):
            if path.suffix in {".py", ".yaml", ".md", ".json", ".rot13"}:
                words = set(re.findall("[a-z]+", path.read_text(encoding="utf-8").lower()))
                assert words & slurs == set(), path


# A few texts.


PIECES = [
    *[
        "the",
        "you",
        "people",
        "kid",
        "is",
        "a",
        "b",
        "k",
        "i",
        "l",
        "l",
        "all",
        ".",
        "stop!",
        "I'm",
        "café",
        "日本",
        "x9",
        "@bob",
    ],
    *RUDE.split(),
    *KIND.split(),
    *(name for name in names()[::9]),
]
LISTED = [
    word
    for path in sorted((ROOT / "rules/lexicons/toxicity").glob("*.yaml"))
    for word in yaml.safe_load(path.read_text("utf-8"))["words"][:12]
]
SOME = st.one_of(st.sampled_from(PIECES), st.sampled_from(LISTED).map(revealed))
SAID = st.lists(SOME, max_size=8).flatmap(
    lambda words: st.sampled_from([1, 1, 12]).map(lambda times: " ".join(words * times))
)


@settings(max_examples=150, deadline=None)
@given(st.lists(SAID, max_size=5))
def test_a_few_texts_are_scored_as_many_to_the_last_bit(texts: list[str]) -> None:
    rows = [tuple(row) for row in score(*texts).tolist()]
    assert repr(FEW_TEXTS.score(texts)) == repr(rows)


@settings(max_examples=60, deadline=None)
@given(st.lists(SAID, min_size=1, max_size=5))
def test_scores_do_not_depend_on_the_texts_beside(texts: list[str]) -> None:
    apart = [score(text).tolist()[0] for text in texts]
    assert repr(score(*texts).tolist()) == repr(apart)


@given(st.lists(st.tuples(st.integers(0, 2 ** len(CLASSES) - 1), st.booleans()), max_size=9))
def test_kinds_of_one_text_are_the_signs_of_many(words: list[tuple[int, bool]]) -> None:
    cue, named = [bits for bits, _ in words], [each for _, each in words]
    text = np.zeros(len(words), np.int64)
    shown = signs(np.array(cue, np.int64), np.array(named, bool), text, 1)
    assert shown.tolist() == [kinds(cue, named)]


def test_numpy_is_left_to_many_texts() -> None:
    reader = Few()
    assert reader.takes([KIND]) and not reader.takes([KIND * (MOST // len(KIND))])
    assert not reader.takes([KIND])
