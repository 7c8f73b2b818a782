"""A session: from what the user asked for to a report. The command line and the tests use it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftlint.analysis import Analysis
from ftlint.configuration import plugins
from ftlint.configuration.catalogue import catalogue
from ftlint.configuration.config import Config, discover
from ftlint.configuration.document import suggest
from ftlint.configuration.equipment import (
    with_benchmarks,
    with_grader,
    with_pipeline,
    with_tokenizer,
)
from ftlint.configuration.perfile import ignored_for
from ftlint.configuration.selection import Selection, choose, matches
from ftlint.engine import Plan, run
from ftlint.error import SourceError, UsageError
from ftlint.executors import Executor, workers, workers_told
from ftlint.finding import Severity
from ftlint.panel import NOBODY, Panel
from ftlint.report import NotRun, Report
from ftlint.rule import NO_LANGUAGES, NO_MODEL, NO_TOKENIZER, Rule
from ftlint.rules.budget import NO_BUDGET
from ftlint.rules.reinforcement import NO_GRADER
from ftlint.rules.tokenpattern import NO_SPACY
from ftlint.rules.toxiclabel import UNLABELLED
from ftlint.scoring.setting import with_toxicity
from ftlint.shape import AUTO
from ftlint.source import Dataset, Shard, Source, expand, size
from ftlint.targets import method as methods
from ftlint.targets.target import Target, read
from ftlint.value import dataclass

if TYPE_CHECKING:
    from ftlint.storage.memory import Memory

_UNASKED = (NO_BUDGET, NO_GRADER, NO_LANGUAGES, NO_MODEL, NO_SPACY, NO_TOKENIZER, UNLABELLED)
"""Reasons that are no news to who has named none of these."""
LEAST = 256 << 10
"""Bytes from which results are kept: a run takes 0.9 s of CPU, to recall it 0.4 (measured)."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the user asked for on the command line."""

    paths: tuple[str, ...] = ()
    train: tuple[str, ...] = ()
    validation: tuple[str, ...] = ()
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    fail_on: str | None = None
    targets: tuple[str, ...] = ()
    encoding: str | None = None
    tokenizer: str | None = None
    shape: str | None = None
    """Shape of the records of all files; None for what they show."""
    method: str | None = None
    """How the data is trained on; None for what its shape and the targets say."""
    grader: str | None = None
    """File of a grader, whose fields every record must have."""
    benchmarks: tuple[str, ...] = ()
    """Test sets, each as NAME=PATH."""
    config: str | None = None
    max_findings: int | None = None
    keep_all: bool = False
    """Whether all findings are kept at first, whatever is shown: for fixes and baselines."""
    every_copy: bool = False
    """Whether rules tell all members of a cluster: the last copy may be the new one."""
    figures: bool = True
    """Whether the output shows `measures`, which may need more than the findings do."""
    patches: bool = False
    """Whether the patches of fixes are needed, which no result that was kept has."""
    offline: bool = False
    """Whether no text may leave the machine, whatever the configuration says."""
    show_content: bool = False
    """Whether reports quote what private rules have found."""
    table: bool = False
    """Whether a table of the examples is folded, which measures each of them."""
    jobs: int = 0
    """Worker processes; 0 chooses by the size of the data."""


