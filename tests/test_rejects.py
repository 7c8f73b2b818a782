"""Lines with errors move to a file and come back; none is lost, whenever the process dies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fixing import (
    ALL,
    LEGACY,
    ODD,
    PLAN,
    check_untouched,
    fix,
    fixable,
    lines,
    lint,
    proposed,
    put,
    reject,
)
from hypothesis import HealthCheck, given, settings
from strange import datasets

from ftlint.afterwards.fix import FileFix, fixes_of
from ftlint.afterwards.manifest import UndoError, undo, write_fixes
from ftlint.case import assistant, chat, user
from ftlint.error import FtlintError
from ftlint.finding import Safety, Severity
from ftlint.source import Source

BROKEN = b'{"messages": [\xff'
UNROLED = json.dumps(chat({"role": "narrator", "content": "Hi"}, assistant("Hello!"))).encode()


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
from fixing import reject

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
