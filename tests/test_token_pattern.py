"""Token patterns: what spaCy matches, when it is asked at all, and what the rules say of people."""

from __future__ import annotations

import itertools
import json
import random
import re
import subprocess
import sys
from codecs import encode
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from command import inside

from ftlint.case import assistant, chat, user
from ftlint.configuration.catalogue import builtin
from ftlint.configuration.packs import load_rule
from ftlint.error import PackError
from ftlint.example import Batch, Lines
from ftlint.features.pattern import bare, matching, musts, near, needed, possible
from ftlint.rule import ExampleRule, Rule
from ftlint.rules.tokenpattern import NO_SPACY, TokenPattern

pytest.importorskip("spacy", reason="spaCy is not installed")

RULES: dict[str, Rule] = {rule.code: rule for rule in builtin()}


def matched(rule: Rule, *texts: str) -> list[str]:
    """Return what a rule marks in answers."""
    assert isinstance(rule, ExampleRule)
    raws = [orjson.dumps(chat(user("Say it."), assistant(text))) for text in texts]
    found = []
    for example in Batch(Lines(0, 0, raws), [rule]).examples:
        for finding in rule.check(example):
            assert finding.where.span is not None
            found.append(example.texts[1].value[slice(*finding.where.span)])
    return found


def rule(*patterns: Any, **how: Any) -> TokenPattern:
    lists = {"group": ("cats", "stray dogs"), "trait": ("lazy", "very loud")}
    return TokenPattern(
        code="ACME001", name="test-rule", message="{role}", anchor="group", lists=lists,
        patterns=patterns, **how,
    )  # fmt: skip


ARE = [{"ENT_TYPE": "group"}, {"LOWER": "are"}, {"ENT_TYPE": "trait"}]


def test_lists_are_one_word_each() -> None:
    text = "All cats are lazy. STRAY DOGS ARE VERY LOUD! Dogs are lazy; cats are not lazy."
    assert matched(rule(ARE), text) == ["cats are lazy", "STRAY DOGS ARE VERY LOUD"]


def test_against_a_regular_expression() -> None:
    """On plain words a pattern is an expression over words with spaces between them."""
    words = ("cats", "are", "lazy", "stray dogs", "not")
    oracle = re.compile(r"\b(?:cats|stray dogs) (?:not )?are lazy\b")
    optional = [ARE[0], {"LOWER": "not", "OP": "?"}, ARE[1], {"LOWER": "lazy"}]
    for chosen in itertools.product(words, repeat=4):
        text = " ".join(chosen)
        assert matched(rule(optional), text) == oracle.findall(text), text


@pytest.mark.parametrize("code", ["FT710", "FT712"])
def test_what_is_needed_is_in_every_match(code: str) -> None:
    """Sentences are made of the patterns' own words, so that many match and many nearly do."""
    rule = RULES[code]
    assert isinstance(rule, TokenPattern)
    wanted, first = needed(rule.lists, rule.patterns), musts(rule.lists, rule.patterns)
    draw, matcher = random.Random(7), matching("en", "", rule.lists, rule.patterns)
    words = sorted(set(re.findall(r"[a-z'’]+", str(rule.patterns))))
    lists = {name: list(phrases) for name, phrases in rule.lists.items()}
    found = excused = 0
    for _ in range(1500):
        pattern = draw.choice(rule.patterns)
        said = []
        for token in pattern:
            name, low = token.get("ENT_TYPE"), token.get("LOWER")
            names = name["IN"] if isinstance(name, dict) else [name]
            lows = low["IN"] if isinstance(low, dict) else [low]
            said.append(draw.choice(lists[draw.choice(names)] if name else lows))
            said += draw.sample(words, draw.random() < 0.1)
        sentence = draw.choice((str.lower, str.upper, str.title))(" ".join(said))
        if matcher.spans(sentence):
            found += 1
            assert wanted.search(bare(sentence)), sentence
            assert near(first, sentence), sentence
        sentence += draw.choice(("", " ", "-", "  ")) + draw.choice((*rule.unless_next, "home", ""))
        sentence += draw.choice(("", " you.", ",", "day"))
        may = possible(wanted, sentence, rule.unless_next)
        assert may or not matcher.spans(sentence, rule.unless_next), sentence
        excused += not may and bool(wanted.search(bare(sentence)))
    assert found > 300 and excused > 30
    assert not near(first, "Women and men took part in the vote of 1990")
    assert not wanted.search(bare("Women and men took part in the survey of 1990"))
    assert not wanted.search(bare("Women of the village are, as far as is known, never lazy"))


