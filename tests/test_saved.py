"""Saved runs: what is read back renders as the run itself did, in every format."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from command import CLEAN, HUMAN, inside
from hypothesis import HealthCheck, given, settings
from reports import BAD, REPORTS, SCHEMA, Apology, ContentEmpty, lint, text
from strange import datasets

from ftlint.configuration.catalogue import builtin
from ftlint.engine import Plan, run
from ftlint.finding import Severity
from ftlint.report import Report
from ftlint.reporters import REPORTERS
from ftlint.source import Dataset, Source
from ftlint.storage.saved import parse

HOW: tuple[dict[str, Any], ...] = ({}, {"quiet": True}, {"statistics": True}, {"color": True})


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder, outside of any CI run."""
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA"):
        monkeypatch.delenv(name, raising=False)


def again(report: Report) -> Report:
    return parse(text(report, "json").encode(), report.rules)


def same(report: Report) -> None:
    report = replace(report, rules=sorted(report.rules, key=lambda rule: rule.code))  # as check
    read = again(report)
    for reporter in REPORTERS:
        for how in HOW:
            assert text(read, reporter, **how) == text(report, reporter, **how), (reporter, how)
    assert read.exit_status == report.exit_status
    assert [f.order for f in read.findings] == [f.order for f in report.findings]


@pytest.mark.parametrize("name", REPORTS)
def test_every_format_shows_a_saved_run_as_it_was(name: str) -> None:
    same(REPORTS[name]())


def test_the_settings_of_a_run_are_saved() -> None:
    report = replace(
        lint({"a.jsonl": BAD, "b.jsonl": BAD}, ContentEmpty(), Apology()),
        fail_on=None,
        target="openai:gpt-4.1-mini",
        severities={"TT201": Severity.ERROR},
        known=7,
    )
    same(report)
    assert again(report).severities == {"TT201": Severity.ERROR}


def test_one_file_as_two_splits() -> None:
    lint({"a.jsonl": BAD})
    sources = (Source("a.jsonl"), Source("a.jsonl", "validation"))
    same(run(Plan((ContentEmpty(), Apology())), Dataset(sources)))


def test_real_data_with_all_rules(shared: Path) -> None:
    path = shared / "data" / "chat" / "bfcl_tools_even.jsonl"
    rules = tuple(rule for rule in builtin() if rule.default)
    same(run(Plan(rules, figures=True), Dataset((Source(str(path)),))))


@given(datasets)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_generated_data(dataset: list[bytes]) -> None:
    Path("train.jsonl").write_bytes(b"\n".join(dataset))
    rules = tuple(rule for rule in builtin() if rule.code[:3] in ("FT0", "FT1"))
    same(run(Plan(rules), Dataset((Source("train.jsonl"),))))


def test_rules_that_are_not_here_are_still_named() -> None:
    report = REPORTS["bad"]()
    report = replace(report, rules=sorted(report.rules, key=lambda rule: rule.code))
    read = parse(text(report, "json").encode(), builtin())
    for reporter in set(REPORTERS) - {"sarif"}:  # which holds the whole page of a rule
        assert text(read, reporter) == text(report, reporter)
    rules = json.loads(text(read, "sarif"))["runs"][0]["tool"]["driver"]["rules"]
    assert rules[0]["shortDescription"]["text"] == "A line is not JSON."


def test_the_command_renders_what_check_showed(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_bytes(CLEAN + HUMAN)
    saved = inside(tmp_path, "check", "train.jsonl", "-o", "json=run.json", "-o", "junit=a.xml")
    (tmp_path / "train.jsonl").unlink()
    shown = inside(tmp_path, "report", "run.json", "-o", "junit=b.xml")
    assert (shown.status, shown.out, saved.status) == (0, saved.out, 1)
    assert (tmp_path / "a.xml").read_bytes() == (tmp_path / "b.xml").read_bytes()
    assert json.loads((tmp_path / "run.json").read_bytes())["schema_version"] == 1


@pytest.mark.parametrize("form", ["full", "concise", "json", "markdown"])
def test_a_run_for_several_targets_is_shown_as_it_was(tmp_path: Path, form: str) -> None:
    (tmp_path / "train.jsonl").write_bytes(CLEAN + HUMAN)
    targets = ("--target", "together", "--target", "databricks")
    saved = inside(tmp_path, "check", "train.jsonl", *targets, "-o", "json=run.json", "-q")
    # Figures are folded for JSON alone, and a saved run has them.
    also = ("-o", "json=other.json", "--format", form)
    direct = inside(tmp_path, "check", "train.jsonl", *targets, *also)
    shown = inside(tmp_path, "report", "run.json", "--format", form)
    lasted = re.compile(r"[0-9.]+ ?s\b|duration_seconds.*")
    assert saved.status == 1 and "together" in shown.out
    assert lasted.sub("", shown.out) == lasted.sub("", direct.out)


@pytest.mark.parametrize("form", ["full", "concise", "json", "sarif", "junit"])
def test_accepted_findings_are_shown_as_they_were(tmp_path: Path, form: str) -> None:
    (tmp_path / "train.jsonl").write_bytes(CLEAN + HUMAN + HUMAN)
    accepted = "suppressions:\n- {rule: role-invalid, path: train.jsonl, reason: known}\n"
    unused = "- {rule: FT101, path: gone.jsonl, reason: old}\n"
    (tmp_path / ".ftlint-ignore.yaml").write_text(accepted + unused)
    select = ("--select", "FT107,FT03")
    saved = inside(tmp_path, "check", "train.jsonl", *select, "-o", "json=run.json", "-q")
    direct = inside(tmp_path, "check", "train.jsonl", *select, "--format", form)
    shown = inside(tmp_path, "report", "run.json", "--format", form)
    assert json.loads((tmp_path / "run.json").read_bytes())["counts"]["suppressed"] == 2
    lasted = re.compile(r"[0-9.]+ ?s\b|duration_seconds.*")
    assert lasted.sub("", shown.out) == lasted.sub("", direct.out)
    assert saved.status == direct.status


def test_a_crashed_run_is_shown_as_such(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(text(REPORTS["crashed"](), "json"), "utf-8")
    shown = inside(tmp_path, "report", "run.json")
    assert "crashed  TT999" in shown.out and "✗ failed: 1 rule crashed" in shown.out
    machine = inside(tmp_path, "report", "run.json", "--format", "jsonl")
    assert "TT999 failed at train.jsonl:2" in machine.err


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"{}", b'{"schema_version": 2}', b'{"schema_version": 1, "run": {}}'],
)
def test_what_is_no_report_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "run.json").write_bytes(content)
    done = inside(tmp_path, "report", "run.json")
    assert done.status == 2
    assert "run.json: is no report of this version of ftlint" in done.err
    assert "cannot be read" in inside(tmp_path, "report", "absent.json").err


def test_the_schema_demands_what_is_read() -> None:
    assert {"fail_on", "own_rules", "severities"} <= set(SCHEMA["properties"]["run"]["required"])
