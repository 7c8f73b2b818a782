"""Scoring: what a deep backend says of the texts of a dataset, after the fold.

Workers note where each text stands and its hash; the parent reads the texts once more, scores each
different one once, as many as there is time for, and looks up where the toxic ones stand.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import compress
from math import nan
from time import monotonic
from typing import Any

from ftlint.analyses.toxicity import Hit, answering, hits
from ftlint.analysis import Analysis
from ftlint.example import Batch, Example, Lines
from ftlint.features.toxicity import LABELS, SIDES, Scores, Triage
from ftlint.features.turns import TURNS
from ftlint.finding import Where
from ftlint.scoring.backend import Deep, Scorer
from ftlint.scoring.order import ROUND, Order, estimate, ranked
from ftlint.scoring.remember import Memory, digest
from ftlint.scoring.swap import swapped
from ftlint.scoring.tick import Ticks
from ftlint.source import Dataset
from ftlint.summary import Counts
from ftlint.value import dataclass

READ = 4096
"""Texts that are read and scored together when there is time for all: what memory holds."""
_WIDE = len(LABELS)
ROLES = ("", "system", "developer", "user", "assistant", "rejected", "tool", "function")
_ROLE = {role: number for number, role in enumerate(ROLES)}
STATES = ("texts", "scored", "toxic")


@dataclass(frozen=True, slots=True)
class Chunk:
    """The texts of some examples of one source. Size: 34 bytes a text, 24 an example."""

    source: int
    shape: str
    """How the records of the source are read."""
    ordinals: array[int]
    starts: array[int]
    """Byte offsets of the examples."""
    counts: array[int]
    """Texts of each example."""
    roles: bytes
    lengths: array[int]
    keys: bytes
    """16 bytes a text."""
    suspicion: array[float]


@dataclass(frozen=True, slots=True)
class Spoken:
    """All texts, in the order of the dataset."""

    answered: Counts[int] = field(default_factory=Counts)
    """Examples with an answer, by source."""
    chunks: tuple[Chunk, ...] = ()

    def merge(self, other: Spoken) -> Spoken:
        """Return the texts of both."""
        return Spoken(self.answered.merge(other.answered), self.chunks + other.chunks)


@dataclass(frozen=True)
class Place:
    """An example of the dataset: where it is, and the different texts that it has."""

    source: int
    shape: str
    ordinal: int
    start: int
    texts: Sequence[int]
    roles: bytes


class Texts:
    """The different texts, numbered as they appear. Size: about 200 bytes each."""

    def __init__(self, chunks: Iterable[Chunk]) -> None:
        """Number the texts of all chunks."""
        self.numbers: dict[bytes, int] = {}
        self.first: list[tuple[int, int]] = []
        """The example, and the place among its texts, where each stands first."""
        self.lengths = array("q")
        self.suspicion = array("d")
        self.examples: list[Place] = []
        for chunk in chunks:
            self._add(chunk)

    def _add(self, chunk: Chunk) -> None:
        at = 0
        for ordinal, start, count in zip(chunk.ordinals, chunk.starts, chunk.counts, strict=True):
            numbers = array("q")
            for place in range(count):
                key = chunk.keys[16 * (at + place) : 16 * (at + place + 1)]
                number = self.numbers.setdefault(key, len(self.numbers))
                numbers.append(number)
                if number == len(self.first):
                    self.first.append((len(self.examples), place))
                    self.lengths.append(chunk.lengths[at + place])
                    self.suspicion.append(chunk.suspicion[at + place])
            roles = chunk.roles[at : at + count]
            self.examples.append(Place(chunk.source, chunk.shape, ordinal, start, numbers, roles))
            at += count


@dataclass(frozen=True)
class Scoring(Analysis[Spoken, "Scored"]):
    """What a deep backend says of each text."""

    measure = "toxicity"

    backend: Deep

    def summarize(self, batch: Batch) -> Spoken:
        """Return where the texts of a batch are."""
        turns = batch.column(TURNS)
        some = [index for index, said in enumerate(turns) if said]
        if not some:
            return Spoken()
        texts = [text for index in some for _, text in turns[index]]
        # Only an order of scoring needs to know what looks suspicious.
        found = Triage(gated=True).judge(texts) if self.backend.partial else {}
        chunk = Chunk(
            batch.source,
            batch.lines.shape,
            array("q", [batch.lines.ordinal + index for index in some]),
            array("q", [batch.lines.start_of(index) for index in some]),
            array("q", [len(turns[index]) for index in some]),
            bytes([_ROLE.get(role, 0) for index in some for role, _ in turns[index]]),
            array("q", [len(text) if text.strip() else 0 for text in texts]),
            b"".join(map(digest, texts)),
            array("d", [found[at][0] if at in found else 0.0 for at in range(len(texts))]),
        )
        return Spoken(Counts({batch.source: answering(batch)}), (chunk,))

    def conclude(self, summary: Spoken, dataset: Dataset) -> Scored:
        """Return the scores of all texts that there is time for. Raises: ModelError."""
        texts = Texts(summary.chunks)
        run = _Run(self.backend, texts, dataset)
        run.score()
        return Scored(self.backend, summary.answered.of, run)

    def rows(self, result: Scored, dataset: Dataset) -> Mapping[str, Mapping[int, Any]]:
        """Return the columns of each label, and of toxicity by role."""
        return result.columns()

    def figures(self, result: Scored, dataset: Dataset) -> dict[str, Any]:
        """Return the figures of `measures.toxicity`."""
        return result.figures()


class _Run:
    """The scores of the different texts, as far as they are known."""

    def __init__(self, backend: Deep, texts: Texts, dataset: Dataset) -> None:
        self.backend, self.texts, self.dataset = backend, texts, dataset
        self.keys = list(texts.numbers)
        self.scores = array("d", [nan]) * (_WIDE * len(self.keys))
        self.state = bytearray(len(self.keys))
        """0: not reached. 1: scored. 2: has no score."""
        self.remembered = 0
        self.order = Order([], [])
        self.done = 0
        self._memory = Memory(backend.key)
        self._scorer: Scorer | None = None

    def __getitem__(self, number: int) -> Scores:
        """Return the scores of a text; NaN where there are none."""
        return tuple(self.scores[_WIDE * number : _WIDE * (number + 1)])

    def score(self) -> None:
        """Score the texts in rounds, until all are done or time is up."""
        wanted = [number for number, size in enumerate(self.texts.lengths) if size]
        most = min(self.backend.most or len(wanted), len(wanted))
        if self.backend.partial:
            self._arrange(wanted)
            order, size = self.order.texts, ROUND
        else:
            order, size = sorted(wanted, key=lambda at: (self.texts.lengths[at], at)), READ
        started, ticks = monotonic(), Ticks(self.backend.name, most)
        for first in range(0, most, size):
            if self.backend.seconds and monotonic() - started >= self.backend.seconds:
                break
            part = order[first : min(first + size, most)]
            self._round(part, most - first)
            self.done += len(part)
            ticks.step(len(part))
        ticks.end()

    def _arrange(self, wanted: Sequence[int]) -> None:
        """Put the texts in the order in which a part of them is scored."""
        suspicion = [self.texts.suspicion[number] for number in wanted]
        local = ranked(suspicion, [self.keys[number] for number in wanted])
        rank = [len(wanted)] * len(self.keys)
        for at, number in enumerate(wanted):
            rank[number] = local.rank[at]
        self.order = Order([wanted[at] for at in local.texts], rank)

    def _round(self, numbers: Sequence[int], left: int) -> None:
        known = self._memory.known([self.keys[number] for number in numbers])
        self.remembered += len(known)
        fresh = [number for number in numbers if self.keys[number] not in known]
        for number in numbers:
            if self.keys[number] in known:
                self._note(number, known[self.keys[number]])
        fresh.sort(key=lambda number: (self.texts.lengths[number], number))
        texts = self._read(fresh)
        rows = self._ask([texts[number] for number in fresh], left)
        for number, row in zip(fresh, rows, strict=True):
            self._note(number, row)
        self._keep([self.keys[number] for number in fresh], rows)

    def others(self, texts: Sequence[str]) -> list[Scores | None]:
        """Return the scores of texts that are not in the dataset."""
        keys = list(map(digest, texts))
        known: dict[bytes, Scores | None] = dict(self._memory.known(keys))
        fresh = [(k, text) for k, text in zip(keys, texts, strict=True) if k not in known]
        rows = self._ask([text for _, text in fresh], len(fresh))
        self._keep([k for k, _ in fresh], rows)
        known.update(zip([k for k, _ in fresh], rows, strict=True))
        return [known[k] for k in keys]

    def _ask(self, texts: Sequence[str], left: int) -> list[Scores | None]:
        """Return the scores of texts; the backend begins with the first."""
        if not texts:
            return []
        if self._scorer is None:
            self._scorer = self.backend.begin(left, sum(self.texts.lengths))
        return self._scorer.score(texts)

    def _keep(self, keys: Sequence[bytes], rows: Sequence[Scores | None]) -> None:
        pairs = zip(keys, rows, strict=True)
        self._memory.keep({k: row for k, row in pairs if row is not None})

    def told(self) -> dict[str, Any]:
        """Return what the backend says of its work."""
        return {} if self._scorer is None else self._scorer.told()

    def _note(self, number: int, row: Scores | None) -> None:
        self.state[number] = 2 if row is None else 1
        if row is not None:
            self.scores[_WIDE * number : _WIDE * (number + 1)] = array("d", row)

    def _read(self, numbers: Sequence[int]) -> dict[int, str]:
        """Return the texts, read from where they stand first."""
        firsts = [self.texts.first[number] for number in numbers]
        examples = self.read({example for example, _ in firsts})
        pairs = zip(numbers, firsts, strict=True)
        return {number: examples[at].texts[place].value for number, (at, place) in pairs}

    def read(self, wanted: Iterable[int]) -> dict[int, Example]:
        """Return some examples of the dataset, decoded, by their place in `Texts.examples`."""
        places = {at: self.texts.examples[at] for at in sorted(wanted)}
        lines = self.dataset.fetch(
            Where(place.source, place.ordinal, start=place.start) for place in places.values()
        )
        found = {}
        for at, place in places.items():
            raw = [lines[place.ordinal].raw]
            whence = (place.source, place.ordinal)
            found[at] = Batch(Lines(*whence, raw, start=place.start, shape=place.shape)).example(0)
        return found


class Scored:
    """The scores of a dataset. Size: O(different texts)."""

    def __init__(self, backend: Deep, answered: Mapping[int, int], run: _Run) -> None:
        """Keep what was scored."""
        self.backend = backend
        self.answered = answered
        self._run = run
        self._limit = backend.threshold
        self._hits: dict[float, list[Hit]] = {}

    def hits(self, limit: float) -> Sequence[Hit]:
        """Return the texts of which a label reaches `limit`, in the order of the dataset."""
        if limit not in self._hits:
            self._hits[limit] = list(self._found(limit))
        return self._hits[limit]

    def _found(self, limit: float) -> Iterator[Hit]:
        run = self._run
        high = {n for n in range(len(run.keys)) if any(score >= limit for score in run[n])}
        chosen = [
            at for at, place in enumerate(run.texts.examples) if not high.isdisjoint(place.texts)
        ]
        swaps: dict[bytes, tuple[Scores, ...]] = {}
        for first in range(0, len(chosen), READ):
            for at, example in run.read(chosen[first : first + READ]).items():
                numbers = run.texts.examples[at].texts
                rows = {place: run[number] for place, number in enumerate(numbers)}
                texts = {text.pointer: text.value for text in example.texts}
                for hit in hits(example, rows, limit):
                    if hit.text not in swaps:
                        swaps[hit.text] = self._swapped(texts[str(hit.where.pointer)])
                    yield _with(hit, swaps[hit.text])

    def _swapped(self, text: str) -> tuple[Scores, ...]:
        rows = self._run.others(swapped(text))
        return tuple(row for row in rows if row is not None)

    def hint(self) -> str:
        """Return how many texts were not scored; nothing if there are none."""
        many, scored = self._counts()
        if scored == many:
            return ""
        return f"; {self.backend.name} has scored {scored:,} of {many:,} different texts"

    def _counts(self) -> tuple[int, int]:
        """Return the number of different texts that are not empty, and of those scored."""
        run = self._run
        blank = sum(not size for size in run.texts.lengths)
        return len(run.keys) - blank, run.state.count(1)

    def columns(self) -> dict[str, dict[int, float]]:
        """Return each label at its worst, and toxicity by role, by ordinal."""
        columns: dict[str, dict[int, float]] = {name: {} for name in (*LABELS, *SIDES)}
        sides = {name: _ROLE[role] for name, role in SIDES.items()}
        for place in self._run.texts.examples:
            rows = [self._run[number] for number in place.texts]
            for at, label in enumerate(LABELS):
                columns[label][place.ordinal] = _worst(row[at] for row in rows)
            for name, role in sides.items():
                pairs = zip(place.roles, rows, strict=True)
                columns[name][place.ordinal] = _worst(row[0] for own, row in pairs if own == role)
        return columns

    def figures(self) -> dict[str, Any]:
        """Return what was scored, by what, and how much of it is toxic."""
        run, limit = self._run, self._limit
        many, scored = self._counts()
        toxic = [run.scores[_WIDE * number] >= limit for number in range(len(run.keys))]
        estimated = None if scored == many else self._estimate(toxic)
        told = f"{self.backend.name} has scored {scored:,} of {many:,} different texts"
        return {
            "summary": f"{told}; {sum(toxic):,} are toxic from {limit:.2f} on",
            "backend": self.backend.name,
            **self.backend.facts,
            "threshold": limit,
            "texts": sum(len(place.texts) for place in run.texts.examples),
            "different": many,
            "scored": scored,
            "remembered": run.remembered,
            "failed": run.state.count(2),
            "not_scored": many - scored,
            "toxic": sum(toxic),
            "estimate": estimated,
            "roles": self._roles(toxic),
            "labels": {label: self._label(place) for place, label in enumerate(LABELS)},
            "requests": self._requests(),
            **run.told(),
        }

    def _estimate(self, toxic: Sequence[bool]) -> dict[str, Any] | None:
        run = self._run
        found = estimate(run.order, run.done, toxic) if run.order.texts else None
        if found is None or run.state.count(2):
            return None
        shares = {"share": found.share, "low": found.low, "high": found.high}
        return {name: round(each, 6) for name, each in shares.items()} | {"sampled": found.sampled}

    def _label(self, place: int) -> int | None:
        """Return the texts with a label; None where nothing judges it."""
        scores = [score for score in self._run.scores[place::_WIDE] if score == score]
        return sum(score >= self._limit for score in scores) if scores else None

    def _roles(self, toxic: Sequence[bool]) -> dict[str, dict[str, int]]:
        texts: Counts[str] = Counts()
        for place in self._run.texts.examples:
            for role, number in zip(place.roles, place.texts, strict=True):
                name = ROLES[role] or "other"
                true = (True, self._run.state[number] == 1, toxic[number])
                for state in compress(STATES, true):
                    texts.of[f"{name} {state}"] = texts.of.get(f"{name} {state}", 0) + 1
        names = sorted({key.split()[0] for key in texts.of})
        return {name: {s: texts.of.get(f"{name} {s}", 0) for s in STATES} for name in names}

    def _requests(self) -> dict[str, int]:
        found = [hit.reply for hit in self.hits(self._limit) if hit.kind == "request"]
        return {reply: found.count(reply) for reply in ("refused", "toxic", "answered")}


def _with(hit: Hit, swaps: tuple[Scores, ...]) -> Hit:
    return Hit(hit.where, hit.kind, hit.scores, hit.text, hit.reply, swaps)


def _worst(scores: Iterable[float]) -> float:
    return round(max((score for score in scores if score == score), default=nan), 4)
