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

from ftlint.afterwards.fix import FileFix, fixes_of
from ftlint.afterwards.manifest import UndoError, undo, write_fixes
from ftlint.case import assistant, chat, user
from ftlint.configuration.catalogue import builtin
from ftlint.engine import Plan, run
from ftlint.error import FtlintError
from ftlint.finding import Safety, Severity
from ftlint.report import Report
from ftlint.rule import Case, Rule
from ftlint.source import Dataset, Source
from ftlint.testing import content

RULES = tuple(rule for rule in builtin() if rule.code[:3] in ("FT0", "FT1"))
PLAN = Plan(RULES, cap=0)


BEHIND = {"FT155": {"FT143"}, "FT016": {"FT401"}, "FT192": {"FT124", "FT140"}}
"""What is found only once something else is mended: arguments are judged by valid schemas,
descriptions by declarations that can be read, and without copies a file may be too small."""
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


CRLF = ODD.replace(b"H\\u00e9", rb"a\r\n") + b"\r"


def test_carriage_returns_go_at_the_ends_of_lines_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + CRLF + b"\n\r\n" + CRLF + b"\n" + CRLF)
    whole = path.read_bytes()
    manifest = fix(path, Safety.SAFE)
    line = CRLF[:-1].replace(b'"weight": "0"', b'"weight": 0')
    assert path.read_bytes() == line + b"\n" + line + b"\n" + line
    undo(manifest)
    assert path.read_bytes() == whole


NOW = {"name": "now", "parameters": {"type": "object", "properties": {}}}


def legacy(*messages: Any, **more: Any) -> dict[str, Any]:
    calls = {"name": "now", "arguments": "{}"}
    asked = {"role": "assistant", "function_call": calls}
    told = {"role": "function", "name": "now", "content": "12:00"}
    steps = {"call": asked, "answer": told, "user": user("When?"), "end": assistant("At noon.")}
    made = [steps[each] if isinstance(each, str) else each for each in messages]
    return {"messages": made, "functions": [NOW], **more}


def test_legacy_keys_are_written_anew(tmp_path: Path) -> None:
    record = legacy("user", "call", "answer", "call", "answer", "end", "user", "call")
    path = put(tmp_path / "a.jsonl", record, legacy("user", "end"))
    whole = path.read_bytes()
    fix(path, Safety.SAFE)  # what calls is not safe
    first, second = lines(path.read_bytes())
    assert json.loads(first) == record
    assert json.loads(second) == {
        "messages": [user("When?"), assistant("At noon.")],
        "tools": [{"type": "function", "function": NOW}],
    }
    manifest = fix(path, Safety.UNSAFE)
    fixed = json.loads(lines(path.read_bytes())[0])
    assert fixed["tools"] == [{"type": "function", "function": NOW}] and "functions" not in fixed
    calls = [m["tool_calls"][0] for m in fixed["messages"] if "tool_calls" in m]
    assert [call["id"] for call in calls] == ["call00001", "call00002", "call00003"]
    assert {json.dumps(call["function"]) for call in calls} == {
        '{"name": "now", "arguments": "{}"}'
    }
    answers = [m for m in fixed["messages"] if m["role"] == "tool"]
    assert [m["tool_call_id"] for m in answers] == ["call00001", "call00002"]
    assert not any("function_call" in m for m in fixed["messages"])
    assert lint(path).counts.keys() & {"FT144", "FT163"} == set()
    undo(manifest)
    fix(path, Safety.SAFE)
    assert lines(whole)[0] == lines(path.read_bytes())[0]


@pytest.mark.parametrize(
    "record",
    [
        legacy("user", "answer", "end"),
        legacy("user", "call", "user", "answer", "end"),
        legacy("user", "call", {"role": "tool", "tool_call_id": "a", "content": ""}, "end"),
        legacy("user", {"role": "assistant", "function_call": {"name": "now"}}),
        legacy("user", "end", tools=[]),
        legacy("user", "end", functions=[NOW, "now"]),
        legacy("user", "end", functions={}),
    ],
)
def test_unclear_calls_are_left_alone(tmp_path: Path, record: dict[str, Any]) -> None:
    path = put(tmp_path / "a.jsonl", record)
    plan = Plan(tuple(rule for rule in RULES if rule.code in ("FT144", "FT163")))
    assert proposed(path, Safety.UNSAFE, plan) == []


ALL = Plan(tuple(rule for rule in builtin() if rule.code[:3] in ("FT0", "FT1", "FT4")), cap=0)
BROKEN = b'{"messages": [\xff'
UNROLED = json.dumps(chat({"role": "narrator", "content": "Hi"}, assistant("Hello!"))).encode()


def reject(path: Path, rejects: Path, plan: Plan = ALL) -> Path:
    """Fix a file and move the lines that still have errors."""
    changes = fixes_of(lint(path, plan), plan, Safety.UNSAFE, rejecting=True)
    return write_fixes(changes, path.parent / "undo" / "fixes", str(rejects))


def test_lines_with_errors_move_and_come_back(tmp_path: Path) -> None:
    fine = [chat(user(f"Say {n}."), assistant(f"It is {n}.")) for n in range(12)]
    path = put(tmp_path / "a.jsonl", *fine[:3], BROKEN, LEGACY, b"", UNROLED, *fine, BROKEN)
    path.write_bytes(path.read_bytes()[:-1])  # the last line is not ended
    whole, rejects = path.read_bytes(), tmp_path / "rejects.jsonl"
    manifest = reject(path, rejects)
    assert rejects.read_bytes() == b"\n".join((BROKEN, UNROLED, BROKEN)) + b"\n"
    kept = [json.dumps(record).encode() for record in fine]
    mended = json.dumps(LEGACY).encode().replace(b'"1"', b"1")
    assert path.read_bytes() == b"".join(r + b"\n" for r in [*kept[:3], mended, *kept[3:]])
    assert lint(path, ALL).by_severity()[Severity.ERROR] == 0
    assert undo(manifest) == [str(path), str(rejects)]
    assert path.read_bytes() == whole
    assert not rejects.exists()
    assert undo(manifest) == []


