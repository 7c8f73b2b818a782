"""NOTICE names whatever was not written for this project, with its licence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOTICE = (ROOT / "NOTICE").read_text("utf-8")
LEXICONS = sorted(path for path in (ROOT / "rules/lexicons").rglob("*") if path.is_file())
OURS = {".py", ".yaml", ".md", ".typed", ".txt", ".json", ".jsonl"}
"""Ends of files that people write; a file of another kind was computed from something."""


@pytest.mark.parametrize("path", LEXICONS, ids=lambda path: str(path.relative_to(ROOT / "rules")))
def test_a_word_list_says_where_it_is_from(path: Path) -> None:
    top = " ".join(path.read_text("utf-8").splitlines()[:8]).lower().replace("# ", "")
    assert re.search(r"(written|chosen) for ftlint", top)
    assert re.search(r"licence: mit\b", top)


def test_what_was_computed_is_named() -> None:
    computed = [
        path
        for folder in ("rules", "src/ftlint", "examples", "docs")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix not in OURS and "__pycache__" not in path.parts
    ]
    assert {path.name for path in computed} >= {"index.bin", "toxicity.npz", "toxicity.gate"}
    drawn = {"terminal.svg"}  # by tools/picture.py, of a run of ftlint
    assert not [path for path in computed if path.name not in NOTICE and path.name not in drawn]


def test_the_schemas_of_others_are_named() -> None:
    folder = ROOT / "tests" / "schemas"
    for path in folder.iterdir():
        if path.suffix != ".md":
            assert path.name in NOTICE
    for repository in re.findall(r"\| ([\w-]+/[\w-]+)", (folder / "README.md").read_text("utf-8")):
        assert repository in NOTICE


def test_each_shared_set_is_named(shared: Path) -> None:
    table = (shared / "data" / "README.md").read_text("utf-8")
    sets = [row for row in table.splitlines() if row.startswith("| ") and "GitHub" in row]
    named = {name for row in sets for name in re.findall(r"GitHub ([\w.-]+/[\w.-]+)", row)}
    samples = (shared / "data" / "formats" / "MANIFEST.tsv").read_text("utf-8")
    named |= {line.split("\t")[1] for line in samples.splitlines()[1:]}
    assert len(named) > 30
    assert not {name for name in named if name.lower() not in NOTICE.lower()} - _RENAMED


_RENAMED = {"hiyouga/LlamaFactory"}
"""The name that hiyouga/LLaMA-Factory has taken since."""
