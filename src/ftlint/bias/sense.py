"""Senses: what must stand beside a doubtful word, and the form in which words are compared."""

from __future__ import annotations

from ftlint.text.expression import late
from ftlint.value import dataclass

END = b"$"
"""Stands among the words of a sense for the end of a clause."""


@dataclass(frozen=True, slots=True)
class Sense:
    """What must stand beside a doubtful word for it to name people.

    Phrases are in normal form, as UTF-8. Where `next` or `previous` have some, one of them must be
    there; at the beginning of a sentence, where every word has a capital, `at_start` replaces
    `next`.
    """

    next: frozenset[bytes] = frozenset()
    previous: frozenset[bytes] = frozenset()
    at_start: frozenset[bytes] = frozenset()
    unless_next: frozenset[bytes] = frozenset()
    unless_previous: frozenset[bytes] = frozenset()
    far: frozenset[bytes] = frozenset()
    """Those of `next` before which up to `gap` words may stand: not the ends and small words."""
    gap: int = 0
    capital: str = ""
    """`yes`: it is written with a capital; `inside`: and does not begin a sentence."""
    case: frozenset[bytes] = frozenset()
    """The only spellings that count, if there are any."""
    degree: frozenset[bytes] = frozenset()
    """Words that may stand between it and `previous`: very, too."""

    def with_(self, other: Sense) -> Sense:
        """Return the demands of both; numbers and capitals are those of `other` if it has some."""
        return Sense(
            self.next | other.next,
            self.previous | other.previous,
            self.at_start | other.at_start,
            self.unless_next | other.unless_next,
            self.unless_previous | other.unless_previous,
            self.far | other.far,
            other.gap or self.gap,
            other.capital or self.capital,
            self.case | other.case,
            self.degree | other.degree,
        )


# What is no letter is a space, in texts as in terms; bytes beyond ASCII stay.
TABLE = bytes(
    b if b > 127 or chr(b).isalnum() or b == 95 else 32 for b in b"%b" % bytes(range(256)).lower()
)
CLAUSES = bytes(10 if chr(b) in '.!?;:,()[]\n"\x1e' else letter for b, letter in enumerate(TABLE))
"""The same, with the end of a line for what ends the words that belong together."""
_UNSPACED = late("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]")


def normal(term: str) -> str:
    """Return a term as it is compared: lower case, one space for whatever is no letter."""
    low = term.lower()
    if low.isalpha():  # most of them
        return low
    return " ".join(low.encode().translate(TABLE).decode().split())


def spaced(term: str) -> bool:
    """Return whether a term is written between spaces, as those of Chinese are not."""
    return term.isascii() or not _UNSPACED.search(term)