OPERATORS = ("", "!", "?", "+", "*", "{2}", "{0,2}", "{1,}", "{,1}")


@pytest.mark.parametrize("operator", OPERATORS)
def test_what_is_needed_for_each_operator(operator: str) -> None:
    """The sentences are all short ones of a few words, however they are spaced."""
    tokens: list[dict[str, Any]] = [
        {"LOWER": "so"},
        {"LOWER": {"REGEX": "^s"}},
        {"IS_PUNCT": True},
        {"ENT_TYPE": "trait"},
    ]
    lists = {"group": ("cats", "stray dogs"), "trait": ("lazy", "can't")}
    spaces = itertools.cycle((" ", "", " ", "  "))
    found = 0
    for token in tokens:
        pattern = [{"ENT_TYPE": "group"}, {**token, "OP": operator} if operator else token]
        pattern.append({"LOWER": {"IN": ["lazy", "'s"]}})
        wanted, matcher = needed(lists, [pattern]), matching("en", "", lists, [pattern])
        for said in itertools.product(("so", ",", "can't", "lazy", "'s"), repeat=3):
            for group in ("Cats", "STRAY DOGS"):
                sentence = group + "".join([next(spaces) + word for word in said])
                if matcher.spans(sentence):
                    found += 1
                    assert wanted.search(bare(sentence)), (sentence, pattern)
                    assert near(musts(lists, [pattern]), sentence), (sentence, pattern)
    assert found


def test_without_patterns_nothing_is_needed() -> None:
    """A rule whose patterns all want a pipeline says nothing until one is named."""
    silent = rule(trained_patterns=(({"ENT_TYPE": "group"}, {"LEMMA": "be"}),))
    assert not needed({}, []).search("anything")
    assert matched(silent, "Cats are lazy.") == []


def test_questions_quotations_and_excuses() -> None:
    assert matched(rule(ARE), "Do you think cats are lazy? I see.") == []
    assert matched(rule(ARE), 'She wrote "cats are lazy" on the wall.') == []
    excused = rule(ARE, unless=("myth",), unless_next=("to",))
    assert matched(excused, "It is a myth that cats are lazy. But cats are lazy.") == [
        "cats are lazy"
    ]
    assert matched(excused, "The cats are lazy to a point.") == []


def test_places_in_a_long_text() -> None:
    text = "é😀 " * 500 + "Well, cats are lazy. " + "x " * 900 + "cats are lazy"
    assert matched(rule(ARE), text, "cats\nare lazy") == ["cats are lazy"] * 2


def test_a_pipeline_adds_patterns(tmp_path: Path) -> None:
    import spacy

    nlp = spacy.blank("en")
    ruler: Any = nlp.add_pipe("attribute_ruler")
    ruler.add([[{"LOWER": {"REGEX": "."}}]], {"LEMMA": "-"})
    ruler.add([[{"LOWER": "slept"}]], {"LEMMA": "sleep"})
    nlp.to_disk(tmp_path / "pipe")
    lemma = [{"ENT_TYPE": "group"}, {"LEMMA": "sleep"}]
    blank = rule(ARE, trained_patterns=(lemma,))
    text = "The cats slept. The cats are lazy."
    assert matched(blank, text) == ["cats are lazy"]
    trained = replace(blank, pipeline=str(tmp_path / "pipe"))
    assert matched(trained, text) == ["cats slept", "cats are lazy"]
    assert trained.unready() is None


def test_a_pipeline_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "ftlint.yaml").write_text("spacy: {pipeline: en_core_none}\n", "utf-8")
    (tmp_path / "t.jsonl").write_bytes(orjson.dumps(chat(user("Hi"), assistant("Hello!"))))
    done = inside(tmp_path, "check", "t.jsonl", "--select", "FT710", "--format", "json")
    reasons = {entry["code"]: entry["reason"] for entry in json.loads(done.out)["run"]["not_run"]}
    assert "en_core_none" in reasons["FT710"] and "downloads nothing" in reasons["FT710"]


