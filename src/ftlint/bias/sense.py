"""Senses: what must stand beside a doubtful word, and the form in which words are compared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from ftlint.text.expression import late
from ftlint.value import dataclass

END = b"$"
"""Stands among the words of a sense for the end of a clause."""
REACH = 48
"""Bytes on either side in which neighbours of a doubtful word are looked for."""
PHRASE = 4
"""Words of the longest phrase of a sense."""
_OPENING = re.compile(rb"(?:^|[.!?:\n\x1e])[\"'*#>\-\s\d)(\[\]]*$|\xe2\x80[\x9c\x98\xa2]\s*$")
"""What stands before the first word of a sentence."""


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

    def meant(self, raw: bytes, marked: bytes, place: tuple[int, int, int, int]) -> bool:
        """Return whether the word at `place` names people; text, word, text end are its bounds.

        `marked` is the text in normal form, with line ends between clauses.
        """
        first, start, end, beyond = place
        opens = False
        if self.case and raw[start:end] not in self.case:
            return False
        if self.capital:
            if raw[start] == marked[start]:
                return False
            opens = start == first or bool(_OPENING.search(raw, max(first, start - 8), start))
        after: list[bytes] = []
        wanted, unless = self.next, self.unless_next
        if wanted or unless:
            stop = end + REACH
            after = marked[end : stop if stop < beyond else beyond].partition(b"\n")[0].split()
            if unless and _begin(after, unless):
                return False
        before: list[bytes] = []
        unless = self.unless_previous
        if self.previous or unless:
            since = start - REACH
            before = marked[since if since > first else first : start].rpartition(b"\n")[2].split()
            if unless and _end(before, unless):
                return False
        if opens and self.at_start:
            wanted = self.at_start
        if not wanted and not self.previous:
            return not (opens and self.capital == "inside")
        return _begin(after, wanted) or self._far(after) or self._before(before)

    def _far(self, after: list[bytes]) -> bool:
        if self.far:
            for skip in range(1, min(self.gap + 1, len(after))):
                if after[skip] in _edges(self.far, 0) and _begin(after[skip:], self.far):
                    return True
        return False

    def _before(self, words: list[bytes]) -> bool:
        if not words or not self.previous:
            return False
        if _end(words, self.previous):
            return True
        if words[-1] not in self.degree:
            return False
        while words and words[-1] in self.degree:
            words = words[:-1]
        return _end(words, self.previous)


def _begin(words: Sequence[bytes], wanted: frozenset[bytes]) -> bool:
    """Return whether one of the phrases stands first; nothing at all is the end of a clause."""
    if not words:
        return END in wanted
    phrase = words[0]
    if phrase in wanted:
        return True
    if phrase not in _edges(wanted, 0):
        return False
    for word in words[1:PHRASE]:
        phrase += b" " + word
        if phrase in wanted:
            return True
    return False


def _end(words: Sequence[bytes], wanted: frozenset[bytes]) -> bool:
    """Return whether one of the phrases stands last."""
    if not words:
        return False
    phrase = words[-1]
    if phrase in wanted:
        return True
    if phrase not in _edges(wanted, -1):
        return False
    for word in words[-2 : -PHRASE - 1 : -1]:
        phrase = word + b" " + phrase
        if phrase in wanted:
            return True
    return False


@lru_cache(maxsize=1024)
def _edges(phrases: frozenset[bytes], at: int) -> frozenset[bytes]:
    """Return the first or the last words of phrases."""
    return frozenset([phrase.split(b" ")[at] for phrase in phrases])


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
