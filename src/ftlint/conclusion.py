"""The conclusion: what follows from all shards together. Partial -> Report.

With more than one job, a copy of the process thinks about what takes long, while this one concludes
and judges the rest.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ftlint.analysis import Analysis, Derived
from ftlint.error import FtlintError
from ftlint.example import Batch, Lines
from ftlint.executors import subordinate
from ftlint.finding import Finding, Where
from ftlint.outcome import Key, reported, sort_in, tell
from ftlint.panel import Voice, joined
from ftlint.partial import Failure, Owner, Partial
from ftlint.privacy.veil import veiled_text, veiled_value
from ftlint.report import NotRun, Report
from ftlint.rule import AnalysisRule, DatasetRule
from ftlint.source import Dataset
from ftlint.summary import Capped

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from ftlint.engine import Plan

FORKS = hasattr(os, "fork") and sys.platform != "darwin"
"""Whether a process may be copied; on macOS, libraries do not survive that."""


def finish(plan: Plan, dataset: Dataset, total: Partial, jobs: int = 1) -> Report:
    """Return the report: judge the summaries, then make every kept place concrete."""
    run = _Conclusion(plan, dataset, total)
    long = [analysis for analysis in run.needed if analysis.long]
    late = [analysis for analysis in run.needed if run.rests(analysis, long)]
    with _beside(run, long, jobs > 1):
        run.conclude(analysis for analysis in run.needed if analysis not in late)
        run.judge(late, False)
    run.conclude(late)
    run.judge(late, True)
    return run.report()


@contextmanager
def _beside(run: _Conclusion, long: Sequence[Analysis[Any, Any]], wanted: bool) -> Iterator[None]:
    """Have a copy of this process think about `long` ones while the body runs.

    What it cannot tell, whatever the reason, is found out here when it is asked for.
    """
    if not (long and wanted and FORKS):
        yield
        return
    from multiprocessing import get_context

    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    copy = context.Process(target=_think, args=(run, long, sender), daemon=True)
    try:
        with suppress(OSError):  # there may be no room for it
            copy.start()
        sender.close()
        yield
        with suppress(EOFError, OSError):
            run.hear(zip(long, receiver.recv(), strict=True))
    finally:
        receiver.close()
        if copy.pid is not None:
            copy.terminate()
            copy.join()


def _think(run: _Conclusion, long: Sequence[Analysis[Any, Any]], sender: Connection) -> None:
    subordinate()
    with suppress(Exception):  # the other process will meet it, too, and tell it better
        run.conclude(long)
        sender.send(list(map(run.thought, long)))


class _Conclusion:
    """What is known so far: of each analysis its result and figures, of each rule its findings."""

    def __init__(self, plan: Plan, dataset: Dataset, total: Partial) -> None:
        self.needed = plan.needed()
        self._plan, self._dataset, self._total = plan, dataset, total
        self._results: dict[Analysis[Any, Any], Any] = {}
        self._figures: dict[Analysis[Any, Any], dict[str, Any]] = {}
        self._raised: dict[Analysis[Any, Any], Exception] = {}
        self._findings: dict[Key, Capped[Finding]] = dict(total.findings)
        self._silent: dict[tuple[str, int], int] = {}
        self._judged: dict[str, Failure] = {}
        """Rules that have raised when they judged."""

    def conclude(self, those: Iterable[Analysis[Any, Any]]) -> None:
        """Add the results and figures of some analyses, or what they raise."""
        for analysis in those:
            if analysis in self._results:
                continue
            parts = analysis.parts if isinstance(analysis, Derived) else ()
            lacking = any(self._wider(part) not in self._results for part in parts)
            if lacking or any(code in self._total.failures for code in self._codes(analysis)):
                continue
            try:
                if isinstance(analysis, Derived):
                    known = [self._results[self._wider(part)] for part in parts]
                    result = analysis.combine(known, self._dataset)
                else:
                    result = analysis.conclude(self._summary(analysis, analysis), self._dataset)
                if analysis.measure:
                    told = analysis.figures if self._plan.figures else analysis.glance
                    self._figures[analysis] = told(result, self._dataset)
                self._results[analysis] = result
            except FtlintError:  # a mistake of the user, not of the rules that rest on it
                raise
            except Exception as error:
                self._raised[analysis] = error

    def thought(self, analysis: Analysis[Any, Any]) -> Any:
        """Return what was found out about an analysis, to be heard by another; None if nothing."""
        if analysis not in self._results:
            return None
        return self._figures.get(analysis), analysis.thought(self._results[analysis])

    def hear(self, told: Iterable[tuple[Analysis[Any, Any], Any]]) -> None:
        """Know what another has found out."""
        for analysis, thought in told:
            if thought is not None:
                figures, known = thought
                if figures is not None:
                    self._figures[analysis] = figures
                self._results[analysis] = analysis.conclude(
                    self._summary(analysis, analysis), self._dataset
                )
                analysis.hear(self._results[analysis], known)

    def rests(self, analysis: Analysis[Any, Any], on: Collection[Analysis[Any, Any]]) -> bool:
        """Return whether an analysis is one of some, or derived from one."""
        parts = analysis.parts if isinstance(analysis, Derived) else ()
        return analysis in on or any(self._wider(part) in on for part in parts)

    def _codes(self, analysis: Analysis[Any, Any]) -> Sequence[str]:
        return self.needed[analysis] or [type(analysis).__name__]

    def _wider(self, analysis: Analysis[Any, Any]) -> Analysis[Any, Any]:
        return self._plan.wider(analysis, self.needed)

    def _summary(self, owner: Owner, asked: DatasetRule[Any] | Analysis[Any, Any]) -> Any:
        """Return the summary of all examples, or that of none."""
        summary = self._total.summaries.get(owner)
        return asked.summarize(Batch(Lines(0, 0, []))) if summary is None else summary

    def judge(self, late: Collection[Analysis[Any, Any]], wanted: bool) -> None:
        """Add what dataset rules find: those that rest on `late` analyses, or all others."""
        plan = self._plan
        for code, alike in groupby(plan.panel.voices(plan.rules), lambda voice: voice.rule.code):
            those = list(alike)
            rule = those[0].rule
            if not isinstance(rule, DatasetRule) or plan.idle(rule):
                continue
            rests = isinstance(rule, AnalysisRule) and self._wider(rule.analysis) in late
            if rests is not wanted or code in self._failures():
                continue
            try:
                said = [(self._judge(each), each.targets) for each in those]
                for targets, group in joined(said).items():
                    sort_in(rule, group, targets, plan.cap, self._findings, self._silent)
            except Exception as error:
                self._judged[code] = Failure.of(code, Where(), error)

    def _judge(self, voice: Voice) -> Iterator[Finding]:
        """Yield what a rule finds, but for the sources where it is ignored."""
        rule: Any = voice.rule
        if isinstance(rule, AnalysisRule):
            found = rule.judge(self._results[self._wider(rule.analysis)], self._dataset)
        else:
            found = rule.finish(self._summary(voice.owner, rule), self._dataset)
        ignored = self._plan.ignored
        for finding in found:
            source = finding.where.source
            if not ignored or source < 0 or rule.code not in ignored[source]:
                yield finding

    def _failures(self) -> dict[str, Failure]:
        """Return what has failed, by code: where it did first."""
        raised = dict(self._judged)
        for analysis in reversed(self.needed):
            if error := self._raised.get(analysis):
                raised |= {code: Failure.of(code, Where(), error) for code in self._codes(analysis)}
        return raised | self._total.failures

    def _measures(self) -> dict[str, Any]:
        measures: dict[str, Any] = {}
        for analysis in self.needed:
            figures = self._figures.get(analysis)
            if figures is not None:
                known = measures.setdefault(analysis.measure, {})
                # What is derived says more of its parts; of two targets the first counts.
                more = isinstance(analysis, Derived)
                known.update({k: figures[k] for k in figures if more or k not in known})
        return measures

    def report(self) -> Report:
        """Return the report of what is known."""
        plan, failures, measures = self._plan, self._failures(), self._measures()
        kept = reported(self._findings, failures, self._silent)
        report = Report(
            rules=tuple({rule.code: rule for rule in reversed(plan.rules)}.values())[::-1],
            dataset=self._dataset,
            examples=dict(self._total.examples.of),
            counts={
                code: sum(group.total for group in sets.values()) for code, sets in kept.items()
            },
            measures=measures if plan.show_content else veiled_value(measures),
            results={each: self._results[each] for each in self.needed if each in self._results},
            severities=plan.severities,
            show_content=plan.show_content,
            not_run=[
                *plan.not_run,
                *(_failed(failure, self._dataset) for _, failure in sorted(failures.items())),
            ],
        )
        tell(report, plan.panel, plan.cap, kept)
        return report


def _failed(failure: Failure, dataset: Dataset) -> NotRun:
    place = ""
    if failure.where.source >= 0:
        path = dataset.sources[failure.where.source].path
        line = dataset.line_number(failure.where)
        place = f" at {path}:{line}" if line else f" at {path}"
    reason = veiled_text(failure.reason)  # errors quote what they could not read
    return NotRun(failure.code, f"failed{place}: {reason}", crashed=True)