_PROBE = """
import sys
{before}
from ftlint.cli import cli
try:
    cli.main({arguments!r}, standalone_mode=False)
finally:
    print("spacy" in sys.modules and sys.modules["spacy"] is not None)
"""


@pytest.mark.parametrize(
    ("answer", "select", "asked"),
    [
        ("Women are so emotional.", "FT710", True),
        ("Women are so emotional.", "FT107", False),
        ("Nice weather for herons.", "FT710", False),
    ],
)
def test_spacy_is_imported_for_a_hit_only(
    answer: str, select: str, asked: bool, tmp_path: Path
) -> None:
    (tmp_path / "t.jsonl").write_bytes(orjson.dumps(chat(user("Well?"), assistant(answer))))
    code = _PROBE.format(before="", arguments=["check", "t.jsonl", "--select", select])
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == str(asked), done.stderr


def without_spacy(folder: Path, *arguments: str) -> str:
    """Return what a run prints where spaCy is not installed."""
    (folder / "t.jsonl").write_bytes(orjson.dumps(chat(user("Hi"), assistant("Women are sly."))))
    every = ["check", "t.jsonl", *arguments]
    code = _PROBE.format(before="sys.modules['spacy'] = None", arguments=every)
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True)
    return done.stdout.removesuffix("\nFalse\n")


def test_without_spacy_rules_are_listed_as_not_run(tmp_path: Path) -> None:
    printed = without_spacy(tmp_path, "--format", "json")
    report = json.loads(printed.rpartition("}")[0] + "}")
    missing = [entry for entry in report["run"]["not_run"] if entry["reason"] == NO_SPACY]
    assert [(entry["code"], entry["unasked"]) for entry in missing] == [
        ("FT710", True),
        ("FT712", True),
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [((), False), (("--statistics",), True), (("--select", "FT710"), True)],
)
def test_only_who_asks_is_told_that_spacy_is_missing(
    arguments: tuple[str, ...], told: bool, tmp_path: Path
) -> None:
    assert (NO_SPACY in without_spacy(tmp_path, "--format", "concise", *arguments)) is told


def test_a_pipeline_that_is_named_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    assert rule().unready() == NO_SPACY
    assert (
        rule(pipeline="en_core_web_sm").unready() == f"{NO_SPACY} for the pipeline 'en_core_web_sm'"
    )


