"""Flaws: where a record differs from what its shape says of its fields; walked once a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftlint.example import Batch, Example
from ftlint.feature import CheapFeature
from ftlint.value import dataclass

if TYPE_CHECKING:
    from ftlint.formats.field import Flaw


@dataclass(frozen=True)
class Flaws(CheapFeature["tuple[Flaw, ...]"]):
    """The flaws of a record; none of a chat, which has rules of its own."""

    def of(self, example: Example) -> tuple[Flaw, ...]:
        """Return the flaws of one record."""
        from ftlint.formats.field import flaws

        fields = example.format.fields
        return () if fields is None else tuple(flaws(fields, example.value))


FLAWS = Flaws()


def flawed(batch: Batch, sorts: tuple[str, ...]) -> list[Example]:
    """Return the records of `batch` with a flaw of these sorts."""
    return [
        example for example in batch.foreign if any(flaw.sort in sorts for flaw in example[FLAWS])
    ]
