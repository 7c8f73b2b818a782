"""This project as pre-commit gets it, and repositories that use it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PUBLISHED = (
    ".pre-commit-hooks.yaml",
    "LICENSE",
    "NOTICE",
    "README.md",
    "pyproject.toml",
    "rules",
    "src",
)


class Repository:
    """A git repository on which pre-commit runs."""

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        """Make an empty one."""
        self.folder = folder
        self.env = env
        self.git("init", "--quiet")

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.folder, env=self.env, capture_output=True, text=True
        )

    def git(self, *arguments: str) -> str:
        done = self.run("git", *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def put(self, **files: bytes | str) -> None:
        """Write and stage files; `a_jsonl` is `a.jsonl`."""
        for name, content in files.items():
            path = self.folder / name.replace("_", ".")
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        self.git("add", "--all")

    def commit(self) -> str:
        self.git("commit", "--quiet", "--no-verify", "--message", "data")
        return self.git("rev-parse", "HEAD")

    def hooks(self, *arguments: str) -> tuple[int, str]:
        """Return the status and the output of `pre-commit run`."""
        done = self.run(sys.executable, "-m", "pre_commit", "run", "--color=never", *arguments)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return an environment in which nothing of this machine's user or network has a say."""
    home = tmp_path_factory.mktemp("home")
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    names = ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL")
    return {
        **kept,
        **{f"GIT_{name}": "me" for name in names},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "HOME": str(home),
        "PRE_COMMIT_HOME": str(home / "pre-commit"),
        "FTLINT_CACHE_DIR": str(home / "cache"),
        # pre-commit installs ftlint from its repository; what it needs is borrowed from the
        # environment of the tests, so that nothing is downloaded.
        "PYTHONPATH": sysconfig.get_path("purelib"),
        "PIP_NO_DEPS": "1",
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip stores the value as it is: 0 means no isolation
    }


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, env: dict[str, str]) -> str:
    """Return a configuration of pre-commit for this project as it would be published."""
    folder = tmp_path_factory.mktemp("published")
    for name in PUBLISHED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.pyc"))
        else:
            shutil.copy(ROOT / name, folder)
    repository = Repository(folder, env)
    repository.git("add", "--all")
    hooks = [{"id": "ftlint"}, {"id": "ftlint-dataset"}]
    revision = repository.commit()
    return yaml.safe_dump({"repos": [{"repo": str(folder), "rev": revision, "hooks": hooks}]})
