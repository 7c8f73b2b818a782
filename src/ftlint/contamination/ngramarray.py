"""N-grams over arrays: which of many texts have an n-gram that is looked for; with numpy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain, compress
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
    UNSPACED,
    N,
    fold,
    near,
)

Hashes = NDArray[np.uint64]
Indices = NDArray[np.intp]
Known = Callable[[Hashes], tuple[Indices, Indices]]
"""From hashes to the indices of those that are looked for, and a number for each of these."""

_SLICE = 1 << 14
"""Words that are looked at together: their arrays stay in the processor's cache."""
_EIGHT = 8
_COMPOSED = range(128, 0x3400), range(0xF900, 1 << 16)
"""Code points of which NFC may make several: not signs of Han, Hangul, Yi or of private use."""
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
    numbers: Indices
    """What `Known` calls them."""


def hits(texts: list[str], known: Known, unspaced: bool = True) -> Hits:
    """Return the n-grams, or the wholes of short texts, that are `known`.

    Without `unspaced` nothing is looked for that has words of scripts without spaces.
    """
    found = [Hits(*(np.empty(0, kind) for kind in (int, int, np.uint64, int, int)))]
    # Apart, since one sign that is not ASCII makes the whole string wider, and slower.
    plain = np.array(list(map(str.isascii, texts)), bool)
    for ascii, chosen in ((True, plain), (False, ~plain)):
        those, numbers = list(compress(texts, chosen.tolist())), np.flatnonzero(chosen)
        if those and not ascii and not unspaced:
            wordy = _wordy(those)
            those, numbers = list(compress(those, wordy)), numbers[wordy]
        if those:
            column = _Column(those, unspaced)
            for some in (*column.runs(known), column.wholes(known)):
                found.append(some._replace(texts=numbers[some.texts]))
    joined = [np.concatenate(columns) for columns in zip(*found, strict=True)]
    order = np.lexsort((joined[1], joined[0]))
    return Hits(*(column[order] for column in joined))


_END = "\x1c"
"""What parts texts: a sign that is in none of them."""


def _wordy(texts: list[str]) -> NDArray[np.bool_]:
    """Return which texts may hold enough words, unspaced ones aside."""
    units = _units(_END.join(texts))
    ends = np.flatnonzero(units == ord(_END))
    if len(ends) >= len(texts):
        return np.ones(len(texts), bool)
    kinds = _kinds().take(units)
    begun = kinds > 0
    begun[1:] &= kinds[:-1] != 1
    counts = np.add.reduceat(begun, np.concatenate(([0], ends)), dtype=int)
    enough: NDArray[np.bool_] = counts >= SHORTEST
    return enough


class _Column:
    """The words of some texts."""

    def __init__(self, texts: list[str], unspaced: bool) -> None:
        """Fold all texts as one, and find the words."""
        plain = texts[0].isascii()
        data, bare, parts = _plain(texts) if plain else _widened(texts, unspaced)
        starts, ends = _bounds(np.frombuffer(data, np.uint8), bare)
        self.firsts: Indices = np.searchsorted(starts, parts)
        """The number of the first word of each text, and of what would come next."""
        # Eight bytes from each place on: a view that overlaps itself.
        eights: Hashes = np.ndarray((len(data) - 7,), "<u8", data, 0, (1,))
        self.words = np.empty(len(starts), np.uint64)
        for first in range(0, len(starts), _SLICE):
            part = slice(first, first + _SLICE)
            self.words[part] = _hashed(eights, starts[part], ends[part])

    def runs(self, known: Known) -> Iterator[Hits]:
        """Yield the n-grams that are known."""
        for first in range(0, len(self.words), _SLICE):
            rolled = _rolled(self.words[first : first + _SLICE + N - 1])
            met, numbers = known(rolled)
            begins = met + first
            texts = np.searchsorted(self.firsts, begins, "right") - 1
            # No n-gram goes on into the next text.
            inside = np.flatnonzero(begins + N <= self.firsts[texts + 1])
            places, values = (begins - self.firsts[texts])[inside], rolled[met[inside]]
            yield Hits(texts[inside], places, values, np.full(len(inside), N), numbers[inside])

    def wholes(self, known: Known) -> Hits:
        """Return the texts that are too short for an n-gram and known as a whole."""
        counts = np.diff(self.firsts)
        short = np.flatnonzero((counts >= SHORTEST) & (counts < N))
        values = np.zeros(len(short), np.uint64)
        for place in range(N - 1):
            there = np.flatnonzero(counts[short] > place)
            spoken = self.words[self.firsts[short[there]] + place]
            values[there] = values[there] * _POWER[1] + spoken
        met, numbers = known(values)
        texts = short[met]
        return Hits(texts, np.zeros(len(met), int), values[met], counts[texts], numbers)


