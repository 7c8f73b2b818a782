"""Mentions: which groups of people a text names, and which attributes stand beside them.

One Aho-Corasick pass over the joined texts of a batch, language by language. Texts are searched
as bytes in lower case, with a space for whatever is no letter, and terms with a space on either
side, so that only whole words hit: `he` in the automaton of all lexicons would hit every `the`.
Offsets stay those of the UTF-8 text. What a doubtful word needs beside it is its `Sense`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

from ftlint.bias.identity import SETTING, Entry, languages, lexicon, read_file, stamps
from ftlint.bias.sense import CLAUSES, END, TABLE, Sense, normal, spaced
from ftlint.example import Batch
from ftlint.feature import Feature
from ftlint.features.distinct import Joined, Texts, distinct, joined, parted
from ftlint.features.glance import tongue
from ftlint.features.saying import SAYINGS
from ftlint.features.turns import Turn
from ftlint.value import dataclass

OUTCOMES = frozenset({"positive", "negative", "helpful"})
"""Attributes that only answers are asked for, and only where a prompt names a group."""
HEAD = 240
"""Code points of each text that tell the language of an example."""
REACH = 48
"""Bytes on either side in which neighbours of a doubtful word are looked for."""
PHRASE = 4
"""Words of the longest phrase of a sense."""


class Mention(NamedTuple):
    """One word in one text; `start` and `end` count bytes of its UTF-8."""

    text: int
    start: int
    end: int
    entry: Entry


class Reading(NamedTuple):
    """What was read of one example."""

    language: str
    """Empty where it is unclear."""
    mentions: Sequence[Mention]
    """In reading order; none in a language without lexicons."""


class Readings(Sequence[Reading | None]):
    """What was read of each example; but for its language, nothing is kept of most."""

    __slots__ = ("languages", "told")

    def __init__(self, languages: Sequence[str | None], told: dict[int, list[Mention]]) -> None:
        """Keep the languages, and the mentions by index of the example, both in order."""
        self.languages = languages
        self.told = told

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self.languages)

    def __getitem__(self, index: Any) -> Any:
        """Return what was read of one example; None of one without texts. Raises: IndexError."""
        code = self.languages[index]
        return None if code is None else Reading(code, self.told.get(index, ()))


Found = tuple[int, int, int, Entry]
"""The parts of a mention."""


class Finder:
    """The automaton of some entries."""

    __slots__ = ("_bare", "_find", "_owners")

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Build it."""
        from ahocorasick_rs import BytesAhoCorasick, Implementation

        owners: dict[bytes, list[Entry]] = {}
        for entry in entries:
            # Chinese is written without spaces, and its signs have no case.
            term = f" {normal(entry.term)} " if spaced(entry.term) else entry.term
            owners.setdefault(term.encode(), []).append(entry)
        self._owners = [(int(term[0] == 32), found) for term, found in owners.items()]
        senses = any(entry.sense for found in owners.values() for entry in found)
        # Signs, capitals and clauses are nothing to Chinese words without senses.
        self._bare = not senses and not any(map(_WORDY.search, owners))
        # The table of all steps is the fastest search (5.4 against 8.1 ns/B), made in 6 ms.
        automaton = BytesAhoCorasick(list(owners) or [b"\0"], implementation=Implementation.DFA)
        self._find = automaton.find_matches_as_indexes

    def scan(self, texts: Sequence[str]) -> dict[int, list[Mention]]:
        """Return the mentions in reading order, by text; a longer term hides a shorter one."""
        found: dict[int, list[Mention]] = {}
        for each in self.find(parted(texts)):
            found.setdefault(each[0], []).append(Mention(*each))
        return found

    def find(self, parts: Iterable[Joined]) -> list[Found]:
        """Return what `scan` does as plain tuples, in the order of the texts."""
        some = [found for part in parts if part.texts and (found := self._scan(part))]
        if len(some) == 1:
            return some[0]
        # Stable: in a text the order stays.
        return sorted([each for found in some for each in found], key=_text)

    def _scan(self, part: Joined) -> list[Found]:
        raw, firsts, numbers = part.text.encode("utf-8", "surrogatepass"), part.starts, part.numbers
        if len(raw) > len(part.text):
            sizes = [len(text.encode("utf-8", "surrogatepass")) + 1 for text in part.texts]
            firsts = list(accumulate(sizes, initial=1))
        marked = raw if self._bare else _marked(part.text, raw)
        low = raw.translate(TABLE) if self._bare or raw.isascii() else marked.replace(b"\n", b" ")
        # The longest of those that begin at one place comes first, and hides what is inside it.
        hits = [(start, -end, which) for which, start, end in self._find(low, overlapping=True)]
        hits.sort()
        found: list[Found] = []
        last = number = first = beyond = 0
        for start, end, which in hits:
            spaces, entries = self._owners[which]
            start, end = start + spaces, -end - spaces
            if end <= last:
                continue
            if start >= beyond:
                at = bisect_right(firsts, start)
                number, first, beyond = numbers[at - 1], firsts[at - 1], firsts[at] - 1
            if end > beyond:
                continue
            for entry in entries:
                sense = entry.sense
                if entry.kind == SETTING:
                    last = end
                elif sense is None or _meant(sense, raw, marked, (first, start, end, beyond)):
                    last = end
                    found.append((number, start - first, end - first, entry))
        return found


