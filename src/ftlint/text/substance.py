"""Substance: whether two answers to one prompt contradict each other or only differ in words.

Nothing here understands a text: two answers are compared by the words that they share. Doubtful
ones count as contradictions, but for small talk.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

from ftlint.features.spoken import Said
from ftlint.similarity.shingle import UNSPACED
from ftlint.text.wordlist import words

SHARED = 0.5
"""Share of the words of the shorter answer that two which say the same have in common."""
COMMON = 2
"""Words that they have in common at least."""
VERBATIM = 0.6
"""Share of pairs of neighbouring words in common from which one answer is the other one with
another value in it."""
STEM = 5
"""Letters by which words are compared, so that `latte` and `lattes` are the same."""
LONGEST = 4000
"""Characters of an answer that are compared."""

_NOT_ALONE = re.compile("[不没沒无無非]|ない|ません|n['’]t\\b")
_SENTENCE = re.compile(r"(?<=[.!?;。！？؟])\s*|\n+")
_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
_PLAIN = re.compile(r"[0-9A-Za-z]+")
"""Words of ASCII, found in a third of the time."""


def _lists() -> dict[str, frozenset[str]]:
    """Return light, polite, asking and filling words, and negations (`not`)."""
    return words("answer")


def same(first: str, other: str) -> bool:
    """Return whether two answers seem to say the same, or nothing that can be contradicted.

    One that says a number or a negation which the other one does not have is another answer, and
    so is one that repeats the other word by word but for a value.
    """
    first, other = first[:LONGEST].casefold(), other[:LONGEST].casefold()
    if first == other:
        return False  # they differ further on
    if _idle(first) and _idle(other):
        return True
    if _other_numbers(_NUMBER.findall(first), _NUMBER.findall(other)):
        return False
    said, answered = _tokens(first), _tokens(other)
    if _negated(first, said) != _negated(other, answered):
        return False
    few, many = sorted((_heavy(said), _heavy(answered)), key=len)
    if few <= many:
        return len(few) >= COMMON or (few == many and bool(few))
    common = len(few & many)
    return common >= max(COMMON, SHARED * len(few)) and not _verbatim(said, answered)


def _other_numbers(first: list[str], other: list[str]) -> bool:
    """Return whether each text has a number that the other one lacks."""
    if not first or not other:
        return False
    mine, theirs = Counter(first), Counter(other)
    return bool(mine - theirs and theirs - mine)


def asks_the_same(first: Sequence[Said], other: Sequence[Said]) -> bool:
    """Return whether two prompts differ at most in words that change nothing, or in spelling.

    Messages are compared one by one, and system prompts must be equal.
    """
    return len(first) == len(other) and all(
        mine[0] == theirs[0] and (mine == theirs or (mine[0] != "system" and _close(mine, theirs)))
        for mine, theirs in zip(first, other, strict=True)
    )


def _close(first: Said, other: Said) -> bool:
    filler = _lists()["filler"]
    mine, theirs = (
        Counter(word for word in _tokens(text) if word not in filler) for _, text in (first, other)
    )
    left, right = list((mine - theirs).elements()), list((theirs - mine).elements())
    if len(left) != len(right):
        return False
    for word in left:
        near = next((each for each in right if _misspelt(word, each)), None)
        if near is None:
            return False
        right.remove(near)
    return True


def _misspelt(first: str, other: str) -> bool:
    """Return whether two words of some length differ in one letter that is not the first."""
    if first[0] != other[0] or min(len(first), len(other)) < STEM or not first.isalpha():
        return False
    short, long = sorted((first, other), key=len)
    same = next((at for at, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), -1)
    if len(short) == len(long):
        return short[same + 1 :] == long[same + 1 :]
    return len(long) - len(short) == 1 and (same < 0 or short[same:] == long[same + 1 :])


def _idle(text: str) -> bool:
    """Return whether a text only greets and asks."""
    idle = False
    for sentence in _sentences(text):  # mostly the first one says something
        if said := _tokens(sentence):
            idle = _states_nothing(sentence, said)
            if not idle:
                return False
    return idle


def _sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text as they are asked for."""
    at = 0
    for end in _SENTENCE.finditer(text):
        yield text[at : end.start()]
        at = end.end()
    yield text[at:]


def _states_nothing(sentence: str, said: Sequence[str]) -> bool:
    polite, asking = _lists()["polite"], _lists()["asking"]
    if sentence.rstrip().endswith(("?", "？", "؟")):
        return True
    first = next((word for word in said if word not in polite), None)
    return first is None or first in asking


def _negated(text: str, said: Sequence[str]) -> bool:
    return not _lists()["not"].isdisjoint(said) or _NOT_ALONE.search(text) is not None


def _heavy(said: Sequence[str]) -> set[str]:
    """Return the beginnings of words that say something, and pairs of unspaced characters."""
    spaced = [word for word in said if len(word) > 1 or word.isascii()]
    silent = _silent()
    heavy = {word[:STEM] for word in spaced if word not in silent and not word.isdigit()}
    if len(spaced) < len(said):
        heavy |= {a + b for a, b in pairwise(said) if len(a) == len(b) == 1 and not a.isascii()}
    return heavy


@cache
def _silent() -> frozenset[str]:
    return _lists()["light"] | _lists()["not"]


def _verbatim(first: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether most pairs of neighbouring words are the same."""
    mine, theirs = set(pairwise(first)), set(pairwise(other))
    return len(mine & theirs) >= VERBATIM * min(len(mine), len(theirs))


def _tokens(text: str) -> list[str]:
    """Return the words of a text; of scripts without spaces the characters."""
    return (_PLAIN if text.isascii() else _pattern()).findall(text)


@cache
def _pattern() -> re.Pattern[str]:
    alone = "".join(f"{chr(codes.start)}-{chr(codes.stop - 1)}" for codes in UNSPACED)
    return re.compile(rf"[{alone}]|[^\W_{alone}]+")
