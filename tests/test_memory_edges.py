"""The memory of results where runs share it, disks are full and folders cannot be written."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command import CLEAN, ftlint, inside, timeless
from remembered import CHECK, fresh, kept, place, same

__all__ = ["place"]  # fixtures


LARGE = CLEAN * 250


def test_runs_at_once_share_one_cache(place: Path) -> None:
    Path("train.jsonl").write_bytes(LARGE)
    expected = fresh(*CHECK)
    command = [sys.executable, "-m", "ftlint", *CHECK]
    many = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(4)]
    for each in many:
        out, _ = each.communicate()
        assert each.returncode == expected.status
        assert timeless(out.decode()) == timeless(expected.out)
    assert len(kept(place)) == 1
    same(inside(Path(), *CHECK), expected)
    drafts = [path for path in place.parent.rglob("*") if path.name.count("-") > 1]
    assert drafts == []


@pytest.mark.parametrize("room", [0, 40, 3000])
def test_a_disk_that_is_full_makes_it_slower_never_wrong(place: Path, room: int) -> None:
    Path("train.jsonl").write_bytes(LARGE)
    expected = fresh(*CHECK)
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-m", "ftlint", *CHECK],
            capture_output=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
        )
        assert (done.returncode, done.stderr) == (expected.status, b"")
        assert timeless(done.stdout.decode()) == timeless(expected.out)
    assert kept(place) == []


def test_a_full_file_system(place: Path, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(small)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        (small / "filling").write_bytes(b"x" * 8192)
        Path("train.jsonl").write_bytes(LARGE)
        for _ in range(2):
            same(ftlint(tmp_path, *CHECK, env={"FTLINT_CACHE_DIR": str(small)}), fresh(*CHECK))
        full = ftlint(tmp_path, *CHECK, "--output", small / "report.json")
        wanted = f"ftlint: {small / 'report.json'}: cannot be written: No space left on device\n"
        assert (full.status, full.err) == (2, wanted) or full.status == 0
    finally:
        subprocess.run(["umount", str(small)], check=True)


READ_ONLY = """
mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && cd "$0" && exec "$@"
"""


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """The dataset can be linted there; fixes say why they are not written."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "train.jsonl").write_bytes(CLEAN + b"\n" + CLEAN)
    before: list[str] = []
    if os.geteuid():
        folder.chmod(0o555)
    else:  # to root everything is permitted
        before = ["unshare", "-m", "sh", "-c", READ_ONLY, str(folder)]
        if subprocess.run([*before, "true"], capture_output=True).returncode:
            pytest.skip("nothing can be mounted here")

    def check(*more: str) -> tuple[int, str, str]:
        command = [sys.executable, "-m", "ftlint", "check", "train.jsonl", "--select", "FT0", *more]
        done = subprocess.run([*before, *command], cwd=folder, capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    for _ in range(2):
        status, out, err = check("--cache-dir", "kept", "--format", "concise")
        assert (status, err) == (0, "") and "train.jsonl:11:1 FT009" in out
    status, _, err = check("--fix")
    reason = "Permission denied" if os.geteuid() else "Read-only file system"
    assert (status, err) == (2, f"ftlint: fixes cannot be written in {folder}: {reason}\n")
    status, _, err = check("--output", "report.txt")
    assert status == 2 and err.startswith("ftlint: report.txt: cannot be written: ")
    folder.chmod(0o755)
    assert [path.name for path in folder.iterdir()] == ["train.jsonl"]


def test_time_that_stood_still_is_not_trusted(tmp_path: Path, place: Path) -> None:
    from ftlint.storage.stamp import tree

    folder = tmp_path / "tokenizer"
    folder.mkdir()
    (folder / "a.json").write_bytes(b"one")
    first = tree(folder)
    assert not list(place.glob("tree-*"))  # written just now: it may change within one tick
    (folder / "a.json").write_bytes(b"two")
    assert tree(folder) != first
    assert time.time_ns() > (folder / "a.json").stat().st_mtime_ns