def _text(found: Found) -> int:
    return found[0]


_WORDY = re.compile(rb"[\0-\x7f\xc2-\xdf\xe1\xe2\xea\xef]|\xe3\x80")
"""Bytes of letters that may be capitals, and of signs; not of Chinese."""
_SIGNS = (
    (re.compile(b"\xe2\x80[\x93-\x9f]|\xe3\x80[\x81\x82]"), b"\n  "),
    (re.compile(b"\xc2[\x80-\xbf]|\xc3\x97"), b"  "),
    (
        re.compile(
            b"\xe2[\x80-\x9f][\x80-\xbf]|\xe3\x80[\x80-\xbf]|\xef\xbc[\x80-\x8f\x9a-\xa0]"
        ),
        b"   ",
    ),
)  # fmt: skip
"""Signs beyond ASCII that are no letters: quotation marks, dashes, spaces, full-width ones."""


def _marked(text: str, raw: bytes) -> bytes:
    """Return `raw` in lower case, spaces for signs and line ends between clauses."""
    if raw.isascii():
        return raw.translate(CLAUSES)
    low = _lowered(text, len(raw))
    for signs, spaces in _SIGNS:
        low = signs.sub(spaces, low)
    return low.translate(CLAUSES)


def _lowered(joined: str, size: int) -> bytes:
    low = joined.lower()
    made = low.encode("utf-8", "surrogatepass")
    if len(low) == len(joined) and len(made) == size:
        return made
    return b"".join(map(_lower, joined))  # a letter whose lower case is shorter or longer


@lru_cache(maxsize=4096)
def _lower(letter: str) -> bytes:
    raw, low = (s.encode("utf-8", "surrogatepass") for s in (letter, letter.lower()))
    return low if len(low) == len(raw) else raw


_OPENING = re.compile(rb"(?:^|[.!?:\n\x1e])[\"'*#>\-\s\d)(\[\]]*$|\xe2\x80[\x9c\x98\xa2]\s*$")
"""What stands before the first word of a sentence."""


def _meant(sense: Sense, raw: bytes, marked: bytes, place: tuple[int, int, int, int]) -> bool:
    """Return whether the word at `place` names people; text, word, text end are its bounds."""
    first, start, end, beyond = place
    opens = False
    if sense.case and raw[start:end] not in sense.case:
        return False
    if sense.capital:
        if raw[start : start + 1] == marked[start : start + 1]:
            return False
        opens = bool(_OPENING.search(raw, max(first, start - 8), start)) or start == first
    after: list[bytes] = []
    if sense.next or sense.unless_next:
        after = marked[end : min(end + REACH, beyond)].partition(b"\n")[0].split()
        if _has(after, sense.unless_next):
            return False
    before: list[bytes] = []
    if sense.previous or sense.unless_previous:
        before = marked[max(first, start - REACH) : start].rpartition(b"\n")[2].split()
        if _ends(before, sense.unless_previous):
            return False
    wanted = sense.at_start if opens and sense.at_start else sense.next
    if not wanted and not sense.previous:
        return not (opens and sense.capital == "inside")
    return (
        _has(after, wanted)
        or any(_has(after[skip:], sense.far) for skip in range(1, min(sense.gap + 1, len(after))))
        or _ends(before, sense.previous)
        or _ends(_without(before, sense.degree), sense.previous)
    )


def _has(words: list[bytes], wanted: frozenset[bytes]) -> bool:
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


