"""Graders: which fields of a record the grader of a reinforcement job reads.

A grader is the JSON of a job's `grader`: templates with `{{item.field}}`, or Python with
`item["field"]` (OpenAI graders guide; Azure's reinforcement page).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from ftlint.error import UsageError

_TEMPLATE = re.compile(r"\{\{-?\s*item\.([A-Za-z0-9_.\[\]'\"-]+?)\s*(?:\|[^}]*)?-?\}\}")
_PYTHON = re.compile(r"""\bitem\[\s*(["'])([^"']+)\1\s*\]""")


def fields_read(path: str) -> tuple[str, ...]:
    """Return the dotted fields that the grader in a file reads; it may read the answer alone.

    Raises: UsageError
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    try:
        grader = orjson.loads(data)
    except orjson.JSONDecodeError as bad:
        raise UsageError(f"{path}: not JSON: {bad}") from None
    texts = list(_texts(grader))
    found = dict.fromkeys(field for text in texts for field in _fields(text))
    if not found and not any("sample" in text for text in texts):
        raise UsageError(
            f"{path}: is no grader: it reads neither the answer ({{{{sample.output_text}}}}) nor "
            "a field of the records ({{item.field}})"
        )
    return tuple(found)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _fields(text: str) -> Iterator[str]:
    for match in _TEMPLATE.finditer(text):
        yield re.sub(r"\[['\"]?([^\]'\"]+)['\"]?\]", r".\1", match[1])
    for match in _PYTHON.finditer(text):
        yield match[2]


def lacks(value: Mapping[str, Any], field: str) -> bool:
    """Return whether a record has no such field, or null in it."""
    here: Any = value
    for part in field.split("."):
        if isinstance(here, list) and part.isdigit() and int(part) < len(here):
            here = here[int(part)]
        elif isinstance(here, Mapping) and part in here:
            here = here[part]
        else:
            return True
    return here is None
