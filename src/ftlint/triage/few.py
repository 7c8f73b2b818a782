"""Few: the scores of a few texts, as `model` has them to the last bit, without numpy.

A run on a small file has a few texts that the gate lets pass, and to import numpy for them would
take longer than all that is said of them. All sums are of whole numbers, so their order is free.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from itertools import accumulate, pairwise
from math import log, nan, sqrt
from zipfile import ZipFile

from ftlint.triage.bit import CUES, FIRST, IDENTITY, PERSON, SINGLE, STOP, bits_of
from ftlint.triage.cues import cues, kinds
from ftlint.triage.form import (
    CALM,
    DOUBTFUL,
    FEW,
    KNOWN,
    LABELS,
    PATH,
    REPEATS,
    RUNS,
    SEVERE,
    STEP,
    UNIT,
    WINDOW,
    chance_of,
)
from ftlint.triage.identity import split
from ftlint.triage.words import END, key, readable, spelled, words_of
from ftlint.value import dataclass

MOST = 1 << 16
"""Characters that are read in one process: 50 ms, which numpy takes to be imported."""
_ALL = 0xFFFFFFFF
_END = key(END)


def pair(left: int, right: int, kind: int) -> int:
    """Return the key of a pair of keys; `reading.pair` of one pair."""
    mixed = (left * 0x9E3779B1 + right * 0x85EBCA6B + kind * 0xC2B2AE35) & _ALL
    mixed = ((mixed ^ mixed >> 15) * 0x2C1B3C6D) & _ALL
    return mixed ^ mixed >> 13


@dataclass(frozen=True)
class Names:
    """The names of groups, by key."""

    single: frozenset[int]
    firsts: frozenset[int]
    pairs: frozenset[int]


@dataclass(frozen=True, slots=True)
class Word:
    """What a word is and says by itself."""

    text: str
    key: int
    bits: int
    says: int
    """In 1 / `UNIT`."""
    known: bool


class Few:
    """The weights, and the words that were read so far."""

    def __init__(self) -> None:
        """Read the weights; nothing in them is code."""
        with ZipFile(PATH) as file:
            part = {name: _column(file.read(f"{name}.npy"), code) for name, code in _PARTS.items()}
        self._words, self._runs, self._pairs, self._gaps = (
            part[name] for name in ("words", "runs", "pairs", "gaps")
        )
        self._factors, self._bias = part["factors"].tolist(), part["bias"][0]
        self._known = list(accumulate(part["known"]))
        named = [tuple(map(key, name)) for name in split()]
        self._names = Names(
            frozenset(name[0] for name in named if len(name) == 1),
            frozenset(name[0] for name in named if len(name) == 2),
            frozenset(pair(name[0], name[1], 0) for name in named if len(name) == 2),
        )
        self._seen: dict[str, Word] = {}
        self._left = MOST

    def takes(self, texts: Sequence[str]) -> bool:
        """Return whether it is sooner to score `texts` here; what was scored so far counts."""
        self._left -= sum(map(len, texts))
        return self._left >= 0

    def score(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """Return the scores of the labels of each text; NaN: not judged."""
        return [self._scored(text) for text in texts]

    def _scored(self, text: str) -> tuple[float, ...]:
        words = self._read(text)
        three = zip(words, words[1:], words[2:], strict=False)
        if any(a.bits & b.bits & c.bits & SINGLE for a, b, c in three):
            words = self._read(spelled(text))
        content = [word for word in words if not word.bits & STOP]
        english = sum(word.known for word in content)
        if english <= (0 if len(content) <= FEW else KNOWN * len(content)):
            return (nan,) * LABELS
        chance = chance_of(self._odds(words))
        shown = kinds([word.bits >> CUES for word in words], [word.bits & 1 for word in words])
        rest = [chance if each else 0.0 for each in shown]
        rest[0] *= chance >= SEVERE
        return tuple(array("f", [chance, *rest]))

    def _read(self, text: str) -> list[Word]:
        pieces = text.split() if readable(text) else ()
        return [self._word(word) for piece in pieces for word in words_of(piece)]

    def _word(self, word: str) -> Word:
        if word not in self._seen:
            known = key(word)
            says = self._factors[0] * _of(self._words, pair(known, 0, 8))
            says += self._factors[1] * sum(_of(self._runs, each) for each in _grams(word))
            at = bisect_left(self._known, known)
            found = at < len(self._known) and self._known[at] == known
            bits = bits_of(word, known, self._names, cues())
            self._seen[word] = Word(word, known, bits, says, found)
        return self._seen[word]

    def _odds(self, words: Sequence[Word]) -> float:
        """Return the score of a text: that of its worst window."""
        kept = self._kept(words)
        left = [words[at] for at in kept]
        line = [_END, _END, *(word.key for word in left), _END, _END]
        said = [
            word.says + self._factors[2] * _of(self._pairs, pair(line[at + 1], word.key, 1))
            for at, word in enumerate(left)
        ]
        for at, around in _gaps(kept, len(words), line):
            said[at] += self._factors[3] * sum(_of(self._gaps, each) for each in around)
        content = [not word.bits & STOP for word in left]
        odds = self._worst(said, content)
        if odds > log(DOUBTFUL / (1 - DOUBTFUL)):
            odds = self._worst(_once(said, left), content)
        return odds

    def _kept(self, words: Sequence[Word]) -> list[int]:
        """Return the places of the words that name no group, nor people beside such a name."""
        named = [bool(word.bits & IDENTITY) for word in words]
        for at, (word, after) in enumerate(pairwise(words)):
            if word.bits & FIRST and pair(word.key, after.key, 0) in self._names.pairs:
                named[at] = named[at + 1] = True
        wide = [False, *named, False]
        return [
            at
            for at, word in enumerate(words)
            if not named[at] and not (word.bits & PERSON and (wide[at] or wide[at + 2]))
        ]

    def _worst(self, said: Sequence[int], content: Sequence[bool]) -> float:
        total, many = (list(accumulate(each, initial=0)) for each in (said, content))
        last = max(len(said) - WINDOW, 0)
        windows = [min(at, last) for at in range(0, last + STEP, STEP)]
        ends = [(at, min(at + WINDOW, len(said))) for at in windows]
        odds = [(total[b] - total[a]) / sqrt(many[b] - many[a] + CALM) for a, b in ends]
        return (max(odds) + self._bias) / UNIT


_PARTS = {"words": "b", "runs": "b", "pairs": "b", "gaps": "b", "known": "I", "factors": "i",
          "bias": "q"}  # fmt: skip
"""The arrays of the file that are read here, and their types."""


def _column(raw: bytes, code: str) -> array[int]:
    """Return the numbers of an array of numpy, version 1 of the format, little-endian."""
    found = array(code, raw[10 + int.from_bytes(raw[8:10], "little") :])
    if sys.byteorder == "big":
        found.byteswap()
    return found


def _of(table: array[int], each: int) -> int:
    return table[each % len(table)]


def _grams(word: str) -> list[int]:
    """Return the keys of the runs of letters of a word, edges included."""
    letters = f"<{word}>".encode("latin-1", "replace")
    found = []
    for size in RUNS:
        for at in range(len(letters) - size + 1):
            rolling = 0
            for letter in letters[at : at + size]:
                rolling = (rolling * 0x01000193 + letter) & _ALL
            found.append(pair(rolling, size, 7))
    return found


def _gaps(kept: Sequence[int], words: int, line: Sequence[int]) -> list[tuple[int, list[int]]]:
    """Return for each gap the word that it counts for, and keys of what stands around it."""
    places = [
        (at, at + 2) for at, before in enumerate((-1, *kept[:-1])) if kept and kept[at] > before + 1
    ]
    if kept and kept[-1] + 1 < words:
        places.append((len(kept) - 1, len(kept) + 2))
    found = []
    for at, place in places:
        two, one, here, after = line[place - 2 : place + 2]
        around = [(one, 0, 2), (0, here, 3), (one, here, 4), (two, one, 5), (here, after, 6)]
        found.append((at, [pair(*each) for each in around]))
    return found


def _once(said: Sequence[int], words: Sequence[Word]) -> list[int]:
    """Return what words say, without what they have said `REPEATS` times in `WINDOW` words."""
    seen: dict[str, list[int]] = {}
    left = list(said)
    for at, word in enumerate(words):
        places = seen.setdefault(word.text, [])
        if len(places) >= REPEATS and at - places[-REPEATS] < WINDOW and left[at] > 0:
            left[at] = 0
        places.append(at)
    return left


@cache
def few() -> Few:
    """Return the weights that ship with ftlint, loaded once a process."""
    return Few()
