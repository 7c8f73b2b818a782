"""Suppressions: findings that somebody has accepted, with a reason, in `.ftlint-ignore.yaml`.

The file is read once a run; after the fold it takes findings out of the report, and says itself
which of its entries have expired and which hide nothing any more.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson

from ftlint.configuration import document as documents
from ftlint.configuration.document import Document, convert
from ftlint.configuration.option import near
from ftlint.configuration.perfile import glob_pattern, names_of
from ftlint.error import ConfigError
from ftlint.finding import Where
from ftlint.pointer import PointerError, resolve
from ftlint.report import Located, Place, Report, Suppressed
from ftlint.rule import ExampleRule, Rule
from ftlint.source import Dataset, Source
from ftlint.value import dataclass

NAME = ".ftlint-ignore.yaml"
EXPIRED, UNUSED = "FT030", "FT031"
"""Codes of the rules that speak of the file itself."""


def _doc(text: str) -> dict[str, Any]:
    return {"doc": text}


@dataclass(frozen=True)
class Suppression:
    """Findings of one rule that are accepted; all that it names must hold."""

    rule: str = field(metadata=_doc("Code or name of the rule."))
    reason: str = field(metadata=_doc("Why the findings are accepted."))
    fingerprint: tuple[str, ...] = field(
        default=(), metadata=_doc("Fingerprints of findings, as --format json shows them.")
    )
    path: tuple[str, ...] = field(
        default=(), metadata=_doc("Globs of files, from the folder of this file; - for none.")
    )
    pointer: tuple[str, ...] = field(
        default=(), metadata=_doc("Places in the record: /messages/*/content.")
    )
    message: str = field(default="", metadata=_doc("The message; * stands for any text."))
    data: Mapping[str, Any] = field(
        default_factory=dict, metadata=_doc("Values of the finding's data; * in a text.")
    )
    record: Mapping[str, Any] = field(
        default_factory=dict, metadata=_doc("Values of the record by pointer; * in a text.")
    )
    expires: str | None = field(default=None, metadata=_doc("The last day on which it holds."))

    def __post_init__(self) -> None:
        """Raises: ValueError."""
        if not self.reason.strip():
            raise ValueError("'reason' is empty; say why the findings are accepted")
        if not (self.fingerprint or self.path or self.pointer or self.conditional):
            raise ValueError(
                "names a rule and no findings: add fingerprint, path, pointer, message, data or "
                "record (ignore: in ftlint.yaml turns a rule off)"
            )

    @property
    def conditional(self) -> bool:
        """Return whether it names what a finding or its record must say."""
        return bool(self.message or self.data or self.record)


@dataclass(frozen=True)
class _File:
    """What .ftlint-ignore.yaml says."""

    suppressions: tuple[Suppression, ...] = field(default=(), metadata=_doc("What is accepted."))


@dataclass(frozen=True, slots=True)
class Entry:
    """A suppression with its place in the file, ready to be compared with findings."""

    of: Suppression
    code: str
    """Code of the rule; the word of the file when the rule is one of a plugin not loaded."""
    place: Place
    column: int
    mark: str
    """Digest of what the entry says."""
    expires: date | None
    paths: tuple[re.Pattern[str], ...]
    pointers: tuple[re.Pattern[str], ...]

    def covers(self, finding: Located, names: Sequence[str]) -> bool:
        """Return whether it means `finding`, but for what it asks of the record.

        `names` are what a glob may match of the finding's file.
        """
        asked, place = self.of, finding.place
        if asked.fingerprint and finding.fingerprint not in asked.fingerprint:
            return False
        if self.paths and not any(glob.fullmatch(name) for glob in self.paths for name in names):
            return False
        if self.pointers and (
            place.line is None
            or not any(glob.fullmatch(place.pointer or "") for glob in self.pointers)
        ):
            return False
        if asked.message and not agrees(asked.message, finding.message):
            return False
        missing = object()
        return all(agrees(want, finding.data.get(key, missing)) for key, want in asked.data.items())

    def describes(self, raw: bytes) -> bool:
        """Return whether the record of a line has the values that the entry names."""
        try:
            record = orjson.loads(raw)
            return all(agrees(want, resolve(record, at)) for at, want in self.of.record.items())
        except (ValueError, PointerError):
            return False


def agrees(want: object, value: object) -> bool:
    """Return whether `value` is what is wanted; in a wanted text `*` stands for any text."""
    if isinstance(want, str) and isinstance(value, str):
        pattern = ".*".join(map(re.escape, want.split("*")))
        return re.fullmatch(pattern, value, re.DOTALL) is not None
    return isinstance(want, bool) == isinstance(value, bool) and want == value


@dataclass(frozen=True, slots=True)
class Suppressions:
    """The entries of one file. Size: O(entries)."""

    path: str
    """As messages show it."""
    root: Path
    """Its folder, from which globs start."""
    entries: tuple[Entry, ...]

    @classmethod
    def read(
        cls, path: str | Path, rules: Iterable[Rule], absent: Iterable[str] = ()
    ) -> Suppressions:
        """Return what the file says; `absent` are prefixes of plugins that are not loaded.

        Raises: ConfigError
        """
        return cls._of(documents.load(path, ConfigError), rules, absent)

    @classmethod
    def parse(cls, content: bytes, path: str, rules: Iterable[Rule]) -> Suppressions:
        """Return what a file at `path` with this content would say. Raises: ConfigError."""
        from ftlint.configuration.syntax import FlawError, compile_text

        try:
            document = Document(path, *compile_text(content, "yaml"), ConfigError)
        except FlawError as flaw:
            raise ConfigError(f"{path}:{flaw.line}:{flaw.column}: {flaw}") from None
        return cls._of(document, rules, ())

    @classmethod
    def _of(cls, document: Document, rules: Iterable[Rule], absent: Iterable[str]) -> Suppressions:
        entries = tuple(_entries(document, list(rules), tuple(absent)))
        return cls(document.path, Path(os.path.abspath(document.path)).parent, entries)


def find(here: Path, root: Path) -> Path | None:
    """Return the nearest file of suppressions from `here` upwards, else that in `root`."""
    here = Path(os.path.abspath(here))
    for folder in (here, *here.parents, root):
        if os.path.isfile(folder / NAME):
            found = folder / NAME
            return found.relative_to(here) if found.is_relative_to(here) else found
    return None


def _entries(document: Document, rules: list[Rule], absent: tuple[str, ...]) -> Iterator[Entry]:
    if not isinstance(document.data, dict):
        raise document.error("", "the file is a mapping with the key 'suppressions'")
    codes = {word: rule.code for rule in rules for word in (rule.code, rule.name)}
    for index, of in enumerate(convert(document, "", _File).suppressions):
        at = f"/suppressions/{index}"
        if of.rule not in codes and not _of_plugin(of.rule, absent):
            hint = near(of.rule, rules) or " (a code or a rule name)"
            raise document.error(f"{at}/rule", f"unknown rule {of.rule!r}{hint}")
        for pointer in of.record:
            if pointer and not pointer.startswith("/"):
                wrong = f"{pointer!r} is no pointer; did you mean {'/' + pointer!r}?"
                raise document.error(f"{at}/record", wrong)
        line, column = document.marks.get(at, (1, 1))
        yield Entry(
            of,
            codes.get(of.rule, of.rule),
            Place(document.path, line, ""),
            column,
            _mark(document.data["suppressions"][index]),
            _day(document, f"{at}/expires", of.expires),
            tuple(map(glob_pattern, of.path)),
            tuple(map(glob_pattern, of.pointer)),
        )


def _of_plugin(word: str, absent: tuple[str, ...]) -> bool:
    """Return whether `word` may be a rule of a plugin that this run does not load."""
    code = re.fullmatch("([A-Z]+)[0-9]+", word)
    return code[1] in absent if code else bool(absent)


def _day(document: Document, pointer: str, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        wrong = f"'expires' must be a date such as 2027-01-31, not {text!r}"
        raise document.error(pointer, wrong) from None


def suppress(
    report: Report,
    file: Suppressions,
    *,
    whole: bool,
    sources: Sequence[Source] = (),
    today: date | None = None,
) -> None:
    """Take what `file` accepts out of `report`, and add what is to be said of the file.

    All findings must have been kept. `whole` says that the run has seen all of the dataset, so
    that an entry without findings hides nothing. `sources` are what was linted, for a report that
    was kept from an earlier run and knows no more where lines are.
    """
    today = today or datetime.now(UTC).date()
    hits: Counter[int] = Counter()
    kept: list[Located] = []
    found = _matches(report, file, sources)
    for number, finding in enumerate(report.findings):
        live = None
        for index in found.get(number, ()):
            hits[index] += 1
            entry = file.entries[index]
            if live is None and not _over(entry, today):
                live = entry
        if live is None:
            kept.append(finding)
        else:
            report.suppressed.append(Suppressed(finding, live.of.reason, live.place, live.column))
    report.findings = [*kept, *_spoken(report, file, hits, whole, today)]
    report.recount(report.findings)


def _over(entry: Entry, today: date) -> bool:
    return entry.expires is not None and entry.expires < today


def _matches(report: Report, file: Suppressions, sources: Sequence[Source]) -> dict[int, list[int]]:
    """Return the entries that mean each finding, by the indices of both."""
    by_code: dict[str, list[int]] = {}
    for index, entry in enumerate(file.entries):
        by_code.setdefault(entry.code, []).append(index)
    names: dict[str, Sequence[str]] = {"": ("-",)}
    found: dict[int, list[int]] = {}
    asked: list[tuple[int, int]] = []
    for number, finding in enumerate(report.findings):
        path = finding.place.path
        if finding.code in by_code and path not in names:
            names[path] = names_of(path, file.root)
        for index in by_code.get(finding.code, ()):
            entry = file.entries[index]
            if not entry.covers(finding, names[path]):
                continue
            if entry.of.record:
                asked.append((number, index))
            else:
                found.setdefault(number, []).append(index)
    for number, index in _described(report, file, asked, sources):
        found.setdefault(number, []).append(index)
    return {number: sorted(indices) for number, indices in found.items()}


def _described(
    report: Report,
    file: Suppressions,
    asked: list[tuple[int, int]],
    sources: Sequence[Source],
) -> Iterator[tuple[int, int]]:
    """Yield those pairs of finding and entry whose record is as the entry says."""
    places = {number: report.findings[number].order[:2] for number, _ in asked}
    dataset = report.dataset
    if asked and not dataset.table:
        dataset = Dataset(tuple(sources))
        for _ in dataset.shards():  # which fills the table
            pass
    lines = dataset.fetch(
        Where(source, ordinal) for source, ordinal in places.values() if ordinal >= 0
    )
    for number, index in asked:
        line = lines.get(places[number][1])
        if line is not None and file.entries[index].describes(line.raw):
            yield number, index


def _spoken(
    report: Report, file: Suppressions, hits: Counter[int], whole: bool, today: date
) -> Iterator[Located]:
    """Yield the findings about the entries themselves, as far as their rules run."""
    rules = {rule.code: rule for rule in report.rules}
    ran = rules.keys() - {entry.code for entry in report.not_run}
    for index, entry in enumerate(file.entries):
        told = {"rule": entry.of.rule, "reason": entry.of.reason}
        if _over(entry, today):
            if EXPIRED in ran:
                many = f"{hits[index]} finding{'' if hits[index] == 1 else 's'}"
                more = {"expires": entry.of.expires, "findings": many}
                yield _finding(report, entry, rules[EXPIRED], {**told, **more})
        elif (
            not hits[index]
            and {UNUSED, entry.code} <= ran
            and (whole or _alone(report, file, entry, rules[entry.code]))
        ):
            yield _finding(report, entry, rules[UNUSED], told)


def _alone(report: Report, file: Suppressions, entry: Entry, rule: Rule) -> bool:
    """Return whether the run has seen all that an entry can mean, though not the whole dataset.

    So it is when the rule looks at single examples and the entry names files, which were linted.
    """
    if not isinstance(rule, ExampleRule) or not entry.of.path:
        return False
    seen = {os.path.realpath(source.path) for source in report.dataset.sources}
    return all(
        not {"*", "?"} & set(path) and os.path.realpath(file.root / path) in seen
        for path in entry.of.path
    )


def _finding(report: Report, entry: Entry, rule: Rule, data: dict[str, Any]) -> Located:
    made = rule.finding(Where(), **data)
    return Located(
        rule.code,
        rule.name,
        report.severity_of(rule),
        made.message,
        entry.place,
        entry.column,
        None,
        None,
        made.data,
        (),
        None,
        _digest(f"{rule.code} {entry.mark}".encode()),
        None,
        # Behind all that is said of the data.
        (len(report.dataset.sources), entry.place.line or 0, entry.column, rule.code, ""),
    )


def fingerprints_of(content: bytes) -> set[str]:
    """Return the fingerprints that findings about an earlier version of the file may have."""
    from ftlint.configuration.syntax import FlawError, compile_text

    try:
        marks = [_mark(entry) for entry in compile_text(content, "yaml")[0]["suppressions"]]
    except (FlawError, TypeError, KeyError):
        return set()
    return {_digest(f"{code} {mark}".encode()) for code in (EXPIRED, UNUSED) for mark in marks}


def _mark(entry: object) -> str:
    return _digest(orjson.dumps(entry, option=orjson.OPT_SORT_KEYS))


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=12).hexdigest()
