"""Quotation marks of JSON that begin or end a string, counted by numpy in many lines at once."""

from __future__ import annotations

import numpy as np

_FEW = 1000
"""Bytes for each quotation mark behind several backslashes, at least, to look at each by itself."""


def bounding(whole: bytes) -> int:
    """Return how many quotation marks in lines of JSON stand behind an even run of backslashes."""
    byte = np.frombuffer(whole, np.uint8)
    quote, slash = byte == ord('"'), byte == ord("\\")
    behind = quote[1:] & slash[:-1]
    several = np.flatnonzero(behind[1:] & slash[:-2])
    if len(several) * _FEW > len(whole):
        return bounding(whole.replace(rb"\\", b""))
    found = int(np.count_nonzero(quote)) - int(np.count_nonzero(behind))
    for before in several.tolist():
        length = 2
        while before and whole[before - 1] == ord("\\"):
            before, length = before - 1, length + 1
        found += length % 2 == 0
    return found
