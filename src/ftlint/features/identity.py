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
from operator import itemgetter
from typing import Any, NamedTuple

from ftlint.bias.identity import SETTING, Entry, languages, lexicon, read_file, stamps
from ftlint.bias.sense import CLAUSES, TABLE, normal, spaced
from ftlint.example import Batch
from ftlint.feature import Feature
from ftlint.features.distinct import Joined, Texts, distinct, joined, parted
from ftlint.features.glance import tongue
from ftlint.features.lexicon import Automaton, Span, Spot
from ftlint.features.turns import SAYINGS
from ftlint.twin.person import names
from ftlint.value import dataclass

OUTCOMES = frozenset({"positive", "negative", "helpful"})
"""Attributes that only answers are asked for, and only where a prompt names a group."""
NAMES = "en"
"""The language in whose texts given names are looked for."""
HEAD = 240
"""Code points of each text that tell the language of an example."""


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

    __slots__ = ("called", "languages", "told")

    def __init__(
        self,
        languages: Sequence[str | None],
        told: dict[int, list[Mention]],
        called: dict[int, list[Spot]],
    ) -> None:
        """Keep the languages, and mentions and given names by index of the example, in order.

        `called` has names in texts of plain ASCII, of examples in English or an unclear language.
        """
        self.languages = languages
        self.told = told
        self.called = called

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self.languages)

    def __getitem__(self, index: Any) -> Any:
        """Return what was read of one example; None of one without texts. Raises: IndexError."""
        code = self.languages[index]
        return None if code is None else Reading(code, self.told.get(index, ()))


class _Place(NamedTuple):
    """Where hits in joined texts belong."""

    numbers: Sequence[int]
    firsts: Sequence[int]
    """Bytes, as `Joined` has them in code points."""
    rows: Sequence[int]
    """The example of each text."""
    ends: Sequence[int]
    """How many texts stand before each example."""


class Found(NamedTuple):
    """What a search has found, by example."""

    told: dict[int, list[Mention]]
    """In reading order."""
    called: dict[int, list[Spot]]
    """Given names in texts of plain ASCII, in reading order."""


