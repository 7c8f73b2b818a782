"""Shingles: what texts are compared by, pairs of neighbouring tokens of normalised text.

A token is a word between spaces, or one character of a script that is written without spaces,
so that `how old are you` and its Chinese counterpart both have three shingles. Pairs were chosen
on real sets: single words join templates that say other things, and with three words one other
word makes two sentences of twelve words strangers.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

UNSPACED = (
    range(0x0E00, 0x0F00),  # Thai, Lao
    range(0x1000, 0x10A0),  # Myanmar
    range(0x1780, 0x1800),  # Khmer
    range(0x3005, 0x3008),  # ideographic iteration mark, closing mark and zero
    range(0x3040, 0x3100),  # Hiragana, Katakana
    range(0x31F0, 0x3200),  # Katakana, more
    range(0x3400, 0x4DC0),  # CJK, extension A
    range(0x4E00, 0xA000),  # CJK
    range(0xF900, 0xFB00),  # CJK, compatibility
    range(0x20000, 0x32000),  # CJK, extensions B to H
)
"""Code points that are a token each."""

Shingle = tuple[str, str]


def shingled(text: str) -> frozenset[Shingle]:
    """Return the shingles of a normalised text."""
    tokens = text.split() if text.isascii() else _tokens().findall(text)
    return frozenset(pairwise(tokens))


def jaccard(left: frozenset[Shingle], right: frozenset[Shingle]) -> float:
    """Return the share of shared shingles in all of both; 0 when there are none."""
    shared = len(left & right)
    every = len(left) + len(right) - shared
    return shared / every if every else 0.0


@cache
def _tokens() -> re.Pattern[str]:
    alone = "".join(f"{chr(codes.start)}-{chr(codes.stop - 1)}" for codes in UNSPACED)
    return re.compile(f"[{alone}]|[^ {alone}]+")
