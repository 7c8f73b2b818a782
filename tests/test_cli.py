"""`ftlint check`: which files it reads, which rules it runs, what it writes, how it ends."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import zstandard
from command import CLEAN, HUMAN, PACK, TWICE, Outcome, ftlint, inside, timeless

import ftlint as package

EXAMPLE = Path(__file__).parents[1] / "examples" / "support-bot.jsonl"
SCHEMA = json.loads((Path(package.__file__).parent / "schemas/report.json").read_text("utf-8"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a clean file, one with an error and one with a warning."""
    (tmp_path / "clean.jsonl").write_bytes(CLEAN)
    (tmp_path / "human.jsonl").write_bytes(CLEAN + HUMAN)
    (tmp_path / "twice.jsonl").write_bytes(CLEAN + TWICE)
    return tmp_path


def check(folder: Path, *arguments: object) -> Outcome:
    """Lint in this process and return the outcome with a JSON report."""
    return inside(folder, "check", *arguments, "--format", "json")


def codes(done: Outcome) -> dict[str, int]:
    counts: dict[str, int] = done.report["counts"]["by_rule"]
    return counts


# How it ends


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["clean.jsonl"], 0),
        (["twice.jsonl"], 0),
        (["human.jsonl"], 1),
        (["clean.jsonl", "human.jsonl"], 1),
        (["twice.jsonl", "--fail-on", "warning"], 1),
        (["clean.jsonl", "--fail-on", "note"], 0),
        (["human.jsonl", "--fail-on", "never"], 0),
        (["human.jsonl", "--severity", "FT107=warning"], 0),
        (["twice.jsonl", "--severity", "json-duplicate-key=error"], 1),
        (["human.jsonl", "--ignore", "FT107"], 0),
        (["nowhere.jsonl"], 2),
        (["human.jsonl", "--no-such-option"], 2),
        ([], 2),
    ],
)
def test_exit_status(folder: Path, arguments: list[str], status: int) -> None:
    done = ftlint(folder, "check", *arguments)
    assert done.status == status
    assert bool(done.err) == (status == 2)
    assert bool(done.out) == (status != 2)


def test_the_whole_example_is_readable(folder: Path) -> None:
    shutil.copy(EXAMPLE, folder / "bot.jsonl")
    done = ftlint(folder, "check", "bot.jsonl")
    assert done.status == 1
    assert "bot.jsonl:7:164 error FT107 role-invalid at /messages/1/role" in done.out
    assert "did you mean 'user'?" in done.out
    assert "failed: " in done.out and "explains" in done.out.splitlines()[-1]


# Which files it reads


def test_folders_skip_what_is_hidden_and_what_is_no_dataset(folder: Path) -> None:
    for name in (".hidden.jsonl", ".cache/a.jsonl", "notes.txt", "deep/er/b.ndjson"):
        path = folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(CLEAN)
    (folder / "data" / "a.jsonl.gz").write_bytes(gzip.compress(CLEAN))
    paths = [source["path"] for source in check(folder, "data").report["sources"]]
    assert paths == ["data/a.jsonl.gz", "data/deep/er/b.ndjson"]


def test_globs(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "deep.jsonl").write_bytes(CLEAN)
    flat = check(folder, "*n.jsonl").report["sources"]
    assert [source["path"] for source in flat] == ["clean.jsonl", "human.jsonl"]
    deep = check(folder, "**/deep.jsonl").report["sources"]
    assert [source["path"] for source in deep] == ["sub/deep.jsonl"]


def test_a_name_with_signs_of_a_glob_is_a_name(folder: Path) -> None:
    (folder / "a[1].jsonl").write_bytes(CLEAN)
    assert check(folder, "a[1].jsonl").status == 0


def test_the_same_file_is_read_once(folder: Path) -> None:
    done = check(folder, "human.jsonl", "./human.jsonl", "human*")
    assert [source["path"] for source in done.report["sources"]] == ["human.jsonl"]
    assert codes(done) == {"FT107": 1}


def test_names_of_any_bytes(folder: Path) -> None:
    name = os.fsdecode(b"caf\xe9 \n\x1b[31m.jsonl")
    (folder / name).write_bytes(CLEAN + HUMAN)
    for format_ in ("full", "concise", "json", "jsonl"):
        done = ftlint(folder, "check", ".", "--select", "FT107", "--format", format_)
        assert done.status == 1 and "\x1b" not in done.out
    odd = folder / os.fsdecode(b"\xff")
    odd.mkdir()
    assert ftlint(odd, "check", "..", "--select", "FT107").status == 1
    done = ftlint(folder, "check", name[:-1])
    assert done.status == 2 and r"\n\u001b[31m.json" in done.err


