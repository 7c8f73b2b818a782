"""Gate: which texts the model must look at, without numpy; most say no word that could matter.

A text passes when it says a word to which the model gives weight of its own. What that costs is
measured: `benchmarks/toxicity.py` prints how often flags with and without the gate differ.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from zlib import compress, decompress

from ftlint.triage.words import END, key, readable, words_of

PATH = Path(__file__).parents[1] / "models" / "toxicity.gate"
"""Numbers of 32 bits, little-endian, compressed by zlib: the threshold in hundredths, then the keys
of the words that open the gate."""
MEMORY = 1 << 18
"""Pieces that are remembered; then all are forgotten. Size: about 100 bytes each."""
LETTERS = 3
"""Letters that stand alone in a text from which on it may spell a word with spaces."""


class Gate:
    """The words that open it, and the pieces of text that were seen not to."""

    def __init__(self, threshold: float, keys: Iterable[int]) -> None:
        """Keep the keys of the words, and the toxicity from which the model calls a text toxic."""
        self.threshold = threshold
        self._keys = frozenset(keys)
        self._dull: set[str] = set()

    def passing(self, texts: Sequence[str]) -> list[int]:
        """Return the indices of the texts that the model must look at."""
        dull, found = self._dull, []
        if len(dull) > MEMORY:
            dull.clear()
        for index, text in enumerate(texts):
            pieces = text.split()
            if not dull.issuperset(pieces) and self._opens(pieces) and readable(text):
                found.append(index)
        return found

    def _opens(self, pieces: list[str]) -> bool:
        dull, letters = self._dull, 0
        for piece in pieces:
            if piece in dull:
                continue
            words = words_of(piece)
            if len(words) == 1 and len(words[0]) == 1 and words[0] != END:
                letters += 1
                if letters >= LETTERS:
                    return True
            elif any(["*" in word or key(word) in self._keys for word in words]):
                return True
            else:
                dull.add(piece)
        return False


@cache
def gate() -> Gate:
    """Return the gate that ships with the model, loaded once a process."""
    numbers = array("I")
    numbers.frombytes(decompress(PATH.read_bytes()))
    if sys.byteorder == "big":
        numbers.byteswap()
    return Gate(numbers[0] / 100, numbers[1:])


def write(path: Path, threshold: float, keys: Iterable[int]) -> None:
    """Write the file that `gate` reads."""
    numbers = array("I", [round(threshold * 100), *sorted(keys)])
    if sys.byteorder == "big":
        numbers.byteswap()
    path.write_bytes(compress(numbers.tobytes(), 9))
