"""Lexicon hits: one Aho-Corasick pass finds the literals that all rules of a run look for.

A rule takes part by having an attribute `lexicon: Terms | None`; it reads its own hits with
`hits(example, terms)`. Two automata suffice for any number of rules: exact and case-folded.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from math import inf
from typing import Any
from unicodedata import category

from ftlint.example import Batch, Example, Text
from ftlint.feature import Feature
from ftlint.features.distinct import Joined, distinct, parted
from ftlint.value import dataclass


@dataclass(frozen=True)
class Terms:
    """Literals that one rule looks for in texts."""

    words: tuple[str, ...]
    ignore_case: bool = False
    bounded: bool = True
    """Whether a hit must not go on as a longer word on either side."""


class Hit:
    """One term in one text; `start` and `end` count code points of the text."""

    __slots__ = ("end", "start", "term", "text")

    def __init__(self, text: Text, term: str, start: int, end: int) -> None:
        """Keep the text, the term as its rule spells it, and the place."""
        self.text = text
        self.term = term
        self.start = start
        self.end = end


Spot = tuple[int, str, int, int]
"""A hit before it is asked for: index of the text in `Example.texts`, term, start, end."""


class Spots(Sequence[list[Spot]]):
    """Where the terms of a run stand in a batch. Nothing is kept of examples without a hit."""

    __slots__ = ("_found", "_length", "_slots")

    def __init__(self, length: int, slots: dict[int, int], found: list[dict[int, list[Spot]]]):
        """Keep the spots by slot and example; `slots` has that of each `Terms`, by identity."""
        self._length = length
        self._slots = slots
        self._found = found

    def __len__(self) -> int:
        """Return the number of examples."""
        return self._length

    def __getitem__(self, index: Any) -> Any:
        """Return the spots of all terms in one example. Raises: IndexError."""
        at = range(self._length)[index]
        return [spot for slot in self._found for spot in slot.get(at, ())]

    def of(self, terms: Terms) -> Mapping[int, list[Spot]] | None:
        """Return the spots of `terms` by example, in text order; None when nobody looked."""
        slot = self._slots.get(id(terms))
        return None if slot is None else self._found[slot]


@dataclass(frozen=True)
class LexiconHits(Feature[list[Spot]]):
    """The hits of every rule of the run that has a `lexicon`."""

    def compute(self, batch: Batch) -> Spots:
        """Return the hits in each example; overlapping ones are all found."""
        # By identity, because hashing thousands of terms a rule and example would cost more
        # than the search; `batch.rules` keeps them alive. What rules share is looked for once.
        wanted = (getattr(rule, "lexicon", None) for rule in batch.rules)
        lexicons = tuple({id(terms): terms for terms in wanted if terms is not None}.values())
        slots = {id(terms): slot for slot, terms in enumerate(lexicons)}
        searched = lexicons and len(batch)
        found = scanner_of(lexicons).scan_batch(batch) if searched else [{} for _ in lexicons]
        return Spots(len(batch), slots, found)


HITS = LexiconHits()


def spots(batch: Batch, terms: Terms) -> Mapping[int, list[Spot]] | None:
    """Return the spots of `terms` by example of the batch; None when nobody looked for them."""
    column = batch.column(HITS)
    return column.of(terms) if isinstance(column, Spots) else None


def hits(example: Example, terms: Terms) -> list[Hit]:
    """Return the hits of `terms` in `example`, in text order."""
    known = spots(example.batch, terms)
    if known is None:  # the rule is not one of the run's
        found = scanner_of((terms,)).scan([text.value for text in example.texts])[0]
    else:
        found = known.get(example.index, [])
    texts = example.texts if found else []
    return [Hit(texts[index], term, start, end) for index, term, start, end in found]


def _any_role(role: str) -> bool:
    return True


def found_in(
    batch: Batch, terms: Terms, covers: Callable[[str], bool] = _any_role
) -> list[Example] | None:
    """Return the only examples of `batch` with hits of `terms`; None when nobody looked.

    `covers` tells of a role whether its texts count; of proven examples nothing else matters.
    """
    known = spots(batch, terms)
    if known is None:
        return None
    plain = batch.plain or ()
    return [
        batch.example(index)
        for index, found in known.items()
        if not plain
        or not (said := plain[index])
        or any(covers(said[0][spot[0]]) for spot in found)
    ]


def fold(text: str) -> str:
    """Return `text` in lower case, code point by code point, so that offsets stay.

    U+0130 is the one character whose lower case is longer, and the final sigma the one whose
    lower case depends on its neighbours (Python 3.11 to 3.14; a test looks at every character).
    """
    if text.isascii():
        return text.lower()
    return text.replace("\u0130", "i").lower().replace("ς", "σ")


_Owner = tuple[int, str, bool]
Span = tuple[int, int, int]
"""A literal by its number, its start and its end."""
_Find = Callable[..., list[Span]]

_TABLE = 60_000
"""Bytes of all terms up to which an automaton may be a table: at most a row of 1 KiB a byte."""
_LITTLE = 1 << 20
"""Bytes that are searched without a table, which takes longer to make than it saves."""


class Scanner:
    """The two searches for some `Terms`: as they stand, and folded."""

    __slots__ = ("_searches", "_slots")

    def __init__(self, lexicons: tuple[Terms, ...]) -> None:
        """Prepare both; a term that differs in case only counts once a lexicon."""
        self._slots = len(lexicons)
        every = [(folding, _owners(lexicons, folding)) for folding in (False, True)]
        self._searches = [_Search(folding, owners) for folding, owners in every if owners]

    def scan_batch(self, batch: Batch) -> list[dict[int, list[Spot]]]:
        """Return the spots by slot and by index in the batch, both in order."""
        texts = distinct(batch)
        ends = texts.ends
        found: list[dict[int, list[Spot]]] = []
        for slot in self._scan(texts.parts):
            spotted: dict[int, list[Spot]] = {}
            for where, term, start, end in slot:
                index = bisect_right(ends, where) - 1
                spotted.setdefault(index, []).append((where - ends[index], term, start, end))
            found.append(spotted)
        return found

    def scan(self, texts: Sequence[str]) -> list[list[Spot]]:
        """Return the spots in `texts` by slot, in reading order."""
        return self._scan(parted(texts))

    def _scan(self, parts: Sequence[Joined]) -> list[list[Spot]]:
        # Joined, because each call costs as much as a hundred characters.
        found: list[list[Spot]] = [[] for _ in range(self._slots)]
        for part in parts:
            for search in self._searches if part.texts else ():
                spans = search.spans(part.text)
                for slot, at, term, start, end in _placed(part, search.owners, spans):
                    found[slot].append((part.numbers[at], term, start, end))
        for spots in found:
            spots.sort(key=lambda spot: (spot[0], spot[2], spot[3]))
        return found


class _Search:
    """The automaton of all literals that are looked for with or without regard to case."""

    __slots__ = ("_automaton", "_bounded", "_folding", "owners")

    def __init__(self, folding: bool, owners: dict[str, list[_Owner]]) -> None:
        """Prepare the search for the keys of `owners`."""
        self.owners = list(owners.values())
        self._bounded = [all(bounded for _, _, bounded in each) for each in self.owners]
        self._folding = folding
        self._automaton = Automaton(list(owners))

    def spans(self, joined: str) -> list[Span]:
        """Return where the literals stand, but for those that are surely parts of words."""
        data = (fold(joined) if self._folding else joined).encode()
        word, bounded = _LETTERS, self._bounded
        spans = [
            (literal, start, end)
            for literal, start, end in self._automaton.find(data)
            if not bounded[literal]
            or not (
                (word[data[start]] and word[data[start - 1]])
                or (word[data[end - 1]] and word[data[end]])
            )
        ]
        return spans if len(data) == len(joined) else counted(data, spans)


def _placed(
    joined: Joined, owners: list[list[_Owner]], spans: list[Span]
) -> Iterator[tuple[int, int, str, int, int]]:
    """Yield slot, index of the text, term, start and end of each span that is a hit."""
    word, text, starts = _WORDLIKE, joined.text, joined.starts
    for owner, start, end in spans:
        # No word goes on across either edge.
        alone = not (word[text[start]] and word[text[start - 1]]) and not (
            word[text[end - 1]] and word[text[end]]
        )
        for slot, term, bounded in owners[owner]:
            if alone or not bounded:
                which = bisect_right(starts, start) - 1
                if end < starts[which + 1]:
                    yield slot, which, term, start - starts[which], end - starts[which]


@lru_cache(maxsize=16)
def scanner_of(lexicons: tuple[Terms, ...]) -> Scanner:
    """Return the scanner for `lexicons`, built once a process."""
    return Scanner(lexicons)


def _owners(lexicons: tuple[Terms, ...], folding: bool) -> dict[str, list[_Owner]]:
    """Return who looks for each literal: slot, spelling, and whether it must be a word."""
    owners: dict[str, list[_Owner]] = {}
    for slot, terms in enumerate(lexicons):
        for word in terms.words if terms.ignore_case is folding else ():
            entry = owners.setdefault(fold(word) if folding else word, [])
            if not entry or entry[-1][0] != slot:
                entry.append((slot, word, terms.bounded))
    return owners


class Automaton:
    """What finds literals: at once in a little text, and by the fastest search in much."""

    __slots__ = ("_find", "_left", "_literals")

    def __init__(self, literals: list[str]) -> None:
        """Build nothing before a text comes."""
        self._literals = literals
        self._find: _Find | None = None
        # A table of all steps is the fastest search, and the largest; it is made in 20 ms.
        small = sum(len(literal.encode()) for literal in literals) <= _TABLE
        self._left: float = _LITTLE if small else inf

    def find(self, data: bytes) -> list[Span]:
        """Return the bytes of each match in UTF-8, also of those that overlap."""
        # In bytes, since a search in a text first maps each of its bytes to a character.
        self._left -= len(data)
        if self._find is None or (self._left < 0 and self._literals):
            self._find = self._made(self._left < 0)
        return self._find(data, overlapping=True)

    def _made(self, table: bool) -> _Find:
        # Loaded here: a run without lexicons, or without a text to scan, does not pay for it.
        from ahocorasick_rs import BytesAhoCorasick, Implementation

        how = Implementation.DFA if table else None
        literals = [literal.encode() for literal in self._literals]
        find: _Find = BytesAhoCorasick(literals, implementation=how).find_matches_as_indexes
        if table:
            self._literals = []
        return find


def counted(data: bytes, spans: list[Span]) -> list[Span]:
    """Return spans of bytes as spans of characters."""
    at = characters = 0
    place: dict[int, int] = {}
    for edge in sorted({edge for _, start, end in spans for edge in (start, end)}):
        characters += len(data[at:edge].decode())
        place[edge] = characters
        at = edge
    return [(literal, place[start], place[end]) for literal, start, end in spans]


# Thai, Lao, Myanmar, Khmer, kana, Han: words stand side by side there, so that a neighbour
# does not show that the word goes on. Where each begins, and what comes behind it: an expression
# takes 2 ms to compile.
_UNSPACED = (
    "\u0e00\u0f00\u1000\u10a0\u1780\u1800\u3040\u3100\u31f0\u3200\u3400\u4dc0"
    "\u4e00\ua000\uf900\ufb00\uff66\uffa0\U00020000\U00040000"
)


def _in_word(character: str) -> bool:
    if character.isascii():
        return character.isalnum() or character == "_"
    # Marks belong to the letter before them: decomposed accents, vowel signs.
    wordlike = character.isalnum() or category(character).startswith("M")
    return wordlike and not bisect_right(_UNSPACED, character) % 2


class _Wordlike(dict[str, bool]):
    """Whether a character is one of a word, remembered; nothing is none. Size: O(characters)."""

    def __missing__(self, character: str) -> bool:
        known = self[character] = _in_word(character)
        return known


_WORDLIKE = _Wordlike()
_LETTERS = bytes(byte < 128 and _in_word(chr(byte)) for byte in range(256))
"""Of each byte of UTF-8 whether it is surely a character of a word."""
