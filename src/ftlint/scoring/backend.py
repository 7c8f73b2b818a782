"""Deep backends: they judge after the fold, in one process, each different text once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import nan
from typing import Any, ClassVar, Protocol

from ftlint.features.toxicity import LABELS, Scores
from ftlint.value import dataclass


class Scorer(Protocol):
    """A backend that is ready: loaded, or connected."""

    def score(self, texts: Sequence[str]) -> list[Scores | None]:
        """Return the scores of each text; None where there are none to be had.

        Raises: ModelError when nothing can be scored at all.
        """
        ...

    def told(self) -> dict[str, Any]:
        """Return figures of the work so far, such as how many texts were cut."""
        ...


@dataclass(frozen=True)
class Deep:
    """A frozen dataclass; a subclass brings the model. Equal ones score once."""

    name: ClassVar[str] = ""

    threshold: float = 0.8
    """Toxicity from which figures call a text toxic."""
    most: int = 0
    """Different texts that are scored; 0: all."""
    seconds: float = 0
    """Time after which no further round of texts begins; 0: none."""

    @property
    def partial(self) -> bool:
        """Return whether perhaps not all texts are scored."""
        return bool(self.most or self.seconds)

    @property
    def key(self) -> str:
        """Return what the scores of a text depend on, for the cache; nothing: they are not kept."""
        return ""

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the report states of the model."""
        return {}

    def unready(self) -> str | None:
        """Return why it cannot score here; None if it can."""
        return None

    def begin(self, texts: int, characters: int) -> Scorer:
        """Return the scorer of so many texts that no cache knows. Raises: ModelError."""
        raise NotImplementedError

    def judge(self, texts: Sequence[str]) -> Mapping[int, Scores]:
        """Return the scores of the texts that can be judged, by index. Raises: ModelError."""
        rows = self.begin(len(texts), sum(map(len, texts))).score(texts)
        return {index: row for index, row in enumerate(rows) if row is not None}


@dataclass(frozen=True, repr=False)
class Prejudiced(Deep):
    """Calls every text toxic that has one word in it: what a model may do, for cases and tests."""

    name = "prejudiced"

    word: str = ""
    label: str = "identity_attack"
    """What it sees beside toxicity."""
    toxicity: float = 0.9
    """Of a text with the word; the label is 0.9 then."""

    def __repr__(self) -> str:
        """Return what pages of rules say of it."""
        return f"a model that sees {self.label} wherever {self.word!r} stands"

    def begin(self, texts: int, characters: int) -> Prejudiced:
        """Return itself."""
        return self

    def score(self, texts: Sequence[str]) -> list[Scores | None]:
        """Return the scores of texts; 0.1 where the word is not."""
        rows: list[Scores | None] = []
        for text in texts:
            high = self.word in text.lower()
            known = {"toxicity": self.toxicity if high else 0.1, self.label: 0.9 if high else 0.1}
            rows.append(tuple(known.get(label, nan) for label in LABELS))
        return rows

    def told(self) -> dict[str, Any]:
        """Return nothing."""
        return {}
