"""Saved runs: the JSON report read back into the `Report` that it was written from.

`ftlint report` renders it and the cache keeps it. What a JSON report does not hold is not there
afterwards: the patches of fixes, and what the analyses concluded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from itertools import accumulate
from pathlib import Path
from typing import Any

import orjson

from ftlint.error import SourceError
from ftlint.finding import Fix, Safety, Severity
from ftlint.layout import Layout
from ftlint.report import Located, NotRun, Place, Report, Suppressed
from ftlint.reporters.json import SCHEMA_VERSION
from ftlint.rule import Rule
from ftlint.rules.declared import Declared, Documentation
from ftlint.snippet import Snippet
from ftlint.source import Dataset, Facts, Source
from ftlint.value import dataclass


def load(path: str, rules: Sequence[Rule]) -> Report:
    """Return the run in the file `path`; `rules` are all that are known. Raises: SourceError."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        return parse(content, rules)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise SourceError(
            f"{path}: is no report of this version of ftlint: {_reason(error)}; "
            "ftlint check -o json=PATH writes one"
        ) from error


def _reason(error: Exception) -> str:
    return f"there is no {error}" if isinstance(error, KeyError) else str(error)


def parse(content: bytes, rules: Sequence[Rule]) -> Report:
    """Return the run in a JSON report.

    Raises: ValueError, KeyError, TypeError, AttributeError, IndexError when it is none.
    """
    document = orjson.loads(content)
    if document["schema_version"] != SCHEMA_VERSION:
        raise ValueError(f"schema_version is {document['schema_version']!r}")
    run, known = document["run"], {rule.code: rule for rule in rules}
    known |= {entry["code"]: known.get(entry["code"], _own(entry)) for entry in run["own_rules"]}
    report = Report(
        rules=tuple(known.get(code) or _unknown(code) for code in run["rules"]),
        dataset=_dataset(document["sources"]),
        examples={index: each["examples"] for index, each in enumerate(document["sources"])},
        counts=document["counts"]["by_rule"],
        not_run=[NotRun(**entry) for entry in run["not_run"]],
        measures=document["measures"],
        known=document["counts"]["known"],
        unchanged=document["counts"]["unchanged"],
        severities={code: Severity.parse(word) for code, word in run["severities"].items()},
        fail_on=None if run["fail_on"] == "never" else Severity.parse(run["fail_on"]),
        target=run["target"],
        targets=tuple(run["targets"]) if len(run["targets"]) > 1 else (),
        levels={code: _levels(each) for code, each in document["counts"]["by_level"].items()},
        method=run["method"],
        duration=run["duration_seconds"],
        written_by=document["tool"]["version"],
    )
    report.findings = list(_findings(document["findings"], report.dataset))
    accepted = document["suppressed"]
    for finding, entry in zip(_findings(accepted, report.dataset), accepted, strict=True):
        how = entry["suppression"]
        place = Place(how["path"], how["line"], "")
        report.suppressed.append(Suppressed(finding, how["reason"], place, how["column"]))
    return report


def _levels(counts: Mapping[str, int]) -> Counter[Severity]:
    return Counter({Severity.parse(word): count for word, count in counts.items()})


def _own(entry: Mapping[str, Any]) -> Rule:
    """Return what stands for a rule of a pack or plugin that is not here."""
    about = Documentation(summary=entry["summary"])
    severity = Severity.parse(entry["severity"])
    return Declared(code=entry["code"], name=entry["name"], severity=severity, documentation=about)


def _unknown(code: str) -> Rule:
    """Return what stands for a rule of another version of ftlint."""
    return Declared(code=code, name=code.lower(), documentation=Documentation("Unknown rule."))


def _dataset(sources: Sequence[Mapping[str, Any]]) -> Dataset:
    firsts = accumulate((each["lines"] for each in sources), initial=0)
    facts = [
        Facts(
            Source(each["path"], each["split"], each["format"]),
            Layout(),
            each["bytes"],
            each["sha256"],
            first,
            each["lines"],
            each["format"],
        )
        for each, first in zip(sources, firsts, strict=False)
    ]
    return Dataset(tuple(fact.source for fact in facts), facts=facts)


@dataclass(slots=True)
class _Sources:
    """Which source a finding is about; one path may be linted as two splits."""

    dataset: Dataset
    at: int = -1
    line: int = 0
    paths: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index the sources by path."""
        for index, source in enumerate(self.dataset.sources):
            self.paths.setdefault(source.path, []).append(index)

    def of(self, path: str, line: int) -> int:
        """Return the source of the next finding: they come source by source, line by line.

        What is said of a file beside the dataset stands behind all sources.
        """
        if not path:
            return -1
        if path not in self.paths:
            return len(self.dataset.sources)
        for index in self.paths[path]:
            if index > self.at or (index == self.at and line >= self.line):
                self.at, self.line = index, line
                break
        return self.at


def _findings(entries: Sequence[Mapping[str, Any]], dataset: Dataset) -> Iterator[Located]:
    sources = _Sources(dataset)
    for entry in entries:
        index = sources.of(entry["path"] or "", entry["line"] or 0)
        ordinal = _ordinal(entry["line"], index, dataset)
        fix, snippet = entry["fix"], entry["snippet"]
        yield Located(
            entry["code"],
            entry["name"],
            Severity.parse(entry["severity"]),
            entry["message"],
            _place(entry),
            entry["column"],
            entry["end_column"],
            tuple(entry["span"]) if entry["span"] else None,
            entry["data"],
            tuple(map(_place, entry["related"])),
            Fix(fix["title"], (), Safety[fix["safety"].upper()]) if fix else None,
            entry["fingerprint"],
            Snippet(**snippet) if snippet else None,
            (index, ordinal, entry["column"] or 0, entry["code"], entry["message"]),
            {name: Severity.parse(word) for name, word in entry["targets"].items()},
            entry["audience"] or "",
        )


def _ordinal(line: int | None, index: int, dataset: Dataset) -> int:
    if line is None:
        return -1
    return line if index >= len(dataset.facts) else line - 1 + dataset.facts[index].first


def _place(entry: Mapping[str, Any]) -> Place:
    # A place without a line has the pointer that findings are born with.
    pointer = entry["pointer"] if entry["line"] else ""
    return Place(entry["path"] or "", entry["line"], pointer)
