"""Memory: results of whole runs, kept by all that they follow from.

Session -> Memory -> a report that was kept, or the engine. What is kept is the JSON report, before
baselines and outputs; a key holds the content of the sources, the rules with their options, the
code of ftlint and its plugins, what is installed, and the day where a rule asks for it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path

from ftlint import cache
from ftlint.engine import Plan
from ftlint.report import Report
from ftlint.rule import Rule
from ftlint.source import Source
from ftlint.stamp import UnstampedError, digest, environment, plain, tree
from ftlint.value import dataclass

VERSION = 1
"""Version of what is kept; raise it when the same JSON report would be read otherwise."""
_NAMED = 64
"""Texts of one option that are looked at as names of files; longer lists are terms."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Where the result of one run is kept."""

    name: str
    hashes: tuple[str, ...]
    """SHA-256 of each source, as its stored bytes are."""
    states: tuple[tuple[int, ...], ...]
    """What the files looked like before they were hashed."""
    own: str = ""
    """The folder for results that the configuration names."""

    @classmethod
    def of(cls, plan: Plan, sources: Sequence[Source], own: str = "") -> Memory | None:
        """Return where the result of `plan` over `sources` is kept; None if it is not."""
        if cache.folder() is None:
            return None
        try:
            states = tuple(_state(source) for source in sources)
            hashes = tuple(_sha256(source.file) for source in sources)
            read = [(s.path, s.split, s.format, h) for s, h in zip(sources, hashes, strict=True)]
            repr(read).encode()  # a path that is no UTF-8 cannot be told in JSON
            return cls(f"run-{digest(VERSION, read, _asked(plan))}", hashes, states, own)
        except (UnstampedError, OSError, UnicodeError):
            return None

    def recall(self, plan: Plan) -> Report | None:
        """Return the report that was kept, with the rules of `plan`."""
        content = cache.result(self.name, self.own)
        if content is None:
            return None
        from ftlint.saved import parse

        try:
            report = parse(content, plan.rules)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            return None
        report.rules = plan.rules
        return report

    def keep(self, report: Report, sources: Sequence[Source]) -> None:
        """Keep `report`, unless a rule crashed or a source has changed meanwhile."""
        hashes = tuple(facts.sha256 for facts in report.dataset.facts)
        try:
            states = tuple(_state(source) for source in sources)
        except OSError:
            return
        if report.crashed or hashes != self.hashes or states != self.states:
            return
        from ftlint.reporters import Options
        from ftlint.reporters.json import render

        cache.keep_result(self.name, "".join(render(report, Options())).encode(), self.own)


def _asked(plan: Plan) -> list[object]:
    """Return all but the sources that the report of a run follows from."""
    rules = plan.rules
    packages = {type(rule).__module__.partition(".")[0] for rule in rules} - {"ftlint"}
    return [
        environment(packages),
        plain(rules),
        [tree(path) for rule in rules for path in _paths(rule)],
        date.today().isoformat() if any(rule.dated for rule in rules) else "",
        (plan.cap, plan.figures, plain(plan.ignored), plain(plan.changed)),
        sorted((code, str(severity)) for code, severity in plan.severities.items()),
        plain(plan.not_run),
        (plain(plan.analyses), plain(plan.panel)),
    ]


def _paths(rule: Rule) -> Iterator[Path]:
    """Yield the files and folders that the options of `rule` name, as PATH or NAME=PATH."""
    for option in fields(rule):
        value = getattr(rule, option.name)
        texts = (value,) if isinstance(value, str) else value
        if isinstance(texts, tuple) and len(texts) <= _NAMED:
            for text in texts:
                if isinstance(text, str):
                    for path in filter(None, {text, text.partition("=")[2]}):
                        if len(path) < 4096 and os.path.exists(path):
                            yield Path(path)


def _state(source: Source) -> tuple[int, ...]:
    found = os.stat(source.file)
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _sha256(path: str) -> str:
    with open(path, "rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
