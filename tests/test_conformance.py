"""The conformance cases: verdicts of validators, documentation and bug reports.

Every case of supervised chat that is not one validator's own rule is replayed. Where ftlint does
not agree, the case stands in `DISAGREEMENTS` with the reason.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from ftlint.catalogue import builtin
from ftlint.config import Config, choose
from ftlint.engine import Plan, run
from ftlint.finding import Severity
from ftlint.source import Dataset, Source

DISAGREEMENTS: dict[str, str] = {}

NEED_A_TARGET = {
    "bug.foundry_content_null_string": "only Azure is known to refuse the text 'null'; elsewhere "
    "it is accepted and harmful, which is a warning",
    "llmfoundry.too_few": "one lone answer is accepted by OpenAI; Databricks wants two messages",
    "trl.conversational_7": "the key 'thinking' is refused by OpenAI and ignored by TRL",
}
"""Cases in which the usual verdict differs from that of one target, and why."""

TARGETS = {
    "openai": "openai",
    "azure-openai": "azure-openai",
    "together": "together",
    "mistral": "mistral",
    "databricks": "databricks",
    "trl": "trl",
}
"""The target that each validator of the cases stands for."""


def cases(shared: Path) -> list[dict[str, Any]]:
    with open(shared / "cases/conformance.jsonl", encoding="utf-8") as file:
        every = [json.loads(line) for line in file]
    return [case for case in every if case["format"] == "chat" and not case.get("peer_only")]


def content(case: dict[str, Any]) -> bytes:
    if case.get("file_b64"):
        return base64.b64decode(case["file_b64"])
    return "".join(line + "\n" for line in case["lines"]).encode()


def verdict(case: dict[str, Any], path: Path, target: str | None) -> str:
    """Return what ftlint says of the file as a whole."""
    path.write_bytes(content(case))
    # Nearly all cases are shorter than any provider takes; one is about that very rule.
    about_size = "at least 10 examples" in case["why"]
    rules = builtin()
    ignore = [] if about_size else ["min-examples"]
    chosen = choose(Config(), rules, None, ignore, (), target)
    changed = frozenset(r.code for r in chosen.rules if r not in rules)
    plan = Plan(chosen.rules, changed=changed, severities=chosen.severities)
    report = run(plan, Dataset((Source(str(path)),)))
    assert not report.crashed
    return "error" if report.by_severity()[Severity.ERROR] else "ok"


def differing(shared: Path, folder: Path, *, targeted: bool) -> tuple[int, set[str]]:
    """Return the number of cases and the names of those with another verdict."""
    every = cases(shared)
    path = folder / "train.jsonl"
    found = {
        case["id"]
        for case in every
        if verdict(case, path, TARGETS[case["target"]] if targeted else None) != case["expected"]
    }
    return len(every), found


def test_agreement_for_the_target_of_each_case(shared: Path, tmp_path: Path) -> None:
    count, found = differing(shared, tmp_path, targeted=True)
    assert found == set(DISAGREEMENTS)
    assert count >= 40
    assert len(found) <= 0.05 * count


def test_agreement_without_a_target(shared: Path, tmp_path: Path) -> None:
    _, found = differing(shared, tmp_path, targeted=False)
    assert found == set(DISAGREEMENTS) | set(NEED_A_TARGET)


def test_every_reason_is_given() -> None:
    assert all(len(reason) > 40 for reason in {**DISAGREEMENTS, **NEED_A_TARGET}.values())
