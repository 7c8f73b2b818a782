"""Naming: which groups the examples name, in which role, beside which words and professions.

Counts are of examples. A group counts as named alone where no other of its axis is named in the
example: only such examples are compared, so that no example stands on both sides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, fields
from typing import Any, Generic
from zlib import crc32

from ftlint.analyses.split import Part, by_split
from ftlint.analysis import Analysis, Derived, R
from ftlint.example import Batch
from ftlint.features.gender import linked
from ftlint.features.identity import Mentions, Reading, covered
from ftlint.features.turns import TURNS, Turn
from ftlint.finding import Where
from ftlint.source import Dataset
from ftlint.summary import Counts, Groups
from ftlint.value import dataclass

NAMED = 5
"""Examples that are kept behind each number; no two of them have the same prompt."""
ANY = ""
"""Stands for all groups of an axis, and for all words of an attribute."""
ANYBODY = ("", ANY)
"""Stands for all groups of all axes."""

Group = tuple[str, str]
"""Axis and group."""
Word = tuple[str, str]
"""Attribute and word in its base form."""
Stratum = tuple[str, int]
"""Language, and the number of bits of the length in code points."""
Place = tuple[int, int, int]
"""Source, ordinal and byte offset of an example."""
Row = tuple[Place, int]
"""An example and the checksum of its first prompt."""
_SIDES = {"assistant": "answer", "user": "prompt", "system": "system", "developer": "system"}


@dataclass(slots=True)
class Naming:
    """What some examples name. Size: O(groups * words * strata), whatever the examples.

    With 90 groups, 600 words and 10 lengths of one language it stays below 100 MB.
    """

    languages: Counts[str] = field(default_factory=Counts)
    """Examples with texts, by language; empty where it is unclear."""
    strata: Counts[Stratum] = field(default_factory=Counts)
    sides: Counts[str] = field(default_factory=Counts)
    """Examples that have texts of a role."""
    groups: Counts[tuple[str, str, str]] = field(default_factory=Counts)
    """Examples by role, axis and group; the role `any` is each of them, the group ANY the axis."""
    alone: Counts[tuple[Group, Stratum]] = field(default_factory=Counts)
    """Examples that name one group of an axis; of ANY, those that name some; of ANYBODY, all that
    name somebody."""
    words: Counts[tuple[Word, Stratum]] = field(default_factory=Counts)
    pairs: Counts[tuple[Group, Word, Stratum]] = field(default_factory=Counts)
    """Examples with a group as in `alone`, and a word."""
    both: Counts[tuple[Group, Word]] = field(default_factory=Counts)
    """Examples with a group, alone or not, and a word."""
    gender: Counts[tuple[str, str]] = field(default_factory=Counts)
    """Examples by profession and the one gender that stands for it there."""
    rows: dict[tuple[Any, ...], tuple[Row, ...]] = field(default_factory=dict)
    """The first examples of a group, of a group and word, of a profession and gender."""

    def merge(self, other: Naming) -> Naming:
        """Return what both name."""
        names = [each.name for each in fields(self) if each.name != "rows"]
        merged = Naming(*(getattr(self, name).merge(getattr(other, name)) for name in names))
        merged.rows = dict(self.rows)
        for key, rows in other.rows.items():
            merged.rows[key] = distinct((*merged.rows.get(key, ()), *rows))
        return merged

    def places(self, *key: Any) -> tuple[Where, ...]:
        """Return the first examples of `key`."""
        return tuple(Where(s, o, start=at) for (s, o, at), _ in self.rows.get(key, ()))

    @property
    def examples(self) -> int:
        """Return the examples in a language with lexicons: those that could be read."""
        return self.strata.total


def distinct(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Return the first rows of different prompts."""
    first: dict[int, Row] = {}
    for row in rows:
        first.setdefault(row[1], row)
    return tuple(first.values())[:NAMED]


