"""Git: what a work tree held at an earlier commit, asked of the `git` that is installed.

Nothing is fetched: what is not in the clone is told together with the command that fetches it.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from ftlint.error import UsageError
from ftlint.value import dataclass

_OWN = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")
"""Variables with which git tells its hooks where they are; a hook may ask of another place."""
_QUIET = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_LFS_SKIP_SMUDGE": "1",
}
POINTER = b"version https://git-lfs.github.com/spec/"
"""How the pointer begins that Git LFS keeps in place of a file (its specification)."""
_POINTER_SIZE = 1024
_HEXADECIMAL = re.compile("[0-9a-f]{7,64}")
_BRANCH = re.compile(r"(?!HEAD\b)\w[\w./-]*")


class GitError(UsageError):
    """What is asked of git cannot be answered here."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A file that differs from a commit: it changed, came, went, or has another name."""

    status: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Repository:
    """A work tree of git."""

    root: str

    @classmethod
    def of(cls, path: str, asked: str) -> Repository:
        """Return the work tree in which a file lies; `asked` is the option that needs it.

        Raises: GitError
        """
        folder = os.path.dirname(os.path.realpath(path))
        done = _git(folder, "rev-parse", "--show-toplevel")
        if done.returncode == 0:
            return cls(os.fsdecode(done.stdout.removesuffix(b"\n")))
        said = _said(done)
        if "not a git repository" in said:
            said = "it lies in no git repository; leave the option out, or commit the data"
        raise GitError(f"{asked}: {path}: {said}")

    def relative(self, path: str) -> str:
        """Return a path of the work tree as git writes it."""
        inside = os.path.relpath(os.path.realpath(path), os.path.realpath(self.root))
        return inside.replace(os.sep, "/")

    def commit(self, revision: str) -> str | None:
        """Return the full name of a commit, or None when it is not there."""
        if revision.startswith("-"):
            return None
        done = self.ask("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        return done.stdout.decode().strip() or None

    def since(self, revision: str) -> tuple[list[str], str]:
        """Return the commits from which a branch left `revision`, and a remark on them.

        Raises: GitError when the revision is not there.
        """
        commit = self.commit(revision)
        if commit is None:
            raise GitError(f"--since {revision}: {self._missing(revision)}")
        done = self.ask("merge-base", "--all", "HEAD", commit)
        bases = done.stdout.decode().split()
        if bases:
            return bases, ""
        why = "in this shallow clone " if self.shallow else ""
        return [commit], (
            f"--since {revision}: {why}no common ancestor with HEAD is known; "
            "rows are compared with the revision itself"
        )

    def head(self) -> list[str]:
        """Return HEAD, and what is being merged into it; nothing before the first commit."""
        done = self.ask("rev-parse", "--git-path", "MERGE_HEAD")
        merging = Path(self.root, os.fsdecode(done.stdout.strip()))
        commits = [self.commit("HEAD")]
        if merging.is_file():
            commits += [self.commit(line) for line in merging.read_text("ascii").split()]
        return [commit for commit in commits if commit]

    @property
    def shallow(self) -> bool:
        """Return whether a part of the history was not cloned."""
        return self.ask("rev-parse", "--is-shallow-repository").stdout.strip() == b"true"

    def _missing(self, revision: str) -> str:
        """Say what would be right in place of a revision that is not there."""
        if self.commit(f"origin/{revision}"):
            return f"no such revision in {self.root}; did you mean 'origin/{revision}'?"
        # In a whole clone a depth would cut off the history that is there.
        fetch = "git fetch --depth=1 origin" if self.shallow else "git fetch origin"
        branch = revision.removeprefix("origin/")
        if _HEXADECIMAL.fullmatch(revision):
            how = f"{fetch} {revision} fetches it"
        elif _BRANCH.fullmatch(branch):
            how = f"{fetch} {branch}:refs/remotes/origin/{branch} fetches it as origin/{branch}"
        elif self.shallow:
            how = "git fetch --unshallow fetches the rest of the history"
        else:
            how = "git log shows what there is"
        where = "this shallow clone has no such revision" if self.shallow else "no such revision"
        return f"{where} in {self.root}; {how}"

    def moved(self, commit: str) -> list[Moved]:
        """Return the files of the work tree that differ from those of a commit.

        Files that git does not track are not among them. Raises: GitError.
        """
        done = self.ask(
            *("diff", "--name-status", "-z", "-M", "--no-ext-diff", "--ignore-submodules"),
            *(commit, "--"),
        )
        if done.returncode:
            raise GitError(f"{self.root}: git diff: {_said(done)}")
        words = [os.fsdecode(word) for word in done.stdout.split(b"\0")]
        found = []
        while len(words) > 1:
            status, old = words.pop(0)[:1], words.pop(0)
            new = words.pop(0) if status in "RC" else old
            found.append(Moved(status, old, new))
        return found

    def files(self, commit: str) -> frozenset[str]:
        """Return the paths of all files of a commit. Size: O(files)."""
        done = self.ask("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit)
        return frozenset(os.fsdecode(path) for path in done.stdout.split(b"\0") if path)

    @contextmanager
    def content(self, commit: str, path: str) -> Iterator[BinaryIO]:
        """Yield a file of a commit as it would be checked out. Raises: GitError."""
        command = ["git", "cat-file", "--filters", f"{commit}:{path}"]
        with subprocess.Popen(
            command, cwd=self.root, env=_environment(), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            stream = cast(BinaryIO, process.stdout)
            head = cast("IO[bytes]", stream).peek(len(POINTER))  # type: ignore[attr-defined]
            if head.startswith(POINTER):
                with self._stored(commit, path, stream.read(_POINTER_SIZE)) as file:
                    yield file
                return
            yield stream
            rest = stream.read(1)  # what is not read to its end is not judged
            said = cast("IO[bytes]", process.stderr).read() if not rest else b""
            if not rest and process.wait():
                raise GitError(self._unread(commit, path, said))

    def _unread(self, commit: str, path: str, said: bytes) -> str:
        first = (said.decode(errors="replace").strip().splitlines() or ["git failed"])[0]
        return (
            f"{path} of {commit[:12]} cannot be read: {first}; "
            f"git -C {self.root} cat-file -p {commit[:12]}:{path} > /dev/null shows why"
        )

    @contextmanager
    def _stored(self, commit: str, path: str, pointer: bytes) -> Iterator[BinaryIO]:
        """Yield what a pointer of Git LFS stands for. Raises: GitError."""
        match = re.search(rb"^oid sha256:([0-9a-f]{64})$", pointer, re.MULTILINE)
        common = os.fsdecode(self.ask("rev-parse", "--git-common-dir").stdout.strip())
        oid = match[1].decode() if match else "0" * 64
        stored = Path(self.root, common, "lfs", "objects", oid[:2], oid[2:4], oid)
        if not stored.is_file():
            raise GitError(
                f"{path} of {commit[:12]} is a pointer of Git LFS whose content is not here; "
                f"git lfs fetch origin {commit[:12]} fetches it"
            )
        with stored.open("rb") as file:
            yield file

    def ask(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """Run git in the work tree."""
        return _git(self.root, *arguments)


def is_pointer(path: str) -> bool:
    """Return whether a file is what Git LFS leaves in place of one."""
    try:
        with open(path, "rb") as file:
            return file.read(len(POINTER)) == POINTER
    except OSError:
        return False


def _git(folder: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["git", *arguments], cwd=folder or ".", env=_environment(), capture_output=True,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise GitError("git is not installed, and without it no row can be told as new") from error


def _environment() -> dict[str, str]:
    return {**{key: value for key, value in os.environ.items() if key not in _OWN}, **_QUIET}


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return the first thing that git has complained about."""
    lines: Sequence[str] = done.stderr.decode(errors="replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ") if lines else f"git failed with {done.returncode}"
