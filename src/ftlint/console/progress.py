"""Progress: a bar on standard error while a large dataset is linted."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from ftlint.scoring import tick
from ftlint.source import Shard, Source, size


@contextmanager
def watching(
    sources: Sequence[Source], quiet: bool, what: str = "linting"
) -> Iterator[Callable[[Shard], None]]:
    """Show a progress bar when standard error is a terminal and the work takes a while."""
    total = size(sources)
    if quiet:
        tick.silence()
    if quiet or not _terminal() or total < 8 << 20:
        yield lambda shard: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    # No refresh thread: worker processes are forked, and a fork with threads may hang.
    bar = Progress(*columns, console=Console(stderr=True), auto_refresh=False, transient=True)
    with bar:
        task = bar.add_task("", total=total)

        def step(shard: Shard) -> None:
            bar.update(task, advance=shard.end - shard.start, refresh=True)

        yield step


def _terminal() -> bool:
    """Return whether somebody watches; the stream is None when the user has closed it."""
    return sys.stderr is not None and sys.stderr.isatty()
