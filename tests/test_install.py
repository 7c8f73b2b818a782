"""What is published: the wheel and the sdist hold what they must, and work elsewhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from datetime import date
from email import message_from_string
from pathlib import Path
from typing import Any

import pytest
from command import HUMAN, environment, ftlint, outcome, pip

import ftlint as ftlint_package
from ftlint.configuration.catalogue import builtin

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


def test_the_archives_can_be_published(tmp_path: Path, wheel: Path) -> None:
    packed = build(ROOT, "sdist", tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "twine", "check", "--strict", str(wheel), str(packed)],
        capture_output=True,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("PASSED") == 2
    named = f"ftlint-{ftlint_package.__version__}"
    assert wheel.name == f"{named}-py3-none-any.whl" and packed.name == f"{named}.tar.gz"


def test_the_archives_are_small(wheel: Path, tmp_path: Path) -> None:
    assert wheel.stat().st_size < 5_000_000
    assert build(ROOT, "sdist", tmp_path).stat().st_size < 6_000_000


def test_the_changelog_has_the_version() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    first = re.findall(r"^## \[(.+?)\] - (\S+)$", changes, re.MULTILINE)[0]
    assert first[0] == ftlint_package.__version__
    assert date.fromisoformat(first[1])


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
    listed = json.loads(ftlint(folder, "rule", "--format", "json", python=python, env=env).out)
    assert [each["code"] for each in listed] == [rule.code for rule in builtin()]
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


PROGRAM = """\
import ftlint
from ftlint.finding import Severity
from ftlint.rule import ExampleRule

report = ftlint.check("train.jsonl")
reveal_type(report)
wrong: int = Severity.ERROR.name
ftlint.check("train.jsonl", select=3)
"""
"""A program of a user, with two mistakes in lines 7 and 8."""


def test_a_type_checker_finds_the_types_of_the_wheel(tmp_path: Path, wheel: Path) -> None:
    python = environment(tmp_path / "venv")
    pip(python, "install", "--quiet", "--no-deps", "--no-index", wheel)
    (tmp_path / "program.py").write_text(PROGRAM)
    options = ["--python-executable", str(python), "--no-incremental", "--follow-imports=silent"]
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", *options, "program.py"],
        cwd=tmp_path,
        env={key: value for key, value in clean.items() if key != "MYPYPATH"},
        capture_output=True,
        text=True,
    )
    assert 'Revealed type is "ftlint.' in done.stdout, done.stdout + done.stderr
    assert re.findall(r"^program\.py:(\d+): error: .*\[(.+)\]$", done.stdout, re.MULTILINE) == [
        ("7", "assignment"),
        ("8", "arg-type"),
    ]


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