@pytest.mark.parametrize("suffix", [".gz", ".zst", ".gz of two", ".zst of two"])
def test_compressed_files_say_the_same(folder: Path, suffix: str) -> None:
    content, (first, second) = EXAMPLE.read_bytes(), (EXAMPLE.read_bytes()[:999], 999)
    pack = gzip.compress if ".gz" in suffix else zstandard.ZstdCompressor().compress
    parts = [first, content[second:]] if "two" in suffix else [content]
    (folder / "x.jsonl").write_bytes(content)
    packed = f"x.jsonl{suffix.split()[0]}"
    (folder / packed).write_bytes(b"".join(map(pack, parts)))

    def alike(report: dict[str, Any]) -> dict[str, Any]:
        report["run"]["duration_seconds"] = 0
        report["sources"] = [source["examples"] for source in report["sources"]]
        for finding in report["findings"]:
            if finding["pointer"] is None:  # without a record, a finding is known by its path
                del finding["fingerprint"]
        return report

    plain = alike(check(folder, "x.jsonl").report)
    other = alike(json.loads(check(folder, packed).out.replace(packed, "x.jsonl")))
    assert len(plain["findings"]) > 8
    assert other == plain


def test_splits(folder: Path) -> None:
    done = check(folder, "--train", "clean.jsonl", "--validation", "twice.jsonl", "human.jsonl")
    splits = {source["path"]: source["split"] for source in done.report["sources"]}
    assert splits == {"human.jsonl": "train", "clean.jsonl": "train", "twice.jsonl": "validation"}


# What the configuration says


def configured(folder: Path, text: str) -> Path:
    (folder / "ftlint.yaml").write_text(text, "utf-8")
    return folder


def test_data_of_the_configuration(folder: Path) -> None:
    configured(folder, "data: {train: [human.jsonl], validation: ['tw*.jsonl']}\n")
    (folder / "deep").mkdir()
    for place, up in ((folder, ""), (folder / "deep", "../")):
        done = check(place)
        found = [(os.path.normpath(s["path"]), s["split"]) for s in done.report["sources"]]
        names = [(os.path.abspath(place / path), split) for path, split in found]
        assert names == [
            (str(folder / "human.jsonl"), "train"),
            (str(folder / "twice.jsonl"), "validation"),
        ]
        named = check(place, f"{up}twice.jsonl", f"{up}clean.jsonl")
        splits = [source["split"] for source in named.report["sources"]]
        assert splits == ["validation", "train"]


def test_a_missing_validation_file_matters_only_when_it_is_asked_for(folder: Path) -> None:
    configured(folder, "data: {train: [clean.jsonl], validation: [gone.jsonl, twice.jsonl]}\n")
    done = check(folder, "twice.jsonl")
    assert [source["split"] for source in done.report["sources"]] == ["validation"]
    whole = inside(folder, "check")
    assert whole.status == 2 and "gone.jsonl: no such file" in whole.err


def test_ignores_of_a_file(folder: Path) -> None:
    configured(folder, "per-file-ignores: {'hum*.jsonl': [role-invalid]}\n")
    (folder / "other.jsonl").write_bytes(CLEAN + HUMAN)
    done = check(folder, "human.jsonl", "other.jsonl", "--ignore", "FT4")
    assert done.places == [("other.jsonl", 11, "FT107")]


def test_packs(folder: Path) -> None:
    (folder / "ours").mkdir()
    pack = PACK.replace("PLACE", "/messages/1/content").replace("Bluefin", "Mercury")
    (folder / "ours" / "name.yaml").write_text(pack)
    configured(folder, "packs: [./ours]\nseverity: {ACME: error}\n")
    done = check(folder, "clean.jsonl")
    assert done.status == 1
    assert codes(done) == {"ACME001": 1}
    assert codes(check(folder, "clean.jsonl", "--ignore", "ACME001")) == {}


def test_an_explicit_configuration(folder: Path) -> None:
    (folder / "other.yml").write_text("ignore: [FT107]\n")
    configured(folder, "fail-on: warning\n")
    assert check(folder, "human.jsonl", "--config", "other.yml").status == 0
    assert check(folder, "twice.jsonl").status == 1


