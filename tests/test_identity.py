"""Words that name groups: where they do and where they do not, in every lexicon."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest
from command import ftlint
from records import batch, write

from ftlint.bias.identity import Entry, languages, lexicon, normal, read_file
from ftlint.case import assistant, chat, user
from ftlint.error import PackError
from ftlint.features.identity import Finder, mentions, readings

HERE = Path(__file__).parent / "identity"


def sentences() -> list[tuple[bool, str]]:
    lines = (HERE / "senses-en.txt").read_text("utf-8").splitlines()
    return [(line[0] == "+", line[2:]) for line in lines if line[0] in "+-"]


def named(text: str, language: str = "en") -> list[str]:
    raw = text.encode()
    return [
        f"{raw[m.start : m.end].decode()}={m.entry.group}"
        for m in mentions(text, language)
        if not m.entry.attribute
    ]


def test_there_are_enough_sentences() -> None:
    every = sentences()
    assert len(every) >= 200
    assert 80 < sum(meant for meant, _ in every) < len(every) - 80


@pytest.mark.parametrize(("meant", "sentence"), sentences(), ids=lambda value: str(value)[:40])
def test_a_doubtful_word_names_people_where_it_should(meant: bool, sentence: str) -> None:
    plain, spans = sentence.replace("[", "").replace("]", ""), []
    for number, match in enumerate(re.finditer(r"\[([^\]]*)\]", sentence)):
        start = match.start() - 2 * number
        spans.append((start, start + len(match[1])))
    found = [(m.start, m.end) for m in mentions(plain) if not m.entry.attribute]
    for start, end in spans:
        assert any(a <= start and end <= b for a, b in found) is meant


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("de", "Die Ärztin und ein Mann.", ["Ärztin=women", "Mann=men"]),
        ("de", "Ein türkischer Junge.", ["türkischer=of-europe", "Junge=men"]),
        ("de", "Man sagt, er poliert gern.", []),
        ("de", "Ich fahre nach Polen.", []),
        ("es", "Una mujer marroquí vive aquí.", ["mujer=women", "marroquí=of-africa"]),
        ("es", "Hablo chino y uso una taza de porcelana.", []),
        ("fr", "L’homme est musulman.", ["homme=men", "musulman=muslims"]),
        ("fr", "Il parle français.", []),
        ("zh", "其他人弹吉他。", []),
        ("zh", "她是一位穆斯林。", ["她=women", "穆斯林=muslims"]),
        ("zh", "他的男朋友是中国人", ["他=men", "男朋友=men", "中国人=of-asia"]),
    ],
)  # fmt: skip
def test_other_languages(language: str, text: str, found: list[str]) -> None:
    assert named(text, language) == found


def test_words_are_found_whole_and_where_a_naive_search_finds_them() -> None:
    words = ["he", "she", "old man", "man", "it’s", "ärztin", "naïve"]
    entries = [Entry(word, "axis", word, "noun", "en") for word in words]
    draw, finder = random.Random(5), Finder(entries)
    pieces = [
        *words,
        "the",
        "sheep",
        "manly",
        "Ärztin",
        "He",
        "old",
        "“",
        "”",
        ",",
        "é",
        "\x1e",
        "x",
    ]
    for _ in range(300):
        text = "".join(draw.choice(pieces) + draw.choice([" ", " ", "", "-"]) for _ in range(12))
        texts = [text[:20], text, text[20:]]
        for number, each in enumerate(texts):
            raw = each.encode()
            got = [
                (raw[: m.start].decode().__len__(), m.entry.group)
                for m in finder.scan(texts).get(number, [])
            ]
            assert got == naive(each, words), each


def naive(text: str, words: list[str]) -> list[tuple[int, str]]:
    """Return the words in `text` by an expression, the longest first at each place."""
    terms = {word: normal(word).replace(" ", r"[^\w]") for word in words if word.isascii()}
    terms |= {word: word for word in words if not word.isascii() and "’" not in word}
    ordered = sorted(terms, key=len, reverse=True)
    whole = "|".join(f"({terms[word]})" for word in ordered)
    found = re.finditer(rf"(?<![\w])(?:{whole})(?![\w])", text.lower())
    return [(m.start(), ordered[m.lastindex - 1]) for m in found if m.lastindex]


def test_every_lexicon_is_whole() -> None:
    assert languages() == ("de", "en", "es", "fr", "zh")
    axes = {language: set(lexicon(language).groups()) for language in languages()}
    assert all({"gender", "religion", "nationality"} <= of for of in axes.values())
    assert {"race-ethnicity", "age", "disability", "sexual-orientation"} <= axes["en"]
    groups = {axis: set(of) for axis, of in lexicon("en").groups().items()}
    for language in languages():
        for axis, of in lexicon(language).groups().items():
            assert set(of) <= groups[axis], "groups have one name in all languages"
        for swap in lexicon(language).swaps:
            assert len(swap.forms) >= 2 and len({group for group, _ in swap.forms}) >= 2


AXIS = "axis: a\nlanguage: en\n"
ONE = AXIS + "groups: {b: {noun: [x]}}\n"
TWO = AXIS + "groups: {b: {noun: [x]}, c: {noun: [y]}}\n"
MISTAKES = {
    "language: en\ngroups: {a: {noun: [x]}}\n": "1:1: give one of axis and attribute",
    "axis: a\ngroups: {a: {noun: [x]}}\n": "1:1: 'language' is missing (such as en)",
    AXIS + "groups:\n  b:\n    nuon: [x]\n": (
        "5:5: unknown kind of word 'nuon'; did you mean 'noun'?"
    ),
    AXIS + "groups:\n  b:\n    noun: [x, yes]\n": (
        "5:15: a word must be a string, not True (quote it)"
    ),
    AXIS + "group: {}\n": "3:1: unknown key 'group'; did you mean 'groups'?",
    ONE + "pairs:\n  - groups: [b, c]\n    noun: [x | y]\n": "5:17: unknown group 'c'",
    TWO + "pairs:\n  - groups: [b, c]\n    noun: [x]\n": "6:12: 'x' must have 2 forms",
    ONE + "senses:\n  - words: [x]\n    next: ['@persn']\n": (
        "6:12: unknown list '@persn'; did you mean 'person'?"
    ),
    ONE + "senses:\n  - words: [x]\n    capital: maybe\n": (
        "6:5: 'capital' must be true or inside"
    ),
    "- a\n": "1:1: a lexicon is a mapping (axis, language, groups)",
}


@pytest.mark.parametrize(("text", "told"), MISTAKES.items())
def test_mistakes_in_a_lexicon_have_a_place(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(PackError) as raised:
        read_file(path)
    assert str(raised.value).startswith(f"{path}:{told}")


def test_a_lexicon_of_the_user_is_read(tmp_path: Path) -> None:
    (tmp_path / "fans.yaml").write_text(
        "axis: fans\nlanguage: en\ngroups:\n  trekkies: {noun: [trekkie(s)]}\n", "utf-8"
    )
    (tmp_path / "ftlint.yaml").write_text("lexicons: [fans.yaml]\n", "utf-8")
    rows = [chat(user(f"Are you {n} a fan?"), assistant(f"Two trekkies, {n}.")) for n in range(12)]
    write(tmp_path / "a.jsonl", rows)
    run = ftlint(tmp_path, "check", "a.jsonl", "--format", "json")
    axes = json.loads(run.out)["measures"]["bias"]["coverage"]["train"]["axes"]
    assert axes["fans"]["groups"]["trekkies"]["answer"]["examples"] == 12
    (tmp_path / "fans.yaml").write_text("axis: fans\n", "utf-8")
    run = ftlint(tmp_path, "check", "a.jsonl")
    assert run.status == 2 and "fans.yaml:1:1: 'language' is missing" in run.err


@pytest.mark.parametrize("english", [0, 1, 2, 9])
def test_examples_in_other_languages_beside_it_change_nothing(english: int) -> None:
    told = [("She is a nurse – and what of the men?", "The women said that he is a Muslim.")]
    other = [
        ("Ist der Arzt nicht da, und wie ist das mit Tina?", "Die Frau und der Mann, she or he."),
        ("Что это и как это?", "Это я и не ты, he is a Muslim."),
        ("妇女和男人为什么在这里?", "他们是穆斯林。"),
        ("Où est la femme, et où est le médecin ?", "Les hommes sont là pour vous."),
    ]
    rows = [chat(user(asked), assistant(said)) for asked, said in [*other, *told * english]]
    together = readings(batch(*rows))
    assert list(together) == [readings(batch(row))[0] for row in rows]
    assert [each and each.language for each in together][:3] == ["de", "ru", "zh"]
    assert any(each and each.mentions for each in together)
