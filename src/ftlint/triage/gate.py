"""Gate: which texts the model must look at, without numpy; few do.

It adds up what the words of a text say alone, as the model does, without what they say beside each
other. A text passes that comes near enough to the threshold. What that costs is measured:
`benchmarks/toxicity.py` prints how often flags with and without the gate differ.
"""

from __future__ import annotations

import re
import sys
import zlib
from array import array
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import compress, count, pairwise
from math import ceil, log, sqrt
from operator import not_
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from ftlint.triage.form import CALM, STEP, WINDOW
from ftlint.triage.latin import unreadable
from ftlint.triage.words import (
    EDGES,
    LONGEST,
    ONE_FORM,
    cleaned,
    finished,
    key,
    readable,
    spelled,
)

if TYPE_CHECKING:
    from ftlint.triage.sieve import Sieve

PATH = Path(__file__).parents[1] / "models" / "toxicity.gate"
"""Numbers of 32 bits, little-endian, compressed by zlib: the threshold in hundredths, the bias in
1 / `PARTS`, the keys of words, and after them what each word says, in bytes."""
PARTS = 8
"""Steps of what a word says in a unit of the score (the logarithm of the odds)."""
MARGIN = 2.0
"""How far below the threshold a text may stay and still pass."""

MEMORY = 1 << 18
"""Pieces that are remembered; then all are forgotten. Size: about 100 bytes each."""
MOST = 1 << 20
"""Characters that are read in one process without numpy, which takes 0.1 s to be imported."""
_SHIFT = 20
_COUNT = (1 << _SHIFT) - 1
"""Lower bits of a sum, which count pieces of one character; above them stands what is said."""
_EDGES = EDGES.encode("ascii", "ignore")
_SAYING = re.compile(rb"[a-z\x80-\xff]")
"""What a piece has that may say something."""


class Gate(dict[str, int]):
    """What each piece of text that was seen says alone, in 1 / `PARTS`, shifted by `_SHIFT`.

    A piece of one character adds 1, so that one sum tells also whether words of a text may be
    written letter by letter.
    """

    def __init__(self, threshold: float, bias: int, words: Mapping[int, int]) -> None:
        """Keep the toxicity from which a text is toxic, and what words say, by key."""
        super().__init__()
        self.threshold = threshold
        # Both forms of a pronoun, so that those who look need not know them.
        self._words = {**words, **{key(a): words.get(key(b), 0) for a, b in ONE_FORM.items()}}
        least = (log(threshold / (1 - threshold)) - MARGIN) * PARTS - bias
        self._bounds = [ceil(least * sqrt(many + CALM)) << _SHIFT for many in range(WINDOW + 1)]
        self._left = MOST
        self._sieve: Sieve | None = None

    def __missing__(self, piece: str) -> int:
        """Return what `piece` says."""
        said = self._sum(piece.lower())
        found = self[piece] = (said << _SHIFT) + (len(piece) == 1)
        return found

    def _sum(self, piece: str) -> int:
        return sum([self._words.get(key(word), 0) for word in cleaned(piece)])

    def said(self, piece: bytes) -> int:
        """Return what a piece says, lower in its ASCII letters; it is not remembered."""
        core = piece.strip(_EDGES)
        if core.isalpha():
            once = len(set(core)) > len(core) - 2 and len(core) <= LONGEST
            return self._words.get(crc32(core) if once else key(finished(core.decode())), 0)
        if not _SAYING.search(core):
            return 0
        return self._sum(piece.decode("utf-8", "surrogatepass").lower())

    def passing(self, texts: Sequence[str]) -> list[int]:
        """Return the indices of the texts that the model must look at."""
        if len(self) > MEMORY:
            self.clear()
        if "numpy" not in sys.modules:
            self._left -= sum(map(len, texts))
            if self._left >= 0:
                return [at for at, text in enumerate(texts) if readable(text) and self._opens(text)]
        # Apart, since one sign that is not ASCII makes the whole string wider, and slower.
        plain = list(map(str.isascii, texts))
        found = self._sieved(texts, list(compress(count(), plain)))
        if False in plain:
            strange = list(compress(count(), map(not_, plain)))
            left = set(unreadable(texts, strange))
            strange = [at for at in strange if at not in left]
            found = sorted((*found, *self._sieved(texts, strange)))
        return found

    def _sieved(self, texts: Sequence[str], chosen: Sequence[int]) -> list[int]:
        """Return which of the texts that are `chosen` pass."""
        if not chosen:
            return []
        if self._sieve is None:
            from ftlint.triage.sieve import Sieve

            bounds = [bound >> _SHIFT for bound in self._bounds]
            self._sieve = Sieve(self.said, bounds, self._words)
        passing, spelt = self._sieve.passing(list(map(texts.__getitem__, chosen)))
        opened = [at for at in spelt if self._opens(texts[chosen[at]])]
        return [chosen[at] for at in (sorted((*passing, *opened)) if opened else passing)]

    def _opens(self, text: str) -> bool:
        """Return whether a text passes."""
        pieces = text.split()
        if len(pieces) > WINDOW:
            return self._long(text, pieces)
        total = sum(map(self.__getitem__, pieces))
        if total & _COUNT > 2 and (joined := spelled(text)) != text:
            pieces = joined.split()
            total = sum(map(self.__getitem__, pieces))
        return total >= self._bounds[len(pieces)]

    def _long(self, text: str, pieces: list[str]) -> bool:
        """Return whether a text of more than `WINDOW` pieces passes."""
        said = list(map(self.__getitem__, pieces))
        parts = [sum(said[at : at + STEP]) for at in range(0, len(said), STEP)]
        if sum([part & _COUNT for part in parts]) > 2 and (joined := spelled(text)) != text:
            said = list(map(self.__getitem__, joined.split()))
            parts = [sum(said[at : at + STEP]) for at in range(0, len(said), STEP)]
        last = max(len(said) - WINDOW, 0)
        windows = [a + b for a, b in pairwise(parts[: last // STEP + 2])]
        return max((*windows, sum(said[last:]))) >= self._bounds[min(len(said), WINDOW)]


@cache
def gate() -> Gate:
    """Return the gate that ships with the model, loaded once a process."""
    raw = zlib.decompress(PATH.read_bytes())
    many = (len(raw) - 8) // 5
    numbers, said = array("I"), array("b")
    numbers.frombytes(raw[: 8 + 4 * many])
    said.frombytes(raw[8 + 4 * many :])
    if sys.byteorder == "big":
        numbers.byteswap()
    bias = numbers[1] - (1 << 32 if numbers[1] >> 31 else 0)
    return Gate(numbers[0] / 100, bias, dict(zip(numbers[2:], said, strict=True)))


def write(path: Path, threshold: float, bias: int, words: Mapping[int, int]) -> None:
    """Write the file that `gate` reads."""
    keys = sorted(words)
    numbers = array("I", [round(threshold * 100), bias % (1 << 32), *keys])
    if sys.byteorder == "big":
        numbers.byteswap()
    said = array("b", [max(-128, min(127, words[each])) for each in keys])
    path.write_bytes(zlib.compress(numbers.tobytes() + said.tobytes(), 9))
