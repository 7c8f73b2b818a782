"""Models of providers: dated values of `rules/targets`, each with its source.

A value that a provider may change tomorrow is a `Figure`: what it is, where it was read, when,
and whether that is certain. Nothing of this kind stands in code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import Any

from ftlint.value import dataclass

MILLION = 1_000_000
"""Tokens for which prices are given."""
STALE = 180
"""Days after which a figure is shown with a warning: providers change prices about that often."""


def day(text: str) -> date:
    """Return an ISO 8601 date. Raises: ValueError, with what would be right."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a date (write 2026-11-22)") from None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A value of a provider with its origin; each subclass says what the value is."""

    source: str
    """A key of the target's `sources`."""
    as_of: str = ""
    """Date at which the source was read; empty for what the user says."""
    uncertain: bool = False
    """A single secondary source, or inferred."""
    note: str = ""

    def __post_init__(self) -> None:
        """Check the date. Raises: ValueError."""
        if self.as_of:
            day(self.as_of)

    def age(self, today: date) -> int:
        """Return the days since the source was read."""
        return (today - day(self.as_of)).days if self.as_of else 0

    def stale(self, today: date) -> bool:
        """Return whether the source must be read again."""
        return self.age(today) > STALE


@dataclass(frozen=True, kw_only=True)
class Whole(Figure):
    """A whole number: tokens, bytes, examples."""

    value: int


@dataclass(frozen=True, kw_only=True)
class Amount(Figure):
    """A number: a share in [0, 1], or money when there is a currency."""

    value: float
    currency: str = ""
    """ISO 4217."""

    def of(self, tokens: int) -> float:
        """Return the money for so many tokens, where this is the price of a million."""
        return round(tokens * self.value / MILLION, 6)


@dataclass(frozen=True, kw_only=True)
class Word(Figure):
    """A name, such as that of an encoding."""

    value: str


@dataclass(frozen=True, kw_only=True)
class Words(Figure):
    """Names, such as those of methods."""

    value: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Form(Figure):
    """What a record must be: a JSON Schema (draft 2020-12)."""

    value: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Day(Figure):
    """A date: the first day on which something is no longer possible."""

    value: str

    def __post_init__(self) -> None:
        """Check both dates. Raises: ValueError."""
        super().__post_init__()
        day(self.value)


@dataclass(frozen=True, kw_only=True)
class Range(Figure):
    """What a hyper-parameter may be: `low` and `high` belong to it, `above` does not."""

    low: float | None = None
    above: float | None = None
    high: float | None = None
    words: tuple[str, ...] = ()
    """Values that are no numbers, such as `auto`."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where figures were read."""

    title: str
    as_of: str


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a provider takes, whatever the model."""

    min_examples: Whole | None = None
    """Examples of a training file."""
    recommended_examples: Whole | None = None
    max_examples: Whole | None = None
    max_validation_examples: Whole | None = None
    file_bytes: Whole | None = None
    """Bytes of one upload."""
    parts_bytes: Whole | None = None
    """Bytes of an upload that is sent in parts."""
    images_per_example: Whole | None = None
    image_bytes: Whole | None = None
    image_examples: Whole | None = None
    """Examples with images."""
    image: Whole | None = None
    """Tokens for which an image is taken when the model says nothing else."""
    training_context: Whole | None = None
    """Tokens of an example that are trained on, for trainers: whatever the model."""
    preference_outputs: Whole | None = None
    """Messages of each output of a preference pair."""
    rft_training_examples: Whole | None = None
    rft_validation_examples: Whole | None = None
    suffix_characters: Whole | None = None


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """How a provider is thought to choose epochs and batch size when nothing is asked for.

    Epochs: `target_epochs`, more for fewer than `min_examples` examples over all epochs and less
    for more than `max_examples`, within `min_epochs` and `max_epochs`.
    """

    target_epochs: Whole
    min_examples: Whole
    max_examples: Whole
    min_epochs: Whole
    max_epochs: Whole
    batch_share: Amount | None = None
    """Batch size as a share of the examples."""
    max_batch: Whole | None = None


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model that a provider trains, or trained. What is not known is None."""

    name: str = field(default="", metadata={"key": False})
    aliases: tuple[str, ...] = ()
    methods: Words | None = None
    """sft, dpo, rft, completion."""
    encoding: Word | None = None
    training_context: Whole | None = None
    """Tokens of an example that are trained on; the rest is cut off."""
    inference_context: Whole | None = None
    """Tokens."""
    image: Whole | None = None
    """Tokens of an image of 1024 by 1024 pixels and high detail, for which others are taken."""
    low_image: Whole | None = None
    """Tokens of an image of low detail, whatever its size."""
    min_examples: Whole | None = None
    """Examples of a training file; those of the provider when the model says nothing else."""
    max_examples: Whole | None = None
    training_price: Amount | None = None
    """Money for a million trained tokens."""
    hour_price: Amount | None = None
    """Money for an hour of training."""
    records: Mapping[str, Form] = field(default_factory=dict)
    """What a record must be besides what the provider demands, by shape."""
    training_ends: Day | None = None
    """No new jobs from this day on."""
    shutdown: Day | None = None
    """The model, and what was trained on it, is gone from this day on."""

    def answers_to(self, name: str) -> bool:
        """Return whether `name` means this model."""
        return name == self.name or name in self.aliases
