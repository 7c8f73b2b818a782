"""Gate: which lines may hold personal data or secrets, told by their bytes before any decoding.

It errs to one side: what it lets pass is looked at, and what it stops holds nothing. JSON may
write any character as an escape; a line with an escape that could hide one of these passes.
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import Any

from ftlint.privacy.sighting import ADDRESS, EVERYTHING, NUMBER, SECRET

RUN = 9
"""Digits, separators aside, of the shortest number that is looked for."""
_ZEROS = bytes.maketrans(b"123456789", b"000000000")
BETWEEN = b" -.()"
"""Separators."""
_RUN = b"0" * RUN
HIDING = tuple(f"\\u00{digit}" for digit in "234567")
"""Beginnings of escapes of ASCII; of those in `2` only the signs within addresses and keys count,
for some programs escape apostrophes and the like for no need."""
_WITHIN = (b"b", b"d", b"e", b"B", b"D", b"E")
"""Last digits of the escapes of `+`, `-` and `.`."""
_TOGETHER = 48
"""Literals, at most, of one search: so many are found by comparing many bytes at once, in half a
nanosecond a byte; more are not."""


@cache
def _searches() -> list[tuple[Any, list[bytes]]]:
    """Return what finds the literals of secrets, and escapes that may hide some, with these.

    Those that hold another literal are left out, for they are found by it.
    """
    from ahocorasick_rs import BytesAhoCorasick, MatchKind

    from ftlint.privacy.form import LITERALS

    every = sorted({*LITERALS, *HIDING})
    words = [
        word.encode()
        for word in every
        if not any(other in word for other in every if other != word)
    ]
    parts = -(-len(words) // _TOGETHER)
    some = [words[len(words) * n // parts : len(words) * (n + 1) // parts] for n in range(parts)]
    return [(BytesAhoCorasick(each, matchkind=MatchKind.LeftmostFirst), each) for each in some]


def _secrets(raw: bytes) -> Iterator[tuple[int, int]]:
    """Yield the places of what may be secret or hides something, and bits."""
    for search, words in _searches():
        for word, start, end in search.find_matches_as_indexes(raw):
            if bits := _bits(words[word].decode(), raw[end : end + 1]):
                yield start, bits


def _bits(word: str, after: bytes) -> int:
    """Return the bits of a literal, or of the beginning of an escape, by the byte after it."""
    if word not in HIDING:
        return SECRET
    return EVERYTHING if word != HIDING[0] or after in _WITHIN else 0


def gate(raw: bytes) -> int:
    """Return the bits of what one line of JSON, or one text in UTF-8, may hold."""
    bits = ADDRESS if b"@" in raw else 0
    if _RUN in raw.translate(_ZEROS, BETWEEN):
        bits |= NUMBER
    for _, each in _secrets(raw):
        bits |= each
    return bits


def gates(raws: Sequence[bytes]) -> Mapping[int, int]:
    """Return the bits of those lines that may hold something, by their index.

    Searched as one text, because each call costs as much as some hundred bytes.
    """
    whole = b"\n".join(raws)
    if _line_ends(whole) >= max(len(raws), 1):
        return {index: bits for index, raw in enumerate(raws) if (bits := gate(raw))}
    starts = list(accumulate([len(raw) + 1 for raw in raws], initial=0))
    found: dict[int, int] = {}
    at = whole.find(b"@")
    while at >= 0:
        line = bisect_right(starts, at) - 1
        found[line] = ADDRESS
        at = whole.find(b"@", starts[line + 1])
    for line in _numbered(whole, starts):
        found[line] = found.get(line, 0) | NUMBER
    for start, bits in _secrets(whole):
        line = bisect_right(starts, start) - 1
        found[line] = found.get(line, 0) | bits
    return found


def _line_ends(whole: bytes) -> int:
    if "numpy" in sys.modules:  # a third of the time
        from ftlint.privacy.digitarray import line_ends

        return line_ends(whole)
    return whole.count(b"\n")


def _numbered(whole: bytes, starts: Sequence[int]) -> Iterator[int]:
    """Yield the numbers, from 0, of the lines of a text that hold a run of digits."""
    if "numpy" in sys.modules:  # a third of the time
        from ftlint.privacy.digitarray import runs

        yield from {bisect_right(starts, at) - 1 for at in runs(whole)}
        return
    packed, line, done = whole.translate(_ZEROS, BETWEEN), 0, 0
    at = packed.find(_RUN)
    while at >= 0:
        line += packed.count(b"\n", done, at)
        yield line
        done = packed.find(b"\n", at)
        at = packed.find(_RUN, done) if done >= 0 else -1
