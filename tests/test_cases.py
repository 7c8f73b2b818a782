"""Every rule is documented and shows a good and a bad case, and the cases hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ftlint.configuration.catalogue import builtin
from ftlint.docs import pages
from ftlint.rule import Case, Rule
from ftlint.rules import BUILTIN
from ftlint.testing import check_case

RULES = builtin()
DEFAULTS = [rule for rule in RULES if rule.default]
CASES = [
    pytest.param(rule, case, id=f"{rule.name}-{kind}-{number}")
    for rule in RULES
    for kind, cases in (("good", rule.good), ("bad", rule.bad))
    for number, case in enumerate(cases, 1)
]


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_case(rule: Rule, case: Case) -> None:
    assert check_case(rule, case, DEFAULTS) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_is_whole(rule: Rule) -> None:
    assert re.fullmatch(r"FT[0-8]\d\d", rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert rule.good and rule.bad
    assert not any(case.at for case in rule.good)
    assert all(case.at for case in rule.bad)
    summary, *paragraphs = rule.text.strip().split("\n\n")
    assert len(summary) <= 79 and summary.endswith(".")
    words = [paragraph.strip().split(":")[0] for paragraph in paragraphs]
    assert {"Why", "Ignore when", "Source"} <= set(words)
    assert set(words) <= {"Why", "Ignore when", "Provider says", "Fix", "Source"}


def test_classes_are_named_after_their_rules() -> None:
    for cls in BUILTIN:
        assert cls.__name__ == "".join(word.title() for word in cls.name.split("-"))


def test_codes_and_names_are_unique() -> None:
    words = [word for rule in RULES for word in (rule.code, rule.name)]
    assert len(words) == len(set(words))


def test_pages_are_fresh() -> None:
    folder = Path(__file__).parents[1] / "docs/rules"
    written = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    assert written == pages(RULES), "run: python -m ftlint.docs docs/rules"
