"""Gate: which lines may hold personal data or secrets, told by their bytes before any decoding.

It errs to one side: what it lets pass is looked at, and what it stops holds nothing. JSON may
write any character as an escape; a line with an escape that could hide one of these passes.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from ftlint.privacy.sighting import ADDRESS, EVERYTHING, NUMBER, SECRET

RUN = 9
"""Digits, separators aside, of the shortest number that is looked for."""
_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_BETWEEN = b" -.()"
_RUN = b"0" * RUN
HIDING = tuple(f"\\u00{code}" for code in ("2b", "2d", "2e", "2B", "2D", "2E", *"34567"))
"""Escapes of letters, digits and the signs within what is looked for. Apostrophes and angle
brackets, which some programs escape for no need, are not among them, but for `\\u003c`."""


@cache
def _search() -> Any:
    """Return what finds the literals of secrets, and escapes that may hide some."""
    from ahocorasick_rs import BytesAhoCorasick, MatchKind

    from ftlint.privacy.form import LITERALS

    words = [word.encode() for word in (*LITERALS, *HIDING)]
    # Leftmost matches alone are found by comparing many bytes at once: 0.4 ns a byte.
    return BytesAhoCorasick(words, matchkind=MatchKind.LeftmostFirst), len(LITERALS)


def gate(raw: bytes) -> int:
    """Return the bits of what one line of JSON, or one text in UTF-8, may hold."""
    bits = ADDRESS if b"@" in raw else 0
    if _RUN in raw.translate(_ZEROS, _BETWEEN):
        bits |= NUMBER
    search, secrets = _search()
    if found := search.find_matches_as_indexes(raw):
        bits |= SECRET
        if any(word >= secrets for word, _, _ in found):
            bits = EVERYTHING
    return bits
