"""N-grams over arrays: which of many texts have an n-gram that is looked for; with numpy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from ftlint.contamination.ngram import (
    BASE,
    FIRST,
    LAST,
    LENGTH,
    MIX,
    SHORTEST,
    SIGN,
    TABLE,
    N,
    fold,
    folded,
    near,
)

Hashes = NDArray[np.uint64]
Indices = NDArray[np.intp]
Known = Callable[[Hashes], Indices]
"""From hashes to the indices of those that are looked for."""

_SLICE = 1 << 14
"""Words that are looked at together: their arrays stay in the processor's cache."""
_EIGHT = 8
# For each number of bytes, up to 8, a mask that keeps so many of 8.
_KEEP = np.array([(1 << 8 * size) - 1 for size in range(_EIGHT + 1)], np.uint64)
_POWER = [np.uint64(pow(BASE, exponent, 1 << 64)) for exponent in range(N)]


class Hits(NamedTuple):
    """N-grams, or wholes of short texts, that are known: a column each, by text and place."""

    texts: Indices
    places: Indices
    """First words."""
    values: Hashes
    widths: Indices
    """Words."""


def hits(texts: list[str], known: Known, unspaced: bool = True) -> Hits:
    """Return the n-grams, or the wholes of short texts, that are `known`."""
    found = [Hits(*(np.empty(0, kind) for kind in (int, int, np.uint64, int)))]
    # Apart, since one sign that is not ASCII makes the whole string wider, and slower.
    plain = [text.isascii() for text in texts]
    for ascii in (True, False):
        chosen = [index for index, is_ascii in enumerate(plain) if is_ascii is ascii]
        if chosen:
            column = _Column([texts[index] for index in chosen], unspaced)
            numbers = np.array(chosen)
            for some in (*column.runs(known), column.wholes(known)):
                found.append(some._replace(texts=numbers[some.texts]))
    joined = [np.concatenate(columns) for columns in zip(*found, strict=True)]
    order = np.lexsort((joined[1], joined[0]))
    return Hits(*(column[order] for column in joined))


_END = "\x1c"
"""What parts texts: a sign that is in none of them."""


class _Column:
    """The words of some texts."""

    def __init__(self, texts: list[str], unspaced: bool) -> None:
        """Fold all texts as one, and find the words."""
        if not texts[0].isascii():  # one by one: most are in this form, and are left alone
            texts = [normalize("NFC", text) for text in texts]
        joined = _END.join(texts)
        if joined.count(_END) >= len(texts):
            joined = _END.join([text.replace(_END, " ") for text in texts])
        # Eight more bytes can be read at each word, also at the last.
        bare = not (unspaced or joined.isascii() or SIGN in joined)
        joined = (_folded if bare else fold)(f"{_END}{joined}{_END}", unspaced)
        encoded = joined.encode() + b" " * _EIGHT
        data = encoded.translate(TABLE)
        self.starts, self.ends = _bounds(np.frombuffer(data, np.uint8), bare)
        # Eight bytes from each place on: a view that overlaps itself.
        self.eights: Hashes = np.ndarray((len(data) - 7,), "<u8", data, 0, (1,))
        parts = np.flatnonzero(np.frombuffer(encoded, np.uint8) == ord(_END))
        self.firsts: Indices = np.searchsorted(self.starts, parts)
        """The number of the first word of each text, and of what would come next."""

    def runs(self, known: Known) -> Iterator[Hits]:
        """Yield the n-grams that are known."""
        total = len(self.starts)
        for first in range(0, total, _SLICE):
            rolled = _rolled(self._words(first, min(first + _SLICE + N - 1, total)))
            met = known(rolled)
            begins = met + first
            texts = np.searchsorted(self.firsts, begins, "right") - 1
            # No n-gram goes on into the next text.
            inside = begins + N <= self.firsts[texts + 1]
            places = begins - self.firsts[texts]
            yield Hits(texts[inside], places[inside], rolled[met[inside]], np.full(inside.sum(), N))

    def wholes(self, known: Known) -> Hits:
        """Return the texts that are too short for an n-gram and known as a whole."""
        counts = np.diff(self.firsts)
        short = np.flatnonzero((counts >= SHORTEST) & (counts < N))
        values = np.zeros(len(short), np.uint64)
        for place in range(N - 1):
            there = np.flatnonzero(counts[short] > place)
            spoken = self._hashed(self.firsts[short[there]] + place)
            values[there] = values[there] * _POWER[1] + spoken
        met = known(values)
        texts = short[met]
        return Hits(texts, np.zeros(len(met), int), values[met], counts[texts])

    def _words(self, first: int, last: int) -> Hashes:
        return self._hashed(np.arange(first, last))

    def _hashed(self, places: Indices) -> Hashes:
        """Return the hashes of words, as `ngram.hash_word` has them."""
        starts, ends = self.starts[places], self.ends[places]
        sizes = ends - starts
        values: Hashes = self.eights[starts] & _KEEP[np.minimum(sizes, _EIGHT)]
        values *= np.uint64(FIRST)
        values += sizes.astype(np.uint64) * np.uint64(LENGTH)
        long = np.flatnonzero(sizes > _EIGHT)
        values[long] += self.eights[ends[long] - _EIGHT] * np.uint64(LAST)
        values ^= values >> np.uint64(31)
        values *= np.uint64(MIX)
        values ^= values >> np.uint64(29)
        return values


def _folded(text: str, unspaced: bool) -> str:
    """Return text in NFC as `ngram.fold` does, but for the spaces around the signs of a run."""
    units = _units(text)
    if len(units) > len(text):
        text = near(text)
        units = _units(text)
    if len(units) > len(text):
        return fold(text, unspaced)
    return _table()[units].tobytes().decode("utf-16-le").lower()


def _units(text: str) -> NDArray[np.uint16]:
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), "<u2")


@cache
def _table() -> NDArray[np.uint16]:
    """Return for each code point below 65 536 what becomes of it."""
    every = "".join(map(chr, range(1 << 16)))
    return _units(folded(every))


def _bounds(data: NDArray[np.uint8], bare: bool) -> tuple[Indices, Indices]:
    """Return where words begin and end; a `bare` run of `SIGN` is one of a single byte."""
    inside = data != 32
    edges = inside[1:] != inside[:-1]
    runs = data == ord(SIGN)
    if not bare or not runs.any():
        found = np.flatnonzero(edges) + 1
        return found[::2], found[1::2]
    edges |= runs[1:] != runs[:-1]
    starts = np.flatnonzero(edges & inside[1:]) + 1
    ends = np.flatnonzero(edges & inside[:-1]) + 1
    return starts, np.where(runs[starts], starts + 1, ends)


def _rolled(one: Hashes) -> Hashes:
    """Return the hash of each run of `N` words, from those of 1, 2, 4 and 8."""
    if len(one) < N:
        return one[:0]
    two = one[:-1] * _POWER[1] + one[1:]
    four = two[:-2] * _POWER[2] + two[2:]
    eight = four[:-4] * _POWER[4] + four[4:]
    count = len(one) - N + 1
    eight, four = eight[:count] * _POWER[5], four[8 : 8 + count] * _POWER[1]
    run: Hashes = np.add(np.add(eight, four), one[12 : 12 + count])
    return run
