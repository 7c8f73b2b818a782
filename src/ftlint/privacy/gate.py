"""Gate: which lines may hold personal data or secrets, told by their bytes before any decoding.

It errs to one side: what it lets pass is looked at, and what it stops holds nothing. JSON may
write any character as an escape; a line with an escape that could hide one of these passes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import Any

from ftlint.privacy.sighting import ADDRESS, EVERYTHING, NUMBER, SECRET

RUN = 9
"""Digits, separators aside, of the shortest number that is looked for."""
_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_BETWEEN = b" -.()"
_RUN = b"0" * RUN
HIDING = tuple(f"\\u00{digit}" for digit in "234567")
"""Beginnings of escapes of ASCII; of those in `2` only the signs within addresses and keys count,
for some programs escape apostrophes and the like for no need."""
_WITHIN = b"bdeBDE"
"""Last digits of the escapes of `+`, `-` and `.`."""


@cache
def _search() -> Any:
    """Return what finds the literals of secrets, and escapes that may hide some."""
    from ahocorasick_rs import BytesAhoCorasick, MatchKind

    from ftlint.privacy.form import LITERALS

    words = [word.encode() for word in (*LITERALS, *HIDING)]
    # Leftmost matches alone are found by comparing many bytes at once: 1 ns a byte.
    return BytesAhoCorasick(words, matchkind=MatchKind.LeftmostFirst), len(LITERALS)


def gate(raw: bytes) -> int:
    """Return the bits of what one line of JSON, or one text in UTF-8, may hold."""
    bits = ADDRESS if b"@" in raw else 0
    if _RUN in raw.translate(_ZEROS, _BETWEEN):
        bits |= NUMBER
    search, secrets = _search()
    if found := search.find_matches_as_indexes(raw):
        for word, _, end in found:
            bits |= SECRET if word < secrets else _hidden(raw, word == secrets, end)
    return bits


def _hidden(raw: bytes, sign: bool, end: int) -> int:
    """Return the bits of an escape whose last digit stands at `end`."""
    return EVERYTHING if not sign or raw[end : end + 1] in _WITHIN else 0


def gates(raws: Sequence[bytes]) -> Mapping[int, int]:
    """Return the bits of those lines that may hold something, by their index.

    Searched as one text, because each call costs as much as some hundred bytes.
    """
    whole = b"\n".join(raws)
    if any(b"\n" in raw for raw in raws):
        return {index: bits for index, raw in enumerate(raws) if (bits := gate(raw))}
    starts = list(accumulate(map(len, raws), lambda at, size: at + size + 1, initial=0))
    found: dict[int, int] = {}
    at = whole.find(b"@")
    while at >= 0:
        line = bisect_right(starts, at) - 1
        found[line] = ADDRESS
        at = whole.find(b"@", starts[line + 1])
    for line in _numbered(whole):
        found[line] = found.get(line, 0) | NUMBER
    search, secrets = _search()
    for word, start, end in search.find_matches_as_indexes(whole):
        line = bisect_right(starts, start) - 1
        bits = SECRET if word < secrets else _hidden(whole, word == secrets, end)
        if bits:
            found[line] = found.get(line, 0) | bits
    return found


def _numbered(whole: bytes) -> Iterator[int]:
    """Yield the numbers, from 0, of the lines of a text that hold a run of digits."""
    packed, line, done = whole.translate(_ZEROS, _BETWEEN), 0, 0
    at = packed.find(_RUN)
    while at >= 0:
        line += packed.count(b"\n", done, at)
        yield line
        done = packed.find(b"\n", at)
        at = packed.find(_RUN, done) if done >= 0 else -1