class NamingTally:
    """Plain dictionaries of counts while a batch is read: a `Counts` for each hit would cost."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.of: dict[str, dict[Any, int]] = {}
        self.rows: dict[tuple[Any, ...], list[Row]] = {}
        self._kinds: dict[tuple[Stratum, tuple[str, ...]], int] = {}

    def read(self, language: str, said: Sequence[Turn]) -> Stratum:
        """Count an example by language, length and roles; return the first two."""
        length = sum([len(text) for _, text in said]).bit_length()
        stratum = (language, min(max(length, 6), 16))
        kind = (stratum, tuple([role for role, _ in said]))
        self._kinds[kind] = self._kinds.get(kind, 0) + 1
        return stratum

    def add(self, name: str, keys: Iterable[Any]) -> None:
        """Count each key once."""
        counts = self.of.setdefault(name, {})
        for key in keys:
            counts[key] = counts.get(key, 0) + 1

    def place(self, key: tuple[Any, ...], row: Row) -> None:
        """Keep `row` if it is one of the first of different prompts."""
        known = self.rows.setdefault(key, [])
        if len(known) < NAMED and all([row[1] != other for _, other in known]):
            known.append(row)

    def naming(self) -> Naming:
        """Return the counts."""
        strata, sides = self.of.setdefault("strata", {}), self.of.setdefault("sides", {})
        for (stratum, roles), count in self._kinds.items():
            strata[stratum] = strata.get(stratum, 0) + count
            for side in {_SIDES.get(role, "other") for role in roles}:
                sides[side] = sides.get(side, 0) + count
        self._kinds.clear()
        counts: dict[str, Any] = {name: Counts(of) for name, of in self.of.items()}
        return Naming(**counts, rows={key: tuple(places) for key, places in self.rows.items()})


@dataclass(frozen=True)
class Namings(Analysis[Groups[int], tuple[Part[Naming], ...]]):
    """What the examples of each split name."""

    lexicons: tuple[str, ...] = ()
    """The user's own lexicons, as paths."""

    def summarize(self, batch: Batch) -> Groups[int]:
        """Return what a batch names, by source."""
        if not len(batch):
            return Groups()
        column, turns = batch.column(Mentions(self.lexicons)), batch.column(TURNS)
        known, tally, spoken = covered(self.lexicons), NamingTally(), dict[str, int]()
        lines = batch.lines
        for index, reading in enumerate(column):
            if reading is None:
                continue
            spoken[reading.language] = spoken.get(reading.language, 0) + 1
            if reading.language not in known:
                continue
            if not reading.mentions:  # most are not looked at any further
                tally.read(reading.language, turns[index])
            else:
                place = (lines.source, lines.ordinal + index, lines.start_of(index))
                count_example(tally, reading, turns[index], place)
        tally.of["languages"] = spoken
        return Groups({batch.source: tally.naming()})

    def conclude(self, summary: Groups[int], dataset: Dataset) -> tuple[Part[Naming], ...]:
        """Return what each split names."""
        return tuple(by_split(summary, dataset))


def count_example(tally: NamingTally, reading: Reading, said: list[Turn], place: Place) -> None:
    """Count one example."""
    stratum = tally.read(reading.language, said)
    if not reading.mentions:
        return
    groups: dict[Group, set[str]] = {}
    words: dict[Word, None] = {}
    for text, _, _, entry in reading.mentions:
        if entry.attribute:
            words[entry.axis, entry.group] = None
        else:
            groups.setdefault((entry.axis, entry.group), {"any"}).add(
                _SIDES.get(said[text][0], "other")
            )
    beside = [*words, *{(axis, ANY): None for axis, _ in words}]
    tally.add("words", ((word, stratum) for word in beside))
    if groups:
        # Several answers to one prompt are one witness.
        prompt = next((text for role, text in said if role == "user"), said[0][1])
        row = (place, crc32(prompt.encode("utf-8", "surrogatepass")))
        _named(tally, groups, beside, stratum, row)
        if words:
            for profession, gender in linked(reading, said).items():
                tally.add("gender", ((profession, gender),))
                tally.place(("gender", profession, gender), row)


def _named(
    tally: NamingTally,
    groups: Mapping[Group, set[str]],
    beside: list[Word],
    stratum: Stratum,
    row: Row,
) -> None:
    axes: dict[str, set[str]] = {}
    many: dict[str, int] = {}
    for named, sides in groups.items():
        axis, group = named
        tally.add("groups", [(side, axis, group) for side in sides])
        tally.add("both", [(named, word) for word in beside])
        tally.place(named, row)
        axes.setdefault(axis, set()).update(sides)
        many[axis] = many.get(axis, 0) + 1
    tally.add("groups", ((side, axis, ANY) for axis, sides in axes.items() for side in sides))
    counted = [each for each in groups if many[each[0]] == 1] + [(axis, ANY) for axis in axes]
    counted.append(ANYBODY)
    for named in counted:
        tally.add("alone", [(named, stratum)])
        tally.add("pairs", [(named, word, stratum) for word in beside])
        for word in beside if named[1] else ():
            tally.place((named, word), row)


@dataclass(frozen=True)
class OfNamings(Derived[tuple[Part[R], ...]], Generic[R]):
    """What the counts of each split show, split by split."""

    measure = "bias"

    lexicons: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[Namings]:
        """Return the counts."""
        return (Namings(self.lexicons),)

    def combine(self, results: Sequence[Any], dataset: Dataset) -> tuple[Part[R], ...]:
        """Return what the counts of each split show."""
        return tuple(Part(part.split, part.where, self.shown(part.of)) for part in results[0])

    def shown(self, naming: Naming) -> R:
        """Return what the counts of one split show."""
        raise NotImplementedError
