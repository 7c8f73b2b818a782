"""The laws of the design, for every rule that exists, over generated datasets."""

from __future__ import annotations

import json
import pickle
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from strange import datasets

from ftlint.analyses.tokens import TokenTotals
from ftlint.configuration.catalogue import builtin
from ftlint.engine import Plan, run
from ftlint.example import Batch, Lines
from ftlint.executors import Processes, Serial
from ftlint.report import Report
from ftlint.reporters import Options, load
from ftlint.rule import DatasetRule, Rule
from ftlint.source import Dataset, Source

RULES = tuple(builtin())
ANALYSES = (TokenTotals(limit=20),)
DATASET_RULES = [rule for rule in RULES if isinstance(rule, DatasetRule)]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("laws") / "train.jsonl"


def report(path: Path, plan: Plan, shard_size: int = 8 << 20, executor: Any = None) -> Report:
    return run(plan, Dataset((Source(str(path)),), shard_size), executor)


def shown(result: Report) -> str:
    """Return the JSON report without the one figure that may differ."""
    result.duration = 0.0
    return "".join(load("json")(result, Options()))


@given(datasets, st.integers(1, 400), st.integers(1, 20), st.integers(0, 3))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_sizes_never_change_the_report(
    place: Path, dataset: list[bytes], shard: int, batch: int, cap: int
) -> None:
    place.write_bytes(b"\n".join(dataset))
    whole = report(place, Plan(RULES, cap=cap, analyses=ANALYSES))
    plan = Plan(RULES, cap=cap, batch_size=batch, proof_from=0, analyses=ANALYSES)
    cut = report(place, plan, shard)
    assert not whole.crashed
    assert shown(cut) == shown(whole)


@example([b"{}", b'{"messages": [{"role": "user", "content": "Hi"}]}'])  # a file of prompts
@given(datasets)
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_proof_never_changes_the_report(place: Path, dataset: list[bytes]) -> None:
    place.write_bytes(b"\n".join(dataset))
    assert shown(report(place, Plan(RULES, proof_from=0))) == shown(
        report(place, Plan(RULES, proof_from=1 << 60))
    )


@given(st.lists(datasets, min_size=1, max_size=3))
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_processes_never_change_the_report(place: Path, parts: list[list[bytes]]) -> None:
    place.write_bytes(b"\n".join(line for part in parts for line in part))
    plan = Plan(RULES)
    serial = report(place, plan, 64, Serial())
    assert shown(report(place, plan, 64, Processes(2))) == shown(serial)


def batches(dataset: list[bytes], cuts: list[int]) -> list[Batch]:
    edges = sorted({0, len(dataset), *(cut % (len(dataset) + 1) for cut in cuts)})
    return [Batch(Lines(0, start, dataset[start:end])) for start, end in pairwise(edges)]


@pytest.mark.parametrize("rule", DATASET_RULES, ids=lambda rule: rule.name)
@given(dataset=datasets, cuts=st.tuples(st.integers(0, 20), st.integers(0, 20)))
@settings(max_examples=25, deadline=None)
def test_summaries_merge(
    rule: DatasetRule[Any], dataset: list[bytes], cuts: tuple[int, int]
) -> None:
    parts = [rule.summarize(batch) for batch in batches(dataset, list(cuts))]
    identity = rule.summarize(Batch(Lines(0, 0, [])))
    for part in parts:
        assert part.merge(identity) == part
        assert identity.merge(part) == part
        assert pickle.loads(pickle.dumps(part)) == part
    if len(parts) == 3:
        a, b, c = parts
        assert a.merge(b).merge(c) == a.merge(b.merge(c))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_equals_its_copy(rule: Rule) -> None:
    copy = pickle.loads(pickle.dumps(rule))
    assert copy == rule
    assert hash(copy) == hash(rule)


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_arbitrary_bytes_never_crash(place: Path, data: bytes) -> None:
    place.write_bytes(data)
    result = report(place, Plan(RULES, proof_from=0))
    assert not result.crashed
    assert json.loads(shown(result))["schema_version"] == 1