def _plain(texts: list[str]) -> tuple[bytes, bool, Indices]:
    """Return texts of plain ASCII in one, folded, and where each begins and all end."""
    # Eight more bytes can be read at each word, also at the last.
    data = " ".join(["", *texts, " " * _EIGHT]).encode().translate(TABLE)
    begins = np.zeros(len(texts) + 1, int)
    np.cumsum(np.array(list(map(len, texts)), int) + 1, out=begins[1:])
    return data, False, begins


def _widened(texts: list[str], unspaced: bool) -> tuple[bytes, bool, Indices]:
    """Return the same of other texts, and whether a run of `SIGN` is one word."""
    # One by one: most are in this form, and are left alone.
    texts = [normalize("NFC", text) for text in texts]
    joined = _END.join(texts)
    if joined.count(_END) >= len(texts):
        joined = _END.join([text.replace(_END, " ") for text in texts])
    bare = not (unspaced or joined.isascii() or SIGN in joined)
    joined = (_folded if bare else fold)(f"{_END}{joined}{_END}", unspaced)
    encoded = joined.encode() + b" " * _EIGHT
    parts = np.flatnonzero(np.frombuffer(encoded, np.uint8) == ord(_END))
    return encoded.translate(TABLE), bare, parts


def _hashed(eights: Hashes, starts: Indices, ends: Indices) -> Hashes:
    """Return the hashes of words, as `ngram.hash_word` has them."""
    sizes = ends - starts
    values: Hashes = eights[starts]
    values &= _KEEP.take(sizes, mode="clip")
    values *= np.uint64(FIRST)
    values += sizes.view(np.uint64) * np.uint64(LENGTH)
    long = np.flatnonzero(sizes > _EIGHT)
    values[long] += eights[ends[long] - _EIGHT] * np.uint64(LAST)
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
    """Return for each code point below 65 536 what becomes of it: itself, a space, or `SIGN`."""
    table = np.arange(1 << 16, dtype=np.uint16)
    wordy = np.fromiter(map(str.isalnum, map(chr, range(1 << 16))), bool, 1 << 16)
    wordy[:128] = True
    table[~wordy] = 32
    for first, last in zip(UNSPACED[::3], UNSPACED[2::3], strict=True):
        signs = table[ord(first) : ord(last) + 1]
        signs[signs != 32] = ord(SIGN)
    return table


@cache
def _kinds() -> NDArray[np.uint8]:
    """Return for each unit of UTF-16 whether it is of a word: 1, or 2 where it may end there.

    That is what NFC takes apart. Half of a sign of two units counts as such a word.
    """
    table = _table()
    kinds: NDArray[np.uint8] = ((table != 32) & (table != ord(SIGN))).astype(np.uint8)
    kinds[:128] = [byte != 32 for byte in TABLE[:128]]
    kinds[[code for code in chain(*_COMPOSED) if len(normalize("NFC", chr(code))) > 1]] = 2
    kinds[0xD800:0xDC00], kinds[0xDC00:0xE000] = 2, 0
    return kinds


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
