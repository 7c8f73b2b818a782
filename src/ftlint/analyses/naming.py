"""Naming: which groups the examples name, in which role, beside which words and professions.

Counts are of examples. A group counts as named alone where no other of its axis is named in the
example: only such examples are compared, so that no example stands on both sides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import field, fields, replace
from functools import lru_cache
from operator import itemgetter
from typing import Any, Generic
from zlib import crc32

from ftlint.analyses.split import Part, by_split
from ftlint.analysis import Analysis, Derived, R
from ftlint.example import Batch
from ftlint.features.distinct import distinct
from ftlint.features.gender import Links, linked
from ftlint.features.identity import Mention, covered, readings
from ftlint.features.turns import SAYINGS, TURNS, Turn
from ftlint.features.whom import (
    ANSWER,
    OTHER,
    PROMPT,
    SIDES,
    SYSTEM,
    Group,
    Whom,
    Word,
    everyone,
    whom,
)
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

Stratum = tuple[str, int]
"""Language, and the number of bits of the length in code points."""
Place = tuple[int, int, int]
"""Source, ordinal and byte offset of an example."""
Row = tuple[Place, int]
"""An example and the checksum of its first prompt."""
Held = tuple[int, tuple[Row, ...]]
"""How many examples name the same, and the first of them."""
Key = tuple[Stratum, Whom, Links]
"""What examples have in common: length, whom they name, and the gender of professions."""
HELD = 1 << 14
"""Kinds of examples from which on they are counted at once. Size: about 1 KiB each."""
_CALLED = {PROMPT: "prompt", ANSWER: "answer", SYSTEM: "system", OTHER: "other"}


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
    held: dict[Key, Held] = field(default_factory=dict)
    """Examples that name somebody and are not yet counted: many of them name the same."""

    def merge(self, other: Naming) -> Naming:
        """Return what both name."""
        names = [each.name for each in fields(self) if each.name not in ("rows", "held")]
        merged = Naming(*(getattr(self, name).merge(getattr(other, name)) for name in names))
        merged.rows = dict(self.rows)
        for key, rows in other.rows.items():
            merged.rows[key] = witnesses((*merged.rows.get(key, ()), *rows))
        merged.held = dict(self.held)
        for kind, (count, rows) in other.held.items():
            known = merged.held.get(kind)
            merged.held[kind] = (
                (known[0] + count, witnesses((*known[1], *rows))) if known else (count, rows)
            )
        return merged if len(merged.held) <= HELD else merged.counted()

    def counted(self) -> Naming:
        """Return the same with all examples counted."""
        if not self.held:
            return self
        count = _Counting(self)
        for (stratum, named, links), (many, rows) in self.held.items():
            count.add(stratum, named, links, many, rows)
        return count.naming()

    def places(self, *key: Any) -> tuple[Where, ...]:
        """Return the first examples of `key`."""
        return tuple(Where(s, o, start=at) for (s, o, at), _ in self.rows.get(key, ()))

    @property
    def examples(self) -> int:
        """Return the examples in a language with lexicons: those that could be read."""
        return self.strata.total


def witnesses(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return the first rows of different prompts."""
    first: dict[int, Row] = {}
    for row in rows:
        first.setdefault(row[1], row)
    return tuple(first.values())[:NAMED]


class _Counting:
    """Plain dictionaries of counts: a `Counts` for each would cost."""

    def __init__(self, of: Naming) -> None:
        self._of = of
        names = ("groups", "alone", "words", "pairs", "both", "gender")
        self._counts: dict[str, dict[Any, int]] = {n: dict(getattr(of, n).of) for n in names}
        self._rows: dict[tuple[Any, ...], list[Row]] = {k: [*v] for k, v in of.rows.items()}

    def add(
        self,
        stratum: Stratum,
        named: Whom,
        links: Links,
        many: int,
        rows: tuple[Row, ...],
    ) -> None:
        """Count `many` examples that name the same; `rows` are the first of them."""
        beside = [*named.words, *dict.fromkeys([(axis, ANY) for axis, _ in named.words])]
        self._add("words", [(word, stratum) for word in beside], many)
        if named.groups:
            axes = self._groups(named, beside, many, rows)
            alone = [group for group, _ in named.groups if axes[group[0]][0] == 1]
            for group in alone:
                for word in beside:
                    self._rows.setdefault((group, word), []).extend(rows)
            every = [*alone, *[(axis, ANY) for axis in axes], ANYBODY]
            self._add("alone", [(group, stratum) for group in every], many)
            self._add("pairs", [(group, w, stratum) for group in every for w in beside], many)
        for profession, gender in links:
            self._add("gender", [(profession, gender)], many)
            self._rows.setdefault(("gender", profession, gender), []).extend(rows)

    def _groups(
        self, named: Whom, beside: list[Word], many: int, rows: tuple[Row, ...]
    ) -> dict[str, tuple[int, int]]:
        """Count the groups; return how many of each axis there are, and who names them."""
        axes: dict[str, tuple[int, int]] = {}
        for group, sides in named.groups:
            of, all_sides = axes.get(group[0], (0, 0))
            axes[group[0]] = (of + 1, all_sides | sides)
            self._add("groups", [(side, *group) for side in _sides(sides)], many)
            self._add("both", [(group, word) for word in beside], many)
            self._rows.setdefault(group, []).extend(rows)
        for axis, (_, sides) in axes.items():
            self._add("groups", [(side, axis, ANY) for side in _sides(sides)], many)
        return axes

    def _add(self, name: str, keys: list[Any], many: int) -> None:
        counts = self._counts[name]
        for key in keys:
            counts[key] = counts.get(key, 0) + many

    def naming(self) -> Naming:
        """Return the counts."""
        counts: dict[str, Any] = {name: Counts(of) for name, of in self._counts.items()}
        rows = {key: witnesses(sorted(those)) for key, those in self._rows.items()}
        return replace(self._of, **counts, rows=rows, held={})


