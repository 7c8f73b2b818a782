"""What is published: the wheel and the sdist hold what they must, and work elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_string
from pathlib import Path
from typing import Any

import pytest
from command import HUMAN, environment, ftlint, outcome, pip

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "support-bot.jsonl"


def build(root: Path, kind: str, folder: Path) -> Path:
    """Build one archive of the project in `root` as pip would."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", kind]
    done = subprocess.run(
        [*command, "--directory", str(folder)], cwd=root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (archive,) = folder.iterdir()
    return archive


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the sdist, unpacked."""
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(build(ROOT, "sdist", tmp_path_factory.mktemp("packed"))) as archive:
        # Python 3.11.3 and older do not know the filter.
        safe: Any = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        archive.extractall(folder, **safe)
    (unpacked,) = folder.iterdir()
    return unpacked


def content(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_holds_what_it_must(wheel: Path) -> None:
    names = set(content(wheel))
    source = {path.relative_to(ROOT / "src") for path in (ROOT / "src").rglob("*")}
    code = {
        str(path) for path in source if path.suffix in (".py", ".json", ".typed", ".npz", ".gate")
    }
    rules = {
        f"ftlint/_rules/{path.relative_to(ROOT / 'rules')}"
        for path in (ROOT / "rules").rglob("*")
        if path.is_file()
    }
    assert {"ftlint/py.typed", "ftlint/schemas/report.json", "ftlint/schemas/config.json"} <= code
    assert any(name.startswith("ftlint/_rules/targets/") for name in rules)
    assert any(name.startswith("ftlint/_rules/presets/") for name in rules)
    info = {name for name in names if ".dist-info/" in name}
    assert names - info == code | rules
    assert {name.rpartition("/")[2] for name in info} >= {"LICENSE", "METADATA", "RECORD"}


def test_the_metadata(wheel: Path) -> None:
    found = {name.rpartition("/")[2]: data for name, data in content(wheel).items()}
    metadata = message_from_string(found["METADATA"].decode())
    assert metadata["Name"] == "ftlint" and metadata["License-Expression"] == "MIT"
    needed = [word for word in metadata.get_all("Requires-Dist", []) if "extra ==" not in word]
    heavy = ("torch", "spacy", "detoxify", "openai", "ray")
    assert needed and not [word for word in needed if word.lower().startswith(heavy)]
    assert b"ftlint = ftlint.cli:main" in found["entry_points.txt"]


def works(folder: Path, python: Path, env: dict[str, str]) -> None:
    """Lint and explain a rule from a folder that has nothing to do with the project."""
    where = subprocess.run(
        [str(python), "-c", "import ftlint; print(ftlint.__file__)"],
        cwd=folder,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
    )
    assert where.stdout.startswith(str(folder))
    (folder / "bot.jsonl").write_bytes(EXAMPLE.read_bytes() + HUMAN)
    done = ftlint(folder, "check", "bot.jsonl", "--format", "json", python=python, env=env)
    assert done.status == 1
    assert {"FT107", "FT204"} <= {code for _, _, code in done.places}  # one of each kind of rule
    page = ftlint(folder, "rule", "FT104", python=python, env=env)
    assert page.out.startswith("# content-empty (FT104)")


def test_the_wheel_works_elsewhere(tmp_path: Path, wheel: Path) -> None:
    python = environment(tmp_path / "venv")
    pip(python, "install", "--quiet", "--no-deps", "--no-index", wheel)
    works(tmp_path, python, {"PYTHONPATH": ""})
    script = subprocess.run(
        [str(python.parent / "ftlint"), "--version"], cwd=tmp_path, capture_output=True
    )
    done = outcome(script.returncode, script.stdout, script.stderr)
    assert (done.status, done.out.split()[0]) == (0, "ftlint,")


def test_the_sdist_makes_the_same_wheel(tmp_path: Path, sdist: Path, wheel: Path) -> None:
    assert content(build(sdist, "wheel", tmp_path)) == content(wheel)


def test_the_sdist_works_elsewhere(tmp_path: Path, sdist: Path) -> None:
    (tmp_path / "project").symlink_to(sdist)
    python = environment(tmp_path / "venv")
    clean = {"PYTHONDONTWRITEBYTECODE": "1"}  # what is unpacked is looked at afterwards
    works(tmp_path, python, {"PYTHONPATH": str(tmp_path / "project" / "src"), **clean})


def test_the_sdist_holds_what_developers_need(sdist: Path) -> None:
    for name in (
        "tests/test_install.py",
        "tests/plugin/pyproject.toml",
        "docs/rules/README.md",
        "examples/support-bot.jsonl",
        "benchmarks/startup.py",
        ".pre-commit-hooks.yaml",
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "LICENSE",
        "NOTICE",
        "pyproject.toml",
    ):
        assert (sdist / name).is_file(), name
    assert not [path for path in sdist.rglob("*") if path.suffix == ".pyc"]
