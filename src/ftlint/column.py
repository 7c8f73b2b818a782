"""Columns: what a table of examples can say of each; a rule brings those that its features fill."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from ftlint.value import dataclass

if TYPE_CHECKING:
    from ftlint.example import Batch

Kind = Literal["int", "float", "bool", "text"]
Value = int | float | bool | str | None
"""A value of an example; None where it has none."""


@dataclass(frozen=True)
class Column:
    """A frozen dataclass whose fields are its options; of several with one name the first counts.

    Columns are filled only when somebody asks for a table. A text column is for values that
    repeat, such as labels: every different one is kept.
    """

    name: ClassVar[str]
    """Snake case, as a column of pandas is named."""
    kind: ClassVar[Kind]

    def values(self, batch: Batch) -> Sequence[Value]:
        """Return one value a line of the batch, in order."""
        raise NotImplementedError
