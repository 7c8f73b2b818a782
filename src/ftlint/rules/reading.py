"""What the kinds of rule share that read texts: whose texts, and the search that finds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ftlint.example import Batch, Example, Text
from ftlint.features.lexicon import Terms, found_in
from ftlint.rule import ExampleRule
from ftlint.rules.declared import Declared
from ftlint.value import dataclass

Role = Literal["system", "developer", "user", "assistant", "tool", "function"]


@dataclass(frozen=True, kw_only=True)
class Reading(Declared):
    """A kind that reads the texts of an example; the default is all of them."""

    roles: tuple[Role, ...] = ()
    """Roles whose texts are read; none means all."""
    trained_only: bool = False
    """Whether only texts are read that the target learns to say."""
    ignore_case: bool = False
    """Whether capitals are compared as small letters."""

    def covers(self, text: Text) -> bool:
        """Return whether the rule looks at `text`."""
        if self.trained_only and not text.trained:
            return False
        return not self.roles or text.role in self.roles

    def speaks(self, role: str) -> bool:
        """Return whether the rule looks at texts of `role` that nobody has masked."""
        if self.trained_only and role != "assistant":
            return False
        return not self.roles or role in self.roles


class Searching(Reading, ExampleRule):
    """A kind whose texts the common search of a run narrows down."""

    @property
    def lexicon(self) -> Terms | None:
        """Return the literals for that search; None when it cannot help."""
        return None

    def candidates(self, batch: Batch) -> Sequence[Example] | None:
        """Return the examples in which the common search found something, if it looked."""
        return None if self.lexicon is None else found_in(batch, self.lexicon, self.speaks)
