"""Toxicity of a dataset: how many texts were judged and how many are toxic, by role."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ftlint.analysis import Analysis
from ftlint.example import Batch
from ftlint.features.toxicity import LABELS, Backend, Scores, Triage, judged
from ftlint.features.turns import TURNS
from ftlint.finding import Where
from ftlint.source import Dataset
from ftlint.summary import Capped, Counts, Groups, Tally
from ftlint.triage.words import readable

RELATED = 5
"""Toxic examples that a finding about a share names."""


@dataclass(frozen=True)
class ToxicAnswers(Analysis[Groups[int], Groups[int]]):
    """How many examples of each source teach a toxic answer, of those with an answer."""

    backend: Backend = field(default_factory=lambda: Triage(gated=True))
    threshold: float | None = None
    """Toxicity from which a text is toxic; none: the backend's own."""

    def summarize(self, batch: Batch) -> Groups[int]:
        """Return one `Tally` a source. Size: O(sources)."""
        turns = batch.column(TURNS)
        answered = sum(any(role == "assistant" for role, _ in said) for said in turns)
        if not answered:
            return Groups()
        limit = self.backend.threshold if self.threshold is None else self.threshold
        met = (batch.at(index) for index in taught(batch, self.backend, limit))
        return Groups({batch.source: Tally(answered, Capped.of(met, RELATED))})

    def conclude(self, summary: Groups[int], dataset: Dataset) -> Groups[int]:
        """Return the tallies."""
        return summary


def taught(batch: Batch, backend: Backend, limit: float) -> dict[int, list[tuple[int, Scores]]]:
    """Return the toxic answers that are trained on, by index of the example in the batch."""
    found: dict[int, list[tuple[int, Scores]]] = {}
    for index, rows in judged(batch, backend).found.items():
        high = [row for row in rows if row[1][0] >= limit]
        if high:  # rare: only now is the example made
            texts = batch.example(index).texts
            if mine := [row for row in high if texts[row[0]].trained]:
                found[index] = mine
    return found


@dataclass(frozen=True, slots=True)
class ToxicTexts:
    """Texts by role: all, unreadable, judged, toxic; toxic ones by label. Size: O(roles)."""

    texts: Counts[str] = field(default_factory=Counts)
    unreadable: Counts[str] = field(default_factory=Counts)
    """Mostly in other scripts than the Latin one."""
    judged: Counts[str] = field(default_factory=Counts)
    toxic: Counts[str] = field(default_factory=Counts)
    labels: Counts[str] = field(default_factory=Counts)

    def merge(self, other: ToxicTexts) -> ToxicTexts:
        """Return the counts of both."""
        return ToxicTexts(
            self.texts.merge(other.texts),
            self.unreadable.merge(other.unreadable),
            self.judged.merge(other.judged),
            self.toxic.merge(other.toxic),
            self.labels.merge(other.labels),
        )


@dataclass(frozen=True)
class ToxicityFigures(Analysis[ToxicTexts, ToxicTexts]):
    """What was judged, by which backend, over how many texts, with which threshold.

    Of a gated backend `judged` are the texts that the gate let pass, in English; of the others it
    says that they stay far below the threshold, or are in another language.
    """

    measure = "toxicity"

    backend: Backend = field(default_factory=lambda: Triage(gated=True))
    threshold: float | None = None
    """Toxicity from which a text is toxic; none: the backend's own."""

    @property
    def limit(self) -> float:
        """Return the threshold that counts."""
        return self.backend.threshold if self.threshold is None else self.threshold

    def summarize(self, batch: Batch) -> ToxicTexts:
        """Return the counts of a batch."""
        turns, limit = batch.column(TURNS), self.limit
        scored: list[str] = []
        toxic: list[str] = []
        labels: list[str] = []
        for index, rows in judged(batch, self.backend).found.items():
            for place, scores in rows:
                role = turns[index][place][0] or "other"
                scored.append(role)
                if scores[0] >= limit:
                    toxic.append(role)
                    labels += [n for n, score in zip(LABELS, scores, strict=True) if score >= limit]
        said = [(role or "other", text) for turn in turns for role, text in turn]
        strange = [role for role, text in said if not readable(text)]
        roles = [role for role, _ in said]
        return ToxicTexts(*map(Counts.tally, (roles, strange, scored, toxic, labels)))

    def conclude(self, summary: ToxicTexts, dataset: Dataset) -> ToxicTexts:
        """Return the counts of all examples."""
        return summary

    def figures(self, result: ToxicTexts, dataset: Dataset) -> dict[str, Any]:
        """Return the figures of `measures.toxicity`."""
        return {
            "backend": self.backend.name,
            "threshold": self.limit,
            "texts": result.texts.total,
            "unreadable": result.unreadable.total,
            "judged": result.judged.total,
            "toxic": result.toxic.total,
            "roles": {
                role: {
                    "texts": many,
                    "unreadable": result.unreadable.of.get(role, 0),
                    "judged": result.judged.of.get(role, 0),
                    "toxic": result.toxic.of.get(role, 0),
                }
                for role, many in sorted(result.texts.of.items())
            },
            "labels": {label: result.labels.of.get(label, 0) for label in LABELS},
        }


def first(summary: Groups[int], sources: list[int]) -> tuple[Where, ...]:
    """Return the first toxic examples of some sources."""
    return tuple(place for source in sources for place in summary.of[source].met.first)[:RELATED]
