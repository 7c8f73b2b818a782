"""Conversions: every record of some sources in another shape, or none of them.

source -> record -> talk -> record of the other shape, which is read back and compared: what does
not come back would have been lost, and then nothing is written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import orjson

from ftlint.bridges import BRIDGES
from ftlint.console.foreign import foreign, nothing
from ftlint.console.output import check_new, staged
from ftlint.decode import Fault, Problem, decode
from ftlint.error import FtlintError, SourceError, UsageError
from ftlint.formats import FORMATS
from ftlint.formats.talk import JSON, Lack, Loss, same
from ftlint.privacy.veil import veiled_text
from ftlint.shape import AUTO, UNKNOWN, shape_of, shape_of_lines
from ftlint.source import Dataset, Shard, Source
from ftlint.stream import open_stream
from ftlint.value import dataclass

NO_RECORD = "it is no record"
NAMED = 8
"""Records that are named for one reason when something would be lost."""


class LossError(FtlintError):
    """Something would be lost; `lines` say what, and where."""

    def __init__(self, lines: Sequence[str]) -> None:
        """Keep the message in lines."""
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


@dataclass(frozen=True, slots=True)
class Converted:
    """What was written."""

    shape: str
    """The shape that was read."""
    records: int
    dropped: dict[str, int]
    """Records from which a key was left out, by key, as it was asked for."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked for."""

    to: str
    output: str
    shape: str = AUTO
    """The shape to read; `auto` for what the files show."""
    drop: tuple[str, ...] = ()
    """Keys of records that may be left out."""
    force: bool = False

    def check(self, sources: Sequence[Source]) -> None:
        """Find out what is impossible before anything is read. Raises: UsageError."""
        for name in (self.to, *((self.shape,) if self.shape != AUTO else ())):
            if name not in BRIDGES:
                from ftlint.configuration.document import suggest

                known = ", ".join(sorted(BRIDGES))
                raise UsageError(f"unknown shape {name!r}{suggest(name, BRIDGES)} ({known})")
        if self.output == "-":
            raise UsageError("--output: - is no file; name one")
        check_new(self.output, sources, self.force)


def convert(
    sources: Sequence[Source], wish: Wish, progress: Callable[[Shard], None] = lambda shard: None
) -> Converted:
    """Write every record in the shape that is wished for. Raises: FtlintError; nothing is written.

    Raises: LossError when something would be lost
    """
    wish.check(sources)
    dropped: dict[str, int] = {}
    losses: dict[str, list[str]] = {}
    records, shape = 0, wish.shape
    with staged([wish.output]) as (file,):
        for place, value, found in _records(sources, wish.shape, progress):
            record: JSON = {}
            if isinstance(value, Fault):
                told = f" ({value.message})" if value.message else ""
                problem = f"{NO_RECORD}: {value.problem.value}{told}"
            else:
                shape = found if shape == AUTO and found != UNKNOWN else shape
                kept = _kept(value, wish.drop, dropped)
                record, problem = _converted(kept, found, shape, wish.to)
            if problem:
                losses.setdefault(problem, []).append(place)
            else:
                file.write(_written(record) + b"\n")
                records += 1
        if losses or not records:
            raise _error(losses, wish, sources)
    return Converted(shape, records, dropped)


def _converted(value: JSON, found: str, shape: str, to: str) -> tuple[JSON, str]:
    """Return the record in the other shape, and what would be lost with it."""
    if found == UNKNOWN or found not in BRIDGES:
        return {}, "it has no shape that can be converted"
    if found != shape:
        return {}, f"it holds {FORMATS[found].words}, the first records {FORMATS[shape].words}"
    if found == to:
        return value, ""  # only the lines change, as of an array
    try:
        talk = BRIDGES[found].read(value)
        talk.speakable()
        record = BRIDGES[to].write(talk)
        again = BRIDGES[to].read(record)
    except Lack as lack:
        return {}, f"it lacks {lack}"
    except Loss as loss:
        return {}, f"it would lose {loss}"
    if not _shown(record, to):
        return {}, "it has keys that would show another shape"
    if FORMATS[to].alternates and _answers_first(to, record):
        return {}, f"it lacks a question before the answer, which {to} must have"
    return record, "" if same(talk, again) else f"{to} would say something else"


def _answers_first(to: str, record: JSON) -> bool:
    """Return whether nobody is answered; other faults of the order are the data's own."""
    turns = [each for each in FORMATS[to].messages(record) if each.role != "system"]
    return bool(turns) and turns[0].role == "assistant"


