"""Benchmarks of the user: named files, what is wrong with them, and where nothing is named."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from benchmark import TOWER, example, grams, lint, write
from command import CLEAN, ftlint

from ftlint.case import assistant, chat, user
from ftlint.contamination.testset import index_of, texts_of
from ftlint.error import SourceError
from ftlint.example import Batch, Lines
from ftlint.features.overlap import Overlaps
from ftlint.rules.contamination import BenchmarkContamination


def test_shapes() -> None:
    question = {"question": "Why?", "answer": "So.", "choices": ["x", "y"]}
    assert texts_of(question) == ["Why? A x B y"]
    assert texts_of({"prompt": "def f():", "canonical_solution": "pass"}) == ["def f():"]
    assert texts_of({"prompt": chat(user("a"), assistant("b"))["messages"]}) == ["a"]
    assert texts_of(chat(user("a"), assistant("b"), user("c"))) == ["a", "c"]
    assert texts_of({"text": "all"}) == ["all"]
    assert texts_of({"instruction": "do", "input": "it", "output": "done"}) == ["do\n\nit"]
    assert texts_of({"answer": "no"}) is None
    assert texts_of(["question"]) is None


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz"])
def test_a_named_file(tmp_path: Path, suffix: str) -> None:
    items = [{"question": "too short"}, {"task_id": "T/1", "prompt": TOWER.replace("14", "15")}]
    data = "\ufeff" + "\n\n".join(json.dumps(item) for item in items)
    path = tmp_path / f"own{suffix}"
    path.write_bytes(gzip.compress(data.encode()) if suffix.endswith("gz") else data.encode())
    write(tmp_path / "train.jsonl", ["Hi", f"{TOWER}".replace("14", "15")])
    named = f"own={path.name}"
    done = ftlint(tmp_path, "check", "train.jsonl", "--benchmark", named, "--format", "json")
    assert [f["message"] for f in done.report["findings"] if f["code"] == "FT420"] == [
        "holds all of own item T/1"
    ]
    (tmp_path / "ftlint.yaml").write_text(f"benchmarks:\n  own: {path.name}\n")
    (tmp_path / "deep").mkdir()
    told = ftlint(tmp_path / "deep", "check", "../train.jsonl", "--format", "concise")
    assert "holds all of own item T/1" in told.out


def test_a_chinese_benchmark(tmp_path: Path) -> None:
    item = "小明有十二个苹果他给了小红三个又买了五个请问他现在一共有多少个苹果"
    (tmp_path / "zh.jsonl").write_text(json.dumps({"question": item}))
    path = write(tmp_path / "x.jsonl", [f"问题：{item[:20]}，是吗？", item[:12], "你好。" * 20])
    report = lint(path, BenchmarkContamination(benchmarks=(f"zh={tmp_path / 'zh.jsonl'}",)))
    assert [(f.place.line, f.span) for f in report.findings] == [(1, (3, 23))]


def test_a_file_stands_in_for_the_benchmark_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text(json.dumps({"text": " ".join(map(str, range(20)))}))
    path = write(tmp_path / "train.jsonl", [TOWER, " ".join(map(str, range(20)))])
    report = lint(path, example(benchmarks=(f"example={tmp_path / 'x.jsonl'}",)))
    assert [f.place.line for f in report.findings] == [2]
    assert report.measures["contamination"]["benchmarks"]["example"]["size"] == 1


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    for text in (TOWER, f"{TOWER} once more and again"):
        path.write_text(json.dumps({"text": text}))
        assert index_of("x", str(path)).item(0).grams == len(grams(text))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "x.jsonl: no item in this file"),
        (b"\n \n", "x.jsonl: no item in this file"),
        (b"{}\n", "x.jsonl:1: no text to look for (one of question, prompt,"),
        (b'{"text": "a"}\n[]\n', "x.jsonl:2: no text to look for"),
        (b'{"text": "a"}\n{"text\n', "x.jsonl:2: invalid JSON: "),
        (b'{"text": "much too short"}\n', "x.jsonl: no item is long enough to be found"),
    ],
)
def test_wrong_files(tmp_path: Path, data: bytes, told: str) -> None:
    (tmp_path / "x.jsonl").write_bytes(data)
    (tmp_path / "train.jsonl").write_bytes(CLEAN)
    done = ftlint(tmp_path, "check", "train.jsonl", "--benchmark", "x=x.jsonl")
    assert done.status == 2 and done.err.startswith(f"ftlint: --benchmark: {told}")
    (tmp_path / "ftlint.yaml").write_text("benchmarks:\n  x: x.jsonl\n")
    done = ftlint(tmp_path, "check", "train.jsonl")
    assert done.status == 2 and done.err.startswith(f"ftlint: ftlint.yaml:2:3: {told}")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--benchmark", "x"], "--benchmark: 'x' is not NAME=PATH"),
        (["--benchmark", "=x"], "--benchmark: '=x' is not NAME=PATH"),
        (["--benchmark", "a b=x"], "--benchmark: name 'a b' of a benchmark has more than letters"),
        (
            ["--benchmark", "x=tain.jsonl"],
            "--benchmark: tain.jsonl: no such file or directory; did you mean 'train.jsonl'?",
        ),
        (["--benchmark", "x=."], "--benchmark: .: is a directory"),
        (
            ["--benchmark", "x=train.jsonl", "--select", "FT0"],
            "--benchmark: the rule benchmark-contamination (FT420) is not selected",
        ),
    ],
)
def test_wrong_options(tmp_path: Path, arguments: list[str], told: str) -> None:
    (tmp_path / "train.jsonl").write_bytes(CLEAN)
    done = ftlint(tmp_path, "check", "train.jsonl", *arguments)
    assert done.status == 2 and done.err.startswith(f"ftlint: {told}")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("benchmarks:\n  x: [a]", "2:3: 'x' must be a string, not a list"),
        ("benchmarks: [a]", "1:1: 'benchmarks' must be a mapping, not a list"),
        ("benchmark: {x: a}", "1:1: unknown key 'benchmark'; did you mean 'benchmarks'?"),
        ("rules:\n  FT420:\n    benchmarks: [x]", "3:18: 'x' is not NAME=PATH"),
        ("rules:\n  FT420: {shipped: [gsm]}", "2:3: rule 'benchmark-contamination': no index of"),
    ],
)
def test_wrong_configurations(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "train.jsonl").write_bytes(CLEAN)
    (tmp_path / "ftlint.yaml").write_text(text)
    done = ftlint(tmp_path, "check", "train.jsonl")
    assert done.status == 2 and done.err.startswith(f"ftlint: ftlint.yaml:{told}")


def test_nothing_to_look_for_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_bytes(CLEAN)
    (tmp_path / "ftlint.yaml").write_text("rules: {FT420: {shipped: []}}")
    done = ftlint(tmp_path, "check", "train.jsonl", "--format", "json")
    reasons = {each["code"]: each["reason"] for each in done.report["run"]["not_run"]}
    assert reasons["FT420"] == "no benchmark is named (--benchmark NAME=PATH)"


def test_a_file_of_too_many_items(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ftlint.contamination.testset.MOST", 2)
    (tmp_path / "x.jsonl").write_text(json.dumps({"text": TOWER}) + "\n" + '{"text": ""}\n' * 2)
    with pytest.raises(SourceError, match="more than 2 items"):
        index_of("many", str(tmp_path / "x.jsonl"))


def test_the_column_is_empty_for_lines_without_a_record() -> None:
    raws = [b"", b"{", b"[]", json.dumps(chat(user(TOWER), assistant("9"))).encode()]
    column = Batch(Lines(0, 0, raws)).column(Overlaps(("example",)))
    assert [len(each) for each in column] == [0, 0, 0, 1]
