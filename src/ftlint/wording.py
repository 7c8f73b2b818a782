"""Wording: how messages show what stands in the data, always short and always on one line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import orjson

from ftlint.decode import kind


def shown(value: object, limit: int = 40) -> str:
    """Return `value` as JSON, cut to `limit` code points; all that does not print is escaped."""
    try:
        # Of a long text no more is written than is kept; its quotes make it too long to pass.
        text = orjson.dumps(value[:limit] if isinstance(value, str) else value).decode()
    except TypeError:  # orjson writes no surrogates, and no more than 254 levels
        return kind(value)
    if not text.isprintable():
        text = "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text[: limit + 1])
    return cut(text, limit)


def cut(text: str, limit: int) -> str:
    """Return `text`, with an ellipsis for what goes beyond `limit` code points."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def listed(values: Iterable[object], count: int = 8) -> str:
    """Return the first `count` values as `shown` writes them, with an ellipsis for the rest."""
    first = list(islice(values, count + 1))
    return ", ".join([shown(value) for value in first[:count]] + ["…"] * (len(first) > count))


def quotable(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return `data` for a template, in which `{key!r}` is a text as `shown` writes it."""
    return {key: _Text(value) if isinstance(value, str) else value for key, value in data.items()}


class _Text(str):
    """A text whose `repr` is short and JSON."""

    __slots__ = ()

    def __repr__(self) -> str:
        return shown(str(self))
