"""Sieve: the gate over many texts at once, by numpy; it lets the same texts pass.

Pieces are looked up by their bytes, two numbers of 64 bits each, in a table that fills as they are
read: no string is made of a piece that stands there. That takes a quarter of the time of a look
into a dictionary for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ftlint.triage.form import STEP, WINDOW
from ftlint.triage.words import EDGES, spelled

SLOTS = 1 << 18
"""Places of the table. Size: 18 bytes each."""
LONGEST = 16
"""Bytes of a piece that the table can hold; longer ones are rare."""
ROUNDS = 8
"""Signs that are taken off each end of a piece; of a line of dashes most stay."""

Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]

# As `str.split` and `str.lower` have it in ASCII.
_TABLE = bytes(
    b if b > 127 else 32 if chr(b).isspace() else ord(chr(b).lower()) for b in range(256)
)
_EDGE = bytes(b < 128 and chr(b) in EDGES for b in range(256))
_KEPT = np.array([(1 << 8 * size) - 1 for size in range(9)], np.uint64)
"""What is kept of eight bytes, by the number of those that belong to the piece."""
_LONG = np.uint64(0xFFFFFFFFFFFFFFFF)
"""Stands for the second eight bytes of a piece that is too long; no UTF-8 has such bytes."""
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))


class Sieve:
    """What pieces say, by their bytes."""

    def __init__(self, said: Mapping[str, int], bounds: Sequence[int], shift: int) -> None:
        """Keep who knows what a piece says, and the least sum of texts of so many that pass."""
        self._of, self._shift = said, shift
        self._bounds = np.array([bound >> shift for bound in bounds], np.int64)
        self._left, self._right = np.zeros(SLOTS, np.uint64), np.zeros(SLOTS, np.uint64)
        self._said = np.zeros(SLOTS, np.int16)

    def passing(self, texts: Sequence[str]) -> tuple[list[int], list[int]]:
        """Return the texts that pass, and those that must be joined where words are spelled out.

        White space beyond ASCII is none here.
        """
        raw = _joined(texts)
        byte = np.frombuffer(raw, np.uint8)
        starts, sizes = _pieces(byte)
        last = np.searchsorted(starts, np.flatnonzero(byte == 0))
        first = np.concatenate(([0], last[:-1]))
        single = _summed(_single(byte, starts, sizes))
        total = _summed(self._look(raw, *_stripped(raw, starts, sizes)))
        worst, many = total[last] - total[first], last - first
        if (long := np.flatnonzero(many > WINDOW)).size:
            worst[long] = _worst(total, first[long], last[long])
        passes = worst >= self._bounds[np.minimum(many, WINDOW)]
        short = np.flatnonzero(single[last] - single[first] > 2).tolist()
        spelt = [index for index in short if spelled(texts[index]) != texts[index]]
        passes[spelt] = False
        return np.flatnonzero(passes).tolist(), spelt

    def _look(self, raw: bytes, starts: Ints, sizes: Ints) -> Ints:
        """Return what each piece says, and learn those that are new."""
        left, right = _keys(raw, starts, sizes)
        one, two = _slots(left, right)
        said = self._said[one].astype(np.int64)
        other = np.flatnonzero((self._left[one] != left) | (self._right[one] != right))
        place = two[other]
        said[other] = self._said[place]
        new = other[(self._left[place] != left[other]) | (self._right[place] != right[other])]
        if new.size:
            said[new] = self._told(raw, starts[new], sizes[new])
            short = new[sizes[new] <= LONGEST]
            # Where nothing stands, or in the second place, whatever stands there.
            slot = np.where(self._left[one[short]] == 0, one[short], two[short])
            self._left[slot], self._right[slot] = left[short], right[short]
            self._said[slot] = said[short]
        return said

    def _told(self, raw: bytes, starts: Ints, sizes: Ints) -> Ints:
        """Return what some pieces say, each looked at by itself."""
        of, shift = self._of, self._shift
        places = zip(starts.tolist(), (starts + sizes).tolist(), strict=True)
        pieces = [raw[at:end].decode("utf-8", "surrogatepass") for at, end in places]
        return np.array([of[piece] >> shift for piece in pieces], np.int64)


def _joined(texts: Sequence[str]) -> bytes:
    """Return texts in lower case, a zero after each."""
    joined = "\0".join((*texts, ""))
    if joined.count("\0") != len(texts):
        joined = "\0".join((*[text.replace("\0", "\1") for text in texts], ""))
    return joined.encode("utf-8", "surrogatepass").translate(_TABLE)


def _summed(values: NDArray[Any]) -> Ints:
    return np.concatenate(([0], np.cumsum(values, dtype=np.int64)))


def _pieces(byte: NDArray[np.uint8]) -> tuple[Ints, Ints]:
    """Return where pieces begin, and their lengths in bytes."""
    gaps = np.flatnonzero((byte == 32) | (byte == 0))
    edges = np.concatenate(([-1], gaps))
    starts, sizes = edges[:-1] + 1, np.diff(edges) - 1
    some = sizes > 0
    return starts[some], sizes[some]


def _single(byte: NDArray[np.uint8], starts: Ints, sizes: Ints) -> NDArray[np.bool_]:
    """Return which pieces have one character."""
    found: NDArray[np.bool_] = sizes == 1
    some = np.flatnonzero((byte[starts] >= 0xC0) & (sizes < 5))
    lead = byte[starts[some]]
    found[some] = sizes[some] == 2 + (lead >= 0xE0).astype(np.int64) + (lead >= 0xF0)
    return found


def _stripped(raw: bytes, starts: Ints, sizes: Ints) -> tuple[Ints, Ints]:
    """Return pieces without signs on both ends, which change nothing of what they say."""
    edge = np.frombuffer(raw.translate(_EDGE), np.bool_)
    starts, sizes = starts.copy(), sizes.copy()
    for front in (False, True):
        at = np.arange(len(starts))
        for _ in range(ROUNDS):
            at = at[sizes[at] > 0]
            at = at[edge[starts[at] if front else starts[at] + sizes[at] - 1]]
            if not at.size:
                break
            starts[at] += front
            sizes[at] -= 1
    return starts, sizes


def _keys(raw: bytes, starts: Ints, sizes: Ints) -> tuple[Keys, Keys]:
    """Return the first eight bytes of each piece, and the next eight."""
    padded = raw + bytes(LONGEST)
    eight: Keys = np.ndarray((len(padded) - 7,), "<u8", padded, strides=(1,))
    left = eight[starts] & _KEPT[np.minimum(sizes, 8)]
    right = np.zeros(len(starts), np.uint64)
    more = np.flatnonzero(sizes > 8)
    right[more] = eight[starts[more] + 8] & _KEPT[np.clip(sizes[more] - 8, 0, 8)]
    right[sizes > LONGEST] = _LONG
    return left, right


def _slots(left: Keys, right: Keys) -> tuple[Ints, Ints]:
    """Return the two places where each piece may stand."""
    mixed = left * _MIX[0] + right * _MIX[1]
    mixed ^= mixed >> np.uint64(32)
    mixed *= _MIX[0]
    last = np.uint64(SLOTS - 1)
    return ((mixed >> np.uint64(32)) & last).astype(np.int64), (mixed & last).astype(np.int64)


def _worst(total: Ints, first: Ints, last: Ints) -> Ints:
    """Return the sum of the worst window of each text of more than `WINDOW` pieces."""
    many = 1 + -(-(last - first - WINDOW) // STEP)
    begin = np.cumsum(many) - many
    turn = np.arange(many.sum()) - np.repeat(begin, many)
    start = np.minimum(np.repeat(first, many) + turn * STEP, np.repeat(last, many) - WINDOW)
    return np.asarray(np.maximum.reduceat(total[start + WINDOW] - total[start], begin))