def _shown(record: JSON, to: str) -> bool:
    """Return whether a record would be read as what it was written as."""
    found = shape_of(record)
    return found == to or (found in _ALIKE and to in _ALIKE)


_ALIKE = frozenset({"chat", "claude", "cohere", "reinforcement"})
"""Shapes that cannot always be told apart by one record."""


def _kept(value: JSON, drop: tuple[str, ...], dropped: dict[str, int]) -> JSON:
    for key in drop:
        if key in value:
            dropped[key] = dropped.get(key, 0) + 1
    return {key: inner for key, inner in value.items() if key not in drop}


def _error(losses: dict[str, list[str]], wish: Wish, sources: Sequence[Source]) -> FtlintError:
    if not losses:
        return nothing(sources, "is there")
    if any(reason.startswith(NO_RECORD) for reason in losses):
        for told in filter(None, map(foreign, sources)):  # one cause, not one a line
            return SourceError(told)
    count = sum(map(len, losses.values()))
    lines = [f"{count:,} record{'' if count == 1 else 's'} cannot be written as {wish.to}"]
    for reason, places in losses.items():
        more = f" and {len(places) - NAMED:,} more" if len(places) > NAMED else ""
        lines.append(f"{', '.join(places[:NAMED])}{more}: {veiled_text(reason)}")
    return LossError([*lines, "nothing was written"])


def _records(
    sources: Sequence[Source], asked: str, progress: Callable[[Shard], None]
) -> Iterator[tuple[str, JSON | Fault, str]]:
    """Yield place, value and shape of every record. Raises: SourceError."""
    for source in sources:
        dataset = Dataset((source,))
        name = f"{source.path}:" if len(sources) > 1 else "line "
        for shard in dataset.shards():
            file = shard.shape if asked == AUTO else asked
            for number, line in enumerate(_lines(shard), shard.ordinal + 1):
                value = decode(line)
                if isinstance(value, Fault):
                    if value.problem is not Problem.BLANK:
                        yield f"{name}{number}", value, UNKNOWN
                else:
                    exact = _exact(line.raw, value)
                    yield f"{name}{number}", exact, shape_of(value, file)
            progress(shard)
        if dataset.facts[0].layout.document:
            array = dataset.facts[0].layout.document == "array"
            yield from _document(source, asked, name if len(sources) > 1 else "item ", array)


def _lines(shard: Shard) -> Iterator[Any]:
    lines = shard.lines()
    return (lines[index] for index in range(len(lines)))


def _document(
    source: Source, asked: str, name: str, array: bool
) -> Iterator[tuple[str, JSON | Fault, str]]:
    """Yield the records of a file that is one JSON array. Raises: SourceError."""
    with open_stream(source.file, lambda data: None) as stream:
        try:
            items = orjson.loads(stream.read())
        except orjson.JSONDecodeError as bad:
            broken = SourceError(f"{source.path}: is a JSON array with a fault: {bad}")
            raise (broken if array else nothing([source], "is there")) from None
    if not isinstance(items, list):
        raise nothing([source], "is there")
    file = shape_of_lines(map(_written, items[:200])) if asked == AUTO else asked
    for number, item in enumerate(items, 1):
        if isinstance(item, dict):
            yield f"{name}{number}", item, shape_of(item, file)
        else:
            yield f"{name}{number}", Fault(Problem.NOT_OBJECT), UNKNOWN


def _exact(raw: bytes, value: JSON) -> JSON | Fault:
    """Return the record as it is written: with numbers of any length, and no key twice."""
    repeated: list[str] = []

    def members(pairs: list[tuple[str, Any]]) -> JSON:
        made = dict(pairs)
        repeated.extend(key for key, _ in pairs if len(made) < len(pairs))
        return made

    try:
        exact: JSON = json.loads(raw, object_pairs_hook=members)
    except RecursionError:  # the standard library alone keeps numbers of any length
        return Fault(Problem.DEPTH)
    except ValueError:  # which reads none of 4,300 digits
        return Fault(Problem.OVERFLOW)
    if repeated:
        return Fault(Problem.SYNTAX, f"a key twice: {repeated[0]!r}")
    return exact


def _written(record: JSON) -> bytes:
    try:
        return orjson.dumps(record)
    except TypeError:  # an integer of more than 64 bits
        return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
