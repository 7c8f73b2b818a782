"""FT4, contamination: training examples that hold the questions of a test."""

from __future__ import annotations

from collections.abc import Iterator

from ftlint.analyses.contamination import Contaminated, Contamination
from ftlint.case import assistant, chat, user
from ftlint.configuration.document import suggest
from ftlint.contamination.benchmark import EXAMPLE, SHIPPED, shipped
from ftlint.contamination.ngram import N
from ftlint.error import PackError
from ftlint.finding import Finding, Severity
from ftlint.rule import AnalysisRule, bad, good
from ftlint.source import Dataset
from ftlint.value import dataclass

_TOWER = (
    "A lighthouse keeper paints 14 steps each morning and 9 more each evening. If the tower has "
    "207 steps, on which day does she paint the last one?"
)
_OTHER = (
    "A lighthouse keeper paints 12 steps each morning and 8 more each evening. On which day does "
    "she paint the last of the 210 steps?"
)
_EXAMPLE = {"shipped": (EXAMPLE,)}
_UNIT = f"sequences of {N} words"
KNOWN = (*SHIPPED, EXAMPLE)
"""What the index that comes with ftlint holds."""


@dataclass(frozen=True)
class BenchmarkContamination(AnalysisRule[tuple[Contaminated, ...]]):
    """Training example holds an item of a public test set.

    Why: a model that has seen the questions of a test remembers answers instead of finding them,
    and its score on this test says nothing any more. Nothing refuses such data, and nobody sees
    it in the score.

    Ignore when: the benchmark will not be used to judge the model, or the shared words are a
    passage that both took from the same book or law; `share` asks for more of an item.

    Source: Brown et al. 2020, "Language Models are Few-Shot Learners", appendix C (13-grams of
    words in lower case without punctuation, those of more than 10 items left out). Test sets of
    GSM8K, HumanEval and MMLU come with ftlint as hashes; others are named with `--benchmark`.
    """

    code = "FT420"
    name = "benchmark-contamination"
    severity = Severity.WARNING
    message = "holds {part} of {benchmark} item {item}"
    good = (
        good(chat(user(_OTHER), assistant("On day 11.")), options=_EXAMPLE),
        good(
            chat(user("Which of these tides is the highest?"), assistant("The spring tide.")),
            note="too short to tell a test item from what anybody asks",
            options=_EXAMPLE,
        ),
    )
    bad = (
        bad(
            chat(user(f"Solve this:\n{_TOWER.upper()}"), assistant("On day 9.")),
            at="/messages/0/content",
            options=_EXAMPLE,
        ),
        bad(
            chat(user("Write a puzzle."), assistant(f"- {_TOWER[:75]} How many in a day?")),
            at="/messages/1/content",
            note="a part of an item, in an answer",
            options=_EXAMPLE,
        ),
        bad(
            chat(user("Which of these tides is the highest of the month?"), assistant("Spring.")),
            at="/messages/0/content",
            note="a short item must be the whole message",
            options=_EXAMPLE,
        ),
    )

    shipped: tuple[str, ...] = SHIPPED
    """Benchmarks of ftlint's own index that are looked for."""
    benchmarks: tuple[str, ...] = ()
    """Further ones, each as NAME=PATH; `benchmarks:` and `--benchmark` add to them."""
    share: float = 0.0
    """Share of an item's n-grams that an example must have; with 0 one n-gram is enough."""

    @property
    def analysis(self) -> Contamination:
        """Return the overlaps with all of the benchmarks."""
        return Contamination(self.shipped, self.benchmarks, self.share)

    def __post_init__(self) -> None:
        """Refuse what no index knows. Raises: ValueError."""
        for name in self.shipped:
            if name not in KNOWN:
                hint = suggest(name, KNOWN) or f" ({', '.join(KNOWN)})"
                raise ValueError(f"no index of {name!r} comes with ftlint{hint}")
        if not 0 <= self.share <= 1:
            raise ValueError(f"share is {self.share:g}, not from 0 to 1")

    def unready(self) -> str | None:
        """Return that there is nothing to look for, or that the index cannot be used."""
        if not self.shipped and not self.benchmarks:
            return "no benchmark is named (--benchmark NAME=PATH)"
        try:
            return None if not self.shipped or len(shipped()) else "the index is empty"
        except PackError as error:
            return str(error)

    def judge(self, result: tuple[Contaminated, ...], dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding an example and benchmark, at the item of which most is there."""
        for each in result:
            best, more = each.overlaps[0], len(each.overlaps) - 1
            yield self.finding(
                each.where,
                hint=f", and parts of {more} more" if more else "",
                benchmark=each.benchmark,
                item=best.item.name,
                part="all" if best.share == 1 else f"{best.grams} of {best.item.grams} {_UNIT}",
                grams=best.grams,
                of=best.item.grams,
                items=len(each.overlaps),
            )
