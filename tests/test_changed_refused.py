"""What `--changed` and `--since` cannot answer, and folders that git handles in its own way."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

import pytest
from command import CLEAN, inside
from worktree import ROLES, WRONG, alone, changed, commit, found, git, put, work

__all__ = ["alone", "work"]  # fixtures


def refused(folder: Path, *arguments: object) -> str:
    done = inside(folder, "check", *arguments)
    assert (done.status, done.out) == (2, "")
    return done.err


def test_outside_of_git(tmp_path: Path) -> None:
    put(tmp_path, CLEAN)
    assert refused(tmp_path, "train.jsonl", "--changed") == (
        "ftlint: --changed: train.jsonl: it lies in no git repository; "
        "leave the option out, or commit the data\n"
    )


def test_options_that_exclude_each_other(work: Path) -> None:
    assert "leave one of them out" in refused(work, "train.jsonl", "--changed", "--since", "main")
    wide = ("train.jsonl", "--changed", "--update-baseline")
    assert "a baseline holds all findings" in refused(work, *wide)
    none = ("train.jsonl", "--no-baseline", "--baseline", "x.json")
    assert "exclude each other" in refused(work, *none)


def test_without_git(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(work))
    assert "git is not installed" in refused(work, "train.jsonl", "--changed")


def test_revisions_that_are_not_there(work: Path) -> None:
    said = refused(work, "train.jsonl", "--since", "v1")
    assert "--since v1: no such revision in" in said
    assert "; git fetch origin v1:refs/remotes/origin/v1 fetches it as origin/v1\n" in said
    assert "git log shows what there is" in refused(work, "train.jsonl", "--since", "HEAD~9")
    assert "no such revision" in refused(work, "train.jsonl", "--since=--output=x")
    assert not (work / "x").exists()


def test_a_shallow_clone_says_what_to_fetch(work: Path, tmp_path: Path) -> None:
    base = git(work, "rev-parse", "HEAD")
    git(work, "checkout", "--quiet", "-b", "topic")
    for rows in (4, 5):
        put(work, CLEAN + b"".join(WRONG[:rows]))
        commit(work)
    git(work, "config", "uploadpack.allowAnySHA1InWant", "true")
    for number, revision in enumerate((base, "origin/main", "main", "HEAD~2")):
        clone = tmp_path / f"clone-{number}"
        url = work.as_uri()
        git(tmp_path, "clone", "--quiet", "--depth=1", "--single-branch", "--branch=topic", url,
            str(clone))  # fmt: skip
        said = refused(clone, "train.jsonl", "--since", revision)
        assert f"--since {revision}: this shallow clone has no such revision" in said
        command = re.search(r"; (git fetch .*) fetches (it( as (?P<name>.*))?|the rest.*)\n", said)
        assert command, said
        git(clone, *command[1].split()[1:])
        now = command["name"] or revision
        done = inside(clone, "check", "train.jsonl", "--since", now, *ROLES, "--format", "json")
        assert found(done) == [("train.jsonl", 14, "FT107"), ("train.jsonl", 15, "FT107")]
        if revision == "HEAD~2":
            continue
        assert "in this shallow clone no common ancestor with HEAD is known" in done.err


def test_a_remote_branch_is_proposed(work: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(work, "branch", "release")
    git(tmp_path, "clone", "--quiet", work.as_uri(), str(clone))
    assert "did you mean 'origin/release'?" in refused(clone, "train.jsonl", "--since", "release")


def pointer(content: bytes) -> bytes:
    digest = hashlib.sha256(content).hexdigest()
    head = b"version https://git-lfs.github.com/spec/v1\n"
    return head + f"oid sha256:{digest}\nsize {len(content)}\n".encode()


def test_pointers_of_lfs(work: Path) -> None:
    content = CLEAN + WRONG[0]
    put(work, pointer(content), "large.jsonl")
    commit(work)
    assert "large.jsonl is a pointer of Git LFS, not the data; git lfs pull" in refused(
        work, "large.jsonl", "--changed"
    )
    put(work, content + WRONG[1], "large.jsonl")
    said = refused(work, "large.jsonl", "--changed")
    assert "is a pointer of Git LFS whose content is not here; git lfs fetch origin" in said
    digest = hashlib.sha256(content).hexdigest()
    stored = work / ".git" / "lfs" / "objects" / digest[:2] / digest[2:4]
    stored.mkdir(parents=True)
    (stored / digest).write_bytes(content)
    assert changed(work, "large.jsonl") == [("large.jsonl", 12, "FT107")]


def test_a_commit_that_is_damaged(work: Path) -> None:
    blob = git(work, "rev-parse", "HEAD:train.jsonl")
    put(work, CLEAN)
    (work / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    assert "git diff: unable to read" in refused(work, "train.jsonl", "--changed", *ROLES)


def test_worktrees_links_and_folders(work: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    git(work, "worktree", "add", "--quiet", str(other), "-b", "topic")
    put(other, CLEAN + b"".join(WRONG[:4]))
    assert changed(other) == [("train.jsonl", 14, "FT107")]
    (tmp_path / "link.jsonl").symlink_to(other / "train.jsonl")
    assert changed(tmp_path, "link.jsonl") == [("link.jsonl", 14, "FT107")]
    deep = work / "a b" / "c"
    deep.mkdir(parents=True)
    shutil.copy(work / "train.jsonl", deep / "é.jsonl")
    commit(work)
    put(deep, WRONG[5] + CLEAN, "é.jsonl")
    assert changed(deep, "é.jsonl") == [("é.jsonl", 1, "FT107")]
    name = "a b/c/é.jsonl"
    assert changed(work, name) == [(name, 1, "FT107")]
