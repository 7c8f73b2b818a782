"""The kinds of declarative rule, and the sizes they rest on; `test_lexicon` has the search."""

from __future__ import annotations

import itertools
import pickle
from dataclasses import replace
from typing import Any, get_args

import orjson
import pytest
from kinds import HEAD, HI, LONG
from records import batch, check, spans

from ftlint.case import assistant, chat, user
from ftlint.configuration.catalogue import builtin
from ftlint.engine import Plan, run
from ftlint.example import Batch, Lines
from ftlint.features.size import Size, SizeName
from ftlint.finding import Severity, Where
from ftlint.proof import prove
from ftlint.rule import ExampleRule, bad
from ftlint.rules.declared import Declared, Documentation
from ftlint.rules.kinds import KINDS, Lexicon, Pattern, Share, Threshold
from ftlint.rules.tokenpattern import TokenPattern
from ftlint.source import Dataset, Source
from ftlint.testing import check_laws


def lexicon(*terms: str, **how: Any) -> Lexicon:
    return Lexicon(terms=terms, message="{role} {term}", **HEAD, **how)


def test_what_is_quoted_is_not_said() -> None:
    rule = lexicon("oaf", ignore_case=True, unquoted=True)
    said = ("Such an oaf.", "'He is an oaf'", '"An oaf" or not', 'oaf"', "(oaf)")
    named = (
        '"oaf"',
        "“Oaf,” he read.",
        "'oaf'",
        "«oaf»",
        "https://a.b/oaf-list",
        "<www.oaf.org>",
    )
    assert [len(spans(rule, text)) for text in said] == [1] * len(said)
    assert [len(spans(rule, text)) for text in named] == [0] * len(named)
    assert [len(spans(lexicon("oaf"), text)) for text in named if "Oaf" not in text] == [1] * 5


def pattern(expression: str, **how: Any) -> Pattern:
    return Pattern(pattern=expression, **{"message": "{role}", **HEAD, **how})


class TestPattern:
    @pytest.mark.parametrize(
        ("expression", "how", "text", "expected"),
        [
            (r"\d+", {}, "1 and 22", [(0, 1), (6, 8)]),
            (r"TODO", {}, "todo", []),
            (r"TODO", {"ignore_case": True}, "todo", [(0, 4)]),
            (r"a*", {}, "bbb", [None]),
            (r"a*", {}, "baab", [(1, 3)]),
            (r"^", {}, "abc", [None]),
            (r"\s*", {"whole": True}, "", [None]),
            (r"\s*", {"whole": True}, " \u00a0\n", [(0, 3)]),
            (r"\s*", {"whole": True}, " x ", []),
            (r"b", {}, "😀b", [(1, 2)]),
            (r"\w+@\w+", {"requires": ("@",)}, "me@home, you@work", [(0, 7), (9, 17)]),
            (r"key-\d", {"requires": ("KEY-", "Key_")}, "key-1 key_2", [(0, 5)]),
            (r"\d", {"requires": ("#",)}, "1", []),
        ],
    )
    def test_matches(
        self, expression: str, how: Any, text: str, expected: list[tuple[int, int] | None]
    ) -> None:
        assert spans(pattern(expression, **how), text) == expected

    def test_what_was_found_is_told_only_on_demand(self) -> None:
        record = chat(user("id 42"))
        (finding,) = check(pattern(r"\d+"), record)
        assert (finding.message, finding.data) == ("user", {"role": "user"})
        (finding,) = check(pattern(r"\d+", message="{role} has {match!r}"), record)
        assert finding.message == 'user has "42"'
        assert finding.data == {"role": "user", "match": "42"}

    def test_roles(self) -> None:
        rule = pattern("x", requires=("x",), trained_only=True)
        assert [f.where.pointer for f in check(rule, chat(user("x"), assistant("xx")))] == [
            "/messages/1/content"
        ] * 2


