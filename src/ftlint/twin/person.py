"""Persons: given names, which swap with one another, and names of somebody in particular."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from ftlint.configuration import document
from ftlint.error import PackError
from ftlint.tokens.encoding import load
from ftlint.twin.word import Word, begins
from ftlint.value import dataclass


@dataclass(frozen=True)
class Names:
    """What `names.yaml` and `persons.yaml` hold."""

    partner: Mapping[str, str]
    """The name of the other gender, of each name that has one."""
    men: frozenset[str]
    women: frozenset[str]
    alone: frozenset[str]
    """Names with a gender and without a partner."""
    doubtful: frozenset[str]
    """Names that are words as well."""
    neutral: frozenset[str]
    family: frozenset[str]
    persons: frozenset[tuple[str, ...]]
    titles: frozenset[str]
    courtesy: frozenset[str]
    places: frozenset[str]


@cache
def names() -> Names:
    """Return the names, read once a process. Raises: PackError."""
    from ftlint.configuration.packs import rules_folder  # which imports the rules

    folder = rules_folder() / "lexicons" / "swap"
    given = document.load(folder / "names.yaml", PackError).data
    known = document.load(folder / "persons.yaml", PackError).data
    persons = frozenset(tuple(n.lower().replace("-", " ").split()) for n in known["names"])
    taken, doubtful = {name[0] for name in persons if len(name) == 1}, frozenset(given["doubtful"])
    partner: dict[str, str] = {}
    alone = set(given["alone"])
    pairs = [(man, woman) for man, woman in given["pairs"]]
    for pair in pairs:
        # A name that is a word too, or somebody's, cannot be written for another one.
        if any(name in doubtful or name in partner or name.lower() in taken for name in pair):
            alone.update(pair)
        else:
            partner |= {pair[0]: pair[1], pair[1]: pair[0]}
    return Names(
        partner,
        frozenset(man for man, _ in pairs),
        frozenset(woman for _, woman in pairs),
        frozenset(alone) - partner.keys() - doubtful,
        doubtful,
        frozenset(given["neutral"]),
        frozenset(given["family"]),
        persons,
        *(frozenset(known[key]) for key in ("titles", "courtesy", "places")),
    )


def somebody(text: str, words: Sequence[Word]) -> bool:
    """Return whether somebody in particular is named, as far as capitals and lists tell."""
    known = names()
    for at, word in enumerate(words):
        if any(tuple(w.low for w in words[at : at + size]) in known.persons for size in (1, 2, 3)):
            return True
        if _capital(word) and _beside(text, words, at) and _particular(text, words, at):
            return True
    return False


def stranger(words: Sequence[Word]) -> bool:
    """Return whether a word looks like a name whose gender nobody knows.

    That is one with a capital, in no list, whose small letters are no English word: such words
    are one token of OpenAI's vocabulary, and rare names are several.
    """
    known = names()
    small = {word.text for word in words if word.text.islower()}
    asked = {
        word.low
        for word in words
        if _capital(word) and len(word.text) > 2 and word.low not in small
        if word.low not in known.places and word.text not in known.neutral | known.family
        if word.text not in known.partner and word.low not in known.courtesy
    }
    return any(_rare(low) for low in asked)


@lru_cache(maxsize=16384)
def _rare(low: str) -> bool:
    stems = {low, low.removesuffix("s"), low.removesuffix("es"), low.removesuffix("ed")}
    stems |= {low.removesuffix("ing"), low.removesuffix("ly"), low.removesuffix("d")}
    encoding = load("o200k_base")
    return all(len(encoding.ids(f" {stem}")) > 1 for stem in stems)


def _capital(word: Word) -> bool:
    return word.text[0].isupper() and word.text[1:].islower()


def _beside(text: str, words: Sequence[Word], at: int) -> bool:
    """Return whether the next word is a capital one of the same name."""
    if at + 1 >= len(words):
        return False
    gap = text[words[at].end : words[at + 1].start]
    return gap in (" ", ". ") and _capital(words[at + 1])


def _particular(text: str, words: Sequence[Word], at: int) -> bool:
    """Return whether two capital words side by side name a person that may be well known."""
    known, first, second = names(), words[at], words[at + 1]
    if first.low in known.courtesy or second.low in known.courtesy:
        return False
    gap = text[first.end : second.start]
    if gap == ". " and first.low not in known.titles and len(first.text) > 1:
        return False  # a sentence ends between them
    if first.low in known.titles:
        return True
    if first.low in known.places or second.low in known.places:
        return False
    if first.text in known.partner or first.text in known.alone:
        return second.text not in known.family
    return not (begins(text, first) or _heading(text, first))


def _heading(text: str, word: Word) -> bool:
    """Return whether most words of the line are in capitals, as those of a heading are."""
    start = text.rfind("\n", 0, word.start) + 1
    end = text.find("\n", word.end)
    line = text[start : end if end >= 0 else len(text)].split()
    return len(line) < 12 and sum(piece[:1].isupper() for piece in line) * 2 > len(line)
