"""Frames: findings and what was measured of examples as tables of pandas, after the fold.

pandas is imported here and nowhere else, and only when a table is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING, Any

from ftlint.analyses.table import MISSING, Cells, Table, Tabulation, extended
from ftlint.error import FtlintError, UsageError
from ftlint.privacy.veil import veiled_text
from ftlint.report import Located, Report

if TYPE_CHECKING:
    import pandas

_FINDING: dict[str, Callable[[Located], Any]] = {
    "code": lambda f: f.code,
    "name": lambda f: f.name,
    "severity": lambda f: str(f.severity),
    "message": lambda f: f.message,
    "path": lambda f: _printed(f.place.path) or None,
    "line": lambda f: f.place.line,
    "column": lambda f: f.column,
    "end_column": lambda f: f.end_column,
    "pointer": lambda f: None if f.place.line is None else f.place.pointer,
    "fingerprint": lambda f: f.fingerprint,
}
"""The columns of findings, in the words of the JSON report."""
_REPEATING = ("code", "name", "severity", "path")
_WHOLE = ("line", "column", "end_column")


def findings_frame(report: Report) -> pandas.DataFrame:
    """Return one row a finding; lines and columns are whole numbers or missing."""
    import pandas

    columns: dict[str, Any] = {}
    for name, of in _FINDING.items():
        values = [of(finding) for finding in report.findings]
        if name in _REPEATING:
            columns[name] = pandas.Categorical(values, _unique(values))
        elif name in _WHOLE:
            columns[name] = pandas.array(values, dtype="Int64")
        else:
            columns[name] = pandas.Series(values, dtype="object")
    return pandas.DataFrame(columns)


def examples_frame(report: Report) -> pandas.DataFrame:
    """Return one row an example: path, line, split, and what the features of the run tell.

    A column is there when a rule of the run measures it. Raises: FtlintError.
    """
    import pandas

    table = _table(report)
    sources = report.dataset.sources
    first = [facts.first for facts in report.dataset.facts]
    named = [_printed(source.path) for source in sources]
    paths, splits = _unique(named), _unique(s.split for s in sources)
    path_of = [paths.index(path) for path in named]
    split_of = [splits.index(source.split) for source in sources]
    places = zip(table.sources, table.ordinals, strict=True)
    columns: dict[str, Any] = {
        "path": pandas.Categorical.from_codes([path_of[s] for s in table.sources], paths),
        "line": pandas.array([o - first[s] + 1 for s, o in places], dtype="int64"),
        "split": pandas.Categorical.from_codes([split_of[s] for s in table.sources], splits),
    }
    veil = not report.show_content
    columns.update((name, _series(cells, veil)) for name, cells in table.columns.items())
    return pandas.DataFrame(columns)


def _printed(path: str) -> str:
    """Return a path with what is no UTF-8 spelled out, which no table can hold."""
    return path.encode(errors="backslashreplace").decode()


def _table(report: Report) -> Table:
    for analysis, result in report.results.items():
        if isinstance(analysis, Tabulation):
            found = (
                (name, dict(values))
                for other, concluded in report.results.items()
                for name, values in other.rows(concluded, report.dataset).items()
            )
            return extended(result, found)
    raise FtlintError("this run has measured no examples; ftlint.check(…) does, and -o csv=PATH")


def _series(cells: Cells, veil: bool) -> Any:
    """Return the values of one column as pandas keeps them; missing ones are missing there.

    With `veil`, dots stand for what is personal or secret: a short answer is a label.
    """
    import numpy
    import pandas

    if cells.kind == "text":
        words = [veiled_text(word) if veil else word for word in cells.words]
        kinds = {word: at for at, word in enumerate(dict.fromkeys(words))}  # dots may be equal
        codes = [kinds[words[at]] if at >= 0 else -1 for at in cells.values]
        return pandas.Categorical.from_codes(codes, list(kinds))
    values = numpy.array(cells.values)
    if cells.kind == "float":
        return values
    absent = values == MISSING
    if cells.kind == "bool":
        return pandas.arrays.BooleanArray(values == 1, absent)
    if absent.any():
        return pandas.arrays.IntegerArray(numpy.where(absent, 0, values), absent)
    return values


def _unique(values: Iterable[Any]) -> list[Any]:
    return [value for value in dict.fromkeys(values) if value is not None]


def check_installed(format_: str) -> None:
    """Find out before the work begins that a format cannot be written. Raises: UsageError."""
    needed = {"csv": ("pandas",), "parquet": ("pandas", "pyarrow")}[format_]
    absent = [package for package in needed if find_spec(package) is None]
    if absent:
        extra = "ftlint[parquet]" if "pyarrow" in absent else "ftlint"
        raise UsageError(f"-o {format_}: {' and '.join(absent)} missing; pip install '{extra}'")


def written(report: Report, format_: str) -> bytes:
    """Return the table of examples as the bytes of a csv or parquet file. Raises: FtlintError."""
    frame = examples_frame(report)
    if format_ == "csv":
        text: str = frame.to_csv(index=False, lineterminator="\n")
        return text.encode(errors="backslashreplace")
    buffer = BytesIO()
    frame.to_parquet(buffer, engine="pyarrow", index=False)
    return buffer.getvalue()
