"""Shards for several processes shrink to the end; a file is read whole whatever their sizes."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ftlint.finding import Where
from ftlint.sizing import LEAST, SHARD, sizes
from ftlint.source import Dataset, Source

LINES = [b'{"n": %d, "text": "%s"}' % (n, b"x" * (n % 90)) for n in range(3000)]


@pytest.mark.parametrize("workers", [1, 2, 7])
def test_the_last_shards_are_small(workers: int) -> None:
    total, seen, cut = 300_000_000, 0, []
    told = sizes(SHARD, workers, total)
    while seen < total:
        cut.append(told(seen))
        seen += cut[-1]
    assert max(cut) == SHARD and cut == sorted(cut, reverse=True)
    # Whoever is last has no more to do than half of what was left for each.
    assert workers == 1 or (cut[-1] == LEAST and len(cut) < 2 * total // SHARD + 60 * workers)


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_every_line_is_found_again(tmp_path: Path, name: str) -> None:
    data = b"\n".join(LINES)
    path = tmp_path / name
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    source = Source(str(path))
    dataset = Dataset((source, source), shard_size=9000, workers=2)
    shards = list(dataset.shards())
    assert [row for shard in shards for row in shard.rows or ()] == LINES * 2
    wanted = [0, 1, 1700, 2999, 3000, 4321, 5999]
    found = dataset.fetch([Where(n // 3000, n) for n in wanted])
    assert [found[n].raw for n in wanted] == [LINES[n % 3000] for n in wanted]
