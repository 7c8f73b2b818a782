"""Gate: which texts the model must look at, without numpy; few do.

It adds up what the words of a text say alone, as the model does, without what they say beside each
other. A text passes that comes near enough to the threshold. What that costs is measured:
`benchmarks/toxicity.py` prints how often flags with and without the gate differ.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import accumulate
from math import log, sqrt
from pathlib import Path
from zlib import compress, decompress

from ftlint.triage.form import CALM, STEP, WINDOW
from ftlint.triage.words import key, readable, spelled, words_of

PATH = Path(__file__).parents[1] / "models" / "toxicity.gate"
"""Numbers of 32 bits, little-endian, compressed by zlib: the threshold in hundredths, the bias in
1 / `PARTS`, the keys of words, and after them what each word says, in bytes."""
PARTS = 8
"""Steps of what a word says in a unit of the score (the logarithm of the odds)."""
MARGIN = 2.0
"""How far below the threshold a text may stay and still pass."""

MEMORY = 1 << 18
"""Pieces that are remembered; then all are forgotten. Size: about 100 bytes each."""


class Gate(dict[str, int]):
    """What each piece of text that was seen says alone, in 1 / `PARTS`."""

    def __init__(self, threshold: float, bias: int, words: Mapping[int, int]) -> None:
        """Keep the toxicity from which a text is toxic, and what words say, by key."""
        super().__init__()
        self.threshold = threshold
        self._least = (log(threshold / (1 - threshold)) - MARGIN) * PARTS - bias
        self._words = words

    def __missing__(self, piece: str) -> int:
        """Return what `piece` says."""
        found = self[piece] = sum([self._words.get(key(word), 0) for word in words_of(piece)])
        return found

    def passing(self, texts: Sequence[str]) -> list[int]:
        """Return the indices of the texts that the model must look at."""
        if len(self) > MEMORY:
            self.clear()
        return [i for i, text in enumerate(texts) if readable(text) and self._opens(text)]

    def _opens(self, text: str) -> bool:
        pieces = text.split()
        many = len(pieces)
        short = sum([len(piece) == 1 for piece in pieces]) > 2 if many > 2 else False
        if short and (joined := spelled(text)) != text:
            pieces = joined.split()
            many = len(pieces)
        said = map(self.__getitem__, pieces)
        if many <= WINDOW:
            return sum(said) >= self._least * sqrt(many + CALM)
        sums = list(accumulate(said, initial=0))
        last = many - WINDOW
        starts = [min(at, last) for at in range(0, last + STEP, STEP)]
        worst = max([sums[at + WINDOW] - sums[at] for at in starts])
        return worst >= self._least * sqrt(WINDOW + CALM)


@cache
def gate() -> Gate:
    """Return the gate that ships with the model, loaded once a process."""
    raw = decompress(PATH.read_bytes())
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
    path.write_bytes(compress(numbers.tobytes() + said.tobytes(), 9))
