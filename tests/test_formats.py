"""Record shapes: each is told by its keys, read with the right places, and judged by its fields."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes import ASK, BAD, RECORDS, SAY, TOLD, USER, VALUES, WORSE, Lint

from ftlint.analyses.shape import SHAPES, reason
from ftlint.configuration.catalogue import builtin
from ftlint.engine import Plan, run
from ftlint.example import Batch, Example, Lines
from ftlint.features.turns import TURNS
from ftlint.formats import FORMATS, detect, nearest
from ftlint.formats.field import flaws
from ftlint.pointer import resolve
from ftlint.report import Report
from ftlint.shape import UNKNOWN, shape_of_lines
from ftlint.source import Dataset, Source

EVERY = [
    pytest.param(shape, record, id=f"{shape}-{number}")
    for shape, records in RECORDS.items()
    for number, record in enumerate(records)
]


def example(record: Any, shape: str = "") -> Example:
    return Batch(Lines(0, 0, [orjson.dumps(record)], shape=shape)).examples[0]


def checked(folder: Path, *records: Any, shape: str = "auto", **plan: Any) -> Report:
    path = folder / "train.jsonl"
    path.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in records))
    rules = tuple(r for r in builtin() if r.default and r.name != "min-examples")
    return run(Plan(rules, **plan), Dataset((Source(str(path), format=shape),)))


def test_every_shape_has_a_sample() -> None:
    assert RECORDS.keys() == FORMATS.keys()


@pytest.mark.parametrize(("shape", "record"), EVERY)
def test_a_shape_is_told_by_itself(shape: str, record: dict[str, Any]) -> None:
    assert example(record).shape == shape
    assert example(record, shape).shape == shape


@pytest.mark.parametrize(("shape", "record"), EVERY)
def test_texts_stand_where_they_are_said_to(shape: str, record: dict[str, Any]) -> None:
    """What is read is exactly the texts of the record, each at its own pointer."""
    one = example(record)
    told = [(text.role, text.value) for text in one.texts]
    assert told == one.batch.column(TURNS)[0]
    for text in one.texts:
        assert resolve(record, text.pointer) == text.value
    roles = dict((text.value, (text.role, text.trained)) for text in one.texts)
    teaches = shape not in ("reinforcement", "prompt", "batch")
    if USER in json.dumps(record):
        assert roles[USER] == ("user", False)
    if teaches:
        assert roles[TOLD] == ("assistant", True)
    if WORSE in json.dumps(record):
        assert roles[WORSE] == ("rejected", False)
        assert WORSE not in [message.content for message in one.conversation]


@pytest.mark.parametrize(("shape", "record"), EVERY)
def test_samples_have_no_flaw(shape: str, record: dict[str, Any]) -> None:
    fields = FORMATS[shape].fields
    assert fields is None or list(flaws(fields, record)) == []


@pytest.mark.parametrize(("shape", "record"), EVERY)
def test_taking_a_key_away_is_reported_or_changes_the_shape(
    tmp_path: Path, shape: str, record: dict[str, Any]
) -> None:
    """Whatever shows the shape cannot be missing in silence: the record lacks it, or is another."""
    way = FORMATS[shape].way(record)
    for key in FORMATS[shape].ways[way]:
        less = {name: value for name, value in record.items() if name != key}
        report = checked(tmp_path, record, record, less)
        there = [f for f in report.findings if f.place.line == 3 and f.severity.name == "ERROR"]
        shapes = {example(less, shape).shape, shape}
        # A system prompt may be left out; requests of the batch API are wrong as a file.
        assert (
            there or shapes != {shape} or (shape, key) == ("claude", "system") or shape == "batch"
        )


def test_a_rule_reads_other_shapes_as_it_reads_chat(tmp_path: Path) -> None:
    """An answer that is only a placeholder is found in every shape that teaches it."""
    for shape, records in RECORDS.items():
        if shape in ("reinforcement", "prompt", "batch"):
            continue
        for record in records:
            changed = json.loads(json.dumps(record).replace(TOLD, "As an AI language model, no."))
            report = checked(tmp_path, changed, changed, changed, record)
            found = [f for f in report.findings if f.code == "FT304" and f.place.line == 1]
            assert len(found) == 1, (shape, record)
            assert resolve(changed, found[0].place.pointer or "") == "As an AI language model, no."


def test_rejected_answers_are_not_judged_as_answers(tmp_path: Path) -> None:
    record = json.loads(json.dumps(RECORDS["preference"][0]).replace(WORSE, "As an AI, no."))
    assert not [f for f in checked(tmp_path, record).findings if f.code == "FT304"]


def test_secrets_are_found_in_rejected_answers_too(tmp_path: Path) -> None:
    broken = "Caf\u00c3\u00a9 au lait is a fine thing to drink"
    record = json.loads(json.dumps(RECORDS["preference"][0]).replace(WORSE, broken))
    found = [f for f in checked(tmp_path, record).findings if f.code == "FT320"]
    assert [f.place.pointer for f in found] == ["/non_preferred_output/0/content"]


@pytest.mark.parametrize("shape", sorted(RECORDS))
def test_rules_of_chat_are_silent_on_other_shapes(tmp_path: Path, shape: str) -> None:
    """None of the rules about chat alone speaks, whatever else is found."""
    chats = {rule.code for rule in builtin() if rule.scope == "chat"}
    for record in RECORDS[shape] * 2:
        codes = {finding.code for finding in checked(tmp_path, record, shape=shape).findings}
        assert not codes & chats - ({"FT103"} if shape == "chat" else set())


def test_rules_of_messages_speak_inside_other_shapes(tmp_path: Path) -> None:
    call = {"id": "call_1", "type": "function"}
    call["function"] = {"name": "now", "arguments": '"{\\"zone\\": \\"CET\\"}"'}  # type: ignore[assignment]
    record = {
        "input": {
            "messages": [{"role": "human", "content": "Hi"}],
            "tools": [{"type": "function", "function": {"name": "now"}}],
        },
        "preferred_output": [{"role": "assistant", "tool_calls": [call]}],
        "non_preferred_output": [BAD],
    }
    found = {(f.code, f.place.pointer) for f in checked(tmp_path, record).findings}
    assert ("FT107", "/input/messages/0/role") in found
    arguments = "/preferred_output/0/tool_calls/0/function/arguments"
    assert ("FT153", arguments) in found  # encoded twice, as in a published sample


def test_a_stray_answer_of_a_tool_is_told_with_what_stands_before_it(tmp_path: Path) -> None:
    stray = {"role": "tool", "tool_call_id": "c1", "content": "42"}
    record = {
        "input": {"messages": [ASK]},
        "preferred_output": [stray, SAY, SAY, stray, SAY],
        "non_preferred_output": [BAD],
    }
    found = [f for f in checked(tmp_path, record).findings if f.code == "FT159"]
    before = [f.data["before"] for f in found]
    assert [f.place.pointer for f in found] == ["/preferred_output/0", "/preferred_output/3"]
    assert before == ["role 'user'", "role 'assistant'"]


def test_tools_of_a_rejected_answer_are_no_strays(tmp_path: Path) -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "now", "arguments": "{}"}}
    told = {"role": "tool", "tool_call_id": "c1", "content": "noon"}
    record = {
        "input": {"messages": [ASK], "tools": [{"type": "function", "function": {"name": "now"}}]},
        "preferred_output": [SAY],
        "non_preferred_output": [{"role": "assistant", "tool_calls": [call]}, told, BAD],
    }
    report = checked(tmp_path, record, record | {"preferred_output": []})
    assert not [f for f in report.findings if f.code in ("FT157", "FT158", "FT159", "FT160")]
    assert not report.crashed


def test_declared_tools_of_a_pair_are_in_its_input(tmp_path: Path) -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "then", "arguments": "{}"}}
    record = {
        "input": {
            "messages": [ASK],
            "tools": [{"type": "function", "function": {"name": "now"}}],
        },
        "preferred_output": [{"role": "assistant", "tool_calls": [call]}],
        "non_preferred_output": [BAD],
    }
    codes = {finding.code for finding in checked(tmp_path, record).findings}
    assert "FT156" in codes and "FT157" not in codes


def test_mixed_shapes_name_the_first_line_of_each(tmp_path: Path) -> None:
    chats, pairs = RECORDS["chat"][:1] * 3, RECORDS["preference"] * 2
    report = checked(tmp_path, *chats, *pairs, RECORDS["alpaca"][0])
    found = [f for f in report.findings if f.code == "FT017"]
    assert [f.place.line for f in found] == [4, 6]
    assert {place.line for f in found for place in f.related} == {1}
    assert all(f.severity.name == "ERROR" for f in found)


def test_a_file_is_read_as_what_its_first_lines_are() -> None:
    prompts = [orjson.dumps({"messages": [ASK]})] * 3
    assert shape_of_lines(prompts) == "reinforcement"
    assert shape_of_lines(prompts[:2]) == "chat"
    assert shape_of_lines([*prompts, orjson.dumps({"messages": [ASK, SAY]})]) == "chat"
    assert shape_of_lines([b"nonsense", b"[1]"]) == ""
    assert shape_of_lines([b'{"question": 1}']) == UNKNOWN


def test_a_long_first_line_is_read_to_its_end(tmp_path: Path) -> None:
    record = {"messages": [{"role": "user", "content": "la " * 100_000}], "answer": "x"}
    report = checked(tmp_path, record, record)
    assert report.dataset.facts[0].shape == "reinforcement"


def test_the_shape_can_be_asked_for(tmp_path: Path) -> None:
    record = {"messages": [ASK]}
    assert checked(tmp_path, record).dataset.facts[0].shape == "chat"
    report = checked(tmp_path, record, shape="reinforcement")
    assert report.dataset.facts[0].shape == "reinforcement"
    codes = {finding.code for finding in report.findings}
    assert "FT179" in codes and "FT122" not in codes
    report = checked(tmp_path, RECORDS["alpaca"][0], shape="preference")
    assert "it is to be read as preference" in report.findings[0].message


def test_why_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    def why(*records: Any) -> str:
        report = checked(tmp_path, *records, analyses=(SHAPES,))
        (told,) = report.measures["shapes"].values()
        return f"{told['shape']}: {told['why']}"

    pair = RECORDS["preference"][0]
    less = {key: pair[key] for key in ("input", "non_preferred_output")}
    assert why(pair, pair) == "preference: every record has 'preferred_output'"
    assert why(pair, pair, less) == "preference: 2 of 3: has 'preferred_output'"
    assert why({"question": 1}) == "unknown: no record fits any shape"
    assert why(*RECORDS["reinforcement"]) == (
        "reinforcement: every record ends with a message of the user"
    )
    assert reason.__doc__


@pytest.mark.parametrize(
    ("keys", "shape", "lacking"),
    [
        ({"question", "answer"}, "completion", ["prompt", "completion"]),
        ({"instruction", "answer"}, "alpaca", ["output"]),
        ({"input", "chosen"}, "ranking", ["rejected"]),
        ({"Prompt", "Completion"}, "completion", ["prompt", "completion"]),
        ({"target", "nums"}, "chat", ["messages"]),
    ],
)
def test_the_nearest_shape_is_told(keys: set[str], shape: str, lacking: list[str]) -> None:
    found, lacks = nearest(keys)
    assert (found.name, lacks) == (shape, lacking)


def test_a_grader_reads_what_every_record_has(tmp_path: Path) -> None:
    from ftlint.targets.grader import fields_read, lacks

    path = tmp_path / "grader.json"
    graders = [
        {"type": "string_check", "reference": "{{ item.answer.unit }}", "input": "{{sample.x}}"},
        {"type": "python", "source": "def grade(s, item):\n  return item['gold'] == item.get('x')"},
        {"type": "score_model", "input": [{"content": "{{item.a}} {{ item.b | upper }}"}]},
    ]
    path.write_text(json.dumps({"type": "multi", "graders": graders}))
    assert fields_read(str(path)) == ("answer.unit", "gold", "a", "b")
    assert not lacks({"answer": {"unit": "m"}}, "answer.unit")
    assert lacks({"answer": {"unit": None}}, "answer.unit")
    assert lacks({"answer": "m"}, "answer.unit")


def test_the_published_sample_without_references_is_found(shared: Path, lint: Lint) -> None:
    report = lint(shared / "data/formats/openai-rft/medmcq_validation.jsonl")
    assert [(f.code, f.place.line) for f in report.findings] == [("FT179", None)]


def test_the_edge_whitespace_of_the_gsm8k_sample_is_found(shared: Path, lint: Lint) -> None:
    report = lint(shared / "data/formats/openai-chat/gsm8k_chat_train.jsonl", cap=0)
    assert report.counts["FT316"] == 200


@pytest.mark.parametrize("shape", sorted(RECORDS))
def test_the_report_does_not_depend_on_how_it_is_made(tmp_path: Path, shape: str) -> None:
    """Whatever the shards, the batches and the proof are; with records of another shape among."""
    path = tmp_path / "train.jsonl"
    records = [*RECORDS[shape] * 3, {"text": "Once"}, {"question": 1}, *RECORDS[shape], {}]
    path.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in records))
    rules = tuple(rule for rule in builtin() if rule.default)

    def report(shard_size: int, **how: Any) -> Any:
        dataset = Dataset((Source(str(path)),), shard_size)
        made = run(Plan(rules, **how), dataset)
        assert not made.crashed
        return [(f.code, f.place, f.message) for f in made.findings], made.measures

    expected = report(1 << 20)
    assert report(64, batch_size=1) == expected
    assert report(100, batch_size=2, proof_from=0) == expected
    assert report(1 << 20, proof_from=0) == expected


_KEYS = sorted({key for each in FORMATS.values() for way in each.ways for key in way} | {"system"})


@settings(max_examples=300, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(_KEYS), VALUES, max_size=4), max_size=4))
def test_no_record_crashes_a_shape(records: list[dict[str, Any]]) -> None:
    """Detection is total; texts are always found at their pointers, in every file."""
    for file in ("", *FORMATS):
        for record in records:
            one = example(record, file)
            assert detect(record, file) in {*FORMATS, UNKNOWN}
            for text in one.texts:
                assert resolve(record, text.pointer) == text.value
            assert one.conversation is not None and one.as_chat is not None
            fields = one.format.fields
            for flaw in flaws(fields, record) if fields else ():
                resolve(record, flaw.pointer)
