"""English pronouns of two readings: `her` is his or him, and `his` is her or hers.

Decided by the neighbours, from lists in `rules/lexicons/swap/grammar.yaml`; no parser is needed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields
from functools import cache

from ftlint.configuration import document
from ftlint.error import PackError
from ftlint.twin.word import Word
from ftlint.value import dataclass

_AT = frozenset(
    [
        "to",
        "in",
        "at",
        "from",
        "on",
        "of",
        "with",
        "behind",
        "near",
        "inside",
        "down",
        "off",
        "into",
        "across",
        "hurt",
    ]
)
_GAP = re.compile(r"[ \t]+$|[ \t]*[*_]+$")
"""What may stand between a pronoun and a word of the same phrase."""


@dataclass(frozen=True)
class Grammar:
    """Lists of words, each explained in the file."""

    ends: frozenset[str]
    nouns: frozenset[str]
    causes: frozenset[str]
    bare: frozenset[str]
    moods: frozenset[str]
    gives: frozenset[str]
    things: frozenset[str]
    friendly: frozenset[str]
    absolute: frozenset[str]
    english: frozenset[str]


@cache
def grammar() -> Grammar:
    """Return the lists, read once a process. Raises: PackError."""
    from ftlint.configuration.packs import rules_folder  # which imports the rules

    data = document.load(rules_folder() / "lexicons" / "swap" / "grammar.yaml", PackError).data
    return Grammar(**{field.name: frozenset(data[field.name]) for field in fields(Grammar)})


def counterpart(text: str, words: Sequence[Word], at: int) -> str | None:
    """Return what `her`, `him`, `his` or `hers` becomes at `words[at]`; None for other words."""
    word = words[at].low
    if word == "him":
        return "her"
    if word == "hers":
        return "his"
    if word == "his":
        return "hers" if _alone(text, words, at) else "her"
    if word == "her":
        return "him" if _object(text, words, at) else "his"
    return None


def following(text: str, words: Sequence[Word], at: int) -> Word | None:
    """Return the next word of the same phrase; None where punctuation ends it."""
    if at + 1 >= len(words) or words[at].whole != words[at].end:
        return None
    gap = text[words[at].end : words[at + 1].start]
    return words[at + 1] if _GAP.fullmatch(gap) or gap in (' "', " “", " (", " '") else None


def _alone(text: str, words: Sequence[Word], at: int) -> bool:
    after = following(text, words, at)
    if after is None:
        return not _opens(text, words[at])
    if after.low in ("will", "can", "may") and at and words[at - 1].low in _AT:
        return False
    if after.low in grammar().absolute:
        return True
    ends = after.low in grammar().ends and after.low not in grammar().nouns
    return ends and at > 1 and words[at - 1].low == "of"


def _opens(text: str, word: Word) -> bool:
    """Return whether a number or an open quotation goes on the phrase, as in `his 3 dogs`."""
    rest = text[word.end : word.end + 3].lstrip(" ")
    return rest[:1] in tuple("\"“'‘*_$(") and text[word.end : word.end + 1] == " "


def _object(text: str, words: Sequence[Word], at: int) -> bool:
    """Return whether `her` is an object: him."""
    lists, after = grammar(), following(text, words, at)
    before = _before(text, words, at)
    if after is None:
        return before in lists.gives or not _opens(text, words[at])
    if after.low[0].isdigit():
        return before in lists.gives
    last = following(text, words, at + 1)
    if after.low in lists.ends:
        return after.low not in lists.nouns or not _noun(before, after.low, last)
    if before in lists.causes and (after.low in lists.bare or after.low in lists.moods):
        # `made her happy childhood` is rare; `saw her play` is either, and rarely the noun.
        return after.low in lists.bare or last is None or last.low in lists.ends
    if before in lists.causes and after.low.endswith("ing") and len(after.low) > 5:
        return True
    if before in lists.gives and after.low in lists.things:
        return last is None or last.low in lists.ends or after.low in lists.things
    adverb = after.low.endswith("ly") and after.low not in lists.friendly
    return adverb and (last is None or last.low in lists.ends)


def _before(text: str, words: Sequence[Word], at: int) -> str:
    """Return the word before in the same phrase, or nothing."""
    gap = text[words[at - 1].whole : words[at].start] if at else "."
    return words[at - 1].low if gap.strip(" \t*_") == "" else ""


def _noun(before: str, word: str, last: Word | None) -> bool:
    """Return whether a word that may be an adverb is owned here: `to her home`, `her right arm`."""
    if word == "back":
        said = last is not None and last.low in ("is", "was", "hurts", "hurt", "aches", "ached")
        return said or before in _AT
    if word == "very":
        return last is None or last.low not in ("much", "well", "often", "badly", "deeply")
    if word in ("may", "will", "own"):
        return word == "own" or before in ("of", "against", "about", "in")
    if last is not None and last.low not in grammar().ends:
        return word in ("much", "right", "daily", "better", "back", "home", "inside", "outside")
    return before in _AT