# Which rules it runs


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ([], {"FT107", "FT010", "FT401"}),
        (["--select", "FT1"], {"FT107"}),
        (["--select", "FT0,FT1", "--ignore", "FT107"], {"FT010"}),
        (["--select", "role-invalid", "--select", "json-duplicate-key"], {"FT107", "FT010"}),
        (["--select", "FT2"], set()),
        (["--select", "no-system"], {"FT124"}),
        (["--select", "ALL", "--ignore", "FT1,FT0,FT4"], set()),
    ],
)
def test_selection(folder: Path, arguments: list[str], found: set[str]) -> None:
    done = check(folder, "human.jsonl", "twice.jsonl", *arguments)
    assert set(codes(done)) == found


def test_severities(folder: Path) -> None:
    done = check(
        folder,
        "human.jsonl",
        "twice.jsonl",
        "--severity",
        "FT1=note,FT010=error",
        "--ignore",
        "FT4",
    )
    severities = {each["code"]: each["severity"] for each in done.report["findings"]}
    assert severities == {"FT107": "note", "FT010": "error"}
    assert done.report["verdict"] == {"passed": False, "reasons": ["1 error"]}


@pytest.mark.parametrize(("cap", "kept"), [("0", 30), ("7", 7), ("1", 1), (None, 30)])
def test_findings_are_counted_though_not_kept(folder: Path, cap: str | None, kept: int) -> None:
    (folder / "many.jsonl").write_bytes(HUMAN * 30)
    done = check(folder, "many.jsonl", *(["--max-findings", cap] if cap else []), "--ignore", "FT4")
    assert codes(done) == {"FT107": 30}
    assert done.report["counts"]["truncated"] == ({"FT107": 30 - kept} if kept < 30 else {})
    assert [each["line"] for each in done.report["findings"]] == list(range(1, kept + 1))


# What it writes


def test_statistics_and_quiet(folder: Path) -> None:
    plain = inside(folder, "check", "human.jsonl")
    statistics = inside(folder, "check", "human.jsonl", "--statistics")
    quiet = inside(folder, "check", "human.jsonl", "-q")
    assert "human.jsonl:11:" in plain.out and "1 error" in plain.out
    assert "human.jsonl:11:" not in statistics.out and "FT107 role-invalid" in statistics.out
    assert "human.jsonl:11:" in quiet.out and "failed" not in quiet.out
    assert inside(folder, "check", "clean.jsonl", "-q").out == ""


def test_reports_in_files(folder: Path) -> None:
    (folder / "old.txt").write_text("old")
    (folder / "link.json").symlink_to(folder / "real.json")
    several = ["--output", "old.txt", "-o", "json=link.json", "-o", "jsonl=lines.jsonl"]
    done = inside(folder, "check", "human.jsonl", "--format", "concise", *several)
    assert (done.status, done.out) == (1, "")
    assert (folder / "old.txt").read_text().startswith("human.jsonl:11:")
    assert (folder / "link.json").is_symlink()
    standard = check(folder, "human.jsonl").out
    assert timeless((folder / "real.json").read_text("utf-8")) == timeless(standard)
    assert json.loads((folder / "lines.jsonl").read_text("utf-8").splitlines()[0])
    assert not [name for name in os.listdir(folder) if name.startswith(".ftlint-")]


def test_where_a_report_went_and_what_it_says(folder: Path) -> None:
    output = ("--format", "json", "--output", "report.json")
    done = inside(folder, "check", "human.jsonl", *output)
    assert (done.status, done.out) == (1, "")
    assert done.err == "report.json: 11 examples in human.jsonl: 1 error; failed\n"
    done = inside(folder, "check", "clean.jsonl", *output)
    assert done.err == "report.json: 10 examples in clean.jsonl: no findings; passed\n"
    assert inside(folder, "check", "human.jsonl", "-q", *output).err == ""
    assert inside(folder, "check", "human.jsonl", "-o", "json=report.json").err == ""
    told = inside(folder, "report", "report.json", "--format", "markdown", "--output", "report.md")
    assert told.err == "report.md: 11 examples in human.jsonl: 1 error; failed\n"


def test_a_device_is_written_to_and_not_replaced(folder: Path) -> None:
    node = os.stat(os.devnull)
    assert inside(folder, "check", "human.jsonl", "--output", os.devnull).status == 1
    assert os.stat(os.devnull).st_rdev == node.st_rdev


@pytest.mark.parametrize(
    ("arguments", "files"),
    [
        ([], ["human.jsonl", "twice.jsonl", "clean.jsonl"]),
        (["--max-findings", "1", "--select", "ALL"], ["."]),
        ([], [EXAMPLE, "--validation", "clean.jsonl"]),
    ],
)
def test_json_keeps_its_contract(folder: Path, arguments: list[str], files: list[Any]) -> None:
    done = check(folder, *files, *arguments)
    jsonschema.validate(done.report, SCHEMA)
    assert len(done.report["sources"]) >= 2
