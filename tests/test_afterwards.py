"""`ftlint check --fix`, `--diff`, `--baseline` and `ftlint undo`, as their users run them."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
from command import CLEAN, HUMAN, UNSAFE, WRONG, inside

from ftlint.afterwards.fix import fixes_of
from ftlint.case import assistant, chat, user
from ftlint.engine import Plan, run
from ftlint.example import Example
from ftlint.finding import Finding, Fix, Safety, Severity
from ftlint.reporters import Options, load
from ftlint.rule import ExampleRule
from ftlint.source import Dataset, Source

MENDED = WRONG.replace(b'"weight":"1"', b'"weight":1')
FT1 = ("--select", "FT0,FT1")


def put(folder: Path, content: bytes) -> Path:
    path = folder / "train.jsonl"
    path.write_bytes(content)
    return path


def test_a_fix_is_written_told_and_taken_back(tmp_path: Path) -> None:
    path = put(tmp_path, CLEAN + WRONG + HUMAN)
    all_of_them = ("--fix", "--unsafe-fixes", "--format", "json")
    done = inside(tmp_path, "check", path.name, *FT1, *all_of_them)
    assert path.read_bytes() == CLEAN + MENDED + HUMAN.replace(b'"human"', b'"user"')
    assert done.report["findings"] == []
    assert done.status == 0
    told = re.fullmatch(
        r"ftlint: fixed 2 findings in 1 file \(1 FT107, 1 FT118\); ftlint undo (\S+) .*\n", done.err
    )
    assert told, done.err
    undone = inside(tmp_path, "undo", told[1])
    assert (undone.status, undone.out) == (0, f"restored {path.name}\n")
    assert path.read_bytes() == CLEAN + WRONG + HUMAN
    assert inside(tmp_path, "undo", told[1]).out == "nothing to restore\n"


def test_what_is_left_decides_the_exit_status(tmp_path: Path) -> None:
    path = put(tmp_path, CLEAN + WRONG + b"{\n")
    done = inside(tmp_path, "check", path.name, *FT1, "--fix", "--format", "json")
    assert done.status == 1
    assert [line for _, line, _ in done.places] == [12]


def test_unsafe_fixes_are_asked_for(tmp_path: Path) -> None:
    path = put(tmp_path, CLEAN + UNSAFE)
    safe = inside(tmp_path, "check", path.name, *FT1, "--fix")
    assert path.read_bytes() == CLEAN + UNSAFE and safe.err == ""
    shown = inside(tmp_path, "check", path.name, *FT1, "--diff")
    assert (shown.status, shown.out) == (0, "")
    assert shown.err == "ftlint: would fix 0 findings; 1 more with --unsafe-fixes\n"
    inside(tmp_path, "check", path.name, *FT1, "--fix", "--unsafe-fixes")
    assert path.read_bytes() == CLEAN + UNSAFE.replace(b',"mood":"glad"', b"")


def test_a_difference_is_one_that_patch_takes(tmp_path: Path) -> None:
    path = put(tmp_path, WRONG + b"\n" + CLEAN + b" \n" + HUMAN)
    done = inside(tmp_path, "check", path.name, *FT1, "--diff", "--unsafe-fixes")
    assert done.status == 1
    assert path.read_bytes() == WRONG + b"\n" + CLEAN + b" \n" + HUMAN
    (tmp_path / "fix.diff").write_text(done.out, "utf-8")
    command = ["git", "apply", "--unidiff-zero", "-p0", "fix.diff"]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert path.read_bytes() == MENDED + CLEAN + HUMAN.replace(b'"human"', b'"user"')


def test_compressed_files_are_left_alone_and_it_is_said(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl.gz"
    path.write_bytes(gzip.compress(CLEAN + WRONG))
    before = path.read_bytes()
    done = inside(tmp_path, "check", path.name, *FT1, "--diff")
    assert "nothing is written into compressed files" in done.err
    inside(tmp_path, "check", path.name, *FT1, "--fix")
    assert path.read_bytes() == before


def test_lines_that_no_fix_mends_move_to_a_file(tmp_path: Path) -> None:
    path = put(tmp_path, CLEAN + WRONG + b"{\r\n")
    words = ("check", path.name, *FT1, "--unsafe-fixes", "--rejects", "rejects.jsonl")
    shown = inside(tmp_path, *words, "--diff")
    assert "would fix 2 findings, would move 1 line to rejects.jsonl" in shown.err
    assert "@@ -12 +11,0 @@ FT007\n-{\n" in shown.out
    assert not (tmp_path / "rejects.jsonl").exists()
    done = inside(tmp_path, *words, "--fix")
    assert done.status == 0
    assert "fixed 2 findings in 1 file (1 FT035, 1 FT118), moved 1 line to" in done.err
    assert (tmp_path / "rejects.jsonl").read_bytes() == b"{\r\n"
    assert path.read_bytes() == CLEAN + MENDED


def test_every_copy_is_dropped_at_once(tmp_path: Path) -> None:
    path = put(tmp_path, CLEAN + WRONG * 70)
    options = ("--select", "exact-duplicate", "--fix")
    inside(tmp_path, "check", path.name, *options)
    assert path.read_bytes() == CLEAN + WRONG * 70
    done = inside(tmp_path, "check", path.name, *options, "--unsafe-fixes")
    assert "(69 FT401)" in done.err
    assert path.read_bytes() == CLEAN + WRONG


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--unsafe-fixes",), "--unsafe-fixes needs --fix"),
        (("--fix", "--diff"), "leave one of --fix and --diff out"),
        (("--rejects", "r.jsonl"), "--rejects FILE drops lines; it needs --fix --unsafe-fixes"),
        (("--fix", "--unsafe-fixes", "--rejects", "no/r"), "there is no folder no"),
        (
            ("--fix", "--unsafe-fixes", "--rejects", "train.jsonl"),
            "--rejects train.jsonl: is one of the files that are linted",
        ),
        (("--prune",), "--prune needs --baseline FILE"),
        (("--baseline", "absent.json"), "absent.json: cannot be read"),
        (("--update-baseline", "--baseline", "no/such/b.json"), "there is no folder no/such"),
    ],
)
def test_impossible_wishes(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    put(tmp_path, CLEAN)
    done = inside(tmp_path, "check", "train.jsonl", *options)
    assert done.status == 2
    assert said in done.err


def test_a_baseline_hides_what_it_knows(tmp_path: Path) -> None:
    path = put(tmp_path, CLEAN + HUMAN)
    written = inside(tmp_path, "check", path.name, *FT1, "--update-baseline")
    assert written.status == 0
    assert "ftlint-baseline.json: 1 finding known from now on" in written.err
    assert "no new findings, 1 known" in written.out
    base = ("--baseline", "ftlint-baseline.json")
    path.write_bytes(HUMAN + CLEAN)  # moved
    assert inside(tmp_path, "check", path.name, *FT1, *base).status == 0
    path.write_bytes(HUMAN + CLEAN + WRONG + HUMAN)
    done = inside(tmp_path, "check", path.name, *FT1, *base, "--format", "json")
    assert done.status == 1
    assert [line for _, line, _ in done.places] == [12, 13]
    assert done.report["counts"]["known"] == 1


def test_entries_that_are_gone_are_told_and_pruned(tmp_path: Path) -> None:
    path = put(tmp_path, CLEAN + HUMAN)
    inside(tmp_path, "check", path.name, *FT1, "--update-baseline")
    base = ("--baseline", "ftlint-baseline.json")
    path.write_bytes(CLEAN)
    done = inside(tmp_path, "check", path.name, *FT1, *base)
    assert "1 entry for findings that are gone; --prune removes them" in done.err
    done = inside(tmp_path, "check", path.name, *FT1, *base, "--prune")
    assert "1 entry removed" in done.err
    assert json.loads((tmp_path / base[1]).read_text("utf-8"))["findings"] == {}


def test_all_findings_are_known_however_many_are_kept(tmp_path: Path) -> None:
    many = b"".join(HUMAN.replace(b"Hi", b"Hi %d" % number) for number in range(30))
    path = put(tmp_path, many)
    few = ("--max-findings", "3")
    inside(tmp_path, "check", path.name, *FT1, *few, "--update-baseline")
    path.write_bytes(many + HUMAN * 5)
    base = ("--baseline", "ftlint-baseline.json")
    report = inside(tmp_path, "check", path.name, *FT1, *few, *base, "--format", "json").report
    assert (report["counts"]["error"], len(report["findings"])) == (5, 3)
    assert report["counts"]["truncated"] == {"FT107": 2}


def test_the_same_story_with_git(tmp_path: Path) -> None:
    """Adopt on a dataset with 500 findings; a branch adds 20 lines, three of them wrong."""
    old = [HUMAN.replace(b"Hi", b"Hi %d" % number) for number in range(500)]
    path = put(tmp_path, b"".join(old))
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "data"]):
        identity = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
        subprocess.run(["git", *identity, *command], cwd=tmp_path, check=True)
    inside(tmp_path, "check", path.name, *FT1, "--update-baseline")
    base = ("--baseline", "ftlint-baseline.json", "--format", "json")
    new = [*CLEAN.splitlines(keepends=True), *CLEAN.splitlines(keepends=True)[:7]]
    wrong = [HUMAN.replace(b"Hi", b"Bye %d" % number) for number in range(3)]
    path.write_bytes(b"".join([*old, *new, *wrong]))
    assert len(inside(tmp_path, "check", path.name, *FT1, *base).places) == 3
    path.write_bytes(b"".join(sorted(old, reverse=True)))
    assert inside(tmp_path, "check", path.name, *FT1, *base).places == []
    old[17] = old[17].replace(b"Hi", b"Hello")
    path.write_bytes(b"".join(old))
    assert [line for _, line, _ in inside(tmp_path, "check", path.name, *FT1, *base).places] == [18]


def test_the_configuration_names_the_baseline(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "ftlint.yaml").write_text("baseline: known.json\n")
    path = put(inner, CLEAN + HUMAN + WRONG)
    run = ("check", path.name, *FT1)
    missing = inside(inner, *run)
    assert missing.status == 2 and "known.json: cannot be read" in missing.err
    assert "known.json: 2 findings known" in inside(inner, *run, "--update-baseline").err
    assert inside(inner, *run).status == 0
    assert inside(inner, *run, "--no-baseline").status == 1
    put(inner, CLEAN + WRONG)
    assert "1 entry removed" in inside(inner, *run, "--prune").err
    assert json.loads((tmp_path / "known.json").read_text())["findings"].keys() == {"FT118"}


@dataclass(frozen=True)
class Shouted(ExampleRule):
    """An answer is in capitals; what would mend it is only shown."""

    code = "TT301"
    name = "shouted"
    severity = Severity.WARNING
    message = "capitals"

    def check(self, example: Example) -> Iterator[Finding]:
        for message in example.messages:
            if isinstance(text := message.content, str) and text.isupper():
                pointer = f"{message.pointer}/content"
                patch = ({"op": "replace", "path": pointer, "value": text.lower()},)
                fix = Fix("write it in small letters", patch, Safety.DISPLAY)
                yield self.finding(example.at(pointer), fix=fix)


@pytest.mark.parametrize("allowed", [Safety.SAFE, Safety.UNSAFE], ids=str)
def test_a_fix_for_display_is_shown_and_never_written(tmp_path: Path, allowed: Safety) -> None:
    path = put(tmp_path, orjson.dumps(chat(user("Hi"), assistant("HELLO."))) + b"\n")
    plan = Plan((Shouted(),), cap=0)
    report = run(plan, Dataset((Source(str(path)),)))
    (finding,) = report.findings
    assert finding.fix and finding.fix.safety == Safety.DISPLAY
    assert fixes_of(report, plan, allowed) == []
    told = orjson.loads("".join(load("json")(report, Options())))
    assert told["findings"][0]["fix"]["safety"] == "display"
