"""The big list of naughty strings: as content it is fine, anywhere else it breaks nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ftlint.finding import Severity
from ftlint.report import Report

BLNS = Path("data/truth/blns")
Lint = Callable[..., Report]


@pytest.fixture(scope="module")
def strings(shared: Path) -> list[str]:
    """Return the lines of the list, its comments and blank lines too."""
    found = (shared / BLNS / "blns.txt").read_text(encoding="utf-8").split("\n")
    assert len(found) > 700
    return found


def written(path: Path, records: list[Any], ascii_only: bool) -> Path:
    lines = [json.dumps(record, ensure_ascii=ascii_only) for record in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return path


def schema(report: Report) -> set[tuple[str, int | None, str | None]]:
    """Return what the families FT0 and FT1 find."""
    assert not report.not_run
    return {
        (finding.name, finding.place.line, finding.place.pointer)
        for finding in report.findings
        if finding.code.startswith(("FT0", "FT1"))
    }


def nothing(text: str, pointer: str, line: int) -> Iterator[tuple[str, int, str]]:
    """Yield the two findings that a text can deserve: it is blank, or a value that was lost."""
    if not text.strip():
        yield "content-empty", line, pointer
    if text.strip() in ("null", "None"):
        yield "content-null-string", line, pointer


def test_the_chat_file_has_no_error(shared: Path, lint: Lint) -> None:
    path = shared / BLNS / "blns_chat.jsonl"
    report = lint(path, cap=0)
    assert not report.by_severity()[Severity.ERROR]
    with open(path, encoding="utf-8", newline="\n") as file:
        answers = [json.loads(line)["messages"][1]["content"] for line in file]
    assert schema(report) == {
        found
        for line, answer in enumerate(answers, 1)
        for found in nothing(answer, "/messages/1/content", line)
    }


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("as_part", [True, False])
def test_any_string_is_a_content(
    strings: list[str], tmp_path: Path, lint: Lint, ascii_only: bool, as_part: bool
) -> None:
    def content(text: str) -> Any:
        return [{"type": "text", "text": text}] if as_part else text

    records = [
        {
            "messages": [
                {"role": "user", "content": content(text)},
                {"role": "assistant", "content": content(text)},
            ]
        }
        for text in strings
    ]
    report = lint(written(tmp_path / "train.jsonl", records, ascii_only), cap=0)
    inner = "/0/text" if as_part else ""
    assert schema(report) == {
        found
        for line, text in enumerate(strings, 1)
        for index in (0, 1)
        for found in nothing(text, f"/messages/{index}/content{inner}", line)
    }


def elsewhere(text: str) -> dict[str, Any]:
    """Return a record with the string at every place that takes one, and as keys."""
    call = {"id": text, "type": text, "function": {"name": text, "arguments": text}}
    schema = {"type": text, "properties": {text: {"type": text}}, "required": [text]}
    return {
        "messages": [
            {"role": text, "content": "Hi"},
            {"role": "user", "content": [{"type": text, "text": text}], "name": text, text: text},
            {"role": "assistant", "tool_calls": [call], "weight": text, "refusal": text},
            {"role": "tool", "tool_call_id": text, "content": text},
        ],
        "tools": [
            {"type": text, "function": {"name": text, "description": text, "parameters": schema}}
        ],
        text: text,
    }


@pytest.mark.parametrize("ascii_only", [True, False])
def test_no_string_breaks_a_rule_or_a_place(
    strings: list[str], tmp_path: Path, lint: Lint, ascii_only: bool
) -> None:
    records = [elsewhere(text) for text in strings]
    path = written(tmp_path / "train.jsonl", records, ascii_only)
    report = lint(path, cap=0)
    assert not report.not_run
    with open(path, encoding="utf-8", newline="\n") as file:
        lines = list(file)
    wrong_roles = set()
    for finding in report.findings:
        if finding.place.line is None:  # about the dataset: the languages that it mixes
            continue
        assert finding.place.line and finding.column and finding.end_column
        cut = lines[finding.place.line - 1][finding.column - 1 : finding.end_column - 1]
        assert cut
        if finding.name == "role-invalid" and finding.place.pointer == "/messages/0/role":
            assert json.loads(cut) == strings[finding.place.line - 1]
            wrong_roles.add(finding.place.line)
    assert len(wrong_roles) == len(strings)


def test_a_string_that_is_no_json_is_a_broken_line(
    strings: list[str], tmp_path: Path, lint: Lint
) -> None:
    good = (
        '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "!"}]}'
    )
    path = tmp_path / "train.jsonl"
    path.write_text(
        "\n".join([good, *strings, good.replace("Hi", "Hello")]), encoding="utf-8", newline="\n"
    )
    report = lint(path, cap=0)
    assert not report.not_run
    told = {finding.place.line for finding in report.findings}
    assert told == set(range(2, len(strings) + 2))
