"""Pages of rules: what is told of options, cases and the parts of the documentation."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import pytest

from ftlint.configuration.catalogue import builtin
from ftlint.docs import as_json, options_of, page, pages
from ftlint.finding import Severity
from ftlint.rule import Case, ExampleRule, Rule, bad
from ftlint.rules.declared import Documentation
from ftlint.rules.kinds import KINDS, Lexicon

RULES = builtin()


@dataclass(frozen=True)
class Odd(ExampleRule):
    """Text is odd.

    Why: it harms.

    Ignore when: `odd` is meant.

    Source: llm-foundry's validation.
    """

    code: ClassVar[str] = "TT001"
    name: ClassVar[str] = "odd"
    severity: ClassVar[Severity] = Severity.NOTE
    message: ClassVar[str] = "{text!r} is odd"
    bad: ClassVar[tuple[Case, ...]] = (
        bad(b'{"a": "b\xff"}', at="-"),
        bad(b"PAR1" + bytes(100), at="-"),
        bad(b"[" * 500, at="-"),
        bad({"messages": ["x" * 500]}, at="-"),
    )

    limit: int = 1
    """Texts that may be
    odd."""


def test_a_page() -> None:
    lines = page(Odd()).splitlines()
    assert lines[:3] == ["# odd (TT001)", "", "Text is odd."]
    assert "**Why.** It harms." in lines
    assert "**Ignore when.** `odd` is meant." in lines
    assert "**Source.** llm-foundry's validation." in lines
    assert "| `limit` | `1` | Texts that may be odd. |" in lines


def test_bytes_that_do_not_print_are_cut_short() -> None:
    shown = re.findall(r"```json\n(.*)\n```", page(Odd()))
    assert shown[0] == '{"a": "b\\xff"}'
    assert shown[1].startswith("PAR1\\x00") and len(shown[1]) == 60
    assert shown[2] == "[" * 59 + "…"
    assert len(shown[3]) == 400


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_option_has_a_meaning(rule: Rule) -> None:
    assert all(meaning for _, _, meaning in options_of(rule))


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_each_option_of_a_kind_has_a_meaning(kind: type[Rule]) -> None:
    how = {"limit": 0.5} if kind is KINDS["share"] else {}
    names = {name for name, _, meaning in options_of(kind(**how)) if meaning}
    assert names == {name for name, _, _ in options_of(kind(**how))}
    assert not names & {"origin", "documentation", "code", "good"}


def test_nothing_depends_on_the_machine() -> None:
    rule = Lexicon(code="TT001", name="x", terms=("a",), documentation=Documentation("X."))
    assert page(replace(rule, origin="/home/x.yaml")) == page(rule)
    text = "".join([*pages(RULES).values(), as_json(RULES)])
    assert str(Path(__file__).parents[1]) not in text and "`origin`" not in text
    assert all("origin" not in entry["options"] for entry in json.loads(as_json(RULES)))


def test_paragraphs_begin_with_a_capital_or_a_name() -> None:
    for text in pages(RULES).values():
        for first in re.findall(r"^\*\*[A-Z][a-z ]+\.\*\* (\S+)", text, re.MULTILINE):
            assert not first[0].islower() or "-" in first


def test_only_what_offers_a_fix_documents_one() -> None:
    offering = {rule.name for rule in RULES if "\n**Fix.** " in page(rule)}
    assert not offering & {"tool-call-id-duplicate", "chat-template-marker"}
    for rule in RULES:
        assert ("| proposed |" in page(rule)) == (rule.name in offering)
