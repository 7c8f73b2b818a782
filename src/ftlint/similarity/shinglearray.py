"""Shingles over arrays: those of many texts at once, as hashes; this module loads numpy."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate, compress
from operator import not_
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from ftlint.similarity.shingle import UNSPACED

PIECE = 1 << 17
"""Characters that are hashed at once, so that they stay in the cache; longer texts are cut."""
TAG = 24
"""Bits of a hash that are left out when shingles are compared, for the number of their owner."""
PACKED = np.dtype([("high", "<u4"), ("low", "u1")])
"""What is kept of the hash of a shingle: 40 bits; two of a pair of texts of a hundred shingles are
the same by chance once in 10^8."""
_EIGHT = 8
_LONG = 64
"""Bytes of a token above which it is hashed by itself."""
# Odd 64-bit numbers: the golden ratio and the constants of SplitMix64 and of MurmurHash3.
_FIRST, _NEXT = np.uint64(0xD6E8FEB86659FD93), np.uint64(0x9E3779B97F4A7C15)
_MIX, _MORE = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0xFF51AFD7ED558CCD)
# For each number of bytes, up to 8, a mask that keeps so many of 8.
_KEEP = np.array([(1 << 8 * size) - 1 for size in range(_EIGHT + 1)], np.uint64)

Whole = TypeVar("Whole", np.int64, np.uint64)
Words = NDArray[np.uint64]
Numbers = NDArray[np.int64]


class Pieces(NamedTuple):
    """Texts that are hashed together, at most `PIECE` characters and one text."""

    rows: list[int]
    """Which texts they are; one that is cut is there more than once."""
    texts: list[str]


def pieces(texts: Sequence[str]) -> Iterator[Pieces]:
    """Yield texts in pieces.

    Those that are ASCII first: one sign that is not makes a whole piece wider, and slower.
    """
    plain = list(map(str.isascii, texts))
    for chosen in (plain, list(map(not_, plain))):
        rows, those = list(compress(range(len(plain)), chosen)), list(compress(texts, chosen))
        sizes = list(map(len, those))
        if max(sizes, default=0) >= PIECE:
            cut = [
                (row, part) for row, text in zip(rows, those, strict=True) for part in _cut(text)
            ]
            rows, those = [row for row, _ in cut], [part for _, part in cut]
            sizes = list(map(len, those))
        ends = list(accumulate(sizes))
        start = begun = 0
        while start < len(ends):
            end = bisect_left(ends, begun + PIECE, start) + 1
            yield Pieces(rows[start:end], those[start:end])
            start, begun = end, ends[min(end, len(ends)) - 1]


def _cut(text: str) -> Iterator[str]:
    """Yield pieces with one token in common, cut at spaces; a word without end is cut, too."""
    start = 0
    while len(text) - start >= PIECE:
        end = text.rfind(" ", start + 1, start + PIECE - 1)
        common = text.rfind(" ", start, end) + 1
        if end < 0:
            end, common = start + PIECE - 1, start + PIECE - 2
        yield text[start:end]
        start = common if common > start else end
    yield text[start:]


def shingles(texts: Sequence[str]) -> tuple[Words, Numbers]:
    """Return 64-bit hashes of the pairs of neighbouring tokens, and how many each text has.

    They depend on tokens in UTF-8 alone.
    """
    data, starts, ends, lasts = _tokenised(" ".join([*texts, ""]), texts)
    tokens = _hashed(data, starts, ends)
    pairs = tokens[:-1] * _FIRST
    pairs += tokens[1:] * _NEXT
    pairs ^= pairs >> np.uint64(32)
    pairs *= _MIX
    pairs ^= pairs >> np.uint64(29)
    counts = lasts.copy()
    counts[1:] -= lasts[:-1]
    filled = counts > 0
    inside = np.ones(len(starts), bool)
    inside[lasts[filled] - 1] = False
    return pairs[inside[:-1]], counts - filled


def _tokenised(text: str, texts: Sequence[str]) -> tuple[bytes, Numbers, Numbers, Numbers]:
    """Return texts in UTF-8, where tokens begin and end, and how many there are up to each text."""
    bounds = np.cumsum(np.array(list(map(len, texts)), np.int64) + 1)
    if text.isascii():
        # Eight more bytes can be read at each token, also at the last.
        data = text.encode() + bytes(_EIGHT)
        ends = np.flatnonzero(np.frombuffer(data, np.uint8) == 32)
        starts = np.empty_like(ends)
        starts[:1] = 0
        np.add(ends[:-1], 1, out=starts[1:])
        there = starts < ends
        if not there.all():
            starts, ends = starts[there], ends[there]
        return data, starts, ends, np.searchsorted(ends, bounds)
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    alone = _unspaced().take(points, mode="clip")
    said = points != 32
    border = ~said | alone  # at its end, and for what is alone also before it
    starts = np.flatnonzero(said & (alone | np.append(True, border[:-1])))
    ends = np.flatnonzero(said[:-1] & (alone[:-1] | border[1:])) + 1
    data = text.encode("utf-8", "surrogatepass") + bytes(_EIGHT)
    places = np.flatnonzero(np.frombuffer(data, np.int8) >= -64)  # where signs begin
    return data, places[starts], places[ends], np.searchsorted(ends, bounds)


def _hashed(data: bytes, starts: Numbers, ends: Numbers) -> Words:
    """Return the hashes of tokens: of short ones their bytes, of others a sum over them."""
    # Eight bytes from each place on: a view that overlaps itself.
    eights: Words = np.ndarray((len(data) - _EIGHT + 1,), "<u8", data, 0, (1,))
    sizes = ends - starts
    tokens: Words = eights[starts]
    tokens &= _KEEP.take(sizes, mode="clip")
    left, at = np.flatnonzero(sizes > _EIGHT), _EIGHT
    while len(left) and at < _LONG:
        more = eights[starts[left] + at]
        more &= _KEEP.take(sizes[left] - at, mode="clip")
        tokens[left] = tokens[left] * _MORE + more
        at += _EIGHT
        left = left[sizes[left] > at]
    for token in left.tolist():
        tokens[token] = xxh3_64_intdigest(data[starts[token] : ends[token]])
    return tokens


def mixed(words: Words) -> Words:
    """Return 64-bit words of which each bit depends on all bits (SplitMix64, Steele 2014)."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


