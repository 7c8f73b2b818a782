"""Words of a text with their places, and how a new word takes the form of the old one."""

from __future__ import annotations

import re
from typing import NamedTuple

from ftlint.text.expression import late

_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*")
_SUFFIX = re.compile(r"['’](?:s|d|ll|re|ve|m|t)$", re.IGNORECASE)
_SENTENCE = late(r"(?:[.!?:…]['\"”’)\]]*\s+|\n\s*|^\s*|[\"“«(\[*_#>•]\s*|[-–—]\s+|\d[.)]\s+)$")
_UNSOUNDED = ("heir", "hour", "honest", "honor", "honour")
_CONSONANT = ("uni", "use", "usa", "eur", "one", "once", "ut", "ewe")


class Word(NamedTuple):
    """A word without what is contracted to it: of `he's`, `he`."""

    start: int
    end: int
    text: str
    low: str
    """In small letters, with a straight apostrophe."""
    whole: int
    """Where the piece ends of which it is a part: after the `s` of `he's`."""


def words_of(text: str) -> list[Word]:
    """Return the words of `text`; what goes on with an underscore is none."""
    found = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        if text[start - 1 : start] == "_" or text[end : end + 1] == "_":
            continue
        suffix = _SUFFIX.search(match[0])
        stem = match[0][: suffix.start()] if suffix else match[0]
        low = stem.lower().replace("’", "'")
        found.append(Word(start, start + len(stem), stem, low, end))
    return found


def begins(text: str, word: Word) -> bool:
    """Return whether a sentence, a line or a quotation begins with `word`."""
    return bool(_SENTENCE.search(text[max(0, word.start - 8) : word.start]))


def like(new: str, old: str) -> str:
    """Return `new` in the case of `old`: SHE for HE, She for He, muslim for christian."""
    if old.isupper() and len(old) > 1:
        return new.upper()
    if old[0].isupper():
        return new[0].upper() + new[1:]
    return new.lower()


def vowel(word: str) -> bool:
    """Return whether `an` stands before `word` rather than `a`."""
    low = word.lower()
    if low.startswith(_UNSOUNDED):
        return True
    return low[0] in "aeiou" and not low.startswith(_CONSONANT)
