"""Executors: whose `map` a run calls. They know nothing of rules."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from ftlint.error import FtlintError
from ftlint.source import Source, size
from ftlint.value import dataclass

if TYPE_CHECKING:
    from ftlint.engine import Plan
    from ftlint.partial import Partial
    from ftlint.source import Shard

PARALLEL = 32_000_000
"""Bytes from which worker processes pay for their start (an estimate from import costs)."""
Lint = Callable[["Plan", "Shard"], "Partial"]


class Executor(Protocol):
    """Something that lints shards."""

    @property
    def jobs(self) -> int:
        """Return how many of them at a time."""
        ...

    def map(self, plan: Plan, lint: Lint, shards: Iterable[Shard]) -> Iterator[Partial]:
        """Yield one result a shard, in the order of the shards."""
        ...


@dataclass(frozen=True, slots=True)
class Serial:
    """Lints in this process."""

    jobs: int = 1

    def map(self, plan: Plan, lint: Lint, shards: Iterable[Shard]) -> Iterator[Partial]:
        """Yield one result a shard, in the order of the shards."""
        for shard in shards:
            yield lint(plan, shard)


_worker: list[Any] = []


def _begin(plan: Plan, lint: Lint) -> None:
    subordinate()
    _worker[:] = [plan, lint]


def subordinate() -> None:
    """Let this process, which another has started, end as that one says, or with it."""
    import gc
    import signal
    from threading import Thread

    gc.freeze()  # what the parent has handed down is neither looked through nor copied
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent alone answers to Ctrl-C
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when its parent is gone, which could not tell it so when it was killed."""
    from multiprocessing import parent_process

    if parent := parent_process():
        parent.join()
        os._exit(1)


def _work(shard: Shard) -> Partial:
    plan, lint = _worker
    return lint(plan, shard)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Processes:
    """Lints in `jobs` processes; at most two shards a process are under way at any time."""

    jobs: int

    def map(self, plan: Plan, lint: Lint, shards: Iterable[Shard]) -> Iterator[Partial]:
        """Yield one result a shard, in the order of the shards."""
        from concurrent.futures import Future, ProcessPoolExecutor
        from multiprocessing import active_children

        others = set(active_children())
        share = replace(plan, size=plan.size // self.jobs)
        pool = ProcessPoolExecutor(self.jobs, initializer=_begin, initargs=(share, lint))
        waiting: deque[Future[Partial]] = deque()
        try:
            for shard in shards:
                waiting.append(pool.submit(_work, _light(shard)))
                if len(waiting) >= 2 * self.jobs:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BaseException:  # nobody wants what is under way
            for process in set(active_children()) - others:
                process.terminate()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _light(shard: Shard) -> Shard:
    """Leave the lines behind when the worker can read them from the file itself."""
    return shard if shard.path.endswith((".gz", ".zst")) else replace(shard, rows=None)


def workers(sources: Sequence[Source], jobs: int = 0) -> Executor:
    """Return `jobs` worker processes; for 0, as many as pay, or this process."""
    jobs = jobs or (cores() if size(sources) >= PARALLEL else 1)
    return Processes(jobs) if jobs > 1 else Serial()


@contextmanager
def workers_told() -> Iterator[None]:
    """Say what it means that a worker process is gone. Raises: FtlintError."""
    try:
        yield
    except RuntimeError as error:
        from concurrent.futures import BrokenExecutor

        if not isinstance(error, BrokenExecutor):
            raise
        raise FtlintError(
            "a worker process was killed, perhaps for want of memory; --jobs 1 needs least"
        ) from error


def cores() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