@cache
def _unspaced() -> NDArray[np.bool_]:
    """Return for each code point whether it is a token by itself; the last item is False."""
    table = np.zeros(max(codes.stop for codes in UNSPACED) + 1, bool)
    for codes in UNSPACED:
        table[codes.start : codes.stop] = True
    return table


def packed(hashes: Words) -> bytes:
    """Return what is kept of shingles, as `words` reads it."""
    made = np.empty(len(hashes), PACKED)
    made["high"], made["low"] = hashes >> np.uint64(32), hashes >> np.uint64(TAG)
    return made.tobytes()


def words(kept: bytes) -> Words:
    """Return shingles as they were kept: 40 bits each."""
    every = np.frombuffer(kept, PACKED)
    found: Words = every["high"].astype(np.uint64) << np.uint64(8) | every["low"]
    return found


def sets(texts: Sequence[str]) -> tuple[Words, Numbers]:
    """Return the shingles of all texts, 40 bits each, and whose each is."""
    every, whose = [], []
    for rows, some in pieces(texts):
        hashes, counts = shingles(some)
        every.append(hashes >> np.uint64(TAG))
        whose.append(np.repeat(np.asarray(rows, np.int64), counts))
    return _together(every), _together(whose)


def _together(parts: list[NDArray[Whole]]) -> NDArray[Whole]:
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def distinct(numbers: NDArray[Whole]) -> NDArray[Whole]:
    """Return numbers in order, once each; much faster than `np.unique` of NumPy 2.3."""
    numbers = np.sort(numbers)
    new = np.ones(len(numbers), bool)
    np.not_equal(numbers[1:], numbers[:-1], out=new[1:])
    return numbers[new]


def tagged(words: Words, owners: Numbers) -> Words:
    """Return hashes of 40 bits with the number of whose they are above them."""
    return words | owners.astype(np.uint64) << np.uint64(64 - TAG)