def test_rejects_are_added_to_those_that_are_there(tmp_path: Path) -> None:
    path, rejects = put(tmp_path / "a.jsonl", BROKEN, LEGACY), tmp_path / "rejects.jsonl"
    rejects.write_bytes(b"earlier")
    manifest = reject(path, rejects)
    assert rejects.read_bytes() == b"earlier\n" + BROKEN + b"\n"
    assert set(undo(manifest)) == {str(path), str(rejects)}
    assert rejects.read_bytes() == b"earlier"
    reject(path, rejects)
    rejects.write_bytes(b"changed since")
    with pytest.raises(UndoError, match=r"rejects\.jsonl has changed since it was fixed"):
        undo(sorted((tmp_path / "undo" / "fixes").iterdir(), key=os.path.getmtime)[-1])


@given(datasets)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_line_is_lost_and_none_with_an_error_is_left(
    tmp_path_factory: pytest.TempPathFactory, dataset: list[bytes]
) -> None:
    folder = tmp_path_factory.mktemp("reject")
    path, rejects = folder / "train.jsonl", folder / "rejects.jsonl"
    path.write_bytes(b"\n".join(dataset))
    before, report = path.read_bytes(), lint(path, ALL)
    changes = fixes_of(report, ALL, Safety.UNSAFE, rejecting=True)
    if not changes:
        return
    manifest = write_fixes(changes, folder / "undo", str(rejects))
    moved = lines(rejects.read_bytes()) if rejects.exists() else []
    edits = [edit for change in changes for edit in change.edits]
    assert moved == [edit.before for edit in edits if edit.rejected]
    if not any(change.whole for change in changes):
        check_untouched(before, path.read_bytes(), changes)
    left = lint(path, ALL).findings
    assert [f for f in left if f.place.line and f.severity == Severity.ERROR] == []
    undo(manifest)
    assert path.read_bytes() == before
    assert not rejects.exists()


@pytest.mark.parametrize("name", ["bfcl_tools_even", "chitchat", "lf_glaive_toolcall_en"])
def test_real_lines_with_errors(tmp_path: Path, shared: Path, name: str) -> None:
    """Every third line is damaged: those lines move, as they are, and no other one."""
    path, rejects = tmp_path / "train.jsonl", tmp_path / "rejects.jsonl"
    rows = (shared / "data" / "chat" / f"{name}.jsonl").read_bytes().split(b"\n")[:120]
    rows = [row[:-1] if number % 3 == 0 else row for number, row in enumerate(rows)]
    path.write_bytes(b"\n".join(rows))
    before = path.read_bytes()
    manifest = reject(path, rejects, PLAN)
    assert set(rows[::3]) <= set(lines(rejects.read_bytes()))
    left = lint(path).findings
    assert [f for f in left if f.place.line and f.severity == Severity.ERROR] == []
    assert fixable(lint(path), Safety.UNSAFE) == []
    undo(manifest)
    assert (path.read_bytes(), rejects.exists()) == (before, False)


def test_all_copies_are_dropped_but_the_first(tmp_path: Path) -> None:
    first = json.dumps(chat(user("Hi"), assistant("Hello!"))).encode()
    spaced = first.replace(b", ", b",")
    path = put(tmp_path / "a.jsonl", spaced, UNROLED, first, ODD, first)
    manifest = fix(path, Safety.UNSAFE, ALL)
    assert lines(path.read_bytes())[0] == spaced
    assert len(lines(path.read_bytes())) == 3
    undo(manifest)
    assert lines(path.read_bytes()) == [spaced, UNROLED, first, ODD, first]


KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_fix import reject

path = Path({path!r})
rejects = path.with_name("rejects.jsonl")
before = path.read_bytes()
reject(path, rejects)
after = path.read_bytes()
moved = rejects.read_bytes()

def hook(event, args):
    global left
    inside = event != "open" or (isinstance(args[0], str) and str(path.parent) in args[0])
    if event in ("open", "os.rename", "os.remove", "os.mkdir", "os.chmod") and inside:
        left -= 1
        if left < 0:
            os._exit(9)

for left in range(100):
    path.write_bytes(before)
    rejects.unlink()
    child = os.fork()
    if not child:
        sys.addaudithook(hook)
        reject(path, rejects)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    state = {{before: "before", after: "after"}}.get(path.read_bytes(), "broken")
    if not rejects.exists():
        rejects.touch()
    there = {{b"": "none", moved: "moved"}}.get(rejects.read_bytes(), "broken")
    print(status, state, there)
    if not status:
        break
"""


def test_killed_at_any_step_one_of_the_two_is_whole(tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl", LEGACY, b"", BROKEN, ODD)
    code = KILLED.format(tests=str(Path(__file__).parent), path=str(path))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    *killed, last = done.stdout.splitlines()
    assert len(killed) >= 8
    # A rejected line is always in one of the two files.
    assert set(killed) == {"9 before none", "9 before moved", "9 after moved"}
    assert killed[0] == "9 before none"
    assert last == "0 after moved"


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
