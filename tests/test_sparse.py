"""Columns of which most examples have nothing."""

from __future__ import annotations

import pytest

from ftlint.features.lexicon import Spots
from ftlint.features.sparse import Sparse


def test_what_was_not_found_is_nothing() -> None:
    column = Sparse(4, {1: "a", 3: "b"}, None)
    assert list(column) == [None, "a", None, "b"]
    assert len(column) == 4 and len(Sparse(0, {}, ())) == 0
    assert list(Sparse(2, {}, ())) == [(), ()]


@pytest.mark.parametrize("index", [-1, 2])
def test_only_examples_of_the_batch_are_asked_for(index: int) -> None:
    with pytest.raises(IndexError):
        Sparse(2, {0: "a"}, None)[index]


def test_spots_of_terms_end_with_the_batch() -> None:
    spot = (0, "term", 0, 4)
    assert list(Spots(3, {}, [{1: [spot]}, {}])) == [[], [spot], []]
    assert list(Spots(2, {}, [])) == [[], []]
