"""Memory: results of whole runs, kept by all that they follow from.

Session -> Memory -> a report that was kept, or the engine. What is kept is the JSON report, before
baselines and outputs; a key holds the content of the sources, the rules with their options, the
code of ftlint and its plugins, what is installed, the targets, what options name, and the day where
a rule asks for it.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from ftlint.engine import Plan
from ftlint.report import Report
from ftlint.rule import Rule
from ftlint.rules.declared import Declared
from ftlint.source import Source, state
from ftlint.storage import cache
from ftlint.storage.stamp import UnstampedError, digest, environment, plain, tree
from ftlint.value import dataclass

VERSION = 1
"""Version of what is kept; raise it when the same JSON report would be read otherwise."""
_NAMED = 64
"""Items of an option of a declared rule that may be names of files; longer lists are terms."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Where the result of one run is kept."""

    name: str
    hashes: tuple[str, ...]
    """SHA-256 of each source, as its stored bytes are."""
    states: tuple[tuple[int, ...], ...]
    """What the files looked like before they were hashed."""
    plan: Plan
    asked: str
    """Digest of all but the sources."""
    own: str = ""
    """The folder for results that the configuration names."""
    also: object = None

    @classmethod
    def of(
        cls, plan: Plan, sources: Sequence[Source], own: str = "", also: object = None
    ) -> Memory | None:
        """Return where the result of `plan` over `sources` is kept; None if it is not.

        `also` is what the result follows from besides, such as the targets.
        """
        if cache.folder() is None or any(map(_asks_elsewhere, plan.rules)):
            return None
        try:
            states = tuple(map(state, sources))
            hashes = tuple(_sha256(source.file) for source in sources)
            read = [(s.path, s.split, s.format, h) for s, h in zip(sources, hashes, strict=True)]
            repr(read).encode()  # a path that is no UTF-8 cannot be told in JSON
            asked = _asked(plan, also)
            name = f"run-{digest(VERSION, read, asked)}"
            return cls(name, hashes, states, plan, asked, own, also)
        except (UnstampedError, OSError, UnicodeError):
            return None

    def recall(self, plan: Plan) -> Report | None:
        """Return the report that was kept, with the rules of `plan`."""
        content = cache.result(self.name, self.own)
        if content is None:
            return None
        from ftlint.storage.saved import parse

        # As in a report, each code once, whatever several targets make of it.
        rules = tuple({rule.code: rule for rule in reversed(plan.rules)}.values())[::-1]
        try:
            report = parse(content, rules)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            return None
        report.rules, report.targets = rules, plan.panel.names
        return report

    def keep(self, report: Report, sources: Sequence[Source]) -> None:
        """Keep `report`, unless a rule crashed or something has changed meanwhile.

        What options name is read while the run goes on, so it must be the same at its end.
        """
        hashes = tuple(facts.sha256 for facts in report.dataset.facts)
        try:
            states = tuple(map(state, sources))
            asked = _asked(self.plan, self.also)
        except (UnstampedError, OSError):
            return
        same = (hashes, states, asked) == (self.hashes, self.states, self.asked)
        if report.crashed or not same:
            return
        from ftlint.reporters import Options
        from ftlint.reporters.json import render

        cache.keep_result(self.name, "".join(render(report, Options())).encode(), self.own)


def _asked(plan: Plan, also: object) -> str:
    """Return the digest of all but the sources that the report of a run follows from.

    Raises: UnstampedError
    """
    rules = plan.rules
    packages = {type(rule).__module__.partition(".")[0] for rule in rules} - {"ftlint"}
    return digest(
        environment(packages),
        plain(rules),
        [tree(path) for rule in rules for path in _paths(rule)],
        date.today().isoformat() if any(rule.dated for rule in rules) else "",
        (plan.cap, plan.figures, plain(plan.ignored), plain(plan.changed)),
        sorted((code, str(severity)) for code, severity in plan.severities.items()),
        plain(plan.not_run),
        (plain(plan.analyses), plain(plan.panel)),
        plain(also),
    )


def _asks_elsewhere(rule: Rule) -> bool:
    """Return whether a deep backend judges: it may answer otherwise, or not at all, next time.

    Its scores are kept a text at a time.
    """
    backend = getattr(rule, "backend", None)
    if backend is None:
        return False
    from ftlint.scoring.backend import Deep

    return isinstance(backend, Deep)


def _paths(rule: Rule) -> Iterator[Path]:
    """Yield the files and folders that the options of `rule` name, as PATH or NAME=PATH."""
    longest = _NAMED if isinstance(rule, Declared) else sys.maxsize
    for option in fields(rule):
        for text in _texts(getattr(rule, option.name), longest):
            for path in filter(None, {text, text.partition("=")[2]}):
                if len(path) < 4096 and os.path.exists(path):
                    yield Path(path)
    name = getattr(rule, "pipeline", "")
    if name and not os.path.exists(name) and (found := find_spec(name)):
        yield from map(Path, found.submodule_search_locations or ())


def _texts(value: object, longest: int) -> Iterator[str]:
    """Yield all texts of an option, but those of collections with more than `longest` items."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts(tuple(value.values()), longest)
    elif isinstance(value, Collection) and not isinstance(value, bytes) and len(value) <= longest:
        for each in value:
            yield from _texts(each, longest)


def _sha256(path: str) -> str:
    with open(path, "rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
