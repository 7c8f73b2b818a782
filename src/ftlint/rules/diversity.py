"""FT5, diversity: answers that repeat one another, and questions that are all of one kind.

What these rules say of a file with more than 512 examples is estimated from a sample of 256 to 512;
findings state how many were looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from ftlint.analyses.diversity import AnswerDiversity, Diversity
from ftlint.analyses.topic import QuestionTopics, Topic, Topics
from ftlint.case import assistant, chat, user
from ftlint.finding import Finding, Severity
from ftlint.rule import AnalysisRule, bad, good, later
from ftlint.rules.token import spaced
from ftlint.source import Dataset
from ftlint.statistics.interval import stated
from ftlint.value import dataclass

P = TypeVar("P", Diversity, Topics)
FEWEST = 40
"""Examples that must be looked at."""

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WHAT = ("bread", "soup", "a pie", "rice", "beans", "a stew", "noodles", "salad", "an omelette")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _menu(count: int) -> list[dict[str, object]]:
    """Return examples whose answers are filled into one template."""
    return [
        chat(
            user(f"What do I cook in week {n} on {_DAYS[n % 7]}?"),
            assistant(
                f"I would like to suggest that you cook {_WHAT[n % 9]} on {_DAYS[n % 7]}. "
                f"It is easy to cook {_WHAT[n % 9]}, and everybody likes {_WHAT[n % 9]} in the end."
            ),
        )
        for n in range(count)
    ]


def _word(seed: int) -> str:
    """Return one of many made-up words."""
    return "".join(_LETTERS[seed // 26**at % 26] for at in range(4))


def _varied(count: int) -> list[dict[str, object]]:
    """Return examples in which no two words stand side by side twice."""
    return [
        chat(
            user(f"{_word(7919 * n + 11)} {_word(104729 * n + 5)} {_word(31 * n)}?"),
            assistant(
                ". ".join(
                    " ".join(
                        _word(n * 7907 + k * 15_485_863 + j * 48_611) for j in range(3 + k * k)
                    )
                    for k in range(5)
                )
                + "."
            ),
        )
        for n in range(count)
    ]


def _trained(parts: Iterable[P]) -> Iterator[P]:
    """Yield what was looked at in training splits, if it is enough and answers are no labels."""
    for each in parts:
        if each.split == "train" and not each.labelled and each.looked >= FEWEST:
            yield each


@dataclass(frozen=True)
class _Answers(AnalysisRule[tuple[Diversity, ...]]):
    """Judges the diversity of the answers of each training split, unless they are labels."""

    @property
    def analysis(self) -> AnswerDiversity:
        """Return the measures, which the rules about diversity share."""
        return AnswerDiversity()

    def judge(self, result: tuple[Diversity, ...], dataset: Dataset) -> Iterator[Finding]:
        """Yield what is found in the training split."""
        for each in _trained(result):
            yield from self._judge(each)

    def _judge(self, each: Diversity) -> Iterator[Finding]:
        raise NotImplementedError


@dataclass(frozen=True)
class LowDiversity(_Answers):
    """Answers are so much alike that they look filled into a template.

    Why: thousands of examples teach what a few dozen would, and the model learns the template: it
    answers in these words whatever it is asked.

    Ignore when: the model is to fill in a form.

    Source: distinct-2, the share of pairs of neighbouring words that are different (Li et al.
    2016), of 5,000 pairs; the compression ratio (Shaib et al. 2024, "Standardizing the Measurement
    of Text Diversity"), of blocks of 16 kB by zlib. In scripts without spaces, characters count
    as words. Sets that people wrote have 0.28 to 0.88 and 1.9 to 3.9; the limits are beyond these.
    """

    code = "FT516"
    name = "low-diversity"
    severity = Severity.WARNING
    message = "answers repeat one another: {found} ({looked:,} of {examples:,} examples looked at)"
    good = later(lambda: (good(*_varied(60), pad=False),))
    bad = later(lambda: (bad(*_menu(260), at="-", pad=False),))

    distinct: float = 0.2
    """Smallest share of different pairs of words."""
    compression: float = 5.0
    """Largest ratio of bytes to compressed bytes."""

    def _judge(self, each: Diversity) -> Iterator[Finding]:
        found = []
        if each.distinct is not None and each.distinct < self.distinct:
            found.append(
                f"{each.distinct:.0%} of the pairs of words are different, at least "
                f"{self.distinct:.0%}"
            )
        if each.compression is not None and each.compression > self.compression:
            found.append(
                f"they can be compressed {each.compression:.1f} : 1, at most "
                f"{self.compression:.1f} : 1"
            )
        if found:
            finding = self.finding(
                each.where,
                found="; ".join(found),
                looked=each.looked,
                examples=each.examples,
                distinct_2=each.distinct,
                compression_ratio=each.compression,
            )
            yield spaced(finding)


@dataclass(frozen=True)
class RepeatedOpening(_Answers):
    """A large part of the answers begins with the same words.

    Why: the first words are what a model learns best: it will begin with them whatever follows,
    also where they make no sense.

    Ignore when: the answers follow a form that begins like this.

    Source: the limit is ours; on published sets that people wrote at most 6 % of the answers have
    the same first four words, on sets by models up to 15 %. In scripts without spaces twelve
    characters count.
    """

    code = "FT517"
    name = "repeated-opening"
    severity = Severity.NOTE
    message = (
        "{share:.0%} of the answers begin with {words!r} ({count:,} of {looked:,} looked at; "
        "{interval}); at most {limit:.0%}"
    )
    good = later(lambda: (good(*_varied(60), pad=False),))
    bad = later(lambda: (
        bad(
            *_varied(40),
            *[
                chat(user(f"Suggest {_WHAT[n % 9]} number {n}."),
                     assistant(f"Sure, here is an idea for you: try {_word(n * 7919)} twice."))
                for n in range(20)
            ],
            at="-",
            pad=False,
        ),
    ))  # fmt: skip

    most: float = 0.25
    """Largest share of answers that begin alike."""

    def _judge(self, each: Diversity) -> Iterator[Finding]:
        for opening in each.openings[:1]:
            if opening.count > self.most * each.looked:
                finding = self.finding(
                    each.where,
                    related=opening.where,
                    words=opening.words,
                    count=opening.count,
                    looked=each.looked,
                    examples=each.examples,
                    **stated(opening.count, each.looked, 0),
                    limit=self.most,
                )
                yield spaced(finding)


@dataclass(frozen=True)
class UniformSentences(_Answers):
    """Sentences of the answers are all about equally long.

    Why: texts of people mix short and long sentences; answers without that sound like a machine,
    and so will the model.

    Ignore when: the form of the answers sets the length of their sentences.

    Source: burstiness (s - m) / (s + m) of the words in a sentence, by mean m and standard
    deviation s (Goh and Barabási 2008). Published sets have -0.05 to -0.36; the limit is ours.
    Answers with blocks of code are left out.
    """

    code = "FT518"
    name = "uniform-sentences"
    severity = Severity.NOTE
    message = (
        "burstiness of sentence lengths is {burstiness:.2f}, at least {limit:.2f} "
        "({looked:,} of {examples:,} examples looked at)"
    )
    good = later(lambda: (good(*_varied(60), pad=False),))
    bad = later(
        lambda: (
            bad(
                *[
                    chat(
                        user(f"Say {_word(n)}."),
                        assistant(
                            f"{_word(n * 3 + 7)} is a word. {_word(n * 5)} is a word. "
                            f"{_word(n * 7 + 1)} is the word. {_word(n * 11)} is a word."
                        ),
                    )
                    for n in range(60)
                ],
                at="-",
                pad=False,
            ),
        )
    )

    least: float = -0.6
    """Smallest burstiness; at -1 all sentences are equally long."""

    def _judge(self, each: Diversity) -> Iterator[Finding]:
        if each.burstiness is not None and each.burstiness < self.least:
            yield spaced(
                self.finding(
                    each.where,
                    burstiness=each.burstiness,
                    limit=self.least,
                    looked=each.looked,
                    examples=each.examples,
                )
            )


@dataclass(frozen=True)
class _Questions(AnalysisRule[tuple[Topics, ...]]):
    """Judges what the questions of each training split are about, unless answers are labels."""

    @property
    def analysis(self) -> QuestionTopics:
        """Return the topics, which the rules about questions share."""
        return QuestionTopics()

    def judge(self, result: tuple[Topics, ...], dataset: Dataset) -> Iterator[Finding]:
        """Yield what is found in the training split."""
        for each in _trained(result):
            if largest := self._largest(each):
                yield from self._judge(each, largest)

    def _largest(self, each: Topics) -> Topic | None:
        raise NotImplementedError

    most: float = 0.5
    """Largest share of the questions."""

    def _judge(self, each: Topics, topic: Topic) -> Iterator[Finding]:
        if topic.count > self.most * each.looked:
            finding = self.finding(
                each.where,
                related=topic.where,
                terms=", ".join(topic.terms),
                count=topic.count,
                looked=each.looked,
                examples=each.examples,
                **stated(topic.count, each.looked, 0),
                limit=self.most,
            )
            yield spaced(finding)


@dataclass(frozen=True)
class QuestionTypeConcentration(_Questions):
    """Most questions begin with the same two words.

    Why: the model learns to answer questions that are put like this, and is asked others.

    Ignore when: the questions are made by a program that will put them like this.

    Source: the limit is ours; on published sets at most 45 % of the questions have the same first
    two words. Nothing is said of questions in scripts without spaces, nor of labels.
    """

    code = "FT519"
    name = "question-type-concentration"
    severity = Severity.NOTE
    message = (
        "{share:.0%} of the questions begin with {terms!r} ({count:,} of {looked:,} looked at; "
        "{interval}); at most {limit:.0%}"
    )
    good = later(lambda: (good(*_varied(60), pad=False),))
    bad = later(lambda: (bad(*_varied(20), *_menu(40), at="-", pad=False),))

    def _largest(self, each: Topics) -> Topic | None:
        return each.kinds[0] if each.kinds else None


@dataclass(frozen=True)
class TopicConcentration(_Questions):
    """Most questions are about one topic.

    Why: the model becomes good at this topic and forgets others that it knew.

    Ignore when: the model is meant for this topic; on a set about one field, groups within the
    field are found, and the limit holds for the largest of these.

    Source: TF-IDF (Spärck Jones 1972) and spherical k-means (Dhillon and Modha 2001) on at most
    512 questions; the topic is named by its heaviest words. The limit is ours: the largest topic
    of published sets has 32 %. In scripts without spaces pairs of characters count as words.
    """

    code = "FT520"
    name = "topic-concentration"
    severity = Severity.NOTE
    message = (
        "{share:.0%} of the questions are about one topic: {terms} ({count:,} of {looked:,} "
        "looked at; {interval}); at most {limit:.0%}"
    )
    good = later(lambda: (good(*_varied(60), pad=False),))
    bad = later(lambda: (bad(*_varied(20), *_menu(60), at="-", pad=False),))

    def _largest(self, each: Topics) -> Topic | None:
        return each.topics[0] if each.topics else None
