"""FT5, turns and lengths: examples that are far from what is usual in their dataset."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ftlint.analyses.split import Part
from ftlint.analyses.turns import Spread, TurnCounts, Turning
from ftlint.case import assistant, chat, user
from ftlint.finding import Finding, Severity
from ftlint.rule import AnalysisRule, bad, good, later
from ftlint.rules.token import spaced
from ftlint.source import Dataset
from ftlint.statistics.interval import stated
from ftlint.value import dataclass

FEWEST = 30
"""Examples of a split before anything is called unusual in it."""
USUAL = 64
"""Characters of the median answer from which lengths tell something: labels are shorter."""

_HI, _OK = user("Hi"), assistant("Hello!")


def _long(*lengths: int) -> list[dict[str, Any]]:
    """Return examples with answers of about so many characters."""
    return [
        chat(user(f"Question {n}?"), assistant(_prose(n, size))) for n, size in enumerate(lengths)
    ]


def _prose(seed: int, size: int) -> str:
    """Return a text that goes on without repeating itself, of at most `size` characters."""
    known = _WORDS.split()
    words, state = list[str](), seed + 1
    while 6 * len(words) < size:
        state = state * 48_271 % 2_147_483_647  # Lehmer 1951: the same on every machine
        words.append(known[state % len(known)])
    return " ".join(words)[: size - 1].rstrip() + "."


_WORDS = (
    "river stone lamp garden window letter market winter bridge paper morning harbour candle"
    " forest silver orchard engine meadow copper ladder violin basket thunder pebble anchor"
)


_USUAL = [*range(150, 330, 6)]


@dataclass(frozen=True)
class _Lengths(AnalysisRule[tuple[Part[Turning], ...]]):
    """Judges the sizes of the examples of each split."""

    @property
    def analysis(self) -> TurnCounts:
        """Return the sizes, which the rules about turns and lengths share."""
        return TurnCounts()

    def judge(self, result: tuple[Part[Turning], ...], dataset: Dataset) -> Iterator[Finding]:
        """Yield what is found in each split."""
        for part in result:
            if part.of.examples >= FEWEST:
                yield from self._judge(part)

    def _judge(self, part: Part[Turning]) -> Iterator[Finding]:
        raise NotImplementedError


@dataclass(frozen=True)
class LengthOutlier(_Lengths):
    """Answers are many times longer or shorter than the others of their dataset.

    Why: what is far from all else is often a mistake: a whole document in the place of an answer,
    two records in one, an answer that was cut off. Long ones also take the room of many others
    in an epoch.

    Ignore when: the lengths are meant; the rows that are named are the most extreme ones.

    Source: Iglewicz and Hoaglin 1993 ask for 3.5 deviations, by median and median absolute
    deviation; lengths are compared by their logarithms, and the limit is higher, since those have
    longer tails than normal data. Silent where the median answer has fewer than 64 characters.
    """

    code = "FT506"
    name = "length-outlier"
    severity = Severity.NOTE
    message = (
        "{count:,} of {answers:,} answers have fewer than {below:,.0f} or more than {above:,.0f} "
        "characters ({deviations:.0f} deviations from the median of {median:,}): {found}"
    )
    good = later(lambda: (good(*_long(*_USUAL), pad=False),))
    bad = later(
        lambda: (
            bad(*_long(*_USUAL, 60_000), at="-", pad=False),
            bad(*_long(*_USUAL, 3), at="-", pad=False),
        )
    )

    deviations: float = 6.0
    """Robust deviations of the logarithm of the length that are still usual."""
    most: float = 0.02
    """Share of the answers up to which they are called outliers; more are a second kind."""

    def _judge(self, part: Part[Turning]) -> Iterator[Finding]:
        of, spread = part.of, Spread.of(part.of.answers.of)
        if spread.median < USUAL or not spread.deviation:
            return
        below, above = spread.bounds(self.deviations)
        count = sum(n for length, n in of.answers.of.items() if not below <= length <= above)
        if not 0 < count <= max(1, self.most * spread.count):
            return
        ends = [end for end in of.shortest if end[0] < below]
        ends += [end for end in of.longest if end[0] > above]
        finding = self.finding(
            part.where,
            related=[where for _, where in ends],
            count=count,
            answers=spread.count,
            below=below,
            above=above,
            deviations=self.deviations,
            median=spread.median,
            found=", ".join(f"{length:,}" for length, _ in ends) + " characters",
            split=part.split,
        )
        yield spaced(finding)


@dataclass(frozen=True)
class ShortAnswer(_Lengths):
    """Many answers are a word or two among answers of many sentences.

    Why: they teach to break off: the model gives one word where a full answer is wanted, and
    cannot know which questions are those with short answers.

    Ignore when: these questions want a short answer and say so.

    Source: the limits are ours. Silent where short answers are usual: the median answer must be
    ten times as long, so data with labels are not judged.
    """

    code = "FT507"
    name = "short-answer"
    severity = Severity.NOTE
    message = (
        "{share:.1%} of the answers ({count:,} of {answers:,}; {interval}) have at most "
        "{characters:,} characters, half of all have {median:,} and more; at most {limit:.0%}"
    )
    good = later(
        lambda: (
            good(*_long(*_USUAL), pad=False),
            good(*_long(*([3] * 40)), note="all are short, as labels are", pad=False),
        )
    )
    bad = later(lambda: (bad(*_long(*_USUAL, 3, 6, 3, 6), at="-", pad=False),))

    characters: int = 12
    """Characters of an answer that is very short."""
    most: float = 0.05
    """Largest share of very short answers."""

    def _judge(self, part: Part[Turning]) -> Iterator[Finding]:
        spread = Spread.of(part.of.answers.of)
        if spread.median < 10 * self.characters:
            return
        short = sum(n for length, n in part.of.answers.of.items() if length <= self.characters)
        if short > self.most * spread.count:
            finding = self.finding(
                part.where,
                related=[where for length, where in part.of.shortest if length <= self.characters],
                count=short,
                answers=spread.count,
                **stated(short, spread.count),
                characters=self.characters,
                median=spread.median,
                limit=self.most,
            )
            yield spaced(finding)


@dataclass(frozen=True)
class TurnOutlier(_Lengths):
    """Conversations have many times as many messages as the others of their dataset.

    Why: they are often several conversations in one, or a log that was never cut; and one of them
    weighs as much in training as dozens of the others.

    Ignore when: the conversations are whole and meant to be long.

    Source: median and median absolute deviation as for length-outlier; the limit is ours.
    """

    code = "FT508"
    name = "turn-outlier"
    severity = Severity.NOTE
    message = (
        "{count:,} of {examples:,} examples have more than {above:,.0f} messages ({most} at most); "
        "half of all have no more than {median:,}"
    )
    good = (good(*[chat(*[_HI, _OK] * (1 + n % 3)) for n in range(30)], pad=False),)
    bad = (
        bad(
            *[chat(*[_HI, _OK] * (1 + n % 3)) for n in range(30)],
            chat(*[_HI, _OK] * 40),
            at="-",
            pad=False,
        ),
    )

    deviations: float = 3.5
    """Robust deviations of the logarithm of the number of messages that are still usual."""
    times: float = 8.0
    """Multiple of the median that is usual in any case."""
    share: float = 0.02
    """Share of the examples up to which they are called outliers."""

    def _judge(self, part: Part[Turning]) -> Iterator[Finding]:
        of, spread = part.of, Spread.of(part.of.messages.of)
        above = max(spread.bounds(self.deviations)[1], self.times * spread.median)
        count = sum(n for size, n in of.messages.of.items() if size > above)
        if 0 < count <= max(1, self.share * of.examples):
            finding = self.finding(
                part.where,
                related=[where for size, where in of.busiest if size > above],
                count=count,
                examples=of.examples,
                above=above,
                most=of.busiest[0][0],
                median=spread.median,
            )
            yield spaced(finding)


@dataclass(frozen=True)
class SingleTurnShare(_Lengths):
    """Nearly all conversations have one turn, and a few have more.

    Why: a model that is trained on single turns answers follow-up questions as if they were the
    first ones; a few longer examples do not prevent it.

    Ignore when: the model will be asked one question at a time.

    Source: OpenAI fine-tuning guide (examples should look like what the model will be sent).
    """

    code = "FT509"
    name = "single-turn-share"
    severity = Severity.NOTE
    message = (
        "{share:.1%} of {examples:,} examples have one turn ({interval}); {more:,} have more turns"
    )
    default = False
    good = (good(*[chat(_HI, _OK)] * 30, note="all have one turn", pad=False),)
    bad = (bad(*[chat(_HI, _OK)] * 39, chat(_HI, _OK, _HI, _OK), at="-", pad=False),)

    most: float = 0.9
    """Largest share of examples with one turn where some have more."""

    def _judge(self, part: Part[Turning]) -> Iterator[Finding]:
        of = part.of
        single = of.turns.of.get(1, 0)
        more = sum(count for turns, count in of.turns.of.items() if turns > 1)
        if more and single > self.most * of.examples:
            finding = self.finding(
                part.where,
                related=[where for _, where in of.busiest[:more]],
                examples=of.examples,
                **stated(single, of.examples),
                more=more,
                limit=self.most,
            )
            yield spaced(finding)
