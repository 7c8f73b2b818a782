"""The engine: a run is `finish . fold(merge) . map(lint_shard)` over the shards of a dataset.

Executors differ only in whose `map` is called; the report is the same for every shard size,
batch size and number of jobs.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from itertools import groupby
from threading import active_count
from typing import Any

from ftlint.analysis import Analysis, Derived
from ftlint.conclusion import finish
from ftlint.example import Batch, Example, Lines
from ftlint.executors import Executor, Serial
from ftlint.finding import Finding, Severity, Where
from ftlint.panel import NOBODY, Panel, Voice, joined
from ftlint.partial import Failure, Owner, Partial, folded
from ftlint.proof import PROVABLE, PROVES, WORTH_IT, prove
from ftlint.report import NotRun, Report
from ftlint.rule import AnalysisRule, DatasetRule, ExampleRule, Rule
from ftlint.source import Dataset, Shard
from ftlint.summary import Capped
from ftlint.tokens import encoding
from ftlint.value import dataclass

PATIENT = 1 << 14
"""New objects that a usual process does not wait for to look for garbage."""
ARRAYS = 4 << 20
"""Bytes of a run from which arrays are used from the first batch on: later ones need them."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does; sent to every worker once."""

    rules: tuple[Rule, ...]
    """By code; several of one code where targets want it with other options."""
    cap: int = 500
    """Findings kept a rule; all are counted. 0 keeps all."""
    analyses: tuple[Analysis[Any, Any], ...] = ()
    """Analyses of which somebody wants to know besides the rules."""
    figures: bool = False
    """Whether analyses are folded of which rules show figures but which they can do without."""
    batch_size: int = 1 << 12
    """Lines in a batch."""
    ignored: tuple[frozenset[str], ...] = ()
    """Codes that are not run on a source, one set a source; no sets ignore nothing."""
    proof_from: int = WORTH_IT
    """Bytes of a shard from which clean examples are proven instead of checked."""
    changed: frozenset[str] = frozenset()
    """Codes of built-in rules with options that are not their defaults: nothing proves them."""
    severities: Mapping[str, Severity] = field(default_factory=dict)
    """Severities that the configuration changes, by code."""
    show_content: bool = False
    """Whether reports quote what private rules have found."""
    size: int = 0
    """Bytes of the run as stored; large ones are worth a slower start."""
    splits: int = 2
    """Splits of the dataset: with one, nothing is folded for rules that compare them."""
    not_run: tuple[NotRun, ...] = ()
    """Rules that were asked for and cannot run here, with the reason."""
    panel: Panel = NOBODY
    """Which targets ask for which rule, when there are several."""

    def rules_of(self, source: int) -> list[Rule]:
        """Return the rules that run on the source with this index."""
        return [voice.rule for voice in self.voices_of(source)]

    def voices_of(self, source: int) -> list[Voice]:
        """Return the rules that run on the source with this index, and for which targets."""
        ignored = self.ignored[source] if self.ignored else frozenset[str]()
        every = self.panel.voices(self.rules)
        return [voice for voice in every if voice.rule.code not in ignored]

    def idle(self, rule: Rule) -> bool:
        """Return whether a rule has nothing to say of so few splits."""
        return self.splits < 2 and isinstance(rule, DatasetRule) and rule.compares

    def needed(self) -> dict[Analysis[Any, Any], list[str]]:
        """Return each analysis once, parts first, with the codes of the rules that rest on it."""
        needed: dict[Analysis[Any, Any], list[str]] = {}
        asked = [(each, "") for each in self.analyses]
        for rule in self.rules:
            if self.idle(rule):
                continue
            if self.figures or isinstance(rule, AnalysisRule):
                asked += [(each, rule.code) for each in rule.analyses()]
            if self.figures:
                asked += [(each, rule.code) for each in rule.figures()]
        for analysis, code in asked:
            parts = analysis.parts if isinstance(analysis, Derived) else ()
            for each in (*parts, analysis):
                codes = needed.setdefault(each, [])
                codes += [code] if code else []
        folded: dict[Analysis[Any, Any], list[str]] = {}
        for analysis, codes in needed.items():
            folded.setdefault(self.wider(analysis, needed), []).extend(codes)
        return folded

    @staticmethod
    def wider(
        analysis: Analysis[Any, Any], others: Iterable[Analysis[Any, Any]]
    ) -> Analysis[Any, Any]:
        """Return the one of `others` whose result serves for this one: mostly itself."""
        for other in others:
            if type(other) is type(analysis) and other.covers(analysis):
                analysis = other
        return analysis


