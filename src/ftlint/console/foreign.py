"""Foreign files: what a file is that holds no lines of JSON, and what makes lines of it.

Asked only when a command has found nothing to work on, so that it names the root cause.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Sequence

from ftlint.error import SourceError
from ftlint.layout import HEAD, Layout, sniff
from ftlint.source import Source
from ftlint.stream import open_stream

_LOOKED = 20
"""Rows that must be as wide as each other in a table."""
_TABLES = {",": (".csv", "CSV"), "\t": (".tsv", "a table with tabs")}
"""Of each delimiter how names end and what the table is called."""


def nothing(sources: Iterable[Source], lacked: str) -> SourceError:
    """Return the error that no example of `sources` has what a command needs: what is `lacked`."""
    sources = list(sources)
    for source in sources:
        if told := foreign(source):
            return SourceError(told)
    paths = ", ".join(source.path for source in sources)
    return SourceError(f"{paths}: no example {lacked}; ftlint check tells why")


def foreign(source: Source) -> str:
    """Return place, format and remedy of a file that is not JSONL; empty if it may be."""
    with open_stream(source.file, lambda data: None) as stream:
        head = stream.read(HEAD)
    layout = sniff(head, len(head) < HEAD)
    text = head[layout.bom :].decode(errors="replace").strip()
    if not text:
        return f"{source.path}: holds no example; was its export cut short?"
    told = _laid_out(layout) or ("" if layout.document == "array" else _table(text, source.path))
    if not told and layout.document == "text":
        told = "text without a line of JSON", "write each record as a JSON object on a line"
    return f"{source.path}: is {told[0]}, not one JSON record a line; {told[1]}" if told else ""


def _laid_out(layout: Layout) -> tuple[str, ...]:
    """Return what the first bytes show, and the remedy; empty where they show none."""
    if layout.encoding.startswith("UTF"):
        return layout.encoding, "save it as UTF-8, as iconv -t UTF-8 does"
    if layout.encoding:
        return layout.encoding, "unpack it or export it as JSONL"
    return {
        "array": ("a JSON array", "ftlint convert writes its items as lines"),
        "object": ("pretty-printed JSON", "jq -c . writes each record on a line"),
    }.get(layout.document, ())


def _table(text: str, path: str) -> tuple[str, ...]:
    """Return what a table is and the remedy, if its name or its first lines are those of one."""
    lines = text.splitlines(keepends=True)
    if any(line.lstrip()[:1] in ("{", "[") for line in lines[:_LOOKED]):
        return ()
    for delimiter, (suffix, name) in _TABLES.items():
        if re.search(rf"\{suffix}(\.gz|\.zst)?$", path) or _aligned(lines, delimiter):
            return name, _read_with_pandas(path, delimiter)
    return ()


def _aligned(lines: Sequence[str], delimiter: str) -> bool:
    """Return whether two lines or more are rows of as many cells; the last may be cut."""
    try:
        rows = list(csv.reader(lines[:_LOOKED], delimiter=delimiter))
    except csv.Error:
        return False
    rows = rows[:-1] if len(lines) > _LOOKED else rows
    return len(rows) > 1 and len(rows[0]) > 1 and len(set(map(len, rows))) == 1


def _read_with_pandas(path: str, delimiter: str) -> str:
    named, new = json.dumps(path), json.dumps(re.sub(r"\.\w{1,5}$", "", path) + ".jsonl")
    told = "" if delimiter == "," else f", sep={json.dumps(delimiter)}"
    return f'pandas.read_csv({named}{told}).to_json({new}, orient="records", lines=True) writes it'
