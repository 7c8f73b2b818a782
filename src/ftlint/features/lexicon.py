"""Lexicon hits: one Aho-Corasick pass finds the literals that all rules of a run look for.

A rule takes part by having an attribute `lexicon: Terms | None`; it reads its own hits with
`hits(example, terms)`. Two automata suffice for any number of rules: exact and case-folded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, product
from unicodedata import category

import orjson

from ftlint.example import Batch, Example, Text
from ftlint.feature import Feature


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


class Hits:
    """The hits in one example, kept apart by the `Terms` that they belong to."""

    __slots__ = ("_found", "_slots")

    def __init__(self, slots: dict[int, int], found: dict[int, list[Hit]]) -> None:
        """Keep the hits by slot; `slots` has the slot of each `Terms`, by identity."""
        self._slots = slots
        self._found = found

    def of(self, terms: Terms) -> Sequence[Hit] | None:
        """Return the hits of `terms` in text order, or None when nobody looked for them."""
        slot = self._slots.get(id(terms))
        return None if slot is None else self._found.get(slot, ())


@dataclass(frozen=True)
class LexiconHits(Feature[Hits]):
    """The hits of every rule of the run that has a `lexicon`."""

    def compute(self, batch: Batch) -> _Column:
        """Return the hits in each example; overlapping ones are all found."""
        lexicons = tuple(
            terms for rule in batch.rules if (terms := getattr(rule, "lexicon", None)) is not None
        )
        # By identity, because hashing thousands of terms a rule and example would cost more
        # than the search; `batch.rules` keeps them alive.
        slots = {id(terms): slot for slot, terms in enumerate(lexicons)}
        column = _Column([Hits(slots, {})] * len(batch))
        if lexicons and column:
            for index, found in scanner_of(lexicons).scan_batch(batch):
                column[index] = Hits(slots, found)
                column.rows.append(index)
        return column


class _Column(list[Hits]):
    """The hits of a batch, and the indices of the few examples that have any."""

    def __init__(self, column: Iterable[Hits]) -> None:
        super().__init__(column)
        self.rows: list[int] = []


HITS = LexiconHits()


def hits(example: Example, terms: Terms) -> Sequence[Hit]:
    """Return the hits of `terms` in `example`, in text order."""
    found = example[HITS].of(terms)
    if found is None:  # the rule is not one of the run's
        return scanner_of((terms,)).scan(example).get(0, ())
    return found


def found_in(batch: Batch, terms: Terms) -> list[Example] | None:
    """Return the only examples of `batch` with hits of `terms`; None when nobody looked."""
    column = batch.column(HITS)
    if not isinstance(column, _Column) or (column and column[0].of(terms) is None):
        return None
    return [batch.example(index) for index in column.rows if column[index].of(terms)]


def fold(text: str) -> str:
    """Return `text` in lower case, code point by code point, so that offsets stay.

    U+0130 is the one character whose lower case is longer, and the final sigma the one whose
    lower case depends on its neighbours (Python 3.11 to 3.14; a test looks at every character).
    """
    if text.isascii():
        return text.lower()
    return text.replace("\u0130", "i").lower().replace("ς", "σ")


def fold_bytes(text: bytes) -> bytes:
    """Return UTF-8 folded as `fold` does it."""
    return text.lower() if text.isascii() else fold(text.decode()).encode()


_Owner = tuple[int, str, bool]
_Find = Callable[..., list[tuple[int, int, int]]]

_SLASHES = 3
"""Slashes of a term of which every way to write them is searched for."""

_TABLE = 40_000
"""Bytes of all terms up to which an automaton may be a table: at most a row of 1 KiB a byte."""


class Scanner:
    """The automata for some `Terms`: for texts, and for lines that nobody has decoded."""

    __slots__ = ("_automata", "_bare", "_literals")

    def __init__(self, lexicons: tuple[Terms, ...]) -> None:
        """Build the automata; a term that differs in case only counts once a lexicon."""
        self._automata: list[tuple[bool, list[list[_Owner]], _Find]] = []
        self._literals: list[tuple[bool, list[str]]] = []
        self._bare: list[tuple[bool, _Find]] | None = None
        for folding in (False, True):
            owners = _owners(lexicons, folding)
            if owners:
                self._automata.append((folding, list(owners.values()), _automaton(list(owners))))
                self._literals.append((folding, list(owners)))

    def scan_batch(self, batch: Batch) -> Iterator[tuple[int, dict[int, list[Hit]]]]:
        """Yield the index in `batch` of each example with hits, and the hits."""
        raws, proven = batch.lines.raws, batch.proven
        # Proven lines have not been decoded, and most have no hit: they are searched as they
        # stand, all at once, and no examples are made.
        bare = [i for i, sure in enumerate(proven) if sure]
        if b"\\u" in b"\n".join(raws):
            bare = [index for index in bare if b"\\u" not in raws[index]]
        suspects = self._suspects(raws, bare)
        known = set(bare)
        for index in range(len(raws)):
            if index in suspects or (index not in known and not self._absent(batch, index)):
                found = self.scan(batch.example(index))
                if found:
                    yield index, found

    def scan(self, example: Example) -> dict[int, list[Hit]]:
        """Return the hits in the texts of `example` by the index of their `Terms`."""
        found: dict[int, list[Hit]] = {}
        for text in example.texts:
            self._scan_text(text, found)
        return found

    def _suspects(self, raws: Sequence[bytes], bare: Sequence[int]) -> set[int]:
        r"""Return which of the lines `bare` may have hits, by one search of all of them.

        JSON can write a term in few ways only where no `\u` hides it, and the automata know each.
        """
        # Text that is not ASCII takes longer to fold, and makes all that is joined to it do so.
        plain = [index for index in bare if raws[index].isascii()]
        other = (
            [index for index in bare if not raws[index].isascii()] if len(plain) < len(bare) else []
        )
        if self._bare is None and bare:
            self._bare = [(folding, _byte_automaton(words)) for folding, words in self._literals]
        suspects: set[int] = set()
        for indices in filter(None, (plain, other)):
            joined = b"\n".join([raws[index] for index in indices])
            for folding, find in self._bare or ():
                row = at = 0
                searched = fold_bytes(joined) if folding else joined
                for _, start, _ in find(searched):
                    row += searched.count(b"\n", at, start)
                    at = start
                    suspects.add(indices[row])
        return suspects

    def _absent(self, batch: Batch, index: int) -> bool:
        """Return whether texts that a proof has decoded already show that there is no hit."""
        messages = batch.plain[index] if batch.plain else None
        if not messages:
            return False
        text = "\0".join([message.content for message in messages])
        return not any(find(fold(text) if folding else text) for folding, _, find in self._automata)

    def _scan_text(self, text: Text, found: dict[int, list[Hit]]) -> None:
        value = text.value
        for folding, owners, find in self._automata:
            # The key puts hits in reading order; the automaton reports them by their end.
            spans = find(fold(value) if folding else value, overlapping=True)
            for index, start, end in sorted(spans, key=lambda hit: hit[1:]):
                for slot, term, bounded in owners[index]:
                    if not bounded or _stands_alone(value, start, end):
                        found.setdefault(slot, []).append(Hit(text, term, start, end))


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


def _automaton(literals: list[str]) -> _Find:
    # Loaded here: a run without lexicons, or without a text to scan, does not pay for it.
    from ahocorasick_rs import AhoCorasick

    find: _Find = AhoCorasick(literals).find_matches_as_indexes
    return find


def _byte_automaton(literals: Iterable[str]) -> _Find:
    from ahocorasick_rs import BytesAhoCorasick, Implementation

    written = sorted({way for literal in literals for way in _written(literal)})
    # The automaton with a table of all steps is the fastest, and the largest.
    small = sum(map(len, written)) <= _TABLE
    how = Implementation.DFA if small else None
    find: _Find = BytesAhoCorasick(written, implementation=how).find_matches_as_indexes
    return find


def _written(literal: str) -> Iterator[bytes]:
    r"""Yield how the literal, or a part of it, may stand in JSON without `\u`.

    Of all characters only the slash may stand there with and without a backslash.
    """
    parts = [orjson.dumps(part)[1:-1] for part in literal.split("/")]
    if len(parts) - 1 > _SLASHES:
        yield max(parts, key=len) or b"/"
        return
    for slashes in product((b"/", b"\\/"), repeat=len(parts) - 1):
        yield b"".join(chain.from_iterable(zip(parts, (*slashes, b""), strict=True)))


# Thai, Lao, Myanmar, Khmer, kana, Han: words stand side by side there, so that a neighbour
# does not show that the word goes on.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Return whether no word goes on across either edge of the span."""
    return not (
        (start and _joined(text[start - 1], text[start]))
        or (end < len(text) and _joined(text[end - 1], text[end]))
    )


def _joined(left: str, right: str) -> bool:
    return _in_word(left) and _in_word(right)


def _in_word(character: str) -> bool:
    if character.isascii():
        return character.isalnum() or character == "_"
    # Marks belong to the letter before them: decomposed accents, vowel signs.
    wordlike = character.isalnum() or category(character).startswith("M")
    return wordlike and not _UNSPACED.match(character)
