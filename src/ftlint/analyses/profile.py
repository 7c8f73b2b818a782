"""The profile of a dataset: lengths, turns, roles and labels of each split, for comparisons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from functools import reduce
from typing import Any

from ftlint.analyses.label import LabelCounts
from ftlint.analysis import Analysis, Derived
from ftlint.example import Batch
from ftlint.features.turns import TURNS
from ftlint.source import Dataset
from ftlint.summary import Counts, Groups
from ftlint.value import dataclass


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
    classes: Counts[str] = field(default_factory=Counts)
    """Examples by label; empty where the answers are no labels."""

    @property
    def examples(self) -> int:
        """Return how many examples have texts."""
        return self.prompts.total

    def merge(self, other: Profile) -> Profile:
        """Return the profile of both."""
        return Profile(
            self.prompts.merge(other.prompts),
            self.answers.merge(other.answers),
            self.turns.merge(other.turns),
            self.roles.merge(other.roles),
            self.classes.merge(other.classes),
        )


def profile(batch: Batch) -> Profile:
    """Return the profile of the examples of a batch that have texts, but for the classes."""
    prompts, answers, turns, roles = [], [], [], []
    for column in batch.column(TURNS):
        if not column:
            continue
        before = said = count = 0
        for role, text in column:
            roles.append(role)
            if role == "assistant":
                said += len(text)
                count += 1
            else:
                before += len(text)
        prompts.append(before)
        answers.append(said)
        turns.append(count)
    return Profile(
        Counts.tally(prompts),
        Counts.tally(answers),
        Counts.tally(turns),
        Counts.tally(roles),
    )


Profiles = Mapping[str, Profile]
"""By split."""


@dataclass(frozen=True)
class Sizes(Analysis[Groups[int], Profiles]):
    """How long the examples of each split are and who speaks in them."""

    def summarize(self, batch: Batch) -> Groups[int]:
        """Return the profile of a batch, by source."""
        return Groups({batch.source: profile(batch)}) if len(batch) else Groups()

    def conclude(self, summary: Groups[int], dataset: Dataset) -> Profiles:
        """Return the profile of each split."""
        splits: dict[str, list[Any]] = {}
        for source, part in sorted(summary.of.items()):
            splits.setdefault(dataset.sources[source].split, []).append(part)
        return {split: reduce(Profile.merge, parts) for split, parts in splits.items()}


@dataclass(frozen=True)
class Profiling(Derived[Profiles]):
    """What the examples of each split look like."""

    @property
    def parts(self) -> tuple[Sizes, LabelCounts]:
        """Return what is known of sizes and of labels."""
        return Sizes(), LabelCounts()

    def combine(self, results: Sequence[Any], dataset: Dataset) -> Profiles:
        """Return the profile of each split."""
        profiles, classes = results
        labels = {
            each.split: Counts({label: count for label, count, _ in each.labels})
            for each in classes
            if each.labelled
        }
        return {
            split: replace(profile, classes=labels.get(split, Counts()))
            for split, profile in profiles.items()
        }
