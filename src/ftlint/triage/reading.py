"""Reading: texts as arrays of words, without the words that name a group of people.

What the model sees of a text is computed here, in training as in a run: whole numbers for words
and for what stands beside each other, hashed. Nothing tells which group was named: where one was,
only the words on both sides are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ftlint.triage.bit import FIRST, IDENTITY, PERSON, bits_of
from ftlint.triage.words import END, key, words_of
from ftlint.value import dataclass

MEMORY = 1 << 19
"""Pieces that are remembered; then all are forgotten. Size: about 100 bytes each."""

Ints = NDArray[np.int64]
Keys = NDArray[np.uint32]


@dataclass(frozen=True)
class Names:
    """The names of groups, by key."""

    single: frozenset[int]
    firsts: frozenset[int]
    """Words that begin a name of two."""
    pairs: Keys
    """The names of two words, sorted."""

    @classmethod
    def of(cls, names: Iterable[tuple[str, ...]]) -> Names:
        """Return the keys of names of one or two words."""
        known = list(names)
        single = frozenset(key(name[0]) for name in known if len(name) == 1)
        two = [(key(name[0]), key(name[1])) for name in known if len(name) == 2]
        left, right = (np.array([each[side] for each in two], np.uint32) for side in (0, 1))
        # Not by `np.unique`, which imports masked arrays: 8 ms.
        pairs = np.array(sorted(set(pair(left, right, 0).tolist())), np.uint32)
        return cls(single, frozenset(first for first, _ in two), pairs)


class Lexicon(dict[str, int]):
    """The number of each word that was read; what is known of it stands in columns."""

    def __init__(self, names: Names, cues: Mapping[int, int] | None = None) -> None:
        """Keep the names of groups, and the classes of cues by key of a word."""
        super().__init__()
        self.names = names
        self._cues = cues or {}
        self.words: list[str] = []
        self._bits: list[int] = []
        self._keys: list[int] = []

    def __missing__(self, word: str) -> int:
        """Return a new number for `word`."""
        number = self[word] = len(self.words)
        known = key(word)
        self.words.append(word)
        self._bits.append(bits_of(word, known, self.names, self._cues))
        self._keys.append(known)
        return number

    def columns(self, since: int) -> tuple[Keys, Ints]:
        """Return the keys and the bits of the words from number `since` on."""
        return np.array(self._keys[since:], np.uint32), np.array(self._bits[since:], np.int64)


class Reader(dict[str, int]):
    """What each piece of text in lower case that was seen holds, as a number.

    That of its word where it holds one; else, below zero, that of a row of words.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        """Start with nothing seen."""
        super().__init__()
        self.lexicon = lexicon
        self._rows: list[tuple[int, ...]] = [()]

    def __missing__(self, piece: str) -> int:
        """Return the number of `piece`."""
        row = tuple([self.lexicon[word] for word in words_of(piece)])
        if len(row) == 1:
            found = row[0]
        else:
            found = ~len(self._rows) if row else ~0
            self._rows += [row] if row else []
        self[piece] = found
        return found

    def read(self, texts: Iterable[str]) -> tuple[Ints, Ints]:
        """Return the numbers of all words and where each text ends among them."""
        if len(self) >= MEMORY:
            self.clear()
            self._rows = [()]
        pieces: list[str] = []
        ends: list[int] = []
        for text in texts:
            pieces += text.lower().split()
            ends.append(len(pieces))
        found = np.fromiter(map(self.__getitem__, pieces), np.int64, len(pieces))
        rows = [self._rows[~number] for number in found[found < 0].tolist()]
        sizes = np.ones(len(found), np.int64)
        sizes[found < 0] = list(map(len, rows))
        words = np.repeat(found, sizes)
        words[words < 0] = list(chain.from_iterable(rows))
        total = np.concatenate(([0], np.cumsum(sizes)))
        return words, total[np.array(ends, np.int64)]


@dataclass(frozen=True, slots=True)
class Reading:
    """Some texts without the names of groups."""

    words: Ints
    """Numbers of the words that are left, of all texts."""
    text: Ints
    """The text of each."""
    pairs: Keys
    """One a word: it and the one before it."""
    gaps: tuple[Ints, Keys]
    """The word that it counts for, and the key: what stands around a name that was left out."""
    kept: NDArray[np.bool_]
    """Which of the words that were read are left."""


