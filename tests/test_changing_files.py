"""Files that change while they are read: a message that says so, and nothing else is shown."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command import CLEAN, HUMAN

from ftlint.configuration.catalogue import builtin
from ftlint.engine import Plan, run
from ftlint.error import SourceError
from ftlint.example import Batch
from ftlint.executors import Executor, Processes, Serial
from ftlint.finding import Finding, Severity
from ftlint.report import Report
from ftlint.rule import DatasetRule
from ftlint.source import Dataset, Shard, Source
from ftlint.summary import Nothing

SHARD = 2000
DATA = HUMAN + CLEAN * 20 + HUMAN
RULES = tuple(rule for rule in builtin() if rule.code[:3] in ("FT0", "FT1", "FT4"))
TOLD = "{path}: has changed while it was read; run it again when it is written whole"


def lint(path: Path, change: Callable[[], object], at: int, executor: Executor) -> Report:
    """Lint a file that changes when `at` shards of it have been read."""
    left = [at]

    def step(shard: Shard) -> None:
        left[0] -= 1
        if not left[0]:
            change()

    dataset = Dataset((Source(str(path)),), SHARD)
    return run(Plan(RULES), dataset, executor, step)


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(HUMAN)


def rewrite(path: Path) -> None:
    """Put other lines into the same file; as many bytes, as a careless editor might."""
    before = path.read_bytes()
    path.write_bytes(before.replace(b"Hi", b"Ho"))


def replace(path: Path) -> None:
    """Put a file with longer lines in its place."""
    other = path.with_name("other")
    other.write_bytes(DATA.replace(b"user", b"assistant"))
    os.replace(other, path)


def become(path: Path) -> None:
    path.unlink()
    path.mkdir()


CHANGES: dict[str, Callable[[Path], object]] = {
    "is cut": lambda path: os.truncate(path, len(DATA) // 2),
    "is emptied": lambda path: os.truncate(path, 0),
    "is rewritten": rewrite,
    "is replaced": replace,
    "is removed": Path.unlink,
    "becomes a folder": become,
}


@pytest.mark.parametrize("executor", [Serial(), Processes(2)], ids=["alone", "workers"])
@pytest.mark.parametrize("at", [1, 3, 10])
@pytest.mark.parametrize("how", CHANGES)
def test_a_file_that_changes_is_told(tmp_path: Path, how: str, at: int, executor: Executor) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(DATA)
    assert len(DATA) > 10 * SHARD
    with pytest.raises(SourceError) as told:
        lint(path, lambda: CHANGES[how](path), at, executor)
    assert str(told.value) == TOLD.format(path=path)


@pytest.mark.parametrize("executor", [Serial(), Processes(2)], ids=["alone", "workers"])
@pytest.mark.parametrize("at", [1, 3, 10])
def test_a_file_that_grows_is_read_to_its_end(tmp_path: Path, at: int, executor: Executor) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(DATA)
    report = lint(path, lambda: append(path), at, executor)
    lines = [finding.place.line for finding in report.findings if finding.code == "FT107"]
    assert lines == [1, 202, 203]
    assert report.counts == lint(path, lambda: None, 1, executor).counts


class Slow(DatasetRule[Nothing]):
    """Rule that takes so long that the file grows meanwhile."""

    code, name, severity, message = "ACM001", "slow", Severity.NOTE, "slow"

    def summarize(self, batch: Batch) -> Nothing:
        return Nothing()

    def finish(self, summary: Nothing, dataset: Dataset) -> Iterator[Finding]:
        append(Path(dataset.sources[0].path))
        yield from ()


def test_a_file_that_grows_behind_its_reader_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(DATA)
    with pytest.raises(SourceError) as told:
        run(Plan((*RULES, Slow())), Dataset((Source(str(path)),)))
    assert str(told.value) == TOLD.format(path=path)


@pytest.mark.parametrize("at", [1, 9])
def test_so_is_an_archive(tmp_path: Path, at: int) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(DATA))
    with pytest.raises(SourceError) as told:
        lint(path, lambda: path.write_bytes(gzip.compress(CLEAN)), at, Serial())
    assert str(told.value) == TOLD.format(path=path)


def test_the_other_one_of_two_files_is_watched_too(tmp_path: Path) -> None:
    one, two = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    one.write_bytes(HUMAN * 3)
    two.write_bytes(DATA)
    dataset = Dataset((Source(str(one)), Source(str(two))), SHARD)
    with pytest.raises(SourceError, match=r"a\.jsonl: has changed while it was read"):
        run(Plan(RULES), dataset, progress=lambda shard: os.truncate(one, 10))


def test_a_file_that_is_touched_has_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(DATA)
    report = lint(path, lambda: os.utime(path, (1, 1)), 2, Serial())
    assert [finding.place.line for finding in report.findings if finding.code == "FT107"] == [
        1,
        202,
    ]
