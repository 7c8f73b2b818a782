"""What single targets demand: the words of each schema, tools of Converse, keys in all or none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import ftlint
from ftlint.case import assistant, chat, user
from ftlint.example import Batch, Lines
from ftlint.finding import Severity
from ftlint.rule import ExampleRule
from ftlint.rules.demand import ReservedText
from ftlint.rules.taken import RecordRefused
from ftlint.rules.use import ToolUseMismatch
from ftlint.targets.target import read


def told(rule: ExampleRule, record: Any) -> list[tuple[str | None, str]]:
    batch = Batch(Lines(0, 0, [json.dumps(record).encode()]))
    chosen = rule.candidates(batch)
    examples = batch.records if chosen is None else chosen
    return [(f.where.pointer, f.message) for e in examples for f in rule.check(e)]


@pytest.mark.parametrize(
    ("schema", "value", "words"),
    [
        ({"required": ["b"]}, {}, "'b' is missing"),
        ({"additionalProperties": False, "properties": {"a": {}}}, {"b": 1}, 'unknown key "b"'),
        ({"properties": {"b": False}}, {"b": 1}, "1 is not taken here"),
        ({"enum": ["png", "gif"]}, "tiff", '"tiff" is none of "png", "gif"'),
        ({"const": 1}, 2, "2 is not 1"),
        ({"type": "object"}, "x", '"x" is not of type object'),
        ({"minItems": 2}, [1], "1 items; at least 2 are taken"),
        ({"maxItems": 1}, [1, 2], "2 items; at most 1 are taken"),
        ({"minLength": 1}, "", "text is empty"),
        ({"maximum": 3}, 4, "value is greater than the maximum of 3"),
        ({"description": "own words", "maximum": 3}, 4, "own words"),
        ({"description": "never there", "not": {}}, 4, "never there"),
        ({"description": "outer", "items": {"type": "string"}}, [1], "1 is not of type string"),
    ],
)
def test_the_words_of_a_schema(schema: dict[str, Any], value: Any, words: str) -> None:
    rule = RecordRefused(schemas={"chat": ({"properties": {"tools": schema}},)})
    found = told(rule, chat(user("Hi"), assistant("Hello!"), tools=value))
    assert [message for _, message in found] == [words]
    assert all((pointer or "").startswith("/tools") for pointer, _ in found)


def test_a_place_is_told_once_and_few_of_a_record() -> None:
    schema = {"properties": {"messages": {"items": {"required": ["x", "y"]}}}}
    rule = RecordRefused(schemas={"chat": (schema, schema)})
    found = told(rule, chat(*[user(str(n)) for n in range(6)]))
    assert [pointer for pointer, _ in found] == ["/messages/0", "/messages/1", "/messages/2"]
    assert told(rule, {"text": "of another shape"}) == []


def test_reserved_words_are_found_behind_escapes() -> None:
    rule = ReservedText(words=("Bot:",))
    line = b'{"messages": [{"role": "user", "content": "\\u0042ot: Hi"}]}'
    batch = Batch(Lines(0, 0, [line]))
    chosen = rule.candidates(batch) or []
    (finding,) = [finding for each in chosen for finding in rule.check(each)]
    assert finding.where.span == (0, 4)
    assert told(rule, chat(user("bot: Hi"))) == []


def nova(*messages: Any, tools: tuple[str, ...] = ("now",)) -> dict[str, Any]:
    declared = [{"toolSpec": {"name": name, "inputSchema": {"json": {}}}} for name in tools]
    return {
        "schemaVersion": "bedrock-conversation-2024",
        "toolConfig": {"tools": declared},
        "messages": list(messages),
    }


def said(role: str, *blocks: Any) -> dict[str, Any]:
    return {"role": role, "content": list(blocks)}


ASK = said("user", {"text": "What is the time?"})
SAY = said("assistant", {"text": "Nine."})


def use(id_: Any, name: Any = "now") -> dict[str, Any]:
    return {"toolUse": {"toolUseId": id_, "name": name, "input": {}}}


def result(id_: Any) -> dict[str, Any]:
    return {"toolResult": {"toolUseId": id_, "content": [{"text": "9:00"}]}}


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (nova(ASK, said("assistant", use("a"))), []),
        (nova(ASK, said("assistant", use("a")), said("user", result("a")), SAY), []),
        (
            nova(
                ASK, said("assistant", use("a"), use("b")), said("user", result("b"), result("a")),
                SAY,
            ),
            [],
        ),
        (nova(ASK, said("assistant", use("a")), ASK, SAY), ['use without a result: id "a"']),
        (nova(ASK, SAY, said("user", result("a")), SAY), ['result of no use: id "a"']),
        (
            nova(ASK, said("assistant", use("a"), use("a")), said("user", result("a")), SAY),
            ['id "a" of another use before it'],
        ),
        (nova(ASK, said("assistant", use("a", "then"))), ['"then" is not declared']),
        (nova(ASK, said("assistant", use("a", "then")), tools=()), []),
        (nova(ASK, SAY, tools=("x", "y", "x")), ['tool "x" is declared twice']),
        (nova(ASK, said("assistant", use(7, None)), "x", SAY), []),
        ({**nova(ASK, SAY), "toolConfig": 7}, []),
        ({**nova(ASK, SAY), "messages": {"toolUse": 1}}, []),
    ],
)  # fmt: skip
def test_tools_of_converse(record: Any, words: list[str]) -> None:
    assert [message for _, message in told(ToolUseMismatch(), record)] == words


IMAGE = {"image": {"format": "png", "source": {"s3Location": {"uri": "s3://b/i.png",
         "bucketOwner": "1"}}}}  # fmt: skip
VIDEO = {"video": {"format": "mp4", "source": {"s3Location": {"uri": "s3://b/v.mp4",
         "bucketOwner": "1"}}}}  # fmt: skip


@pytest.mark.parametrize(
    ("model", "user_blocks", "words"),
    [
        ("nova-lite", [IMAGE] * 10, []),
        ("nova-lite", [IMAGE] * 11, ["at most 10 images stand in a message"]),
        ("nova-lite", [VIDEO], []),
        ("nova-lite", [VIDEO, VIDEO], ["at most one video stands in a message"]),
        ("nova-lite", [VIDEO, IMAGE], ["images and videos do not stand in one message"]),
        ("nova-micro", [IMAGE], ["Nova Micro reads text alone"]),
        ("nova-pro", [use("a")], ["only an assistant message calls a tool"]),
        (
            "nova-pro",
            [{"image": {"format": "png", "source": {"s3Location": {"uri": "https://a.org/b",
             "bucketOwner": "1"}}}}],
            ["a place in S3 is s3:// with letters, digits, _, -, / and ."],
        ),
    ],
)  # fmt: skip
def test_media_of_nova(model: str, user_blocks: list[Any], words: list[str]) -> None:
    schemas = read(f"bedrock-nova:{model}").rules["record-refused"]["schemas"]
    rule = RecordRefused(schemas={shape: tuple(each) for shape, each in schemas.items()})
    record = nova(said("user", {"text": "What is this?"}, *user_blocks), SAY)
    assert [message for _, message in told(rule, record)] == words


def test_an_optional_part_stands_in_all_examples_or_none(tmp_path: Path) -> None:
    plain = {key: value for key, value in nova(ASK, SAY).items() if key != "toolConfig"}
    path = tmp_path / "train.jsonl"
    records = [*[nova(ASK, SAY)] * 3, plain]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    report = ftlint.check(str(path), target="bedrock-nova", select="FT191")
    assert [(f.place.line, f.message) for f in report.findings] == [
        (4, 'no "toolConfig", which 3 of 4 examples have')
    ]
    assert report.findings[0].severity is Severity.ERROR


def test_prompts_for_a_grader_have_limits_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "validation.jsonl"
    prompts = [chat(user(f"{n} + {n}?"), reference=str(2 * n)) for n in range(1001)]
    path.write_text("".join(json.dumps(record) + "\n" for record in prompts))
    report = ftlint.check((), validation=str(path), target="azure:o4-mini", select="FT189")
    assert [f.message for f in report.findings] == [
        "file has 1001 examples; a validation file may have 1000"
    ]
