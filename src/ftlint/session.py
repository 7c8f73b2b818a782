"""A session: from what the user asked for to a report. The command line and the tests use it."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import cache
from io import BufferedReader
from pathlib import Path
from typing import IO, Any, cast

from ftlint import plugins
from ftlint.analysis import Analysis
from ftlint.catalogue import catalogue
from ftlint.config import Config, Selection, choose, discover, matches
from ftlint.document import suggest
from ftlint.engine import Plan, run
from ftlint.error import FtlintError, SourceError, UsageError
from ftlint.executors import Executor, Processes, Serial
from ftlint.finding import Severity
from ftlint.perfile import ignored_for
from ftlint.ready import runnable
from ftlint.report import NotRun, Report
from ftlint.rule import NO_LANGUAGES, NO_MODEL, NO_TOKENIZER, Rule
from ftlint.rules.budget import NO_BUDGET
from ftlint.rules.reinforcement import NO_GRADER
from ftlint.shape import AUTO
from ftlint.source import Dataset, Shard, Source, expand
from ftlint.target import read

_UNASKED = (NO_BUDGET, NO_GRADER, NO_LANGUAGES, NO_MODEL, NO_TOKENIZER)
"""Reasons that are no news to who has named none of these."""
PARALLEL = 32_000_000
"""Bytes from which worker processes pay for their start (an estimate from import costs)."""


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
    grader: str | None = None
    """File of a grader, whose fields every record must have."""
    benchmarks: tuple[str, ...] = ()
    """Test sets, each as NAME=PATH."""
    config: str | None = None
    max_findings: int | None = None
    keep_all: bool = False
    """Whether all findings are kept at first, whatever is shown: for fixes and baselines."""
    figures: bool = True
    """Whether the output shows `measures`, which may need more than the findings do."""
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
        )
        if not selection.rules:
            raise UsageError("no rule is selected; a run without rules would look clean")
        chosen = with_tokenizer(config, selection.rules, request.tokenizer)
        chosen = with_benchmarks(config, chosen, request.benchmarks)
        chosen = with_grader(config, chosen, request.grader)
        return cls(request, config, tuple(rules), replace(selection, rules=chosen))

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

    def _held_out(self) -> set[str]:
        """Return the validation files of the configuration; those that are missing do not count."""
        found: set[str] = set()
        for path in map(self._beside, self.config.data.validation):
            with suppress(SourceError):
                found.update(os.path.realpath(source.path) for source in expand([path]))
        return found

    def _beside(self, path: str) -> str:
        return str(beside(self.config, path))

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
        executor = executor or self.executor(sources)
        with workers_told():
            report = run(plan, Dataset(tuple(sources)), executor, progress)
        report.fail_on = chosen.fail_on
        if asked.fail_on:
            never = asked.fail_on == "never"
            report.fail_on = None if never else Severity.parse(asked.fail_on)
        report.target = ", ".join(chosen.targets) or None
        if not chosen.targets and report.findings:
            from ftlint.provider import tell

            tell(report, self.rules)
        return report

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
        not_run = tuple(replace(entry, unasked=self._unasked(entry)) for entry in not_run)
        return Plan(
            rules=ready,
            figures=asked.figures,
            severities=chosen.severities,
            cap=0 if asked.keep_all else self.cap,
            size=size(sources),
            ignored=ignored_for(self.config, sources, ready),
            changed=frozenset(r.code for r in ready if r != originals[r.code]),
            not_run=not_run,
            panel=panel,
            analyses=(*analyses, *(_table(ready) if asked.table else ())),
        )

    def _unasked(self, entry: NotRun) -> bool:
        """Return whether a rule lacks only what most users never name, nor did they name it."""
        words = {*(self.request.select or ()), *self.config.select} - {"ALL", "DEFAULT"}
        rule = next(rule for rule in self.rules if rule.code == entry.code)
        named = any(matches(word, rule) for word in words)
        if named or entry.reason not in _UNASKED:
            return False
        if entry.reason != NO_MODEL:
            return True
        aims = self.selection.targets
        root = None if self.request.targets else self.config.root
        return not any(_has_models(aim, self.request.encoding, root) for aim in aims)

    def executor(self, sources: Sequence[Source]) -> Executor:
        """Return worker processes where they pay, else this process."""
        return workers(sources, self.request.jobs)


@cache
def _has_models(target: str, encoding: str | None, root: Path | None) -> bool:
    """Return whether the models of a target are listed, one of which could have been named."""
    return bool(read(target, encoding, root).models)


def workers(sources: Sequence[Source], jobs: int = 0) -> Executor:
    """Return `jobs` worker processes; for 0, as many as pay, or this process."""
    jobs = jobs or (cores() if size(sources) >= PARALLEL else 1)
    return Processes(jobs) if jobs > 1 else Serial()


@contextmanager
def workers_told() -> Iterator[None]:
    """Say what it means that a worker process is gone. Raises: FtlintError."""
    try:
        yield
    except RuntimeError as error:
        from concurrent.futures import BrokenExecutor

        if not isinstance(error, BrokenExecutor):
            raise
        raise FtlintError(
            "a worker process was killed, perhaps for want of memory; --jobs 1 needs least"
        ) from error


def _table(rules: Sequence[Rule]) -> tuple[Analysis[Any, Any], ...]:
    """Return the analysis that fills the table of examples with what `rules` measure."""
    from ftlint.analyses.table import tabulation

    return (tabulation(column for rule in rules for column in rule.columns()),)


def with_tokenizer(config: Config, rules: Sequence[Rule], asked: str | None) -> tuple[Rule, ...]:
    """Return `rules` with the tokenizer of the command line, of their options, or of the file.

    Raises: ConfigError
    """
    usual = tokenizer_of(config, asked)
    given = []
    for rule in rules:
        own = getattr(rule, "tokenizer", None)
        if isinstance(own, str) and (usual or own):
            folder = str(beside(config, own)) if own and not asked else usual
            rule = replace(rule, **{"tokenizer": folder})  # a field of some rules only
        given.append(rule)
    return tuple(given)


def tokenizer_of(config: Config, asked: str | None) -> str:
    """Return the folder of the command line, or that of the file; empty for none.

    Raises: ConfigError
    """
    if asked or not config.tokenizer:
        return asked or ""
    from ftlint.chattemplate import TokenizerError, require

    folder = str(beside(config, config.tokenizer))
    try:
        require(folder)
    except TokenizerError as wrong:
        raise config.document.error("/tokenizer", str(wrong)) from None
    return folder


def with_benchmarks(
    config: Config, rules: Sequence[Rule], asked: Sequence[str]
) -> tuple[Rule, ...]:
    """Return `rules` with the test sets that are named, read already. Raises: FtlintError."""
    if asked or config.benchmarks or any(getattr(rule, "benchmarks", ()) for rule in rules):
        from ftlint.testset import given

        return given(config, rules, asked)
    return tuple(rules)


def with_grader(config: Config, rules: Sequence[Rule], asked: str | None) -> tuple[Rule, ...]:
    """Return `rules` with the fields that the grader reads. Raises: UsageError, ConfigError."""
    if not asked and not config.grader:
        return tuple(rules)
    from ftlint.grader import fields_read
    from ftlint.rules.reinforcement import GraderFieldMissing

    try:
        read = fields_read(asked or str(beside(config, config.grader or "")))
    except UsageError as wrong:
        if asked:
            raise UsageError(f"--grader: {wrong}") from None
        raise config.document.error("/grader", str(wrong)) from None
    return tuple(
        replace(rule, fields=read) if isinstance(rule, GraderFieldMissing) else rule
        for rule in rules
    )


def beside(config: Config, path: str) -> Path:
    """Return a path of the configuration as seen from the working folder."""
    full, here = config.root / path, Path.cwd()
    return full.relative_to(here) if full.is_relative_to(here) else full


def all_rules(
    config: Config, select: Sequence[str] | None = None, ignore: Sequence[str] = ()
) -> list[Rule]:
    """Return every rule: built in, of the configured packs, of reachable plugins."""
    packs = [beside(config, pack) for pack in config.packs]
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


def cores() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def size(sources: Sequence[Source]) -> int:
    """Return the bytes of all sources as stored."""
    return sum(os.path.getsize(source.file) for source in sources if os.path.isfile(source.file))


@contextmanager
def spooled(sources: Sequence[Source]) -> Iterator[list[Source]]:
    """Yield the sources with standard input and pipes copied to files, removed afterwards.

    Findings are shown with their line, so lines must be read twice, and a pipe cannot be.
    """
    with ExitStack() as stack:
        copies = {
            path: stack.enter_context(_copy(path)).name
            for path in dict.fromkeys(source.path for source in sources if _flows(source.path))
        }
        yield [replace(source, stored=copies.get(source.path, "")) for source in sources]


def _flows(path: str) -> bool:
    return path == "-" or (os.path.exists(path) and not os.path.isfile(path))


def _copy(path: str) -> IO[bytes]:
    """Return a copy of a pipe or of standard input, removed when closed. Raises: SourceError."""
    if path == "-" and sys.stdin is None:
        raise SourceError("-: standard input is closed; name a file or pipe data into it")
    zipped = next((suffix for suffix in (".gz", ".zst") if path.endswith(suffix)), "")
    try:
        with (
            nullcontext(sys.stdin.buffer) if path == "-" else open(path, "rb") as stream,
            ExitStack() as stack,
        ):
            copy = stack.enter_context(tempfile.NamedTemporaryFile(prefix="ftlint-", suffix=zipped))
            # What is there, not a whole block: Ctrl-C is noticed between two reads.
            while data := cast(BufferedReader, stream).read1(1 << 20):
                copy.write(data)
            copy.flush()
            stack.pop_all()
            return copy
    except OSError as error:
        raise SourceError(f"{path}: cannot be copied to a file: {error.strerror}") from error
