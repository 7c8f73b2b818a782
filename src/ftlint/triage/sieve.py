"""Sieve: the gate over many texts at once, by numpy; it lets the same texts pass.

Pieces are looked up by a number of 64 bits, made of their bytes, in a table that fills as they are
read: no string is made of a piece that stands there. Of a million different pieces two share a
number by chance once in 10^7 runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ftlint.triage.form import STEP, WINDOW
from ftlint.triage.many import Many
from ftlint.triage.words import ODD

SLOTS = 1 << 19
"""Places of the table. Size: 8 bytes each."""
LONGEST = 64
"""Bytes of a piece that the table can hold; longer ones are rare."""

Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]
Bytes = NDArray[np.uint8]

_SPACE, _END, _EIGHT = 32, 0, 8
_OTHER = 127
"""Stands for all controls that are no space: each says as little as this one."""
_TABLE = bytes(
    _SPACE if byte < 128 and chr(byte).isspace() else _OTHER if 0 < byte < _SPACE else byte
    for byte in range(256)
).lower()
"""As `str.split` and `str.lower` have it in ASCII."""
_SPACES = re.compile("[\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
"""White space beyond ASCII."""
_BETWEEN = np.array([chr(byte) in " ._*-" for byte in range(256)])
"""What may stand between letters of a word that is spelled out."""
_WORDS = np.frombuffer(b"ai", np.uint8)
"""Letters that are words, so that none begins what is spelled out."""
_KEPT = np.array([(1 << 8 * size) - 1 for size in range(_EIGHT + 1)], np.uint64)
"""What is kept of eight bytes, by the number of those that belong to the piece."""
_TRIED = 1 << 14
"""Slots in which equal keys meet."""
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
_SAID = np.uint64(0xFFFF)
"""The lower bits of what stands in the table: what the piece says. Above them are those of its
number, and the place tells the others."""


class Sieve:
    """What pieces say, by their bytes."""

    def __init__(
        self, said: Callable[[bytes], int], bounds: Sequence[int], words: Mapping[int, int]
    ) -> None:
        """Keep who knows what a piece says, and the least sum of texts of so many that pass.

        `words` is what words say, by key.
        """
        self._of = said
        self._many = Many(words)
        self._bounds = np.array(bounds, np.int64)
        self._table = np.zeros(SLOTS, np.uint64)

    def passing(self, texts: Sequence[str]) -> tuple[list[int], list[int]]:
        """Return the texts that pass, and others in which a word may be spelled out."""
        joined = _joined(texts)
        raw = joined.encode("utf-8", "surrogatepass").translate(_TABLE)
        byte = np.frombuffer(raw, np.uint8)
        parts = np.flatnonzero(byte == _END)
        if len(parts) > len(texts) + 1:  # zeros are signs as others are
            return self.passing([text.replace("\0", "\1") for text in texts])
        inside = byte > _SPACE
        found = np.flatnonzero(inside[1:] != inside[:-1])
        starts, sizes = found[::2] + 1, found[1::2] - found[::2]
        ends = np.searchsorted(starts, parts)
        first, last = ends[:-1], ends[1:]
        # Sums of all may pass beyond 32 bits; their differences stay right.
        total = np.zeros(len(starts) + 1, np.int32)
        np.cumsum(self._look(raw, starts, sizes), dtype=np.int32, out=total[1:])
        worst, many = total[last] - total[first], last - first
        if (long := np.flatnonzero(many > WINDOW)).size:
            worst[long] = _worst(total, first[long], last[long])
        passes = worst >= self._bounds[np.minimum(many, WINDOW)]
        spelt = set((np.searchsorted(parts, _lettered(byte)) - 1).tolist())
        if not joined.isascii() and any(sign in joined for sign in ODD):
            spelt.update(at for at, text in enumerate(texts) if any(sign in text for sign in ODD))
        passes[list(spelt)] = False
        return np.flatnonzero(passes).tolist(), sorted(spelt)

    def _look(self, raw: bytes, starts: Ints, sizes: Ints) -> NDArray[Any]:
        """Return what each piece says, and learn those that are new."""
        keys, long = _keyed(raw, starts, sizes)
        found = self._table.take(_place(keys, 0))
        other = np.flatnonzero(found ^ keys > _SAID)
        left = keys[other]
        found[other] = again = self._table[_place(left, 1)]
        said = found.astype(np.int16)
        new = other[(again ^ left > _SAID) & (left != 0)]
        if new.size:  # each once, though texts may have it often
            unlike, like = _once(keys[new])
            told = np.zeros(len(new), np.int64)
            told[unlike] = self._told(raw, starts[new[unlike]], sizes[new[unlike]])
            said[new] = told[like]
            self._learn(keys[new[unlike]], told[unlike])
        if long.size:
            said = said.astype(np.int64)
            said[long] = self._each(raw, starts[long], sizes[long])
        return said

    def _learn(self, keys: Keys, said: Ints) -> None:
        """Keep pieces where nothing stands, or in the second place, whatever stands there."""
        place = _place(keys, 0)
        taken = self._table[place] != 0
        place[taken] = _place(keys[taken], 1)
        self._table[place] = keys & ~_SAID | said.view(np.uint64) & _SAID

    def _told(self, raw: bytes, starts: Ints, sizes: Ints) -> Ints:
        """Return what some pieces say."""
        said, left = self._many.told(raw, starts, sizes)
        said[left] = self._each(raw, starts[left], sizes[left])
        return said

    def _each(self, raw: bytes, starts: Ints, sizes: Ints) -> list[int]:
        """Return what some pieces say, each looked at by itself."""
        places = zip(starts.tolist(), (starts + sizes).tolist(), strict=True)
        return [self._of(raw[at:end]) for at, end in places]


def _joined(texts: Sequence[str]) -> str:
    """Return texts between zeros, and after them some spaces that belong to none."""
    joined = "\0".join(("", *texts, " " * _EIGHT))
    return joined if joined.isascii() else _SPACES.sub(" ", joined)


def _keyed(raw: bytes, starts: Ints, sizes: Ints) -> tuple[Keys, Ints]:
    """Return the number of each piece, and the pieces that are too long to have one: theirs is 0.

    Of up to eight bytes each number stands for one piece alone.
    """
    eights: Keys = np.ndarray((len(raw) - 7,), "<u8", raw, strides=(1,))
    keys: Keys = eights[starts]
    keys &= _KEPT.take(sizes, mode="clip")
    keys *= _MIX[0]
    more = np.flatnonzero(sizes > _EIGHT)
    at, left = starts[more], sizes[more]
    for _ in range(1, LONGEST // _EIGHT):
        if not more.size:
            break
        at, left = at + _EIGHT, left - _EIGHT
        mixed = keys[more]
        mixed ^= mixed >> np.uint64(32)
        mixed ^= eights[at] & _KEPT.take(left, mode="clip")
        mixed *= _MIX[1]
        keys[more] = mixed
        some = np.flatnonzero(left > _EIGHT)
        more, at, left = more[some], at[some], left[some]
    keys ^= keys >> np.uint64(32)
    keys[more] = 0
    return keys, more


def _once(keys: Keys) -> tuple[Ints, Ints]:
    """Return the indices of keys that are looked at, and for each key that of one like it."""
    at = np.arange(len(keys))
    slot = (keys & np.uint64(_TRIED - 1)).view(np.int64)
    last = np.empty(_TRIED, np.int64)
    last[slot] = at
    like = last[slot]
    alone = keys[like] != keys  # another key took the slot
    like[alone] = at[alone]
    return np.flatnonzero(like == at), like


def _place(keys: Keys, which: int) -> Ints:
    """Return the first or the second place where pieces may stand.

    Either shows the lower bits of a key to whoever knows the others.
    """
    mixed = keys ^ keys >> np.uint64(30) if which else keys
    return (mixed & np.uint64(SLOTS - 1)).view(np.int64)


def _lettered(byte: Bytes) -> Ints:
    """Return where a word may begin that is spelled out, as `words.spelled` joins them.

    That is a letter that stands alone, as the next two do, with nothing but signs between.
    """
    letter = byte - np.uint8(ord("a")) < np.uint8(26)
    alone = np.flatnonzero(letter[1:-1] > (letter[:-2] | letter[2:])) + 1
    before, after, beyond = (_BETWEEN[byte[alone + step]] for step in (-1, 1, 2))
    near = np.diff(alone) <= 3
    linked = after[:-1] & before[1:] & (near | beyond[:-1])
    begun: Ints = alone[:-2][linked[:-1] & linked[1:]]
    return begun[~np.isin(byte[begun], _WORDS)]


def _worst(total: NDArray[np.int32], first: Ints, last: Ints) -> NDArray[np.int32]:
    """Return the sum of the worst window of each text of more than `WINDOW` pieces."""
    many = 1 + -(-(last - first - WINDOW) // STEP)
    begin = np.cumsum(many) - many
    turn = np.arange(many.sum()) - np.repeat(begin, many)
    start = np.minimum(np.repeat(first, many) + turn * STEP, np.repeat(last, many) - WINDOW)
    return np.asarray(np.maximum.reduceat(total[start + WINDOW] - total[start], begin))
