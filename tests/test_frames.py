"""Tables and the Python call: rows against the report and the file, and bad input."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import pandas
import pytest
from command import CLEAN, HUMAN, inside
from hypothesis import given
from hypothesis import strategies as st

import ftlint
from ftlint.analyses.table import Cells, Messages, Tabulation, tabulation
from ftlint.analysis import Analysis
from ftlint.case import assistant, chat, user
from ftlint.column import Column, Kind
from ftlint.engine import Plan, run
from ftlint.error import FtlintError, UsageError
from ftlint.example import Batch
from ftlint.frames import findings_frame
from ftlint.rules.shape import MixedFormats
from ftlint.source import Dataset, Source
from ftlint.summary import Nothing
from ftlint.tokens.encoding import load

MODEL = "openai:gpt-4o-mini-2024-07-18"
DE = "Wie lange muss ein Sauerteigbrot im Ofen backen, damit die Kruste knusprig wird?"
RECORDS = [
    chat(user("What is an otter?"), assistant("An otter is a mammal that lives near the water.")),
    chat(user("Und noch einmal auf Deutsch?"), assistant(DE), user("Yes"), assistant("No")),
    {"messages": "none"},
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    lines = [json.dumps(record) for record in RECORDS]
    (tmp_path / "a.jsonl").write_text("\n".join([lines[0], "", *lines[1:], "{"]) + "\n")
    (tmp_path / "b.jsonl").write_text(lines[0] + "\n")
    return tmp_path


def test_one_row_a_finding(folder: Path) -> None:
    report = ftlint.check("a.jsonl", config=None)
    frame = report.to_frame()
    assert len(frame) == len(report.findings) > 2
    for row, finding in zip(frame.to_dict("records"), report.findings, strict=True):
        assert row["code"] == finding.code and row["message"] == finding.message
        assert row["severity"] == str(finding.severity) and row["path"] == "a.jsonl"
        line = None if pandas.isna(row["line"]) else row["line"]
        assert line == finding.place.line
        assert row["fingerprint"] == finding.fingerprint
    assert frame["line"].dtype == "Int64"


def test_one_row_an_example(folder: Path) -> None:
    report = ftlint.check("a.jsonl", validation="b.jsonl", target=MODEL)
    frame = report.measures_frame()
    assert list(zip(frame["path"], frame["line"], frame["split"], strict=True)) == [
        ("a.jsonl", 1, "train"), ("a.jsonl", 3, "train"), ("a.jsonl", 4, "train"),
        ("a.jsonl", 5, "train"), ("b.jsonl", 1, "validation"),
    ]  # fmt: skip
    count = load("o200k_base").count
    for index, record in enumerate(RECORDS[:2]):
        messages, row = record["messages"], frame.iloc[index]
        answers = [m["content"] for m in messages if m["role"] == "assistant"]
        assert row["messages"] == len(messages)
        assert row["answer_characters"] == sum(map(len, answers))
        assert row["prompt_characters"] == sum(
            len(m["content"]) for m in messages if m["role"] == "user"
        )
        assert row["trained_tokens"] == sum(map(count, answers))
        assert row["tokens"] == 3 + sum(4 + count(m["content"]) for m in messages)
    assert frame["tokens"].isna().tolist() == [False, False, True, True, False]
    assert list(frame["language"][:2]) == ["en", "und"]
    assert frame["language"].isna().tolist() == [False, False, True, True, False]


def test_a_column_is_there_when_its_feature_ran(folder: Path) -> None:
    base = ["path", "line", "split", "messages", "prompt_characters", "answer_characters"]
    assert list(ftlint.check("a.jsonl", select="FT1").measures_frame()) == base
    assert list(ftlint.check("a.jsonl", select=["FT530"]).measures_frame()) == [*base, "language"]
    with pytest.raises(FtlintError, match="has measured no examples"):
        ftlint.check("a.jsonl", measures=False).measures_frame()


@dataclass(frozen=True)
class Odd(Analysis[Nothing, Nothing]):
    """An analysis of which the whole dataset shows columns."""

    def summarize(self, batch: Batch) -> Nothing:
        return Nothing()

    def conclude(self, summary: Nothing, dataset: Dataset) -> Nothing:
        return summary

    def rows(self, result: Nothing, dataset: Dataset) -> Mapping[str, Mapping[int, Any]]:
        return {
            "cluster": {0: 7, 3: 7}, "odd": {0: False, 2: True}, "label": {2: "spam"},
            "score": {2: 0.5}, "none": {},
        }  # fmt: skip


def test_analyses_bring_columns_after_the_fold(folder: Path) -> None:
    plan = Plan((MixedFormats(),), analyses=(Odd(), tabulation(())))
    frame = run(plan, Dataset((Source("a.jsonl"),))).measures_frame()
    by_line = frame.set_index("line")
    assert by_line["cluster"].dropna().to_dict() == {1: 7, 4: 7}
    assert by_line["odd"].dropna().to_dict() == {1: False, 3: True}
    assert by_line["label"].dropna().to_dict() == {3: "spam"}
    assert by_line["score"].dropna().to_dict() == {3: 0.5}
    assert by_line["none"].isna().all()


@pytest.mark.parametrize("size", [1, 2, 1024])
def test_the_table_is_the_same_for_every_size(folder: Path, size: int) -> None:
    (folder / "c.jsonl").write_bytes(CLEAN * 5 + HUMAN + b"\n\n" + CLEAN)
    frames = [
        run(
            Plan((), analyses=(tabulation(()),), batch_size=batch),
            Dataset((Source("c.jsonl"), Source("b.jsonl", "validation")), shard_size=shard),
        ).measures_frame()
        for batch, shard in ((1024, 8 << 20), (size, 64))
    ]
    pandas.testing.assert_frame_equal(*frames)


cells = st.lists(st.one_of(st.none(), st.integers(-(2**60), 2**60)), max_size=9)
texts = st.lists(st.one_of(st.none(), st.text(max_size=3)), max_size=9)


@given(st.lists(cells, min_size=1, max_size=4))
def test_numbers_are_joined_in_order(parts: list[list[int | None]]) -> None:
    joined = Cells.joined([Cells.of("int", part) for part in parts])
    flat = [value for part in parts for value in part]
    assert joined == Cells.of("int", flat)
    assert joined.known() == [value is not None for value in flat]


@given(st.lists(texts, min_size=1, max_size=4))
def test_texts_are_joined_in_order(parts: list[list[str | None]]) -> None:
    joined = Cells.joined([Cells.of("text", part) for part in parts])
    flat = [value for part in parts for value in part]
    assert [None if c < 0 else joined.words[c] for c in joined.values] == flat
    assert joined == Cells.of("text", flat)


def test_the_first_column_of_a_name_counts() -> None:
    @dataclass(frozen=True)
    class Other(Column):
        name = "messages"
        kind: Kind = "float"  # type: ignore[misc]

    assert tabulation([Other()]).given[0] == Messages()
    assert isinstance(tabulation(()), Tabulation)


def test_records(folder: Path) -> None:
    lone = chat(user("\ud800"), assistant("Hello"))
    report = ftlint.check(iter([lone, {"x": float("nan")}]), validation=RECORDS[:1])
    assert {"json-nan", "json-lone-surrogate"} <= set(report.to_frame()["name"])
    frame = report.measures_frame()
    assert frame["path"].tolist() == ["train.jsonl", "train.jsonl", "validation.jsonl"]
    assert not list(folder.glob("ftlint-*"))
    same = ftlint.check("b.jsonl", select="FT1").measures_frame()
    records = ftlint.check(RECORDS[:1], select="FT1").measures_frame()
    pandas.testing.assert_frame_equal(same.iloc[:, 3:], records.iloc[:, 3:])


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ([], "nothing to check"),
        ([1], "record 1 is of type int; give dicts"),
        ([{}, "a.jsonl"], "record 2 is of type str"),
        ([{"a": {1}}], "record 1 cannot be written as JSON"),
        ("gone.jsonl", "gone.jsonl: no such file"),
    ],
)
def test_what_is_no_dataset(folder: Path, data: Any, told: str) -> None:
    with pytest.raises(FtlintError, match=told):
        ftlint.check(data)


def test_what_is_no_option(folder: Path) -> None:
    with pytest.raises(UsageError, match="FTX"):
        ftlint.check("a.jsonl", select="FTX")
    with pytest.raises(FtlintError, match="target"):
        ftlint.check("a.jsonl", target="nobody")
    with pytest.raises(FtlintError, match=r"gone\.yaml"):
        ftlint.check("a.jsonl", config="gone.yaml")
    with pytest.raises(AttributeError, match="checks"):
        _ = ftlint.checks


def test_the_call_and_the_command_line_agree(folder: Path) -> None:
    report = ftlint.check(folder / "a.jsonl")
    done = inside(folder, "check", folder / "a.jsonl", "--format", "json")
    assert len(done.report["findings"]) == len(report.findings)
    assert done.report["counts"]["by_rule"] == report.counts
    assert done.report["measures"] == json.loads(json.dumps(report.measures))


def test_files(folder: Path) -> None:
    done = inside(
        folder, "check", "a.jsonl", "--target", MODEL, "-o", "csv=m.csv", "-o", "parquet=m.parquet",
        "--format", "concise",
    )  # fmt: skip
    assert done.status == 1
    wanted = ftlint.check("a.jsonl", target=MODEL).measures_frame()
    csv = pandas.read_csv(folder / "m.csv")
    parquet = pandas.read_parquet(folder / "m.parquet")
    pandas.testing.assert_frame_equal(parquet, wanted, check_categorical=False, check_dtype=False)
    assert csv["tokens"].fillna(-1).tolist() == wanted["tokens"].fillna(-1).tolist()
    assert list(csv) == list(wanted)
    text = (folder / "m.csv").read_bytes()
    assert b"\r" not in text and text.endswith(b"\n")


def test_what_cannot_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "FORMAT=PATH" in inside(folder, "check", "a.jsonl", "-o", "xlsx=m").err
    assert "no folder" in inside(folder, "check", "a.jsonl", "-o", "csv=gone/m.csv").err
    monkeypatch.setattr("ftlint.frames.find_spec", lambda name: None)
    done = inside(folder, "check", "a.jsonl", "-o", "parquet=m.parquet")
    assert done.status == 2 and "pip install 'ftlint[parquet]'" in done.err
    assert not (folder / "m.parquet").exists()


def test_an_empty_report(folder: Path) -> None:
    (folder / "none.jsonl").write_bytes(b"")
    report = ftlint.check("none.jsonl", select="FT530")
    assert len(report.to_frame()) == 0 and len(report.measures_frame()) == 0
    assert list(report.measures_frame())[-1] == "language"
    buffer = io.StringIO()
    findings_frame(report).to_csv(buffer, index=False)
    assert buffer.getvalue().startswith("code,name,severity")


def test_numbers_are_compact(folder: Path) -> None:
    frame = ftlint.check("b.jsonl").measures_frame()
    assert frame["messages"].dtype == numpy.int64
    assert isinstance(frame["path"].dtype, pandas.CategoricalDtype)
    assert isinstance(frame["language"].dtype, pandas.CategoricalDtype)


def test_the_import_is_light() -> None:
    program = "import sys, ftlint; print(*sorted({m.partition('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    heavy = {"pandas", "numpy", "orjson", "click", "yaml", "fasttext", "ahocorasick_rs"}
    assert not heavy & set(done.stdout.split()) and "ftlint" in done.stdout


def test_labels_refusals_and_clusters(folder: Path) -> None:
    said = ["Yes", " No ", "I'm sorry, but I can't help with that.", "A word. " * 20, "Yes"]
    records = [chat(user(f"Is {n} even?"), assistant(answer)) for n, answer in enumerate(said)]
    records += [records[1], chat(user("Is 1 even?!"), assistant("no"))]
    lines = "".join(json.dumps(record) + "\n" for record in records)
    (folder / "a.jsonl").write_text(lines, "utf-8")
    frame = ftlint.check("a.jsonl", select=["FT4", "FT5"]).measures_frame()
    labels = ["Yes", "No", said[2], None, "Yes", "No", "no"]
    assert [None if pandas.isna(label) else label for label in frame["label"]] == labels
    assert frame["refusal"].tolist() == [False, False, True, False, False, False, False]
    clusters = [None if pandas.isna(each) else int(each) for each in frame["duplicate_cluster"]]
    assert clusters == [None, 0, None, None, None, 0, 0]
