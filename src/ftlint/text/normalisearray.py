"""Normalisation of many texts at once, as `ftlint.text.normalise` has each; this loads numpy."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import compress
from operator import not_
from typing import Any
from unicodedata import category, normalize

import numpy as np
from numpy.typing import NDArray

from ftlint.text.normalise import FOLD, marks, normalise, plain

_BYTE, _WIDE = "\xff", "\uffff"
"""What parts texts of ASCII, and others: a sign that is in none of them."""
_SPACE, _DROPPED = 32, 0
_LAST_SPACE = 0x3000
"""The highest code point that is white space."""
_HARD = "\ufffe"
"""What stands for a unit of UTF-16 of which more or less becomes than another one."""
_UNKNOWN = 0xFDD0
"""What stands for a unit that has not been seen yet: no character, as `_HARD`."""
_SAME = ((0x4E00, 0xA000), (0xAC00, 0xD7A4))
"""Ideographs and syllables of Hangul, which stay what they are."""


def normalised(texts: Sequence[str]) -> list[str]:
    """Return the normalised form of each text."""
    # Apart, since one sign that is not ASCII makes the whole string wider, and slower.
    plain = list(map(str.isascii, texts))
    if False not in plain:
        return _ascii(texts)
    one = iter(_ascii(list(compress(texts, plain))))
    other = iter(_other(list(compress(texts, map(not_, plain)))))
    return [next(one) if is_ascii else next(other) for is_ascii in plain]


def _ascii(texts: Sequence[str]) -> list[str]:
    data = _BYTE.join([*texts, ""]).encode("latin-1").translate(FOLD)
    closed = _closed(np.frombuffer(data, np.uint8), _BYTE).decode("latin-1")
    parts = list(map(str.lstrip, closed.split(_BYTE)[:-1]))
    if "" not in parts:
        return parts
    return [part or plain(text) for part, text in zip(parts, texts, strict=True)]


def _other(texts: Sequence[str]) -> list[str]:
    joined = _WIDE.join([*texts, ""])
    if joined.count(_WIDE) > len(texts):
        return [normalise(text) for text in texts]
    try:
        units = np.frombuffer(joined.replace("ß", "ss").encode("utf-16-le"), "<u2")
    except UnicodeEncodeError:  # half of a pair of surrogates
        return [normalise(text) for text in texts]
    signs = _becoming(units)
    if not signs.all():
        signs = signs[signs != _DROPPED]
    # Of a hard character beyond the first plane the other half is left.
    closed = _closed(signs, _WIDE).decode("utf-16-le", "surrogatepass")
    parts = map(str.lstrip, closed.split(_WIDE)[:-1])
    return [
        part if part and _HARD not in part else normalise(text)
        for part, text in zip(parts, texts, strict=True)
    ]


def _closed(signs: NDArray[Any], end: str) -> bytes:
    """Return texts without the spaces that stand before another one, or at the end of a text."""
    kept = signs != _SPACE
    closing = signs == ord(end)
    closing |= ~kept
    kept[:-1] |= ~closing[1:]
    return bytes(signs[kept].tobytes())


def _becoming(units: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Return what becomes of each unit of UTF-16."""
    table = _table()
    signs = table.take(units, mode="clip")  # in half the time; no unit is beyond the table
    new = signs == _UNKNOWN
    if not new.any():
        return signs
    for unit in np.unique(units[new]).tolist():
        table[unit] = _sign(unit)
    return table.take(units, mode="clip")


@cache
def _table() -> NDArray[np.uint16]:
    """Return for each unit of UTF-16 what becomes of it, as far as that is known."""
    punctuation, invisible = marks()
    table = np.full(1 << 16, _UNKNOWN, "<u2")
    for start, end in _SAME:
        table[start:end] = np.arange(start, end)
    table[[code for code in range(_LAST_SPACE + 1) if chr(code).isspace()]] = _SPACE
    table[[ord(sign) for sign in punctuation]] = _SPACE
    table[[ord(sign) for sign in invisible]] = _DROPPED
    table[0xDC00:0xE000] = np.arange(0xDC00, 0xE000)
    table[ord(_WIDE)] = ord(_WIDE)
    return table


def _sign(unit: int) -> int:
    """Return what becomes of a unit whatever stands beside it, or `_HARD`."""
    if 0xD800 <= unit < 0xDC00:
        # The first half of a pair: it is enough to know it if no character that has it changes.
        first = 0x10000 + (unit - 0xD800) * 0x400
        block = "".join(map(chr, range(first, first + 0x400)))
        return ord(_HARD) if normalise(block) != block or any(map(_joins, block)) else unit
    folded = normalise(f"a{chr(unit)}a")[1:-1]
    known = len(folded) == 1 and folded <= "\uffff"
    passed = (chr(unit), *normalize("NFKC", chr(unit)), folded)
    return ord(folded) if known and not any(map(_joins, passed)) else ord(_HARD)


def _joins(sign: str) -> bool:
    """Return whether a sign may become one with that before it: marks do, and parts of Hangul."""
    return category(sign)[0] == "M" or "\u1100" <= sign <= "\u11ff"
