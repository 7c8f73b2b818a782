"""Fixes: the laws of the design, on the cases of all rules, on generated and on real data."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from test_laws import datasets

from ftlint.case import assistant, chat, user
from ftlint.catalogue import builtin
from ftlint.engine import Plan, run
from ftlint.error import FtlintError
from ftlint.finding import Safety
from ftlint.fix import FileFix, fixes_of
from ftlint.manifest import UndoError, undo, write_fixes
from ftlint.report import Report
from ftlint.rule import Case, Rule
from ftlint.source import Dataset, Source
from ftlint.testing import content

RULES = tuple(rule for rule in builtin() if rule.code[:3] in ("FT0", "FT1"))
PLAN = Plan(RULES, cap=0)


BEHIND = {"FT155": {"FT143"}, "FT192": {"FT140"}}
"""What is found only once something else is mended: arguments are judged by valid schemas, and
descriptions by declarations that can be read."""
ROLES = {"FT106", "FT107"}
"""A message without a valid role is judged by no rule that depends on the role."""


def lint(path: Path, plan: Plan = PLAN) -> Report:
    return run(plan, Dataset((Source(str(path)),)))


def proposed(path: Path, allowed: Safety, plan: Plan = PLAN) -> list[FileFix]:
    return fixes_of(lint(path, plan), plan, allowed)


def fix(path: Path, allowed: Safety, plan: Plan = PLAN) -> Path:
    """Fix a file; the manifest lies beside it."""
    return write_fixes(proposed(path, allowed, plan), path.parent / "undo" / "fixes")


def fixable(report: Report, allowed: Safety) -> list[tuple[str, Any]]:
    return [
        (finding.code, finding.place.line)
        for finding in report.findings
        if finding.fix and finding.fix.safety >= allowed
    ]


def check_laws(path: Path, allowed: Safety, plan: Plan = PLAN) -> None:
    """After a fix nothing fixable is left, nothing new is found, and undo restores every byte."""
    before, report = path.read_bytes(), lint(path, plan)
    wanted = fixable(report, allowed)
    changes = fixes_of(report, plan, allowed)
    if not wanted:
        assert changes == []
        return
    manifest = write_fixes(changes, path.parent / "undo" / "fixes")
    after = lint(path, plan)
    assert fixable(after, allowed) == []
    assert proposed(path, allowed, plan) == []
    if not any(change.whole for change in changes):  # of an array no item had been looked at
        for code, total in after.counts.items():
            hidden = (BEHIND.get(code, set()) | ROLES) & {code for code, _ in wanted}
            assert total <= report.counts.get(code, 0) or hidden, code
    if not any(change.whole for change in changes):
        check_untouched(before, path.read_bytes(), changes)
    assert undo(manifest) == [str(path)]
    assert path.read_bytes() == before
    assert undo(manifest) == []


def check_untouched(before: bytes, after: bytes, changes: Sequence[FileFix]) -> None:
    edits = {edit.line: edit for change in changes for edit in change.edits}
    kept = [raw for number, raw in enumerate(lines(before), 1) if number not in edits]
    gone = [edit for edit in edits.values() if edit.after is None]
    changed = {edit.after for edit in edits.values()}
    now = lines(after)
    assert [raw for raw in now if raw not in changed] == [r for r in kept if r not in changed]
    assert len(now) == len(lines(before)) - len(gone)


def lines(raw: bytes) -> list[bytes]:
    rows = raw.split(b"\n")
    return rows if rows[-1] else rows[:-1]


def cases() -> list[Any]:
    return [
        pytest.param(rule, case, id=f"{rule.name}-{number}")
        for rule in builtin()
        for number, case in enumerate(rule.bad)
    ]


@pytest.mark.parametrize("allowed", [Safety.SAFE, Safety.UNSAFE], ids=str)
@pytest.mark.parametrize(("rule", "case"), cases())
def test_the_cases_of_all_rules(tmp_path: Path, rule: Rule, case: Case, allowed: Safety) -> None:
    from dataclasses import replace

    path = tmp_path / case.file
    path.write_bytes(content(case))
    tested = replace(rule, **case.options) if case.options else rule
    others = tuple(each for each in RULES if each.code != rule.code)
    check_laws(path, allowed, Plan((tested, *others), cap=0))


@given(datasets)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_generated_data(tmp_path_factory: pytest.TempPathFactory, dataset: list[bytes]) -> None:
    path = tmp_path_factory.mktemp("fix") / "train.jsonl"
    path.write_bytes(b"\n".join(dataset))
    for allowed in (Safety.SAFE, Safety.UNSAFE):
        check_laws(path, allowed)


@pytest.mark.parametrize(
    "name", ["bfcl_tools_even", "bfcl_tools_rawschema_even", "chitchat", "lf_glaive_toolcall_en"]
)
def test_real_data(tmp_path: Path, shared: Path, name: str) -> None:
    path = tmp_path / f"{name}.jsonl"
    path.write_bytes((shared / "data" / "chat" / path.name).read_bytes())
    for allowed in (Safety.SAFE, Safety.UNSAFE):
        check_laws(path, allowed)


LEGACY = chat(user("Hi"), assistant("Hello!", weight="1"))
ODD = (
    rb'{"messages" :[ {"role":"user","content":"H\u00e9"}, {"role":"assistant",'
    rb'"content":"ok" , "weight": "0"},{"role":"assistant","content":"y"} ], "n":1.50}'
)


def put(path: Path, *lines: Any) -> Path:
    raws = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    path.write_bytes(b"\n".join(raws) + b"\n")
    return path


def test_only_the_value_is_written(tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl", ODD, b"", ODD)
    fix(path, Safety.SAFE)
    mended = ODD.replace(b'"weight": "0"', b'"weight": 0')
    assert path.read_bytes() == mended + b"\n" + mended + b"\n"


def test_a_mark_goes_and_comes_back(tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl", b"\xef\xbb\xbf" + ODD, b" ", LEGACY)
    whole = path.read_bytes()
    manifest = fix(path, Safety.SAFE)
    assert not path.read_bytes().startswith(b"\xef")
    assert undo(manifest) == [str(path)]
    assert path.read_bytes() == whole


def test_an_array_becomes_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        b'[\n  {"messages": [],\n   "n": 1.50, "t": "a \\n  b, c"},\n  {"x": [1, 2]}\n]\n'
    )
    manifest = fix(path, Safety.SAFE)
    assert path.read_bytes() == (rb'{"messages":[],"n":1.50,"t":"a \n  b, c"}' + b'\n{"x":[1,2]}\n')
    undo(manifest)
    assert path.read_bytes().startswith(b"[\n  {")


def test_mode_and_link_stay(tmp_path: Path) -> None:
    path = put(tmp_path / "real.jsonl", LEGACY)
    path.chmod(0o640)
    link = tmp_path / "link.jsonl"
    link.symlink_to("real.jsonl")
    fix(link, Safety.SAFE)
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert b'"weight": 1' in path.read_bytes()


def test_undo_refuses_what_has_changed(tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl", LEGACY)
    manifest = fix(path, Safety.SAFE)
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(UndoError, match="has changed since it was fixed"):
        undo(manifest)
    for broken in (b"", b"[]", b'{"ftlint_fixes": 99, "files": []}'):
        manifest.write_bytes(broken)
        with pytest.raises(UndoError):
            undo(manifest)


def test_a_file_that_changed_meanwhile_is_not_fixed(tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl", LEGACY)
    changes = proposed(path, Safety.SAFE)
    put(path, {"messages": []})
    with pytest.raises(FtlintError, match="has changed since it was linted"):
        write_fixes(changes, tmp_path / "undo")
    assert json.loads(path.read_bytes()) == {"messages": []}
    assert [entry.name for entry in tmp_path.iterdir() if entry.is_file()] == ["a.jsonl"]


def test_the_manifest_is_ignored_by_git(tmp_path: Path) -> None:
    manifest = fix(put(tmp_path / "a.jsonl", LEGACY), Safety.SAFE)
    assert (manifest.parent.parent / ".gitignore").read_text("utf-8") == "*\n"


KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_fix import Safety, fix

path = Path({path!r})
before = path.read_bytes()
fix(path, Safety.UNSAFE)
after = path.read_bytes()

def hook(event, args):
    global left
    inside = event != "open" or (isinstance(args[0], str) and str(path.parent) in args[0])
    if event in ("open", "os.rename", "os.remove", "os.mkdir", "os.chmod") and inside:
        left -= 1
        if left < 0:
            os._exit(9)

for left in range(100):
    path.write_bytes(before)
    child = os.fork()
    if not child:
        sys.addaudithook(hook)
        fix(path, Safety.UNSAFE)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    state = {{before: "before", after: "after"}}.get(path.read_bytes(), "broken")
    print(status, state)
    if not status:
        break
"""


def test_killed_at_any_step_one_of_the_two_is_whole(tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl", LEGACY, b"", ODD)
    code = KILLED.format(tests=str(Path(__file__).parent), path=str(path))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    *killed, last = done.stdout.splitlines()
    assert len(killed) >= 8
    assert set(killed) <= {"9 before", "9 after"}
    assert killed[0] == "9 before"
    assert last == "0 after"


def test_a_full_disk_leaves_the_file(tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl", LEGACY)
    changes = proposed(path, Safety.SAFE)
    if os.geteuid() == 0:
        changes = [FileFix(Source(str(tmp_path / "absent" / "a.jsonl")), edits=changes[0].edits)]
    else:
        tmp_path.chmod(0o500)
    with pytest.raises(FtlintError, match="cannot be written"):
        write_fixes(changes, tmp_path.parent / "undo")
    assert path.exists()
