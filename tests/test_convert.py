"""Conversions: nothing is lost in silence, and what can come back does."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from command import inside
from hypothesis import given, settings
from hypothesis import strategies as st

from ftlint.bridges import BRIDGES
from ftlint.bridges.convert import LossError, Wish, convert
from ftlint.cli import cli
from ftlint.error import FtlintError, SourceError, UsageError
from ftlint.formats import FORMATS
from ftlint.formats.field import flaws
from ftlint.formats.talk import Loss, same
from ftlint.source import Source

ASK, SAY = {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}
CALL = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "now", "arguments": '{"zone":"CET"}'},
}
SCHEMA = {"type": "object", "properties": {"zone": {"type": "string"}}}
TOOLS = [{"type": "function", "function": {"name": "now", "parameters": SCHEMA}}]
TOOLED = {
    "messages": [
        ASK,
        {"role": "assistant", "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "call_1", "content": "12:00"},
        {"role": "assistant", "content": "It is noon."},
    ],
    "tools": TOOLS,
}
PAIR = {
    "input": {"messages": [ASK]},
    "preferred_output": [SAY],
    "non_preferred_output": [{"role": "assistant", "content": "What?"}],
}


def write(path: Path, records: Sequence[Any]) -> Source:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return Source(str(path))


def there(folder: Path, records: Sequence[Any], to: str, shape: str = "auto") -> list[Any]:
    """Return `records` as another shape."""
    out = folder / f"{to}.jsonl"
    convert([write(folder / "in.jsonl", records)], Wish(to, str(out), shape, force=True))
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


# What comes back exactly from which shape: every pair that can hold the content.
TALK = {"messages": [{"role": "system", "content": "Be brief."}, ASK, SAY, ASK, SAY]}
LONE = {"messages": [ASK, SAY]}
TRIPS: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("chat", TALK, ("sharegpt", "alpaca", "claude", "gemini", "cohere", "converse", "completion")),
    ("chat", LONE, ("sharegpt", "alpaca", "claude", "gemini", "cohere", "converse", "completion")),
    ("chat", TOOLED, ("sharegpt", "converse", "completion")),
    ("preference", PAIR, ("ranking",)),
    ("reinforcement", {"messages": [ASK], "answer": "4"}, ("prompt",)),
    ("completion", {"prompt": "Hi", "completion": " Hello!"}, ("chat", "sharegpt", "alpaca")),
    ("completion", {"prompt": "", "completion": "Once upon"}, ("text",)),
    ("text", {"text": "Once upon a time"}, ("completion",)),
    ("alpaca", {"instruction": "Hi", "input": "", "output": "Hello!"}, ("chat", "sharegpt")),
    (
        "sharegpt",
        {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Yes?"}]},
        ("chat", "alpaca", "gemini"),
    ),
]


@pytest.mark.parametrize(
    ("shape", "record", "to"),
    [(shape, record, to) for shape, record, every in TRIPS for to in every],
)
def test_a_round_trip_is_exact(tmp_path: Path, shape: str, record: Any, to: str) -> None:
    other = there(tmp_path, [record], to)
    assert there(tmp_path, other, shape, to) == [record]
    # What is written is a record of that shape by the shape's own description.
    fields = FORMATS[to].fields
    assert fields is None or list(flaws(fields, other[0])) == []


LOSSES = [
    ("alpaca", TOOLED, "lose the declared tools"),
    ("claude", {"messages": [ASK, ASK, SAY]}, "lose the order of turns"),
    ("alpaca", {"messages": [ASK]}, "lack"),
    ("gemini", {"messages": [ASK, {**SAY, "weight": 0}]}, "lose the key 'weight'"),
    ("cohere", {"messages": [{**ASK, "name": "ann"}, SAY]}, "lose the key 'name'"),
    ("sharegpt", {**LONE, "parallel_tool_calls": True}, "lose the switches"),
    ("claude", {**LONE, "id": 7}, "lose further keys ('id')"),
    ("preference", LONE, "lacks a second answer"),
    ("kto", LONE, "lacks a mark"),
    ("text", LONE, "lose who says what"),
    ("chat", PAIR, "lose the answer that is not preferred"),
    ("chat", {"messages": [ASK], "answer": "4"}, "lose that it is a prompt"),
    ("chat", {"prompt": "Hi", "completion": "Yes", "label": False}, "lose the mark"),
    ("chat", {"question": "Hi"}, "no shape that can be converted"),
    (
        "sharegpt",
        {"messages": [ASK, {"role": "assistant", "content": "Wait.", "tool_calls": [CALL]}]},
        "lose the text beside a call",
    ),
    (
        "converse",
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}] * 2}, SAY]},
        "lose the content of a message of the user",
    ),
]


@pytest.mark.parametrize(("to", "record", "told"), LOSSES)
def test_what_would_be_lost_is_refused(tmp_path: Path, to: str, record: Any, told: str) -> None:
    before = copy.deepcopy(record)
    with pytest.raises(LossError) as caught:
        there(tmp_path, [record], to)
    assert told in str(caught.value) and "line 1" in str(caught.value)
    assert not (tmp_path / f"{to}.jsonl").exists()
    assert record == before


def test_keys_that_would_show_another_shape_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LossError, match="show another shape"):
        there(tmp_path, [{**LONE, "conversations": []}], "alpaca", shape="chat")


def test_a_call_with_other_numbers_than_json_readers_keep_is_exact(tmp_path: Path) -> None:
    record = json.loads(json.dumps(TOOLED))
    number = 123456789012345678901234567890
    record["messages"][1]["tool_calls"][0]["function"]["arguments"] = f'{{"zone":{number}}}'
    (other,) = there(tmp_path, [record], "converse")
    assert other["messages"][1]["content"][0]["toolUse"]["input"] == {"zone": number}
    assert there(tmp_path, [other], "chat") == [record]


def test_a_key_that_stands_twice_is_no_record(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text('{"text": "a", "text": "b"}\n')
    with pytest.raises(LossError, match="a key twice: 'text'"):
        convert([Source(str(path))], Wish("completion", str(tmp_path / "out.jsonl")))


def test_losses_are_told_once_with_their_lines(tmp_path: Path) -> None:
    records = [LONE, *[{**LONE, "id": n} for n in range(12)], TOOLED]
    with pytest.raises(LossError) as caught:
        there(tmp_path, records, "alpaca")
    head, *lines, end = caught.value.lines
    assert head == "1 record cannot be written as alpaca"
    assert lines == ["line 14: it would lose the declared tools"]
    assert end == "nothing was written"
    with pytest.raises(LossError) as caught:
        there(tmp_path, records, "claude")
    assert caught.value.lines[1].startswith("line 2, line 3, line 4, line 5")
    assert " and 4 more: it would lose further keys ('id')" in caught.value.lines[1]


def test_a_key_that_may_be_dropped_is_counted(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", [LONE, {**LONE, "id": 7}])
    out = tmp_path / "out.jsonl"
    done = convert([source], Wish("claude", str(out), drop=("id",)))
    assert (done.records, done.dropped, done.shape) == (2, {"id": 1}, "chat")


def test_blank_lines_and_byte_order_marks_are_no_records(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(LONE).encode() + b"\n\n")
    assert convert([Source(str(path))], Wish("claude", str(tmp_path / "o.jsonl"))).records == 1


def test_what_cannot_be_written_is_told_before_anything_is_read(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", [LONE])
    for wish, told in (
        (Wish("alpacca", "x"), "did you mean 'alpaca'"),
        (Wish("chat", str(tmp_path / "in.jsonl"), force=True), "is read as DATA"),
        (Wish("chat", str(tmp_path / "no" / "x.jsonl")), "there is no folder"),
    ):
        with pytest.raises(UsageError, match=told):
            convert([source], wish)
    (tmp_path / "there.jsonl").write_text("kept")
    with pytest.raises(UsageError, match="--force"):
        convert([source], Wish("claude", str(tmp_path / "there.jsonl")))
    with pytest.raises(SourceError, match="holds no example"):
        convert([write(tmp_path / "empty.jsonl", [])], Wish("chat", str(tmp_path / "o.jsonl")))
    assert (tmp_path / "there.jsonl").read_text() == "kept"


def test_the_command(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", [TALK, LONE])
    out = str(tmp_path / "out.jsonl")
    done = CliRunner().invoke(cli, ["convert", source.path, "--to", "gemini", "--output", out])
    assert done.exit_code == 0 and "2 records from chat to gemini" in done.output
    text = str(tmp_path / "text.jsonl")
    done = CliRunner().invoke(cli, ["convert", source.path, "--to", "text", "--output", text])
    assert done.exit_code == 2 and "line 1, line 2: it would lose who says what" in done.output
    assert not Path(text).exists()


REAL = [
    ("data/chat/gsm8k_train.jsonl", ("sharegpt", "alpaca", "claude", "gemini", "converse")),
    ("data/chat/kdconv_zh.jsonl", ("sharegpt", "cohere", "converse")),
    ("data/chat/bfcl_tools_even.jsonl", ("completion",)),
    ("data/chat/lf_dpo_zh_preference.jsonl", ("ranking",)),
    ("data/formats/openai-dpo/orca_validation.jsonl", ("ranking",)),
    ("data/formats/openai-rft/countdown_train_25.jsonl", ("prompt",)),
    ("data/formats/openai-rft-tools/train_tool.jsonl", ("prompt",)),
    ("data/formats/anthropic-bedrock/json_mode_dataset.jsonl", ("chat", "alpaca", "converse")),
    ("data/formats/bedrock-converse/nova_sft_train_samples_converse.jsonl", ("chat", "gemini")),
    ("data/formats/llamafactory/identity.json", ("chat", "sharegpt", "gemini")),
]


@pytest.mark.parametrize(("name", "to"), [(name, to) for name, every in REAL for to in every])
def test_real_data_comes_back(shared: Path, tmp_path: Path, name: str, to: str) -> None:
    path, out, back = shared / name, tmp_path / "out.jsonl", tmp_path / "back.jsonl"
    done = convert([Source(str(path))], Wish(to, str(out)))
    convert([Source(str(out))], Wish(done.shape, str(back), shape=to))
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines() if name.endswith("l") else map(json.dumps, json.loads(text))
    expected = [json.loads(line) for line in lines if line.strip()]
    assert [json.loads(line) for line in back.read_text("utf-8").splitlines()] == expected


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
_ID = st.sampled_from(["call_1", "call_2", "x"])
_CALLS = st.lists(
    st.fixed_dictionaries(
        {
            "id": _ID,
            "type": st.just("function"),
            "function": st.fixed_dictionaries(
                {"name": _TEXT, "arguments": st.sampled_from(['{"a":1}', "{}", "[", '{"a":1.5}'])}
            ),
        }
    ),
    min_size=1,
    max_size=2,
)
_MESSAGE = st.one_of(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["system", "user", "assistant"]), "content": _TEXT},
        optional={"weight": st.sampled_from([0, 1]), "name": _TEXT},
    ),
    st.fixed_dictionaries({"role": st.just("assistant"), "tool_calls": _CALLS}),
    st.fixed_dictionaries({"role": st.just("tool"), "tool_call_id": _ID, "content": _TEXT}),
)
_RECORD = st.fixed_dictionaries(
    {"messages": st.lists(_MESSAGE, min_size=1, max_size=6)},
    optional={"tools": st.sampled_from([[], TOOLS]), "parallel_tool_calls": st.booleans()},
)


@settings(max_examples=400, deadline=None)
@given(_RECORD, st.sampled_from(sorted(BRIDGES)))
def test_a_written_record_says_the_same_or_is_refused(record: Any, to: str) -> None:
    """What every shape writes comes back to chat: the same messages, or it was refused."""
    talk = BRIDGES["chat"].read(record)
    try:
        again = BRIDGES[to].read(BRIDGES[to].write(talk))
    except Loss:
        return
    if not same(talk, again):
        return  # convert refuses what does not come back
    back = BRIDGES["chat"].write(again)
    for mine, theirs in zip(record["messages"], back["messages"], strict=True):
        assert mine["role"] == theirs["role"]
        assert mine.get("content") == theirs.get("content")
        assert mine.keys() == theirs.keys()
        named = [call["function"]["name"] for call in mine.get("tool_calls", ())]
        assert named == [call["function"]["name"] for call in theirs.get("tool_calls", ())]
        for one, other in zip(
            mine.get("tool_calls", ()), theirs.get("tool_calls", ()), strict=True
        ):
            left, right = one["function"]["arguments"], other["function"]["arguments"]
            assert left == right or json.loads(left) == json.loads(right)
    assert (record.get("tools") or None) == (back.get("tools") or None)


@settings(max_examples=200, deadline=None)
@given(_RECORD)
def test_simple_talks_are_never_refused_by_shapes_that_can_hold_them(record: Any) -> None:
    """The reverse: whatever is plain texts in turns must be writable, else refusing is vain."""
    said = [m for m in record["messages"] if set(m) == {"role", "content"}]
    turns = [m for m in said if m["role"] in ("user", "assistant")]
    plain = [m for at, m in enumerate(turns) if m["role"] == ("user", "assistant")[at % 2]]
    if not plain or plain != turns or len(plain) % 2 or not all(m["content"] for m in plain):
        return
    talk = BRIDGES["chat"].read({"messages": plain})
    for to in ("sharegpt", "alpaca", "claude", "gemini", "cohere", "converse", "completion"):
        assert same(BRIDGES[to].read(BRIDGES[to].write(talk)), talk)


def test_errors_are_one_tree() -> None:
    assert issubclass(LossError, FtlintError)


# What is refused, and what must not change


def test_the_same_shape_is_the_same_record(tmp_path: Path) -> None:
    record = {"instruction": "Name it.", "input": "A river", "output": "Ebro", "id": 7}
    assert there(tmp_path, [record], "alpaca") == [record]
    array = tmp_path / "a.json"
    array.write_text(json.dumps([record, record]), encoding="utf-8")
    out = tmp_path / "lines.jsonl"
    convert([Source(str(array))], Wish("alpaca", str(out)))
    assert [json.loads(line) for line in out.read_text("utf-8").splitlines()] == [record] * 2


@pytest.mark.parametrize("to", ["converse", "sharegpt"])
def test_an_answer_to_nobody_is_refused(tmp_path: Path, to: str) -> None:
    with pytest.raises(LossError, match="a question before the answer"):
        there(tmp_path, [{"text": "The Ebro."}], to)


def test_no_tools_are_none_in_converse(tmp_path: Path) -> None:
    (record,) = there(tmp_path, [{"messages": [ASK, SAY], "tools": []}], "converse")
    assert "toolConfig" not in record


def test_standard_output_is_no_file(tmp_path: Path) -> None:
    data = write(tmp_path / "in.jsonl", [{"messages": [ASK, SAY]}])
    with pytest.raises(UsageError, match="name one"):
        convert([data], Wish("alpaca", "-"))


def test_items_of_several_arrays_are_named_with_their_file(tmp_path: Path) -> None:
    data = [write(tmp_path / "a.jsonl", [{"messages": [ASK, SAY]}])]
    array = tmp_path / "b.json"
    array.write_text('[{"instruction": "Hi", "output": "Hello!"}]', encoding="utf-8")
    with pytest.raises(LossError, match=r"b\.json:1: it holds Alpaca instructions"):
        convert([*data, Source(str(array))], Wish("chat", str(tmp_path / "out.jsonl")))


SIMPLE = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]
CALL = {"id": "c", "type": "function", "function": {"name": "now", "arguments": "{}"}}
ODD: dict[str, Any] = {
    "roles that are lists": [{"role": ["user"], "content": "Hi"}, SIMPLE[1]],
    "roles that are objects": [{"role": {}, "content": "Hi"}, SIMPLE[1]],
    "a part that is a number": [{"role": "user", "content": [1.5]}, SIMPLE[1]],
    "calls that are a number": [SIMPLE[0], {"role": "assistant", "tool_calls": 7}],
    "an id that is a list": [SIMPLE[0], {"role": "assistant", "tool_calls": [{**CALL, "id": [1]}]}],
    "an answer to an object": [
        *SIMPLE,
        {"role": "tool", "tool_call_id": {}, "content": "x"},
        SIMPLE[1],
    ],
}


@pytest.mark.parametrize("to", sorted(BRIDGES))
@pytest.mark.parametrize("messages", ODD.values(), ids=ODD)
def test_odd_values_are_refused_or_kept(tmp_path: Path, messages: Any, to: str) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"messages": messages}) + "\n")
    done = inside(tmp_path, "convert", "a.jsonl", "--to", to, "--output", "b.jsonl")
    assert done.status in (0, 2)
    assert (tmp_path / "b.jsonl").exists() == (done.status == 0)
    assert done.status == 0 or done.err.endswith("nothing was written\n")


def test_a_first_record_of_no_shape_says_nothing_of_the_others(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", [{"a": 1}, {"messages": SIMPLE}, {"b": 2}])
    done = inside(tmp_path, "convert", "a.jsonl", "--to", "sharegpt", "--output", "b.jsonl")
    assert done.status == 2 and not (tmp_path / "b.jsonl").exists()
    assert "it has no shape that can be converted" in done.err and "it holds" not in done.err


@pytest.mark.parametrize("opened", ['{"a":', "["])
@pytest.mark.parametrize("depth", [300, 980])
def test_depth_is_no_crash(tmp_path: Path, depth: int, opened: str) -> None:
    deep = opened * depth + "1" + ("}" if "{" in opened else "]") * depth
    record = f'{{"messages":{json.dumps(SIMPLE)},"x":{deep}}}'
    for name, text in (("lines", f"{record}\n"), ("array", f"[{record},\n{record}]")):
        (tmp_path / name).write_text(text)
        done = inside(tmp_path, "convert", name, "--to", "sharegpt", "--output", f"{name}.new")
        assert done.status in (0, 2)
        assert done.status == 0 or done.err.endswith("nothing was written\n")
