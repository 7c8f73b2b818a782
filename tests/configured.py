"""Configurations for tests, and rules to choose from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ftlint.configuration.config import Config, discover
from ftlint.error import ConfigError, FtlintError
from ftlint.finding import Severity
from ftlint.rule import Rule

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.setenv("FTLINT_NO_CACHE", "1")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(path: str, text: str) -> Path:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text)
    return Path(path)


def made(text: str) -> Config:
    put("ftlint.yaml", text)
    return discover(Path())


def message(action: Callable[[], object], kind: type[FtlintError] = ConfigError) -> str:
    with pytest.raises(FtlintError) as caught:
        action()
    assert type(caught.value) is kind
    return str(caught.value)


def rule(code: str, name: str, severity: Severity = WARNING, default: bool = True) -> Rule:
    """Return a rule without options."""
    members = {"code": code, "name": name, "severity": severity, "default": default}
    return type("Made", (Rule,), {**members, "__doc__": "A rule."})()  # type: ignore[no-any-return]


@dataclass(frozen=True)
class MinExamples(Rule):
    """A rule with options."""

    code = "FT009"
    name = "min-examples"
    severity = ERROR
    limit: int = 10
    share_of: float = 0.5
    words: tuple[str, ...] = ()
    hidden: int = field(default=1, init=False)

    def __post_init__(self) -> None:
        if self.limit < 0:
            raise ValueError("limit is negative")


RULES = [
    rule("FT104", "content-empty", ERROR),
    rule("FT101", "role-invalid", ERROR),
    rule("FT112", "no-user", WARNING),
    rule("FT119", "many-tools", NOTE, default=False),
    rule("FT301", "mojibake", WARNING),
    rule("FT302", "slow-check", WARNING, default=False),
    rule("FTX001", "plugged-in", ERROR),
    MinExamples(),
]
