"""What examples ask and teach, by digests: the ground of rules on contradictions and leakage."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import field
from functools import cached_property
from itertools import compress, repeat
from operator import rshift
from typing import Any, NamedTuple

from ftlint.analysis import Analysis
from ftlint.example import Batch, Example, Lines
from ftlint.features.digest import NONE, Digest
from ftlint.features.exchange import EXCHANGES, trained
from ftlint.features.spoken import said
from ftlint.finding import Where
from ftlint.similarity.cluster import DICT
from ftlint.similarity.spool import Spool
from ftlint.source import Dataset
from ftlint.value import dataclass

WIDTH = 7
"""Numbers of an example in a summary."""
LABEL = 64
"""Characters of the longest answer that may be a label."""
ENOUGH = 20
"""Answers from which a file may be called classification-like."""
PER_LABEL = 5
"""Answers that a label has on average."""
PLAIN = 0.98
"""Share of the answers that must be short enough for labels."""
_LINE = 40
"""Bits of the number of a line; the index of its source stands above them."""
_MOST = 0xFFFFFFFF
_MANY = 256
"""Lines from which arrays are faster."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Digests of some examples. Size: O(1), two spools; the rest is on disk.

    That are 56 bytes an example, and 24 an earlier answer of long ones.
    """

    rows: Spool = field(default_factory=Spool)
    """Source and line, byte offset, prompt, answer, whole, exact, characters of each."""
    earlier: Spool = field(default_factory=Spool)
    """Source and line, digest up to an earlier answer, characters."""

    def merge(self, other: Marks) -> Marks:
        """Return the digests of both."""
        return Marks(self.rows.merge(other.rows), self.earlier.merge(other.earlier))


@dataclass(frozen=True)
class Asked(Analysis[Marks, "Exchanged"]):
    """Which examples ask the same, and which conversations go on where others end."""

    measure = "duplicates"

    def summarize(self, batch: Batch) -> Marks:
        """Return the digests of a batch."""
        if "numpy" in sys.modules and len(batch) >= _MANY:
            return _together(batch)
        rows, earlier = array("Q"), array("Q")
        exact = batch.column(Digest("conversation"))
        first = batch.source << _LINE | batch.lines.ordinal
        for index, each in enumerate(batch.column(EXCHANGES)):
            if each is None:
                continue
            key, start = first + index, batch.lines.start_of(index) + 1
            size = min(each.spoken, _MOST) << 32 | min(each.length, _MOST)
            rows.extend((key, start, each.prompt, each.answer, each.whole, exact[index], size))
            for mark, length in zip(each.earlier, each.lengths, strict=True):
                earlier.extend((key, mark, length))
        return Marks(Spool(rows.tobytes()), Spool(earlier.tobytes()))

    def conclude(self, summary: Marks, dataset: Dataset) -> Exchanged:
        """Return the digests as columns."""
        return Exchanged([source.split for source in dataset.sources], summary)

    def figures(self, result: Exchanged, dataset: Dataset) -> dict[str, Any]:
        """Return the figures of `measures.duplicates.conflicts`."""
        conflicts = result.conflicts
        sizes = Counter(len(conflict.answers) for conflict in conflicts)
        return {
            "conflicts": {
                "prompts": len(conflicts),
                "examples": sum(conflict.examples for conflict in conflicts),
                "answers": {str(size): count for size, count in sorted(sizes.items())},
            }
        }


ASKED = Asked()


def _together(batch: Batch) -> Marks:
    """Return the digests of a batch, by arrays."""
    import numpy as np

    from ftlint.features.exchangearray import exchanged

    found, lines = exchanged(batch), batch.lines
    exact = np.array(batch.column(Digest("conversation")), np.uint64)
    starts = np.array(lines.starts, np.int64)[found.example] + 1
    first = batch.source << _LINE | lines.ordinal
    sizes = np.minimum(found.spoken, _MOST) << 32 | np.minimum(found.length, _MOST)
    digests = (found.prompt, found.answer, found.whole, exact[found.example])
    rows = (first + found.example, starts, *digests, sizes)
    earlier = (first + found.earlier.example, found.earlier.mark, found.earlier.length)
    parts = [[each.astype(np.uint64) for each in part] for part in (rows, earlier)]
    return Marks(*(Spool(np.column_stack(part).tobytes()) for part in parts))


def _numbers(spool: Spool, width: int) -> Iterator[array[int]]:
    """Yield the numbers of a spool, some rows of `width` numbers at a time."""
    rest = b""
    for block in spool.blocks():
        data = rest + block
        end = len(data) - len(data) % (8 * width)
        rest = data[end:]
        yield array("Q", data[:end])


class Answer(NamedTuple):
    """One of the answers to a prompt."""

    example: int
    """Index of the example that gives it first."""
    examples: int
    """How many examples give it."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A prompt with several answers, in the order in which they appear in one split."""

    answers: tuple[Answer, ...]

    @property
    def index(self) -> int:
        """Return the example that contradicts first."""
        return self.answers[1].example

    @property
    def examples(self) -> int:
        """Return how many examples answer the prompt."""
        return sum(answer.examples for answer in self.answers)


