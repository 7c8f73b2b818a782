"""Invented: what people write in place of a key or a password, told from one."""

from __future__ import annotations

import re
from itertools import pairwise

_INSTEAD = re.compile(
    r"example|your|xxx|placeholder|sample|dummy|fake|redacted|insert|replace|changeme|here|token_?"
    r"goes|secret_?key|abcdef|123456|fedcba|654321|qwerty|asdf|test_?key|foobar|\.\.\.|\*\*\*",
    re.IGNORECASE,
)


def made_up(body: str) -> bool:
    """Return whether people have typed this in place of a key: words, rows, runs, few signs."""
    lowered = body.lower()
    if _INSTEAD.search(lowered) or len(set(lowered)) < min(10, len(body) // 2):
        return True
    steps = [ord(b) - ord(a) for a, b in pairwise(lowered)]
    return any(_row(steps, step) >= 5 for step in (0, 1, -1))


def _row(steps: list[int], wanted: int) -> int:
    """Return how often in a row the same step is taken, at most."""
    most = row = 0
    for step in steps:
        row = row + 1 if step == wanted else 0
        most = max(most, row)
    return most
