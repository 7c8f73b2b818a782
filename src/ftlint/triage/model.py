"""Model: the weights of triage, and what they say of texts.

A text's score is a sum over its words (each with its runs of letters), its pairs of neighbours and
what stands around names of groups, over the root of its length. Weights are whole numbers, so that
no sum depends on the batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ftlint.triage.bit import CUES, SINGLE, STOP
from ftlint.triage.cues import cues, signs
from ftlint.triage.form import (
    CALM,
    FEW,
    KNOWN,
    LABELS,
    SEVERE,
    STEP,
    WINDOW,
    chance_of,
)
from ftlint.triage.form import DOUBTFUL as DOUBTFUL
from ftlint.triage.form import PATH as PATH
from ftlint.triage.form import REPEATS as REPEATS
from ftlint.triage.form import RUNS as RUNS
from ftlint.triage.form import UNIT as UNIT
from ftlint.triage.identity import split
from ftlint.triage.reading import (
    Ints,
    Keys,
    Lexicon,
    Names,
    Reader,
    grams,
    pair,
    reading,
)
from ftlint.triage.words import readable, spelled
from ftlint.value import dataclass

WORDS = 1 << 18
"""Words that are remembered; then all are forgotten."""


@dataclass(frozen=True)
class Weights:
    """The four tables, as whole numbers, and the rest of the file."""

    words: NDArray[np.int8]
    runs: NDArray[np.int8]
    pairs: NDArray[np.int8]
    gaps: NDArray[np.int8]
    factors: Ints
    """What one step of each table counts, in 1 / `UNIT`."""
    bias: int
    threshold: float
    """Score from which a text is flagged."""
    known: Keys
    """Keys of English words, sorted."""


def load(path: Path = PATH) -> Weights:
    """Return the weights in a file. Nothing in it is code."""
    with np.load(path, allow_pickle=False) as file:
        part = {name: file[name] for name in file.files}
    known = np.cumsum(part["known"].astype(np.uint32), dtype=np.uint32)
    bias, threshold = int(part["bias"]), round(float(part["threshold"]), 2)
    return Weights(
        part["words"],
        part["runs"],
        part["pairs"],
        part["gaps"],
        part["factors"].astype(np.int64),
        bias,
        threshold,
        known,
    )


class Model:
    """The weights, and what they make of each word that was read so far."""

    def __init__(self, weights: Weights) -> None:
        """Begin with no words."""
        self.weights = weights
        self.names = Names.of(split())
        self._forget()

    def _forget(self) -> None:
        self._lexicon = Lexicon(self.names, cues())
        self._reader = Reader(self._lexicon)
        self._keys = np.zeros(0, np.uint32)
        self._bits = np.zeros(0, np.int64)
        self._said = np.zeros(0, np.int64)
        self._known = np.zeros(0, bool)

    def score(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the scores of `LABELS`, float32, shape (texts, labels); NaN: not judged."""
        if not texts:
            return np.zeros((0, LABELS), np.float32)
        if len(self._lexicon) > WORDS:
            self._forget()
        words, ends = self._reader.read([t if readable(t) else "" for t in texts])
        self._learn()
        again = {at: spelled(texts[at]) for at in self._spelled_out(words, ends)}
        if any(text != texts[at] for at, text in again.items()):
            words, ends = self._spelled(words, ends, again)
        return self._judged(words, ends)

    def _spelled(self, words: Ints, ends: Ints, again: Mapping[int, str]) -> tuple[Ints, Ints]:
        """Return the words of all texts, and those of some read `again`."""
        parts = np.split(words, ends[:-1])
        for at, text in again.items():
            parts[at], _ = self._reader.read([text])
        self._learn()
        return np.concatenate(parts), np.cumsum([len(part) for part in parts])

    def said(self, words: Sequence[str]) -> Ints:
        """Return what each word says alone, in 1 / `UNIT`."""
        numbers = [self._lexicon[word] for word in words]
        self._learn()
        return self._said[numbers]

    def _learn(self) -> None:
        """Work out what the words say that were not read before."""
        since, weights = len(self._keys), self.weights
        if since == len(self._lexicon):
            return
        keys, bits = self._lexicon.columns(since)
        factor = weights.factors
        said = factor[0] * weights.words[pair(keys, 0, 8) % len(weights.words)]
        owner, found = grams(self._lexicon.words[since:], RUNS)
        told = weights.runs[found % len(weights.runs)].astype(np.float64)
        # Sums of whole numbers below 2**53 are exact.
        runs = np.bincount(owner, told, len(keys)).astype(np.int64)
        spot = np.searchsorted(weights.known, keys)
        known = weights.known[np.minimum(spot, len(weights.known) - 1)] == keys
        self._keys = np.append(self._keys, keys)
        self._bits = np.append(self._bits, bits)
        self._said = np.append(self._said, said + factor[1] * runs)
        self._known = np.append(self._known, known)

    def _spelled_out(self, words: Ints, ends: Ints) -> set[int]:
        """Return the texts in which three letters stand alone beside each other."""
        single = (self._bits[words] & SINGLE) != 0
        three = np.flatnonzero(single[2:] & single[1:-1] & single[:-2])
        first, last = (np.searchsorted(ends, three + step, "right") for step in (0, 2))
        return set(first[first == last].tolist())

    def _judged(self, words: Ints, ends: Ints) -> NDArray[np.float32]:
        counts = np.diff(ends, prepend=0)
        bits = self._bits[words]
        content = (bits & STOP) == 0
        size = _sums(content, ends)
        english = _sums(self._known[words] & content, ends)
        judged = english > np.where(size <= FEW, 0, KNOWN * size)
        # Not numpy's: its last digit depends on the processor, and `few` must say the same.
        chance = np.array([chance_of(each) for each in self._odds(words, ends).tolist()])
        scores = np.zeros((len(ends), LABELS), np.float32)
        scores[:, 0] = chance
        text = np.repeat(np.arange(len(ends)), counts)
        shown = signs(bits >> CUES, (bits & 1) != 0, text, len(ends))
        scores[:, 1:] = np.where(shown, chance[:, None], 0)
        scores[:, 1] *= chance >= SEVERE
        scores[~judged] = np.nan
        return scores

    def _odds(self, words: Ints, ends: Ints) -> NDArray[np.float64]:
        """Return the score of each text: that of its worst window."""
        weights = self.weights
        seen = reading(words, ends, self._keys, self._bits, self.names.pairs)
        factor = weights.factors
        said = self._said[seen.words]
        said += factor[2] * weights.pairs[seen.pairs % len(weights.pairs)]
        where, around = seen.gaps
        np.add.at(said, where, factor[3] * weights.gaps[around % len(weights.gaps)])
        content = (self._bits[seen.words] & STOP) == 0
        odds = _worst(said, content, np.bincount(seen.text, minlength=len(ends)), weights.bias)
        doubtful = odds > log(DOUBTFUL / (1 - DOUBTFUL))
        if doubtful.any():
            some = doubtful[seen.text]
            words, text, said = seen.words[some], seen.text[some], said[some]
            said[_repeated(words, text) & (said > 0)] = 0
            length = np.bincount(text, minlength=len(ends))[doubtful]
            odds[doubtful] = _worst(said, content[some], length, weights.bias)
        return odds


