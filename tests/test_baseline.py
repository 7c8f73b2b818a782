"""Baselines: known findings stay known when lines move, and one more copy is new."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from reports import Apology, ContentEmpty, OneSplit, Repeated, chat, lint

from ftlint.afterwards.baseline import Baseline, compare, narrow
from ftlint.error import ConfigError
from ftlint.report import Report

RULES = (ContentEmpty(), Apology(), OneSplit())


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def report(*lines: str) -> Report:
    return lint({"train.jsonl": list(lines)}, *RULES)


LINES = [chat(""), chat("sorry"), chat("fine"), chat("sorry, so sorry"), chat("", "Why?")]


def test_all_is_known_and_a_round_trip_changes_nothing(tmp_path: Path) -> None:
    base = Baseline.of(report(*LINES))
    path = tmp_path / "baseline.json"
    path.write_text("".join(base.chunks()), "utf-8")
    assert Baseline.read(str(path)) == base
    found = compare(report(*LINES), base)
    assert (found.new, found.unused, found.left) == ((), 0, base)
    assert found.known == base.total == 5
    assert json.loads(path.read_text("utf-8"))["ftlint_baseline"] == 1


def test_an_empty_baseline_is_json() -> None:
    assert json.loads("".join(Baseline().chunks()))["findings"] == {}


def test_moved_lines_stay_known() -> None:
    base = Baseline.of(report(*LINES))
    for seed in range(5):
        moved = [*LINES, chat("fine again")]
        random.Random(seed).shuffle(moved)
        found = compare(report(*moved), base)
        assert (found.new, found.unused) == ((), 0)


def test_one_more_copy_is_new_and_so_is_an_edited_line() -> None:
    base = Baseline.of(report(*LINES, *[LINES[1]] * 9))
    found = compare(report(*LINES, *[LINES[1]] * 10), base)
    assert [finding.code for finding in found.new] == ["TT201"]
    edited = [*LINES[:1], chat("I am sorry"), *LINES[2:], *[LINES[1]] * 9]
    found = compare(report(*edited), base)
    assert [finding.place.line for finding in found.new] == [2]
    assert found.unused == 1


def test_what_is_gone_is_counted_and_pruned() -> None:
    base = Baseline.of(report(*LINES))
    found = compare(report(*LINES[1:]), base)
    assert (found.unused, found.left.total) == (1, base.total - 1)
    assert found.left == Baseline.of(report(*LINES[1:]))


def test_rules_that_did_not_run_keep_their_entries() -> None:
    base = Baseline.of(lint({"train.jsonl": LINES * 2}, *RULES, Repeated()))
    found = compare(report(*LINES * 2), base)
    assert found.unused == 0
    assert found.left == base


def test_a_narrowed_report_counts_what_is_new() -> None:
    base = Baseline.of(report(*LINES))
    now = report(*LINES, chat("", "Really?"))
    narrow(now, compare(now, base), 0)
    assert now.counts == {"TT101": 1, "TT201": 0, "TT501": 0}
    assert [finding.place.line for finding in now.findings] == [6]
    assert now.truncated == {}


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"ftlint_baseline": 2, "findings": {}}', '{"ftlint_baseline": 1}',
     '{"ftlint_baseline": 1, "findings": {"TT101": {"x": 0}}}',
     '{"ftlint_baseline": 1, "findings": {"TT101": ["x"]}}'],
)  # fmt: skip
def test_what_is_no_baseline_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(content, "utf-8")
    with pytest.raises(ConfigError, match=r"baseline\.json: is no baseline"):
        Baseline.read(str(path))
    with pytest.raises(ConfigError, match="--update-baseline writes one"):
        Baseline.read(str(tmp_path / "absent.json"))
