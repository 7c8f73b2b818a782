"""Compiled: the YAML files that come with ftlint as plain data, so that no run waits for a parser.

`tools/compiled.py` writes them. An entry is found by the hash of its file, so one that is stale is
not found, which costs time alone.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import orjson

PLACE = Path(__file__).with_name("compiled.json")


def recall(digest: str) -> Any:
    """Return the data of the file with this hash; None where it is not one of ours."""
    entry = _entries().get(digest.encode())
    return None if entry is None else orjson.loads(entry)


@cache
def _entries() -> dict[bytes, bytes]:
    """Return the JSON of each file by its hash: a line each."""
    try:
        lines = PLACE.read_bytes().splitlines()[1:-1]
    except OSError:
        return {}
    return {line[1:33]: line[35:].removesuffix(b",") for line in lines}
