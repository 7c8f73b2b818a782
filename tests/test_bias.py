"""Whom data names and what it ties to whom: lexicons, statistics, rules, the report's section."""

from __future__ import annotations

import json
import random
import re
import statistics
import sys
from collections import Counter
from pathlib import Path
from zlib import crc32

import jsonschema
import pytest
from command import inside
from records import write

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))


import bias

from ftlint.analyses.association import associated
from ftlint.analyses.naming import HELD, Naming, NamingTally
from ftlint.analyses.profession import professions
from ftlint.case import assistant, chat, user
from ftlint.features.identity import language_of
from ftlint.features.whom import Whom
from ftlint.rules.bias import IdentityAssociation

SCHEMA = Path(__file__).parents[1] / "src/ftlint/schemas/report.json"


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
    assert language_of([text]) == language


def test_what_is_counted_early_is_counted_the_same() -> None:
    def named(numbers: range) -> Naming:
        tally = NamingTally()
        for number in numbers:
            words = (("trait", f"a{number % 150}"), ("trait", f"b{number // 150 % 150}"))
            whom = Whom(((("gender", ("men", "women")[number % 2]), 1 + number % 3),), words)
            said = [("user", str(number % 1000))]
            tally.add((("en", 6 + number % 4), whom, ()), said, (0, number, number))
        return tally.naming()

    size = HELD * 3 // 5
    parts = [named(range(at * size, (at + 1) * size)) for at in range(3)]
    whole = named(range(3 * size)).counted()
    early = parts[0].merge(parts[1])
    assert not early.held and early.alone.total > 0
    assert early.merge(parts[2]).counted() == whole
    assert parts[0].merge(parts[1].merge(parts[2])).counted() == whole
    assert whole.rows["gender", "men"][1] == ((0, 2, 2), crc32(b"2"))


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
    assert strongest["npmi_interval"][0] <= strongest["npmi"] <= strongest["npmi_interval"][1]
    assert strongest["q"] < 0.001 and strongest["rows"][0]["line"] in (1, 2)
    (said,) = [each for each in document["findings"] if each["code"] == "FT702"]
    told = {(each["group"], each["word"]): each["q"] for each in said["data"]["found"]}
    assert told[strongest["group"], strongest["word"]] == strongest["q"]  # as many digits
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
