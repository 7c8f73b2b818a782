"""FT5, tools: functions that are declared and never called, and calls in every example."""

from __future__ import annotations

from collections.abc import Iterator

from ftlint.analyses.split import Part
from ftlint.analyses.tools import ToolCounts, Tooling
from ftlint.case import assistant, call, calling, chat, declare, tool, user
from ftlint.finding import Finding, Severity
from ftlint.rule import AnalysisRule, bad, good
from ftlint.rules.token import spaced
from ftlint.source import Dataset
from ftlint.statistics.interval import stated
from ftlint.value import dataclass
from ftlint.wording import listed

NAMED = 5

_TOOLS = [declare("get_weather"), declare("get_news")]


def _called(name: str, count: int) -> list[dict[str, object]]:
    return [
        chat(
            user(f"Day {number}?"),
            calling(call(f"call_{number}", name)),
            tool(f"call_{number}", "Sunny."),
            assistant(f"It is sunny on day {number}."),
            tools=_TOOLS,
        )
        for number in range(count)
    ]


def _idle(count: int) -> list[dict[str, object]]:
    return [
        chat(user(f"Is {n} even?"), assistant("No." if n % 2 else "Yes."), tools=_TOOLS)
        for n in range(count)
    ]


@dataclass(frozen=True)
class _Tools(AnalysisRule[tuple[Part[Tooling], ...]]):
    """Judges the tools of each training split."""

    min_examples: int = 20
    """Examples that must declare the function, or any."""

    @property
    def analysis(self) -> ToolCounts:
        """Return the counts, which the rules about tools share."""
        return ToolCounts()

    def judge(self, result: tuple[Part[Tooling], ...], dataset: Dataset) -> Iterator[Finding]:
        """Yield what is found in the training split."""
        for part in result:
            if part.split == "train" and part.of.examples >= self.min_examples:
                yield from self._judge(part)

    def _judge(self, part: Part[Tooling]) -> Iterator[Finding]:
        raise NotImplementedError


@dataclass(frozen=True)
class ToolNeverCalled(_Tools):
    """Functions are declared in many examples and called in none.

    Why: the model learns that this function is never the right one; and its declaration is paid
    for in each of these examples.

    Ignore when: it is declared to show what must not be called.

    Source: OpenAI fine-tuning guide (function calling: declare in training what is declared in
    production). Functions that fewer than 20 examples declare are not judged.
    """

    code = "FT514"
    name = "tool-never-called"
    severity = Severity.NOTE
    message = "{count:,} of {functions:,} functions are declared and never called: {named}"
    good = (
        good(*_called("get_weather", 12), *_called("get_news", 12), pad=False),
        good(*_called("get_weather", 3), note="too few examples", pad=False),
    )
    bad = (bad(*_called("get_weather", 20), *_idle(2), at="-", pad=False),)

    def _judge(self, part: Part[Tooling]) -> Iterator[Finding]:
        declared, called = part.of.declared.of, part.of.called.of
        often = {name: n for name, n in declared.items() if n >= self.min_examples}
        idle = sorted((-n, name) for name, n in often.items() if name not in called)
        if idle:
            named = ", ".join(f"{listed([name])} (in {-n:,} examples)" for n, name in idle[:NAMED])
            finding = self.finding(
                part.where,
                count=len(idle),
                functions=len(often),
                named=named + (", …" if len(idle) > NAMED else ""),
                names=[name for _, name in idle[:100]],
            )
            yield spaced(finding)


@dataclass(frozen=True)
class ToolAlwaysCalled(_Tools):
    """Every example that declares functions calls one, or nearly every one does.

    Why: the model never sees that it may answer without a call, and calls something whatever it
    is asked.

    Ignore when: the model will only be asked what needs a call, or `tool_choice` demands one.

    Source: Patil et al., Berkeley Function Calling Leaderboard (relevance detection: calls where
    none is right); the limit is ours.
    """

    code = "FT515"
    name = "tool-always-called"
    severity = Severity.NOTE
    message = (
        "{count:,} of {examples:,} examples that declare functions call none ({share:.1%}; "
        "{interval}); at least {limit:.0%}"
    )
    good = (good(*_called("get_weather", 10), *_called("get_news", 9), *_idle(3), pad=False),)
    bad = (bad(*_called("get_weather", 12), *_called("get_news", 12), at="-", pad=False),)

    least: float = 0.02
    """Smallest share of these examples that call nothing."""

    def _judge(self, part: Part[Tooling]) -> Iterator[Finding]:
        count, examples = part.of.idle.total, part.of.examples
        if count < self.least * examples:
            finding = self.finding(
                part.where,
                count=count,
                examples=examples,
                **stated(count, examples),
                limit=self.least,
            )
            yield spaced(finding)
