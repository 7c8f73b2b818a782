"""FT6, toxicity: what the model would learn to say that it must not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from math import nan
from typing import Any

from ftlint.analyses.scoring import Scoring
from ftlint.analyses.toxicity import Hit, Judging, Toxic, ToxicityFigures
from ftlint.analysis import Analysis
from ftlint.case import assistant, chat, system, user
from ftlint.column import Column
from ftlint.example import Batch
from ftlint.features.toxicity import LABELS, SIDES, Backend, Measured, Triage
from ftlint.finding import Finding, Severity, Where
from ftlint.rule import AnalysisRule, bad, good
from ftlint.scoring.backend import Deep
from ftlint.source import Dataset
from ftlint.statistics.interval import wilson
from ftlint.value import dataclass

# Mild ones: documentation shows them.
RUDE = "You are a stupid idiot and everybody hates you."
ASKED = user("How do I stop a stuck process on Linux?")

SURE = 0.9
"""Toxicity from which a deep backend is believed: `very-toxic-answer` reports such answers."""
DIGITS = 4
"""Digits behind the point of the scores that findings and tables show."""
LABELLED = 0.5
"""Score of a label from which an answer is reported by the rule about the label."""
OWN = ("threat", "identity_attack", "severe_toxicity", "sexual_explicit")
"""Labels with a rule of their own, in the order of the rules: of several the first speaks."""


@dataclass(frozen=True)
class ToxicityColumn(Column):
    """The highest score of a label among the texts of an example, or those of a role."""

    name: str  # type: ignore[misc]
    kind = "float"

    def values(self, batch: Batch) -> list[float]:
        """Return one value a line; NaN where no text was judged, or a label has none of its words.

        Triage knows labels by word lists alone: that a text has none of them is no low score.
        """
        scores = [row[self.name] for row in batch.column(Measured())]
        listed = self.name in LABELS[1:]
        return [nan if listed and not score else round(score, DIGITS) for score in scores]


@dataclass(frozen=True)
class Judge(AnalysisRule[Toxic]):
    """A rule that reads scores."""

    private = True

    backend: Backend | Deep | None = None
    """What judges the texts; the configuration chooses it (`toxicity:`)."""
    threshold: float = 0.8
    """Score, in [0, 1], from which a text is reported."""

    def __post_init__(self) -> None:
        """Refuse what no score can reach. Raises: ValueError."""
        if not 0 < self.threshold <= 1:
            raise ValueError(f"threshold is {self.threshold:g}, not above 0 and up to 1")

    @cached_property
    def judging(self) -> Backend | Deep:
        """Return what judges; below its own threshold the gate of triage would leave some out."""
        if self.backend is not None:
            return self.backend
        usual = Triage(gated=True)
        return Triage() if self.threshold < usual.threshold else usual

    @property
    def deep(self) -> bool:
        """Return whether a backend judges that knows labels and can be believed."""
        return isinstance(self.backend, Deep)

    @property
    def analysis(self) -> Analysis[Any, Any]:
        """Return the analysis of the backend; rules share that of a deep one."""
        judging = self.judging
        if isinstance(judging, Deep):
            return Scoring(judging)
        return Judging(judging, self.threshold)

    def figures(self) -> tuple[Analysis[Any, Any], ...]:
        """Return the figures of all texts."""
        judging = self.judging
        return () if isinstance(judging, Deep) else (ToxicityFigures(judging, self.threshold),)

    def columns(self) -> tuple[Column, ...]:
        """Return the scores of each example; a deep backend brings them at the end."""
        return () if self.deep else tuple(map(ToxicityColumn, (*LABELS, *SIDES)))

    def unready(self) -> str | None:
        """Return why the backend cannot score."""
        return self.backend.unready() if isinstance(self.backend, Deep) else None

    def driven(self, hit: Hit, label: str = "toxicity") -> bool:
        """Return whether the flag goes with the name of a group: another rule says so."""
        return hit.named(label, self.threshold)

    def told(self, hit: Hit, label: str = "toxicity", **data: Any) -> Finding:
        """Return the finding about one text."""
        return self.finding(
            hit.where,
            score=round(hit.score(label), DIGITS),
            backend=self.judging.name,
            threshold=self.threshold,
            **data,
        )


@dataclass(frozen=True)
class ToxicAnswer(Judge):
    """Answer that is trained on is toxic.

    Why: the model learns to say it, to people who did nothing to deserve it; providers block or
    refuse training files for such examples without naming them.

    Ignore when: the character that is taught swears or insults on purpose, or the answer quotes
    or translates what others said. The small model that judges unless another one is configured
    reads English, knows words and their neighbours, not meaning, and is wrong about one harmless
    text in a few hundred. What Detoxify or a moderation endpoint is sure of, and what has a label
    with a rule of its own, other rules report.

    Source: docs/toxicity.md (backends); docs/toxicity-model.md (training, figures, limits);
    OpenAI fine-tuning guide (moderation of training data).
    """

    code = "FT601"
    name = "toxic-answer"
    severity = Severity.NOTE
    message = "answer is toxic: {score:.2f} by {backend}, reported from {threshold:.2f}{kinds}"
    good = (
        good(chat(ASKED, assistant("Kill the process with `kill -9` and its number."))),
        good(
            chat(user(RUDE), assistant("I am sorry that you feel so. How can I help?")),
            note="what the user says is not learnt, and is answered well",
        ),
        good(
            chat(user("Are you gay?"), assistant("I am a program, but gay people are lovely.")),
            note="no group's name counts for anything",
        ),
        good(chat(user("Hi"), assistant(RUDE, weight=0), user("Hi"), assistant("Hello!"))),
    )
    bad = (
        bad(chat(ASKED, assistant(RUDE)), at="/messages/1/content"),
        bad(
            chat(user("Hi"), assistant("Hello!"), user("Who are you?"), assistant(RUDE.upper())),
            at="/messages/3/content",
        ),
    )

    def judge(self, result: Toxic, dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding a toxic answer that no other rule reports."""
        for hit in result.hits(self.threshold):
            if hit.kind != "answer" or not hit.score() >= self.threshold:
                continue
            if self.deep and (hit.score() >= SURE or labelled(hit) or self.driven(hit)):
                continue
            kinds = [name.replace("_", " ") for name in hit.high(self.threshold)[1:]]
            yield self.told(hit, kinds=f" ({', '.join(kinds)})" if kinds else "")


