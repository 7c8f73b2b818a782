"""The conformance cases: verdicts of validators, documentation and bug reports.

Every case is replayed for the target whose verdict it is. Where ftlint does not agree, the case
stands in `DISAGREEMENTS` with the reason. Those that are one validator's own rule are replayed
too; their differences stand in `PEER_ONLY`.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from ftlint.configuration.catalogue import builtin
from ftlint.configuration.config import Config
from ftlint.configuration.selection import choose
from ftlint.engine import Plan, run
from ftlint.finding import Severity
from ftlint.session import runnable
from ftlint.source import Dataset, Source

DISAGREEMENTS = {
    "together.valid_conversational_multimodal_single_turn": "the images of this test are words in "
    "place of base64, which the SDK does not decode and the server must",
}
"""Cases in which ftlint differs from the validator for whose target it speaks, and why."""

NEED_A_TARGET = {
    "bug.foundry_content_null_string": "only Azure is known to refuse the text 'null'; elsewhere "
    "it is accepted and harmful, which is a warning",
    "llmfoundry.too_few": "one lone answer is accepted by OpenAI; Databricks wants two messages",
    "trl.conversational_7": "the key 'thinking' is refused by OpenAI and ignored by TRL",
}
"""Cases of chat in which the verdict without a target differs from that of one, and why."""

PEER_ONLY = {
    "schema.func_no_parameters": "the schema of a third party wants parameters of every function; "
    "OpenAI's specification says that a function without them takes no arguments",
    "nova_file.openai_sft_tool_test_data": "the input of a converter, which no judge has seen: one "
    "message has the key 'reasoning', for which OpenAI refuses a file",
}
"""Cases that are one validator's own rule and in which ftlint differs, and why."""

TARGETS = {
    "openai": "openai",
    "azure-openai": "azure",
    "together": "together",
    "mistral": "mistral-finetune",
    "databricks": "databricks",
    "trl": "trl",
    "bedrock-nova": "bedrock-nova",
    "bedrock-claude": "bedrock-claude",
    "bedrock-titan": "bedrock-titan",
    "vertex": "vertex-gemini",
    "llamafactory": "llama-factory",
}
"""The target that each validator of the cases stands for."""

MODELS = {
    "nova_micro": "nova-micro",
    "nova_lite": "nova-lite",
    "nova_lite_2": "nova-2-lite",
}
SHAPES = {"dpo": "preference", "rft": "reinforcement", "nova-rft-multiturn": "prompt"}
"""Shapes of jobs whose method the case names: such records may look like chat."""

Case = dict[str, Any]


def cases(shared: Path) -> list[Case]:
    with open(shared / "cases/conformance.jsonl", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def content(case: Case) -> bytes:
    if case.get("file_b64"):
        return base64.b64decode(case["file_b64"])
    return "".join(line + "\n" for line in case["lines"]).encode()


def aim(case: Case) -> str:
    """Return the target of a case, with the model where the verdict is about one."""
    name = TARGETS[case["target"]]
    return f"{name}:{MODELS[case['model']]}" if case.get("model") else name


def verdict(case: Case, path: Path, target: str | None) -> str:
    """Return what ftlint says of the file as a whole."""
    path.write_bytes(content(case))
    # Nearly all cases are shorter than any provider takes; one is about that very rule.
    about_size = "at least 10 examples" in case["why"]
    rules = builtin()
    # What can no longer be trained anywhere is refused whatever the records are.
    ignore = ["model-retired"] + ([] if about_size else ["min-examples"])
    chosen = choose(Config(), rules, None, ignore, (), target)
    ready, _, panel = runnable(chosen.rules)
    changed = frozenset(r.code for r in ready if r not in rules)
    plan = Plan(ready, changed=changed, severities=chosen.severities, panel=panel)
    shape = SHAPES.get(case["format"], "auto") if target else "auto"
    report = run(plan, Dataset((Source(str(path), format=shape),)))
    assert not report.crashed, report.crashed
    return "error" if report.by_severity()[Severity.ERROR] else "ok"


def differing(every: list[Case], folder: Path, *, targeted: bool) -> set[str]:
    """Return the names of the cases with another verdict."""
    path = folder / "train.jsonl"
    return {
        case["id"]
        for case in every
        if verdict(case, path, aim(case) if targeted else None) != case["expected"]
    }


def test_agreement_for_the_target_of_each_case(shared: Path, tmp_path: Path) -> None:
    every = [case for case in cases(shared) if not case.get("peer_only")]
    found = differing(every, tmp_path, targeted=True)
    assert found == set(DISAGREEMENTS)
    assert len(every) >= 130
    assert len(found) <= 0.05 * len(every)


def test_agreement_without_a_target(shared: Path, tmp_path: Path) -> None:
    every = [c for c in cases(shared) if c["format"] == "chat" and not c.get("peer_only")]
    found = differing(every, tmp_path, targeted=False)
    assert found == {*NEED_A_TARGET, *DISAGREEMENTS}


def test_the_rules_of_single_validators(shared: Path, tmp_path: Path) -> None:
    every = [case for case in cases(shared) if case.get("peer_only")]
    assert differing(every, tmp_path, targeted=True) == set(PEER_ONLY)
    assert len(every) >= 4


def test_every_reason_is_given() -> None:
    reasons = {**DISAGREEMENTS, **NEED_A_TARGET, **PEER_ONLY}
    assert all(len(reason) > 40 for reason in reasons.values())