class TestThreshold:
    def rule(self, **how: Any) -> Threshold:
        return Threshold(message="{value} against {limit}", **HEAD, **how)

    @pytest.mark.parametrize(
        ("how", "expected"),
        [
            ({"above": 1}, ["2 against 1"]),
            ({"above": 1.5}, ["2 against 1.5"]),
            ({"above": 2.0}, []),
            ({"below": 2}, []),
            ({"below": 3.0}, ["2 against 3"]),
        ],
    )
    def test_limits_are_exclusive(self, how: Any, expected: list[str]) -> None:
        found = check(self.rule(feature="messages", **how), HI)
        assert [finding.message for finding in found] == expected
        assert all(f.where == Where(0, 0, "/messages") for f in found)

    def test_pointer_and_data(self) -> None:
        (finding,) = check(self.rule(feature="answer-characters", above=3), HI)
        assert finding.where == Where(0, 0, "")
        assert finding.data == {"value": 6, "limit": 3}

    def test_an_unknown_value_is_no_finding(self) -> None:
        records = [b"", b"x", {}, {"messages": []}, chat({"role": "bot", "content": "x"}), chat(3)]
        assert check(self.rule(feature="user-messages", below=1), *records) == []


def test_sizes() -> None:
    (example,) = batch(LONG).examples
    sizes = {name: example[Size(name)] for name in get_args(SizeName)}
    assert sizes == {
        "messages": 9,
        "system-messages": 1,
        "user-messages": 4,
        "assistant-messages": 3,
        "tool-messages": 1,
        "turns": 2,
        "characters": 33,
        "prompt-characters": 27,
        "answer-characters": 6,
        "bytes": len(orjson.dumps(LONG)),
    }


def test_bytes_need_a_record_only() -> None:
    found = batch(b" ", b"{}", b"[]", b'{"messages": [{}]}').column(Size("bytes"))
    assert list(found) == [None, 2, None, 18]


RULES = [
    lexicon("a", "B", ignore_case=True, bad=(bad(HI, at="-"),)),
    lexicon("null", match="whole"),
    pattern("a+", requires=("a",)),
    Threshold(feature="turns", above=8, message="{value}", **HEAD),
    Share(feature="turns", above=8, limit=0.2, message="{share}", **HEAD),
    Share(pattern="x", limit=0.2, message="{share}", **HEAD),
    TokenPattern(
        lists={"name": ("a", "b c")},
        anchor="name",
        patterns=([{"ENT_TYPE": "name"}],),
        message="{match}",
        **HEAD,
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
def test_rules_are_values(rule: Declared) -> None:
    parts = [batch(HI, LONG, rules=[rule]), batch(chat(user("a x")), rules=[rule], first=2)]
    assert check_laws(rule, parts) == []  # before the caches are filled
    if isinstance(rule, ExampleRule):
        _ = [list(rule.check(example)) for part in parts for example in part.examples]
    assert check_laws(rule, parts) == []
    assert len({rule, pickle.loads(pickle.dumps(rule))}) == 1
    assert replace(rule, code="ACME002") != rule
    assert replace(rule, origin="elsewhere") == rule


def test_kinds_are_all_covered_and_quiet_about_good_options() -> None:
    assert {type(rule) for rule in RULES} == set(KINDS.values())
    assert [mistake for rule in RULES for mistake in rule.mistakes()] == []


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (lexicon(), ("terms", "no terms (give terms or terms-file)")),
        (lexicon("a", " "), ("terms", "an empty term would be found everywhere")),
        (pattern(""), ("pattern", "no pattern")),
        (
            pattern("a[b"),
            (
                "pattern",
                "pattern is no regular expression: unterminated character set at position 1",
            ),
        ),
        (pattern("a", requires=("",)), ("requires", "an empty literal stands in every text")),
        (
            pattern("a", message="{term}"),
            ("message", "message names {term}, but there is only match, role"),
        ),
        (
            pattern("a", message="{"),
            ("message", "message is no template: Single '{' encountered in format string"),
        ),
        (
            Threshold(above=1, below=0, message=""),
            ("feature", "give one of above and below"),
        ),
        (Threshold(), ("feature", "give one of above and below")),
        (Share(terms=("a",), limit=1), ("limit", "limit is a share from 0 to below 1")),
        (Share(terms=("a",), limit=-0.1), ("limit", "limit is a share from 0 to below 1")),
        (
            Share(terms=("a",), pattern="b", limit=0),
            ("pattern", "give one of feature, terms and pattern"),
        ),
        (Share(limit=0), ("", "give one of feature, terms and pattern")),
        (Share(feature="turns", limit=0), ("feature", "give one of above and below")),
    ],
)
def test_mistakes(rule: Declared, expected: tuple[str, str]) -> None:
    assert list(rule.mistakes()) == [expected]


