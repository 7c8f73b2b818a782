"""Lots: what is kept of the examples of each batch, so that their duplicates can be found.

Digests tell copies, sketches which examples may be near each other, shingles how near they are.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import field
from typing import Literal, NamedTuple

from ftlint.example import Batch
from ftlint.similarity.spool import Spool
from ftlint.value import dataclass

FEW, LIGHT = 500, 1 << 18
"""Lines and bytes of a dataset, and of a batch, that is not worth the import of numpy. Such a
dataset is joined exactly; the sketches of such a batch are made when they are needed."""
SHORTEST = 4
"""Shingles from which texts are compared: of fewer, one more or less is below 0.8 already."""
KEPT = 1 << 15
"""Characters of the longest text of which shingles are kept; longer ones are read again. Less than
`PIECE`, so that those of a text stand together."""
Name = Literal["records", "conversations", "prompts", "sizes", "shingles", "places"]
_TYPES: dict[Name, str] = {
    "records": "Q",
    "conversations": "Q",
    "prompts": "Q",
    "sizes": "I",
    "shingles": "I",
    "places": "I",
}
"""The columns of a lot in the order in which they are kept."""


class Sketched(NamedTuple):
    """Sketches and shingles of some texts."""

    sketches: bytes
    shingles: bytes
    counts: array[int]
    """How many shingles each text has; 0 for one that is longer than `KEPT`, too."""
    places: array[int]
    """Where they begin, counted in shingles."""


def sketched(texts: Sequence[str]) -> Sketched:
    """Return the sketches and the shingles of normalised texts."""
    from ftlint.similarity.minhash import sketches

    made = sketches(texts, KEPT, SHORTEST)
    counts, places = (
        array("I", each.astype("u4").tobytes()) for each in (made.counts, made.starts)
    )
    return Sketched(made.sketches.tobytes(), made.shingles, counts, places)


@dataclass(frozen=True, slots=True)
class Lot:
    """The examples of one batch."""

    source: int
    ordinal: int
    start: int
    """Byte offset of the first line, or -1."""
    many: int
    sketched: bool
    """Whether there are sketches of them."""


@dataclass(frozen=True, slots=True)
class Lots:
    """What is kept of some examples, as a mergeable value.

    Size: 36 bytes an example, 64 of its sketch, and 5 a shingle of texts up to `KEPT`. What is
    more than a few megabytes is on disk.
    """

    every: tuple[Lot, ...] = ()
    rows: Spool = field(default_factory=Spool)
    """The columns of each lot."""
    sketches: Spool = field(default_factory=Spool)
    """Those of the lots that have some."""
    shingles: Spool = field(default_factory=Spool)

    @classmethod
    def of(
        cls, batch: Batch, columns: Sequence[array[int]], texts: Sequence[str] | None = None
    ) -> Lots:
        """Return what is kept of a batch.

        `columns` are the digests of records, conversations and prompts, or an empty one where
        nobody asks; `texts` are those that are compared, None if none are, or only later.
        """
        many, lines = len(batch), batch.lines
        if not many:
            return cls()
        sizes = array("I", list(map(len, lines.raws)))  # a line has `MAX_LINE` bytes at most
        made = None if texts is None else sketched(texts)
        none = bytes(8 * many)
        rows = [column.tobytes() or none for column in columns]
        rows.append(sizes.tobytes())
        rows += [made.counts.tobytes(), made.places.tobytes()] if made else [none]
        lot = Lot(batch.source, lines.ordinal, lines.start_of(0), many, made is not None)
        return cls(
            (lot,),
            Spool(b"".join(rows)),
            Spool(made.sketches if made else b""),
            Spool(made.shingles if made else b""),
        )

    def merge(self, other: Lots) -> Lots:
        """Return what is kept of both."""
        return Lots(
            self.every + other.every,
            self.rows.merge(other.rows),
            self.sketches.merge(other.sketches),
            self.shingles.merge(other.shingles),
        )

    def column(self, name: Name) -> array[int]:
        """Return one number an example; a digest is 0 where there is nothing."""
        found = array(_TYPES[name])
        names = [*_TYPES]
        before = sum(map(_width, names[: names.index(name)]))
        whole, start = sum(map(_width, names)), 0
        for lot in self.every:
            found.frombytes(self.rows.read(start + before * lot.many, _width(name) * lot.many))
            start += whole * lot.many
        return found


def light(batch: Batch) -> bool:
    """Return whether the sketches of a batch can wait until somebody asks for them."""
    raws = batch.lines.raws
    return len(raws) <= FEW and sum(map(len, raws)) <= LIGHT


def _width(name: Name) -> int:
    return array(_TYPES[name]).itemsize
