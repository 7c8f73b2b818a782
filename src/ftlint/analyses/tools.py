"""Tools: how often each function is declared and called, and how often none is called."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from ftlint.analyses.split import Part, by_split
from ftlint.analysis import Analysis
from ftlint.example import Batch, Example
from ftlint.features.call import CALLS
from ftlint.finding import Where
from ftlint.proof import TOOLS
from ftlint.source import Dataset
from ftlint.summary import Capped, Counts, Groups
from ftlint.value import dataclass

NAMED = 5
SHOWN = 20
"""Functions of which the report shows figures."""


def _nowhere() -> Capped[Where]:
    return Capped(NAMED)


@dataclass(frozen=True, slots=True)
class Tooling:
    """The tools of some examples. Size: O(different functions)."""

    examples: int = 0
    """Examples that declare a function."""
    idle: Capped[Where] = field(default_factory=_nowhere)
    """Those of them that call none."""
    declared: Counts[str] = field(default_factory=Counts)
    """Examples that declare each function."""
    called: Counts[str] = field(default_factory=Counts)
    """Examples that declare and call it."""

    @classmethod
    def of(cls, batch: Batch) -> Tooling:
        """Return the tools of `batch`; what is proven to have none is not looked at."""
        examples, idle = 0, []
        declared, called = list[str](), list[str]()
        for example in batch.lacking(TOOLS):
            names = functions(example)
            if not names or not example.conversation:
                continue
            examples += 1
            used = {call.name for call in example[CALLS]}
            if not used:
                idle.append(batch.at(example.index))
            declared.extend(names)
            called.extend(name for name in names if name in used)
        return cls(examples, Capped.of(idle, NAMED), Counts.tally(declared), Counts.tally(called))

    def merge(self, other: Tooling) -> Tooling:
        """Return the tools of both."""
        return Tooling(
            self.examples + other.examples,
            self.idle.merge(other.idle),
            self.declared.merge(other.declared),
            self.called.merge(other.called),
        )


def functions(example: Example) -> list[str]:
    """Return the names of the functions that an example declares, each once."""
    names: dict[str, None] = {}
    tools = example.tools
    for tool in tools if isinstance(tools, list) else ():
        function = tool.get("function") if isinstance(tool, dict) else None
        name = function.get("name") if isinstance(function, dict) else None
        if isinstance(name, str):
            names[name] = None
    return list(names)


@dataclass(frozen=True)
class ToolCounts(Analysis[Groups[int], tuple[Part[Tooling], ...]]):
    """How often functions are declared and called, split by split."""

    measure = "tools"

    def summarize(self, batch: Batch) -> Groups[int]:
        """Return the tools of a batch, by source."""
        return Groups({batch.source: Tooling.of(batch)} if len(batch) else {})

    def conclude(self, summary: Groups[int], dataset: Dataset) -> tuple[Part[Tooling], ...]:
        """Return the tools of each split."""
        return tuple(by_split(summary, dataset))

    def figures(self, result: tuple[Part[Tooling], ...], dataset: Dataset) -> dict[str, Any]:
        """Return the figures of `measures.tools`."""
        return {part.split: _figures(part.of) for part in result if part.of.examples}


def _figures(of: Tooling) -> dict[str, Any]:
    most = sorted(of.declared.of.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]
    return {
        "examples": of.examples,
        "without_call": of.idle.total,
        "functions": len(of.declared.of),
        "never_called": sum(name not in of.called.of for name in of.declared.of),
        "most_declared": {
            name: {"declared": count, "called": of.called.of.get(name, 0)} for name, count in most
        },
    }