@dataclass
class Earlier:
    """What stands before the last answers: digests up to each, by the index of the example."""

    index: array[int] = field(default_factory=lambda: array("Q"))
    """In order, one item an earlier answer."""
    mark: array[int] = field(default_factory=lambda: array("Q"))
    length: array[int] = field(default_factory=lambda: array("Q"))
    """Characters."""

    def of(self, index: int) -> array[int]:
        """Return the digests up to the earlier answers of an example."""
        return self.mark[bisect_left(self.index, index) : bisect_right(self.index, index)]


@dataclass
class Exchanged:
    """The digests of all examples with messages, a column each; an index is an example.

    Size: 8 bytes an example for each column that somebody asks for.
    """

    splits: Sequence[str]
    """The split of each source."""
    marks: Marks
    """What the columns are read from when they are asked for."""

    def _column(self, number: int) -> array[int]:
        column = array("Q")
        for part in _numbers(self.marks.rows, WIDTH):
            column.extend(part[number::WIDTH])
        return column

    @cached_property
    def key(self) -> array[int]:
        """Return source and line."""
        return self._column(0)

    @cached_property
    def start(self) -> array[int]:
        """Return byte offsets, and one more."""
        return self._column(1)

    @cached_property
    def prompt(self) -> array[int]:
        """Return digests of what is asked."""
        return self._column(2)

    @cached_property
    def answer(self) -> array[int]:
        """Return digests of what is answered."""
        return self._column(3)

    @cached_property
    def whole(self) -> array[int]:
        """Return digests of conversations up to the answer, normalised."""
        return self._column(4)

    @cached_property
    def exact(self) -> array[int]:
        """Return digests of conversations as they are."""
        return self._column(5)

    @cached_property
    def size(self) -> array[int]:
        """Return characters of the answer and of the conversation, in the halves of a number."""
        return self._column(6)

    @cached_property
    def earlier(self) -> Earlier:
        """Return what stands before the last answers."""
        found, index, keys = Earlier(), 0, self.key
        for part in _numbers(self.marks.earlier, 3):
            for key in part[::3]:  # in the order of the examples
                while keys[index] != key:
                    index += 1
                found.index.append(index)
            found.mark.extend(part[1::3])
            found.length.extend(part[2::3])
        return found

    def __len__(self) -> int:
        """Return the number of examples with messages."""
        return len(self.marks.rows) // (8 * WIDTH)

    def source(self, index: int) -> int:
        """Return the source of an example."""
        return self.key[index] >> _LINE

    def ordinal(self, index: int) -> int:
        """Return the line of an example, counted over the run."""
        return self.key[index] & (1 << _LINE) - 1

    def trained(self, index: int) -> bool:
        """Return whether an example is of the training split."""
        return self.splits[self.source(index)] == "train"

    def where(self, index: int) -> Where:
        """Return the place of an example."""
        return Where(self.source(index), self.ordinal(index), start=self.start[index] - 1)

    def spoken(self, index: int) -> int:
        """Return the characters of an answer."""
        return self.size[index] >> 32

    def length(self, index: int) -> int:
        """Return the characters of a conversation."""
        return self.size[index] & _MOST

    @cached_property
    def of_split(self) -> dict[str, range | list[int]]:
        """Return the examples of each split."""
        if len(set(self.splits)) == 1:
            return {self.splits[0]: range(len(self))}
        found: dict[str, range | list[int]] = {split: [] for split in self.splits}
        for index in range(len(self)):
            found[self.splits[self.source(index)]].append(index)  # type: ignore[union-attr]
        return found

    @cached_property
    def ending(self) -> dict[int, list[int]]:
        """Return the examples that end as a longer one goes on, by digest."""
        inner = set(self.earlier.mark)
        found: dict[int, list[int]] = {}
        for index, mark in enumerate(self.whole):
            if mark in inner:
                found.setdefault(mark, []).append(index)
        return found

    @cached_property
    def answered(self) -> Counter[int]:
        """Return how many examples of each source have an answer."""
        return Counter(map(rshift, compress(self.key, self.answer), repeat(_LINE)))

    @cached_property
    def labelled(self) -> frozenset[int]:
        """Return the sources that are classification-like: short answers of few kinds."""
        beyond = LABEL + 1 << 32
        brief = [size < beyond for size in compress(self.size, self.answer)]
        sources = map(rshift, compress(self.key, self.answer), repeat(_LINE))
        short = Counter(compress(sources, brief))
        return frozenset(
            source
            for source, many in self.answered.items()
            if many >= ENOUGH and short[source] >= PLAIN * many and self._few(source, many)
        )

    def _few(self, source: int, many: int) -> bool:
        """Return whether the `many` answers of a source are of few kinds."""
        kinds: set[int] = set()
        for key, mark in zip(self.key, self.answer, strict=True):
            if mark and key >> _LINE == source:
                kinds.add(mark)
                if len(kinds) * PER_LABEL > many:
                    return False
        return True

    @cached_property
    def conflicts(self) -> list[Conflict]:
        """Return the prompts with different answers in one split, by the first contradiction."""
        found = []
        for members in self.of_split.values():
            asked = array("q", compress(members, map(self.answer.__getitem__, members)))
            for group in repeated(asked, self.prompt).values():
                answers: dict[int, list[int]] = {}
                for index in group:
                    answers.setdefault(self.answer[index], []).append(index)
                if len(answers) > 1:
                    each = (Answer(those[0], len(those)) for those in answers.values())
                    found.append(Conflict(tuple(each)))
        return sorted(found, key=lambda conflict: conflict.index)


