"""Many: what many pieces say at once, by numpy, as `Gate.said` says of each.

Most pieces are letters between signs, and the number that stands for a word is its CRC: the XOR of
what each letter adds by its place, so that those of all words are taken together. Pieces with
anything else that may say something (disguises, apostrophes, accents, addresses) are left over.
"""

from __future__ import annotations

from collections.abc import Mapping
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from ftlint.triage.words import LONGEST

Ints = NDArray[np.int64]
Keys = NDArray[np.uint32]
Bytes = NDArray[np.uint8]
Bools = NDArray[np.bool_]
Counts = NDArray[np.int32]

_FIRST, _LETTERS = np.uint8(ord("a")), np.uint8(26)
_IN = np.array([chr(byte) in "abcdefghijklmnopqrstuvwxyz0123456789@$*" for byte in range(256)])
"""What may stand in a word; `!` may as well, where another of these follows."""
_FOUR = tuple(np.uint32(int.from_bytes(each, "little")) for each in (b"http", b"www.", b"://"))
_THREE = np.uint32(0xFFFFFF)
_PAD = bytes(3)
_SPACE = 32
_STEM = 3
"""Letters of the shortest word that is one beside a number behind it."""
_UNIT = 3
"""Letters, at most, of a measure behind a number."""
_HEAD = 18
"""Upper bits of a key, by which keys are found."""


class Many:
    """What words say, in arrays by key."""

    def __init__(self, words: Mapping[int, int]) -> None:
        """Keep what words say, by key."""
        keys = np.fromiter(words, np.uint32, len(words))
        order = np.argsort(keys)
        self._keys = np.append(keys[order], np.uint32(0xFFFFFFFF))
        self._said = np.append(np.fromiter(words.values(), np.int64, len(words))[order], 0)
        many = np.bincount(keys >> np.uint32(32 - _HEAD), minlength=1 << _HEAD)
        self._heads = np.cumsum(many) - many
        self._most = int(many.max(initial=0))
        self._adds, self._long = _tables()

    def told(self, raw: bytes, starts: Ints, sizes: Ints) -> tuple[Ints, Ints]:
        """Return what pieces say that stand in `raw`, in lower case, and which are left over.

        A sign that is not above a space goes before and after each.
        """
        ends = np.cumsum(sizes + 1)
        first = ends - sizes - 1
        at = np.arange(ends[-1]) + np.repeat(starts - 1 - first, sizes + 1)
        text = np.frombuffer(raw, np.uint8)[at].tobytes() + _PAD
        byte = np.frombuffer(text, np.uint8)
        letter, within = byte - _FIRST < _LETTERS, _IN[byte]
        left = np.logical_or.reduceat(_doubtful(text, byte, letter, within), first)
        edges = np.flatnonzero(within[1:] != within[:-1])
        if not len(edges):
            return np.zeros(len(starts), np.int64), np.flatnonzero(left)
        begins, stops = edges[::2] + 1, edges[1::2] + 1
        owner, lengths = np.searchsorted(ends, begins, "right"), stops - begins
        before = _before(letter)
        letters = before[stops] - before[begins]
        mixed = np.flatnonzero((letters > 0) & (letters < lengths))
        word, nothing = _numbered(byte, before, begins[mixed], stops[mixed])
        left[owner[letters > LONGEST]] = True
        left[owner[mixed[~(word | nothing)]]] = True
        said = self._words(byte * letter, begins, begins + letters)
        said[mixed[nothing]] = 0
        return np.bincount(owner, said, len(starts)).astype(np.int64), np.flatnonzero(left)

    def _words(self, byte: Bytes, begins: Ints, stops: Ints) -> Ints:
        """Return what the word between each pair of places says; all bytes are its letters or 0."""
        last = np.repeat(stops - 1, np.diff(begins, append=len(byte)))
        place = (last - np.arange(begins[0], len(byte))) * 256 + byte[begins[0] :]
        adds = self._adds.take(place, mode="clip")  # behind the word: the first, which is 0
        keys = np.bitwise_xor.reduceat(adds, begins - begins[0])
        keys ^= self._long.take(stops - begins, mode="clip")
        spot = self._heads[keys >> np.uint32(32 - _HEAD)]
        for _ in range(self._most):
            spot += self._keys[spot] < keys
        return np.where(self._keys[spot] == keys, self._said[spot], 0)


def _numbered(byte: Bytes, letters: Counts, begins: Ints, stops: Ints) -> tuple[Bools, Bools]:
    """Return which runs of signs are a word and a number behind it, and which say nothing.

    `dict1` says what `dict` does, `b12` and `20th` nothing.
    """
    some = letters[stops] - letters[begins]
    digits = _before(byte - np.uint8(ord("0")) < np.uint8(10))
    many = digits[stops] - digits[begins]
    whole = some + many == stops - begins
    ahead = whole & (letters[begins + some] - letters[begins] == some)
    behind = whole & (digits[begins + many] - digits[begins] == many)
    return ahead & (some >= _STEM), (ahead & (some < _STEM)) | (behind & (some <= _UNIT))


def _before(marked: Bools) -> Counts:
    """Return how many are marked before each place."""
    found = np.zeros(len(marked) + 1, np.int32)
    np.cumsum(marked, dtype=np.int32, out=found[1:])
    return found


def _doubtful(text: bytes, byte: Bytes, letter: Bools, within: Bools) -> Bools:
    """Return which bytes show that their piece needs a closer look."""
    found: Bools = (byte >= 128) | (byte == ord("@"))
    four = np.ndarray((len(text) - 3,), "<u4", text, strides=(1,))
    found[:-3] |= (four == _FOUR[0]) | (four == _FOUR[1]) | (four & _THREE == _FOUR[2])
    same = byte[1:] == byte[:-1]
    found[2:] |= same[1:] & same[:-1] & letter[2:]  # thrice the same
    signs = np.flatnonzero((byte == ord("'")) | (byte == ord("!")))
    joins = within[signs + 1] & ((byte[signs] == ord("!")) | (byte[signs - 1] > _SPACE))
    found[signs[joins]] = True
    return found


def _tables() -> tuple[Keys, Keys]:
    """Return what a letter adds to a CRC by the letters behind it and itself, and a length."""
    first = np.array([crc32(bytes([byte])) ^ crc32(b"\0") for byte in range(256)], np.uint32)
    adds = [first]
    for _ in range(1, LONGEST):
        adds.append(first[adds[-1] & np.uint32(255)] ^ adds[-1] >> np.uint32(8))
    long = np.array([crc32(bytes(size)) for size in range(LONGEST + 1)], np.uint32)
    return np.concatenate(adds), long