def labelled(hit: Hit, labels: Iterable[str] = OWN) -> bool:
    """Return whether a text has one of some labels."""
    return any(hit.score(label) >= LABELLED for label in labels)


@dataclass(frozen=True)
class ToxicSystemPrompt(Judge):
    """System prompt is toxic.

    Why: it is not learnt word by word, but every answer is learnt as what follows from it, and
    providers moderate it with the rest.

    Ignore when: the prompt names what must not be said, or describes a rude character on purpose.
    A warning when Detoxify or a moderation endpoint judges; one finding for all copies in a file.

    Source: docs/toxicity.md.
    """

    code = "FT608"
    name = "toxic-system-prompt"
    severity = Severity.NOTE
    message = (
        "system prompt is toxic: {score:.2f} by {backend}, reported from {threshold:.2f}; "
        "stands in {examples:,} examples"
    )
    good = (
        good(chat(system("Answer in one sentence, and kindly."), ASKED, assistant("`kill 123`"))),
        good(
            chat(system("Never insult anybody, even when you are insulted."), ASKED, assistant("k"))
        ),
    )
    bad = (
        bad(chat(system(RUDE), ASKED, assistant("Kill it.")), at="/messages/0/content"),
        bad(
            chat(system(RUDE), ASKED, assistant("Kill it.")),
            chat(system(RUDE), user("Why?"), assistant("It hangs.")),
            at="/messages/0/content",
            note="said once",
        ),
    )

    def judge(self, result: Toxic, dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding for each different prompt of a source."""
        found: dict[tuple[int, bytes], list[Hit]] = {}
        for hit in result.hits(self.threshold):
            if hit.kind == "system" and hit.score() >= self.threshold and not self.driven(hit):
                found.setdefault((hit.where.source, hit.text), []).append(hit)
        for same in found.values():
            examples = len({hit.where.ordinal for hit in same})
            yield self.told(same[0], examples=examples)


_SHOWN = [chat(user(f"Question {n}?"), assistant(f"It is {n}.")) for n in range(18)]


@dataclass(frozen=True)
class ToxicShare(Judge):
    """Too many examples teach toxic answers.

    Why: one such answer may be a slip of whoever collected the data; when they are a part of it,
    the model takes on the tone.

    Ignore when: the tone is wanted, or the answers are those of a set made to study toxicity.

    Source: the limit is ours; docs/toxicity.md. Where not all texts were scored, those that were
    not count as harmless, and the message says so: the share is then a lower bound.
    """

    code = "FT610"
    name = "toxic-share"
    severity = Severity.WARNING
    message = (
        "{share:.1%} of the {split} examples teach a toxic answer ({count:,} of {total:,}, "
        "95 % interval {low:.1%} to {high:.1%}); at most {limit:.1%}"
    )
    good = (
        good(
            *_SHOWN,
            chat(user(RUDE), assistant("I am sorry that you feel so.")),
            options={"min_examples": 10},
            note="the answers count, not what they answer",
            pad=False,
        ),
    )
    bad = (
        bad(
            *_SHOWN,
            chat(user("Hi"), assistant(RUDE)),
            chat(user("Hello"), assistant(f"{RUDE} Go away!")),
            chat(user("Hello!"), assistant(f"{RUDE} Shut up!")),
            at="-",
            options={"min_examples": 10},
            pad=False,
        ),
    )

    max_share: float = 0.02
    """Share of the examples, in [0, 1], that may teach a toxic answer."""
    min_examples: int = 100
    """Examples with an answer that a split must have."""
    related = 5
    """Toxic examples that the finding names."""

    def judge(self, result: Toxic, dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding a split whose share is surely above the limit."""
        taught: dict[int, dict[int, Where]] = {}
        for hit in result.hits(self.threshold):
            learnt = hit.kind in ("answer", "preferred")
            if learnt and hit.score() >= self.threshold and not self.driven(hit):
                place = Where(hit.where.source, hit.where.ordinal, start=hit.where.start)
                taught.setdefault(hit.where.source, {}).setdefault(hit.where.ordinal or 0, place)
        splits: dict[str, list[int]] = {}
        for source in sorted(result.answered):
            splits.setdefault(dataset.sources[source].split, []).append(source)
        for split, sources in splits.items():
            total = sum(result.answered[source] for source in sources)
            places = [place for source in sources for place in taught.get(source, {}).values()]
            low, high = wilson(len(places), total)
            if total >= max(self.min_examples, 1) and low > self.max_share:
                yield self.finding(
                    Where(sources[0]) if len(sources) == 1 else Where(),
                    related=places[: self.related],
                    hint=result.hint(),
                    share=len(places) / total,
                    count=len(places),
                    total=total,
                    low=low,
                    high=high,
                    limit=self.max_share,
                    split=split,
                )
