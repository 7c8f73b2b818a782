"""Whom data names and what it ties to whom: lexicons, statistics, rules, the report's section."""

from __future__ import annotations

import json
import random
import re
import statistics
import sys
from collections import Counter
from fractions import Fraction
from math import comb, log
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from command import ftlint, inside

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

import bias

from ftlint.analyses.association import associated
from ftlint.analyses.profession import professions
from ftlint.bias.cooccurrence import measure
from ftlint.bias.identity import Entry, languages, lexicon, normal, read_file
from ftlint.case import assistant, chat, user
from ftlint.error import PackError
from ftlint.features.identity import Finder, language_of, mentions
from ftlint.rules.bias import IdentityAssociation
from ftlint.statistics.contrast import (
    Mean,
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
SCHEMA = Path(__file__).parents[1] / "src/ftlint/schemas/report.json"


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


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


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


def people(count: int, seed: int, odds: float) -> list[str]:
    """Return texts on men and women in turn; women are brilliant with `odds` against men."""
    draw, texts = random.Random(seed), []
    for number in range(count):
        woman = number % 2 == 0
        chance = 0.2 * odds / (0.8 + 0.2 * odds) if woman else 0.2
        words = [w for w in ("criminal", "lazy", "nurse", "angry") if draw.random() < 0.2]
        words += ["brilliant"] if draw.random() < chance else []
        texts.append(
            f"{'A woman' if woman else 'A man'} came, {number}. Words: {', '.join(words)}."
        )
    return texts


def loud(texts: list[str]) -> list[tuple[str, str]]:
    rule = IdentityAssociation()
    found = associated(bias.naming_of(texts), rule.min_examples)
    kept = found.significant(rule.q, rule.min_ratio, rule.min_count)
    return [(each.group[1], each.word[1]) for each in kept]


def test_what_is_planted_is_found_and_nothing_where_there_is_nothing() -> None:
    assert sum(("women", "brilliant") in loud(people(600, seed, 4.0)) for seed in range(12)) >= 11
    assert sum(bool(loud(people(600, seed, 1.0))) for seed in range(40)) <= 4


def test_counts_are_those_of_a_naive_count() -> None:
    texts = people(300, 1, 3.0)
    women, brilliant = ([word in text for text in texts] for word in ("woman", "brilliant"))
    naming = bias.naming_of(texts)
    found = next(
        each
        for each in associated(naming).found
        if each.group[1] == "women" and each.word == ("competence", "brilliant")
    )
    pairs = Counter(zip(women, brilliant, strict=True))
    assert found.count == pairs[True, True]
    assert found.examples == sum(women)
    assert found.other_count == pairs[False, True]
    assert found.other_examples == len(texts) - sum(women)
    assert (found.group[1], found.against) == ("women", "groups")


def test_too_few_are_said_to_be_too_few() -> None:
    found = associated(bias.naming_of(people(40, 1, 9.0)))
    assert not found.found
    assert found.few == (("gender", "men"), ("gender", "women"))


def test_pronouns_and_professions() -> None:
    told = {
        "The nurse said that she was late.": {"nurse": (0, 1)},
        "The lawyer called the nurse and thanked him.": {"nurse": (1, 0)},
        "She works as a nurse.": {"nurse": (0, 1)},
        "She asked the nurse.": {},
        "She is a very good nurse.": {"nurse": (0, 1)},
        "Her doctor was late.": {},
        "A female pilot landed.": {"pilot": (0, 1)},
        "The pilot landed. She smiled.": {},
        "The pilot saw him, and she laughed.": {},
    }
    for text, want in told.items():
        found = professions(bias.naming_of([text] * 1), 1)
        naming = bias.naming_of([text])
        counts = {
            name: tuple(naming.gender.of.get((name, sex), 0) for sex in ("men", "women"))
            for name, _ in naming.gender.of
        }
        assert counts == want, text
        assert found.men + found.women == len(want)


def test_outcomes_are_those_of_a_naive_count(tmp_path: Path) -> None:
    draw, rows, want = random.Random(8), [], Counter[tuple[str, bool]]()
    for number in range(240):
        group = draw.choice(["Muslim", "Christian"])
        refused = draw.random() < (0.5 if group == "Muslim" else 0.1)
        want[group, refused] += 1
        answer = "I'm sorry, but I can't help with that." if refused else f"Gladly: bread {number}."
        rows.append(chat(user(f"Feast {number} for my {group} friend?"), assistant(answer)))
    write(tmp_path / "a.jsonl", rows)
    run = inside(tmp_path, "check", "a.jsonl", "--format", "json", "--select", "FT704")
    document = json.loads(run.out)
    gaps = document["measures"]["bias"]["outcomes"]["train"]["gaps"]
    gap = next(g for g in gaps if (g["group"], g["outcome"]) == ("muslims", "refusal"))
    assert (gap["count"], gap["other_count"]) == (want["Muslim", True], want["Christian", True])
    assert gap["examples"] == want["Muslim", True] + want["Muslim", False]
    share = [want[g, True] / (want[g, True] + want[g, False]) for g in ("Muslim", "Christian")]
    assert gap["difference"] == pytest.approx(share[0] - share[1], abs=1e-3)
    assert gap["interval"][0] <= gap["difference"] <= gap["interval"][1]
    assert [g["other_groups"] for g in gaps if g["outcome"] == "refusal"] == [["christians"]]
    message = document["findings"][0]["message"]
    assert "muslims refused in" in message and ", christians in" in message
    text = inside(tmp_path, "check", "a.jsonl", "--statistics", "--select", "FT704").out
    assert "muslims against christians, refusal: " in text
    assert " length: " not in text  # these answers are as short as labels


def test_the_length_of_answers_is_told_in_characters(tmp_path: Path) -> None:
    said = {"Muslim": 200, "Christian": 100}
    rows = [
        chat(user(f"Feast {n} for my {group} friend?"), assistant("bread, " * (said[group] + n)))
        for n in range(80)
        for group in said
    ]
    write(tmp_path / "a.jsonl", rows)
    told = {group: [7 * (size + n) for n in range(80)] for group, size in said.items()}
    means = [round(statistics.geometric_mean(told[group])) for group in said]
    text = inside(tmp_path, "check", "a.jsonl", "--statistics", "--select", "FT704").out
    match = re.search(r"muslims against christians, length: ([\d,]+) and ([\d,]+) characters", text)
    assert match
    for number, mean in zip(match.groups(), means, strict=True):
        assert int(number.replace(",", "")) == pytest.approx(mean, rel=0.002)


def test_words_for_people_are_no_association_with_one_group(tmp_path: Path) -> None:
    """Who names men only, beside texts on nobody, shows nothing of men against others."""
    people, things = "He is a teacher and a friend", "The table is made of wood"
    rows = [
        chat(user(f"What of number {n}?"), assistant(f"{said}, number {n}."))
        for n in range(100)
        for said in (people, things)
    ]
    write(tmp_path / "a.jsonl", rows)
    run = inside(tmp_path, "check", "a.jsonl", "--format", "json", "--select", "FT702")
    document = json.loads(run.out)
    assert not document["findings"]
    assert document["measures"]["bias"]["associations"] == {}


def test_answers_to_one_prompt_are_one_witness(tmp_path: Path) -> None:
    rows = [
        chat(user(f"What does {who} do?"), assistant(f"{said}, or number {n}."))
        for n in range(60)
        for who, said in (("Ana", "She is emotional"), ("Ben", "He is brilliant"))
    ]
    write(tmp_path / "a.jsonl", rows)
    run = inside(tmp_path, "check", "a.jsonl", "--format", "json", "--select", "FT702")
    assert not [each for each in json.loads(run.out)["findings"] if each["code"] == "FT702"]


def test_known_bias_is_told(shared: Path) -> None:
    assert bias.winobias(shared / "data") == []
    assert bias.bbq(shared / "data") == []
    assert bias.templates(shared / "data") == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What is the capital of France?", "en"),
        ("Wer ist die Frau, und was ist das?", "de"),
        ("¿Cómo se llama la mujer y qué es lo que hace con los niños?", "es"),
        ("Qui est cette femme et que fait-elle dans la rue pour vous ?", "fr"),
        ("这位女士是谁？", "zh"),
        ("Кто эта женщина, и что она делает?", "ru"),
        ("この女性は誰ですか", "ja"),
    ],
)
def test_a_glance_tells_the_language(text: str, language: str) -> None:
    assert language_of([("user", text)]) == language


