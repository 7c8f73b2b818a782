"""Swaps: what changes in the texts of one example when the groups of an axis trade places.

texts -> words -> the words that name a group, with what they become -> replacements; or the
reason why the example is left as it is. All texts of an example are read together, since a
question and its answer speak of the same people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from ftlint.features.language import guess, is_code
from ftlint.twin.person import names, somebody
from ftlint.twin.pronoun import counterpart, following, grammar
from ftlint.twin.shelter import Span, inside, shelters
from ftlint.twin.table import PRONOUNS, Table, Way
from ftlint.twin.word import Word, begins, like, vowel, words_of


class Change(NamedTuple):
    """A replacement in one text."""

    start: int
    end: int
    new: str
    group: str
    """The group that the old words name; empty for an article."""


@dataclass(frozen=True, slots=True)
class Swap:
    """What becomes of an example: changes a text, or the reason why there is no twin."""

    changes: tuple[tuple[Change, ...], ...] = ()
    left: str = ""
    groups: frozenset[str] = frozenset()
    """The groups that the example names, also where it has no twin."""


NOTHING, LANGUAGE, TOPIC, BODY = "nothing to swap", "not English", "about the groups", "bodily"
PERSON, NAME, CODE, ALIKE = "somebody named", "proper name", "code", "both groups alike"
REASONS = (NOTHING, LANGUAGE, TOPIC, BODY, PERSON, NAME, CODE, ALIKE)

_PAIRED = re.compile(
    r"\s*(?:[/&]|,?\s+(?:and|or|nor|versus|vs\.?|than|to|&)\s+(?:the\s+|a\s+|an\s+)?)\s*\(?\s*",
    re.I,
)
_PROGRAM = re.compile(
    r"\b(?:def|function|return|import|class|public|void|const|let|var|print|select|echo)\b"
    r".*[;:(){}=]|;\s*$",
    re.MULTILINE,
)
_SITES = frozenset(
    [
        "san",
        "saint",
        "st",
        "fort",
        "port",
        "lake",
        "mount",
        "new",
        "north",
        "south",
        "east",
        "west",
        "cape",
    ]
)
_COPULA = frozenset(["am", "is", "are", "was", "were", "be", "being", "i", "you", "they", "we"])
_WHO = frozenset(
    [
        "i",
        "you",
        "he",
        "she",
        "they",
        "we",
        "who",
        "people",
        "person",
        "man",
        "woman",
        "guy",
        "girl",
        "boy",
        "friend",
        "boyfriend",
        "girlfriend",
        "husband",
        "wife",
        "family",
        "parents",
        "kids",
    ]
)


def swap(texts: Sequence[str], table: Table) -> Swap:
    """Return the changes of each text that make the twin of an example."""
    found = [_Reader(text, table) for text in texts]
    present = {way for reader in found for way in reader.own()}
    terms = [term for reader in found for term in reader.terms(present)]
    # Names alone tell of nobody whether more of the example would have to change.
    if all(term.given for term in terms):
        return Swap(left=NAME if any(reader.proper for reader in found) else NOTHING)
    reason = _unfit("\n".join(texts), table)
    if reason == LANGUAGE:
        return Swap(left=reason)
    groups = frozenset(term.group for term in terms)
    changes = [tuple(reader.changes(present)) for reader in found]
    if not reason and any(reader.proper for reader in found):
        reason = NAME
    if not reason and any(made and _code(r.text) for made, r in zip(changes, found, strict=True)):
        reason = CODE
    if not reason and not any(changes):
        reason = ALIKE if any(reader.alike for reader in found) else NOTHING
    return Swap(() if reason else tuple(changes), reason, groups)


def changed(text: str, changes: Sequence[Change]) -> str:
    """Return `text` with the changes made."""
    parts, at = [], 0
    for change in changes:
        parts += [text[at : change.start], change.new]
        at = change.end
    return "".join([*parts, text[at:]])


def _unfit(joined: str, table: Table) -> str:
    """Return why an example has no twin whatever it says of the groups, or nothing."""
    words = words_of(joined)
    if not _english(joined, words):
        return LANGUAGE
    phrases = _phrases(words, table.longest)
    for reason, those in ((TOPIC, table.topics), (TOPIC, table.lone), (BODY, table.body)):
        if not those.isdisjoint(phrases):
            return reason
    return PERSON if somebody(joined, words) else ""


def _english(joined: str, words: Sequence[Word]) -> bool:
    said = guess(joined)
    if said.language == "en":
        return True
    # A few words are too few for the model.
    return said.probability < 0.5 and any(word.low in grammar().english for word in words[:60])


def _phrases(words: Sequence[Word], longest: int) -> set[tuple[str, ...]]:
    lows = [word.low for word in words]
    found: set[tuple[str, ...]] = set()
    for size in range(1, longest + 1):
        found.update(zip(*(lows[at:] for at in range(size)), strict=False))
    # `women's rights` is written with its suffix in the lists.
    found.update({(f"{one}'s", *rest) for one, *rest in found})
    return found


def _code(text: str) -> bool:
    """Return whether all of a text is a program or data."""
    head = text.strip()
    if head[:1] in "{[<":
        return True
    return is_code(text, sum(map(str.isalpha, text))) and bool(_PROGRAM.search(text))


class _Term(NamedTuple):
    """A phrase of the table in a text."""

    at: int
    size: int
    new: str
    group: str
    given: bool = False
    """Whether it is a given name."""


class _Reader:
    """One text, read for one table."""

    def __init__(self, text: str, table: Table) -> None:
        self.text = text
        self.table = table
        self.words = words_of(text)
        self.shelters: list[Span] = shelters(text)
        self.proper = False
        """Whether a word of the table stays because it is part of a name."""
        self.alike = False
        self._lows = [word.low for word in self.words]
        self._idioms = self._covered()

    def own(self) -> Iterator[str]:
        """Yield the groups that words name which are not shared with others."""
        for at in range(len(self.words)):
            for size in range(self.table.longest, 0, -1):
                way = self._way(at, size)
                if way and not way.shared and self._meant(at):
                    yield way.group

    def _way(self, at: int, size: int) -> Way | None:
        phrase = tuple(self._lows[at : at + size])
        return self.table.ways.get(phrase) if len(phrase) == size else None

    def changes(self, present: set[str]) -> Iterator[Change]:
        """Yield the changes in order, articles before them included."""
        terms = self.terms(present)
        kept = self._coordinated(terms)
        for term in terms:
            if term.at in kept:
                self.alike = True
                continue
            first, last = self.words[term.at], self.words[term.at + term.size - 1]
            span = (first.start, last.end)
            if inside(span, self.shelters):
                continue
            new = like(term.new, self.text[slice(*span)] if term.size == 1 else first.text)
            yield from self._article(term.at, new)
            yield Change(*span, new, term.group)

    def terms(self, present: set[str]) -> list[_Term]:
        """Return the phrases that name a group, of those `present` in the example."""
        found: list[_Term] = []
        at = 0
        while at < len(self.words):
            term = None if at in self._idioms else self._term(at, present)
            if term:
                found.append(term)
            at += term.size if term else 1
        return found

    def _term(self, at: int, present: set[str]) -> _Term | None:
        table, word = self.table, self.words[at]
        if table.axis == "gender":
            new = counterpart(self.text, self.words, at)
            if new:
                return _Term(at, 1, new, PRONOUNS[word.low])
            partner = names().partner.get(word.text)
            if partner and not self._place(at):
                return _Term(at, 1, partner, self._bearer(word), True)
            if word.text in names().alone and not begins(self.text, word):
                self.proper = True
        for size in range(table.longest, 0, -1):
            way = self._way(at, size)
            if not way or not self._joined(at, size) or not self._meant(at):
                continue
            if way.shared and way.group not in present:
                continue
            if self._named(at):
                self.proper = True
                return None
            new = way.noun if way.noun and self._is_noun(at) else way.new
            return _Term(at, size, self._spelt(new, word), way.group)
        return None

    def _spelt(self, new: str, word: Word) -> str:
        """Return `Mrs` for the man of a text that speaks of a Mrs, else `Ms`."""
        if new == "mrs":
            return "mrs" if "mrs" in self._lows else "ms"
        # A name keeps its capital, unless the text writes all names small.
        return new if word.text[0].isupper() or new.islower() else new.lower()

    def _meant(self, at: int) -> bool:
        """Return whether an ambiguous word has the sense of the table here."""
        word, table = self.words[at], self.table
        if word.low in table.titles:
            name = self.words[at + 1 : at + 2]
            return word.text[0].isupper() and bool(name) and name[0].text[0].isupper()
        if word.low in table.units and at and self._lows[at - 1].isdigit():
            return False
        if word.low in table.after:
            return at > 0 and self._lows[at - 1] in table.after[word.low]
        if word.low not in table.before:
            return True
        near = self._lows[max(0, at - 2) : at + 3]
        if not table.before[word.low]:
            return table.things.isdisjoint(near)
        after = following(self.text, self.words, at)
        if after and after.low in table.before[word.low]:
            return True
        if after and after.low in ("and", "or") and self._lows[at + 2 : at + 3]:
            return self._lows[at + 2] in table.before and self._meant(at + 2)
        return self._said_of_somebody(at, after)

    def _said_of_somebody(self, at: int, after: Word | None) -> bool:
        """Return whether a colour is what a person is said to be: `she is white`."""
        if at < 1 or (after and after.low not in grammar().ends):
            return False
        before = self._lows[at - 1]
        if before in ("am", "i") or self.words[at - 1].whole > self.words[at - 1].end:
            return before in _WHO
        return before in _COPULA and at > 1 and self._lows[at - 2] in _WHO

    def _bearer(self, word: Word) -> str:
        return "men" if word.text in names().men else "women"

    def _place(self, at: int) -> bool:
        """Return whether a name is that of a place: `San Diego`, `Fort Wayne`."""
        before = self.words[at - 1] if at else None
        return before is not None and before.text[0].isupper() and before.low in _SITES

    def _is_noun(self, at: int) -> bool:
        after = following(self.text, self.words, at)
        owned = after is not None and after.low not in grammar().ends
        verbal = after is not None and after.low.endswith(("ed", "s")) and after.low[-2:] != "ss"
        owned = owned and not verbal
        return not owned and at > 0 and self._lows[at - 1] in ("a", "an", "the", "every", "another")

    def _joined(self, at: int, size: int) -> bool:
        """Return whether the words of a phrase stand side by side."""
        those = self.words[at : at + size]
        gaps = [self.text[a.end : b.start] for a, b in pairwise(those)]
        return all(gap in (" ", "-") for gap in gaps)

    def _named(self, at: int) -> bool:
        """Return whether a word is part of a name or a title: `Iron Man`, `the Girl with`."""
        word, table = self.words[at], self.table
        if table.axis != "gender" or not word.text[0].isupper() or word.text.isupper():
            return False
        if word.low in table.capital:
            return False
        after = following(self.text, self.words, at)
        if after and after.text[0].isupper() and after.low != "i":
            return after.text not in names().partner
        return not begins(self.text, word)

    def _covered(self) -> set[int]:
        """Return the indices of words that are part of an idiom."""
        covered: set[int] = set()
        for at, word in enumerate(self.words):
            for size in range(2, self.table.longest + 1):
                phrase = tuple(self._lows[at : at + size])
                owned = (f"{word.low}'s", *phrase[1:])
                if phrase in self.table.idioms or owned in self.table.idioms:
                    covered.update(range(at, at + size))
        return covered

    def _coordinated(self, terms: Sequence[_Term]) -> set[int]:
        """Return the indices of terms that stand beside their counterpart: `he or she`."""
        kept: set[int] = set()
        for one, other in pairwise(terms):
            end = self.words[one.at + one.size - 1].whole
            gap = self.text[end : self.words[other.at].start]
            if one.group != other.group and _PAIRED.fullmatch(gap) and self._mirror(one, other):
                kept |= {one.at, other.at}
        return kept

    def _mirror(self, one: _Term, other: _Term) -> bool:
        """Return whether each of two terms becomes the other, `his/her` included."""
        word = self.words[one.at].low
        both = {word, self.words[other.at].low}
        if both <= PRONOUNS.keys() or both in ({"him", "herself"}, {"her", "himself"}):
            return True
        return other.new.lower() == word or one.new.lower() == self.words[other.at].low

    def _article(self, at: int, new: str) -> Iterator[Change]:
        """Yield the change of `a` to `an`, or back, if the new word asks for it."""
        before = self.words[at - 1] if at else None
        if before is None or before.low not in ("a", "an"):
            return
        if self.text[before.end : self.words[at].start] != " " or begins_with(new, before.low):
            return
        article = "an" if vowel(new) else "a"
        yield Change(before.start, before.end, like(article, before.text + "x"), "")


def begins_with(new: str, article: str) -> bool:
    """Return whether `article` stands right before `new`."""
    return vowel(new) == (article == "an")
