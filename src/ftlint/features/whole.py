"""Whole texts: the examples of which a text is one of some terms, found without a look at each."""

from __future__ import annotations

from collections.abc import Mapping

from ftlint.example import Batch, Example
from ftlint.feature import Feature
from ftlint.features.lexicon import fold
from ftlint.features.turns import EXCHANGES, TURNS


def whole_in(
    batch: Batch, spelt: Mapping[str, str], ignore_case: bool, answers: bool
) -> list[Example]:
    """Return the examples with a text that is a key of `spelt`, spaces aside.

    With `ignore_case` the keys are folded; with `answers` only those of the assistant are read.
    """
    longest = max(map(len, spelt))
    feature: Feature[list[tuple[str, str]]] = EXCHANGES if answers else TURNS
    # No letter folds to two, so that the length alone rules most texts out.
    short = [
        (index, stripped)
        for index, pairs in enumerate(batch.column(feature))
        for _, text in pairs
        if len(stripped := text.strip()) <= longest
    ]
    found = {at: None for at, text in short if (fold(text) if ignore_case else text) in spelt}
    return [batch.example(index) for index in found]
