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

texts = st.one_of(
    st.sampled_from(
        ["Hi", "Hello!", "", " ", "null", "None", "\u00e9", "漢字", "😀", "a\nb", '":']
    ),
    st.text(max_size=12),
)
roles = st.sampled_from(
    ["system", "user", "assistant", "tool", "function", "developer", "human", "Assistant", 7, None]
)
parts = st.one_of(
    st.fixed_dictionaries({"type": st.just("text"), "text": texts}),
    st.fixed_dictionaries(
        {"type": st.just("image_url"), "image_url": st.just({"url": "https://x.org/a.png"})}
    ),
    st.dictionaries(st.sampled_from(["type", "text"]), texts, max_size=2),
)
calls = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["call_1", "call_2", "", 3]),
        "type": st.just("function"),
        "function": st.fixed_dictionaries(
            {
                "name": st.sampled_from(["f", "g", "bad name"]),
                "arguments": st.sampled_from(["{}", '{"a": 1}', "[]", '"{}"', "{", {}, ""]),
            }
        ),
    }
)
plain = st.builds(
    lambda role, content: {"role": role, "content": content},
    st.sampled_from(["system", "user", "assistant"]),
    texts,
)
odd = st.dictionaries(
    st.sampled_from(["role", "content", "weight", "name", "tool_calls", "tool_call_id", "x"]),
    st.one_of(roles, texts, st.none(), st.lists(parts, max_size=2), st.lists(calls, max_size=2)),
    max_size=4,
)
calling = st.builds(
    lambda items: {"role": "assistant", "tool_calls": items}, st.lists(calls, max_size=3)
)
answers = st.builds(
    lambda key, text: {"role": "tool", "tool_call_id": key, "content": text},
    st.sampled_from(["call_1", "call_2", "other"]),
    texts,
)
tools = st.lists(
    st.one_of(
        st.builds(
            lambda name, kind: {
                "type": "function",
                "function": {
                    "name": name,
                    "parameters": {"type": "object", "properties": {"a": {"type": kind}}},
                },
            },
            st.sampled_from(["f", "g"]),
            st.sampled_from(["string", "integer", "dict", "float"]),
        ),
        st.just({"name": "f"}),
        st.none(),
    ),
    max_size=3,
)
conversations = st.one_of(
    st.lists(plain, max_size=5),
    st.lists(st.one_of(plain, odd, calling, answers), max_size=6),
)
records = st.one_of(
    st.builds(lambda messages: {"messages": messages}, conversations),
    st.builds(
        lambda messages, declared: {"messages": messages, "tools": declared}, conversations, tools
    ),
    st.builds(lambda messages, key: {"messages": messages, key: 1}, conversations, texts),
    st.just({"prompt": "a", "completion": "b"}),
    st.sampled_from([{}, {"messages": None}, {"messages": "x"}, {"messages": ["x"]}]),
)
lines = st.one_of(
    st.builds(lambda record: json.dumps(record, ensure_ascii=False).encode(), records),
    st.builds(lambda record: json.dumps(record).encode(), records),
    st.builds(lambda record: json.dumps(record, separators=(",", " :")).encode(), records),
    st.sampled_from(
        [
            b"",
            b" ",
            b"null",
            b"[]",
            b"{",
            b'{"a":NaN}',
            b'{"a":1e999}',
            rb'{"a":"\ud800"}',
            b'{"a":"\xff"}',
            b'{"messages":[{"role":"user","content":"Caf\xe9"},'
            b'{"role":"assistant","content":"b"}]}',
            b'{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],'
            b'"tools":[{"x":1e999}]}',
            b'{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],'
            b'"tools":["\xff"]}',
            b'{"messages":[{"role":"user","content":"a"}],"z" :' + b"[" * 300 + b"]" * 300 + b"}",
            b'{"messages":[{"role":"user","content":"a"}],"z" :' + b"[" * 990 + b"]" * 990 + b"}",
            b"[" * 2000,
            b'{"messages":[{"role":"user","role":"user","content":"a"}]}',
            rb'{"messages":[{"role":"user","r\u006fle":"user","content":"a"},'
            rb'{"role":"assistant","content":"b"}]}',
            b'{"messages":[{"role" :"user","role":"user","content":"a"},'
            b'{"role":"assistant","content":"b"}]}\r',
            b'{"messages":[{"role"  :"user","role":"user","content":"a"},'
            b'{"role":"assistant","content" \t:"b","content":"c"}]}',
            b'{"messages":[{"role":"user","content":"a"},'
            b'{"role":"assistant","content":"b","weight":0}]}',
            b'{"messages":[{"role":"user","content":"a \\" :"},'
            b'{"role":"assistant","content":"b","weight":1}]}',
        ]
    ),
)
datasets = st.lists(lines, max_size=14)


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
