"""Normalisation of many texts at once, as `ftlint.text.normalise` has each; this loads numpy."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from ftlint.text.normalise import FOLD, marks, normalise, plain, settled

_BYTE, _WIDE = "\xff", "\uffff"
"""What parts texts of ASCII, and others: a sign that is in none of them."""
_SPACE, _DROPPED = 32, 0
_LAST_SPACE = 0x3000
"""The highest code point that is white space."""


def normalised(texts: Sequence[str]) -> list[str]:
    """Return the normalised form of each text."""
    found = [""] * len(texts)
    # Apart, since one sign that is not ASCII makes the whole string wider, and slower.
    plain = [text.isascii() for text in texts]
    for ascii, fold in ((True, _ascii), (False, _other)):
        chosen = [index for index, is_ascii in enumerate(plain) if is_ascii is ascii]
        if chosen:
            folded = fold([texts[index] for index in chosen])
            for index, text in zip(chosen, folded, strict=True):
                found[index] = text
    return found


def _ascii(texts: Sequence[str]) -> list[str]:
    data = _BYTE.join(texts).encode("latin-1").translate(FOLD)
    parts = _closed(np.frombuffer(data, np.uint8), _BYTE).decode("latin-1").split(_BYTE)
    return [part.strip() or plain(text) for part, text in zip(parts, texts, strict=True)]


def _other(texts: Sequence[str]) -> list[str]:
    joined = _WIDE.join(texts)
    if joined.count(_WIDE) >= len(texts):
        return [normalise(text) for text in texts]
    try:
        signs = np.frombuffer(joined.encode("utf-16-le"), "<u2")
    except UnicodeEncodeError:  # half of a pair of surrogates
        return [normalise(text) for text in texts]
    signs = _table()[signs]
    signs = signs[signs != _DROPPED]
    parts = _closed(signs, _WIDE).decode("utf-16-le").split(_WIDE)
    return [_folded(part.strip()) or plain(text) for part, text in zip(parts, texts, strict=True)]


def _folded(bare: str) -> str:
    """Return a text without punctuation, normalised."""
    same = normalize("NFKC", bare)
    folded = normalize("NFKC", same.casefold())
    # Only where NFKC takes signs apart there can be new punctuation.
    return folded if same == bare else settled(folded)


def _closed(signs: NDArray[Any], end: str) -> bytes:
    """Return texts without the spaces that stand before another one, or at the end of a text."""
    lost = signs == _SPACE
    closing = lost | (signs == ord(end))
    lost[:-1] &= closing[1:]
    lost[-1:] = False
    return bytes(signs[~lost].tobytes())


@cache
def _table() -> NDArray[np.uint16]:
    """Return for each unit of UTF-16 what becomes of it."""
    punctuation, invisible = marks()
    table = np.arange(1 << 16, dtype="<u2")
    table[[code for code in range(_LAST_SPACE + 1) if chr(code).isspace()]] = _SPACE
    table[[ord(sign) for sign in punctuation]] = _SPACE
    table[[ord(sign) for sign in invisible]] = _DROPPED
    return table
