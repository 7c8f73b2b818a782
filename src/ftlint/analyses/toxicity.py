"""Toxicity of a dataset: which texts are toxic, and how many were judged, by role."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import chain
from typing import Any, Protocol

from ftlint.analysis import Analysis
from ftlint.example import Batch, Example, Text
from ftlint.features.distinct import distinct
from ftlint.features.identity import TONGUE
from ftlint.features.refusal import refuses
from ftlint.features.toxicity import LABELS, Backend, Scores, Triage, judged
from ftlint.features.turns import SAYINGS
from ftlint.finding import Where
from ftlint.scoring.remember import digest
from ftlint.source import Dataset
from ftlint.summary import Counts
from ftlint.triage.latin import unreadable
from ftlint.value import dataclass

ENGLISH = "en"
"""The language that triage reads."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One text of which some label is high."""

    where: Where
    kind: str
    """`answer`: learnt. `masked`: an answer that is not. `system`. `request`: of the user.
    `preferred` and `rejected`: answers of preference data. `other`: of tools."""
    scores: Scores
    text: bytes
    """A hash: equal texts have equal ones."""
    reply: str = ""
    """What a request gets: `refused`, `toxic`, `answered`; nothing where no answer is learnt."""
    swapped: tuple[Scores, ...] = ()
    """The scores of the text with the names of groups exchanged."""

    def score(self, label: str = "toxicity") -> float:
        """Return the score of a label, or NaN."""
        return self.scores[LABELS.index(label)]

    def high(self, limit: float) -> list[str]:
        """Return the labels from `limit` on."""
        return [name for name, score in zip(LABELS, self.scores, strict=True) if score >= limit]

    def fallen(self, label: str, limit: float) -> int:
        """Return in how many of the exchanges of names the label falls below `limit`."""
        place = LABELS.index(label)
        return sum(scores[place] < limit for scores in self.swapped)

    def named(self, label: str, limit: float) -> bool:
        """Return whether the label falls below `limit` in most of the exchanges."""
        return 2 * self.fallen(label, limit) > len(self.swapped)


def hits(example: Example, rows: Mapping[int, Scores], limit: float) -> Iterator[Hit]:
    """Yield the texts of one example of which a label reaches `limit`; `rows` are by index."""
    paired = any(text.role == "rejected" for text in example.texts)
    for place, scores in sorted(rows.items()):
        if any(score >= limit for score in scores):
            text = example.texts[place]
            kind = _kind(text, paired)
            reply = _reply(example.texts, rows, place, limit) if kind == "request" else ""
            where, same = example.at(text.pointer), digest(text.value)
            yield Hit(where, kind, scores, same, reply)


def _kind(text: Text, paired: bool) -> str:
    """Return what a text is; `paired` says that another answer is rejected."""
    if text.role == "assistant":
        return ("preferred" if paired else "answer") if text.trained else "masked"
    usual = {"system": "system", "developer": "system", "user": "request", "rejected": "rejected"}
    return usual.get(text.role, "other")


def _reply(texts: Sequence[Text], rows: Mapping[int, Scores], place: int, limit: float) -> str:
    """Return how the next answer that is learnt takes what the user says."""
    for after in range(place + 1, len(texts)):
        text = texts[after]
        if text.role == "user":
            return ""
        if text.trained:
            if any(score >= limit for score in rows.get(after, ())):
                return "toxic"
            refused = text.pointer.endswith("/refusal") or refuses(text.value)
            return "refused" if refused else "answered"
    return ""


