"""Topics: what the questions of a sample are about, and how they are put.

Questions become vectors of their words, weighted by how rare these are (TF-IDF, Spärck Jones
1972), and are grouped by the angle between them (spherical k-means, Dhillon and Modha 2001).
Everything is in plain Python on at most `SAMPLE` questions, so the same data give the same topics
everywhere, and a small run loads nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from math import log, sqrt
from typing import Any

from ftlint.analyses.diversity import WORD, opening
from ftlint.analyses.label import labelled
from ftlint.analyses.split import Part, by_split
from ftlint.analysis import Analysis
from ftlint.example import Batch
from ftlint.features.sampled import Item, Sample
from ftlint.finding import Where
from ftlint.privacy.veil import veiled_text
from ftlint.source import Dataset
from ftlint.statistics.interval import wilson
from ftlint.summary import Groups
from ftlint.value import dataclass

TOPICS = 12
"""Groups that are looked for at most; fewer in small samples (`PER_TOPIC`)."""
PER_TOPIC = 20
"""Questions a group on average, at least."""
TERMS = 16
"""Words of a question that count, the rarest first."""
RICH = 4
"""Words of a question that may begin a group."""
ROUNDS = 6
CLOSE = 0.2
"""Cosine of a question and its group below which it is about something else."""
ALIKE = 0.5
"""Cosine of two groups from which they are one topic that was cut."""
SHOWN = 5
"""Words that name a topic."""
QUESTION = 400
"""Code points of a question that are read."""

Vector = dict[str, float]


@dataclass(frozen=True, slots=True)
class Topic:
    """A group of questions, named by its heaviest words; how many of the sample are in it."""

    terms: tuple[str, ...]
    count: int
    where: tuple[Where, ...]


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics and the beginnings of the questions of one split, the most frequent first."""

    split: str
    where: Where
    examples: int
    looked: int
    """Questions of the sample that are not blank."""
    labelled: bool
    """Whether the answers are labels: then questions are alike by design."""
    topics: tuple[Topic, ...]
    kinds: tuple[Topic, ...]
    """Questions that begin with the same two words; none where words are not set apart."""

    def figures(self) -> dict[str, Any]:
        """Return the figures of the report."""
        return {
            "examples": self.examples,
            "looked_at": self.looked,
            "topics": [self._figure(topic) for topic in self.topics],
            "question_types": [self._figure(kind) for kind in self.kinds[:10]],
        }

    def _figure(self, topic: Topic) -> dict[str, Any]:
        low, high = wilson(topic.count, self.looked)
        share = round(topic.count / self.looked, 4)
        interval = [round(low, 4), round(high, 4)]
        return {"terms": list(topic.terms), "share": share, "interval": interval}


@dataclass(frozen=True)
class QuestionTopics(Analysis[Groups[int], tuple[Topics, ...]]):
    """What the questions are about, split by split, from a sample."""

    measure = "topics"

    def summarize(self, batch: Batch) -> Groups[int]:
        """Return the sample of a batch, by source."""
        return Groups({batch.source: Sample.of(batch)} if len(batch) else {})

    def conclude(self, summary: Groups[int], dataset: Dataset) -> tuple[Topics, ...]:
        """Return the topics of each split."""
        return tuple(_topics(part) for part in by_split(summary, dataset) if part.of.kept)

    def figures(self, result: tuple[Topics, ...], dataset: Dataset) -> dict[str, Any]:
        """Return the figures of `measures.topics`."""
        return {each.split: each.figures() for each in result if each.looked}


def _topics(part: Part[Sample]) -> Topics:
    items = [item for item in part.of.shuffled if item.question.strip()]
    answers = Counter(item.answer.strip() for item in items if len(item.answer) <= 64)
    return Topics(
        part.split,
        part.where,
        part.of.examples,
        len(items),
        labelled(len(items), answers.values(), times=2),
        tuple(grouped(items)),
        tuple(kinds(items)),
    )


