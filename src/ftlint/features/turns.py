"""Turns: role and text of everything a model would read, without an object for each message.

Rules that look at all texts read this column; what they find is rare, and its pointer comes from
`Example.texts`, whose texts are the same ones in the same order.
"""

from __future__ import annotations

from ftlint.example import Batch
from ftlint.feature import Feature
from ftlint.features.saying import SAYINGS, Told
from ftlint.features.saying import Turn as Turn
from ftlint.value import dataclass


@dataclass(frozen=True)
class Turns(Feature[list[Turn]]):
    """The texts of each example with their roles; none of a line without a record.

    Who looks at all examples of a batch reads `SAYINGS`.
    """

    def compute(self, batch: Batch) -> Told:
        """Return one list an example."""
        return Told(batch.column(SAYINGS))


TURNS = Turns()
