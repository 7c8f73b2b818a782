"""The process of `ftlint check`: pipes, signals, terminals, memory and workers."""

from __future__ import annotations

import gzip
import json
import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from command import CLEAN, HUMAN, Outcome, ftlint, inside, outcome, timeless

MEASURED = """
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(status)
"""
TERMINAL = {"NO_COLOR": "", "TERM": "xterm-256color", "COLUMNS": "80"}


# Standard input and pipes


def test_standard_input(tmp_path: Path) -> None:
    done = ftlint(tmp_path, "check", "-", "--format", "json", stdin=CLEAN + HUMAN)
    assert (done.status, done.places) == (1, [("-", 11, "FT107")])
    assert ftlint(tmp_path, "check", "-", "-q", stdin=CLEAN).status == 0
    empty = ftlint(tmp_path, "check", "-", "--format", "concise")
    assert empty.status == 1 and "FT003 file holds no example" in empty.out


def test_much_standard_input_beside_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(CLEAN)
    many = CLEAN * 2000 + HUMAN
    assert len(many) > 2_000_000
    done = ftlint(
        tmp_path, "check", "a.jsonl", "-", "--format", "json", "--ignore", "FT4", stdin=many
    )
    assert (done.status, done.places) == (1, [("-", 20_001, "FT107")])
    assert [source["bytes"] for source in done.report["sources"]] == [len(CLEAN), len(many)]


def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    ours, theirs = os.pipe()
    os.write(theirs, gzip.compress(CLEAN + HUMAN))
    os.close(theirs)
    (tmp_path / "a.jsonl.gz").symlink_to(f"/dev/fd/{ours}")
    child = subprocess.run(
        [sys.executable, "-m", "ftlint", "check", "a.jsonl.gz", "--format", "json"],
        cwd=tmp_path,
        pass_fds=[ours],
        capture_output=True,
    )
    os.close(ours)
    done = outcome(child.returncode, child.stdout, child.stderr)
    assert (done.status, done.places) == (1, [("a.jsonl.gz", 11, "FT107")])


@pytest.mark.parametrize(
    ("redirection", "arguments", "said"),
    [
        (">&-", "check a.jsonl", "standard output is closed; --output PATH"),
        (">&-", "rule", "standard output is closed"),
        ("<&-", "check -", "-: standard input is closed; name a file"),
        (">/dev/full", "check a.jsonl", "standard output cannot be written: No space left"),
        (">/dev/full", "rule FT107", "standard output cannot be written: No space left"),
    ],
)
def test_closed_and_full_streams(
    tmp_path: Path, redirection: str, arguments: str, said: str
) -> None:
    (tmp_path / "a.jsonl").write_bytes(CLEAN)
    command = f'"{sys.executable}" -m ftlint {arguments} {redirection}'
    child = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True)
    done = outcome(child.returncode, child.stdout, child.stderr)
    assert done.status == 2
    assert done.err.startswith(f"ftlint: {said}")
    assert done.err.count("\n") == 1


def test_standard_error_may_be_closed(tmp_path: Path) -> None:
    command = f'"{sys.executable}" -m ftlint check gone.jsonl 2>&-'
    assert subprocess.run(command, shell=True, cwd=tmp_path).returncode == 2


@pytest.mark.parametrize("arguments", [["check", "a.jsonl", "--format", "json"], ["rule"]])
def test_a_reader_that_leaves(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "a.jsonl").write_bytes(HUMAN * 1000)
    ours, theirs = os.pipe()
    os.close(ours)
    child = subprocess.run(
        [sys.executable, "-m", "ftlint", *arguments],
        cwd=tmp_path,
        stdout=theirs,
        stderr=subprocess.PIPE,
    )
    os.close(theirs)
    assert (child.returncode, child.stderr) == (141, b"")


# Terminals


