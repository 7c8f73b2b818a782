"""Whole texts: the examples of which a text is one of some terms, found without a look at each."""

from __future__ import annotations

from collections.abc import Mapping

from ftlint.example import Batch, Example
from ftlint.features.cast import answers_in
from ftlint.features.lexicon import fold
from ftlint.features.turns import TURNS


def whole_in(
    batch: Batch, spelt: Mapping[str, str], ignore_case: bool, answers: bool
) -> list[Example]:
    """Return the examples with a text that is a key of `spelt`, spaces aside.

    With `ignore_case` the keys are folded; with `answers` only those of the assistant are read.
    """
    longest = max(map(len, spelt))
    if answers:
        rows, texts = answers_in(batch).rows, answers_in(batch).bare
    else:
        told = [(row, text) for row, said in enumerate(batch.column(TURNS)) for _, text in said]
        rows, texts = [row for row, _ in told], [text.strip() for _, text in told]
    # No letter folds to two, so that the length alone rules most texts out.
    short = {text for text in texts if len(text) <= longest}
    terms = {text for text in short if (fold(text) if ignore_case else text) in spelt}
    found = {row for row, text in zip(rows, texts, strict=True) if text in terms} if terms else ()
    return [batch.example(row) for row in sorted(found)]
