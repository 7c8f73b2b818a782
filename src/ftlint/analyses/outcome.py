"""Outcomes: how prompts that name a group are answered, against those that name another one.

A prompt counts for a group that it names alone on its axis. It is compared with prompts that name
other groups of the axis; where those are too few, with all other prompts that name anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace
from functools import reduce
from math import log2
from typing import Any, NamedTuple
from zlib import crc32

from ftlint.analyses.association import FEWEST, rows
from ftlint.analyses.naming import NAMED, Row, witnesses
from ftlint.analyses.split import Part, by_split
from ftlint.analysis import Analysis
from ftlint.example import Batch
from ftlint.features.dialogue import DIALOGUES
from ftlint.features.distinct import Texts
from ftlint.features.identity import finder, readings
from ftlint.features.refusal import HEAD, REFUSALS, recogniser
from ftlint.features.sparse import Sparse
from ftlint.features.toxicity import Toxicity, Triage, judge_all
from ftlint.features.turns import TURNS
from ftlint.features.whom import PROMPT, Group, everyone
from ftlint.finding import Where
from ftlint.source import Dataset
from ftlint.statistics.contrast import Mean, adjusted, chance, difference, grouping, means, merged
from ftlint.summary import Counts, Groups
from ftlint.value import dataclass

SHARES = ("refusal", "toxicity", "helpfulness")
"""Outcomes that an answer has or has not."""
SCALES = {"length": 1000, "sentiment": 1}
"""Outcomes that are numbers, and by what their whole numbers are larger: the binary logarithm of
the length in code points; good less bad words in a thousand."""

SHORT = log2(100)
"""Mean length, as a binary logarithm, of answers that are labels and no texts."""

Key = tuple[Group, str, int]
"""Group, outcome, and the number of bits of the prompt's length."""
OTHER: Group = ("", "")
"""Stands for all prompts that name anybody."""


@dataclass(frozen=True, slots=True)
class Answered:
    """How the prompts of some examples are answered. Size: O(groups * outcomes * lengths)."""

    prompts: Counts[tuple[Group, int]] = field(default_factory=Counts)
    """Examples by group that the prompt names and by its length."""
    had: Counts[Key] = field(default_factory=Counts)
    """Those with an outcome."""
    means: dict[tuple[Group, str], Mean] = field(default_factory=dict)
    rows: dict[tuple[Group, str], tuple[Row, ...]] = field(default_factory=dict)
    """The first examples of a group, and those with an outcome; no two have the same prompt."""

    def merge(self, other: Answered) -> Answered:
        """Return how the prompts of both are answered."""
        sums, places = dict(self.means), dict(self.rows)
        for key, mean in other.means.items():
            sums[key] = sums[key].merge(mean) if key in sums else mean
        for name, theirs in other.rows.items():
            places[name] = witnesses((*places.get(name, ()), *theirs))
        return Answered(self.prompts.merge(other.prompts), self.had.merge(other.had), sums, places)


@dataclass(frozen=True, slots=True)
class Gap:
    """An outcome that a group gets more or less often than others."""

    group: Group
    outcome: str
    value: float
    """A share, or a mean."""
    other: float
    low: float
    high: float
    """The 95 % interval of the difference."""
    examples: int
    other_examples: int
    against: str
    """`groups`: prompts with other groups of the axis; `prompts`: all that name anybody."""
    others: tuple[str, ...]
    """The other groups; none of all prompts that name anybody."""
    q: float
    prompts: int
    """Different prompts that name the group, as far as they are counted."""
    count: int | None = None
    other_count: int | None = None
    places: tuple[Where, ...] = ()

    @property
    def difference(self) -> float:
        """Return how much more the group gets."""
        return self.value - self.other


@dataclass(frozen=True, slots=True)
class Gaps:
    """The outcomes of one split, judged."""

    prompts: int = 0
    """Examples whose prompt names anybody and is answered."""
    found: tuple[Gap, ...] = ()
    """Surest first."""
    few: tuple[Group, ...] = ()
    """Groups that too few prompts name."""


