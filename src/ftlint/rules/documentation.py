"""Documentation of declarative rules: what a YAML file says, in the form of a docstring."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Documentation:
    """What a rule's docstring says, in its parts."""

    summary: str = ""
    why: str = ""
    ignore_when: str = ""
    provider: str = ""
    fix: str = ""
    source: str = ""

    @property
    def text(self) -> str:
        """Return the parts in the form of a rule's docstring."""
        parts = (
            ("Why", self.why),
            ("Ignore when", self.ignore_when),
            ("Provider says", self.provider),
            ("Fix", self.fix),
            ("Source", self.source),
        )
        paragraphs = [f"{title}: {' '.join(words.split())}" for title, words in parts if words]
        return "\n\n".join([self.summary, *paragraphs])
