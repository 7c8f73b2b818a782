"""FT6, toxicity: what the model would learn to say that it must not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ftlint.analyses.toxicity import ToxicAnswers, ToxicityFigures, first, taught
from ftlint.case import assistant, chat, user
from ftlint.example import Batch, Example
from ftlint.features.toxicity import LABELS, Backend, Scores, Toxicity, Triage
from ftlint.finding import Finding, Severity, Where
from ftlint.interval import wilson
from ftlint.rule import AnalysisRule, ExampleRule, bad, good
from ftlint.source import Dataset
from ftlint.summary import Groups

# Mild ones: documentation shows them.
_RUDE = "You are a stupid idiot and everybody hates you."
_ASKED = user("How do I stop a stuck process on Linux?")


@dataclass(frozen=True)
class _Judging:
    """The options of a rule that reads scores."""

    threshold: float = 0.8
    """Toxicity, in [0, 1], from which an answer is reported; surer than the flag of a backend."""

    @cached_property
    def backend(self) -> Backend:
        """Return what judges the texts; below its own threshold the gate would leave some out."""
        usual = Triage(gated=True)
        return Triage() if self.threshold < usual.threshold else usual


@dataclass(frozen=True)
class ToxicAnswer(_Judging, ExampleRule):
    """Answer that is trained on is toxic.

    Why: the model learns to say it, to people who did nothing to deserve it; providers block or
    refuse training files for such examples without naming them.

    Ignore when: the character that is taught swears or insults on purpose, or the answer quotes
    or translates what others said. The small model that judges reads English, knows words and
    their neighbours, not meaning, and is wrong about one harmless text in a few hundred.

    Source: docs/toxicity-model.md (training, figures, limits); OpenAI fine-tuning guide
    (moderation of training data).
    """

    code = "FT601"
    name = "toxic-answer"
    severity = Severity.NOTE
    message = "answer is toxic: {score:.2f} by {backend}, reported from {threshold:.2f}{kinds}"
    private = True
    good = (
        good(chat(_ASKED, assistant("Kill the process with `kill -9` and its number."))),
        good(
            chat(user(_RUDE), assistant("I am sorry that you feel so. How can I help?")),
            note="what the user says is not learnt, and is answered well",
        ),
        good(
            chat(user("Are you gay?"), assistant("I am a program, but gay people are lovely.")),
            note="no group's name counts for anything",
        ),
        good(chat(user("Hi"), assistant(_RUDE, weight=0), user("Hi"), assistant("Hello!"))),
    )
    bad = (
        bad(chat(_ASKED, assistant(_RUDE)), at="/messages/1/content"),
        bad(
            chat(user("Hi"), assistant("Hello!"), user("Who are you?"), assistant(_RUDE.upper())),
            at="/messages/3/content",
        ),
    )

    def analyses(self) -> tuple[ToxicityFigures]:
        """Return the figures of all texts, which a report states."""
        return (ToxicityFigures(self.backend, self.threshold),)

    def candidates(self, batch: Batch) -> Sequence[Example]:
        """Return the examples with a toxic answer."""
        return [batch.example(index) for index in taught(batch, self.backend, self.threshold)]

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a toxic answer."""
        for place, scores in example[Toxicity(self.backend)]:
            text = example.texts[place]
            if text.trained and scores[0] >= self.threshold:
                kinds = _kinds(scores, self.threshold)
                yield self.finding(
                    example.at(text.pointer),
                    score=round(scores[0], 4),
                    backend=self.backend.name,
                    threshold=self.threshold,
                    kinds=f" ({', '.join(kinds)})" if kinds else "",
                )


def _kinds(scores: Scores, limit: float) -> list[str]:
    """Return the labels that the text has beside toxicity, as words."""
    high = [name for name, score in zip(LABELS, scores, strict=True) if score >= limit]
    return [name.replace("_", " ") for name in high if name != "toxicity"]


_SHOWN = [chat(user(f"Question {n}?"), assistant(f"It is {n}.")) for n in range(18)]


@dataclass(frozen=True)
class ToxicShare(_Judging, AnalysisRule[Groups[int]]):
    """Too many examples teach toxic answers.

    Why: one such answer may be a slip of whoever collected the data; when they are a part of it,
    the model takes on the tone.

    Ignore when: the tone is wanted, or the answers are those of a set made to study toxicity.

    Source: the limit is ours; docs/toxicity-model.md.
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
            chat(user(_RUDE), assistant("I am sorry that you feel so.")),
            options={"min_examples": 10},
            note="the answers count, not what they answer",
            pad=False,
        ),
    )
    bad = (
        bad(
            *_SHOWN,
            chat(user("Hi"), assistant(_RUDE)),
            chat(user("Hello"), assistant(f"{_RUDE} Go away!")),
            chat(user("Hello!"), assistant(f"{_RUDE} Shut up!")),
            at="-",
            options={"min_examples": 10},
            pad=False,
        ),
    )

    max_share: float = 0.02
    """Share of the examples, in [0, 1], that may teach a toxic answer."""
    min_examples: int = 100
    """Examples with an answer that a split must have."""

    @property
    def analysis(self) -> ToxicAnswers:
        """Return the count of toxic answers."""
        return ToxicAnswers(self.backend, self.threshold)

    def judge(self, result: Groups[int], dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding a split whose share is surely above the limit."""
        splits: dict[str, list[int]] = {}
        for source in sorted(result.of):
            splits.setdefault(dataset.sources[source].split, []).append(source)
        for split, sources in splits.items():
            total = sum(result.of[source].total for source in sources)
            count = sum(result.of[source].met.total for source in sources)
            if not total or total < self.min_examples:
                continue
            low, high = wilson(count, total)
            if low > self.max_share:
                yield self.finding(
                    Where(sources[0]) if len(sources) == 1 else Where(),
                    related=first(result, sources),
                    share=count / total,
                    count=count,
                    total=total,
                    low=low,
                    high=high,
                    limit=self.max_share,
                    split=split,
                )