class Finder:
    """The automaton of some entries, and of given names."""

    __slots__ = ("_bare", "_find", "_names", "_owners")

    def __init__(self, entries: Iterable[Entry], names: Sequence[str] = ()) -> None:
        """Build it."""
        owners: dict[str, list[Entry]] = {}
        for entry in entries:
            # Chinese is written without spaces, and its signs have no case.
            term = f" {normal(entry.term)} " if spaced(entry.term) else entry.term
            owners.setdefault(term, []).append(entry)
        self._owners = [
            (int(term[0] == " "), [(each, each.sense, each.kind == SETTING) for each in found])
            for term, found in owners.items()
        ]
        senses = any(entry.sense for found in owners.values() for entry in found)
        # Signs, capitals and clauses are nothing to Chinese words without senses.
        self._bare = not senses and not any(_WORDY.search(term.encode()) for term in owners)
        self._names = [(name, name.encode()) for name in names]
        self._find = Automaton([*owners, *[f" {name.lower()} " for name in names]] or ["\0"]).find

    def scan(self, texts: Sequence[str]) -> dict[int, list[Mention]]:
        """Return the mentions in reading order, by text; a longer term hides a shorter one."""
        return self.read(parted(texts), range(len(texts)), [0] * len(texts)).told

    def read(self, parts: Iterable[Joined], rows: Sequence[int], ends: Sequence[int]) -> Found:
        """Return what texts say, by example.

        `rows` has the example of each text, and `ends` how many texts stand before each example.
        """
        read = Found({}, {})
        for part in parts:
            if part.texts:
                raw, marked, low, firsts = self._forms(part)
                hits = self._hits(low)
                place = _Place(part.numbers, firsts, rows, ends)
                if self._names and raw.isascii():
                    read.called.update(self._called(raw, hits, place))
                found = self._told(raw, marked, hits, place)
                for row in read.told.keys() & found.keys():
                    # Stable: in a text the order stays.
                    found[row] = sorted(read.told[row] + found[row], key=_text)
                read.told.update(found)
        return read

    def _told(
        self, raw: bytes, marked: bytes, hits: list[Span], place: _Place
    ) -> dict[int, list[Mention]]:
        numbers, firsts, rows, ends = place
        owners, known, new = self._owners, len(self._owners), tuple.__new__
        told: dict[int, list[Mention]] = {}
        last = row = text = first = beyond = 0
        for which, start, end in hits:
            if which >= known:
                continue
            spaces, entries = owners[which]
            start, end = start + spaces, end - spaces
            if end <= last:
                continue
            if start >= beyond:
                at = bisect_right(firsts, start)
                first, beyond = firsts[at - 1], firsts[at] - 1
                row = rows[numbers[at - 1]]
                text = numbers[at - 1] - ends[row]
            if end > beyond:
                continue
            for entry, sense, uncounted in entries:
                if uncounted:
                    last = end
                elif sense is None or sense.meant(raw, marked, (first, start, end, beyond)):
                    last = end
                    mention = new(Mention, (text, start - first, end - first, entry))
                    if row in told:
                        told[row].append(mention)
                    else:
                        told[row] = [mention]
        return told

    def _called(self, raw: bytes, hits: list[Span], place: _Place) -> dict[int, list[Spot]]:
        """Return the given names, which are written with a capital; no other word hides them."""
        numbers, firsts, rows, ends = place
        known, called = len(self._owners), dict[int, list[Spot]]()
        for which, start, end in hits:
            if which >= known:
                name, spelt = self._names[which - known]
                start, end = start + 1, end - 1
                if raw[start:end] == spelt:
                    at = bisect_right(firsts, start) - 1
                    row, first = rows[numbers[at]], firsts[at]
                    spot = (numbers[at] - ends[row], name, start - first, end - first)
                    called.setdefault(row, []).append(spot)
        return called

    def _forms(self, part: Joined) -> tuple[bytes, bytes, bytes, list[int]]:
        """Return texts as bytes, in two normal forms, and where each begins."""
        raw = part.text.encode("utf-8", "surrogatepass")
        if len(raw) == len(part.text):
            return (
                raw,
                raw if self._bare else raw.translate(CLAUSES),
                raw.translate(TABLE),
                part.starts,
            )
        sizes = [len(text.encode("utf-8", "surrogatepass")) + 1 for text in part.texts]
        firsts = list(accumulate(sizes, initial=1))
        if self._bare:
            return raw, raw, raw.translate(TABLE), firsts
        marked = _marked(part.text, raw)
        return raw, marked, marked.replace(b"\n", b" "), firsts

    def _hits(self, low: bytes) -> list[Span]:
        """Return term, start and end; of those that begin at one place the longest is first."""
        hits = self._find(low)
        hits.reverse()  # they come by their ends
        hits.sort(key=_start)
        return hits


_text, _start = itemgetter(0), itemgetter(1)


_WORDY = re.compile(rb"[\0-\x7f\xc2-\xdf\xe1\xe2\xea\xef]|\xe3\x80")
"""Bytes of letters that may be capitals, and of signs; not of Chinese."""
_SIGNS = tuple(
    (re.compile(signs), spaces)
    for signs, spaces in (
        (b"\xe2\x80[\x93-\x9f]", b"\n  "),
        (b"\xe3\x80[\x81\x82]", b"\n  "),
        (b"\xc2[\x80-\xbf]", b"  "),
        (b"\xc3\x97", b"  "),
        (b"\xe2[\x80-\x9f][\x80-\xbf]", b"   "),
        (b"\xe3\x80[\x80-\xbf]", b"   "),
        (b"\xef\xbc[\x80-\x8f\x9a-\xa0]", b"   "),
    )
)
"""Signs beyond ASCII that are no letters: quotation marks, dashes, spaces, full-width ones.

Each pattern begins with a byte of its own, which is sought ten times as fast as one of several.
"""


