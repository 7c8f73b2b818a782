"""FT5, labels: answers that are classes, and how evenly the examples are spread over them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ftlint.analyses.label import FEWEST, LABEL, Classes, LabelCounts
from ftlint.case import assistant, chat, user
from ftlint.column import Column
from ftlint.example import Batch
from ftlint.features.dialogue import DIALOGUES, Dialogue
from ftlint.finding import Finding, Severity, Where
from ftlint.rule import AnalysisRule, bad, good
from ftlint.rules.token import spaced
from ftlint.source import Dataset
from ftlint.statistics.interval import wilson
from ftlint.value import dataclass
from ftlint.wording import listed

DOMINANT = 0.8
"""Share of the most frequent label from which it is what is wrong with the balance."""
NAMED = 5
"""Labels and rows that a finding names."""


def _classed(**counts: int) -> list[dict[str, object]]:
    """Return as many examples of each class as the numbers say."""
    return [
        chat(user(f"Message {number} of {label}"), assistant(label))
        for label, count in counts.items()
        for number in range(count)
    ]


def _free(count: int) -> list[dict[str, object]]:
    return [chat(user(f"What is {n} + 1?"), assistant(f"It is {n + 1}.")) for n in range(count)]


@dataclass(frozen=True)
class LabelColumn(Column):
    """The last answer that is trained on, where it is short enough to be a label."""

    name = "label"
    kind = "text"

    def values(self, batch: Batch) -> list[str | None]:
        """Return one value a line."""
        return [_label(dialogue) for dialogue in batch.column(DIALOGUES)]


def _label(dialogue: Dialogue | None) -> str | None:
    answer = dialogue.answers[-1].strip() if dialogue and dialogue.answers else ""
    return answer if 0 < len(answer) <= LABEL and "\n" not in answer else None


@dataclass(frozen=True)
class _Labels(AnalysisRule[tuple[Classes, ...]]):
    """Judges how often each short answer is given."""

    def columns(self) -> tuple[Column, ...]:
        """Return the label of each example."""
        return (LabelColumn(),)

    @property
    def analysis(self) -> LabelCounts:
        """Return the counts, which the rules about labels share."""
        return LabelCounts()

    def judge(self, result: tuple[Classes, ...], dataset: Dataset) -> Iterator[Finding]:
        """Yield what is found in each split."""
        for classes in result:
            if classes.labels and classes.examples >= FEWEST:
                yield from self._judge(classes)

    def _judge(self, classes: Classes) -> Iterator[Finding]:
        raise NotImplementedError


@dataclass(frozen=True)
class DominantAnswer(_Labels):
    """One answer is given to most of the questions, or to far too many of them.

    Why: a model that always gives this answer is right most of the time, and learns to: it need
    not read the question. Accuracy on a validation split of the same kind hides it.

    Ignore when: the answer is as frequent where the model will be used, and a model that leans to
    it is wanted.

    Source: OpenAI fine-tuning guide (balance and diversity of the data); He and Garcia 2009,
    "Learning from Imbalanced Data". Answers of up to 64 characters are counted. They are labels
    if at least 90 % of the examples give an answer that at least 5 give; else `most-open` holds.
    """

    code = "FT501"
    name = "dominant-answer"
    severity = Severity.WARNING
    message = (
        "{share:.1%} of the {split} answers are {answer!r} ({count:,} of {examples:,}; "
        "{interval}); at most {limit:.0%}"
    )
    good = (
        good(*_classed(ham=12, spam=10), pad=False),
        good(*_free(40), note="no answer comes twice", pad=False),
    )
    bad = (
        bad(*_classed(ham=22, spam=3), at="-", pad=False),
        bad(*_free(30), *_classed(Unknown=20), at="-", note="among free answers", pad=False),
    )

    most: float = DOMINANT
    """Largest share of one label, where the answers are labels."""
    most_open: float = 0.1
    """Largest share of one answer, where the answers are free text."""

    def _judge(self, classes: Classes) -> Iterator[Finding]:
        limit = self.most if classes.labelled else self.most_open
        answer, count, where = classes.labels[0]
        if count < FEWEST or count <= limit * classes.examples:
            return
        hint = ""
        if classes.labelled and len(classes.labels) > 1:
            others = [f"{listed([label])} ({n:,})" for label, n, _ in classes.labels[1:4]]
            more = ", …" if len(classes.labels) > 4 else ""
            hint = f"; the others are {', '.join(others)}{more}"
        finding = self.finding(
            classes.where,
            related=[where],
            hint=hint,
            share=count / classes.examples,
            answer=answer,
            count=count,
            examples=classes.examples,
            split=classes.split,
            interval=_percent(wilson(count, classes.examples)),
            limit=limit,
            labels=len(classes.labels) if classes.labelled else None,
        )
        yield spaced(finding)


@dataclass(frozen=True)
class LabelImbalance(_Labels):
    """Some labels have many times as many examples as others.

    Why: the model leans to the frequent labels and misses the rare ones, which are often those
    that matter.

    Ignore when: the labels are as uneven where the model will be used.

    Source: He and Garcia 2009, "Learning from Imbalanced Data"; the effective number of labels is
    the exponential of the entropy (Hill 1973). Where one label has more than 80 % of the examples,
    dominant-answer says so instead.
    """

    code = "FT502"
    name = "label-imbalance"
    severity = Severity.NOTE
    message = (
        "{labels:,} labels have from {least:,} to {most:,} examples ({ratio:.1f} : 1, limit "
        "{limit:.0f} : 1), in effect {effective:.1f} labels of equal size"
    )
    good = (good(*_classed(card=20, loan=10, transfer=12), pad=False),)
    bad = (bad(*_classed(card=40, loan=6, transfer=20), at="-", pad=False),)

    ratio: float = 5.0
    """Largest ratio of the most frequent to the rarest label."""

    def _judge(self, classes: Classes) -> Iterator[Finding]:
        if not classes.labelled or classes.ratio <= self.ratio:
            return
        (top, most, _), (rare, least, where) = classes.labels[0], classes.labels[-1]
        if most > DOMINANT * classes.examples:
            return
        finding = self.finding(
            classes.where,
            related=[where],
            hint=f": most have {listed([top])}, fewest {listed([rare])}",
            labels=len(classes.labels),
            least=least,
            most=most,
            ratio=classes.ratio,
            limit=self.ratio,
            effective=classes.effective,
            entropy=classes.entropy,
            split=classes.split,
        )
        yield spaced(finding)


@dataclass(frozen=True)
class RareLabel(_Labels):
    """Labels have too few examples to be learned.

    Why: from a handful of examples a model learns the examples, not the class; on new ones it
    answers with a label that it knows better.

    Ignore when: the label is a typing error, which label-variant may show, or is rare by nature.

    Source: OpenAI asked for about 100 examples a class where it trained classifiers (legacy
    fine-tuning guide); ten is the least that its guide to fine-tuning takes for a dataset.
    """

    code = "FT503"
    name = "rare-label"
    severity = Severity.NOTE
    message = "{count:,} of {labels:,} labels have fewer than {least:,} examples: {rare}"
    good = (good(*_classed(ham=15, spam=12), pad=False),)
    bad = (bad(*_classed(ham=30, spam=20, scam=2), at="-", pad=False),)

    least: int = 10
    """Examples that each label must have in the training split."""

    def _judge(self, classes: Classes) -> Iterator[Finding]:
        rare = [entry for entry in classes.labels if entry[1] < self.least]
        if not classes.labelled or classes.split != "train" or not rare:
            return
        rare.reverse()
        named = ", ".join(f"{listed([label])} ({count})" for label, count, _ in rare[:NAMED])
        finding = self.finding(
            classes.where,
            related=[where for _, _, where in rare[:NAMED]],
            count=len(rare),
            labels=len(classes.labels),
            least=self.least,
            rare=named + (", …" if len(rare) > NAMED else ""),
        )
        yield spaced(finding)


@dataclass(frozen=True)
class LabelSplitGap(_Labels):
    """Labels are in one split only, or are none of the known ones.

    Why: a label that is only validated can never be right; one that is only trained is never
    measured.

    Ignore when: the validation data are to show how the model takes what it has not seen.

    Source: stratified sampling keeps the shares of classes in each split (Kohavi 1995). A label
    misses in validation if five or more of its examples were to be expected there: chance alone
    leaves out such a label less than once in a hundred times.
    """

    code = "FT504"
    name = "label-split-gap"
    severity = Severity.WARNING
    message = "{count:,} labels are {how}: {named}"
    good = (good(*_classed(ham=20, spam=20), note="one split has no gap", pad=False),)
    bad = (
        bad(
            *_classed(ham=20, spam=19, scam=1),
            at="-",
            note="a label that is not one of the known ones",
            options={"known": ("ham", "spam")},
            pad=False,
        ),
    )

    expected: float = 5.0
    """Examples of a label to be expected in validation from which it must be there."""
    known: tuple[str, ...] = ()
    """The labels that are right, if they are known: others are reported in any split."""

    def judge(self, result: tuple[Classes, ...], dataset: Dataset) -> Iterator[Finding]:
        """Yield at most three findings: unknown labels, never trained ones, never validated."""
        splits = {classes.split: classes for classes in result if classes.labelled}
        for classes in splits.values():
            if self.known:
                odd = [entry for entry in classes.labels if entry[0] not in self.known]
                yield from self._told(classes, "not among the known ones", odd)
        train, other = splits.get("train"), splits.get("validation")
        if not train or not other:
            return
        trained = {label for label, _, _ in train.labels}
        validated = {label for label, _, _ in other.labels}
        never = [entry for entry in other.labels if entry[0] not in trained]
        yield from self._told(other, "in the validation split only", never)
        share = other.examples / train.examples
        missing = [
            entry
            for entry in train.labels
            if entry[0] not in validated and entry[1] * share >= self.expected
        ]
        yield from self._told(train, "in the training split only", missing)

    def _told(
        self, classes: Classes, how: str, labels: list[tuple[str, int, Where]]
    ) -> Iterator[Finding]:
        if labels:
            finding = self.finding(
                classes.where,
                related=[where for _, _, where in labels[:NAMED]],
                count=len(labels),
                how=how,
                named=listed([label for label, _, _ in labels], NAMED),
                labels=[label for label, _, _ in labels[:100]],
            )
            yield spaced(finding)


@dataclass(frozen=True)
class LabelVariant(_Labels):
    """One label is spelt in several ways.

    Why: they are different answers to the model, which learns to choose between spellings; and
    every comparison with the right label counts some of its answers as wrong.

    Ignore when: the spellings mean different things.

    Source: cleaning of labels, as in Northcutt, Athalye and Mueller 2021, "Pervasive Label
    Errors". Spellings are the same if their letters and digits are, without regard to case.
    """

    code = "FT505"
    name = "label-variant"
    severity = Severity.WARNING
    message = "label {answer!r} ({count:,}) is also spelt {variants}"
    good = (good(*_classed(spam=10, scam=10), note="these are two words", pad=False),)
    bad = (bad(*_classed(ham=20, spam=20, Spam=1), at="-", pad=False),)

    def _judge(self, classes: Classes) -> Iterator[Finding]:
        if not classes.labelled:
            return
        groups: dict[str, list[tuple[str, int, Where]]] = {}
        for entry in classes.labels:
            groups.setdefault(re.sub(r"[\W_]+", "", entry[0].casefold()) or entry[0], []).append(
                entry
            )
        for (first, count, _), *others in groups.values():
            if others:
                named = ", ".join(f"{listed([label])} ({n:,})" for label, n, _ in others[:NAMED])
                finding = self.finding(
                    classes.where,
                    related=[where for _, _, where in others[:NAMED]],
                    answer=first,
                    count=count,
                    variants=named,
                )
                yield spaced(finding)


def _percent(interval: tuple[float, float]) -> str:
    """Return a 95 % interval as messages state it."""
    return f"95 % interval {interval[0]:.1%} to {interval[1]:.1%}"
