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

_FIRST, _LETTERS = np.uint8(ord("a")), np.uint8(26)
_IN = np.array([chr(byte) in "abcdefghijklmnopqrstuvwxyz0123456789@$*" for byte in range(256)])
"""What may stand in a word; `!` may as well, where another of these follows."""
_FOUR = tuple(np.uint32(int.from_bytes(each, "little")) for each in (b"http", b"www.", b"://"))
_THREE = np.uint32(0xFFFFFF)
_PAD = bytes(3)
_SPACE = 32


class Many:
    """What words say, in arrays by key."""

    def __init__(self, words: Mapping[int, int]) -> None:
        """Keep what words say, by key."""
        keys = np.fromiter(words, np.uint32, len(words))
        order = np.argsort(keys)
        self._keys = keys[order]
        self._said = np.fromiter(words.values(), np.int64, len(words))[order]
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
        letters = np.add.reduceat(letter, begins, dtype=np.int64)
        left[owner[(letters > 0) & ((letters < lengths) | (lengths > LONGEST))]] = True
        said = self._words(byte * letter, begins, stops)
        return np.bincount(owner, said, len(starts)).astype(np.int64), np.flatnonzero(left)

    def _words(self, byte: Bytes, begins: Ints, stops: Ints) -> Ints:
        """Return what the word between each pair of places says; all bytes are its letters or 0."""
        last = np.repeat(stops - 1, np.diff(begins, append=len(byte)))
        place = (last - np.arange(begins[0], len(byte))) * 256 + byte[begins[0] :]
        lengths = np.minimum(stops - begins, LONGEST)
        adds = self._adds.take(place, mode="clip")  # behind the word: the first, which is 0
        keys = np.bitwise_xor.reduceat(adds, begins - begins[0]) ^ self._long[lengths]
        spot = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return np.where(self._keys[spot] == keys, self._said[spot], 0)


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
