"""Manifests: what fixes did to files, written before the files change, so that it can be undone.

A manifest holds the lines that were changed, as they were and as they are, and with them content
of the dataset: it lies in `.ftlint_cache/fixes`, which git ignores.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from itertools import islice
from pathlib import Path
from time import gmtime, strftime
from typing import Any

import orjson

from ftlint import __version__
from ftlint.afterwards.fix import Edit, FileFix, fixed_content
from ftlint.error import FtlintError
from ftlint.value import dataclass

VERSION = 1
PLACE = Path(".ftlint_cache") / "fixes"


class UndoError(FtlintError):
    """A manifest that cannot be read, or a file that is no longer what the fix left."""


@dataclass(frozen=True, slots=True)
class Written:
    """A fixed file that is ready beside the one it will replace."""

    fix: FileFix
    beside: str
    before: str
    """SHA-256 of the file as it was."""
    after: str


def write_fixes(fixes: Sequence[FileFix], place: Path = PLACE, rejects: str = "") -> Path:
    """Write the fixed files and a manifest; return the path of the manifest.

    Rejected lines are appended to the file `rejects` first, so that each is always in one of the
    two. Raises: FtlintError when a file cannot be written or has changed; then nothing is fixed.
    """
    with ExitStack() as stack:
        try:
            ready = [_prepared(fix, stack) for fix in fixes]
            lines = [line for fix in fixes for line in fix.rejects()]
            added = [_added(rejects, lines, stack)] if lines else []
            entries = [*(entry for _, entry in added), *map(_entry, ready)]
            manifest = _save(place, entries)
            for beside, _ in added:
                os.replace(beside, os.path.realpath(rejects))
            for written in ready:
                os.replace(written.beside, os.path.realpath(written.fix.source.file))
        except (OSError, ValueError) as error:
            raise FtlintError(f"fixes cannot be written{_told(error)}") from error
    return manifest


def _told(error: OSError | ValueError) -> str:
    """Return in which folder something cannot be written, if it is known, and why."""
    if not isinstance(error, OSError):
        return f": {error}"
    folder = os.path.dirname(os.path.abspath(error.filename)) if error.filename else ""
    return f"{f' in {folder}' if folder else ''}: {error.strerror}"


def undo(manifest: Path) -> list[str]:
    """Restore the files of a manifest; return the paths of those that were restored.

    A file that is still, or again, what it was before the fix is left alone.
    Raises: UndoError when one has changed since; then nothing is restored.
    """
    try:
        entries = orjson.loads(manifest.read_bytes())
        files = entries["files"] if entries["ftlint_fixes"] == VERSION else None
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is none, or damaged"
        raise UndoError(f"{manifest}: no manifest of fixes can be read: {reason}") from error
    if files is None:
        raise UndoError(f"{manifest}: written by another version of ftlint")
    with ExitStack() as stack:
        ready, gone = [], list[str]()
        for entry in files:
            found = _sha256(_blocks(entry["path"])) if os.path.exists(entry["path"]) else ""
            if found == entry["before"]:
                continue
            if found != entry["after"]:
                raise UndoError(f"{entry['path']} has changed since it was fixed")
            if not entry["before"]:
                gone.append(entry["path"])
                continue
            beside, digest = _write_beside(entry["path"], _restored(entry), stack)
            if digest != entry["before"]:
                raise UndoError(f"{manifest}: does not restore {entry['path']}")
            ready.append((beside, entry["path"]))
        for beside, path in ready:
            os.replace(beside, os.path.realpath(path))
        for path in gone:  # the rejected lines are back in the dataset
            os.unlink(path)
    return [path for _, path in ready] + gone


def _prepared(fix: FileFix, stack: ExitStack) -> Written:
    before = _sha256(_blocks(fix.source.file))
    beside, after = _write_beside(fix.source.file, fixed_content(fix), stack)
    return Written(fix, beside, before, after)


def _added(path: str, lines: Sequence[bytes], stack: ExitStack) -> tuple[str, dict[str, Any]]:
    """Write `path` with `lines` at its end beside it; return its name and the manifest's entry."""
    old = Path(path).read_bytes() if os.path.exists(path) else None
    between = b"\n" if old and not old.endswith(b"\n") else b""
    content = [old or b"", between, *(line + b"\n" for line in lines)]
    beside, after = _write_beside(path, content, stack)
    before = "" if old is None else _sha256([old])
    full = os.path.abspath(path)
    return beside, {"path": full, "before": before, "after": after, "length": len(old or b"")}


