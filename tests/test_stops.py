"""Runs that are stopped, lose a worker or meet another one: nothing is left, nothing hangs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from command import CLEAN, HUMAN, RULE, SOURCE, Outcome, inside, installed, outcome, timeless

INTERRUPTIBLE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have had it ignored
from ftlint.cli import main
main()
"""
BLOCKED = RULE.replace(
    "yield from ()",
    """import os, signal
        with open("begun", "wb", buffering=0) as begun:
            begun.write(b"%d\\n" % os.getpid())
            signal.pause()
        yield from ()""",
)
"""A rule that says by which process it was asked, and never answers."""


BEFORE = ["a.jsonl", "b.jsonl", "begun", "packages"]


class Run:
    """A check with two workers that have both begun and never end."""

    def __init__(self, folder: Path, packages: Path) -> None:
        """Start it, and wait for the workers."""
        self.folder = folder
        (folder / "tmp").mkdir()
        (folder / "a.jsonl").write_bytes(CLEAN)
        (folder / "b.jsonl").write_bytes(HUMAN)
        os.mkfifo(folder / "begun")
        named = ["a.jsonl", "b.jsonl", "--select", "ACM", "--jobs", "2"]
        self.child = subprocess.Popen(
            [sys.executable, "-c", INTERRUPTIBLE, "check", *named, "--output", "report.txt"],
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": f"{packages}:{SOURCE}",
                "TMPDIR": str(folder / "tmp"),
                "FTLINT_NO_CACHE": "1",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.begun = (folder / "begun").open("rb")
        self.workers = [int(self.begun.readline()) for _ in range(2)]

    def ended(self) -> Outcome:
        """Return what it left behind, once all of its processes are gone."""
        done = outcome(self.child.wait(), *map(_rest, (self.child.stdout, self.child.stderr)))
        # The end of the pipe comes when nobody holds its other end: no worker lives on.
        assert self.begun.read() == b""
        self.begun.close()
        assert sorted(os.listdir(self.folder)) == [*BEFORE, "tmp"]
        assert os.listdir(self.folder / "tmp") == []
        return done


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    started = Run(tmp_path, installed(tmp_path, BLOCKED))
    assert started.workers[0] != started.workers[1]
    yield started
    if started.child.poll() is None:
        started.child.kill()


@pytest.mark.parametrize(
    ("number", "status", "said"),
    [
        (signal.SIGINT, 130, "interrupted"),
        (signal.SIGTERM, 143, "terminated"),
        (signal.SIGHUP, 129, "terminated"),
    ],
)
def test_a_signal_ends_the_workers_at_once(
    run: Run, number: signal.Signals, status: int, said: str
) -> None:
    run.child.send_signal(number)
    done = run.ended()
    assert (done.status, done.out) == (status, "")
    assert done.err.strip() == f"ftlint: {said}; nothing was written"


def test_workers_end_with_a_run_that_is_killed(run: Run) -> None:
    run.child.kill()
    assert run.ended().status == -signal.SIGKILL


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_a_killed_worker_ends_the_run(run: Run, number: signal.Signals) -> None:
    os.kill(run.workers[1], number)
    done = run.ended()
    assert (done.status, done.out) == (2, "")
    told = "ftlint: a worker process was killed, perhaps for want of memory; --jobs 1 needs least\n"
    assert done.err == told


@pytest.mark.parametrize(
    ("number", "status", "word"),
    [
        (signal.SIGINT, 130, "interrupted"),
        (signal.SIGTERM, 143, "terminated"),
        (signal.SIGHUP, 129, "terminated"),
    ],
)
def test_a_copy_of_standard_input_is_removed(
    tmp_path: Path, number: signal.Signals, status: int, word: str
) -> None:
    (tmp_path / "tmp").mkdir()
    child = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, "check", "-", "--output", "report.txt"],
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdin is not None
    child.stdin.write(CLEAN * 4000)  # more than a pipe holds, so that ftlint is reading by now
    child.stdin.flush()
    assert len(os.listdir(tmp_path / "tmp")) == 1
    child.send_signal(number)
    child.stdin.close()  # wakes a read that began just after the signal came
    done = outcome(child.wait(), *map(_rest, (child.stdout, child.stderr)))
    assert (done.status, done.out) == (status, "")
    assert done.err.split() == ["ftlint:", f"{word};", "nothing", "was", "written"]
    assert os.listdir(tmp_path) == ["tmp"] and os.listdir(tmp_path / "tmp") == []


def test_a_signal_that_is_ignored_stays_so(tmp_path: Path) -> None:
    """As under nohup, which ignores the end of the terminal."""
    (tmp_path / "a.jsonl").write_bytes(CLEAN)
    code = "import os, signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); "
    code += "from ftlint import cli; run = cli._run; "
    code += "cli._run = lambda: (os.kill(os.getpid(), signal.SIGHUP), run()); cli.main()"
    child = subprocess.run(
        [sys.executable, "-c", code, "check", "a.jsonl", "-q"], cwd=tmp_path, capture_output=True
    )
    assert (child.returncode, child.stderr) == (0, b"")


# Two at once


def together(folder: Path, *arguments: str, many: int = 4) -> list[Outcome]:
    """Return what some equal runs at once leave behind."""
    env = {**os.environ, "FTLINT_CACHE_DIR": str(folder / "cache")}
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", "ftlint", *arguments],
            cwd=folder,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(many)
    ]
    return [outcome(run.wait(), *map(_rest, (run.stdout, run.stderr))) for run in runs]


def test_runs_at_once_share_one_output(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes((CLEAN + HUMAN) * 20)
    outputs = ["-o", "json=report.json", "--output", "report.txt"]
    runs = together(tmp_path, "check", "a.jsonl", "--select", "FT0,FT1", *outputs)
    told = "report.txt: 220 examples in a.jsonl: 20 errors; failed\n"
    assert {(run.status, run.out, run.err) for run in runs} == {(1, "", told)}
    report = (tmp_path / "report.json").read_text("utf-8")
    assert json.loads(report)["counts"]["by_rule"]["FT107"] == 20
    assert (tmp_path / "report.txt").read_text("utf-8").count("FT107") > 3
    assert sorted(os.listdir(tmp_path)) == ["a.jsonl", "cache", "report.json", "report.txt"]
    alone = inside(tmp_path, "check", "a.jsonl", "--select", "FT0,FT1", "--format", "json")
    assert timeless(report) == timeless(alone.out)


def test_runs_at_once_fix_one_file(tmp_path: Path) -> None:
    """One of them mends it; whoever comes later finds it mended, or says that it has changed."""
    wrong = HUMAN.replace(b'"human"', b'"user","weight":"1"')
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_bytes(CLEAN + wrong * 50)
    fix = ("--select", "FT0,FT1", "--fix", "-q")
    assert inside(tmp_path, "check", "b.jsonl", *fix).status == 0
    runs = together(tmp_path, "check", "a.jsonl", *fix)
    assert 0 in {run.status for run in runs}
    for run in runs:
        assert run.status in (0, 2)
        assert run.status == 0 or "has changed" in run.err
    mended = (tmp_path / "b.jsonl").read_bytes()
    assert (tmp_path / "a.jsonl").read_bytes() == mended != CLEAN + wrong * 50
    assert [name for name in os.listdir(tmp_path) if name.startswith(".ftlint-")] == []


def _rest(stream: IO[bytes] | None) -> bytes:
    assert stream is not None
    with stream:
        return stream.read()
