r"""Normalisation: the form in which two texts are equal that a reader would call the same.

Compatibility forms (NFKC) and case are folded, invisible characters are dropped, sentence
punctuation becomes space, and runs of white space become one space. What carries meaning in
sums, code and addresses stays: digits, letters, marks, symbols, and `# % & * - / @ \ _`.
Diacritics stay too. A text that is nothing but punctuation keeps it: `?` is not `...`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from functools import cache
from unicodedata import category, normalize

SENTENCE = "!\"'(),.:;?[]{}"
"""ASCII punctuation that becomes space; the rest may be arithmetic, code, a tag or a path."""
KEPT = frozenset("#%&*-/@\\_")
"""ASCII punctuation that stays, as do its wide forms."""
_UPPER, _CONTROL = bytes(range(65, 91)), bytes([*range(32), 127])
_SPACED = SENTENCE.encode() + _CONTROL
FOLD = bytes.maketrans(_UPPER + _SPACED, _UPPER.lower() + b" " * len(_SPACED))
_RANGES = (range(0x80, 0x3100), range(0xA4D0, 0xAC00), range(0xFE00, 0x10000))
"""Code points among which punctuation and invisible characters of living scripts are."""
_MANY = 1 << 12
"""Characters from which texts are normalised together, once numpy is loaded."""
_WORTH_IT = 256 << 10
"""The same if it is not."""


def normalised(texts: Sequence[str]) -> list[str]:
    """Return the normalised form of each text, by numpy where that pays."""
    if sum(map(len, texts)) >= (_MANY if "numpy" in sys.modules else _WORTH_IT):
        from ftlint.text.normalisearray import normalised

        return normalised(texts)
    return [normalise(text) for text in texts]


def normalise(text: str) -> str:
    """Return the normalised form of `text`; blank texts give an empty one, no others do."""
    if text.isascii():
        return b" ".join(text.encode().translate(FOLD).split()).decode() or plain(text)
    # Punctuation first: without its wide forms most texts are in NFKC already, at half the cost.
    bare = _bare(text)
    folded = _folded(bare)
    return (" ".join(folded.split()) if folded == bare else settled(folded)) or plain(text)


def plain(text: str) -> str:
    """Return `text` with its punctuation, the rest normalised."""
    return " ".join(_folded(text).split())


def settled(folded: str) -> str:
    """Return a folded text without the punctuation that folding has made."""
    return " ".join(_bare(folded).split())


def _bare(text: str) -> str:
    punctuation, invisible = _patterns()
    return punctuation.sub(" ", invisible.sub("", text))


def _folded(text: str) -> str:
    # Folding case may leave forms that NFKC composes (Unicode 3.13, D146).
    return normalize("NFKC", normalize("NFKC", text).casefold())


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return patterns of punctuation and of invisible characters."""
    punctuation, invisible = marks()
    return re.compile(f"[{re.escape(punctuation)}]+"), re.compile(f"[{invisible}]+")


@cache
def marks() -> tuple[str, str]:
    """Return all punctuation that becomes space, and all invisible characters (2 ms, once)."""
    kinds: dict[str, list[str]] = {"P": [], "C": []}
    for codes in _RANGES:
        for code in codes:
            kind = category(chr(code))
            if kind[0] == "P" and not KEPT.intersection(normalize("NFKC", chr(code))):
                kinds["P"].append(chr(code))
            elif kind == "Cf" or 0xFE00 <= code < 0xFE10:  # variation selectors
                kinds["C"].append(chr(code))
    return SENTENCE + _CONTROL.decode() + "".join(kinds["P"]), "".join(kinds["C"])