def _marked(text: str, raw: bytes) -> bytes:
    """Return `raw` in lower case, spaces for signs and line ends between clauses."""
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


def finder(language: str, extra: tuple[str, ...] = (), outcomes: bool = False) -> Finder | None:
    """Return the finder of a language, built once a process; None where there are no words."""
    return _finder(language, extra, stamps(extra), outcomes)


@lru_cache(maxsize=32)
def _finder(
    language: str, extra: tuple[str, ...], _: tuple[int, ...], outcomes: bool
) -> Finder | None:
    entries = lexicon(language, extra).entries
    chosen = [each for each in entries if (each.axis in OUTCOMES and each.attribute) is outcomes]
    # Given names are looked for beside, since a search of their own costs much more; those of the
    # user's words are found in the search without them.
    given = tuple(names().partner) if language == NAMES and not (extra or outcomes) else ()
    return Finder(chosen, given) if chosen else None


def covered(extra: tuple[str, ...] = ()) -> frozenset[str]:
    """Return the languages with an identity lexicon, those of the user's files included."""
    return _covered(extra, stamps(extra))


@lru_cache(maxsize=8)
def _covered(extra: tuple[str, ...], _: tuple[int, ...]) -> frozenset[str]:
    own = (entry.language for path in extra for entry in read_file(path).entries[:1])
    return frozenset((*languages(), *own))


def language_of(texts: Sequence[str]) -> str:
    """Return the language of an example, as the beginnings of its texts show."""
    texts = texts if len(texts) <= 6 else texts[:6]
    for text in texts:
        head = text[:HEAD]
        if " the " in head or " you " in head or " and " in head:
            return "en"  # as `tongue` says of whatever holds it
        if not head.isascii():
            break  # likely another language, which all together tell
    return tongue(" ".join([text[:HEAD] for text in texts]) + " ")


@dataclass(frozen=True)
class Mentions(Feature[Reading | None]):
    """Groups and attributes named in each example; None for an example without texts."""

    extra: tuple[str, ...] = ()
    """The user's own lexicons, as paths."""

    def compute(self, batch: Batch) -> Readings:
        """Return one reading an example; each language is searched at once."""
        texts, spoken = distinct(batch), batch.column(TONGUE)
        told: dict[int, list[Mention]] = {}
        called: dict[int, list[Spot]] = {}
        spoken_by = _spoken(spoken)
        unclear = spoken_by.pop("", [])
        if unclear:
            spoken_by.setdefault(NAMES, [])
        for language in sorted(covered(self.extra).intersection(spoken_by)):
            if found := finder(language, self.extra):
                beside = unclear if language == NAMES else []
                parts = _parts(texts, spoken_by[language], beside)
                read = found.read(parts, texts.rows, texts.ends)
                told |= {row: those for row, those in read.told.items() if spoken[row] == language}
                called |= {r: those for r, those in read.called.items() if spoken[r] in ("", NAMES)}
        return Readings(spoken, dict(sorted(told.items())), called)


def _spoken(spoken: Sequence[str | None]) -> dict[str, list[int]]:
    """Return the examples of each language; those without texts have none."""
    found: dict[str, list[int]] = {}
    for row, language in enumerate(spoken):
        if language is not None:
            found.setdefault(language, []).append(row)
    return found


def _parts(texts: Texts, rows: Sequence[int], beside: Sequence[int]) -> Sequence[Joined]:
    """Return the texts of some examples, and maybe those of a few others.

    Of examples `beside` these all texts of plain ASCII are among them.
    """
    ends = texts.ends
    if 2 * (len(rows) + len(beside)) < len(texts):
        numbers = [
            number for row in sorted([*rows, *beside]) for number in range(*ends[row : row + 2])
        ]
        return parted([texts.every[number] for number in numbers], numbers)
    # To join them anew would cost more than to search the others too.
    plain, strange = texts.parts
    chosen = set(rows)
    numbers = [number for number in strange.numbers if texts.rows[number] in chosen]
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
        return [language_of(texts) if texts else None for _, texts in batch.column(SAYINGS)]


TONGUE = Tongue()