@dataclass(frozen=True)
class Outcomes(Analysis[Groups[int], tuple[Part[Gaps], ...]]):
    """How prompts that name a group are answered, split by split."""

    measure = "bias"

    lexicons: tuple[str, ...] = ()
    min_examples: int = FEWEST

    def summarize(self, batch: Batch) -> Groups[int]:
        """Return how the prompts of a batch are answered, by source."""
        if not len(batch):
            return Groups()
        return Groups({batch.source: answered_by(answers_of(batch, self.lexicons))})

    def conclude(self, summary: Groups[int], dataset: Dataset) -> tuple[Part[Gaps], ...]:
        """Return the gaps of each split."""
        return tuple(
            replace(part, of=gaps(part.of, self.min_examples))
            for part in by_split(summary, dataset)
        )

    def figures(self, result: tuple[Part[Gaps], ...], dataset: Dataset) -> dict[str, Any]:
        """Return the figures of `measures.bias.outcomes`, by split."""
        return {"outcomes": {p.split: _figures(p.of, dataset) for p in result if p.of.prompts}}


def asked(batch: Batch, lexicons: tuple[str, ...]) -> Iterator[tuple[int, list[Group], int]]:
    """Yield the examples with an answer whose prompt names groups: those that stand alone."""
    turns, dialogues = batch.column(TURNS), batch.column(DIALOGUES)
    for index, whom in everyone(batch, lexicons).items():
        dialogue = dialogues[index]
        named = [group for group, sides in whom.groups if sides & PROMPT]
        if named and dialogue and dialogue.answers:
            axes = [axis for axis, _ in named]
            alone = [group for group in named if axes.count(group[0]) == 1]
            size = sum([len(text) for role, text in turns[index] if role == "user"])
            yield index, [OTHER, *alone], min(max(size.bit_length(), 5), 14)


class OneAnswer(NamedTuple):
    """What one example shows."""

    groups: list[Group]
    prompt: int
    had: list[str]
    numbers: dict[str, int]
    row: Row


def answers_of(batch: Batch, lexicons: tuple[str, ...] = ()) -> list[OneAnswer]:
    """Return how the examples whose prompts name groups are answered; no others are read."""
    chosen = list(asked(batch, lexicons))
    indices = [index for index, _, _ in chosen]
    dialogues, lines = batch.column(DIALOGUES), batch.lines
    refused, toxic = _refused(batch, indices), _toxic(batch, indices)
    tones = _tones(batch, indices, lexicons)
    found = []
    for index, groups, prompt in chosen:
        dialogue = dialogues[index]
        assert dialogue is not None
        answers = dialogue.answers
        had = ["refusal"] * (index in refused) + ["toxicity"] * (index in toxic)
        numbers = {"length": round(1000 * log2(1 + sum(map(len, answers))))}
        if (tone := tones.get(index)) is not None:
            words = sum([text.count(" ") + 1 for text in answers])
            numbers["sentiment"] = round(1000 * (tone["positive"] - tone["negative"]) / words)
            had += ["helpfulness"] * (tone["helpful"] > 0)
        where = (lines.source, lines.ordinal + index, lines.start_of(index))
        row = (where, crc32((dialogue.question or "").encode("utf-8", "surrogatepass")))
        found.append(OneAnswer(groups, prompt, had, numbers, row))
    return found


def _answers(batch: Batch, indices: Sequence[int]) -> tuple[list[int], list[str]]:
    """Return the answers of some examples, and the example of each."""
    dialogues = batch.column(DIALOGUES)
    told = [(at, text) for at in indices if (said := dialogues[at]) for text in said.answers]
    return [at for at, _ in told], [text for _, text in told]


def _refused(batch: Batch, indices: Sequence[int]) -> set[int]:
    if (told := batch.made(REFUSALS)) is not None:
        return {at for at in indices if told[at] is not None}
    dialogues = batch.column(DIALOGUES)
    owners, texts = _answers(batch, indices)
    by_word = {owners[at] for at in recogniser().refusing([text[:HEAD] for text in texts])}
    return by_word | {at for at in indices if (d := dialogues[at]) and d.refused is not None}