def kinds(items: Sequence[Item]) -> list[Topic]:
    """Return the groups of questions with the same two first words, two questions at least."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        words = opening(veiled_text(item.question[:QUESTION]), 2)
        if words and len(WORD.findall(words)) == 2:
            groups.setdefault(words, []).append(item)
    found = [_topic((words,), those) for words, those in groups.items() if len(those) > 1]
    return sorted(found, key=lambda kind: (-kind.count, kind.terms))


def grouped(items: Sequence[Item]) -> list[Topic]:
    """Return the topics of some questions, largest first; none of too few."""
    # In small letters no value would be known any more; none may name a topic.
    vectors = weighted([terms(veiled_text(item.question[: 2 * QUESTION])) for item in items])
    told = [index for index, vector in enumerate(vectors) if vector]
    most = min(TOPICS, len(told) // PER_TOPIC)
    if most < 2:
        return []
    member = clustered([vectors[index] for index in told], most)
    groups: dict[int, list[int]] = {}
    for index, group in zip(told, member, strict=True):
        if group < 0:
            continue
        groups.setdefault(group, []).append(index)
    topics = [
        _topic(_names([vectors[i] for i in those]), [items[i] for i in those])
        for those in groups.values()
    ]
    return sorted(topics, key=lambda topic: (-topic.count, topic.terms))


def _topic(words: tuple[str, ...], those: Sequence[Item]) -> Topic:
    return Topic(words, len(those), tuple(item.where for item in those[:5]))


def _names(vectors: Iterable[Vector]) -> tuple[str, ...]:
    centre = _sum(vectors)
    return tuple(sorted(centre, key=lambda term: (-centre[term], term))[:SHOWN])


@cache
def function_words() -> frozenset[str]:
    """Return the words of all languages that say nothing of a topic. Raises: OSError."""
    from ftlint.configuration.packs import rules_folder  # which imports the rules

    text = (rules_folder() / "lexicons" / "function-words.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return frozenset(word for line in lines for word in line.partition(":")[2].split())


def terms(text: str) -> list[str]:
    """Return the words of a question that may name its topic; pairs where words are joined."""
    words, idle = WORD.findall(text[:QUESTION].lower()), function_words()
    found = [word for word in words if len(word) > 2 and word not in idle and not word.isdigit()]
    joined = [a + b for a, b in pairwise(words) if len(a) == len(b) == 1 and not a.isascii()]
    return found + [pair for pair in joined if pair not in idle]


def weighted(texts: Sequence[Sequence[str]]) -> list[Vector]:
    """Return the texts as vectors of length 1; terms of one text alone weigh nothing."""
    seen = Counter(term for text in texts for term in set(text))
    vectors = []
    for text in texts:
        counts = Counter(term for term in text if seen[term] > 1)
        vector = {
            term: (1 + log(count)) * log(1 + len(texts) / seen[term])
            for term, count in counts.items()
        }
        most = sorted(vector, key=lambda term: (-vector[term], term))[:TERMS]
        vectors.append(_unit({term: vector[term] for term in most}))
    return vectors


def clustered(vectors: Sequence[Vector], most: int) -> list[int]:
    """Return the group of each vector, `most` groups at most; -1 for what is close to none."""
    # The order of a sample is random, so its first rich vectors are random seeds.
    rich = sorted(vectors, key=lambda vector: len(vector) < RICH)
    centres = [dict(vector) for vector in rich[:most]]
    member: list[int] = []
    for _ in range(ROUNDS):
        nearest = _nearest(vectors, centres)
        if nearest == member:
            break
        member = nearest
        for group in range(len(centres)):
            mine = [v for v, at in zip(vectors, member, strict=True) if at == group]
            centres[group] = _unit(_sum(mine)) if mine else centres[group]
    joined = list(range(len(centres)))
    for left in range(len(centres)):
        for right in range(left):
            if joined[left] != joined[right] and _dot(centres[left], centres[right]) >= ALIKE:
                old, new = joined[left], joined[right]
                joined = [new if group == old else group for group in joined]
    close = (_dot(v, centres[group]) for v, group in zip(vectors, member, strict=True))
    return [joined[g] if c >= CLOSE else -1 for g, c in zip(member, close, strict=True)]


def _nearest(vectors: Sequence[Vector], centres: Sequence[Vector]) -> list[int]:
    """Return the index of the centre with the smallest angle to each vector."""
    rows: dict[str, list[float]] = {}
    for group, centre in enumerate(centres):
        for term, weight in centre.items():
            rows.setdefault(term, [0.0] * len(centres))[group] = weight
    found = []
    for vector in vectors:
        scores = [0.0] * len(centres)
        for term, weight in vector.items():
            row = rows.get(term)
            if row:
                scores = [score + weight * value for score, value in zip(scores, row, strict=True)]
        found.append(max(range(len(scores)), key=scores.__getitem__))
    return found


def _dot(left: Mapping[str, float], right: Mapping[str, float]) -> float:
    small, large = (left, right) if len(left) < len(right) else (right, left)
    return sum(weight * large[term] for term, weight in small.items() if term in large)


def _sum(vectors: Iterable[Vector]) -> Vector:
    total: Vector = {}
    for vector in vectors:
        for term, weight in vector.items():
            total[term] = total.get(term, 0.0) + weight
    return total


def _unit(vector: Vector) -> Vector:
    length = sqrt(sum(weight * weight for weight in vector.values()))
    return {term: weight / length for term, weight in vector.items()} if length else {}