@dataclass(frozen=True, slots=True)
class Session:
    """A request with its configuration read and its rules chosen."""

    request: Request
    config: Config
    rules: tuple[Rule, ...]
    """Every rule there is, chosen or not."""
    selection: Selection

    @classmethod
    def open(cls, request: Request) -> Session:
        """Read the configuration and choose the rules. Raises: FtlintError."""
        config = discover(Path.cwd(), request.config)
        _has_models.cache_clear()  # files of targets may have changed since the last run
        if request.method:
            methods.check(request.method)
        rules = all_rules(config, request.select, request.ignore)
        # The rules of a plugin that was left out are not there to be ignored.
        absent = {plugin.prefix for plugin in plugins.installed()} if request.ignore else set()
        absent -= {word for word in absent if any(rule.code.startswith(word) for rule in rules)}
        ignore = [word for word in request.ignore if word not in absent]
        selection = choose(
            config,
            rules,
            request.select,
            ignore,
            request.severity,
            request.targets,
            request.encoding,
            request.method,
        )
        if not selection.rules:
            raise UsageError("no rule is selected; a run without rules would look clean")
        chosen = selection.rules
        if request.method and not selection.targets:
            chosen = methods.limited(chosen, request.method)
        chosen = with_tokenizer(config, chosen, request.tokenizer)
        chosen = with_benchmarks(config, chosen, request.benchmarks)
        chosen = with_grader(config, chosen, request.grader)
        chosen = with_pipeline(config, chosen)
        selection = with_toxicity(config, replace(selection, rules=chosen), request.offline)
        return cls(request, config, tuple(rules), selection)

    def sources(self) -> list[Source]:
        """Return what is to be linted. Raises: SourceError, UsageError."""
        asked = self.request
        data = self.config.data
        train, validation = [*asked.paths, *asked.train], list(asked.validation)
        if not train and not validation:
            train = [self._beside(path) for path in data.train]
            validation = [self._beside(path) for path in data.validation]
        if not train and not validation:
            raise UsageError(
                "nothing to check: name a file or folder, or set data: in ftlint.yaml "
                "(ftlint init writes one)"
            )
        held_out = self._held_out() if asked.paths else set()
        sources = [
            replace(source, split="validation")
            if source.path != "-" and os.path.realpath(source.path) in held_out
            else source
            for source in expand(train)
        ]
        shape = self._shape()
        return [
            replace(each, format=shape) for each in (*sources, *expand(validation, "validation"))
        ]

    def _shape(self) -> str:
        """Return the shape that was asked for, or `auto`. Raises: UsageError, ConfigError."""
        asked = self.request.shape or self.config.shape
        if asked in (None, AUTO):
            return AUTO
        from ftlint.formats import FORMATS

        if asked in FORMATS:
            return asked
        told = f"unknown shape {asked!r}{suggest(asked, FORMATS)} ({', '.join(sorted(FORMATS))})"
        if self.request.shape:
            raise UsageError(f"--shape: {told}")
        raise self.config.document.error("/shape", told)

    def covers_data(self, sources: Sequence[Source]) -> bool:
        """Return whether `sources` hold every file that the configuration names under `data`."""
        data = self.config.data
        named = [self._beside(path) for path in (*data.train, *data.validation)]
        there = {os.path.realpath(source.path) for source in sources}
        try:
            return bool(named) and {os.path.realpath(s.path) for s in expand(named)} <= there
        except SourceError:
            return False

    def held_out(self) -> list[str]:
        """Return the validation files of the configuration as they are written there."""
        return [self._beside(path) for path in self.config.data.validation]

    def _held_out(self) -> set[str]:
        """Return the validation files of the configuration; those that are missing do not count."""
        found: set[str] = set()
        for path in map(self._beside, self.config.data.validation):
            with suppress(SourceError):
                found.update(os.path.realpath(source.path) for source in expand([path]))
        return found

    def _beside(self, path: str) -> str:
        return str(self.config.beside(path))

    def check(
        self,
        sources: Sequence[Source],
        progress: Callable[[Shard], None] = lambda shard: None,
        executor: Executor | None = None,
        analyses: Sequence[Analysis[Any, Any]] = (),
    ) -> Report:
        """Lint `sources` and return the report, with `analyses` besides those of the rules.

        Raises: SourceError.
        """
        chosen, asked = self.selection, self.request
        plan = self.plan(sources, analyses)
        # A kept report holds neither what analyses concluded nor what is private.
        told = analyses or asked.table or asked.show_content
        memory = None if told else self._memory(plan, sources)
        started = time.perf_counter()
        report = memory.recall(plan) if memory else None
        if report is None:
            executor = executor or self.executor(sources)
            dataset = Dataset(tuple(sources), workers=executor.jobs)
            with workers_told():
                report = run(plan, dataset, executor, progress)
            if memory:
                memory.keep(report, sources)
        else:
            report.duration = time.perf_counter() - started
        report.fail_on = chosen.fail_on
        if asked.fail_on:
            never = asked.fail_on == "never"
            report.fail_on = None if never else Severity.parse(asked.fail_on)
        report.target = ", ".join(chosen.targets) or None
        report.method = asked.method or methods.judged(report, self._aims)
        if not chosen.targets and report.findings:
            from ftlint.targets.provider import tell

            tell(report, self.rules)
        return report

    def _aims(self) -> list[Target]:
        """Return the targets of the run."""
        asked = self.request
        root = None if asked.targets else self.config.root
        return [read(name, asked.encoding, root) for name in self.selection.targets]

    def _memory(self, plan: Plan, sources: Sequence[Source]) -> Memory | None:
        """Return where the result is kept; None where that does not pay, or it says too little."""
        if self.request.patches or plan.size < LEAST:
            return None
        from ftlint.storage.memory import Memory

        own = self._beside(self.config.cache) if self.config.cache else ""
        root = None if self.request.targets else self.config.root
        aims = [read(name, self.request.encoding, root) for name in self.selection.targets]
        return Memory.of(plan, sources, own, aims)

    @property
    def cap(self) -> int:
        """Return how many findings of a rule are kept; 0 for all."""
        asked = self.request.max_findings
        return self.config.max_findings if asked is None else asked

    def plan(self, sources: Sequence[Source], analyses: Sequence[Analysis[Any, Any]] = ()) -> Plan:
        """Return what a run over `sources` does."""
        chosen, asked = self.selection, self.request
        originals = {rule.code: rule for rule in self.rules}
        ready, not_run, panel = runnable(chosen.rules, chosen.panel)
        if asked.every_copy:
            ready = tuple(_telling_all(rule) for rule in ready)
        not_run = tuple(
            replace(self._narrowed(entry), unasked=self._unasked(entry)) for entry in not_run
        )
        return Plan(
            rules=ready,
            figures=asked.figures,
            severities=chosen.severities,
            show_content=asked.show_content,
            cap=0 if asked.keep_all else self.cap,
            size=size(sources),
            splits=len({source.split for source in sources}),
            ignored=ignored_for(self.config, sources, ready),
            changed=frozenset(r.code for r in ready if r != originals[r.code]),
            not_run=not_run,
            panel=panel,
            analyses=(
                *analyses,
                *(_table(ready) if asked.table else ()),
                *(self._costs(ready) if asked.figures else ()),
            ),
        )

    def _costs(self, rules: Sequence[Rule]) -> tuple[Analysis[Any, Any], ...]:
        """Return the analysis of what duplicates cost, where tokens are counted as well.

        Of several targets none has the price.
        """
        from ftlint.analyses.waste import duplicate_cost

        aims = self._aims() if len(self.selection.targets) == 1 else []
        model = aims[0].model if aims else None
        return duplicate_cost(rules, model.training_price if model else None)

    def _unasked(self, entry: NotRun) -> bool:
        """Return whether a rule lacks only what most users never name, nor did they name it."""
        words = {*(self.request.select or ()), *self.config.select} - {"ALL", "DEFAULT"}
        rule = next(rule for rule in self.rules if rule.code == entry.code)
        named = any(matches(word, rule) for word in words)
        reason, lacking = _lacking(entry)
        if named or reason not in _UNASKED:
            return False
        return reason != NO_MODEL or not self._with_models(lacking)

    def _with_models(self, lacking: Sequence[str]) -> list[str]:
        """Return which targets, of those named behind a reason or of all, list their models."""
        root = None if self.request.targets else self.config.root
        aims = lacking or self.selection.targets
        return [aim for aim in aims if _has_models(aim, self.request.encoding, root)]

    def _narrowed(self, entry: NotRun) -> NotRun:
        """Return the entry without targets of which no model can be named."""
        reason, lacking = _lacking(entry)
        if reason == NO_MODEL and lacking and (able := self._with_models(lacking)):
            return replace(entry, reason=f"{reason} (for {', '.join(able)})")
        return entry

    def executor(self, sources: Sequence[Source]) -> Executor:
        """Return worker processes where they pay, else this process."""
        return workers(sources, self.request.jobs)


