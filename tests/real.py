"""Real data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ftlint.report import Located, Report

KEYS = {"FT103", "FT116"}
"""Rules that mark the name of a member, not its value."""
Lint = Callable[..., Report]


def read(path: Path) -> list[str]:
    with open(path, encoding="utf-8", newline="\n") as file:
        return [line.rstrip("\n") for line in file]


def resolve(value: Any, pointer: str) -> Any:
    """Return what the pointer names: RFC 6901, written anew for this test."""
    for token in pointer.split("/")[1:]:
        token = token.replace("~1", "/").replace("~0", "~")
        value = value[int(token)] if isinstance(value, list) else value[token]
    return value


def assert_placed(finding: Located, lines: list[str]) -> None:
    """Assert that the columns cut the value at the pointer, its key or its span from the line."""
    line, pointer = finding.place.line, finding.place.pointer
    assert line and pointer is not None and finding.column and finding.end_column
    cut = lines[line - 1][finding.column - 1 : finding.end_column - 1]
    value = resolve(json.loads(lines[line - 1]), pointer)
    if finding.code in KEYS:
        name = pointer.rsplit("/", 1)[1].replace("~1", "/").replace("~0", "~")
        assert json.loads(cut) == name
    elif finding.span is None:
        assert json.loads(cut) == value
    else:
        assert json.loads(f'"{cut}"') == value[slice(*finding.span)] != ""
    for other in finding.related:
        assert other.line and other.pointer is not None
        resolve(json.loads(lines[other.line - 1]), other.pointer)
