"""The cases of every rule that a file declares, beside all other rules."""

from __future__ import annotations

import pytest

from ftlint.configuration.catalogue import builtin
from ftlint.configuration.packs import load_pack, rules_folder
from ftlint.rule import Case
from ftlint.rules.declared import Declared
from ftlint.testing import check_case

DECLARED = [rule for rule in load_pack(rules_folder()) if isinstance(rule, Declared)]
CASES = [
    pytest.param(rule, case, id=f"{rule.name}-{kind}-{number}")
    for rule in DECLARED
    for kind, cases in (("good", rule.good), ("bad", rule.bad))
    for number, case in enumerate(cases, 1)
]


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_case_holds(rule: Declared, case: Case) -> None:
    assert check_case(rule, case, builtin()) == []


@pytest.mark.parametrize("rule", DECLARED, ids=lambda rule: rule.name)
def test_rule_is_documented(rule: Declared) -> None:
    documentation = rule.documentation
    assert documentation.summary.endswith(".") and len(documentation.summary) <= 79
    assert documentation.why and documentation.ignore_when and documentation.source
    assert len(rule.good) >= 2 and len(rule.bad) >= 2
    assert rule.origin.endswith(f"{rule.name}.yaml")
