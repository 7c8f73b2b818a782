"""Gender words: the metrics of GenBiT on a sample of the English examples, for the report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ftlint.analyses.split import Part, by_split
from ftlint.analyses.topic import function_words
from ftlint.analysis import Analysis
from ftlint.bias.cooccurrence import Scores, measure
from ftlint.bias.identity import lexicon
from ftlint.example import Batch
from ftlint.features.gender import MEN, WOMEN
from ftlint.features.glance import tongue
from ftlint.features.sampled import Sample
from ftlint.source import Dataset
from ftlint.summary import Groups
from ftlint.value import dataclass

LANGUAGE = "en"
LISTED = 10
"""Words that the figures name at either end."""
WORD = re.compile(r"[^\W\d_]+")
"""A word as GenBiT cuts it."""


@dataclass(frozen=True)
class GenderWords(Analysis[Groups[int], tuple[Part[Scores], ...]]):
    """Which words stand near words for women and for men, in a sample of each split."""

    measure = "bias"

    def summarize(self, batch: Batch) -> Groups[int]:
        """Return the sample of a batch, by source."""
        return Groups({batch.source: Sample.of(batch)} if len(batch) else {})

    def conclude(self, summary: Groups[int], dataset: Dataset) -> tuple[Part[Scores], ...]:
        """Return the metrics of each split."""
        women, men = (single_words(group) for group in (WOMEN, MEN))
        return tuple(
            Part(part.split, part.where, measure(_texts(part.of), women, men, function_words()))
            for part in by_split(summary, dataset)
        )

    def figures(self, result: tuple[Part[Scores], ...], dataset: Dataset) -> dict[str, Any]:
        """Return the figures of `measures.bias.genbit`, by split."""
        return {"genbit": {p.split: _figures(p.of) for p in result if p.of.words}}


def single_words(group: str) -> frozenset[str]:
    """Return the words of one piece that name a gender."""
    entries = lexicon(LANGUAGE).entries
    words = (e.term.lower() for e in entries if e.axis == "gender" and e.group == group)
    return frozenset(word for word in words if WORD.fullmatch(word))


def _texts(sample: Sample) -> Iterator[list[str]]:
    for item in sample.kept:
        text = f"{item.question}\n{item.answer}"
        if tongue(text) == LANGUAGE:
            yield WORD.findall(text.lower())


def _figures(of: Scores) -> dict[str, Any]:
    ordered = sorted(of.by_word, key=lambda word: (of.by_word[word][1], word))
    return {
        "language": LANGUAGE,
        "words": of.words,
        "cutoff": round(of.cutoff, 4),
        "female_words": of.female,
        "male_words": of.male,
        "average_bias_ratio": round(of.ratio, 6),
        "average_bias_ratio_absolute": round(of.ratio_absolute, 6),
        "average_bias_conditional": round(of.conditional, 6),
        "average_bias_conditional_absolute": round(of.conditional_absolute, 6),
        "near_women": [_told(of, word) for word in ordered[:LISTED]],
        "near_men": [_told(of, word) for word in reversed(ordered[-LISTED:])],
    }


def _told(of: Scores, word: str) -> dict[str, Any]:
    ratio, conditional = of.by_word[word]
    return {"word": word, "bias_ratio": round(ratio, 4), "bias_conditional": round(conditional, 4)}