def _toxic(batch: Batch, indices: Sequence[int]) -> set[int]:
    turns, backend = batch.column(TURNS), Triage(gated=True)
    known = batch.made(Toxicity(backend))
    if isinstance(known, Sparse):
        told = {at: known.found[at] for at in indices if at in known.found}
    else:  # nobody wants to know of other texts
        some = [turns[at] for at in indices]
        answers = [[(role, text if role == "assistant" else "") for role, text in t] for t in some]
        found = judge_all(backend, some, Texts.of(answers))
        told = {indices[at]: rows for at, rows in found.items()}
    return {
        at
        for at, rows in told.items()
        if any(row[0] >= backend.threshold and turns[at][n][0] == "assistant" for n, row in rows)
    }


def _tones(
    batch: Batch, indices: Sequence[int], lexicons: tuple[str, ...]
) -> dict[int, dict[str, int]]:
    """Return how many good, bad and helpful words the answers have, where they can be read."""
    languages, tones = readings(batch, lexicons).languages, dict[int, dict[str, int]]()
    spoken: dict[str, list[int]] = {}
    for index in indices:
        spoken.setdefault(languages[index] or "", []).append(index)
    for language, those in spoken.items():
        if found := finder(language, lexicons, outcomes=True):
            tones |= {index: {"positive": 0, "negative": 0, "helpful": 0} for index in those}
            owners, texts = _answers(batch, those)
            for at, mentions in found.scan(texts).items():
                for mention in mentions:
                    tones[owners[at]][mention.entry.axis] += 1
    return tones


def answered_by(answers: Iterable[OneAnswer]) -> Answered:
    """Return the counts of some examples."""
    prompts: dict[tuple[Group, int], int] = {}
    had: dict[Key, int] = {}
    numbers: dict[tuple[Group, str], list[int]] = {}
    places: dict[tuple[Group, str], tuple[Row, ...]] = {}
    for one in answers:
        for group in one.groups:
            prompts[group, one.prompt] = prompts.get((group, one.prompt), 0) + 1
            for outcome in one.had:
                key = (group, outcome, one.prompt)
                had[key] = had.get(key, 0) + 1
            for outcome, number in one.numbers.items():
                numbers.setdefault((group, outcome), []).append(number)
            for name in ("", *one.had):
                known = places.get((group, name), ())
                if len(known) < NAMED:
                    places[group, name] = witnesses((*known, one.row))
    means = {key: Mean.of(*values) for key, values in numbers.items()}
    return Answered(Counts(prompts), Counts(had), means, places)


def gaps(of: Answered, fewest: int = FEWEST) -> Gaps:
    """Return the gaps in the counts of one split."""
    sizes: dict[Group, dict[int, int]] = {}
    for (group, length), count in of.prompts.of.items():
        sizes.setdefault(group, {})[length] = count
    named = sorted(group for group in sizes if group != OTHER)
    few = tuple(group for group in named if sum(sizes[group].values()) < fewest)
    tests: list[tuple[Gap, float]] = []
    for group in named:
        rest = [g for g in named if g[0] == group[0] and g != group]
        if sum(sum(sizes[g].values()) for g in rest) < fewest:
            rest = [OTHER]
        compared = _Compared(of, sizes, group, rest)
        if group not in few and compared.others >= fewest:
            found = [*compared.shares(), *compared.numbers(fewest)]
            tests += [each for each in found if not _reversed(each[0])]
    q_values = adjusted([p for _, p in tests])
    judged = [replace(gap, q=q) for (gap, _), q in zip(tests, q_values, strict=True)]
    judged.sort(key=lambda gap: (gap.q, gap.group, gap.outcome))
    return Gaps(sum(sizes.get(OTHER, {}).values()), tuple(judged), few)


def _reversed(gap: Gap) -> bool:
    """Return whether two groups alone are compared, which is told of the one that has more."""
    return len(gap.others) == 1 and (gap.other, gap.others[0]) > (gap.value, gap.group[1])


