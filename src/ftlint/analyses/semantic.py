"""Semantics: prompts of a sample that mean the same in other words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from heapq import nsmallest
from typing import Any
from zlib import crc32

from ftlint.analysis import Analysis
from ftlint.contamination.ngram import words
from ftlint.example import Batch
from ftlint.features.turns import TURNS
from ftlint.finding import Where
from ftlint.similarity.embedding import embed
from ftlint.source import Dataset
from ftlint.statistics.interval import wilson
from ftlint.summary import Groups
from ftlint.value import dataclass

TEXT = 1024
"""Characters that are kept of a prompt; the model reads about half as many."""
FEWEST = 5
"""Words of the shortest prompt that is compared: less says too little."""
NEAR = 0.8
"""Share of common words from which two prompts are near duplicates, not paraphrases."""
_NUMBER = re.compile(r"\d+")

Chosen = tuple[int, int, Where, str]
"""The hash of an example's number, the number, its first prompt's place, and its prompts."""


@dataclass(frozen=True, slots=True)
class Prompts:
    """The prompts of the examples whose hashed numbers are least. Size: O(limit * TEXT)."""

    limit: int
    total: int = 0
    kept: tuple[Chosen, ...] = ()

    def merge(self, other: Prompts) -> Prompts:
        """Return the sample of both."""
        kept = tuple(nsmallest(self.limit, (*self.kept, *other.kept), key=_rank))
        return Prompts(self.limit, self.total + other.total, kept)


def _rank(chosen: Chosen) -> tuple[int, int]:
    return chosen[:2]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two prompts with one meaning, the earlier one first."""

    first: Where
    second: Where
    cosine: float


@dataclass(frozen=True, slots=True)
class Paraphrases:
    """What was found: for each later prompt the earlier one that is most alike."""

    examples: int
    """Examples with a prompt that can be compared."""
    looked: int
    pairs: tuple[Pair, ...]

    @property
    def bounds(self) -> tuple[float, float]:
        """Return share and 95 % interval's lower end: more partners are outside a sample."""
        if not self.looked:
            return 0.0, 0.0
        share = len(self.pairs) / self.looked
        low, _ = wilson(len(self.pairs), self.looked)
        return share, share if self.looked == self.examples else low


@dataclass(frozen=True)
class Semantics(Analysis[Groups[int], Paraphrases]):
    """Which of the sampled prompts of the training files are paraphrases of one another."""

    measure = "semantic"

    sample: int
    cosine: float

    def summarize(self, batch: Batch) -> Groups[int]:
        """Return the prompts of a batch that are English and long enough."""
        if not len(batch):
            return Groups()
        found = [
            (crc32(b"%d" % (batch.lines.ordinal + index)), batch.lines.ordinal + index, index, text)
            for index, turns in enumerate(batch.column(TURNS))
            if (text := _prompt(turns))
        ]
        kept = nsmallest(self.sample, found)
        places = [
            (hashed, ordinal, batch.example(index).at(_pointer(batch, index)), text)
            for hashed, ordinal, index, text in kept
        ]
        return Groups({batch.source: Prompts(self.sample, len(found), tuple(places))})

    def conclude(self, summary: Groups[int], dataset: Dataset) -> Paraphrases:
        """Return the paraphrases among the sampled prompts of all training files."""
        every = Prompts(self.sample)
        for source, prompts in summary.of.items():
            if dataset.sources[source].split == "train":
                every = every.merge(prompts)
        kept = sorted(every.kept, key=lambda chosen: chosen[1])
        pairs = tuple(_alike(kept, self.cosine)) if len(kept) > 1 else ()
        return Paraphrases(every.total, len(kept), pairs)

    def figures(self, result: Paraphrases, dataset: Dataset) -> dict[str, Any]:
        """Return the figures of `measures.semantic`."""
        share, low = result.bounds
        return {
            "examples": result.examples,
            "looked": result.looked,
            "found": len(result.pairs),
            "share": round(share, 6),
            "at_least": round(low, 6),
            "cosine": self.cosine,
        }


def _prompt(turns: Sequence[tuple[str, str]]) -> str:
    """Return what the user says, cut; nothing when the model cannot judge it."""
    text = "\n".join([text for role, text in turns if role == "user"])[:TEXT]
    odd = 0 if text.isascii() else sum(not sign.isascii() for sign in text)
    return text if odd * 10 <= len(text) and len(text.split()) >= FEWEST else ""


def _pointer(batch: Batch, index: int) -> str:
    return next(text.pointer for text in batch.example(index).texts if text.role == "user")


def _alike(kept: Sequence[Chosen], least: float) -> Iterator[Pair]:
    """Yield each prompt with the earlier one that is nearest, if it is a paraphrase."""
    texts = [text for _, _, _, text in kept]
    vectors = embed(texts)
    said = [frozenset(words(text)) for text in texts]
    numbers = [sorted(_NUMBER.findall(text)) for text in texts]
    for late in range(1, len(kept)):
        near = vectors[:late] @ vectors[late]
        order = sorted((-float(near[at]), at) for at in (near >= least).nonzero()[0].tolist())
        for cosine, early in order:
            # Other numbers make another question of the same words.
            same = len(said[early] & said[late]) >= NEAR * len(said[early] | said[late])
            if not same and numbers[early] == numbers[late]:
                yield Pair(kept[early][2], kept[late][2], -cosine)
                break