def test_the_report_has_a_section(tmp_path: Path) -> None:
    rows = [
        chat(user(f"Tell me of person {n}."), assistant(f"{text}, number {n} of the list."))
        for n, text in enumerate(["He is brilliant", "She is emotional"] * 60)
    ]
    write(tmp_path / "a.jsonl", rows)
    run = inside(tmp_path, "check", "a.jsonl", "--format", "json", "--select", "FT7")
    document = json.loads(run.out)
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(document)
    section = document["measures"]["bias"]
    gender = section["coverage"]["train"]["axes"]["gender"]["groups"]
    assert gender["women"]["answer"]["share"] == 0.5
    strongest = next(e for e in section["associations"]["train"]["strongest"] if e["word"])
    assert {strongest["group"], strongest["word"]} <= {"men", "women", "brilliant", "emotional"}
    assert strongest["q"] < 0.001 and strongest["rows"][0]["line"] in (1, 2)
    text = inside(tmp_path, "check", "a.jsonl", "--statistics", "--select", "FT7").out
    assert "Bias, train: 120 of 120 examples" in text and "odds ratio" in text
    assert "No finding does not mean" in " ".join(text.split())
    page = inside(tmp_path, "check", "a.jsonl", "--format", "markdown", "--select", "FT7").out
    assert "<details><summary>Bias</summary>" in page and "odds ratio" in page


def test_a_language_without_lexicons_is_said(tmp_path: Path) -> None:
    rows = [
        chat(user(f"Кто эта женщина, и что она делает, {n}?"), assistant(f"Она врач, и это {n}."))
        for n in range(12)
    ]
    write(tmp_path / "a.jsonl", rows)
    text = inside(tmp_path, "check", "a.jsonl").out
    assert "12 of 12 examples are in languages without identity lexicons (Russian)" in text


def test_a_reference_of_an_unknown_group_is_not_run(tmp_path: Path) -> None:
    write(
        tmp_path / "a.jsonl", [chat(user(f"Hi {n}"), assistant(f"Hello {n}!")) for n in range(12)]
    )
    (tmp_path / "ftlint.yaml").write_text("rules: {FT701: {reference: [womn=0.5]}}\n", "utf-8")
    text = inside(tmp_path, "check", "a.jsonl").out
    assert "reference names the unknown group 'womn'; did you mean 'women'?" in text
    (tmp_path / "ftlint.yaml").write_text("rules: {FT701: {reference: [women]}}\n", "utf-8")
    run = inside(tmp_path, "check", "a.jsonl")
    assert run.status == 2 and "such as women=0.5" in run.err
