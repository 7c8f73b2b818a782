"""Reporters: whole snapshots of real runs, and laws over arbitrary data.

Run with UPDATE_SNAPSHOTS=1 to write the snapshots anew, then read the difference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reports import REPORTS, SCHEMA, ContentEmpty, chat, lint, matches, text

from ftlint.error import UsageError
from ftlint.example import Example
from ftlint.finding import Finding, Severity, Where
from ftlint.reporters import REPORTERS, load
from ftlint.reporters.json import encode
from ftlint.reporters.terminal import escape
from ftlint.rule import ExampleRule

CONCISE = re.compile(
    r"(?P<path>.+?)(?::(?P<line>\d+):(?P<column>\d+))? (?P<code>[A-Z]+\d+) (?P<message>.*)"
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder, so that paths in reports are short and always the same."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("reporter", REPORTERS)
@pytest.mark.parametrize("name", REPORTS)
def test_the_whole_output_is_as_it_was(name: str, reporter: str) -> None:
    matches(f"report-{name}.{reporter}", text(REPORTS[name](), reporter))


@pytest.mark.parametrize("reporter", ["full", "concise"])
def test_numbers_instead_of_findings(reporter: str) -> None:
    report = replace(REPORTS["bad"](), measures={"tokens": {"total": 17204, "mean": 1.5}})
    matches(f"report-statistics.{reporter}", text(report, reporter, statistics=True))


def test_colors_change_nothing_but_the_style() -> None:
    report = REPORTS["bad"]()
    colored = text(report, "full", color=True)
    assert "\x1b[31m" in colored
    assert re.sub(r"\x1b\[\d+m", "", colored) == text(report, "full")


def test_quiet_keeps_findings_and_crashes() -> None:
    report = REPORTS["crashed"]()
    for reporter in ("full", "concise"):
        loud, quiet = text(report, reporter), text(report, reporter, quiet=True)
        assert "ZeroDivisionError" in quiet and "one-split" in quiet + report.findings[0].name
        assert len(quiet) < len(loud)
    assert text(REPORTS["clean"](), "full", quiet=True) == ""


def test_the_named_lines_and_the_count_are_exact_when_capped() -> None:
    shown = text(REPORTS["capped"](), "full")
    assert "… and 1 204 more TT101 content-empty in train.jsonl (lines 4, 5 …)" in shown


def test_a_file_before_the_last_does_not_claim_what_was_cut() -> None:
    report = lint({"a.jsonl": [chat("")] * 6, "b.jsonl": [chat("")] * 6}, ContentEmpty(), cap=5)
    shown = text(report, "full")
    assert "… and 2 more TT101 content-empty in a.jsonl (lines 4, 5)" in shown
    assert "only the first 5 findings are kept of TT101" in shown


def test_notes_are_listed_only_when_alone() -> None:
    alone, among = (REPORTS[name]() for name in ("crashed", "bad"))
    assert "dataset note TT501 one-split\n" in text(alone, "full")
    assert "dataset note TT501" not in text(among, "full")
    assert "- TT501 " in text(among, "concise")


def test_concise_lines_after_the_findings_do_not_read_as_findings() -> None:
    for name in REPORTS:
        report = REPORTS[name]()
        lines = text(report, "concise").splitlines()
        parsed = [bool(CONCISE.fullmatch(line)) for line in lines]
        assert parsed == [i < len(report.findings) for i in range(len(lines))]


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown format 'xml'"):
        load("xml")


def test_the_schema_is_one_and_describes_every_key() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def bare(node: Any) -> Iterator[str]:
        for key, value in node.get("properties", {}).items():
            if not {"description", "$ref"} & set(value):
                yield key
        for value in node.values():
            if isinstance(value, dict):
                yield from bare(value)

    assert list(bare(SCHEMA)) == []


@pytest.mark.parametrize("name", REPORTS)
def test_json_keeps_the_contract(name: str) -> None:
    report = REPORTS[name]()
    document = json.loads(text(report, "json"))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert [json.loads(line) for line in text(report, "jsonl").splitlines()] == document["findings"]


# Law: whatever the data and the findings are, the document keeps the contract, and the columns
# cut out of the line exactly the JSON of what the pointer and the span name.

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**25), 10**25),
    st.floats(),
    st.text(st.characters(exclude_categories=()), max_size=9),
    st.binary(max_size=3),
    st.sets(st.integers(0, 9), max_size=3),
)
payloads = st.dictionaries(
    st.text(max_size=5),
    st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.integers() | st.text(), inner, max_size=3)
        ),
        max_leaves=6,
    ),
    max_size=3,
)
contents = st.lists(st.text(max_size=12), min_size=1, max_size=4)


@dataclass(frozen=True)
class Everywhere(ExampleRule):
    """Speaks of each content, or of a part of it."""

    payload: Any = None
    words: str = ""
    cut: tuple[int, int] | None = None

    code = "TT777"
    name = "everywhere"
    severity = Severity.WARNING
    message = ""

    def check(self, example: Example) -> Iterator[Finding]:
        for said in example.texts:
            where = example.at(said.pointer, self.cut and _clip(said.value, self.cut))
            yield Finding(self.code, where, self.words, self.payload, (where, Where()))


def _clip(value: str, cut: tuple[int, int]) -> tuple[int, int]:
    return min(cut[0], len(value)), min(cut[0] + cut[1], len(value))


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(contents, min_size=1, max_size=4),
    st.booleans(),
    st.one_of(st.none(), st.tuples(st.integers(0, 12), st.integers(0, 12))),
    payloads,
    st.text(st.characters(exclude_categories=()), max_size=20),
    st.integers(0, 3),
)
def test_any_report_keeps_the_contract(
    records: list[list[str]],
    ascii_only: bool,
    cut: tuple[int, int] | None,
    payload: dict[str, Any],
    words: str,
    cap: int,
) -> None:
    lines = [
        json.dumps(
            {"messages": [{"role": "user", "content": c} for c in contents]},
            ensure_ascii=ascii_only,
        )
        for contents in records
    ]
    report = lint({"train.jsonl": lines}, Everywhere(payload, words, cut), cap=cap)
    shown = text(report, "json")
    document = json.loads(shown.encode())
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert shown == text(report, "json")
    assert document["counts"]["by_rule"] == {"TT777": sum(map(len, records))}
    for found, line in zip(
        document["findings"], text(report, "concise").splitlines(), strict=False
    ):
        index = int(found["pointer"].split("/")[2])
        value = records[found["line"] - 1][index]
        part = value[slice(*found["span"])] if found["span"] else value
        cut_out = lines[found["line"] - 1][found["column"] - 1 : found["end_column"] - 1]
        assert json.loads(f'"{cut_out}"' if found["span"] else cut_out) == part
        parsed = CONCISE.fullmatch(line)
        assert parsed and parsed["message"] == escape(words)
        place = (found["path"], str(found["line"]), str(found["column"]), found["code"])
        assert parsed.group("path", "line", "column", "code") == place
    assert all(escape(line) == line for line in text(report, "full").splitlines())


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (float("nan"), "null"),
        ([10**30, float("inf")], '["0xc9f2c9cd04674edea40000000",null]'),
        ({"a\ud800": "\udfff"}, r'{"a\\ud800":"\\udfff"}'),
        ({("a", 1): {3, 1, 2}}, """{"('a', 1)":[1,2,3]}"""),
        (b"x", '''"b'x'"'''),
    ],
)
def test_what_json_cannot_hold_is_replaced(value: object, written: str) -> None:
    assert encode(value) == written


def test_deep_data_is_cut() -> None:
    deep: Any = []
    for _ in range(500):
        deep = [deep]
    assert "…" in encode(deep)
