"""Watching: a check that runs again whenever its data or configuration has changed.

Files are asked for size, times and inode twice a second; no event of the system is needed, so it
works on every file system. A run begins when two looks in a row agree: nothing is half written.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from ftlint.afterwards import suppression as suppressions
from ftlint.commands.argument import complain, is_terminal
from ftlint.configuration.config import Config, discover, find
from ftlint.error import FtlintError, SourceError
from ftlint.source import expand

PAUSE = 0.5
"""Seconds between two looks."""
_CLEAR = "\x1b[H\x1b[2J\x1b[3J"

State = tuple[tuple[str, int, int, int], ...]


def watch(
    once: Callable[[], int],
    look: Callable[[], State],
    pause: Callable[[float], object] = time.sleep,
) -> int:
    """Call `once` whenever what `look` sees has changed; return its last status on Ctrl-C."""
    status = 130  # as of a run that was interrupted
    with suppress(KeyboardInterrupt):
        while True:
            seen = look()
            if is_terminal(sys.stdout):
                click.echo(_CLEAR, nl=False)
            status = _told(once)
            complain("watching for changes; Ctrl-C ends")
            while (now := look()) == seen:
                pause(PAUSE)
            while (later := look()) != now:
                now = later
                pause(PAUSE)
    return status


def _told(once: Callable[[], int]) -> int:
    """Return the status of a run; a mistake that can be mended ends the run, not the watch."""
    try:
        return once()
    except click.ClickException as error:
        error.show()
    except FtlintError as error:
        complain(str(error))
    return 2


def watched(paths: Sequence[str], options: Mapping[str, Any]) -> State:
    """Return what the data, the configuration and all that it names look like now."""
    data = [*paths, *options["train"], *options["validation"]]
    named = [options[name] for name in ("config", "baseline", "tokenizer", "grader")]
    named += [word.partition("=")[2] for word in options["benchmarks"]]
    named += _own(options["targets"])
    others = [Path(name) for name in named if name]
    with suppress(FtlintError):  # a broken configuration: it is looked at all the same
        found = None if options["config"] else find(Path.cwd())
        others += [found] if found else []
        config = discover(Path.cwd(), options["config"])
        others += [config.root / name for name in _named(config)]
        accepted = suppressions.find(Path.cwd(), config.root)
        others += [accepted] if accepted else []
        if not data:
            names = (*config.data.train, *config.data.validation)
            data = [str(config.root / name) for name in names]
    return look(data, others)


def _named(config: Config) -> Iterator[str]:
    """Yield what a configuration names besides the data."""
    yield from (*config.packs, *config.benchmarks.values(), *config.lexicons)
    one = (config.baseline, config.tokenizer, config.grader, config.suppressions)
    yield from filter(None, one)
    yield from _own(config.target)


def _own(targets: Iterable[str]) -> Iterator[str]:
    """Yield what may be files of targets: PATH, or PATH:MODEL."""
    for word in targets:
        yield from (word, word.rpartition(":")[0] or word)


def look(data: Iterable[str], others: Iterable[Path]) -> State:
    """Return what the files that `data` names and `others` look like; folders with all in them."""
    found = []
    for name in [*_data(data), *(path for other in others for path in _below(other))]:
        with suppress(OSError):
            status = os.stat(name)
            found.append((name, status.st_size, status.st_mtime_ns, status.st_ino))
    return tuple(sorted(found))


def _data(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        with suppress(SourceError):  # not there yet, or not there any more
            yield from (source.path for source in expand([path]))


def _below(path: Path) -> Iterator[str]:
    yield str(path)
    for folder, _, names in os.walk(path):
        yield from (os.path.join(folder, name) for name in names)