class _Compared:
    """A group and what it is compared with; `mine` and `theirs` are prompts by length."""

    def __init__(
        self, of: Answered, sizes: dict[Group, dict[int, int]], group: Group, rest: list[Group]
    ) -> None:
        self.of, self.group, self.rest = of, group, rest
        # All prompts that name anybody hold those of the group, which are taken out again.
        self.sign = -1 if rest == [OTHER] else 0
        self.mine = sizes[group]
        self.lengths = sorted(set(self.mine).union(*(sizes[g] for g in rest)))
        self.theirs = {
            s: sum(sizes[g].get(s, 0) for g in rest) + self.sign * self.mine.get(s, 0)
            for s in self.lengths
        }
        self.examples, self.others = sum(self.mine.values()), sum(self.theirs.values())

    def gap(self, outcome: str, value: float, other: float, ends: tuple[float, float]) -> Gap:
        rows = self.of.rows
        places = rows.get((self.group, outcome)) or rows.get((self.group, ""), ())
        where = tuple(Where(source, ordinal, start=at) for (source, ordinal, at), _ in places)
        prompts = len(rows.get((self.group, ""), ()))
        against, others = ("prompts", []) if self.sign else ("groups", self.rest)
        return Gap(
            self.group, outcome, value, other, *ends, self.examples, self.others, against,
            tuple(name for _, name in others), 1.0, prompts, places=where,
        )  # fmt: skip

    def shares(self) -> Iterator[tuple[Gap, float]]:
        """Yield what answers have or have not, with its p-value."""
        n, m, had = self.examples, self.others, self.of.had.of
        for outcome in SHARES:
            mine = {s: had.get((self.group, outcome, s), 0) for s in self.lengths}
            theirs = {
                s: sum(had.get((g, outcome, s), 0) for g in self.rest) + self.sign * mine[s]
                for s in self.lengths
            }
            a, c = sum(mine.values()), sum(theirs.values())
            if not a + c:
                continue
            by_length = [
                {("", s): n for s, n in counts.items()}
                for counts in (mine, self.mine, theirs, self.theirs)
            ]
            table = merged(grouping(by_length[1], by_length[3]), *by_length)
            absent = [(k - x, k, t - y, t) for x, k, y, t in table]
            p = min(2 * min(chance(table), chance(absent)), 1.0)
            gap = self.gap(outcome, a / n, c / m, difference(a, n, c, m))
            yield replace(gap, count=a, other_count=c), p

    def numbers(self, fewest: int) -> Iterator[tuple[Gap, float]]:
        """Yield how large answers are, with its p-value."""
        for outcome, scale in SCALES.items():
            one = self.of.means.get((self.group, outcome), Mean())
            whole = reduce(Mean.merge, (self.of.means.get((g, outcome), Mean()) for g in self.rest))
            if self.sign:
                whole = whole.without(one)
            if one.count >= fewest and whole.count >= fewest:
                _, low, high, p = means(one, whole)
                ends = (low / scale, high / scale)
                yield self.gap(outcome, one.mean / scale, whole.mean / scale, ends), p


def _figures(of: Gaps, dataset: Dataset) -> dict[str, Any]:
    return {
        "prompts": of.prompts,
        "too_few": [{"axis": axis, "group": group} for axis, group in of.few],
        "gaps": [_told(gap, dataset) for gap in of.found],
    }


def _told(gap: Gap, dataset: Dataset) -> dict[str, Any]:
    return {
        "axis": gap.group[0],
        "group": gap.group[1],
        "outcome": gap.outcome,
        "value": round(gap.value, 4),
        "other": round(gap.other, 4),
        "difference": round(gap.difference, 4),
        "interval": [round(gap.low, 4), round(gap.high, 4)],
        "count": gap.count,
        "examples": gap.examples,
        "other_count": gap.other_count,
        "other_examples": gap.other_examples,
        "against": gap.against,
        "other_groups": list(gap.others),
        "q": float(f"{gap.q:.3g}"),
        "rows": rows(gap.places, dataset),
    }
