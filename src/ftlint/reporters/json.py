"""The report as one JSON document: the public contract, `ftlint/schemas/report.json`.

The same report gives the same bytes, but for the duration. Every string is valid UTF-8 and every
number finite, whatever the data held: a lone surrogate is spelled out as the six characters of
its escape, so that every JSON parser reads the document.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from numbers import Integral
from typing import Any

import orjson

from ftlint.report import Located, Place, Report
from ftlint.reporters import Options

SCHEMA_VERSION = 1
_FLAGS = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY
_DEPTH = 100
"""Levels of a finding's data that are written; orjson itself stops at 254."""


def render(report: Report, options: Options) -> Iterator[str]:
    """Yield the document, finding by finding."""
    yield "{\n"
    for key, value in _head(report).items():
        yield f'  "{key}": {_indented(value, 2)},\n'
    yield '  "findings": ['
    separator = "\n    "
    for finding in report.findings:
        yield separator + _indented(entry(finding), 4)
        separator = ",\n    "
    yield "\n  ],\n" if report.findings else "],\n"
    yield f'  "measures": {_indented(report.measures, 2)}\n}}\n'


def entry(finding: Located) -> dict[str, Any]:
    """Return one finding in the words of the contract."""
    fix = finding.fix
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": str(finding.severity),
        "message": finding.message,
        "path": finding.place.path or None,
        "line": finding.place.line,
        "column": finding.column,
        "end_column": finding.end_column,
        "pointer": _pointer(finding.place),
        "span": finding.span,
        "data": finding.data,
        "related": [_related(place) for place in finding.related],
        "fix": {"title": fix.title, "safety": str(fix.safety)} if fix else None,
        "fingerprint": finding.fingerprint,
    }


def encode(value: object, *, indent: bool = False) -> str:
    """Return `value` as JSON, with something in place of what JSON cannot hold."""
    flags = _FLAGS | orjson.OPT_INDENT_2 if indent else _FLAGS
    try:
        return orjson.dumps(value, default=_leaf, option=flags).decode()
    except orjson.JSONEncodeError:  # surrogates, numbers beyond 64 bits, strange keys, depth
        return orjson.dumps(_plain(value), option=flags).decode()


def _indented(value: object, margin: int) -> str:
    # Line ends within strings are escaped, so that each one here belongs to the layout.
    return encode(value, indent=True).replace("\n", "\n" + " " * margin)


def _head(report: Report) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "ftlint", "version": report.version},
        "run": _run(report),
        "sources": _sources(report),
        "verdict": {
            "passed": report.verdict.passed,
            "reasons": report.verdict.reasons,
        },
        "counts": _counts(report),
    }


def _run(report: Report) -> dict[str, Any]:
    return {
        "target": report.target,
        "method": report.method,
        "rules": sorted(rule.code for rule in report.rules),
        "not_run": [{"code": e.code, "reason": e.reason} for e in report.not_run],
        "duration_seconds": round(report.duration, 3),
    }


def _sources(report: Report) -> list[dict[str, Any]]:
    return [
        {
            "path": facts.source.path,
            "split": facts.source.split,
            "format": facts.shape or facts.source.format,
            "sha256": facts.sha256,
            "bytes": facts.bytes,
            "examples": report.examples.get(index, 0),
        }
        for index, facts in enumerate(report.dataset.facts)
    ]


def _counts(report: Report) -> dict[str, Any]:
    return {
        **{str(severity): count for severity, count in report.by_severity().items()},
        "by_rule": dict(sorted(report.counts.items())),
        "known": report.known,
        "truncated": report.truncated,
    }


def _related(place: Place) -> dict[str, Any]:
    return {"path": place.path or None, "line": place.line, "pointer": _pointer(place)}


def _pointer(place: Place) -> str | None:
    """Return the pointer; a place without a line has none."""
    return None if place.line is None else place.pointer


def _leaf(value: object) -> object:
    """Return something JSON can hold for a value that it cannot."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):  # its own order is not the same in every run
        return sorted(value, key=str)
    return str(value)


def _plain(value: object, depth: int = 0) -> object:
    """Return `value` made of nothing but what orjson writes."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Integral):
        whole = int(value)
        return whole if -(1 << 63) <= whole < 1 << 64 else f"{whole:#x}"
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if depth > _DEPTH and not isinstance(value, str):
        return "…"
    if isinstance(value, Mapping):
        return {_text(key): _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, depth + 1) for item in value]
    leaf = value if isinstance(value, str) else _leaf(value)
    return _text(leaf) if isinstance(leaf, str) else _plain(leaf, depth + 1)


def _text(value: object) -> str:
    return str(value).encode(errors="backslashreplace").decode()
