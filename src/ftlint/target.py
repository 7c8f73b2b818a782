"""Targets: where a dataset is sent, as dated data in `rules/targets/`.

A target changes the selection as a preset does: what it refuses is an error, what it takes is
not reported. The rules themselves know nothing of targets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ftlint import document as documents
from ftlint.document import convert, suggest
from ftlint.error import PackError, UsageError
from ftlint.packs import rules_folder

Level = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Target:
    """One provider or trainer, and how its verdicts differ from the usual ones."""

    title: str
    as_of: str
    """Date at which the sources were read (ISO 8601)."""
    source: str
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Level] = field(default_factory=dict)
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Options of rules, as in a configuration."""


def names() -> list[str]:
    """Return the names of all targets."""
    return sorted(path.stem for path in _folder().glob("*.yaml"))


def read(name: str) -> Target:
    """Return a target. Raises: UsageError, PackError."""
    known = names()
    if name not in known:
        hint = suggest(name, known) or f" ({', '.join(known)})"
        raise UsageError(f"unknown target {name!r}{hint}")
    return convert(documents.load(_folder() / f"{name}.yaml", PackError), "", Target)


def _folder() -> Path:
    return rules_folder() / "targets"