def _ends(words: list[bytes], wanted: frozenset[bytes]) -> bool:
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
    """Return the first or the last words of those phrases that have several."""
    return frozenset([phrase.split()[at] for phrase in phrases if b" " in phrase])


def _without(words: list[bytes], degree: frozenset[bytes]) -> list[bytes]:
    while words and words[-1] in degree:
        words = words[:-1]
    return words


def finder(language: str, extra: tuple[str, ...] = (), outcomes: bool = False) -> Finder | None:
    """Return the finder of a language, built once a process; None where there are no words."""
    return _finder(language, extra, stamps(extra), outcomes)


@lru_cache(maxsize=32)
def _finder(
    language: str, extra: tuple[str, ...], _: tuple[int, ...], outcomes: bool
) -> Finder | None:
    entries = lexicon(language, extra).entries
    chosen = [each for each in entries if (each.axis in OUTCOMES and each.attribute) is outcomes]
    return Finder(chosen) if chosen else None


def covered(extra: tuple[str, ...] = ()) -> frozenset[str]:
    """Return the languages with an identity lexicon, those of the user's files included."""
    return _covered(extra, stamps(extra))


@lru_cache(maxsize=8)
def _covered(extra: tuple[str, ...], _: tuple[int, ...]) -> frozenset[str]:
    own = (entry.language for path in extra for entry in read_file(path).entries[:1])
    return frozenset((*languages(), *own))


def language_of(turns: Sequence[Turn]) -> str:
    """Return the language of an example, as the beginnings of its texts show."""
    return _language_of([text for _, text in turns[:6]])


def _language_of(texts: Sequence[str]) -> str:
    for text in texts[:6]:
        head = text[:HEAD]
        if " the " in head or " you " in head or " and " in head:
            return "en"  # as `tongue` says of whatever holds it
    return tongue(" ".join([text[:HEAD] for text in texts[:6]]) + " ")


@dataclass(frozen=True)
class Mentions(Feature[Reading | None]):
    """Groups and attributes named in each example; None for an example without texts."""

    extra: tuple[str, ...] = ()
    """The user's own lexicons, as paths."""

    def compute(self, batch: Batch) -> Readings:
        """Return one reading an example; each language is searched at once."""
        texts, spoken = distinct(batch), batch.column(TONGUE)
        told: dict[int, list[Mention]] = {}
        new, ends = tuple.__new__, texts.ends
        for language in sorted(covered(self.extra).intersection(filter(None, spoken))):
            if found := finder(language, self.extra):
                those: list[Mention] = []
                row = end_of = 0
                for number, start, end, entry in found.find(_parts(texts, spoken, language)):
                    if number >= end_of:
                        row = bisect_right(ends, number) - 1
                        end_of = ends[row + 1]
                        those = []
                        if spoken[row] == language:
                            told[row] = those
                    those.append(new(Mention, (number - ends[row], start, end, entry)))
        return Readings(spoken, dict(sorted(told.items())))


def _parts(texts: Texts, spoken: Sequence[str | None], language: str) -> Sequence[Joined]:
    """Return the texts of all examples in one language, and maybe those of a few others."""
    rows = [at for at, code in enumerate(spoken) if code == language]
    if 2 * len(rows) < len(spoken):
        numbers = [number for at in rows for number in range(*texts.ends[at : at + 2])]
        return parted([texts.every[number] for number in numbers], numbers)
    # To join them anew would cost more than to search the others too.
    plain, strange = texts.parts
    of = [bisect_right(texts.ends, number) - 1 for number in strange.numbers]
    numbers = [n for n, row in zip(strange.numbers, of, strict=True) if spoken[row] == language]
    return plain, joined([texts.every[number] for number in numbers], numbers)


def readings(batch: Batch, extra: tuple[str, ...] = ()) -> Readings:
    """Return what was read of the examples of `batch`."""
    column = batch.column(Mentions(extra))
    assert isinstance(column, Readings)
    return column


def mentions(text: str, language: str = "en", extra: tuple[str, ...] = ()) -> list[Mention]:
    """Return the mentions in one text, for who has no batch; attributes included."""
    found = finder(language, extra)
    return found.scan([text]).get(0, []) if found else []


@dataclass(frozen=True)
class Tongue(Feature[str | None]):
    """The language of each example at a glance, empty if unclear; None where nothing is said."""

    def compute(self, batch: Batch) -> list[str | None]:
        """Return one code an example."""
        return [_language_of(texts) if texts else None for _, texts in batch.column(SAYINGS)]


TONGUE = Tongue()
