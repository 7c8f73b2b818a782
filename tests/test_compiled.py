"""The YAML files that come with ftlint, compiled beforehand: the same data, and no parser."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from documents import folder

from ftlint.configuration.compiled import PLACE, recall
from ftlint.configuration.document import fingerprint, load
from ftlint.configuration.packs import rules_folder
from ftlint.configuration.syntax import compile_text
from ftlint.error import ConfigError

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from compiled import text

__all__ = ["folder"]  # fixtures

OURS = sorted(rules_folder().rglob("*.yaml"))


def test_it_is_fresh() -> None:
    assert PLACE.read_bytes() == text(), "run: python tools/compiled.py"
    assert len(json.loads(PLACE.read_bytes())) == len({path.read_bytes() for path in OURS})


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_a_file_is_what_its_parser_says(path: Path) -> None:
    raw = path.read_bytes()
    data, marks = compile_text(raw, "yaml")
    assert repr(recall(fingerprint(raw, "yaml"))) == repr(data)
    document = load(path, ConfigError)
    assert repr(document.data) == repr(data)
    assert dict(document.marks) == marks and len(document.marks) == len(marks)
    assert pickle.loads(pickle.dumps(document)) == document


def test_a_place_is_told_as_ever(folder: Path) -> None:
    raw = next(path for path in OURS if path.stem == "openai").read_bytes()
    Path("x.yaml").write_bytes(raw)
    line = raw.decode().splitlines().index("limits:") + 2
    error = load("x.yaml", ConfigError).error("/limits/min-examples/nothing", "is odd")
    assert str(error) == f"x.yaml:{line}:3: is odd"
    assert not (folder / "cache").exists()


def test_what_has_changed_is_read_anew() -> None:
    raw = OURS[0].read_bytes() + b"\nchanged: true\n"
    assert recall(fingerprint(raw, "yaml")) is None
    Path("x.yaml").write_bytes(raw)
    assert load("x.yaml", ConfigError).data["changed"] is True


def test_our_files_need_no_parser(folder: Path) -> None:
    Path("a.jsonl").write_text('{"messages": [{"role": "human", "content": "Hello?"}]}\n')
    code = (
        "import sys; from ftlint.cli import main\n"
        "try: main()\n"
        "except SystemExit: print('yaml' in sys.modules)"
    )
    command = [sys.executable, "-c", code, "check", "a.jsonl", "--no-cache", "-q"]
    assert subprocess.run(command, capture_output=True, text=True).stdout.endswith("False\n")