def pair(left: Keys | int, right: Keys | int, kind: int) -> Keys:
    """Return keys of pairs of keys, scrambled so that any bits of them will do."""
    mixed = _times(left, 0x9E3779B1) + _times(right, 0x85EBCA6B)
    mixed = mixed + _times(kind, 0xC2B2AE35)
    mixed ^= mixed >> np.uint32(15)
    mixed = mixed * np.uint32(0x2C1B3C6D)
    return np.asarray(mixed ^ (mixed >> np.uint32(13)), np.uint32)


def _times(side: Keys | int, factor: int) -> Any:
    if isinstance(side, int):  # numpy warns when one number wraps, not when an array does
        return np.uint32(side * factor & 0xFFFFFFFF)
    return side * np.uint32(factor)


def reading(words: Ints, ends: Ints, keys: Keys, bits: Ints, phrases: Keys) -> Reading:
    """Return what is left of texts; `keys` and `bits` are by number, `phrases` names of two."""
    counts = np.diff(ends, prepend=0)
    text = np.repeat(np.arange(len(ends)), counts)
    kept = ~_named(words, text, keys, bits[words], phrases)
    at = np.flatnonzero(kept)
    left, owner = words[at], text[at]
    size = len(at)
    # Two stops around each text, so that neighbours of the first and last word are at hand.
    shifted = np.arange(size) + 2 + 2 * owner
    line = np.full(size + 2 * len(ends) + 4, key(END), np.uint32)
    line[shifted] = keys[left]
    pairs = pair(line[shifted - 1], line[shifted], 1)
    where, place = _gaps(at, owner, ends, shifted)
    two, one, here, next_ = (line[place + step] for step in (-2, -1, 0, 1))
    around = [
        pair(one, 0, 2),
        pair(0, here, 3),
        pair(one, here, 4),
        pair(two, one, 5),
        pair(here, next_, 6),
    ]
    return Reading(
        left,
        owner,
        pairs,
        (np.tile(where, len(around)), np.concatenate(around)),
        kept,
    )


def _gaps(at: Ints, owner: Ints, ends: Ints, shifted: Ints) -> tuple[Ints, Ints]:
    """Return for each gap the word that it counts for, and the place of the word after it."""
    first = np.ones(len(at), bool)
    first[1:] = owner[1:] != owner[:-1]
    before = np.concatenate(([0], ends[:-1]))[owner]
    before[1:] = np.where(first[1:], before[1:], at[:-1] + 1)
    last = np.append(first[1:], len(at) > 0)[: len(at)]
    inside = np.flatnonzero(at > before)
    tail = np.flatnonzero(last & (at + 1 < ends[owner]))
    return (
        np.concatenate((inside, tail)),
        np.concatenate((shifted[inside], shifted[tail] + 1)),
    )


def _named(words: Ints, text: Ints, keys: Keys, bits: Ints, phrases: Keys) -> NDArray[np.bool_]:
    """Return which words name a group, or people beside such a name."""
    named = (bits & IDENTITY) != 0
    same = text[1:] == text[:-1]
    begin = np.flatnonzero(((bits[:-1] & FIRST) != 0) & same)
    if len(begin) and len(phrases):
        both = pair(keys[words[begin]], keys[words[begin + 1]], 0)
        begin = begin[phrases.take(np.searchsorted(phrases, both), mode="clip") == both]
        named[begin] = named[begin + 1] = True
    person = (bits & PERSON) != 0
    beside = np.zeros(len(words), bool)
    beside[1:] |= named[:-1] & same
    beside[:-1] |= named[1:] & same
    return np.asarray(named | (person & beside))


def grams(words: Sequence[str], sizes: Sequence[int]) -> tuple[Ints, Keys]:
    """Return the number of the word and the key of each run of letters, edges included."""
    joined = "".join([f"<{word}>" for word in words])
    letters = np.frombuffer(joined.encode("latin-1", "replace"), np.uint8).astype(np.uint32)
    lengths = np.array([len(word) + 2 for word in words], np.int64)
    owner = np.repeat(np.arange(len(words)), lengths)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(letters))
    owners, found = [], []
    rolling = np.zeros(len(letters), np.uint32)
    for size in range(1, max(sizes) + 1):
        rolling = rolling[: len(letters) - size + 1] * np.uint32(0x01000193)
        rolling = rolling + letters[size - 1 :]
        if size in sizes:
            at = np.flatnonzero(left[: len(rolling)] >= size)
            owners.append(owner[at])
            found.append(pair(rolling[at], size, 7))
    return np.concatenate(owners), np.concatenate(found)
