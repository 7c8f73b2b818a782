"""What all kinds of declarative rule share: facts that a class has are fields of theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, ClassVar

from ftlint.finding import Severity
from ftlint.rule import Case, Rule
from ftlint.value import dataclass


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


@dataclass(frozen=True, kw_only=True)
class Declared(Rule):
    """What all kinds share: the facts about the rule are fields, not class variables."""

    code: str = ""  # type: ignore[misc]
    name: str = ""  # type: ignore[misc]
    severity: Severity = Severity.WARNING  # type: ignore[misc]
    message: str = ""  # type: ignore[misc]
    default: bool = True  # type: ignore[misc]
    since: str = "0.1.0"  # type: ignore[misc]
    private: bool = False  # type: ignore[misc]
    documentation: Documentation = field(
        default_factory=Documentation, hash=False, repr=False, metadata={"key": False}
    )
    # Cases hold records, which have no hash.
    good: tuple[Case, ...] = field(default=(), hash=False, repr=False)  # type: ignore[misc]
    bad: tuple[Case, ...] = field(default=(), hash=False, repr=False)  # type: ignore[misc]
    origin: str = field(default="", compare=False, repr=False, metadata={"key": False})
    """The file that declares the rule."""

    fills: ClassVar[Mapping[str, Any]] = {}
    """Samples of what a message may name."""

    @property
    def text(self) -> str:
        """Return the rule's documentation."""
        return self.documentation.text

    def mistakes(self) -> Iterator[tuple[str, str]]:
        """Yield each key of the rule file that is wrong, with the reason."""
        try:
            self.message.format_map(dict(self.fills))
        except KeyError as missing:
            options = ", ".join(self.fills)
            yield "message", f"message names {{{missing.args[0]}}}, but there is only {options}"
        except (ValueError, IndexError, AttributeError, TypeError) as bad:
            yield "message", f"message is no template: {bad}"
