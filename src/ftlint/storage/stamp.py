"""Stamps: digests of what a result follows from besides the data: rules, code and other files."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path, PurePath
from typing import Any

from ftlint.storage import cache

PACKAGE = Path(__file__).parents[1]
"""The code of ftlint."""

MOST = 20_000
"""Files of a folder that are looked at; results that depend on a larger one are not kept."""
_FRESH = 2_000_000_000
"""Nanoseconds in which a file may change once more within the same time stamp."""
_CASES = frozenset({"good", "bad", "documentation", "origin"})
"""Fields of a rule that say nothing of what it finds."""


class UnstampedError(Exception):
    """Something of which no digest is known to say all."""


def digest(*parts: object) -> str:
    """Return the digest of values that `plain` has made plain."""
    return hashlib.blake2b(repr(parts).encode(errors="surrogatepass"), digest_size=20).hexdigest()


def plain(value: Any) -> object:
    """Return `value` made of what is spelt the same in every process. Raises: UnstampedError."""
    if value is None or isinstance(value, bool | int | float | str | bytes):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, Enum):
        return type(value).__qualname__, value.name
    if isinstance(value, PurePath):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        told = [(f.name, getattr(value, f.name)) for f in fields(value) if f.name not in _CASES]
        kind = type(value)
        return kind.__module__, kind.__qualname__, [(name, plain(each)) for name, each in told]
    if isinstance(value, Mapping):
        return "mapping", [(plain(key), plain(each)) for key, each in value.items()]
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, set | frozenset):
        return "set", sorted(repr(plain(each)) for each in value)
    if isinstance(value, re.Pattern):
        return "pattern", value.pattern, value.flags
    raise UnstampedError(type(value).__qualname__)


def environment(packages: Iterable[str] = ()) -> str:
    """Return the digest of Python, of what is installed, and of the code of ftlint and `packages`.

    Packages are told by the names of their metadata, which hold their versions, and by when they
    were installed; ftlint and those named, such as plugins, by their content, and with plugins
    all loaded code that was not installed, as in an editable environment. Raises: UnstampedError.
    """
    from ftlint.configuration.packs import rules_folder

    installed = sorted(
        (entry.name, entry.stat().st_mtime_ns)
        for place in _site()
        for entry in os.scandir(place)
        if entry.name.endswith((".dist-info", ".egg-info"))
    )
    plugins = sorted(packages)
    places = [PACKAGE, rules_folder(), *map(_place, plugins)]
    loose = _loose() if plugins else ()
    return digest(sys.version, sys.platform, installed, [tree(place) for place in places], loose)


def _site() -> list[str]:
    """Return the folders in which packages are installed."""
    named = [place for place in dict.fromkeys(sys.path) if place.endswith("-packages")]
    return [place for place in named if os.path.isdir(place)]


def _loose() -> list[tuple[str, str]]:
    """Return each loaded file of code that was not installed, with the digest of its content.

    Raises: UnstampedError
    """
    from sysconfig import get_path

    usual = (get_path("stdlib"), get_path("platstdlib"), str(PACKAGE))
    known = tuple(os.path.join(place, "") for place in (*_site(), *usual))
    files = {getattr(module, "__file__", None) for module in [*sys.modules.values()]}
    # Made-up modules, such as torch.classes, name files that are nowhere.
    real = (file for file in files if file and os.path.isabs(file))
    found = sorted(file for file in real if not file.startswith(known))
    try:
        return [(file, digest(Path(file).read_bytes())) for file in found]
    except OSError as error:
        raise UnstampedError(str(error)) from error


def _place(package: str) -> Path:
    module = sys.modules.get(package)
    file = getattr(module, "__file__", None)
    if not file:
        raise UnstampedError(package)
    path = Path(file)
    return path.parent if path.name == "__init__.py" else path


def tree(place: Path) -> str:
    """Return the digest of the content of a file, or of all files of a folder.

    The content is read again only when size, times or inode of a file have changed.
    Raises: UnstampedError.
    """
    try:
        found = sorted(_files(place))
    except OSError as error:
        raise UnstampedError(f"{place}: {error}") from error
    name = f"tree-{digest(str(place.absolute()), found)}"
    if known := cache.result(name):
        return known.decode()
    content = hashlib.blake2b(digest_size=20)
    for path, *_ in found:
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            raise UnstampedError(f"{path}: {error}") from error
        content.update(digest(os.path.relpath(path, place), len(data)).encode() + data)
    latest = max((max(mtime, ctime) for _, _, mtime, ctime, _ in found), default=0)
    if time.time_ns() - latest > _FRESH:
        cache.keep_result(name, content.hexdigest().encode())
    return content.hexdigest()


def _files(place: Path) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield path, size, both times and inode of each file; compiled ones do not count."""
    folders, count = [str(place)], 0
    if place.is_file():
        yield _status(str(place), os.stat(place))
        return
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                count += 1
                if count > MOST:
                    raise UnstampedError(f"{place}: too many files")
                if entry.is_dir():
                    folders += [entry.path] if entry.name != "__pycache__" else []
                else:
                    yield _status(entry.path, entry.stat())


def _status(path: str, found: os.stat_result) -> tuple[str, int, int, int, int]:
    return path, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
