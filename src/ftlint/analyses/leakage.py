"""What links examples so closely that one in validation tells nothing new if one is trained on.

`leaks` looks for such links between the splits of a run; `roots` joins all that is linked, for
`ftlint split`. Both rest on the same links, so that a split by `roots` has no `leaks`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, get_args

from ftlint.analyses.duplicates import Duplicates
from ftlint.analyses.exchange import ASKED, Exchanged, repeated
from ftlint.analysis import Analysis, Derived
from ftlint.example import Batch, Lines
from ftlint.features.digest import NONE
from ftlint.similarity.cluster import Forest
from ftlint.similarity.duplicate import DuplicateIndex
from ftlint.similarity.neighbour import ROUNDING, THRESHOLD
from ftlint.similarity.pair import Pair
from ftlint.similarity.shingle import jaccard, shingled
from ftlint.source import Dataset
from ftlint.value import dataclass

Kind = Literal["exact", "normalised", "near", "prompt", "prefix", "answer"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""From the closest link to the loosest; of an example the closest one is told."""

LONG_ANSWER = 200
"""Characters from which an answer may give a validation example away."""
OPENING = 64
"""Characters from which the beginning of a conversation may."""
LONG_OPENING = 400
"""Characters from which it does, however many conversations begin so."""
COMMON = 5
"""Conversations up to which an answer or an opening is not yet taken for a stock phrase."""

FURTHER = 64
"""Training examples with which one of a crowd is compared."""
AT_ONCE = 256
"""Examples of crowds whose texts are read at once."""

Near = Mapping[int, Sequence[int]]
"""The near duplicates of an example, by index, in both directions."""
Groups = Mapping[int, Sequence[int]]
"""Examples that have something in common, by its digest."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A held-out example and what is known of it from training."""

    index: int
    trained: Mapping[Kind, int]
    """The first training example that is linked to it, by kind, the closest kind first."""

    @property
    def kind(self) -> Kind:
        """Return the closest kind."""
        return next(iter(self.trained))


@dataclass(frozen=True, slots=True)
class Leaked:
    """What of the held-out examples is known from training."""

    found: Exchanged
    held: int
    """Held-out examples."""
    leaks: tuple[Leak, ...]

    def figures(self) -> dict[str, Any]:
        """Return how much of the validation set leaks, with the 95 % interval of the share."""
        from ftlint.statistics.interval import wilson

        closest = Counter(leak.kind for leak in self.leaks)
        every = Counter(kind for leak in self.leaks for kind in leak.trained)
        return {
            "examples": self.held,
            "leaking": len(self.leaks),
            "share": len(self.leaks) / self.held,
            "interval": list(wilson(len(self.leaks), self.held)),
            "closest": {kind: closest[kind] for kind in KINDS},
            "all": {kind: every[kind] for kind in KINDS},
        }


@dataclass(frozen=True)
class Leakage(Derived[Leaked]):
    """Held-out examples that are linked to training examples."""

    measure = "duplicates"

    @property
    def parts(self) -> tuple[Analysis[Any, Any], ...]:
        """Return the digests and the near duplicates."""
        return (ASKED, Duplicates())

    def combine(self, results: Sequence[Any], dataset: Dataset) -> Leaked:
        """Return the leaks."""
        found, duplicates = results
        held = sum(len(those) for name, those in found.of_split.items() if name != "train")
        near = neighbours(found, duplicates.pairs()) if held else {}
        _look_further(found, near, duplicates)
        if near:
            _lend(found, near, duplicates)
        return Leaked(found, held, tuple(leaks(found, near)))

    def linked(
        self, summaries: Mapping[Any, Any], dataset: Dataset
    ) -> tuple[Exchanged, DuplicateIndex]:
        """Return all examples and the index of their duplicates, from the summaries of parts."""
        nothing = Batch(Lines(0, 0, []))
        found, duplicates = (
            part.conclude(summaries.get(part, part.summarize(nothing)), dataset)
            for part in self.parts
        )
        return found, duplicates

    def figures(self, result: Leaked, dataset: Dataset) -> dict[str, Any]:
        """Return the figures of `measures.duplicates.leakage`, where something is held out."""
        trained = result.found.of_split.get("train")
        return {"leakage": result.figures()} if result.held and trained else {}


def neighbours(found: Exchanged, pairs: Sequence[Pair]) -> dict[int, list[int]]:
    """Return the near duplicates that the first ones of their kind have."""
    index = {found.ordinal(at): at for at in range(len(found))} if pairs else {}
    near: dict[int, list[int]] = {}
    for left, right, _ in pairs:
        first, second = index[left], index[right]
        near.setdefault(first, []).append(second)
        near.setdefault(second, []).append(first)
    return near