def run(
    plan: Plan,
    dataset: Dataset,
    executor: Executor | None = None,
    progress: Callable[[Shard], None] = lambda shard: None,
) -> Report:
    """Lint `dataset` and return the report. Raises: SourceError."""
    started = time.perf_counter()
    executor = executor or Serial()
    _load_arrays(plan, plan.needed())  # before there are workers, to which it is handed down
    with dataset.unchanged():
        shards = _watched(dataset.shards(), progress)
        partials = executor.map(plan, lint_shard, shards)
        with _closed(partials):
            total = folded(partials)
        if gc.get_threshold()[0] > PATIENT:  # as the command line has it: its process is ours
            gc.freeze()  # summaries live as long as the report is made
        # A process is not copied while other threads may hold locks.
        report = finish(plan, dataset, total, executor.jobs if active_count() == 1 else 1)
    report.duration = time.perf_counter() - started
    return report


@contextmanager
def _closed(partials: Iterator[Partial]) -> Iterator[None]:
    """End the workers as soon as nobody asks for more, as after Ctrl-C."""
    try:
        yield
    finally:
        if isinstance(partials, Generator):
            partials.close()


def _watched(shards: Iterable[Shard], progress: Callable[[Shard], None]) -> Iterator[Shard]:
    for shard in shards:
        yield shard
        progress(shard)


def _load_arrays(plan: Plan, needed: Iterable[Analysis[Any, Any]]) -> None:
    """Import numpy if much is to be folded with it: whoever can use it asks whether it is there."""
    if plan.size >= ARRAYS and any(analysis.arrays for analysis in needed):
        import numpy  # noqa: F401


def lint_shard(plan: Plan, shard: Shard) -> Partial:
    """Return what `shard` alone shows."""
    encoding.expect(plan.size if plan.figures or plan.analyses else 0)
    voices, needed = plan.voices_of(shard.source), plan.needed()
    _load_arrays(plan, needed)
    large = shard.end - shard.start >= plan.proof_from
    with _no_collection():
        batches = shard.lines().chunks(plan.batch_size)
        return folded(_lint_batch(plan, voices, needed, lines, large) for lines in batches)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the cyclic garbage collector from walking thousands of fresh records in vain.

    Batches break their own cycles; what a plugin leaves behind is collected between shards.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _lint_batch(
    plan: Plan,
    voices: list[Voice],
    needed: Mapping[Analysis[Any, Any], Sequence[str]],
    lines: Lines,
    large: bool,
) -> Partial:
    batch = Batch(lines, [voice.rule for voice in voices])
    partial = Partial()
    if large and lines.shape in PROVABLE:
        prove(batch)
    partial.examples.of[batch.source] = batch.filled
    for code, alike in groupby(voices, _code):
        those = list(alike)
        rule = those[0].rule
        if isinstance(rule, ExampleRule):
            bits = 0 if code in plan.changed else PROVES.get(rule.name, 0)
            _check(those, batch, bits, plan.cap, partial)
        elif isinstance(rule, DatasetRule) and not isinstance(rule, AnalysisRule):
            for voice in those:
                _summarize(voice.rule, voice.owner, [code], batch, partial)
    for analysis, codes in needed.items():
        if not isinstance(analysis, Derived):
            _summarize(analysis, analysis, codes, batch, partial)
    batch.close()
    return partial


def _code(voice: Voice) -> str:
    return voice.rule.code


def _asked(rule: ExampleRule, batch: Batch, bits: int) -> Sequence[Example]:
    """Return the examples that `rule` must look at; where its `bits` are proven it is silent."""
    if rule.reads == "fault":
        return batch.broken
    if rule.reads == "line":
        return batch.unknown if bits else batch.examples
    if bits:
        return batch.scoped(rule.scope, bits)
    chosen = rule.candidates(batch)
    return batch.scoped(rule.scope, 0) if chosen is None else batch.within(rule.scope, chosen)


def _check(voices: Sequence[Voice], batch: Batch, bits: int, cap: int, partial: Partial) -> None:
    said: list[tuple[list[Finding], int]] = []
    code, example = _code(voices[0]), None
    try:
        for rule, targets, _ in voices:
            found: list[Finding] = []
            for example in _asked(rule, batch, bits):  # type: ignore[arg-type]
                found.extend(rule.check(example))  # type: ignore[attr-defined]
            said.append((found, targets))
    except Exception as error:
        where = Where(batch.source) if example is None else example.at()
        partial.failures[code] = Failure.of(code, where, error)
        return
    for those, group in joined(said).items():
        if capped := Capped.of(group, cap):
            partial.findings[code, batch.source, those] = capped


def _summarize(
    asked: Rule | Analysis[Any, Any],
    owner: Owner,
    codes: Sequence[str],
    batch: Batch,
    partial: Partial,
) -> None:
    try:
        partial.summaries[owner] = asked.summarize(batch)  # type: ignore[union-attr]
    except Exception as error:
        where = Where(batch.source)  # no finer: a batch is not a place in the data
        for code in codes or [type(asked).__name__]:
            partial.failures[code] = Failure.of(code, where, error)