GOOD = """good:
  - example: {messages: [{role: user, content: a}, {role: assistant, content: b}]}
bad:
  - example: {messages: [{role: user, content: a}, {role: assistant, content: b}]}
    at: /messages/1/content
"""


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            "anchor: grup\nlists: {group: [cats]}\npatterns: [[{LOWER: a}]]",
            "8:1: anchor 'grup' is no",
        ),
        (
            "anchor: group\nlists: {group: [cats]}\npatterns: [{LOWER: a}]",
            "10:12: a pattern is a list",
        ),
        ("anchor: group\nlists: {group: [cats]}\npatterns: [[a]]", "10:12: a token is a mapping"),
        ("anchor: group\nlists: {group: [cats]}\npatterns: [[{ENT_TYPE: dog}]]", "no list 'dog'"),
        ("anchor: group\nlists: {group: [cats]}", "no patterns"),
        ("anchor: group\nlist-files: {group: none.txt}\npatterns: [[{LOWER: a}]]", "9:14: "),
        ("anchor: group\nlists: {group: [cats]}\npattern: [[{LOWER: a}]]", "unknown key 'pattern'"),
    ],
)
def test_mistakes_have_a_place(lines: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    head = "code: ACME001\nname: a-b\nkind: token-pattern\nseverity: note\nmessage: m\n"
    path.write_text(f"{head}summary: S.\nwhy: w\n{lines}\n{GOOD}", "utf-8")
    with pytest.raises(PackError, match=re.escape(said)):
        load_rule(path, user=True)


def test_encoded_lists_are_decoded(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    head = "code: ACME001\nname: a-b\nkind: token-pattern\nseverity: note\nmessage: m\n"
    head += "encoded: rot13\nanchor: a\nencoded-lists: [b]\n"
    lists = f"lists: {{a: [cats], b: [{encode('lazy', 'rot13')}]}}\n"
    pattern = "patterns: [[{ENT_TYPE: a}, {LOWER: are}, {ENT_TYPE: b}]]\n"
    path.write_text(f"{head}summary: S.\nwhy: w\n{lists}{pattern}{GOOD}", "utf-8")
    assert matched(load_rule(path, user=True), "All cats are lazy.") == ["cats are lazy"]


NEUTRAL = """
Women were given the right to vote in New Zealand in 1893.
Men are, on average, taller than women in all countries that were measured.
Muslims are required to pray five times a day, and many of them fast in Ramadan.
Jews are a minority in every country but Israel.
Christians are divided into Catholics, Protestants and Orthodox Christians.
Buddhists are found mostly in Asia, and Hindus mostly in India.
Black people were barred from voting in many states until 1965.
Asian Americans are the fastest growing group in the census.
Immigrants are entitled to an interpreter in court.
Refugees are people who have fled from war or persecution.
Old people are often alone, and seniors pay less for the bus.
Deaf people are served by interpreters of sign language.
Blind people are guided by dogs or use a white cane.
Disabled people are protected from discrimination by law.
Gay people are allowed to marry in more than thirty countries.
Transgender people are not mentioned in the text of the law.
Germans are the largest group of foreign residents in the town.
The French are known for the Declaration of the Rights of Man.
Teenagers are asked to bring a letter from their parents.
Poor people are hit hardest by high prices of food.
Girls are outperforming boys in reading in most countries.
Boys are diagnosed with colour blindness more often than girls.
Mothers are paid for fourteen weeks, fathers for two.
Native Americans are citizens of the United States since 1924.
Women can't be priests in the Catholic church under canon law.
Men never got that vaccine, since only women were studied.
Women always had the right to own land in that kingdom.
Homeless people are counted once a year on one night.
Latinos are the second largest group of voters in the state.
Sikhs are allowed to carry a small knife in court.
""".strip().splitlines()


def test_neutral_sentences_raise_nothing() -> None:
    assert len(NEUTRAL) == 30
    for code in ("FT710", "FT711", "FT712", "FT713"):
        assert matched(RULES[code], *NEUTRAL) == []


CANDIDATES = {
    "Women are too emotional to lead.": 0,  # what follows is no trait of its own
    "Women are just too emotional, you know.": 1,
    "All men are liars and cheats.": 1,
    "Honestly, Asian people are good at math.": 1,
    "Old people can't learn anything.": 1,
    "Immigrants only want our money.": 1,
    "Women belong in the kitchen.": 1,
    "Men will always be aggressive.": 1,
    "The old women were kind to us.": 0,
    "Some women are emotional.": 0,
    "My two brothers are lazy.": 0,
}


@pytest.mark.parametrize(("text", "count"), CANDIDATES.items())
def test_stereotype_candidates(text: str, count: int) -> None:
    assert len(matched(RULES["FT710"], text)) == count


@pytest.mark.parametrize("code", ["FT710", "FT712"])
def test_identity_templates_raise_nothing(code: str, shared: Path) -> None:
    path = shared / "data/toxicity/identity_templates.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    texts = [row["text"] for row in rows if row["label"] == 0]
    assert len(texts) == 2500 and matched(RULES[code], *texts) == []


def test_fixes_of_gendered_terms(tmp_path: Path) -> None:
    said = assistant("The CHAIRMAN \u2014 or a Policeman.")
    line = json.dumps(chat(user("Who leads?"), said)) + "\n"
    (tmp_path / "t.jsonl").write_text(line, "utf-8")
    arguments = ("check", "t.jsonl", "--select", "FT711", "--fix", "--unsafe-fixes")
    assert inside(tmp_path, *arguments).status == 0
    written = json.loads((tmp_path / "t.jsonl").read_text("utf-8"))
    assert written["messages"][1]["content"] == "The CHAIRPERSON — or a Police officer."


@pytest.mark.parametrize("code", ["FT712", "FT713"])
def test_masked_in_every_report(code: str, tmp_path: Path) -> None:
    rule = RULES[code]
    record = rule.bad[0].lines[0]
    assert not isinstance(record, bytes)
    (tmp_path / "t.jsonl").write_bytes(orjson.dumps(record))
    said = record["messages"][1]["content"]
    for form in ("full", "json", "jsonl", "sarif", "markdown"):
        out = inside(tmp_path, "check", "t.jsonl", "--select", code, "--format", form).out
        assert code in out and said[4:] not in out and said[-12:] not in out
