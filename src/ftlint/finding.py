"""Findings: what a rule says of a place in a dataset, before the place is made concrete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import IntEnum
from typing import Any

from ftlint.value import dataclass


class Severity(IntEnum):
    """How bad a finding is; larger is worse.

    ERROR: the target refuses it, drops it or trains on nothing. WARNING: accepted but harmful.
    NOTE: worth knowing.
    """

    NOTE = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        """Return the word used in every output."""
        return self.name.lower()

    @classmethod
    def parse(cls, word: str) -> Severity:
        """Return the severity that `word` names. Raises: KeyError."""
        return cls[word.upper()]


class Safety(IntEnum):
    """Whether a fix keeps the meaning of the data."""

    DISPLAY = 1
    UNSAFE = 2
    SAFE = 3

    def __str__(self) -> str:
        """Return the word used in every output."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Where:
    """A symbolic place: made concrete (line, column) only for findings that are reported.

    `ordinal` is the 0-based line number over the whole run; None means the whole source, and a
    `source` of -1 the whole dataset. `pointer` is an RFC 6901 pointer into the record, or None
    when the line cannot be decoded. `span` counts code points: inside the string at `pointer`,
    or inside the raw line when `pointer` is None. `key` marks the member's name, not its value.
    `start` is the byte offset of the line in its (decompressed) source where that is known: a
    short cut to the line, no part of the place.
    """

    source: int = -1
    ordinal: int | None = None
    pointer: str | None = ""
    span: tuple[int, int] | None = None
    key: bool = False
    start: int = field(default=-1, compare=False)

    @property
    def order(self) -> tuple[int, int, str, tuple[int, int], bool]:
        """Return a key that sorts places by source, line and pointer."""
        line = -1 if self.ordinal is None else self.ordinal
        return (self.source, line, self.pointer or "", self.span or (-1, -1), self.key)


@dataclass(frozen=True, slots=True)
class Fix:
    """A proposed change of one record: JSON Patch operations (RFC 6902).

    To remove the whole value, the pointer `""`, is to remove the line. The fix of a finding about
    a file has no operations but says in `whole` what is done to it, in the words of
    `ftlint.afterwards.fix`.
    """

    title: str
    patch: tuple[Mapping[str, Any], ...]
    safety: Safety
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that one rule found at one place."""

    code: str
    where: Where
    message: str
    data: Mapping[str, Any] = field(default_factory=dict)
    related: Sequence[Where] = ()
    fix: Fix | None = None

    @property
    def order(self) -> tuple[Any, ...]:
        """Return a key that orders findings totally within one report."""
        return (*self.where.order, self.code, self.message)
