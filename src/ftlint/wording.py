"""Wording: how messages show what stands in the data, always short and always on one line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import orjson

from ftlint.decode import kind
from ftlint.privacy.gate import gate

_BEYOND = 1024
"""Code points behind a cut in which a value that it would halve may end; more than of most."""


def shown(value: object, limit: int = 40) -> str:
    """Return `value` as JSON, cut to `limit` code points; all that does not print is escaped."""
    try:
        # Of a long text no more is written than is looked at.
        near = value[: limit + _BEYOND] if isinstance(value, str) else value
        text = orjson.dumps(near).decode()
    except TypeError:  # orjson writes no surrogates, and no more than 254 levels
        return kind(value)
    if not text.isprintable():
        text = "".join(
            c if c.isprintable() else json.dumps(c)[1:-1] for c in text[: limit + _BEYOND]
        )
    return cut(text, limit)


def cut(text: str, limit: int) -> str:
    """Return `text`, with an ellipsis for what goes beyond `limit` code points.

    Reports veil what is personal or secret and would not know a part of it: it has dots already.
    """
    if len(text) <= limit:
        return text
    near = text[: limit + _BEYOND]
    if not gate(near.encode(errors="surrogatepass")):
        return text[: limit - 1] + "…"
    from ftlint.privacy.look import curtailed  # compiled where there is something to look at

    return curtailed(near, limit - 1) + "…"


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