def repeated(members: Sequence[int], marks: Sequence[int]) -> dict[int, list[int]]:
    """Return those of `members` that share a mark, by mark."""
    if len(members) > DICT:
        return _repeated(members, marks)
    first: dict[int, int] = {}
    found: dict[int, list[int]] = {}
    for index in members:
        mark = marks[index]
        if mark != NONE:
            known = first.setdefault(mark, index)
            if known != index:
                found.setdefault(mark, [known]).append(index)
    return found


def _repeated(members: Sequence[int], marks: Sequence[int]) -> dict[int, list[int]]:
    """Return the same by sorting: 40 bytes a member instead of 150."""
    import numpy as np

    those = np.array(members, np.int64)
    column = np.asarray(marks, np.uint64)[those]
    order = np.argsort(column, kind="stable")
    ranked = column[order]
    again = np.flatnonzero((ranked[1:] == ranked[:-1]) & (ranked[1:] != NONE)) + 1
    found: dict[int, list[int]] = {}
    for at, mark in zip(again.tolist(), ranked[again].tolist(), strict=True):
        found.setdefault(mark, [int(those[order[at - 1]])]).append(int(those[order[at]]))
    return found


class Quote(NamedTuple):
    """The answer of an example, as it stands in the file."""

    where: Where
    text: str
    called: bool = False
    """Whether tools are called."""


def quotes(dataset: Dataset, places: Sequence[Where]) -> dict[int, Quote]:
    """Return the answers at `places` by ordinal; each line is read once more."""
    found, starts = {}, {place.ordinal: place.start for place in places}
    for ordinal, line in dataset.fetch(places).items():
        shape = dataset.shape(line.source)
        batch = Batch(Lines(line.source, ordinal, [line.raw], start=starts[ordinal], shape=shape))
        example = batch.example(0)
        at = trained(batch, 0)
        if at < len(example.messages):
            found[ordinal] = quoted(example, at)
        batch.close()
    return found


def quoted(example: Example, at: int) -> Quote:
    """Return what message `at` of an example says."""
    message = example.messages[at]
    where = message.place if isinstance(message.content, str) else message.pointer
    return Quote(example.at(where), said(message), bool(message.calls))


def apart(first: str, other: str) -> tuple[str, str]:
    """Return two texts from a little before they differ, so that a short excerpt shows it."""
    pairs = enumerate(zip(first, other, strict=False))
    same = next((at for at, (a, b) in pairs if a != b), min(len(first), len(other)))
    start = same - _BEFORE
    return (first, other) if start <= _BEFORE else (f"…{first[start:]}", f"…{other[start:]}")


_BEFORE = 8
"""Characters shown of what two answers have in common."""
