"""Casts: the examples of a batch in which the same roles speak, what they say in columns.

Most examples of a dataset have one of few sequences of roles. Who reads all answers of a batch
reads a few columns of texts, and nothing has to be asked of each example.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ftlint.example import Batch
from ftlint.feature import Feature
from ftlint.value import dataclass


class Cast(NamedTuple):
    """Examples with the same roles, as the proof has decoded them."""

    roles: tuple[str, ...]
    rows: list[int]
    """Their places in the batch, in order."""
    texts: list[tuple[str, ...]]
    """What each role says: one column a role, with a text an example."""

    @property
    def answers(self) -> list[int]:
        """Return the columns of the assistant."""
        return [at for at, role in enumerate(self.roles) if role == "assistant"]

    @property
    def question(self) -> int | None:
        """Return the column of the first question."""
        return self.roles.index("user") if "user" in self.roles else None


class Casts(NamedTuple):
    """The examples of a batch by their roles."""

    alike: list[Cast]
    others: list[int]
    """The places of what was not proven to be nothing but texts."""


@dataclass(frozen=True)
class CastOf(Feature[Casts]):
    """The casts of the batch, the same for each example."""

    def compute(self, batch: Batch) -> list[Casts]:
        """Return the casts as often as there are lines; nothing is decoded again."""
        plain = batch.plain or [None] * len(batch)
        rows = dict[tuple[str, ...], list[int]]()
        others = []
        for index, said in enumerate(plain):
            if not said:
                others.append(index)
            elif said[0] in rows:
                rows[said[0]].append(index)
            else:
                rows[said[0]] = [index]
        alike = [
            Cast(roles, those, list(zip(*[plain[at][1] for at in those], strict=True)))  # type: ignore[index]
            for roles, those in rows.items()
        ]
        return [Casts(alike, others)] * len(batch)


CASTS = CastOf()


def casts(batch: Batch) -> Casts:
    """Return the examples of `batch` by their roles."""
    column = batch.column(CASTS)
    return column[0] if column else Casts([], [])


class Answers:
    """What is asked and answered in a batch, side by side; in no order."""

    __slots__ = ("asked", "bare", "numbers", "proven", "rows", "said")

    def __init__(self) -> None:
        """Begin with nothing."""
        self.rows: list[int] = []
        """The example of each answer."""
        self.numbers: list[int] = []
        """How many answers stand before it in its example."""
        self.asked: list[str] = []
        """The text of the user before it, or nothing."""
        self.said: list[str] = []
        self.bare: list[str] = []
        """The answers without white space around them."""
        self.proven = 0
        """How many answers come first that are those of casts, and so are trained on."""


@dataclass(frozen=True)
class AnswersOf(Feature[Answers]):
    """What the assistant says in the batch, also where it is not trained on; the same for each."""

    def compute(self, batch: Batch) -> list[Answers]:
        """Return the answers as often as there are lines."""
        known, found = casts(batch), Answers()
        for roles, rows, texts in known.alike:
            for number, (asked, at) in enumerate(_places(roles)):
                found.rows += rows
                found.numbers += [number] * len(rows)
                found.asked += [""] * len(rows) if asked is None else texts[asked]
                found.said += texts[at]
        found.proven = len(found.rows)
        for index in known.others:
            told = batch.example(index).texts
            for number, (asked, at) in enumerate(_places([text.role for text in told])):
                found.rows.append(index)
                found.numbers.append(number)
                found.asked.append("" if asked is None else told[asked].value)
                found.said.append(told[at].value)
        found.bare = list(map(str.strip, found.said))
        return [found] * len(batch)


ANSWERS = AnswersOf()


def answers_in(batch: Batch) -> Answers:
    """Return what the assistant says in `batch`."""
    column = batch.column(ANSWERS)
    return column[0] if column else Answers()


def _places(roles: Sequence[str]) -> list[tuple[int | None, int]]:
    """Return the index of each text of the assistant, and before it that of the user's last."""
    found: list[tuple[int | None, int]] = []
    question = None
    for index, role in enumerate(roles):
        if role == "assistant":
            found.append((question, index))
        elif role == "user":
            question = index
    return found
