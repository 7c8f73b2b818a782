"""Reading: which words of one text name a group, and what they become.

A word counts only in the sense that the table means: not in an idiom, a name or a title, and a
doubtful one only beside the words that the table asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from ftlint.twin.person import names
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


_PAIRED = re.compile(
    r"\.?\s*(?:[/&]|,?\s+(?:and|or|nor|versus|vs\.?|than|to|&)\s+(?:the\s+|a\s+|an\s+)?)\s*\(?\s*",
    re.I,
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
_SAID = frozenset({"he", "she", "himself", "herself"})
_CALLS = frozenset(
    {
        *(
            "ah",
            "oh",
            "hey",
            "yo",
            "yeah",
            "yes",
            "no",
            "sure",
            "thanks",
            "sorry",
            "worries",
            "know",
        ),
        *("nice", "dude", "lol", "haha", "damn", "ok", "okay", "right", "up", "on", "wow", "cool"),
    }
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


class Term(NamedTuple):
    """A phrase of the table in a text."""

    at: int
    size: int
    new: str
    group: str
    given: bool = False
    """Whether it is a given name."""
    said: bool = False
    """Whether it is a pronoun: who is meant has been named before."""


class Reader:
    """One text, read for one table."""

    def __init__(self, text: str, table: Table) -> None:
        """Cut the text into words and find what stays as it is."""
        self.text = text
        self.table = table
        self.words = words_of(text)
        self.shelters: list[Span] = shelters(text)
        self.proper = False
        """Whether a word of the table stays because it is part of a name."""
        self.alike = False
        """Whether a word stays because its counterpart stands beside it."""
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

    def terms(self, present: set[str]) -> list[Term]:
        """Return the phrases that name a group, of those `present` in the example."""
        found: list[Term] = []
        at = 0
        while at < len(self.words):
            term = None if at in self._idioms else self._term(at, present)
            if term:
                found.append(term)
            at += term.size if term else 1
        return found

    def _term(self, at: int, present: set[str]) -> Term | None:
        table, word = self.table, self.words[at]
        if table.axis == "gender":
            new = counterpart(self.text, self.words, at)
            if new:
                return Term(at, 1, new, PRONOUNS[word.low], said=True)
            if name := self._name(at):
                return name
        for size in range(table.longest, 0, -1):
            way = self._way(at, size)
            if not way or not self._joined(at, size):
                continue
            if not self._meant(at):
                self.proper = self.proper or self._dangling(at)
                continue
            if way.shared and way.group not in present:
                continue
            if self._named(at):
                self.proper = True
                return None
            new = way.noun if way.noun and self._is_noun(at) else way.new
            said = word.low in _SAID
            return Term(at, size, self._spelt(new, word), way.group, said=said)
        return None

    def _spelt(self, new: str, word: Word) -> str:
        """Return a word in the case of the text; `Ms` for Mr only where the text says Ms."""
        if new == "mrs":
            return "ms" if "ms" in self._lows and "mrs" not in self._lows else "mrs"
        # A name keeps its capital, unless the text writes all names small.
        return new if word.text[0].isupper() or new.islower() else new.lower()

    def _meant(self, at: int) -> bool:
        """Return whether an ambiguous word has the sense of the table here."""
        word, table = self.words[at], self.table
        if word.low in table.titles:
            beside = [each for each in self.words[at + 1 : at + 3] if each.low not in ("and", "or")]
            return word.text[0].isupper() and bool(beside) and beside[0].text[0].isupper()
        if word.low in table.units and at and self._lows[at - 1].isdigit():
            return False
        if word.low in table.after:
            return at > 0 and self._lows[at - 1] in table.after[word.low]
        if word.low == "man" and self._called(at):
            return False
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

    def _called(self, at: int) -> bool:
        """Return whether `man` is an exclamation: `thanks man!`, `sure, man`."""
        word = self.words[at]
        if self.text[word.end : word.end + 1] not in ("", ",", ".", "!", "?", "\n"):
            return False
        return at == 0 or self._lows[at - 1] in _CALLS or self.text[word.start - 2] in ",.!?"

    def _dangling(self, at: int) -> bool:
        """Return whether a colour may be somebody's after all: `be white`, `poor and white`."""
        if not self.table.before.get(self.words[at].low):
            return False
        after = following(self.text, self.words, at)
        return after is None or after.low in grammar().ends

    def _said_of_somebody(self, at: int, after: Word | None) -> bool:
        """Return whether a colour is what a person is said to be: `she is white`."""
        if at < 1 or (after and after.low not in grammar().ends):
            return False
        before = self._lows[at - 1]
        if before in ("am", "i") or self.words[at - 1].whole > self.words[at - 1].end:
            return before in _WHO
        return before in _COPULA and at > 1 and self._lows[at - 2] in _WHO

    def _name(self, at: int) -> Term | None:
        """Return the swap of a given name; note those that cannot be swapped."""
        word, known = self.words[at], names()
        if word.text in known.doubtful and not begins(self.text, word):
            self.proper = self.proper or not self._place(at)
        if word.text not in known.partner and word.text not in known.alone:
            return None
        if self._place(at):
            return None
        if word.text in known.alone or self._owns_title(at):
            self.proper = True
            return None
        group = "men" if word.text in known.men else "women"
        return Term(at, 1, known.partner[word.text], group, True)

    def _owns_title(self, at: int) -> bool:
        """Return whether a name is part of another one, as in `Martha's Vineyard`."""
        word, after = self.words[at], self.words[at + 1 : at + 2]
        if word.whole == word.end or not after or self.text[word.whole : after[0].start] != " ":
            return False
        return after[0].text[0].isupper()

    def _place(self, at: int) -> bool:
        """Return whether a name is that of a place or a family: `Fort Wayne`, `Mr. Thomas`."""
        before = self.words[at - 1] if at else None
        if before is None or not before.text[0].isupper():
            return False
        gap = self.text[before.end : self.words[at].start]
        if before.low in _SITES or before.low in names().courtesy:
            return gap in (" ", ". ")
        given = before.text in names().partner or before.text in names().alone
        return gap == " " and given

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

    def _coordinated(self, terms: Sequence[Term]) -> set[int]:
        """Return the indices of terms that stand beside their counterpart: `he or she`."""
        kept: set[int] = set()
        for one, other in pairwise(terms):
            end = self.words[one.at + one.size - 1].whole
            gap = self.text[end : self.words[other.at].start]
            if one.group != other.group and _PAIRED.fullmatch(gap) and self._mirror(one, other):
                kept |= {one.at, other.at}
        return kept

    def _mirror(self, one: Term, other: Term) -> bool:
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
