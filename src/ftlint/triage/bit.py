"""Bits: what is known of one word before any weight is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ftlint.triage.words import END

IDENTITY, FIRST, PERSON, STOP, SINGLE = 1, 2, 4, 8, 16
"""Bits of a word: names a group; begins a name of two words; people in general; the end of a
sentence; one letter."""
CUES = 8
"""The lowest bit of a word that stands for a class of cues."""

PEOPLE = frozenset(
    [
        "people",
        "person",
        "persons",
        "folk",
        "folks",
        "community",
        "communities",
        "individual",
        "individuals",
        "couple",
        "couples",
        "guy",
        "guys",
        "citizen",
        "citizens",
        "kid",
        "kids",
        "child",
        "children",
        "adult",
        "adults",
    ]
)
"""Words that go with the name of a group, and are left out beside it."""


class Named(Protocol):
    """Names of groups, by key of a word."""

    @property
    def single(self) -> frozenset[int]:
        """Return the names of one word."""
        ...

    @property
    def firsts(self) -> frozenset[int]:
        """Return the first words of names of two."""
        ...


def bits_of(word: str, known: int, names: Named, cues: Mapping[int, int]) -> int:
    """Return the bits of `word`, whose key is `known`; `cues` are classes by key."""
    bits = cues.get(known, 0) << CUES
    bits |= IDENTITY * (known in names.single) | FIRST * (known in names.firsts)
    bits |= PERSON * (word in PEOPLE) | STOP * (word == END)
    return bits | SINGLE * (len(word) == 1 and word != END)
