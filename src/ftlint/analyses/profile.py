"""The profile of a dataset: lengths, turns, roles and labels of each split, for comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from ftlint.analysis import Analysis
from ftlint.example import Batch
from ftlint.features.turns import TURNS
from ftlint.source import Dataset
from ftlint.summary import Counts, Groups

BRIEF = 64
"""Code points of the longest answer that may be a label."""
MOST = 1000
"""Different brief answers beyond which they are no labels."""


@dataclass(frozen=True, slots=True)
class Labels:
    """Brief answers and how often each stands; None when there are too many. Size: O(MOST)."""

    of: Counts[str] | None = field(default_factory=Counts)
    longer: int = 0
    """Answers that are no labels."""

    def merge(self, other: Labels) -> Labels:
        """Return the labels of both."""
        longer = self.longer + other.longer
        if self.of is None or other.of is None:
            return Labels(None, longer)
        merged = self.of.merge(other.of)
        return Labels(merged if len(merged.of) <= MOST else None, longer)


@dataclass(frozen=True, slots=True)
class Profile:
    """What some examples look like. Size: O(distinct lengths + labels)."""

    prompts: Counts[int] = field(default_factory=Counts)
    """Examples by the code points of all that is no answer."""
    answers: Counts[int] = field(default_factory=Counts)
    """Examples by the code points of their answers."""
    turns: Counts[int] = field(default_factory=Counts)
    """Examples by the number of their answers."""
    roles: Counts[str] = field(default_factory=Counts)
    """Texts by role."""
    labels: Labels = field(default_factory=Labels)

    @property
    def examples(self) -> int:
        """Return how many examples have texts."""
        return self.prompts.total

    @property
    def classes(self) -> Mapping[str, int]:
        """Return the labels of classification-like data, else nothing.

        Nearly all answers are brief, and each different one stands five times on average.
        """
        counts = self.labels.of
        if counts is None or not counts.of:
            return {}
        total, different = counts.total, len(counts.of)
        few = 20 * self.labels.longer <= total and 5 * different <= total and different > 1
        return counts.of if few else {}

    def merge(self, other: Profile) -> Profile:
        """Return the profile of both."""
        return Profile(
            self.prompts.merge(other.prompts),
            self.answers.merge(other.answers),
            self.turns.merge(other.turns),
            self.roles.merge(other.roles),
            self.labels.merge(other.labels),
        )


def profile(batch: Batch) -> Profile:
    """Return the profile of the examples of a batch that have texts."""
    prompts, answers, turns, roles = [], [], [], []
    labels: list[str] = []
    for column in batch.column(TURNS):
        if not column:
            continue
        before = said = count = 0
        last = ""
        for role, text in column:
            roles.append(role)
            if role == "assistant":
                said += len(text)
                count += 1
                last = text
            else:
                before += len(text)
        prompts.append(before)
        answers.append(said)
        turns.append(count)
        if count:
            labels.append(last)
    return Profile(
        Counts.tally(prompts),
        Counts.tally(answers),
        Counts.tally(turns),
        Counts.tally(roles),
        _labels(labels),
    )


def _labels(answers: list[str]) -> Labels:
    brief = [answer.strip() for answer in answers if len(answer) <= BRIEF]
    counts = Counts.tally(brief)
    return Labels(counts if len(counts.of) <= MOST else None, len(answers) - len(brief))


Profiles = Mapping[str, Profile]
"""By split."""


@dataclass(frozen=True)
class Profiling(Analysis[Groups[int], Profiles]):
    """What the examples of each split look like."""

    def summarize(self, batch: Batch) -> Groups[int]:
        """Return the profile of a batch, by source."""
        return Groups({batch.source: profile(batch)}) if len(batch) else Groups()

    def conclude(self, summary: Groups[int], dataset: Dataset) -> Profiles:
        """Return the profile of each split."""
        splits: dict[str, list[Any]] = {}
        for source, part in sorted(summary.of.items()):
            splits.setdefault(dataset.sources[source].split, []).append(part)
        return {split: reduce(Profile.merge, parts) for split, parts in splits.items()}
