"""The cache folder: small entries whose names are hashes of what they were made from.

An entry can always be made again, so every failure here is silent: a cache may never break or
change a run.
"""

from __future__ import annotations

import os
from pathlib import Path

_state = {"disabled": False}


def disable() -> None:
    """Neither read nor write the cache for the rest of this process."""
    _state["disabled"] = True


def folder() -> Path | None:
    """Return the folder of the cache, which need not exist; None when there is to be none."""
    if _state["disabled"] or os.environ.get("FTLINT_NO_CACHE"):
        return None
    if chosen := os.environ.get("FTLINT_CACHE_DIR"):
        return Path(chosen)
    shared = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(shared):  # the XDG specification says to ignore a relative path
        return Path(shared, "ftlint")
    try:
        return Path.home() / ".cache" / "ftlint"
    except RuntimeError:  # a user without a home, as in some containers
        return None


def read(name: str) -> bytes | None:
    """Return the entry `name`, or None."""
    place = folder()
    if place is None:
        return None
    try:
        return (place / name).read_bytes()
    except OSError:
        return None


def write(name: str, data: bytes) -> None:
    """Keep `data` as the entry `name`, whole or not at all."""
    place = folder()
    if place is None:
        return
    path = place / name
    # Two processes may write the same entry: each has its own file, and the last rename wins.
    draft = path.with_name(f"{path.name}.{os.getpid()}-{os.urandom(4).hex()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.write_bytes(data)
        os.replace(draft, path)
    except OSError:
        _remove(draft)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return
