"""Runs of digits in a long text, by numpy: what `privacy.gate` finds without it."""

from __future__ import annotations

import numpy as np

from ftlint.privacy.gate import BETWEEN, RUN

_SEPARATES = np.array([byte in BETWEEN for byte in range(256)])
_NEAR = 4
"""Bytes from one digit to the next up to which arrays tell what stands between."""


def runs(whole: bytes) -> list[int]:
    """Return where runs begin; of a longer one each place from which `RUN` digits follow."""
    byte = np.frombuffer(whole, np.uint8)
    digit = byte - np.uint8(ord("0"))
    at = np.flatnonzero(np.less(digit, np.uint8(10), out=digit.view(np.bool_)))
    gap = np.diff(at)
    linked = gap == 1
    apart = np.flatnonzero(~linked)
    for step in range(1, _NEAR):
        apart = apart[_SEPARATES[byte[at[apart] + step]]]
        here = gap[apart] == step + 1
        linked[apart[here]] = True
        apart = apart[~here]
    for index, start, end in zip(
        apart.tolist(), at[apart].tolist(), at[apart + 1].tolist(), strict=True
    ):
        linked[index] = not whole[start + _NEAR : end].strip(BETWEEN)
    width = 1
    while width < RUN - 1:  # which is a power of two
        linked = linked[:-width] & linked[width:]
        width *= 2
    begun: list[int] = at[np.flatnonzero(linked)].tolist()
    return begun


def line_ends(whole: bytes) -> int:
    """Return how many line ends stand in a text."""
    return int(np.count_nonzero(np.frombuffer(whole, np.uint8) == ord("\n")))
