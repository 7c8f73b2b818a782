"""Executors: whose `map` a run calls. They know nothing of rules."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from ftlint.engine import Partial, Plan
    from ftlint.source import Shard

Lint = Callable[["Plan", "Shard"], "Partial"]


class Executor(Protocol):
    """Something that lints shards."""

    def map(self, plan: Plan, lint: Lint, shards: Iterable[Shard]) -> Iterator[Partial]:
        """Yield one result a shard, in the order of the shards."""
        ...


@dataclass(frozen=True, slots=True)
class Serial:
    """Lints in this process."""

    def map(self, plan: Plan, lint: Lint, shards: Iterable[Shard]) -> Iterator[Partial]:
        """Yield one result a shard, in the order of the shards."""
        for shard in shards:
            yield lint(plan, shard)


_worker: list[Any] = []


def _begin(plan: Plan, lint: Lint) -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent alone answers to Ctrl-C
    _worker[:] = [plan, lint]


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

        pool = ProcessPoolExecutor(self.jobs, initializer=_begin, initargs=(plan, lint))
        waiting: deque[Future[Partial]] = deque()
        try:
            for shard in shards:
                waiting.append(pool.submit(_work, _light(shard)))
                if len(waiting) >= 2 * self.jobs:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _light(shard: Shard) -> Shard:
    """Leave the lines behind when the worker can read them from the file itself."""
    return shard if shard.path.endswith((".gz", ".zst")) else replace(shard, rows=None)
