"""The shared search: hits, words, case, and the examples that need no decoding."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from typing import Any
from unicodedata import category

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from records import batch, check, spans

from ftlint.case import assistant, chat, system, user
from ftlint.features.lexicon import Scanner, Terms, _in_word, fold, hits, scanner_of
from ftlint.finding import Where
from ftlint.proof import prove
from ftlint.rule import ExampleRule
from ftlint.rules.kinds import Lexicon, Pattern


def lexicon(*terms: str, **how: Any) -> Lexicon:
    return Lexicon(code="ACME001", terms=terms, message="{role} {term}", **how)


class TestLexicon:
    @pytest.mark.parametrize(
        ("terms", "how", "text", "expected"),
        [
            (["cat"], {}, "cat", [(0, 3)]),
            (["cat"], {}, "cat, cat", [(0, 3), (5, 8)]),
            (["cat"], {}, "concatenate cats cat_ cat9 Cat", []),
            (["cat"], {"ignore_case": True}, "CAT Cat", [(0, 3), (4, 7)]),
            (["cat"], {"match": "substring"}, "concatenate", [(3, 6)]),
            (["New York", "York"], {}, "New York", [(0, 8), (4, 8)]),
            (["he", "she", "hers"], {"match": "substring"}, "shers", [(0, 3), (1, 3), (1, 5)]),
            (["aa"], {"match": "substring"}, "aaaa", [(0, 2), (1, 3), (2, 4)]),
            (["a", "a"], {}, "a", [(0, 1)]),
            (["Äpfel"], {"ignore_case": True}, "zwei äpfel", [(5, 10)]),
            (["apfel"], {}, "Äapfel", []),
            (["cafe"], {}, "cafe\u0301", []),
            (["C++"], {}, "C++17 and C++", [(0, 3), (10, 13)]),
            (["<|im_end|>"], {}, "<|im_end|>user", [(0, 10)]),
            (["😀"], {}, "a😀b", [(1, 2)]),
            (["x"], {}, "😀 x", [(2, 3)]),
        ],
    )
    def test_hits(
        self, terms: list[str], how: Any, text: str, expected: list[tuple[int, int]]
    ) -> None:
        assert spans(lexicon(*terms, **how), text) == expected

    @pytest.mark.parametrize(
        ("term", "text", "expected"),
        [
            ("他", "我看他走", [(2, 3)]),
            ("Python", "我用Python写", [(2, 8)]),
            ("カメラ", "新しいカメラです", [(3, 6)]),
            ("ครู", "เป็นครูที่ดี", [(4, 7)]),
            ("서울", "서울에", []),
            ("नाम", "नामा", []),
        ],
    )
    def test_words_in_scripts_without_spaces(
        self, term: str, text: str, expected: list[tuple[int, int]]
    ) -> None:
        assert spans(lexicon(term), text) == expected

    def test_turkish_dotted_i_keeps_the_offsets(self) -> None:
        # "İ".lower() has two characters; every offset after it would be off by one.
        rule = lexicon("istanbul", "ankara", ignore_case=True)
        assert spans(rule, "İİ İSTANBUL ANKARA") == [(3, 11), (12, 18)]
        assert spans(lexicon("İzmir", ignore_case=True), "izmir") == [(0, 5)]

    def test_final_sigma_is_a_sigma(self) -> None:
        assert spans(lexicon("ΟΔΟΣ", ignore_case=True), "οδος") == [(0, 4)]
        rule = lexicon("οδος", ignore_case=True, match="substring")
        assert spans(rule, "ΟΔΟΣΑ") == [(0, 4)]

    def test_whole_text(self) -> None:
        rule = lexicon("null", "None", match="whole")
        assert spans(rule, "null") == [(0, 4)]
        assert spans(rule, " \n None\t") == [(3, 7)]
        assert spans(rule, "none") == spans(rule, "null null") == spans(rule, "") == []
        assert spans(replace(rule, ignore_case=True), "NONE") == [(0, 4)]

    def test_finding_has_place_message_and_data(self) -> None:
        record = chat(user([{"type": "text", "text": "my cat"}]), assistant(refusal="No cat"))
        first, second = check(lexicon("Cat", ignore_case=True), record)
        assert first.where == Where(0, 0, "/messages/0/content/0/text", (3, 6))
        assert second.where == Where(0, 0, "/messages/1/refusal", (3, 6))
        assert (first.code, first.message) == ("ACME001", "user Cat")
        assert first.data == {"term": "Cat", "role": "user"}

    def test_roles_and_training(self) -> None:
        record = chat(
            system("x"), user("x"), assistant("x", weight=0), assistant("x"), {"content": "x"}
        )
        options: dict[str, dict[str, Any]] = {
            "all": {},
            "roles": {"roles": ("system", "user")},
            "trained": {"trained_only": True},
            "none": {"roles": ("user",), "trained_only": True},
        }
        found = {
            name: [f.where.pointer for f in check(lexicon("x", **how), record)]
            for name, how in options.items()
        }
        pointers = [f"/messages/{index}/content" for index in range(5)]
        assert found == {
            "all": pointers, "roles": pointers[:2], "trained": [pointers[3]], "none": []
        }  # fmt: skip
        assert check(lexicon("x"), record)[-1].message == "message x"

    def test_rules_share_one_search_and_keep_their_own_hits(self) -> None:
        rules: list[ExampleRule] = [
            lexicon("cat"),
            lexicon("CAT", ignore_case=True),
            lexicon("cat", match="substring"),
            Pattern(pattern=r"c\w+", requires=("CON",)),
        ]
        found = [
            [finding.where.span for finding in rule.check(example)]
            for example in batch(chat(user("cat CAT concat")), rules=rules).examples
            for rule in rules
        ]
        assert found == [[(0, 3)], [(0, 3), (4, 7)], [(0, 3), (11, 14)], [(0, 3), (8, 14)]]

    def test_lines_without_texts(self) -> None:
        records = [b"", b"nonsense", {}, {"messages": 3}, chat("x", {"role": "user"})]
        assert check(lexicon("x"), *records) == []

    @pytest.mark.parametrize("escaped", [False, True])
    def test_proven_examples_are_searched_all_the_same(self, escaped: bool) -> None:
        rule = lexicon("cat", "café", "a/b", "\n\n", ignore_case=True, match="substring")
        texts = ["Cat", "CAFÉ", "a/b", "a\\/b", "\n\n", "dog", "\u212a cat", "n"]
        raw = [orjson.dumps(chat(user(text), assistant("ok"))) for text in texts]
        if escaped:
            raw = [json.dumps(json.loads(line)).encode() for line in raw]
        raw.append(raw[0].replace(b"Cat", b"\\u0063at"))
        rules = [rule, lexicon("zebra")]
        for together in (rules, rules[:1]):
            proven, plain = (batch(*raw, rules=together) for _ in range(2))
            prove(proven)
            assert any(example.proven for example in proven.examples)
            both = [[list(rule.check(e)) for e in b.examples] for b in (proven, plain)]
            assert both[0] == both[1]

    def test_importing_the_automaton_waits_for_a_text(self) -> None:
        code = (
            "import sys\nfrom ftlint.example import Batch, Lines\n"
            "from ftlint.rules.kinds import Lexicon\n"
            "rule = Lexicon(terms=('x',))\nempty = Batch(Lines(0, 0, []), [rule])\n"
            "from ftlint.features.lexicon import HITS\n"
            "empty.column(HITS), Batch(Lines(0, 0, [b'{}'])).column(HITS)\n"
            "sys.exit('ahocorasick_rs' in sys.modules)"
        )
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


ALPHABET = "abAB _.\u0130\u03a3\u03c3\u03c2ßé他😀"


def oracle(terms: Terms, text: str) -> list[tuple[int, int, str]]:
    """Find every term at every offset with `str.find` alone."""

    def same(word: str) -> str:
        return "".join(map(fold, word)) if terms.ignore_case else word

    def wordlike(index: int) -> bool:
        return (
            0 <= index < len(text)
            and (text[index].isalnum() or text[index] == "_")
            and (text[index] != "他")
        )

    found: list[tuple[int, int, str]] = []
    spelt: dict[str, str] = {}
    for word in terms.words:
        spelt.setdefault(same(word), word)
    for literal, word in spelt.items():
        start = same(text).find(literal)
        while start >= 0:
            end = start + len(literal)
            inside = (wordlike(start - 1) and wordlike(start)) or (
                wordlike(end - 1) and wordlike(end)
            )
            if not (terms.bounded and inside):
                found.append((start, end, word))
            start = same(text).find(literal, start + 1)
    return sorted(found)


@given(
    st.lists(
        st.builds(
            Terms,
            st.lists(st.text(ALPHABET, min_size=1, max_size=4), min_size=1, max_size=4).map(tuple),
            st.booleans(),
            st.booleans(),
        ),
        min_size=1,
        max_size=3,
    ),
    st.text(ALPHABET, max_size=24),
)
def test_hits_are_those_of_brute_force(lexicons: list[Terms], text: str) -> None:
    (example,) = batch(chat(user(text))).examples
    found = scanner_of(tuple(lexicons)).scan(["a", text, "", text[::-1]])
    for slot, terms in enumerate(lexicons):
        mine = [(start, end, term) for number, term, start, end in found[slot] if number == 1]
        back = [(start, end, term) for number, term, start, end in found[slot] if number == 3]
        assert sorted(back) == oracle(terms, text[::-1])
        assert sorted(mine) == oracle(terms, text)
        assert [hit[:2] for hit in mine] == sorted(hit[:2] for hit in mine)
        assert len(hits(example, terms)) == len(mine)


@pytest.mark.parametrize("other", ["plain", "ünïcode"])
def test_what_joins_texts_is_found_only_inside_of_them(other: str) -> None:
    scanner = Scanner((Terms(("\n", "\n\n", "a\nb"), bounded=False),))
    texts = ["a", "b\n", "\n", "", other, "a\nb"]
    found = [(number, term) for number, term, _, _ in scanner.scan(texts)[0]]
    assert found == [(1, "\n"), (2, "\n"), (5, "a\nb"), (5, "\n")]


def test_folding_keeps_every_offset() -> None:
    every = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    assert [c for c in every if len(fold(c)) != 1] == []
    text = "".join(every)
    assert fold(text) == "".join(map(fold, every))


@given(st.text(max_size=30))
def test_folding_looks_at_no_neighbour(text: str) -> None:
    assert fold(text) == "".join(map(fold, text))


WRITERS = (
    lambda record: orjson.dumps(record),
    lambda record: json.dumps(record).encode(),
    lambda record: json.dumps(record, ensure_ascii=False).replace("/", "\\/").encode(),
)
"""Ways to write one record: shortest, all ASCII, and with escaped slashes."""

TRICKY = 'aAé/\\"\n\t\x00\u0130'


@given(
    st.lists(
        st.builds(
            Terms,
            st.lists(st.text(TRICKY, min_size=1, max_size=5), min_size=1, max_size=3).map(tuple),
            st.booleans(),
            st.booleans(),
        ),
        min_size=1,
        max_size=2,
    ),
    st.lists(st.tuples(st.text(TRICKY, max_size=9), st.sampled_from(WRITERS)), max_size=5),
)
def test_texts_that_a_proof_has_decoded_have_the_same_hits(
    lexicons: list[Terms], texts: list[tuple[str, Any]]
) -> None:
    records = [write(chat(user(text), assistant("b"))) for text, write in texts]
    proven, bare = batch(*records), batch(*records)
    prove(proven)
    scanner = scanner_of(tuple(lexicons))
    assert scanner.scan_batch(proven) == scanner.scan_batch(bare)
    for slot, found in enumerate(scanner.scan_batch(bare)):
        for index, example in enumerate(bare.examples):
            alone = scanner.scan([text.value for text in example.texts])[slot]
            assert found.get(index, []) == alone


def test_a_table_finds_what_is_found_without_one() -> None:
    terms = (Terms(("he", "she", "his", "her"), True, False), Terms(("hers", "he s"), False, True))
    texts = ["ushers", "She said: he s hers.", "HERS", "", "caf\u00e9 hers"]
    fresh = Scanner(terms)
    before = fresh.scan(texts)
    fresh.scan(["x" * (1 << 20)])  # from here on a table pays
    assert fresh.scan(texts) == before
    brute = [
        (i, word, at, at + len(word))
        for i, text in enumerate(texts)
        for word in terms[0].words
        for at in range(len(text))
        if text.lower().startswith(word, at)
    ]
    assert sorted(before[0]) == sorted(brute)
    assert [spot[0] for spot in before[1]] == [1, 1, 4]


def test_every_sign_is_of_a_word_or_not() -> None:
    unspaced = re.compile(
        "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
        "\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
    )
    every = map(chr, range(sys.maxunicode + 1))
    wrong = [
        sign
        for sign in every
        if _in_word(sign)
        != (
            sign == "_"
            or ((sign.isalnum() or category(sign)[0] == "M") and not unspaced.match(sign))
        )
    ]
    assert wrong == []
