"""The cache folder: small entries whose names are hashes of what they were made from.

An entry can always be made again, so every failure here is silent: a cache may never break or
change a run. Results may lie in a folder of the user's choice, in a repository even; they are
sealed with a key that lies elsewhere, so that nobody else's file is taken for one of ours.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import zlib
from contextlib import suppress
from pathlib import Path

from ftlint.value import dataclass

LIMIT = 256 << 20
"""Bytes of all results; what was not used for longest goes first."""
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n"
"""What backup programs look for in `CACHEDIR.TAG` (bford.info/cachedir)."""
_MAC = hashlib.sha256().digest_size


@dataclass(slots=True)
class _State:
    """What the command line says of the cache."""

    disabled: bool = False
    results: str = ""


_state = _State()


def choose(results: str = "", *, disabled: bool = False) -> None:
    """Keep results in the folder `results`, or nothing at all, in the rest of this process."""
    _state.results, _state.disabled = results, disabled


def folder() -> Path | None:
    """Return the folder of the cache, which need not exist; None when there is to be none."""
    if _state.disabled or os.environ.get("FTLINT_NO_CACHE"):
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
    if place is not None:
        _write(place / name, data)


def _write(path: Path, data: bytes) -> None:
    # Two processes may write the same entry: each has its own file, and the last rename wins.
    draft = path.with_name(f"{path.name}.{os.getpid()}-{os.urandom(4).hex()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Results quote the dataset as reports do: they are for their owner alone.
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
        os.replace(draft, path)
    except OSError:
        _remove(draft)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)


def result(name: str, own: str = "") -> bytes | None:
    """Return the result `name`, or None; `own` is the folder that the configuration names."""
    key, place = _key(), _results(own)
    if key is None or place is None:
        return None
    path = place / name
    try:
        sealed = path.read_bytes()
        if not hmac.compare_digest(_seal(key, name, sealed[_MAC:]), sealed[:_MAC]):
            return None
        os.utime(path)  # used, and so not the oldest any more
        return zlib.decompress(sealed[_MAC:])
    except (OSError, zlib.error):
        return None


def keep_result(name: str, data: bytes, own: str = "") -> None:
    """Keep `data` as the result `name`, and remove the oldest results beyond `LIMIT`."""
    key, place = _key(), _results(own)
    if key is None or place is None:
        return
    packed = zlib.compress(data, 1)
    if len(packed) > LIMIT // 4:
        return
    new = not place.exists()
    _write(place / name, _seal(key, name, packed) + packed)
    if new:
        for file, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _TAG)):
            with suppress(OSError):
                (place / file).write_text(text, "utf-8")
    _bound(place)


def _results(own: str) -> Path | None:
    """Return the folder of results: of the command line, the environment, or the configuration."""
    usual = folder()
    if usual is None:
        return None
    if _state.results:
        return Path(_state.results)
    return Path(own) if own and not os.environ.get("FTLINT_CACHE_DIR") else usual / "results"


def _seal(key: bytes, name: str, packed: bytes) -> bytes:
    return hmac.digest(key, name.encode() + b"\0" + packed, "sha256")


def _key() -> bytes | None:
    """Return the key of this user, which never lies in a folder that others can bring along."""
    place = folder()
    if place is None:
        return None
    path = place / "key"
    for _ in range(2):
        with suppress(OSError):
            key = path.read_bytes()
            if len(key) == _MAC and _private(path):
                return key
        if path.exists():  # damaged, or others may know it
            _remove(path)
        draft = place / f"key.{os.getpid()}-{os.urandom(4).hex()}"
        _write(draft, os.urandom(_MAC))
        with suppress(OSError):
            _settle(draft, path)
        _remove(draft)
    return None


def _settle(draft: Path, path: Path) -> None:
    """Put the draft in its place, unless another process was first."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    except OSError:  # a file system without links: the last of two wins, which costs a run
        os.replace(draft, path)


def _private(path: Path) -> bool:
    """Return whether only this user can read the file, as far as the system tells."""
    if not hasattr(os, "getuid"):
        return True
    status = path.stat()
    return status.st_uid == os.getuid() and not status.st_mode & 0o077


def _bound(place: Path) -> None:
    """Remove the oldest results until all of them take at most `LIMIT` bytes."""
    found = []
    with suppress(OSError), os.scandir(place) as entries:
        for entry in entries:
            with suppress(OSError):  # gone meanwhile
                if entry.is_file(follow_symlinks=False):
                    status = entry.stat(follow_symlinks=False)
                    found.append((status.st_mtime_ns, status.st_size, entry.path))
    total = sum(size for _, size, _ in found)
    for _, size, path in sorted(found):
        if total <= LIMIT:
            return
        _remove(Path(path))
        total -= size
