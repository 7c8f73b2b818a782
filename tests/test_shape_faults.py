"""Faults of records in other shapes: one cause is told once, at a place that is there."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from command import inside
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes import ASK, RECORDS, SAY, TOLD, USER, VALUES, Lint

from ftlint.case import chat, user
from ftlint.configuration.catalogue import builtin
from ftlint.engine import Plan, run
from ftlint.finding import Severity
from ftlint.formats import FORMATS
from ftlint.formats.field import flaws
from ftlint.pointer import resolve
from ftlint.shape import shape_of_lines
from ftlint.source import Dataset, Source


@pytest.mark.parametrize(
    ("records", "found"),
    [
        ([{**RECORDS["claude"][0], "messages": [ASK, 3]}], ["FT168"]),
        ([{**RECORDS["claude"][0], "messages": [SAY]}], ["FT168"]),
        ([{"conversations": [[{}], {"from": "gpt", "value": TOLD}]}], ["FT168"]),
        ([{"messages": [SAY, None, ASK], "answer": "Ebro"}], ["FT168"]),
        ([{"prompt": USER}, {"prompt": USER}, {"question": USER}], ["FT167"]),
        ([{"prompt": USER, "answer": TOLD, "completion": TOLD}] * 2, ["FT169", "FT169"]),
    ],
)
def test_one_root_cause_is_told_once(
    lint: Lint, tmp_path: Path, records: list[Any], found: list[str]
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")
    report = lint(path, cap=0)
    codes = sorted(each.code for each in report.findings if each.code.startswith("FT1"))
    assert codes == found


def test_a_key_under_another_name_is_told_with_the_one_that_is_missing() -> None:
    fields = FORMATS["claude"].fields
    assert fields is not None
    value = {"system": "Be kind.", "messages": [{"role": "user", "text": "Hi"}, SAY]}
    (flaw,) = flaws(fields, value)
    assert (flaw.sort, flaw.pointer, flaw.data["hint"]) == (
        "missing",
        "/messages/0",
        '; it has "text"',
    )
    both = {"system": "Be kind.", "messages": [{"role": "user", "text": 1}, SAY]}
    assert [flaw.sort for flaw in flaws(fields, both)] == ["missing", "unknown"]
    converse = FORMATS["converse"].fields
    assert converse is not None
    (version,) = flaws(converse, {**RECORDS["converse"][0], "schemaVersion": "1"})
    assert version.data["allowed"] == "'bedrock-conversation-2024'"


@pytest.mark.parametrize("depth", [300, 980])
def test_no_depth_of_arguments_stops_a_rule(lint: Lint, tmp_path: Path, depth: int) -> None:
    deep = "[" * depth + "]" * depth
    lines = [
        '{"schemaVersion":"bedrock-conversation-2024","messages":[{"role":"user","content":'
        '[{"text":"Hi"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"a","name":'
        '"n","input":%s}}]}]}',
        '{"contents":[{"role":"user","parts":[{"text":"Hi"}]},{"role":"model","parts":'
        '[{"functionCall":{"name":"n","args":%s}}]}]}',
        '{"id":"1","metadata":{"prompt":%s}}',
    ]
    for line in lines:
        path = tmp_path / "a.jsonl"
        path.write_text((line % deep + "\n") * 2, encoding="utf-8")
        assert lint(path).crashed == []


def test_a_size_of_messages_is_told_at_a_place_that_is_there(lint: Lint, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(RECORDS["prompt"][0]) + "\n", encoding="utf-8")
    report = run(
        Plan(tuple(rule for rule in builtin() if rule.code == "FT131")),
        Dataset((Source(str(path)),)),
    )
    assert [each.place.pointer for each in report.findings] == [""]


def test_prompts_without_answers_need_a_grader_that_needs_nothing(tmp_path: Path) -> None:
    """Whoever forgot all answers is told so; whoever has such a grader names it."""
    asked = [json.dumps(chat(user(f"Name river {n}, please."))) for n in range(20)]
    (tmp_path / "train.jsonl").write_text("\n".join(asked) + "\n")
    plain = inside(tmp_path, "check", "train.jsonl")
    assert plain.status == 1 and "FT179" in plain.out
    grader: dict[str, Any] = {"type": "string_check", "operation": "like", "name": "short"}
    for reference, status in (("a", 0), ("{{item.reference_answer}}", 1)):
        grader |= {"input": "{{sample.output_text}}", "reference": reference}
        (tmp_path / "grader.json").write_text(json.dumps(grader))
        done = inside(tmp_path, "check", "train.jsonl", "--grader", "grader.json")
        assert done.status == status, done.out


@st.composite
def _broken(draw: st.DrawFn) -> list[Any]:
    """Return records of any shapes, in some of which one value is another."""
    shapes = draw(st.lists(st.sampled_from(sorted(RECORDS)), min_size=1, max_size=2))
    made = []
    for _ in range(draw(st.integers(2, 8))):
        record = copy.deepcopy(draw(st.sampled_from(RECORDS[draw(st.sampled_from(shapes))])))
        holder: Any = record
        for _ in range(draw(st.integers(0, 4))):
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(holder[key], dict | list) and draw(st.booleans()):
                holder = holder[key]
            else:
                holder[key] = draw(VALUES)
                break
        made.append(record)
    return made


@given(_broken())
@settings(max_examples=60, deadline=None)
def test_no_division_changes_what_is_said_of_broken_records(
    tmp_path_factory: pytest.TempPathFactory, records: list[Any]
) -> None:
    path = tmp_path_factory.mktemp("law") / "a.jsonl"
    path.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in records))
    rules = tuple(rule for rule in builtin() if rule.default)

    def report(shard_size: int, **how: Any) -> Any:
        made = run(Plan(rules, **how), Dataset((Source(str(path)),), shard_size))
        assert not made.crashed
        for each in made.findings:
            if each.place.line is not None and each.place.pointer:
                resolve(records[each.place.line - 1], each.place.pointer)  # raises if not there
        return [(f.code, f.place, f.message, f.column) for f in made.findings], made.measures

    expected = report(1 << 20)
    assert report(64, batch_size=1) == expected
    assert report(150, batch_size=3, proof_from=0) == expected


def test_a_broken_prompt_leaves_the_others_prompts() -> None:
    prompts = [{"messages": [ASK]}] * 4
    lines = [orjson.dumps(each) for each in [*prompts, {"messages": [True]}, {}]]
    assert shape_of_lines(lines) == "reinforcement"
    assert shape_of_lines([*lines, orjson.dumps({"messages": [ASK, SAY]})]) == "chat"
    assert shape_of_lines(lines[2:]) == "chat"  # two questions may be chats without an answer


@pytest.mark.parametrize("stray", [{"messages": [ASK, SAY]}, {"prompt": USER}])
def test_one_known_record_does_not_claim_a_file(
    lint: Lint, tmp_path: Path, stray: dict[str, Any]
) -> None:
    path = tmp_path / "a.jsonl"
    records = [*[{"question": f"{USER} {n}", "reply": str(n)} for n in range(11)], stray]
    path.write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")
    report = lint(path, cap=0)
    (finding,) = [each for each in report.findings if each.severity is Severity.ERROR]
    assert finding.code == "FT020"
    assert finding.message.startswith("11 of 12 records fit no shape (the first has 'question'")