def _write_beside(path: str, content: Iterable[bytes], stack: ExitStack) -> tuple[str, str]:
    """Write `content` to a new file beside `path`; return its name and its SHA-256.

    What a link leads to is replaced, not the link, and the new file has the old one's mode.
    """
    target, digest = os.path.realpath(path), hashlib.sha256()
    handle, name = tempfile.mkstemp(prefix=".ftlint-", dir=os.path.dirname(target))
    stack.callback(_remove, name)
    with os.fdopen(handle, "wb") as file:
        for piece in content:
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if os.path.exists(target):
        shutil.copymode(target, name)
    return name, digest.hexdigest()


def _remove(name: str) -> None:
    with suppress(FileNotFoundError):  # it has taken its place
        os.unlink(name)


def _save(place: Path, entries: list[dict[str, Any]]) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    ignore = place.parent / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", "utf-8")
    content = {"ftlint_fixes": VERSION, "version": __version__, "files": entries}
    handle, name = tempfile.mkstemp(
        prefix=strftime("%Y%m%d-%H%M%S-", gmtime()), suffix=".json", dir=place
    )
    with os.fdopen(handle, "wb") as file:
        file.write(orjson.dumps(content, option=orjson.OPT_INDENT_2))
        file.flush()
        os.fsync(file.fileno())
    return place / Path(name).name


def _entry(written: Written) -> dict[str, Any]:
    fix = written.fix
    ends = _unended(fix)
    entry: dict[str, Any] = {
        "path": os.path.abspath(fix.source.file),
        "before": written.before,
        "after": written.after,
        "whole": fix.whole,
        "edits": [_edit(edit, edit.line not in ends) for edit in fix.edits],
    }
    if fix.whole:  # cannot be taken back line by line
        entry["original"] = b64encode(Path(fix.source.file).read_bytes()).decode()
    return entry


def _unended(fix: FileFix) -> set[int]:
    """Return the number of the last line if it has no line end."""
    with open(fix.source.file, "rb") as file:
        last = max((edit.line for edit in fix.edits), default=0)
        raw = next(islice(file, last - 1, None), b"\n") if last else b"\n"
        return set() if raw.endswith(b"\n") else {last}


def _edit(edit: Edit, ended: bool) -> dict[str, Any]:
    return {
        "line": edit.line,
        "codes": edit.codes,
        "before": _packed(edit.before),
        "after": None if edit.after is None else _packed(edit.after),
        "ended": ended,
    }


def _packed(raw: bytes) -> str | dict[str, str]:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return {"base64": b64encode(raw).decode()}


def _unpacked(value: str | dict[str, str]) -> bytes:
    return value.encode() if isinstance(value, str) else b64decode(value["base64"])


def _restored(entry: dict[str, Any]) -> Iterator[bytes]:
    """Yield the bytes of a file as it was before its fixes."""
    if "length" in entry:  # rejected lines were added at the end
        yield Path(entry["path"]).read_bytes()[: entry["length"]]
        return
    if "original" in entry:
        yield b64decode(entry["original"])
        return
    line = 1
    with open(entry["path"], "rb") as file:
        mark = b"\xef\xbb\xbf" if file.read(3) == b"\xef\xbb\xbf" else b""
        file.seek(0)
        for edit in entry["edits"]:
            while line < edit["line"]:
                yield file.readline()
                line += 1
            if edit["after"] is not None:
                file.readline()
            elif mark and line == 1:
                yield file.read(3)
            yield mark if line == 1 and edit["after"] is not None else b""
            yield _unpacked(edit["before"]) + (b"\n" if edit["ended"] else b"")
            line += 1
        yield from iter(lambda: file.read(1 << 20), b"")


def _blocks(path: str) -> Iterator[bytes]:
    with open(path, "rb") as file:
        yield from iter(lambda: file.read(1 << 20), b"")


def _sha256(blocks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for block in blocks:
        digest.update(block)
    return digest.hexdigest()
