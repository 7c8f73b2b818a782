"""`ftlint check --watch`, as its users run it: in a process of its own, ended with Ctrl-C."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from command import CLEAN, HUMAN, inside

from ftlint.console.watch import State, look, watch, watched

WATCH = (sys.executable, "-m", "ftlint", "check", "--select", "FT0,FT1", "--format", "concise")


@contextmanager
def watching(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Yield a process that watches; it is killed if the test has not ended it."""
    process = subprocess.Popen(
        [*WATCH, "--watch", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def shown(process: subprocess.Popen[str]) -> list[str]:
    """Return what is shown until it waits again."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in iter(process.stdout.readline, ""):
        if "watching for changes" in line:
            return lines
        lines.append(line)
    raise AssertionError("".join(lines))


def end(process: subprocess.Popen[str]) -> int:
    process.send_signal(signal.SIGINT)
    return process.wait()


def test_a_change_runs_it_again_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_bytes(CLEAN)
    with watching(tmp_path, "train.jsonl") as process:
        assert shown(process)[-1].endswith("no findings\n")
        path.write_bytes(CLEAN + HUMAN)
        assert shown(process)[0].startswith("train.jsonl:11:")
        path.unlink()
        assert shown(process) == ["ftlint: train.jsonl: no such file or folder\n"]
        path.write_bytes(CLEAN + HUMAN)
        assert shown(process)[0].startswith("train.jsonl:11:")
        assert end(process) == 1


def test_the_configuration_and_new_files_are_watched(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "a.jsonl").write_bytes(CLEAN + HUMAN)
    with watching(tmp_path, "data") as process:
        assert "1 error" in shown(process)[-1]
        (tmp_path / "ftlint.yaml").write_text("severity: {FT107: note}\n", "utf-8")
        assert "1 note" in shown(process)[-1]
        (data / "b.jsonl").write_bytes(CLEAN.replace(b"a", b"e", 1) + b"{\n")
        assert "in 2 files" in shown(process)[-1]
        (tmp_path / "ftlint.yaml").write_text("severty: {}\n", "utf-8")
        assert "ftlint.yaml:1:1" in shown(process)[-1]
        assert end(process) == 2


CONFIG = """target: [openai, p/own.yaml:m]
grader: g.json
lexicons: [fans.yaml]
baseline: base.json
tokenizer: folder
"""
NAMED = {"train": (), "validation": (), "benchmarks": ("a=set.jsonl",), "targets": ("my.yaml",)}


@pytest.mark.parametrize(
    "name",
    [
        *(".ftlint-ignore.yaml", "g.json", "fans.yaml", "base.json", "folder/a.json", "p/own.yaml"),
        *("my.yaml", "set.jsonl", "other.json"),
    ],
)
def test_whatever_is_named_is_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for place in ("p", "folder"):
        Path(place).mkdir()
    Path("ftlint.yaml").write_text(CONFIG, "utf-8")
    Path("train.jsonl").write_bytes(CLEAN)
    options = dict.fromkeys(("config", "baseline", "tokenizer"), None)
    options |= {**NAMED, "grader": "other.json"}
    before = watched(["train.jsonl"], options)
    Path(name).write_text("a", "utf-8")
    came = watched(["train.jsonl"], options)
    Path(name).write_text("ab", "utf-8")
    assert len({before, came, watched(["train.jsonl"], options)}) == 3


def test_an_accepted_finding_goes_while_it_watches(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_bytes(CLEAN + HUMAN)
    with watching(tmp_path, "train.jsonl") as process:
        assert "1 error" in shown(process)[-1]
        entry = "{rule: FT107, path: train.jsonl, reason: a test}"
        (tmp_path / ".ftlint-ignore.yaml").write_text(f"suppressions: [{entry}]\n", "utf-8")
        assert "1 suppressed" in shown(process)[-1]
        assert end(process) == 0


def test_a_terminal_is_cleared(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_bytes(CLEAN)
    ours, theirs = pty.openpty()
    command = [*WATCH, "--watch", "train.jsonl"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = b""
    while b"watching for changes" not in seen:
        seen += os.read(ours, 4096)
    process.send_signal(signal.SIGINT)
    assert process.wait() == 0
    os.close(ours)
    assert seen.startswith(b"\x1b[H\x1b[2J")


def test_a_file_that_is_still_written_is_waited_for() -> None:
    looks = iter("aabcddddd")  # a run, changes, quiet: a second run
    runs: list[int] = []

    def next_look() -> State:
        sign = next(looks, None)
        if sign is None:
            raise KeyboardInterrupt
        return ((sign, 0, 0, 0),)

    def once() -> int:
        runs.append(len(runs))
        return runs[-1]

    pauses: list[float] = []
    assert watch(once, next_look, pauses.append) == 1
    assert runs == [0, 1]


def test_what_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"1")
    pack = tmp_path / "rules"
    pack.mkdir()
    (pack / "a.yaml").write_bytes(b"")
    before = look([str(tmp_path), "absent.jsonl"], [pack])
    assert [name for name, *_ in before] == [
        str(tmp_path / "a.jsonl"),
        str(pack),
        str(pack / "a.yaml"),
    ]
    (tmp_path / "a.jsonl").write_bytes(b"12")
    assert look([str(tmp_path)], [pack]) != before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--fix",), "--watch only looks; leave --fix out"),
        (("--update-baseline",), "leave --update-baseline out"),
        (("-",), "--watch cannot read standard input again"),
    ],
)
def test_impossible_wishes(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    (tmp_path / "train.jsonl").write_bytes(CLEAN)
    done = inside(tmp_path, "check", "train.jsonl", "--watch", *options)
    assert done.status == 2 and said in done.err
