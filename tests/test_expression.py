"""Expressions that are compiled late do what those of `re` do."""

from __future__ import annotations

import re

import pytest

from ftlint.text.expression import late

TEXTS = ("", "Ab 12 ab", "none", "línea\n12")


@pytest.mark.parametrize(("pattern", "flags"), [(r"[a-c]+", re.IGNORECASE), (r"(?P<n>\d+)\Z", 0)])
def test_all_that_an_expression_has(pattern: str, flags: int) -> None:
    oracle = re.compile(pattern, flags)
    for text in TEXTS:
        assert late(pattern, flags).findall(text) == oracle.findall(text)
        assert late(pattern, flags).sub("-", text) == oracle.sub("-", text)
        assert late(pattern, flags).split(text) == oracle.split(text)
    made = late(pattern, flags)
    for name in ("pattern", "flags", "groups", "groupindex"):
        assert getattr(made, name) == getattr(oracle, name)
    assert made.search is made.search  # compiled once


def test_a_mistake_is_told_when_it_is_used() -> None:
    wrong = late("(")
    with pytest.raises(re.error):
        wrong.search("a")
    assert not hasattr(wrong, "__len__")
