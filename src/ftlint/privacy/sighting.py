"""Sightings: personal data and secrets in one text, by kind and place; the value stays there."""

from __future__ import annotations

from typing import Literal

from ftlint.value import dataclass

Kind = Literal[
    "email", "phone", "card", "iban", "national-id", "api-key", "private-key", "password"
]
ADDRESS, NUMBER, SECRET = 1, 2, 4
"""What a line may hold, as bits: something around an `@`, digits, the beginning of a secret."""
EVERYTHING = ADDRESS | NUMBER | SECRET


@dataclass(frozen=True, slots=True)
class Sighting:
    """One value in one text; `start` and `end` count code points."""

    start: int
    end: int
    kind: Kind
    about: str
    """What may be said of it: the kind of domain, the issuer, the provider."""
    personal: bool = True
    """False for an address that a role has, not a person: `support@`."""


def listed(words: str) -> frozenset[str]:
    """Return the words of a list that is written as one text."""
    return frozenset(words.split())
