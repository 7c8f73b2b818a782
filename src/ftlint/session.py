"""A session: from what the user asked for to a report. The command line and the tests use it."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ftlint import plugins
from ftlint.catalogue import catalogue
from ftlint.config import Config, Selection, choose, discover, ignored_for
from ftlint.engine import Plan, run
from ftlint.error import FtlintError, SourceError, UsageError
from ftlint.executors import Executor, Processes, Serial
from ftlint.report import Report
from ftlint.rule import Rule
from ftlint.source import Dataset, Shard, Source, expand

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
    config: str | None = None
    max_findings: int | None = None
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
        severity = list(request.severity)
        selection = choose(config, rules, request.select, request.ignore, severity)
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
        held_out = {
            os.path.realpath(source.path)
            for source in expand(map(self._beside, data.validation) if asked.paths else ())
        }
        sources = [
            replace(source, split="validation")
            if source.path != "-" and os.path.realpath(source.path) in held_out
            else source
            for source in expand(train)
        ]
        return [*sources, *expand(validation, "validation")]

    def _beside(self, path: str) -> str:
        """Return a path of the configuration as seen from the working folder."""
        full = self.config.root / path
        try:
            return str(full.relative_to(Path.cwd()))
        except ValueError:
            return str(full)

    def check(
        self,
        sources: Sequence[Source],
        progress: Callable[[Shard], None] = lambda shard: None,
        executor: Executor | None = None,
    ) -> Report:
        """Lint `sources` and return the report. Raises: SourceError."""
        chosen, asked = self.selection, self.request
        originals = {rule.code: rule for rule in self.rules}
        cap = self.config.max_findings if asked.max_findings is None else asked.max_findings
        plan = Plan(
            rules=chosen.rules,
            cap=cap,
            ignored=ignored_for(self.config, sources, chosen.rules),
            changed=frozenset(r.code for r in chosen.rules if r != originals[r.code]),
        )
        report = run(plan, Dataset(tuple(sources)), executor or self.executor(sources), progress)
        report.severities = chosen.severities
        report.fail_on = chosen.fail_on
        return locate_again(report)

    def executor(self, sources: Sequence[Source]) -> Executor:
        """Return worker processes where they pay, else this process."""
        jobs = self.request.jobs or (cores() if size(sources) >= PARALLEL else 1)
        return Processes(jobs) if jobs > 1 else Serial()


def locate_again(report: Report) -> Report:
    """Give the findings the severities of the configuration, which rules know nothing of."""
    report.findings = [
        replace(finding, severity=report.severities.get(finding.code, finding.severity))
        for finding in report.findings
    ]
    return report


def all_rules(
    config: Config, select: Sequence[str] | None = None, ignore: Sequence[str] = ()
) -> list[Rule]:
    """Return every rule: built in, of the configured packs, of reachable plugins."""
    packs = [config.root / pack for pack in config.packs]
    return catalogue(packs, plugins.load(select, ignore))


def cores() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def size(sources: Sequence[Source]) -> int:
    """Return the bytes of all sources as stored."""
    return sum(os.path.getsize(source.file) for source in sources if os.path.isfile(source.file))


@contextmanager
def standard_input(sources: Sequence[Source]) -> Iterator[list[Source]]:
    """Yield the sources with `-` copied to a temporary file, which is removed afterwards.

    Findings are shown with their line, so lines must be read twice, and a pipe cannot be.
    """
    if all(source.path != "-" for source in sources):
        yield list(sources)
        return
    with tempfile.NamedTemporaryFile(prefix="ftlint-", suffix=".jsonl") as copy:
        try:
            while data := sys.stdin.buffer.read(1 << 20):
                copy.write(data)
        except OSError as error:
            raise SourceError(f"-: standard input cannot be read: {error.strerror}") from error
        copy.flush()
        yield [
            replace(source, stored=copy.name) if source.path == "-" else source
            for source in sources
        ]


__all__ = ["FtlintError", "Request", "Session", "all_rules", "standard_input"]
