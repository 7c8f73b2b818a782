"""MinHash: sketches of sets of shingles for many texts at once, and which texts are candidates.

A sketch is that of fast similarity sketching (Dahlgaard, Knudsen, Thorup 2017): each shingle is
thrown into one of the bins, round after round, until no bin is empty; a bin keeps the smallest
value of the earliest round. Two texts agree in a bin with a probability that is their Jaccard
similarity, however short they are, at the cost of about one hash a shingle of a long text.
Of each value 8 bits are kept (b-bit minwise hashing, Li and König 2010). This module loads numpy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from ftlint.similarity.shingle import UNSPACED

BINS = 64
"""Bytes of a sketch: one a bin."""
ROUNDS = (1, 2, 4, 8, 16, 32, 64)
"""Rounds after which only texts with empty bins go on; after the last a bin stays empty."""
PIECE = 1 << 17
"""Characters that are hashed at once, so that sums stay in the cache; longer texts are cut."""
_BASE = 0x9E3779B97F4A7C15
"""Odd, so that it can be divided by modulo 2**64."""
_FIRST = np.uint64(0xD6E8FEB86659FD93)
_BLANK = bytes.maketrans(b" ", b"\0")
_FULL = np.uint32(0xFFFFFFFF)
TAG = 24
"""Bits of a hash that are left out when shingles are compared, for the number of their owner."""
PACKED = np.dtype([("high", "<u4"), ("low", "u1")])
"""What is kept of the hash of a shingle: 40 bits; two of a pair of texts of a hundred shingles are
the same by chance once in 10^8."""
_RANK = 26
"""Bits of a value below the number of its round."""
_THROWN = 1 << 15
"""Shingles, times rounds, that are thrown at once; of few, a call takes longer than its work."""

Whole = TypeVar("Whole", np.int64, np.uint64)
Words = NDArray[np.uint64]
Numbers = NDArray[np.int64]


class Kept(NamedTuple):
    """Sketches and shingles of some texts."""

    sketches: NDArray[np.uint8]
    """One a text, shape (texts, BINS); zeros for a text without a shingle."""
    shingles: bytes
    """Those of each text side by side, as `words` reads them."""
    starts: Numbers
    """Where those of each text begin, counted in shingles."""
    counts: Numbers
    """How many they are of each text; none of one that is too long."""


def sketches(texts: Sequence[str], kept: int = 0) -> Kept:
    """Return the sketches of normalised texts, and shingles of those up to `kept` characters."""
    found = np.full((len(texts), BINS), _FULL)
    starts, counts = np.zeros((2, len(texts)), np.int64)
    packed, done = [], 0
    for rows, pieces in _pieces(texts):
        hashes, owners = shingles(pieces)
        those = np.asarray(rows)
        if len({*rows}) < len(rows):  # pieces of one text
            those, places = np.unique(those, return_inverse=True)
            owners = places[owners]
        found[those] = np.minimum(found[those], _thrown(hashes, owners, len(those)))
        short = np.array([len(texts[row]) <= kept for row in those.tolist()])
        many = np.bincount(owners, minlength=len(those)) * short
        starts[those], counts[those] = done + np.cumsum(many) - many, many
        packed.append(_packed(hashes if short.all() else hashes[short[owners]]))
        done += int(many.sum())
    made = (found + np.uint32(1)).astype(np.uint8)
    return Kept(made, b"".join(packed), starts, counts)


def _packed(hashes: Words) -> bytes:
    packed = np.empty(len(hashes), PACKED)
    packed["high"], packed["low"] = hashes >> np.uint64(32), hashes >> np.uint64(TAG)
    return packed.tobytes()


def words(packed: bytes) -> Words:
    """Return shingles as they were kept by `sketches`: 40 bits each."""
    every = np.frombuffer(packed, PACKED)
    found: Words = every["high"].astype(np.uint64) << np.uint64(8) | every["low"]
    return found


def _together(parts: list[NDArray[Whole]]) -> NDArray[Whole]:
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def sets(texts: Sequence[str]) -> tuple[Words, Numbers]:
    """Return the shingles of all texts, 40 bits each, and whose each is."""
    every, whose = [], []
    for rows, pieces in _pieces(texts):
        hashes, owners = shingles(pieces)
        every.append(hashes >> np.uint64(TAG))
        whose.append(np.asarray(rows, np.int64)[owners])
    return _together(every), _together(whose)


def distinct(numbers: NDArray[Whole]) -> NDArray[Whole]:
    """Return numbers in order, once each; much faster than `np.unique` of NumPy 2.3."""
    numbers = np.sort(numbers)
    new = np.ones(len(numbers), bool)
    np.not_equal(numbers[1:], numbers[:-1], out=new[1:])
    return numbers[new]


def tagged(words: Words, owners: Numbers) -> Words:
    """Return hashes of 40 bits with the number of whose they are above them."""
    return words | owners.astype(np.uint64) << np.uint64(64 - TAG)


def _pieces(texts: Sequence[str]) -> Iterator[tuple[list[int], list[str]]]:
    """Yield rows of texts and their texts, at most twice `PIECE` characters at a time.

    Those that are ASCII first: one sign that is not makes a whole piece wider, and slower.
    """
    plain = [text.isascii() for text in texts]
    for ascii in (True, False):
        rows: list[int] = []
        pieces: list[str] = []
        size = 0
        for row in [row for row, is_ascii in enumerate(plain) if is_ascii is ascii]:
            text = texts[row]
            for piece in [text] if len(text) < PIECE else _cut(text):
                rows.append(row)
                pieces.append(piece)
                size += len(piece) + 1
                if size >= PIECE:
                    yield rows, pieces
                    rows, pieces, size = [], [], 0
        if rows:
            yield rows, pieces


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
    """Return 64-bit hashes of the pairs of neighbouring tokens, and the text each stands in.

    The texts have at most twice `PIECE` characters together, one counted for each end. A token
    is hashed after Karp and Rabin, modulo 2**64; the sums of all characters up to each end of a
    token serve them all.
    """
    data, ends = _tokenised(" ".join(texts) + " ")
    powers, inverses, room = _powers()
    sums = room[: len(data)]  # fresh memory would take longer than the sums
    np.multiply(data, powers[: len(data)], out=sums)
    np.cumsum(sums, out=sums)
    tokens = np.diff(sums[ends], prepend=np.uint64(0)) * inverses[ends]
    bounds = np.cumsum(np.array([len(text) + 1 for text in texts], np.int64))
    counts = np.diff(np.searchsorted(ends, bounds), prepend=0)
    owners = np.repeat(np.arange(len(texts)), counts)
    inside = owners[:-1] == owners[1:]
    pairs = mixed(tokens[:-1] * _FIRST + tokens[1:])
    return pairs[inside], owners[:-1][inside]


def _tokenised(text: str) -> tuple[NDArray[np.uint8 | np.uint32], Numbers]:
    """Return the code points of `text`, 0 for spaces, and where the last one of each token is."""
    if text.isascii():
        data: NDArray[np.uint8 | np.uint32]
        data = np.frombuffer(text.encode().translate(_BLANK), np.uint8)
        ends = data[:-1] > 0
        ends &= data[1:] == 0
        return data, np.flatnonzero(ends)
    data = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).copy()
    data[data == 32] = 0
    alone = _unspaced()[np.minimum(data, len(_unspaced()) - 1)]
    ends = data[:-1] > 0
    ends &= (data[1:] == 0) | alone[1:] | alone[:-1]
    return data, np.flatnonzero(ends)


@cache
def _unspaced() -> NDArray[np.bool_]:
    """Return for each code point whether it is a token by itself; the last item is False."""
    table = np.zeros(max(codes.stop for codes in UNSPACED) + 1, bool)
    for codes in UNSPACED:
        table[codes.start : codes.stop] = True
    return table


def mixed(words: Words) -> Words:
    """Return 64-bit words of which each bit depends on all bits (SplitMix64, Steele 2014)."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def _thrown(hashes: Words, owners: Numbers, many: int) -> NDArray[np.uint32]:
    """Return the bins of `many` texts, filled by their shingles, round after round."""
    found = np.full(many * BINS, _FULL)
    active, again = np.arange(many), np.zeros(many, bool)
    first = 0
    for last in ROUNDS:
        bases = owners * BINS
        step = max(1, _THROWN // len(hashes)) if len(hashes) else last
        for start in range(first, last, step):
            rounds = np.arange(start, min(start + step, last))[:, np.newaxis]
            # Hashes are mixed already: to multiply and take the upper half is enough.
            thrown = ((hashes * _multipliers()[rounds]) >> np.uint64(32)).astype(np.uint32)
            value = thrown & np.uint32((1 << _RANK) - 1)
            value |= (rounds << _RANK).astype(np.uint32)
            np.minimum.at(found, (bases + (thrown >> np.uint32(_RANK))).ravel(), value.ravel())
        empty = (found.reshape(-1, BINS)[active] == _FULL).any(axis=1)
        again[active] = empty
        left = again[owners]
        hashes, owners, active, first = hashes[left], owners[left], active[empty], last
        if not len(hashes):
            break
    return found.reshape(-1, BINS)


@cache
def _multipliers() -> Words:
    """Return one odd multiplier a round."""
    return mixed(np.arange(1, ROUNDS[-1] + 1, dtype=np.uint64)) | np.uint64(1)


@cache
def _powers() -> tuple[Words, Words, Words]:
    """Return the powers of the base and of its inverse modulo 2**64, from 0 up, and room."""
    tables = []
    for base in (_BASE, pow(_BASE, -1, 1 << 64)):
        table = np.full(2 * PIECE + 1, base, np.uint64)
        table[0] = 1
        tables.append(np.multiply.accumulate(table))
    return tables[0], tables[1], np.empty_like(tables[0])
