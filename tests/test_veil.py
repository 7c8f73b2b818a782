"""Veils: no output shows a value, nor a part of one, and no escape hides one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
import secrets_made as made
from command import CLEAN, inside
from secrets_made import no_value_in

from ftlint.case import assistant, call, calling, chat, declare, tool, user
from ftlint.engine import Plan, run
from ftlint.example import Example
from ftlint.finding import Finding, Fix, Safety, Severity, Where
from ftlint.line import Line
from ftlint.privacy.look import sightings
from ftlint.privacy.veil import NUMERAL, TOGETHER, all_veiled, veiled, veiled_json, veiled_part
from ftlint.rule import ExampleRule
from ftlint.rules.account import account
from ftlint.snippet import AROUND, suspects
from ftlint.source import Dataset, Source
from ftlint.value import dataclass


@dataclass(frozen=True)
class Fragile(ExampleRule):
    """Takes every text for a number."""

    code = "ZZ001"
    name = "fragile"
    severity = Severity.NOTE
    message = "no number"

    def check(self, example: Example) -> Iterator[Finding]:
        """Fail with a text in the words of the error."""
        for text in example.texts:
            int(text.value)
        yield self.finding(example.at())


def test_what_is_cut_leaves_no_part_of_a_value(tmp_path: Path) -> None:
    key = made.KEYS["github"]
    keys = [chat(user("Hi"), assistant("Hello!")) | {value: 1} for value in (key, made.PHONE)]
    begun = [chat(user("Whom do I ask?"), assistant(f"{made.EMAIL} knows it all.")) for _ in "ab"]
    upper = [chat(user("Which one?"), assistant(f"{key} it is, no other.")) for _ in "ab"]
    path = tmp_path / "train.jsonl"
    records = [*keys, *begun, *upper, chat({"role": key, "content": "Hi"}, assistant("Hello!"))]
    path.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in records))
    done = inside(tmp_path, "check", path.name, "--format", "json")
    for part in (made.PHONE, key[:20], key[:20].lower(), made.EMAIL.partition("@")[0]):
        assert part not in done.out, part[:3]
    assert '/••••••••••••••"' in done.out, "the key of a record, in a pointer"
    found = [each for each in done.report["findings"] if each["code"] == "FT107"]
    assert "•" * 38 + "…" in found[0]["message"]


def test_tables_show_no_value(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    told = [chat(user("Whom?"), assistant(value)) for value in (made.EMAIL, made.PHONE)] * 6
    path.write_bytes(CLEAN + b"".join(orjson.dumps(record) + b"\n" for record in told))
    inside(tmp_path, "check", path.name, "-o", "csv=run.csv")
    table = (tmp_path / "run.csv").read_text()
    no_value_in(table, "table")
    assert "•" * len(made.EMAIL) in table
    inside(tmp_path, "check", path.name, "-o", "csv=run.csv", "--show-content")
    assert made.EMAIL in (tmp_path / "run.csv").read_text()


def test_labels_with_equal_dots_are_counted_apart(tmp_path: Path) -> None:
    other = made.EMAIL[::-1].replace("@", "x").replace(".", "y")[: made.EMAIL.index("@")]
    labels = {made.EMAIL: 30, other + made.EMAIL[len(other) :]: 12, "nobody": 11}
    told = [
        chat(user(f"Whom do I ask, case {n}?"), assistant(label))
        for label, count in labels.items()
        for n in range(count)
    ]
    path = tmp_path / "train.jsonl"
    path.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in told))
    done = inside(tmp_path, "check", path.name, "--format", "json", "--select", "FT5")
    dots = "•" * len(made.EMAIL)
    balance = done.report["measures"]["balance"]["train"]
    assert balance["labels"] == {dots: 30, f"{dots} (2)": 12, "nobody": 11}
    no_value_in(done.out, "json")


@pytest.mark.parametrize("code", made.SENTENCES)
@pytest.mark.parametrize("times", [1, 2], ids=["in a call", "in JSON in a call"])
def test_escapes_hide_nothing(tmp_path: Path, code: str, times: int) -> None:
    value = made.VALUES[code]
    inner = f"電話\n{made.SENTENCES[code]}".replace(value, f"\t{value}\n")
    if code == "FT812":
        inner = f"redis://u:{value}@cache.heron-and-sons.net"
    told = inner
    for _ in range(times):
        told = json.dumps({"text": told})
    escaped = told.replace("@", "\\u0040") if times == 1 else told
    record = chat(
        user("Send it."),
        calling(call("call_1", "mail", escaped)),
        tool("call_1", "sent"),
        assistant("Done."),
        tools=[declare("mail", {"type": "object", "properties": {}})],
    )
    path = tmp_path / "train.jsonl"
    path.write_bytes(CLEAN + orjson.dumps(record) + b"\n")
    words = ("check", path.name, "--select", code)
    done = inside(tmp_path, *words, "--format", "json")
    assert [each["code"] for each in done.report["findings"]] == [code]
    inside(tmp_path, *words, "--fix", "--unsafe-fixes", "--quiet")
    after = orjson.loads(path.read_bytes().splitlines()[-1])
    arguments = after["messages"][1]["tool_calls"][0]["function"]["arguments"]
    for _ in range(times):
        arguments = json.loads(arguments)["text"]
    assert not sightings(arguments) and "[" in arguments


def test_what_a_conversion_would_lose_is_named_without_values(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    records = [chat(user("Hi"), assistant("Hello!", **{value: 1})) for value in (made.PEM, "note")]
    path.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in records))
    done = inside(tmp_path, "convert", path.name, "--to", "alpaca", "--output", "out.jsonl")
    assert done.status == 2 and "'note'" in done.err and "••••" in done.err
    no_value_in(done.err, "convert")


def test_a_rule_that_fails_tells_no_value(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_bytes(orjson.dumps(chat(user(made.SENTENCES["FT810"]), assistant("So."))) + b"\n")
    report = run(Plan((Fragile(),)), Dataset((Source(str(path)),)))
    assert report.crashed and "ValueError: invalid literal" in report.crashed[0].reason
    no_value_in(report.crashed[0].reason, "failure")


@pytest.mark.parametrize(
    "member",
    [
        {"function_call": {"name": "mail", "arguments": json.dumps({"to": made.EMAIL})}},
        {"function_call": {"name": "mail", "arguments": {"a/b": ["x", {"to": made.EMAIL}]}}},
        {
            "tool_calls": [
                {"id": "1", "type": "function", "function": {"arguments": {"to": [made.EMAIL]}}}
            ]
        },
    ],
    ids=["deprecated", "deprecated, a value", "a value"],
)
def test_arguments_in_any_form_are_read(tmp_path: Path, member: dict[str, object]) -> None:
    path = tmp_path / "train.jsonl"
    told = {"role": "assistant", "content": None, **member}
    path.write_bytes(orjson.dumps(chat(user("Send it."), told, assistant("Done."))) + b"\n")
    words = ("check", path.name, "--select", "FT801")
    found = inside(tmp_path, *words, "--format", "json").report["findings"]
    assert [each["code"] for each in found] == ["FT801"]
    assert "learnt" in found[0]["message"] and "call" in found[0]["message"]
    inside(tmp_path, *words, "--fix", "--unsafe-fixes", "--quiet")
    assert made.EMAIL.encode() not in path.read_bytes() and b"[EMAIL]" in path.read_bytes()


CALLS = {
    "claude": {
        "system": "Be brief.",
        "messages": [
            user("Send it."),
            assistant([{"type": "tool_use", "id": "a", "name": "f", "input": {"to": made.EMAIL}}]),
            user([{"type": "tool_result", "tool_use_id": "a", "content": f"To {made.EMAIL}"}]),
            assistant("Done."),
        ],
    },
    "converse": {
        "schemaVersion": "bedrock-conversation-2024",
        "messages": [
            user([{"text": "Send it."}]),
            assistant([{"toolUse": {"toolUseId": "a", "name": "f", "input": {"to": made.EMAIL}}}]),
            user([{"toolResult": {"toolUseId": "a", "content": [{"json": {"to": made.EMAIL}}]}}]),
            assistant([{"text": "Done."}]),
        ],
    },
    "gemini": {
        "contents": [
            {"role": "user", "parts": [{"text": "Send it."}]},
            {
                "role": "model",
                "parts": [{"functionCall": {"name": "f", "args": {"a": made.EMAIL}}}],
            },
            {
                "role": "user",
                "parts": [{"functionResponse": {"name": "f", "response": {"a": made.EMAIL}}}],
            },
            {"role": "model", "parts": [{"text": "Done."}]},
        ]
    },
}


@pytest.mark.parametrize("shape", CALLS)
def test_what_tools_get_and_give_is_read_in_other_shapes(tmp_path: Path, shape: str) -> None:
    path = tmp_path / "train.jsonl"
    path.write_bytes(orjson.dumps(CALLS[shape]) + b"\n")
    words = ("check", path.name, "--select", "FT801")
    found = inside(tmp_path, *words, "--format", "json").report["findings"]
    assert [each["data"]["times"] for each in found] == [2]
    assert found[0]["data"]["roles"] == ["tool call", "tool"]
    inside(tmp_path, *words, "--fix", "--unsafe-fixes", "--quiet")
    wanted = orjson.dumps(CALLS[shape]).replace(made.EMAIL.encode(), b"[EMAIL]")
    assert path.read_bytes() == wanted + b"\n"


def test_findings_are_veiled_together_as_they_are_alone() -> None:
    """Wherever one says a value: among a thousand others, in a key, in a title of a fix."""
    value, plain = made.EMAIL, Finding("ZZ001", Where(0, 1), "plain", {"of": ["text", 1, None]})
    saying = [
        Finding("ZZ001", Where(0, 1), f"two\nlines, {value}"),
        Finding("ZZ001", Where(0, 1), "in a key", {"of": {value: 1}}),
        Finding("ZZ001", Where(0, 1), "in a tuple", {"of": ("text", [value])}),
        Finding("ZZ001", Where(0, 1), "fix", fix=Fix(f"remove {value}", (), Safety.SAFE)),
    ]
    every = [plain, *[each for said in saying for each in [said, *[plain] * (TOGETHER // 2)]]]
    found = list(all_veiled(every))
    assert found == [veiled(each) for each in every]
    assert value not in repr(found)
    assert [each for each in found if each not in every] == [veiled(each) for each in saying]


def test_lines_that_are_long_or_may_hold_a_value_are_suspects() -> None:
    raws = [b"plain", made.EMAIL.encode(), b"long " * AROUND, b"\xff plain", b"two\nlines @"]
    lines = {at * 2: Line(0, at * 2, raw) for at, raw in enumerate(raws)}
    assert suspects(lines) == {2, 4, 8}
    assert suspects({}) == frozenset()


SPARSE = account("KZ", "125KZT2069A00B00")
"""An account number no nine of whose digits follow each other."""


@pytest.mark.parametrize(
    "value",
    [
        *(made.PHONE, made.EMAIL, made.KEYS["github"], SPARSE, "+49 30\\u0020901820"),
        *(made.CARD, made.GROUPED, made.IBAN, made.SSN),
    ],
)
def test_a_part_of_a_line_is_veiled_as_in_the_whole(value: str) -> None:
    """Far from the value, beside it and across it; another number far away has it looked for."""
    text = f'{{"id":12345678900,"content":"{"far " * 300}my SSN, card: {value}{" far" * 300}"}}'
    whole, at = veiled_json(text), text.index(value)
    assert whole != text and len(whole) == len(text)
    for start in (0, at - NUMERAL, at - 72, at - 5, at, at + 5, at + len(value), len(text) - 72):
        assert veiled_part(text, start, start + 72) == whole[start : start + 72]
