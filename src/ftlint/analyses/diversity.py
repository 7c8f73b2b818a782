"""Diversity: how much the answers of a sample repeat one another.

All measures are taken from a fixed amount of text in random order, since each depends on how much
text there is: with less, it is not stated.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, pairwise
from math import sqrt
from typing import Any

from ftlint.analyses.label import labelled
from ftlint.analyses.split import Part, by_split
from ftlint.analysis import Analysis
from ftlint.example import Batch
from ftlint.features.sampled import Item, Sample
from ftlint.finding import Where
from ftlint.privacy.veil import veiled_text
from ftlint.source import Dataset
from ftlint.statistics.interval import wilson
from ftlint.summary import Groups
from ftlint.text.expression import late
from ftlint.value import dataclass

PAIRS = 5_000
"""Pairs of neighbouring words from which distinct-2 is taken."""
BLOCK = 16_000
"""Bytes that are compressed at once: zlib looks back twice as far."""
BLOCKS = 8
"""Blocks that are compressed at most."""
SENTENCES = 200
"""Fewest sentences whose lengths are compared."""
_NEAR = 1024
"""Code points in which what is private in a beginning ends."""
OPENING = 4
"""Words by which openings are compared; three times as many characters where none are set apart."""
LISTED = 10
"""Openings that the report shows."""

WORD = late("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]|\\w+")
"""A word; a character where words are not set apart by spaces."""
_UNSPACED = late("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_SENTENCE = re.compile(r"(?<=[.!?。！？؟।])\s*|\n+")


@dataclass(frozen=True, slots=True)
class Opening:
    """How answers begin, how many of the sample do, and the first of them."""

    words: str
    count: int
    where: tuple[Where, ...]


@dataclass(frozen=True, slots=True)
class Diversity:
    """What a sample of the answers shows; None is what it is too small for."""

    split: str
    where: Where
    examples: int
    looked: int
    labelled: bool
    """Whether the answers are labels: then they repeat by design."""
    distinct: float | None
    """distinct-2: different pairs of neighbouring words by all pairs (Li et al. 2016)."""
    compression: float | None
    """Bytes by compressed bytes, blocks of 16 kB (Shaib et al. 2024 compress whole sets)."""
    burstiness: float | None
    """(s - m) / (s + m) of the words in a sentence, -1 when all are as long, 0 when lengths are
    exponential (Goh and Barabási 2008)."""
    openings: tuple[Opening, ...]

    def figures(self) -> dict[str, Any]:
        """Return the figures of the report."""
        shown = self.openings[:LISTED]
        return {
            "examples": self.examples,
            "looked_at": self.looked,
            "distinct_2": _rounded(self.distinct),
            "compression_ratio": _rounded(self.compression),
            "burstiness": _rounded(self.burstiness),
            "openings": [
                {
                    "words": each.words,
                    "share": round(each.count / self.looked, 4),
                    "interval": [round(end, 4) for end in wilson(each.count, self.looked)],
                }
                for each in shown
            ],
        }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


@dataclass(frozen=True)
class AnswerDiversity(Analysis[Groups[int], tuple[Diversity, ...]]):
    """How much the answers repeat one another, split by split, from a sample."""

    measure = "diversity"

    def summarize(self, batch: Batch) -> Groups[int]:
        """Return the sample of a batch, by source."""
        return Groups({batch.source: Sample.of(batch)} if len(batch) else {})

    def conclude(self, summary: Groups[int], dataset: Dataset) -> tuple[Diversity, ...]:
        """Return the diversity of each split."""
        return tuple(_measured(part) for part in by_split(summary, dataset) if part.of.kept)

    def figures(self, result: tuple[Diversity, ...], dataset: Dataset) -> dict[str, Any]:
        """Return the figures of `measures.diversity`."""
        return {each.split: each.figures() for each in result}


def _measured(part: Part[Sample]) -> Diversity:
    items = part.of.shuffled
    texts = [item.answer for item in items]
    return Diversity(
        part.split,
        part.where,
        part.of.examples,
        len(items),
        labelled(
            len(texts), Counter(text.strip() for text in texts if len(text) <= 64).values(), times=2
        ),
        distinct(texts),
        compression(texts),
        burstiness(texts),
        tuple(openings(items)),
    )


def distinct(texts: Iterable[str]) -> float | None:
    """Return distinct-2 of the first `PAIRS` pairs; None if there are fewer."""
    pairs = list(islice(chain.from_iterable(map(_pairs, texts)), PAIRS))
    return len(set(pairs)) / PAIRS if len(pairs) == PAIRS else None


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    return pairwise(WORD.findall(text.lower()))


def compression(texts: Sequence[str]) -> float | None:
    """Return the mean ratio of blocks of the texts, one after the other; None if none is full."""
    taken, size = list[bytes](), 0
    for text in texts:
        taken.append(text.encode("utf-8", "replace"))
        size += len(taken[-1]) + 1
        if size >= BLOCK * BLOCKS:
            break
    whole = b"\n".join(taken)
    blocks = [whole[at : at + BLOCK] for at in range(0, len(whole) - BLOCK + 1, BLOCK)]
    if not blocks:
        return None
    return BLOCK * len(blocks) / sum(len(zlib.compress(block, 6)) for block in blocks)


def burstiness(texts: Iterable[str]) -> float | None:
    """Return the burstiness of the lengths of sentences; None for too few sentences."""
    lengths: list[int] = []
    for text in texts:
        if "```" not in text:
            lengths += [
                len(found) for part in _SENTENCE.split(text) if (found := WORD.findall(part))
            ]
        if len(lengths) >= 10 * SENTENCES:
            break
    if len(lengths) < SENTENCES:
        return None
    mean = sum(lengths) / len(lengths)
    deviation = sqrt(sum((length - mean) ** 2 for length in lengths) / len(lengths))
    return (deviation - mean) / (deviation + mean)


def openings(items: Sequence[Item]) -> list[Opening]:
    """Return how the answers of a sample begin, the most frequent first, at least twice each."""
    found: dict[str, list[Item]] = {}
    for item in items:
        words = opening(item.answer)
        if words:
            found.setdefault(words, []).append(item)
    ranked = sorted(found.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    return [
        Opening(_veiled(words, those[0]), len(those), tuple(item.where for item in those[:5]))
        for words, those in ranked[:LISTED]
        if len(those) > 1
    ]


def _veiled(words: str, item: Item) -> str:
    """Return the first words of an answer with dots: small letters and cuts would hide a value."""
    near = item.answer[:_NEAR]
    veiled = veiled_text(near)
    return words if veiled == near else " ".join(veiled.lower().split()[:OPENING])


def opening(text: str, words: int = OPENING) -> str:
    """Return the first words of a text in small letters; none of a text that is no longer."""
    found = list(islice(WORD.finditer(text[:200].lower()), 3 * words + 1))
    dense = not text.isascii() and any(_UNSPACED.match(word[0]) for word in found[:words])
    wanted = 3 * words if dense else words
    if len(found) <= wanted:
        return ""
    return " ".join(text[found[0].start() : found[wanted - 1].end()].lower().split())
