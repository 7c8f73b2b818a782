"""Toxicity: what a backend says of the texts of a batch, each different text judged once.

Labels and their names are Detoxify's. A backend leaves out the texts that it cannot judge, and has
NaN for the labels that it does not know: nothing that was not judged is ever zero.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from math import nan
from typing import Protocol

from ftlint.example import Batch
from ftlint.feature import Feature
from ftlint.features.distinct import Texts, distinct
from ftlint.features.identity import language_of
from ftlint.features.sparse import Sparse
from ftlint.features.turns import TURNS, Turn
from ftlint.value import dataclass

LABELS = (
    "toxicity",
    "severe_toxicity",
    "obscene",
    "threat",
    "insult",
    "identity_attack",
    "sexual_explicit",
)
"""In the order of every row of scores."""

Scores = tuple[float, ...]
"""One score a label, in [0, 1], or NaN."""


class Backend(Protocol):
    """A frozen dataclass that can judge texts."""

    @property
    def name(self) -> str:
        """Return the name that reports state."""
        ...

    @property
    def threshold(self) -> float:
        """Return the toxicity from which a text is toxic."""
        ...

    def judge(self, texts: Sequence[str]) -> Mapping[int, Scores]:
        """Return the scores of the texts that can be judged, by index."""
        ...


@dataclass(frozen=True)
class Triage:
    """The small model that ships with ftlint: English, blind to identity, all of every text.

    Toxicity is the model's. The other labels are the same number where the text has cues of that
    kind, and else 0: no cue.
    """

    gated: bool = False
    """Whether texts are left out that surely stay far below the threshold; much faster."""
    name: str = field(default="triage", init=False)

    @property
    def threshold(self) -> float:
        """Return the threshold that was chosen with the weights."""
        from ftlint.triage.gate import gate

        return gate().threshold

    def judge(self, texts: Sequence[str]) -> dict[int, Scores]:
        """Return the scores of the texts in English; if gated, of those that may be toxic."""
        chosen: Sequence[int] = range(len(texts))
        if self.gated:
            from ftlint.triage.gate import gate

            chosen = gate().passing(texts)
        if not chosen:
            return {}
        judged = zip(chosen, _scores([texts[index] for index in chosen]), strict=True)
        return {index: tuple(row) for index, row in judged if row[0] == row[0]}


def _scores(texts: Sequence[str]) -> Sequence[Sequence[float]]:
    """Return the scores of triage, by whichever way is sooner; both say the same."""
    from ftlint.triage.few import few

    if "numpy" not in sys.modules and few().takes(texts):
        return few().score(texts)
    # Loaded here: it needs numpy, and clean data does not come so far.
    from ftlint.triage.model import model

    rows: list[list[float]] = model().score(texts).tolist()
    return rows


Judgements = list[tuple[int, Scores]]
"""The judged texts of an example: index in `Example.texts`, scores."""
Judged = Sparse[Judgements, tuple[()]]


@dataclass(frozen=True)
class Toxicity(Feature[Judgements | tuple[()]]):
    """What a backend says of each text of an example."""

    backend: Backend = field(default_factory=Triage)

    def compute(self, batch: Batch) -> Judged:
        """Return the judged texts of each example; equal texts are judged once."""
        turns = batch.column(TURNS)
        return Sparse(len(batch), judge_all(self.backend, turns, distinct(batch)), ())


def judge_all(
    backend: Backend, turns: Sequence[Sequence[Turn]], texts: Texts
) -> dict[int, Judgements]:
    """Return the judged texts of some examples by index; `texts` are those of `turns`."""
    known = {texts.once[index]: row for index, row in backend.judge(texts.once).items()}
    found: dict[int, Judgements] = {}
    if not known:
        return found
    stands = texts.stands(known)
    scores: list[Scores | None] = [known[text] for *_, text in stands]
    if isinstance(backend, Triage):
        how = [
            at
            for at, (row, _, text) in enumerate(stands)
            if "hoe" in text.lower() and _asks_how(text, turns[row])
        ]
        other = backend.judge([_HOW.sub("", stands[at][2]) for at in how]) if how else {}
        for number, at in enumerate(how):
            scores[at] = other.get(number)
    for (row, place, _), said in zip(stands, scores, strict=True):
        if said is not None:
            found.setdefault(row, []).append((place, said))
    return found


_HOW = re.compile(r"(?<!\w)hoe(?!\w)", re.IGNORECASE)
_DUTCH = re.compile(
    r"(?<!\w)(?:het|een|niet|ik|je|jij|zijn|voor|wat|naar|gaat|heb|bent|deze|ook|maar|hij|zij|mijn)"
    r"(?!\w)",
    re.IGNORECASE,
)
"""Words that Dutch has in most sentences and English has not; own choice, MIT."""


def _asks_how(text: str, said: Sequence[Turn]) -> bool:
    """Return whether a text has the Dutch word for how, an insult in English, and is Dutch."""
    return (
        _HOW.search(text) is not None
        and any(_DUTCH.search(each) for _, each in said)
        and language_of([text for _, text in said]) != "en"
    )


def judged(batch: Batch, backend: Backend) -> Judged:
    """Return the judged texts of `batch`."""
    column = batch.column(Toxicity(backend))
    assert isinstance(column, Sparse)
    return column


SIDES = {"toxicity_user": "user", "toxicity_answer": "assistant"}
"""Columns of the table of measures that read one role only."""


def measured(batch: Batch, backend: Backend) -> Iterator[dict[str, float]]:
    """Yield the columns of each example: each label at its worst, and toxicity by role.

    NaN where no text was judged. For full tables the backend must not be gated.
    """
    turns = batch.column(TURNS)
    for rows, said in zip(judged(batch, backend), turns, strict=True):
        row = {label: nan for label in (*LABELS, *SIDES)}
        for place, label in enumerate(LABELS):
            row[label] = _worst([scores[place] for _, scores in rows])
        for column, role in SIDES.items():
            row[column] = _worst([scores[0] for n, scores in rows if said[n][0] == role])
        yield row


@dataclass(frozen=True)
class Measured(Feature[dict[str, float]]):
    """The columns of each example, as `measured` yields them."""

    backend: Backend = field(default_factory=Triage)

    def compute(self, batch: Batch) -> list[dict[str, float]]:
        """Return one mapping an example."""
        return list(measured(batch, self.backend))


def _worst(scores: list[float]) -> float:
    return max([score for score in scores if score == score], default=nan)
