"""The table of examples: one row each, in compact columns, folded only when it is asked for."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import compress
from math import isnan, nan
from typing import Any

from ftlint.analysis import Analysis
from ftlint.column import Column, Kind, Value
from ftlint.example import Batch
from ftlint.features.turns import TURNS
from ftlint.source import Dataset
from ftlint.value import dataclass

MISSING = -(1 << 63)
"""In place of a whole number that an example does not have."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The values of one column: 8 bytes a number, 4 bytes a text besides the different texts.

    Texts are their index in `words`, in order of appearance; -1 for none. Truth is 0 and 1.
    """

    kind: Kind
    values: array[Any]
    words: tuple[str, ...] = ()

    @classmethod
    def of(cls, kind: Kind, values: Iterable[Value]) -> Cells:
        """Return the cells of some values; what is no number where one is due is missing."""
        if kind == "text":
            words: dict[str, int] = {}
            codes = [-1 if v is None else words.setdefault(str(v), len(words)) for v in values]
            return cls(kind, array("i", codes), tuple(words))
        if kind == "float":
            return cls(kind, array("d", [nan if v is None else float(v) for v in values]))
        whole = (MISSING if v is None else int(v) for v in values)
        return cls(kind, array("q", whole))

    @classmethod
    def joined(cls, parts: Sequence[Cells]) -> Cells:
        """Return the cells of all parts, at least one, in order."""
        kind = parts[0].kind
        values = array(parts[0].values.typecode)
        words: dict[str, int] = {}
        for part in parts:
            if kind == "text":
                codes = [words.setdefault(word, len(words)) for word in part.words]
                codes.append(-1)  # what -1 leads to
                values.extend([codes[code] for code in part.values])
            else:
                values.extend(part.values)
        return cls(kind, values, tuple(words))

    def known(self) -> list[bool]:
        """Return for each value whether it is there."""
        if self.kind == "float":
            return [not isnan(value) for value in self.values]
        absent = -1 if self.kind == "text" else MISSING
        return [value != absent for value in self.values]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of one source."""

    source: int
    ordinals: array[int]
    columns: tuple[Cells, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Chunks in the order of the dataset. Size: O(examples * columns), see `Cells`."""

    chunks: tuple[Chunk, ...] = ()

    def merge(self, other: Rows) -> Rows:
        """Return the rows of both."""
        return Rows(self.chunks + other.chunks)


@dataclass(frozen=True, slots=True)
class Table:
    """One row an example that is not blank, in the order of the dataset."""

    sources: array[int]
    ordinals: array[int]
    columns: dict[str, Cells]


@dataclass(frozen=True)
class Tabulation(Analysis[Rows, Table]):
    """What the columns say of every example."""

    given: tuple[Column, ...]

    def summarize(self, batch: Batch) -> Rows:
        """Return the rows of a batch."""
        first = batch.lines.ordinal
        filled = [bool(raw.strip()) for raw in batch.lines.raws]
        ordinals = array("q", compress(range(first, first + len(batch)), filled))
        if not ordinals:
            return Rows()
        cells = (
            Cells.of(column.kind, compress(column.values(batch), filled)) for column in self.given
        )
        return Rows((Chunk(batch.source, ordinals, tuple(cells)),))

    def conclude(self, summary: Rows, dataset: Dataset) -> Table:
        """Return the table of all examples."""
        sources, ordinals = array("i"), array("q")
        for chunk in summary.chunks:
            sources.extend([chunk.source] * len(chunk.ordinals))
            ordinals.extend(chunk.ordinals)
        columns = {}
        for index, column in enumerate(self.given):
            parts = [chunk.columns[index] for chunk in summary.chunks]
            columns[column.name] = Cells.joined(parts) if parts else Cells.of(column.kind, ())
        return Table(sources, ordinals, columns)


def tabulation(brought: Iterable[Column]) -> Tabulation:
    """Return the analysis of the columns that every table has and of those that rules bring."""
    columns: dict[str, Column] = {}
    for column in (Messages(), PromptCharacters(), AnswerCharacters(), *brought):
        columns.setdefault(column.name, column)
    return Tabulation(tuple(columns.values()))


def extended(table: Table, found: Iterable[tuple[str, dict[int, Value]]]) -> Table:
    """Return `table` with columns by ordinal, which only the whole dataset shows."""
    return reduce(_with_column, found, table)


def _with_column(table: Table, column: tuple[str, dict[int, Value]]) -> Table:
    name, values = column
    cells = Cells.of(_kind(values.values()), map(values.get, table.ordinals))
    return Table(table.sources, table.ordinals, {**table.columns, name: cells})


def _kind(values: Iterable[Value]) -> Kind:
    types = {type(value) for value in values} - {type(None)}
    if types <= {bool}:
        return "bool"
    if types <= {bool, int}:
        return "int"
    return "float" if types <= {bool, int, float} else "text"


@dataclass(frozen=True)
class Messages(Column):
    """How many texts the example has."""

    name = "messages"
    kind = "int"

    def values(self, batch: Batch) -> list[int]:
        """Return one number a line."""
        return [len(turns) for turns in batch.column(TURNS)]


@dataclass(frozen=True)
class PromptCharacters(Column):
    """Code points of all that is no answer."""

    name = "prompt_characters"
    kind = "int"

    def values(self, batch: Batch) -> list[int]:
        """Return one number a line."""
        return [
            sum([len(text) for role, text in turns if role != "assistant"])
            for turns in batch.column(TURNS)
        ]


@dataclass(frozen=True)
class AnswerCharacters(Column):
    """Code points of all answers."""

    name = "answer_characters"
    kind = "int"

    def values(self, batch: Batch) -> list[int]:
        """Return one number a line."""
        return [
            sum([len(text) for role, text in turns if role == "assistant"])
            for turns in batch.column(TURNS)
        ]
