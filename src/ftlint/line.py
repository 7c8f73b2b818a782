"""Lines: the bytes of a shard between line ends, and where they came from."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate


class Line:
    """One line of a source, without its line end."""

    __slots__ = ("length", "ordinal", "raw", "source")

    def __init__(self, source: int, ordinal: int, raw: bytes, length: int = -1) -> None:
        """Keep the bytes and where they came from.

        `length` is larger than `raw` only for a line so long that the rest was skipped.
        """
        self.source = source
        self.ordinal = ordinal
        self.raw = raw
        self.length = len(raw) if length < 0 else length

    @property
    def skipped(self) -> bool:
        """Return whether the line was too long to be read whole."""
        return self.length > len(self.raw)


class Lines:
    """Consecutive lines of one source; a `Line` is made only for the lines that are asked for."""

    __slots__ = ("_starts", "length", "odd_space", "ordinal", "raws", "shape", "source", "start")

    def __init__(
        self,
        source: int,
        ordinal: int,
        raws: list[bytes],
        length: int = -1,
        odd_space: bool = True,
        start: int = -1,
        shape: str = "",
    ) -> None:
        """Keep the lines from number `ordinal` on; `length` is that of a single skipped line.

        `odd_space` says whether a tab or a carriage return may stand in the lines. `start` is the
        byte offset of the first one in its source, or -1. `shape` is that of the source, if known.
        """
        self.source = source
        self.ordinal = ordinal
        self.raws = raws
        self.length = length
        self.odd_space = odd_space
        self.start = start
        self.shape = shape
        self._starts: list[int] | None = None

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.raws)

    def __getitem__(self, index: int) -> Line:
        """Return one line. Raises: IndexError."""
        return Line(self.source, self.ordinal + index, self.raws[index], self.length)

    @property
    def starts(self) -> list[int]:
        """Return the byte offset of each line in its source, and of one after them; or all -1."""
        if self._starts is None:
            sizes = [len(raw) + 1 for raw in self.raws]  # each has an end
            known = self.start >= 0
            self._starts = (
                list(accumulate(sizes, initial=self.start)) if known else [-1] * len(sizes)
            )
        return self._starts

    def start_of(self, index: int) -> int:
        """Return the byte offset of one line in its source, or -1."""
        return -1 if self.start < 0 else self.starts[index]

    def chunks(self, size: int) -> Iterator[Lines]:
        """Yield the lines in pieces of at most `size`."""
        at = self.start
        for first in range(0, len(self.raws), size):
            part = self.raws[first : first + size]
            ordinal = self.ordinal + first
            yield Lines(self.source, ordinal, part, self.length, self.odd_space, at, self.shape)
            at += sum(map(len, part)) + len(part) if at >= 0 else 0
