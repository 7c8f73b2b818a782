"""Targets, for tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ftlint.error import FtlintError
from ftlint.rule import Rule
from ftlint.targets import target as module

TODAY = date(2026, 11, 22)
METHODS = {"sft", "dpo", "rft", "kto", "completion", "pretrain"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, without a cache."""
    monkeypatch.setenv("FTLINT_NO_CACHE", "1")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def message(action: Callable[[], object], kind: type[FtlintError]) -> str:
    with pytest.raises(FtlintError) as caught:
        action()
    assert type(caught.value) is kind
    return str(caught.value)


def rule(rules: tuple[Rule, ...], name: str) -> Any:
    return next(rule for rule in rules if rule.name == name)


@pytest.fixture
def own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "_folder", lambda: folder / "targets")
    return folder