class Toxic(Protocol):
    """What a backend says of a dataset, as rules see it."""

    @property
    def answered(self) -> Mapping[int, int]:
        """Return the examples with an answer, by source."""
        ...

    def hits(self, limit: float) -> Sequence[Hit]:
        """Return the texts of which a label reaches `limit`, in the order of the dataset."""
        ...

    def hint(self) -> str:
        """Return what must be added to a statement about all texts; nothing if all were seen."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """What a quick backend has found. Size: O(toxic texts)."""

    answered: dict[int, int] = field(default_factory=dict)
    """Examples with an answer, by source."""
    found: tuple[Hit, ...] = ()

    def merge(self, other: Found) -> Found:
        """Return what both have found."""
        answered = Counts(self.answered).merge(Counts(other.answered)).of
        return Found(answered, self.found + other.found)

    def hits(self, limit: float) -> Sequence[Hit]:
        """Return the texts of which a label reaches `limit`."""
        return [hit for hit in self.found if hit.high(limit)]

    def hint(self) -> str:
        """Return nothing: all texts were looked at."""
        return ""


@dataclass(frozen=True)
class Judging(Analysis[Found, Toxic]):
    """Which texts a quick backend calls toxic, judged as they pass."""

    arrays = True

    backend: Backend
    floor: float
    """The lowest score that somebody wants to know of."""

    def summarize(self, batch: Batch) -> Found:
        """Return what is found in a batch; only examples with a high score are made."""
        count = answering(batch)
        found: list[Hit] = []
        for index, rows in judged(batch, self.backend).found.items():
            if any(scores[0] >= self.floor for _, scores in rows):
                found += hits(batch.example(index), dict(rows), self.floor)
        return Found({batch.source: count} if count else {}, tuple(found))

    def conclude(self, summary: Found, dataset: Dataset) -> Found:
        """Return what was found."""
        return summary


def answering(batch: Batch) -> int:
    """Return how many examples of a batch have an answer."""
    return sum(many for roles, many in Counter(_roles(batch)).items() if "assistant" in roles)


def _roles(batch: Batch) -> list[tuple[str, ...]]:
    """Return the roles of the texts of each example."""
    return [roles for roles, _ in batch.column(SAYINGS)]


@dataclass(frozen=True, slots=True)
class ToxicTexts:
    """Texts by role, and toxic ones by label. Size: O(roles)."""

    texts: Counts[str] = field(default_factory=Counts)
    unreadable: Counts[str] = field(default_factory=Counts)
    """Mostly in other scripts than the Latin one."""
    foreign: Counts[str] = field(default_factory=Counts)
    """Readable, of an example that is in another language than English at a glance."""
    judged: Counts[str] = field(default_factory=Counts)
    toxic: Counts[str] = field(default_factory=Counts)
    labels: Counts[str] = field(default_factory=Counts)

    def merge(self, other: ToxicTexts) -> ToxicTexts:
        """Return the counts of both."""
        return ToxicTexts(
            self.texts.merge(other.texts),
            self.unreadable.merge(other.unreadable),
            self.foreign.merge(other.foreign),
            self.judged.merge(other.judged),
            self.toxic.merge(other.toxic),
            self.labels.merge(other.labels),
        )

    def english(self, role: str = "") -> int:
        """Return the texts, of one role or of all, that triage can judge."""
        all_, *not_ = (
            each.of.get(role, 0) if role else each.total
            for each in (self.texts, self.unreadable, self.foreign)
        )
        # English may stand in an example that is not: what was judged could be judged.
        judged = self.judged.of.get(role, 0) if role else self.judged.total
        return max(all_ - sum(not_), judged)

    def of(self, role: str) -> dict[str, int | None]:
        """Return the counts of one role; `toxic` is None where nothing could be judged."""
        return {
            "texts": self.texts.of[role],
            "unreadable": self.unreadable.of.get(role, 0),
            "other_languages": self.foreign.of.get(role, 0),
            "judged": self.judged.of.get(role, 0),
            "toxic": self.toxic.of.get(role, 0) if self.english(role) else None,
        }


def _not_judged(
    batch: Batch, roles: Sequence[tuple[str, ...]]
) -> tuple[Iterator[str], Iterator[str]]:
    """Return the roles of texts that are unreadable, and of others in another language."""
    texts, told = distinct(batch), list(chain.from_iterable(roles))
    left = set(unreadable(texts.every))
    strange = [
        index
        for index, language in enumerate(batch.column(TONGUE))
        if language not in (ENGLISH, "", None)
    ]
    ends = texts.ends
    foreign = (n for index in strange for n in range(ends[index], ends[index + 1]))
    return (told[n] for n in left), (told[n] for n in foreign if n not in left)


def _counted(roles: Iterable[str]) -> Counts[str]:
    return Counts.tally(role or "other" for role in roles)


def _in_all(roles: Iterable[tuple[str, ...]]) -> Counts[str]:
    """Return how often each role speaks; few sequences of roles are those of most examples."""
    counts: Counter[str] = Counter()
    for told, many in Counter(roles).items():
        for role in told:
            counts[role or "other"] += many
    return Counts(dict(counts))


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
        every, limit = _roles(batch), self.limit
        scored: list[str] = []
        toxic: list[str] = []
        labels: list[str] = []
        for index, rows in judged(batch, self.backend).found.items():
            for place, scores in rows:
                role = every[index][place]
                scored.append(role)
                if scores[0] >= limit:
                    toxic.append(role)
                    labels += [n for n, score in zip(LABELS, scores, strict=True) if score >= limit]
        strange, foreign = _not_judged(batch, every)
        counts = map(_counted, (strange, foreign, scored, toxic))
        return ToxicTexts(*(_in_all(every), *counts, Counts.tally(labels)))

    def conclude(self, summary: ToxicTexts, dataset: Dataset) -> ToxicTexts:
        """Return the counts of all examples."""
        return summary

    def figures(self, result: ToxicTexts, dataset: Dataset) -> dict[str, Any]:
        """Return the figures of `measures.toxicity`; null where nothing could be judged."""
        able = result.english()
        toxic = result.toxic.total if able else None
        labels = result.labels.of
        return {
            "summary": self._summary(result, able),
            "backend": self.backend.name,
            "threshold": self.limit,
            "texts": result.texts.total,
            "unreadable": result.unreadable.total,
            "other_languages": result.foreign.total,
            "judged": result.judged.total,
            "toxic": toxic,
            "roles": {role: result.of(role) for role in sorted(result.texts.of)},
            "labels": {label: labels.get(label, 0) if able else None for label in LABELS},
        }

    def _summary(self, result: ToxicTexts, able: int) -> str:
        texts, name = result.texts.total, self.backend.name
        if texts and not able:
            told = f"{name} reads English and can judge none of {texts:,} texts"
        else:
            told = f"{name} found {result.toxic.total:,} of {able:,} texts toxic"
            told += f" from {self.limit:.2f} on"
            if able < texts:
                told += f"; {texts - able:,} in other languages not judged"
        return f"{told}; not scored by Detoxify"
