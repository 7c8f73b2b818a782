"""Snippets: the window of text around a finding, and its columns in the line."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ftlint.finding import Where
from ftlint.line import Line
from ftlint.place import Places
from ftlint.pointer import Extent
from ftlint.privacy.gate import gates
from ftlint.privacy.veil import TOGETHER, veiled_part
from ftlint.value import dataclass

WINDOW = 72
"""Code points shown of a line."""
AROUND = 4096
"""Code points beside the window in which what is private may begin or end; longer than a key."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A window of the raw line; `start` and `width` say where the caret goes in `text`."""

    text: str
    start: int
    width: int
    before: bool
    """Whether the line goes on before the window."""
    after: bool
    """Whether the line goes on after the window."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a finding is within its line; columns count code points from 1."""

    column: int | None = None
    end_column: int | None = None
    snippet: Snippet | None = None


def place(raw: bytes, where: Where, *, veil: bool = True, quote: bool = True) -> Spot:
    """Return the columns of `where` in the line `raw`, and to `quote` it the window around them.

    With `veil`, dots stand in the window for what is personal or secret.
    """
    places = _opened(raw)
    extent = _extent(places, where)
    seen = window(places.text, extent, veil=veil) if quote else None
    return Spot(extent.start + 1, extent.end + 1, seen)


def suspects(lines: Mapping[int, Line]) -> frozenset[int]:
    """Return which lines may hold what is personal or secret; long ones are not searched whole."""
    found, short = set(lines), [at for at, line in lines.items() if len(line.raw) <= AROUND]
    for first in range(0, len(short), TOGETHER):
        some = short[first : first + TOGETHER]
        seen = gates([lines[at].raw for at in some])
        found.difference_update([at for index, at in enumerate(some) if index not in seen])
    return frozenset(found)


@lru_cache(maxsize=1)
def _opened(raw: bytes) -> Places:
    """Return the places of a line; findings of one line mostly follow each other."""
    return Places(raw.decode(errors="replace").rstrip("\r"))


def _extent(places: Places, where: Where) -> Extent:
    if where.pointer is None:
        start, end = where.span or (0, len(places.text))
        return Extent(min(start, len(places.text)), min(end, len(places.text)))
    extent = places.locate(where.pointer, key=where.key)
    if extent is None:
        return places.nearest(where.pointer)
    return places.inside(extent, where.span) if where.span and not where.key else extent


def window(text: str, extent: Extent, *, veil: bool = False) -> Snippet:
    """Return at most `WINDOW` code points of `text` around the start of `extent`."""
    width = min(extent.end - extent.start, WINDOW)
    left = max(0, min(extent.start - (WINDOW - width) // 2, len(text) - WINDOW))
    right = min(len(text), left + WINDOW)
    shown = min(width, right - extent.start)
    return Snippet(
        _seen(text, left, right, veil),
        extent.start - left,
        max(shown, 1),
        left > 0,
        right < len(text),
    )


def _seen(text: str, left: int, right: int, veil: bool) -> str:
    """Return a part of `text`; what begins before it or ends behind it is private all the same."""
    if not veil:
        return text[left:right]
    near = max(0, left - AROUND)
    return veiled_part(text[near : right + AROUND], left - near, right - near)