def _lend(found: Exchanged, near: dict[int, list[int]], known: DuplicateIndex) -> None:
    """Give the copies of a held-out example its near duplicates, which it alone has so far."""
    index = {found.ordinal(at): at for at in near}
    for at in range(len(found)):
        if at not in near and not found.trained(at):
            first = index.get(known.conversations[found.ordinal(at)])
            if first is not None:
                near[at] = near[first]


def _look_further(found: Exchanged, near: dict[int, list[int]], known: DuplicateIndex) -> None:
    """Add the near duplicates in training of held-out examples that stand in a crowd.

    In a crowd not all pairs are compared: each with some, so that all hang together. A held-out
    example that met none from training is compared with those that its own pairs have met.
    """
    wanted: list[tuple[int, list[int]]] = []
    for index in sorted(near):
        if not found.trained(index) and not any(map(found.trained, near[index])):
            far = {far for other in near[index] for far in near[other] if found.trained(far)}
            wanted += [(index, sorted(far)[:FURTHER])] if far else []
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        those = sorted({at for index, some in part for at in (index, *some)})
        texts = known.texts([found.ordinal(at) for at in those])
        sets = dict(zip(those, map(shingled, texts.values()), strict=True))
        for index, some in part:
            alike = ((jaccard(sets[index], sets[other]), other) for other in some)
            near[index] += [other for share, other in alike if share >= THRESHOLD - ROUNDING]


def leaks(found: Exchanged, near: Near) -> Iterator[Leak]:
    """Yield the held-out examples that are linked to training examples, in order."""
    train = found.of_split.get("train", ())
    held = sorted(at for name, those in found.of_split.items() if name != "train" for at in those)
    if not held or not train:
        return
    exact, whole, prompt = (
        _first(train, column, held) for column in (found.exact, found.whole, found.prompt)
    )
    said, begun = answers(found), openings(found)
    for index in held:
        others: dict[Kind, int | None] = {
            "exact": exact.get(found.exact[index]),
            "normalised": whole.get(found.whole[index]),
            "near": _trained(found, near.get(index, ())),
            "prompt": prompt.get(found.prompt[index]),
            "prefix": _trained(found, _adjoining(found, index, begun)),
            "answer": _trained(found, said.get(found.answer[index], ())),
        }
        trained = {kind: other for kind, other in others.items() if other is not None}
        if trained:
            yield Leak(index, trained)


def _first(train: Iterable[int], marks: Sequence[int], held: Iterable[int]) -> dict[int, int]:
    """Return the first training example of each mark that a held-out example has."""
    wanted = {marks[index] for index in held} - {NONE}
    found: dict[int, int] = {}
    for index in train:
        if marks[index] in wanted:
            found.setdefault(marks[index], index)
    return found


def _trained(found: Exchanged, those: Iterable[int]) -> int | None:
    """Return the first of `those` that is trained on."""
    return min(filter(found.trained, those), default=None)


def answers(found: Exchanged) -> Groups:
    """Return the examples that share a long answer, unless it is a stock phrase."""
    long = [index for index in range(len(found)) if found.spoken(index) >= LONG_ANSWER]
    groups = repeated(long, found.answer)
    return {
        mark: those
        for mark, those in groups.items()
        if len({found.whole[index] for index in those}) <= COMMON
    }


def openings(found: Exchanged) -> Groups:
    """Return the conversations that go on where a whole example ends, by the digest of that.

    A stock phrase is no opening, unless it is long.
    """
    earlier = found.earlier
    wholes = set(found.whole) if earlier.index else set()
    begun: dict[int, list[int]] = {}
    long = set()
    for index, mark, length in zip(earlier.index, earlier.mark, earlier.length, strict=True):
        if length >= OPENING and mark in wholes:
            begun.setdefault(mark, []).append(index)
            if length >= LONG_OPENING:
                long.add(mark)
    return {
        mark: those
        for mark, those in begun.items()
        if mark in long or len({found.whole[index] for index in those}) <= COMMON
    }


def _adjoining(found: Exchanged, index: int, begun: Groups) -> Iterator[int]:
    """Yield the examples that go on where this one ends, or end where this one goes on."""
    yield from begun.get(found.whole[index], ())
    for mark in found.earlier.of(index):
        if mark in begun:
            yield from found.ending[mark]


def roots(found: Exchanged, near: Near) -> list[int]:
    """Return for each example the first one of its cluster: all that is linked to it."""
    forest = Forest(len(found))
    begun = openings(found)
    groups = [
        *(repeated(range(len(found)), marks) for marks in (found.exact, found.whole, found.prompt)),
        answers(found),
        {mark: (*those, *found.ending[mark]) for mark, those in begun.items()},
        {index: (index, *others) for index, others in near.items()},
    ]
    for group in groups:
        for first, *others in group.values():
            for other in others:
                forest.join(first, other)
    return [forest.root(index) for index in range(len(found))]
