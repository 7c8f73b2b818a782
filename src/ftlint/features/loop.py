"""Loops: text that says the same again and again, found in time linear in its length."""

from __future__ import annotations

from collections import Counter

from ftlint.value import dataclass

NEEDLE = 24
"""Characters before an anchor that are looked for in front of themselves."""
REACH = 512
"""Characters in which they are looked for: the longest period."""
STEP = 300
"""Characters from one anchor to the next: shorter loops may hide between two, but at the end."""
LEAST = 100
"""Characters of the shortest loop."""
TIMES = 4
"""Times that a unit is said at least; shorter units more often."""
_MARKS = ("\n", ". ", "! ", "? ", "。", "，", " ")
"""Ends of sentences, else of words."""
LINE = 30
"""Characters of a line or sentence that is counted."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A unit that a text repeats."""

    start: int
    end: int
    unit: str
    times: int


def find_loop(text: str) -> Loop | None:
    """Return the last loop of `text`, or the sentence that it says most often."""
    anchor = len(text)
    while anchor > LEAST:
        needle = text[anchor - NEEDLE : anchor]
        before = text.rfind(needle, max(0, anchor - NEEDLE - REACH), anchor - 1)
        start = anchor
        if before >= 0:
            loop = _around(text, anchor, anchor - NEEDLE - before)
            if loop.end - loop.start >= LEAST and loop.times >= _times(loop.unit):
                return loop
            start = loop.start  # what was compared once is not compared again
        anchor = min(anchor - STEP, start)
    return _most_said(text) if len(text) > LEAST * TIMES else None


def _around(text: str, anchor: int, period: int) -> Loop:
    """Return the loop of this period that ends in front of `anchor` or goes on behind it."""
    start, end = anchor - NEEDLE - period, anchor
    # Slices cost little a character, so many periods are compared at a time, then single ones.
    for size in (period * max(1, 256 // period), period):
        while start >= size and text.startswith(text[start - size : start], start - size + period):
            start -= size
        while end + size <= len(text) and text.startswith(text[end : end + size], end - period):
            end += size
    return Loop(start, end, _turned(text[start : start + period]), (end - start) // period)


def _turned(unit: str) -> str:
    """Return a unit from the start of its first sentence on, else of its first word."""
    for mark in _MARKS:
        at = unit.find(mark) + len(mark)
        if at >= len(mark):
            return unit[at:] + unit[:at]
    return unit


def _times(unit: str) -> float:
    """Return how often `unit` must be said: rules, tables and laughter repeat by nature."""
    letters = sum(map(str.isalpha, unit))
    if not letters:
        return float("inf")
    if letters < 3 or letters < len(unit) / 3:
        return max(TIMES, 120 // len(unit))
    return TIMES if len(unit) >= 20 else 2 * TIMES


def _most_said(text: str) -> Loop | None:
    """Return the line or sentence that is said `TIMES` and more, in a third of the text."""
    for mark in ("\n", ". ", "。"):
        if text.count(mark) <= TIMES:
            continue
        parts = text.split(mark)
        if len(parts) - len(set(parts)) < TIMES:
            return None  # lines, or else sentences: one of them is enough
        counts = Counter([part.strip() for part in parts if len(part) >= LINE])
        for unit, times in counts.most_common(1):
            if times > TIMES and times * len(unit) * 3 >= len(text) and _times(unit) <= times:
                return Loop(text.index(unit), text.rindex(unit) + len(unit), unit, times)
    return None