def on_terminal(
    folder: Path, *arguments: str, err: bool = False, env: Mapping[str, str] | None = None
) -> Outcome:
    """Run ftlint with a terminal as its standard output, or as its standard error."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "ftlint", *arguments],
        cwd=folder,
        env={**os.environ, **TERMINAL, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if err else theirs,
        stderr=theirs if err else subprocess.DEVNULL,
    )
    os.close(theirs)
    shown = b""
    try:
        while data := os.read(ours, 1 << 16):
            shown += data
    except OSError:  # so Linux says that the other side is closed
        pass
    os.close(ours)
    out, said = (b"", shown) if err else (shown, b"")
    return outcome(child.wait(), out, said)


@pytest.mark.parametrize(
    ("arguments", "env", "coloured"),
    [
        ([], {}, True),
        ([], {"NO_COLOR": "1"}, False),
        ([], {"TERM": "dumb"}, False),
        (["--color", "never"], {}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
    ],
)
def test_colours_on_a_terminal(
    tmp_path: Path, arguments: list[str], env: dict[str, str], coloured: bool
) -> None:
    (tmp_path / "a.jsonl").write_bytes(CLEAN + HUMAN)
    done = on_terminal(tmp_path, "check", "a.jsonl", *arguments, env=env)
    assert done.status == 1 and "FT107" in done.out
    assert ("\x1b[" in done.out) is coloured


def test_colours_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(CLEAN + HUMAN)
    assert "\x1b[" not in inside(tmp_path, "check", "a.jsonl").out
    assert "\x1b[" in inside(tmp_path, "check", "a.jsonl", "--color", "always").out


def test_a_rule_on_a_terminal(tmp_path: Path) -> None:
    shown = on_terminal(tmp_path, "rule", "FT107")
    assert shown.status == 0 and "role-invalid" in shown.out and "# role" not in shown.out


def test_progress_is_shown_on_a_terminal_alone(tmp_path: Path) -> None:
    (tmp_path / "large.jsonl").write_bytes(CLEAN * (9_000_000 // len(CLEAN)))
    check = ["check", "large.jsonl", "--jobs", "1"]
    assert "linting" in on_terminal(tmp_path, *check, err=True).err
    assert on_terminal(tmp_path, *check, "-q", err=True).err == ""
    assert ftlint(tmp_path, *check).err == ""


# The cache


def test_the_cache_is_kept_unless_it_is_not_wanted(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(CLEAN + HUMAN)
    cache = tmp_path / "cache"
    check, env = ["check", "a.jsonl", "--format", "json"], {"FTLINT_CACHE_DIR": str(cache)}
    without = ftlint(tmp_path, *check, "--no-cache", env=env)
    assert not cache.exists()
    cold, warm = ftlint(tmp_path, *check, env=env), ftlint(tmp_path, *check, env=env)
    entries = list(cache.iterdir())
    assert entries
    for entry in entries:
        entry.write_bytes(b"damaged")
    damaged = ftlint(tmp_path, *check, env=env)
    assert without.status == 1
    assert {timeless(run.out) for run in (cold, warm, damaged)} == {timeless(without.out)}


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(CLEAN)
    (tmp_path / "file").write_text("")
    for place in ("file", "file/below"):
        env = {"FTLINT_CACHE_DIR": str(tmp_path / place)}
        assert ftlint(tmp_path, "check", "a.jsonl", env=env).status == 0


# Memory and workers


def test_an_endless_line_is_not_kept(tmp_path: Path) -> None:
    with (tmp_path / "long.jsonl").open("wb") as file:
        file.write(CLEAN + b'{"messages":[{"role":"user","content":"' + b"x" * (1 << 20))
        file.seek(300 << 20)  # a hole: no byte of it is on the disk
        file.write(b'"}]}\n' + HUMAN)
    check = [sys.executable, "-m", "ftlint", "check", "long.jsonl", "--format", "json"]
    # A process's peak begins with that of its parent, which here is a small one.
    child = subprocess.run(
        [sys.executable, "-c", MEASURED, *check], cwd=tmp_path, capture_output=True
    )
    done = outcome(child.returncode, child.stdout, child.stderr)
    unit = 1 if sys.platform == "darwin" else 1024
    assert int(done.err) * unit < 250 << 20
    assert done.status == 1
    assert done.places == [("long.jsonl", 11, "FT015"), ("long.jsonl", 12, "FT107")]


def test_workers_never_change_the_report(tmp_path: Path) -> None:
    block = CLEAN * 2000 + HUMAN + b"{\n" + CLEAN
    (tmp_path / "a.jsonl").write_bytes(block * (21_000_000 // len(block)))
    (tmp_path / "b.jsonl").write_bytes(b"\xff\n" + CLEAN + HUMAN * 3)
    check = ["check", "a.jsonl", "b.jsonl", "--format", "json", "--max-findings", "5"]
    one, two = (ftlint(tmp_path, *check, "--jobs", jobs) for jobs in (1, 2))
    assert one.status == two.status == 1
    assert timeless(one.out) == timeless(two.out)
    counts = json.loads(one.out)["counts"]
    assert counts["by_rule"]["FT107"] == counts["by_rule"]["FT007"] + 3 > 8
