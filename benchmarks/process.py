"""Runs one command of a benchmark and measures its CPU time and memory from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent / "src"
CACHE = HERE / ".cache"


@dataclass(frozen=True, slots=True)
class Usage:
    """What one finished process used."""

    cpu: float  # seconds, user and system, of the whole process with its children
    wall: float  # seconds
    peak: int  # bytes, largest resident set of one process


@dataclass(frozen=True, slots=True)
class Outcome:
    """A process that has ended, in whatever way."""

    usage: Usage
    status: int  # of the exit; the negative number of a signal
    said: str  # on standard error

    @property
    def crashed(self) -> bool:
        """Whether it was killed or showed a traceback: an uncaught exception exits with 1."""
        return self.status < 0 or "Traceback (most recent call last)" in self.said


def run(arguments: Sequence[str], folder: Path, allowed: Sequence[int] = (0,)) -> Usage:
    """Run this Python with ``arguments`` in ``folder``; it leaves ``stdout`` and ``stderr`` there.

    Ends the program with 2 if the command fails: a status that is not allowed, or a traceback.
    """
    done = attempt([sys.executable, *arguments], folder, environment(folder))
    if done.status not in allowed or done.crashed:
        print(f"exit {done.status}: python {' '.join(arguments)}", file=sys.stderr)
        print(done.said[-2000:], file=sys.stderr)
        raise SystemExit(2)
    return done.usage


def attempt(
    command: Sequence[str], folder: Path, env: Mapping[str, str], limit: float | None = None
) -> Outcome:
    """Run any program in ``folder``, at most ``limit`` seconds, and leave what it says there.

    The caller has to stay small: on Linux a child's peak starts at that of its parent.
    """
    started = time.perf_counter()
    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd=folder,
            env=env,
            start_new_session=limit is not None,
        )
        timer = threading.Timer(limit or 0, _kill, [child.pid])
        if limit is not None:
            timer.start()
        _, status, usage = os.wait4(child.pid, 0)
        timer.cancel()
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    used = Usage(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * unit)
    return Outcome(used, child.returncode, (folder / "stderr").read_text(errors="replace"))


def _kill(group: int) -> None:
    """End a child with all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def environment(folder: Path) -> dict[str, str]:
    """The child's environment: this checkout's code, byte code kept, no warm caches of ours."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    paths = [str(SOURCE), *filter(None, [os.environ.get("PYTHONPATH")])]
    return kept | {"PYTHONPATH": os.pathsep.join(paths), "XDG_CACHE_HOME": str(folder / "cache")}


def corpus(megabytes: float, cache: Path = CACHE, data: Path | None = None) -> Path:
    """Return a corpus of this size in the cache folder, made of the examples in ``data`` if absent.

    A process of its own makes it: what stays in this one's memory would count as its children's.
    """
    file = cache / f"corpus-{megabytes:g}.jsonl"
    if not file.exists():
        cache.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        arguments = ["--megabytes", str(megabytes), "--output", str(part)]
        arguments += ["--data", str(data.resolve())] if data else []
        with tempfile.TemporaryDirectory() as folder:
            run([str(HERE / "corpus.py"), *arguments], Path(folder))
        part.rename(file)
    return file
