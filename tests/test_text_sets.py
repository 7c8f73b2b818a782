"""FT3 on published sets: findings that a person has read, and faults that are known."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from ftlint.configuration.catalogue import builtin
from ftlint.engine import Plan, run
from ftlint.finding import Severity
from ftlint.report import Report
from ftlint.source import Dataset, Source

CHAT = Path("data/chat")
CLEAN = (
    "flan_cot", "gpteacher_roleplay", "gsm8k_train", "huatuo_zh_medical", "mxeval_code",
    "oasst_zh_sft",
)  # fmt: skip
CHECKED = json.loads((Path(__file__).parent / "cases/text_checked.json").read_text("utf-8"))
RULES = tuple(rule for rule in builtin() if rule.code.startswith("FT3"))
SAMPLE = 20
"""Findings of a rule that were read; all of them where there are fewer."""
Place = tuple[str, int]


def check(path: Path) -> Report:
    report = run(Plan(RULES, cap=0), Dataset((Source(str(path)),)))
    assert not report.not_run
    return report


@pytest.fixture(scope="module")
def found(shared: Path) -> dict[str, set[Place]]:
    """Return the places of each rule that warns, on the clean sets."""
    places: dict[str, set[Place]] = defaultdict(set)
    for name in CLEAN:
        for finding in check(shared / CHAT / f"{name}.jsonl").findings:
            if finding.severity >= Severity.WARNING and finding.place.line:
                places[finding.code].add((name, finding.place.line))
    return places


def test_every_finding_that_was_read_is_still_there(found: dict[str, set[Place]]) -> None:
    for row in CHECKED:
        assert not row["true"] or (row["set"], row["line"]) in found[row["code"]]


def test_most_of_what_was_read_is_true(found: dict[str, set[Place]]) -> None:
    for code, places in found.items():
        read = [row for row in CHECKED if row["code"] == code]
        there = [row for row in read if (row["set"], row["line"]) in places]
        unread = places - {(row["set"], row["line"]) for row in read}
        assert not unread or len(there) >= SAMPLE, f"{code}: read {sorted(unread)}"
        assert sum(row["true"] for row in there) >= 0.8 * len(there), code


@pytest.mark.parametrize(("name", "count"), [("lf_glaive_toolcall_en", 16), ("llmzoo_answers", 23)])
def test_answers_that_say_as_an_ai_are_found(shared: Path, name: str, count: int) -> None:
    path = shared / CHAT / f"{name}.jsonl"
    said = set()
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        for message in json.loads(line)["messages"]:
            text = message.get("content") or ""
            if message["role"] == "assistant" and "as an ai" in text.lower():
                said.add((number, text))
    found = {f.place.line for f in check(path).findings if f.code == "FT304"}
    assert len(said) == count
    assert {number for number, _ in said} <= found


def test_known_faults_are_found(shared: Path) -> None:
    chat = shared / CHAT
    # Answers that begin as the user's turn, and ends of text after the answer.
    leaks = check(chat / "hh_harmless_chosen_even.jsonl").counts["FT306"]
    assert leaks >= 31
    assert check(chat / "zeroeval_gsm.jsonl").counts["FT306"] >= 19
    assert check(chat / "openassistant_reports.jsonl").counts["FT310"] >= 35
    controls = [f for f in check(chat / "bfcl_tools_even.jsonl").findings if f.code == "FT322"]
    assert [(f.place.line, f.place.pointer) for f in controls] == [(83, "/messages/0/content")]


def test_naughty_strings_crash_nothing(shared: Path) -> None:
    counts = check(shared / "data/truth/blns/blns_chat.jsonl").counts
    assert counts["FT324"] and counts["FT323"] and counts["FT322"]


def test_the_report_does_not_depend_on_the_proof(shared: Path) -> None:
    path = shared / CHAT / "llmzoo_answers.jsonl"
    reports = [
        run(Plan(RULES, cap=0, proof_from=start), Dataset((Source(str(path)),)))
        for start in (0, 1 << 40)
    ]
    told: list[Callable[[Report], object]] = [lambda r: r.counts, lambda r: str(r.findings)]
    for tell in told:
        assert tell(reports[0]) == tell(reports[1])
