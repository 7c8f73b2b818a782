"""The Python call: `ftlint.check` lints files or records and returns the report."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Any

from ftlint.console.intake import spooled
from ftlint.error import UsageError
from ftlint.report import Report
from ftlint.session import Request, Session
from ftlint.source import Source

Paths = str | os.PathLike[str]
Records = Iterable[Mapping[str, Any]]
RECORDS = "{split}.jsonl"
"""The path that reports show for records, which are in no file of the user's."""


def check(
    data: Paths | Sequence[Paths] | Records,
    *,
    validation: Paths | Sequence[Paths] | Records = (),
    target: str | Sequence[str] = (),
    select: str | Sequence[str] | None = None,
    ignore: str | Sequence[str] = (),
    config: Paths | None = None,
    max_findings: int | None = None,
    jobs: int = 1,
    measures: bool = True,
    offline: bool = False,
) -> Report:
    """Return the report of datasets: paths as on the command line, or records (dicts).

    `target` is one or several; of several, each finding says for which of them it holds.

    The configuration is the file `config`, else the nearest ftlint.yaml. `measures` fills
    `Report.measures` and `Report.measures_frame()`, which looks at every example once more; `jobs`
    processes are used, 0 chooses by the size of the data. `offline` lets no text leave the machine.

    Raises: FtlintError for what the user can mend; a rule that crashes is in `Report.crashed`.
    """
    with _sources(data, "train") as train, _sources(validation, "validation") as held:
        request = Request(
            paths=train if isinstance(train, tuple) else (),
            validation=held if isinstance(held, tuple) else (),
            targets=_words(target),
            select=_words(select) if select is not None else None,
            ignore=_words(ignore),
            config=None if config is None else os.fspath(config),
            max_findings=max_findings,
            figures=measures,
            offline=offline,
            table=measures,
            jobs=jobs,
        )
        session = Session.open(request)
        named = session.sources() if request.paths or request.validation else []
        records = [source for source in (train, held) if isinstance(source, Source)]
        if not records and not named:
            raise UsageError("nothing to check: give paths or records")
        with spooled(named) as ready:
            # Training data first, as on the command line.
            return session.check(sorted([*records, *ready], key=lambda source: source.split))


def _words(given: str | Sequence[str]) -> tuple[str, ...]:
    listed = given.split(",") if isinstance(given, str) else given
    return tuple(word.strip() for word in listed if word.strip())


@contextmanager
def _sources(
    data: Paths | Sequence[Paths] | Records, split: str
) -> Iterator[tuple[str, ...] | Source]:
    """Yield the paths, or the source of a temporary file with the records."""
    if isinstance(data, str | os.PathLike):
        yield (os.fspath(data),)
        return
    items = list(data)
    if all(isinstance(item, str | os.PathLike) for item in items):
        yield tuple(os.fspath(item) for item in items)  # type: ignore[arg-type]
        return
    with tempfile.NamedTemporaryFile(prefix="ftlint-", suffix=".jsonl") as file:
        _write(items, file)
        yield Source(RECORDS.format(split=split), split, stored=file.name)


def _write(records: Sequence[Any], file: IO[bytes]) -> None:
    """Write records as lines of JSON. Raises: UsageError for what is none."""
    for number, record in enumerate(records, 1):
        if not isinstance(record, Mapping):
            kind = type(record).__name__
            raise UsageError(f"record {number} is of type {kind}; give dicts, or only paths")
        file.write(_line(number, record))
    file.flush()


def _line(number: int, record: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(dict(record), ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # a lone surrogate: rules are to see its escape
        return json.dumps(dict(record)).encode() + b"\n"
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(f"record {number} cannot be written as JSON: {error}") from None
