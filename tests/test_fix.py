"""Fixes: the laws of the design, on the cases of all rules, on generated and on real data."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from fixing import (
    LEGACY,
    ODD,
    PLAN,
    RULES,
    check_untouched,
    fix,
    fixable,
    lines,
    lint,
    proposed,
    put,
)
from hypothesis import HealthCheck, given, settings
from strange import datasets

from ftlint.afterwards.fix import fixes_of
from ftlint.afterwards.manifest import UndoError, undo, write_fixes
from ftlint.case import assistant, user
from ftlint.configuration.catalogue import builtin
from ftlint.engine import Plan
from ftlint.error import FtlintError
from ftlint.finding import Safety
from ftlint.rule import Case, Rule
from ftlint.testing import content

BEHIND = {"FT155": {"FT143"}, "FT016": {"FT401"}, "FT192": {"FT124", "FT140"}}
"""What is found only once something else is mended: arguments are judged by valid schemas,
descriptions by declarations that can be read, and without copies a file may be too small."""
ROLES = {"FT106", "FT107"}
"""A message without a valid role is judged by no rule that depends on the role."""


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