def _worst(said: Ints, content: NDArray[np.bool_], length: Ints, bias: int) -> NDArray[np.float64]:
    """Return the score of each text of `length` words: that of its worst window."""
    total = np.concatenate(([0], np.cumsum(said)))
    content = np.concatenate(([0], np.cumsum(content)))
    begin = np.cumsum(length) - length
    many = 1 + -(-np.maximum(length - WINDOW, 0) // STEP)
    first = np.cumsum(many) - many
    turn = np.arange(many.sum()) - np.repeat(first, many)
    left, size = np.repeat(begin, many), np.repeat(length, many)
    start = left + np.minimum(turn * STEP, np.maximum(size - WINDOW, 0))
    stop = np.minimum(start + WINDOW, left + size)
    odds = (total[stop] - total[start]) / np.sqrt(content[stop] - content[start] + CALM)
    return np.asarray((np.maximum.reduceat(odds, first) + bias) / UNIT)


def _repeated(words: Ints, text: Ints) -> NDArray[np.bool_]:
    """Return which words have stood `REPEATS` times among the `WINDOW` words before them."""
    order = np.lexsort((np.arange(len(words)), words, text))
    same = np.zeros(len(words), bool)
    late, early = order[REPEATS:], order[:-REPEATS]
    near = (text[late] == text[early]) & (words[late] == words[early]) & (late - early < WINDOW)
    same[late] = near
    return same


def _sums(values: NDArray[np.bool_], ends: Ints) -> Ints:
    """Return how many of the values of each text are true."""
    total = np.concatenate(([0], np.cumsum(values)))
    return np.diff(total[ends], prepend=0)


@cache
def model() -> Model:
    """Return the model that ships with ftlint, loaded once a process."""
    return Model(load())
