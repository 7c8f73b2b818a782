"""`ftlint init`: a commented configuration for the datasets that are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ftlint.configuration.config import NAMES, PROJECT, find
from ftlint.console.output import write_atomically
from ftlint.error import SourceError, UsageError
from ftlint.source import expand

CONFIG = """\
# ftlint: what is checked before a fine-tuning job is sent.  All keys are optional.

# Where to start from: minimal (only what would be refused), recommended, strict.
extends: recommended

# The files of this dataset; `ftlint check` without a path lints them.
data:
  train: {train}
  validation: {validation}

# Rules by code, prefix or name; `ftlint rule` lists them.
select: []
ignore: []

# Severities that you see differently: error, warning, note.
severity: {{}}
#   consecutive-roles: error

# Options of single rules; `ftlint rule NAME` shows them.
rules: {{}}
#   min-examples: {{limit: 50}}

# Rules that do not apply to some files.
per-file-ignores: {{}}
#   "legacy/*.jsonl": [no-user, FT125]

# Folders with your own declarative rules; `ftlint test` runs their cases.
packs: []

# The lowest severity that makes `ftlint check` exit with 1: error, warning, note, never.
fail-on: error
"""

HOOKS = """\
repos:
  - repo: local
    hooks:
      - id: ftlint
        name: ftlint (changed datasets)
        entry: ftlint check
        language: system
        files: '\\.(jsonl|ndjson)(\\.gz|\\.zst)?$'
        require_serial: true
      - id: ftlint-dataset
        name: ftlint (whole dataset)
        entry: ftlint check
        language: system
        files: '(\\.(jsonl|ndjson)(\\.gz|\\.zst)?|ftlint(-ignore)?\\.ya?ml|ftlint-baseline\\.json)$'
        pass_filenames: false
        require_serial: true
"""


def initialise(*, pre_commit: bool, force: bool) -> Iterator[str]:
    """Write the files and yield what was done. Raises: UsageError, ConfigError."""
    config = Path(NAMES[0])
    found = find(Path.cwd())
    there = found.name if found and found.parent == Path.cwd() else ""
    if there and pre_commit and not force:  # what is wanted beside it are the hooks
        yield f"{there} is there already and stays as it is"
        yield from _hooks()
        return
    if there and not (force and there == config.name):  # another name would be hidden
        how = {config.name: "--force overwrites it", PROJECT: "ftlint.yaml would hide its table"}
        raise UsageError(f"{there} is there already; {how.get(there, f'rename it to {config}')}")
    train, validation = _datasets()
    text = CONFIG.format(train=_list(train), validation=_list(validation))
    write_atomically(str(config), [text])
    yield f"wrote ftlint.yaml ({len(train)} training, {len(validation)} validation files)"
    if pre_commit:
        yield from _hooks()
    yield "next: ftlint check" if train else "next: name your files under data: in ftlint.yaml"


def _hooks() -> Iterator[str]:
    hooks = Path(".pre-commit-config.yaml")
    if hooks.exists():
        # It may hold hooks of others, and comments; adding to it is the user's to do.
        yield ".pre-commit-config.yaml is there already; add to it:"
        yield HOOKS
        return
    write_atomically(str(hooks), [HOOKS])
    yield "wrote .pre-commit-config.yaml; next: pre-commit install"


def _datasets() -> tuple[list[str], list[str]]:
    """Return the dataset files below this folder, told apart by their names.

    Those with line breaks or bytes that are no UTF-8 in it are left for the user to rename.
    """
    try:
        names = [source.path for source in expand(["."]) if source.path.isprintable()]
    except SourceError:
        return [], []
    held_out = [name for name in names if _held_out(Path(name).name)]
    return [name for name in names if name not in held_out], held_out


def _held_out(name: str) -> bool:
    words = name.lower().replace("-", "_").replace(".", "_").split("_")
    return any(word in ("val", "valid", "validation", "eval", "dev", "test") for word in words)


def _list(names: list[str]) -> str:
    """Return a YAML flow list; JSON strings are YAML strings."""
    import json

    return "[" + ", ".join(json.dumps(name, ensure_ascii=False) for name in names) + "]"