@lru_cache(maxsize=16)
def _sides(sides: int) -> tuple[str, ...]:
    """Return the names of who says something."""
    return ("any", *[name for side, name in _CALLED.items() if sides & side])


class NamingTally:
    """What is read of a batch; the examples that name the same are counted together."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.languages: Counter[str] = Counter()
        self.kinds: Counter[tuple[str, int, tuple[str, ...]]] = Counter()
        """Examples by language, bits of their length, and roles."""
        self._held: dict[Key, tuple[int, list[Row]]] = {}

    def read(
        self, language: str, mentions: Sequence[Mention], said: Sequence[Turn], place: Place
    ) -> None:
        """Count one example by itself, for who has no batch."""
        bits = sum([len(text) for _, text in said]).bit_length()
        self.kinds[language, bits, tuple(map(_ROLE, said))] += 1
        named = whom(mentions, said)
        self.add(((language, length(bits)), named, linked(mentions, said)), said, place)

    def add(self, kind: Key, said: Sequence[Turn], place: Place) -> None:
        """Count an example that names somebody, and keep it if it is one of the first."""
        count, rows = self._held.get(kind) or (0, [])
        self._held[kind] = (count + 1, rows)
        if kind[1].groups and len(rows) < NAMED:
            # Several answers to one prompt are one witness.
            prompt = next((text for role, text in said if role == "user"), said[0][1])
            mark = crc32(prompt.encode("utf-8", "surrogatepass"))
            if all([mark != known for _, known in rows]):
                rows.append((place, mark))

    def naming(self) -> Naming:
        """Return the counts."""
        strata, sides = dict[Stratum, int](), dict[str, int]()
        for (language, bits, roles), count in self.kinds.items():
            stratum = (language, length(bits))
            strata[stratum] = strata.get(stratum, 0) + count
            for side in {SIDES.get(role, OTHER) for role in roles}:
                sides[_CALLED[side]] = sides.get(_CALLED[side], 0) + count
        return Naming(
            Counts(dict(self.languages)),
            Counts(strata),
            Counts(sides),
            held={kind: (count, tuple(rows)) for kind, (count, rows) in self._held.items()},
        )


def length(bits: int) -> int:
    """Return the bits of a length as strata have them: the least and the largest are one."""
    return min(max(bits, 6), 16)


@dataclass(frozen=True)
class Namings(Analysis[Groups[int], tuple[Part[Naming], ...]]):
    """What the examples of each split name."""

    lexicons: tuple[str, ...] = ()
    """The user's own lexicons, as paths."""

    def summarize(self, batch: Batch) -> Groups[int]:
        """Return what a batch names, by source."""
        if not len(batch):
            return Groups()
        turns, read, tally = batch.column(TURNS), readings(batch, self.lexicons), NamingTally()
        languages, known, lines = read.languages, covered(self.lexicons), batch.lines
        sizes = [size.bit_length() for size in distinct(batch).sizes]
        roles = [roles for roles, _ in batch.column(SAYINGS)]
        kinds = Counter(zip(languages, sizes, roles, strict=True))
        for (language, size, those), count in kinds.items():
            if language is not None:
                tally.languages[language] += count
                if language in known:
                    tally.kinds[language, size, those] = count
        for index, named in everyone(batch, self.lexicons).items():
            stratum = (languages[index] or "", length(sizes[index]))
            links = linked(read.told[index], turns[index]) if named.groups and named.words else ()
            place = (lines.source, lines.ordinal + index, lines.start_of(index))
            tally.add((stratum, named, links), turns[index], place)
        return Groups({batch.source: tally.naming()})

    def conclude(self, summary: Groups[int], dataset: Dataset) -> tuple[Part[Naming], ...]:
        """Return what each split names."""
        parts = by_split(summary, dataset)
        return tuple(Part(part.split, part.where, part.of.counted()) for part in parts)


_ROLE = itemgetter(0)


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
