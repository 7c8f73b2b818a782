"""Test sets: files of benchmarks that the user names, read as items and indexed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from ftlint.configuration.document import suggest
from ftlint.contamination.benchmark import MOST, Benchmark, Index, build
from ftlint.error import FtlintError, SourceError, UsageError
from ftlint.limit import MAX_LINE
from ftlint.pointer import join
from ftlint.stream import open_stream

if TYPE_CHECKING:
    from ftlint.configuration.config import Config
    from ftlint.rule import Rule

SHAPES = ("question", "prompt", "problem", "instruction", "input", "text", "messages")
"""Keys of what is asked; the first that a record has counts, and its answer never does."""
_CHOICES = ("choices", "options", "endings")
_NAMES = ("task_id", "id")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

Blame = Callable[[str], FtlintError]
"""From a message to the error that has the place of what is wrong."""


def given(config: Config, rules: Sequence[Rule], asked: Sequence[str]) -> tuple[Rule, ...]:
    """Return `rules` with the test sets of the file and of the command line, which counts more.

    Each is read, so that a mistake is told before the run. Raises: ConfigError, UsageError
    """
    places = [at for at, rule in enumerate(rules) if hasattr(rule, "benchmarks")]
    if asked and not places:
        raise UsageError("--benchmark: the rule benchmark-contamination (FT420) is not selected")
    made = list(rules)
    for at in places:
        files = {**_of_file(config, rules[at]), **_of_command_line(asked)}
        made[at] = replace(
            rules[at], **{"benchmarks": tuple(f"{name}={path}" for name, path in files.items())}
        )
    return tuple(made)


def _of_file(config: Config, rule: Rule) -> dict[str, str]:
    """Return the paths by name that the configuration has, under either of two keys."""
    key = rule.code if rule.code in config.rules else rule.name
    files: dict[str, str] = {}
    for index, word in enumerate(getattr(rule, "benchmarks", ())):
        files.update(_pair(word, _at(config, "rules", key, "benchmarks", index), config.root))
    for name, path in config.benchmarks.items():
        files.update(_pair(f"{name}={path}", _at(config, "benchmarks", name), config.root))
    return files


def _at(config: Config, *parts: str | int) -> Blame:
    return lambda message: config.document.error(join(parts), message)


def _of_command_line(asked: Sequence[str]) -> dict[str, str]:
    files: dict[str, str] = {}
    for word in asked:
        files.update(_pair(word, lambda message: UsageError(f"--benchmark: {message}"), Path()))
    return files


def _pair(word: str, blame: Blame, root: Path) -> dict[str, str]:
    """Return the path of NAME=PATH by its name; the file is read."""
    name, equals, path = word.partition("=")
    if not equals or not path or not name:
        raise blame(f"{word!r} is not NAME=PATH")
    if not _NAME.fullmatch(name):
        raise blame(f"name {name!r} of a benchmark has more than letters, digits, '.', '_', '-'")
    full, here = root / path, Path.cwd()
    full = full.relative_to(here) if full.is_relative_to(here) else full
    try:
        index_of(name, str(full))
    except SourceError as error:
        hint = "" if full.exists() else suggest(full.name, _siblings(full))
        raise blame(f"{error}{hint}") from None
    return {name: str(full)}


def _siblings(path: Path) -> list[str]:
    try:
        return os.listdir(path.parent)
    except OSError:
        return []


def index_of(name: str, path: str) -> Index:
    """Return the index of a file, built once a process. Raises: SourceError."""
    try:
        status = os.stat(path)
    except OSError as error:
        raise _failed(path, error) from error
    return _built(name, path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=64)
def _built(name: str, path: str, changed: int, size: int) -> Index:
    names: list[str] = []
    texts: list[list[str]] = []
    for label, asked in _items(path):
        names.append(label)
        texts.append(asked)
        if len(names) > MOST:
            raise SourceError(f"{path}: more than {MOST} items; a benchmark has fewer")
    if not names:
        raise SourceError(f"{path}: no item in this file")
    index = build([Benchmark(name, path, names=tuple(names))], texts)
    if not len(index):
        raise SourceError(f"{path}: no item is long enough to be found (8 words)")
    return index


def _items(path: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the name of each item and the texts of what it asks. Raises: SourceError."""
    number = 0
    for line, raw in _lines(path):
        if not raw.strip():
            continue
        try:
            record = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise SourceError(f"{path}:{line}: invalid JSON: {error.msg}") from error
        asked = texts_of(record)
        if asked is None:
            raise SourceError(f"{path}:{line}: no text to look for (one of {', '.join(SHAPES)})")
        yield _name(record, number), asked
        number += 1


def _lines(path: str) -> Iterator[tuple[int, bytes]]:
    try:
        with open_stream(path, lambda seen: None) as stream:
            number = 1
            while line := stream.readline(MAX_LINE + 1):
                if len(line) > MAX_LINE:
                    raise SourceError(f"{path}:{number}: longer than {MAX_LINE} bytes")
                yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
                number += 1
    except OSError as error:
        raise _failed(path, error) from error


def _failed(path: str, error: OSError) -> SourceError:
    reason = error.strerror or str(error)
    return SourceError(f"{path}: {reason[:1].lower()}{reason[1:]}")


def _name(record: Mapping[str, Any], number: int) -> str:
    """Return the name that a record gives itself, else its number from 0."""
    for key in _NAMES:
        if isinstance(record.get(key), str) and record[key].strip():
            return str(record[key])
    return str(number)


def texts_of(record: Any) -> list[str] | None:
    """Return the texts of what a record asks; None when it has none of the `SHAPES`."""
    if not isinstance(record, dict):
        return None
    for key in SHAPES:
        value = record.get(key)
        if isinstance(value, str):
            return [_whole(record, key, value)]
        if isinstance(value, list):
            return _asked(value)
    return None


def _whole(record: Mapping[str, Any], key: str, asked: str) -> str:
    """Return the question with its choices, lettered as they are in most prompts."""
    if key == "instruction" and isinstance(record.get("input"), str):
        return f"{asked}\n\n{record['input']}"
    choices: list[Any] = next((record[k] for k in _CHOICES if isinstance(record.get(k), list)), [])
    return lettered(asked, [choice for choice in choices if isinstance(choice, str)])


def lettered(asked: str, choices: list[str]) -> str:
    """Return a question followed by its choices; signs and line ends between them part words."""
    pairs = zip(_LETTERS, choices, strict=False)
    return " ".join([asked, *[f"{letter} {choice}" for letter, choice in pairs]])


def _asked(messages: list[Any]) -> list[str]:
    """Return the texts of the messages of the user."""
    return [
        message["content"]
        for message in messages
        if isinstance(message, dict)
        and message.get("role") == "user"
        and isinstance(message.get("content"), str)
    ]
