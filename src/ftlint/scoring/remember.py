"""Scores that are kept on disk: by model and text, so that no text is scored twice.

A file of SQLite in the cache folder, written after each round: what is interrupted goes on where
it stopped. As in `ftlint.storage.cache`, every failure is silent and changes nothing but time.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from hashlib import blake2b
from math import isfinite
from typing import TYPE_CHECKING

from ftlint.features.toxicity import LABELS, Scores
from ftlint.storage import cache

if TYPE_CHECKING:
    import sqlite3

NAME = "toxicity-scores.sqlite"
_ROW = struct.Struct(f"<{len(LABELS)}d")
_ASKED = 500
"""Keys of one query."""


def digest(text: str) -> bytes:
    """Return 16 bytes that stand for `text`."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Memory:
    """The scores of one model."""

    def __init__(self, model: str) -> None:
        """Open the file; `model` says what scores depend on, and is empty for no memory."""
        self._model = blake2b(model.encode(), digest_size=16).digest()
        self._path = ""
        folder = cache.folder() if model else None
        if folder is not None:
            with suppress(OSError):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._path = str(folder / NAME)

    def known(self, keys: Sequence[bytes]) -> dict[bytes, Scores]:
        """Return the scores of those texts that were scored before."""
        found: dict[bytes, Scores] = {}
        for first in range(0, len(keys) if self._path else 0, _ASKED):
            part = [self._model + key for key in keys[first : first + _ASKED]]
            marks = ",".join("?" * len(part))
            query = f"SELECT text, scores FROM scores WHERE text IN ({marks})"
            found.update((text[16:], row) for text, row in self._rows(query, part))
        return found

    def _rows(self, query: str, part: Sequence[bytes]) -> Iterator[tuple[bytes, Scores]]:
        import sqlite3

        try:
            with closing(self._open()) as file:
                rows = file.execute(query, part).fetchall()
        except (sqlite3.Error, OSError):
            return
        for text, packed in rows:
            if isinstance(packed, bytes) and len(packed) == _ROW.size:
                scores = _ROW.unpack(packed)
                if isfinite(scores[0]):
                    yield text, scores

    def keep(self, scores: Mapping[bytes, Scores]) -> None:
        """Write the scores of some texts."""
        if not self._path or not scores:
            return
        import sqlite3

        rows: Iterable[tuple[bytes, bytes]] = (
            (self._model + key, _ROW.pack(*row)) for key, row in scores.items()
        )
        with suppress(sqlite3.Error, OSError), closing(self._open()) as file:
            file.executemany("INSERT OR REPLACE INTO scores VALUES (?, ?)", rows)
            file.commit()

    def _open(self) -> sqlite3.Connection:
        import sqlite3

        file = sqlite3.connect(self._path, timeout=5)
        file.execute(
            "CREATE TABLE IF NOT EXISTS scores (text BLOB PRIMARY KEY, scores BLOB) WITHOUT ROWID"
        )
        return file
