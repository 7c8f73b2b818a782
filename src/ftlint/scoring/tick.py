"""Ticks: how far scoring has come, on standard error, for who watches a terminal."""

from __future__ import annotations

import sys
from time import monotonic

EVERY = 2.0
"""Seconds between two ticks; what takes less shows nothing."""
_state = {"silent": False}


def silence() -> None:
    """Show nothing for the rest of this process."""
    _state["silent"] = True


class Ticks:
    """One line that is written over itself, and removed at the end."""

    def __init__(self, name: str, total: int) -> None:
        """Begin to count up to `total` texts."""
        self._name, self._total = name, total
        self._done, self._shown = 0, False
        self._began = self._last = monotonic()
        terminal = sys.stderr is not None and sys.stderr.isatty()
        self._live = terminal and not _state["silent"]

    def step(self, many: int) -> None:
        """Count `many` texts more."""
        self._done += many
        now = monotonic()
        if self._live and now - self._last >= EVERY:
            left = (now - self._began) / self._done * (self._total - self._done)
            told = f"{self._done:,} of {self._total:,} texts, {left / 60:,.0f} minutes left"
            sys.stderr.write(f"\r{self._name}: {told}\x1b[K")
            sys.stderr.flush()
            self._last, self._shown = now, True

    def end(self) -> None:
        """Remove the line."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