def _lacking(entry: NotRun) -> tuple[str, list[str]]:
    """Return the reason of an entry alone, and the targets named behind it (`runnable`)."""
    reason, _, lacking = entry.reason.partition(" (for ")
    return reason, lacking.rstrip(")").split(", ") if lacking else []


@cache
def _has_models(target: str, encoding: str | None, root: Path | None) -> bool:
    """Return whether the models of a target are listed, one of which could have been named."""
    return bool(read(target, encoding, root).models)


def _telling_all(rule: Rule) -> Rule:
    """Return `rule` without a limit to what it lists of one cluster."""
    return replace(rule, **{"listed": sys.maxsize}) if hasattr(rule, "listed") else rule


def _table(rules: Sequence[Rule]) -> tuple[Analysis[Any, Any], ...]:
    """Return the analysis that fills the table of examples with what `rules` measure."""
    from ftlint.analyses.table import tabulation

    return (tabulation(column for rule in rules for column in rule.columns()),)


def runnable(
    rules: Sequence[Rule], panel: Panel = NOBODY
) -> tuple[tuple[Rule, ...], tuple[NotRun, ...], Panel]:
    """Return the rules that can run with their options, and the others with the reason.

    Of several targets those are named for which a rule cannot run, unless it is all of them.
    """
    reasons = [rule.unready() for rule in rules]
    ready = [index for index, reason in enumerate(reasons) if reason is None]
    there = {rules[index].code for index in ready}
    not_run = []
    for voice, reason in zip(panel.voices(rules), reasons, strict=True):
        code = voice.rule.code
        if reason:
            told = panel.told(code, voice.targets) if code in there else ()
            named = f" (for {', '.join(told)})" if told else ""
            not_run.append(NotRun(code, reason + named))
    kept = panel.kept(ready) if panel.names else panel
    return tuple(rules[index] for index in ready), tuple(dict.fromkeys(not_run)), kept


def all_rules(
    config: Config, select: Sequence[str] | None = None, ignore: Sequence[str] = ()
) -> list[Rule]:
    """Return every rule: built in, of the configured packs, of reachable plugins."""
    packs = [config.beside(pack) for pack in config.packs]
    rules = catalogue(packs)
    if select is not None:
        names = {rule.name for rule in rules}
        select = [word for word in (*select, *_mentioned(config)) if word not in names]
    added = plugins.load(select, ignore)
    return catalogue(packs, added) if added else rules


def _mentioned(config: Config) -> set[str]:
    """Return the selectors of the configuration, which must match a rule even if it is not run."""
    lists = (config.select, config.ignore, *config.per_file_ignores.values())
    words = {word for words in lists for word in words}
    return words.union(config.severity, config.rules) - {"ALL", "DEFAULT"}
