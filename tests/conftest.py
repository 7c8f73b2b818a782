"""Fixtures: where the shared data is, and how a dataset becomes a report."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from ftlint.configuration.catalogue import builtin
from ftlint.engine import Plan, run
from ftlint.report import Report
from ftlint.source import Dataset, Source

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the compiled rules of the tests away from the user's, and share them among tests."""
    monkeypatch.setenv("FTLINT_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of shared data, or skip."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared is not there")
    return SHARED


@pytest.fixture
def lint() -> Callable[..., Report]:
    """Return a function that lints one file with all default rules."""

    def lint(path: Path, *, ignore: tuple[str, ...] = ("min-examples",), **plan: object) -> Report:
        rules = tuple(rule for rule in builtin() if rule.default and rule.name not in ignore)
        return run(Plan(rules, **plan), Dataset((Source(str(path)),)))  # type: ignore[arg-type]

    return lint


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where everything is installed (`FTLINT_NO_SKIP`)."""
    report = yield
    if report.skipped and os.environ.get("FTLINT_NO_SKIP") and not item.get_closest_marker("gpu"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which FTLINT_NO_SKIP forbids: {report.longrepr}"
    return report
