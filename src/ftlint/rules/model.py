"""Rules about the model that a dataset is sent to: whether it can still be trained.

The dates come from `rules/targets`, as options that the target sets.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ftlint.case import assistant, chat, user
from ftlint.finding import Finding, Severity, Where
from ftlint.rule import NO_MODEL, FileRule, bad, good
from ftlint.source import Dataset
from ftlint.summary import Nothing
from ftlint.targets.model import day
from ftlint.value import dataclass

_ANY = chat(user("Hi"), assistant("Hello!"))
_END = {"model": "gpt-3.5-turbo-0125", "date": "2026-10-23", "reason": "shutdown of the base model"}
_UNSURE = " (the date is uncertain)"


@dataclass(frozen=True)
class _Ending(FileRule):
    """Compares the day on which a model ends with today."""

    dated = True

    model: str = ""
    """Name of the model; the target sets it."""
    date: str = ""
    """First day on which it cannot be trained (ISO 8601); the target sets it."""
    reason: str = ""
    """What happens on that day."""
    uncertain: bool = False
    """Whether the date is from a secondary source."""
    today: str = ""
    """The day that counts (ISO 8601); empty is the day of the run."""

    def __post_init__(self) -> None:
        """Check the dates. Raises: ValueError."""
        for text in filter(None, (self.date, self.today)):
            day(text)

    def unready(self) -> str | None:
        """Return that no model is named, or that nothing is known of it."""
        if not self.model:
            return NO_MODEL
        return None if self.date else f"no date is known on which {self.model} closes"

    @property
    def left(self) -> int:
        """Return the days until the end; 0 and less when it is reached."""
        now = day(self.today) if self.today else date.today()
        return (day(self.date) - now).days


@dataclass(frozen=True)
class ModelRetired(_Ending):
    """Model can no longer be trained.

    Why: the job is refused, whatever the data; limits and prices that hold for another model
    decide now.

    Ignore when: the same records go to another provider or to a trainer of your own: name that
    as the target.

    Source: the provider's page of deprecations, with its date, as `ftlint targets` shows it.
    """

    code = "FT208"
    name = "model-retired"
    severity = Severity.ERROR
    message = "{model} can no longer be trained: {reason} on {date}"
    good = (good(_ANY, options={**_END, "today": "2026-10-22"}, note="on the last day"),)
    bad = (
        bad(_ANY, at="-", options={**_END, "today": "2026-10-23"}),
        bad(_ANY, at="-", options={**_END, "today": "2027-01-01", "uncertain": True}),
    )

    def finish(self, summary: Nothing, dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding for the whole dataset."""
        if self.date and self.left <= 0:
            hint = _UNSURE if self.uncertain else ""
            yield self.finding(
                Where(), hint=hint, model=self.model, reason=self.reason, date=self.date
            )


@dataclass(frozen=True)
class ModelClosing(_Ending):
    """Model can be trained for a short time only.

    Why: a second run, with the data corrected, may come too late; and what was trained is of use
    only until its base model is shut down.

    Ignore when: this is the last run, and its model will be used for a short time.

    Source: the provider's page of deprecations, with its date, as `ftlint targets` shows it.
    """

    code = "FT209"
    name = "model-closing"
    severity = Severity.WARNING
    message = "{model} can be trained for {days} more day{s}: {reason} on {date}"
    good = (
        good(_ANY, options={**_END, "today": "2026-07-24"}, note="91 days before"),
        good(_ANY, options={**_END, "today": "2026-10-23"}, note="retired: FT208 says so"),
    )
    bad = (
        bad(_ANY, at="-", options={**_END, "today": "2026-07-25"}),
        bad(_ANY, at="-", options={**_END, "today": "2026-10-22", "shutdown": "2026-12-01"}),
    )

    shutdown: str = ""
    """A later day on which the base model is shut down, with all that was trained on it."""
    days: int = 90
    """How long before that day the rule speaks."""

    def finish(self, summary: Nothing, dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding for the whole dataset."""
        left = self.left if self.date else 0
        if 0 < left <= self.days:
            hint = _UNSURE if self.uncertain else ""
            if self.shutdown:
                hint += f"; what was trained on it works until {self.shutdown}"
            yield self.finding(
                Where(),
                hint=hint,
                model=self.model,
                days=left,
                s="" if left == 1 else "s",
                reason=self.reason,
                date=self.date,
            )
