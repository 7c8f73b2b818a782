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
    found, longest = [], max(map(len, spelt))
    feature: Feature[list[tuple[str, str]]] = EXCHANGES if answers else TURNS
    for index, pairs in enumerate(batch.column(feature)):
        for _, text in pairs:
            # No letter folds to two, so that the length alone rules most texts out.
            stripped = text.strip()
            if len(stripped) <= longest and (fold(stripped) if ignore_case else stripped) in spelt:
                found.append(batch.example(index))
                break
    return found
