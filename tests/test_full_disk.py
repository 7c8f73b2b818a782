"""A disk that is full, at each place where something is written: told in one message, no rests.

No file may grow beyond some bytes: what the kernel says of that is what it says of a full disk. The
last test has a file system that is full, where one can be mounted. Of the cache see test_memory, of
`split` see test_split.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from command import CLEAN, HUMAN, TWICE, Outcome, outcome

from ftlint.case import assistant, chat, user

NAMED = b"".join(
    orjson.dumps(chat(user(f"What did Mary say of number {n}?"), assistant("He met his wife.")))
    + b"\n"
    for n in range(400)
)
WRONG = HUMAN.replace(b'"human"', b'"user","weight":"1"')


def limited(
    folder: Path, *arguments: object, room: int = 4096, stdin: bytes = b"", tmp: str = ""
) -> Outcome:
    """Run ftlint where no file may have more than `room` bytes."""
    child = subprocess.run(
        [sys.executable, "-m", "ftlint", *map(str, arguments)],
        cwd=folder,
        input=stdin,
        capture_output=True,
        env={**os.environ, "FTLINT_NO_CACHE": "1", **({"TMPDIR": tmp} if tmp else {})},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )
    return outcome(child.returncode, child.stdout, child.stderr)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


WRITING = {
    "report": (["check", "a.jsonl", "--output", "r.txt", "--format", "json"], "r.txt"),
    "further report": (["check", "a.jsonl", "-o", "sarif=r.sarif"], "r.sarif"),
    "table": (["check", "a.jsonl", "-o", "csv=r.csv", "-q"], "r.csv"),
    "fixes": (["check", "a.jsonl", "--select", "FT0,FT1", "--fix"], "fixes"),
    "rejected lines": (["check", "a.jsonl", "--fix", "--unsafe-fixes", "--rejects", "r"], "fixes"),
    "baseline": (["check", "a.jsonl", "--baseline", "b.json", "--update-baseline"], "b.json"),
    "another shape": (
        ["convert", "b.jsonl", "--to", "sharegpt", "--output", "c.jsonl.zst"],
        "c.jsonl.zst",
    ),
    "twins": (
        ["augment", "b.jsonl", "--counterfactual", "gender", "--output", "t.jsonl"],
        "t.jsonl",
    ),
}


@pytest.mark.parametrize("old", [False, True], ids=["new", "old"])
@pytest.mark.parametrize("what", WRITING)
def test_what_is_written(tmp_path: Path, what: str, old: bool) -> None:
    arguments, name = WRITING[what]
    (tmp_path / "a.jsonl").write_bytes(CLEAN + (WRONG + HUMAN + TWICE) * 100)
    (tmp_path / "b.jsonl").write_bytes(NAMED)
    if old and name != "fixes" and "baseline" not in what:
        (tmp_path / name).write_bytes(b"old\n")
        arguments = [*arguments, *(["--force"] if arguments[0] != "check" else [])]
    before = contents(tmp_path)
    done = limited(tmp_path, *arguments, room=64)
    assert (done.status, done.out) == (2, "")
    assert "cannot be written" in done.err and done.err.endswith(": File too large\n")
    assert done.err.count("\n") == 1 and name in done.err
    assert contents(tmp_path) == before


def test_a_copy_of_standard_input(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    done = limited(tmp_path, "check", "-", stdin=CLEAN * 10, tmp=str(tmp_path / "tmp"))
    assert (done.status, done.out) == (2, "")
    assert done.err == "ftlint: -: cannot be copied to a file: File too large\n"
    assert contents(tmp_path) == {}


SPOOLED = """
import sys
from ftlint.similarity import spool
spool.LIMIT = 1000
from ftlint.cli import main
main()
"""


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_sketches_of_duplicates(tmp_path: Path, jobs: str) -> None:
    """They go to disk when they become many (`ftlint.similarity.spool`)."""
    (tmp_path / "a.jsonl").write_bytes(NAMED)
    (tmp_path / "b.jsonl").write_bytes(NAMED.replace(b"Mary", b"Anne"))
    command = [sys.executable, "-c", SPOOLED, "check", "a.jsonl", "b.jsonl", "--jobs", jobs]
    child = subprocess.run(
        [*command, "--select", "FT4"],
        cwd=tmp_path,
        capture_output=True,
        env={**os.environ, "FTLINT_NO_CACHE": "1", "TMPDIR": str(tmp_path)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
    )
    done = outcome(child.returncode, child.stdout, child.stderr)
    assert (done.status, done.out) == (2, "")
    told = f"ftlint: no room for temporary files in {tmp_path}: File too large"
    assert done.err == f"{told}; TMPDIR names another folder\n"
    assert sorted(os.listdir(tmp_path)) == ["a.jsonl", "b.jsonl"]


def test_a_file_system_that_is_full(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        data = small / "a.jsonl"
        data.write_bytes(CLEAN + WRONG * 200)
        assert 20_000 < data.stat().st_size < 40_000
        (small / "filling").write_bytes(b"x" * 32_000)
        before = contents(small)
        env = {**os.environ, "FTLINT_CACHE_DIR": str(small / "cache"), "TMPDIR": str(small)}
        for arguments, status in (
            (["check", "a.jsonl", "--select", "FT0,FT1", "--fix"], 2),
            (["check", "a.jsonl", "--format", "json", "--output", "r.json"], 2),
            (["convert", "a.jsonl", "--to", "sharegpt", "--output", "c.jsonl"], 2),
            (["check", "a.jsonl", "-q"], 1),
        ):
            child = subprocess.run(
                [sys.executable, "-m", "ftlint", *arguments],
                cwd=small,
                env=env,
                capture_output=True,
            )
            done = outcome(child.returncode, child.stdout, child.stderr)
            assert done.status == status, done
            if status == 2:
                assert done.err.endswith("No space left on device\n") and done.out == ""
            left = contents(small)
            assert {name: left[name] for name in before} == before
            assert all(name in before or name.startswith("cache/") for name in left)
    finally:
        subprocess.run(["umount", str(small)], check=True)