def test_documentation_reads_like_a_docstring() -> None:
    documentation = Documentation(
        "Text is odd.", "it\n  harms.", provider="`no`", fix="drop it.", source="a book"
    )
    assert lexicon("a", documentation=documentation).text == (
        "Text is odd.\n\nWhy: it harms.\n\nProvider says: `no`\n\nFix: drop it.\n\nSource: a book"
    )


@pytest.mark.parametrize("size", [1, 2, 100])
def test_the_report_does_not_depend_on_batches(tmp_path: Any, size: int) -> None:
    texts = ["cat", "dog", "Cat cat", "", "null"]
    records = [chat(user(a), assistant(b)) for a, b in itertools.product(texts, texts)]
    path = tmp_path / "train.jsonl"
    path.write_bytes(b"\n".join(map(orjson.dumps, records)))
    rules = tuple(
        replace(rule, code=f"ACME{number:03}", name=f"rule-{number}", severity=Severity.NOTE)
        for number, rule in enumerate([*RULES, lexicon("cat", ignore_case=True)])
    )
    for proof_from in (0, 1 << 30):
        dataset = Dataset((Source(str(path)),), shard_size=300)
        report = run(Plan(rules, batch_size=size, proof_from=proof_from), dataset)
        assert report.counts == {"ACME001": 10, "ACME002": 30, "ACME007": 30}
        assert not report.crashed


def test_code_is_left_out_where_a_pattern_asks_for_it() -> None:
    text = "`a1` a2 ```\na3\n``` a4 ``` a5"
    found = {how: spans(pattern(r"a\d", outside_code=how), text) for how in (True, False)}
    assert len(found[False]) == 5
    assert [text[slice(*span)] for span in found[True] if span] == ["a2", "a4"]


@pytest.mark.parametrize("trained", [False, True])
def test_whole_texts_are_found_without_a_look_at_each(trained: bool) -> None:
    rule = lexicon("None", "N/A", match="whole", ignore_case=True, trained_only=trained)
    texts = (("Hi", " n/a\n"), ("NONE", "ok"), ("Hi", "None at all"), ("Hi", "ok"))
    records = [chat(user(question), assistant(answer)) for question, answer in texts]
    raws = [orjson.dumps(record) for record in records]
    quick, slow = (Batch(Lines(0, 0, raws, -1, False), [rule]) for _ in range(2))
    quick.plain = [None] * len(raws)
    prove(quick)
    assert any(quick.plain)
    chosen = rule.candidates(quick)
    assert rule.candidates(slow) is None and chosen is not None
    assert [example.index for example in chosen] == ([0] if trained else [0, 1])


def test_a_long_text_of_many_terms_is_kept_once() -> None:
    """Fixes hold no text of their own: a thousand of a long text would take its square."""
    rule = next(rule for rule in builtin() if rule.name == "gendered-term")
    text = "The chairman spoke to a policeman. " * 400
    batch = Batch(Lines(0, 0, [orjson.dumps(chat(user("Hi"), assistant(text)))]), [rule])
    found = list(rule.check(batch.example(0)))  # type: ignore[attr-defined]
    assert len(found) == 800
    assert len(pickle.dumps(found)) < 25 * len(text)
    (last,) = found[-1].fix.patch
    assert dict(last) == pickle.loads(pickle.dumps(last))
    assert last["path"] == "/messages/1/content"
    assert last["value"] == text[: -len("policeman. ")] + "police officer. "
