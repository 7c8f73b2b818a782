"""Fixes of other shapes than chat: the same laws, and nothing that is only meant for chats."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest
from command import CLEAN, TWICE, inside
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftlint.afterwards.fix import fixes_of
from ftlint.afterwards.manifest import undo, write_fixes
from ftlint.afterwards.mend import mended
from ftlint.case import assistant, chat, user
from ftlint.configuration.catalogue import builtin
from ftlint.engine import Plan, run
from ftlint.finding import Safety, Severity
from ftlint.report import Report
from ftlint.source import Dataset, Source

RULES = tuple(rule for rule in builtin() if rule.code[:3] in ("FT0", "FT1", "FT3", "FT4"))
PLAN = Plan(tuple(rule for rule in RULES if rule.unready() is None), cap=0)

texts = st.sampled_from(
    ["Which bird is that?", " A heron, I think. ", "It\u00e2\u20ac\u2122s a lark.\n", "", "Twice."]
)
faults: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {},
        {},
        {"mood": "glad"},
        {"weight": "1"},
        {"tools": None},
        {"functions": [{"name": "now", "parameters": {"type": "object", "properties": {}}}]},
        {"id": 7},
    ]
)


@st.composite
def message(draw: st.DrawFn, role: str) -> dict[str, Any]:
    """Return a message that may have a wrong role, key or value."""
    made: dict[str, Any] = {"role": draw(st.sampled_from([role, role, role.title(), "human"]))}
    made |= {"content": draw(texts)} | draw(faults)
    if draw(st.booleans()) and draw(st.booleans()):
        made |= {"tool_calls": []}
    return made


@st.composite
def record(draw: st.DrawFn, shape: str) -> dict[str, Any]:
    """Return a record of a shape, with or without faults."""
    asked, said, other = draw(message("user")), draw(message("assistant")), draw(texts)
    every: dict[str, dict[str, Any]] = {
        "sharegpt": {"conversations": [
            {"from": draw(st.sampled_from(["human", "Human", "user"])), "value": asked["content"]},
            {"from": draw(st.sampled_from(["gpt", "bot"])), "value": said["content"]},
        ]},
        "preference": {
            "input": {"messages": [asked]},
            "preferred_output": [said], "non_preferred_output": [assistant(other)],
        },
        "alpaca": {"instruction": asked["content"], "input": other, "output": said["content"]},
        "completion": {"prompt": asked["content"], "completion": said["content"]},
        "text": {"text": asked["content"]},
        "kto": {"prompt": [asked], "completion": [said], "label": True},
    }  # fmt: skip
    return every[shape] | draw(faults)


@st.composite
def dataset(draw: st.DrawFn) -> bytes:
    """Return a file of one shape with blank lines, other line ends and odd spacing."""
    shape = draw(st.sampled_from(["sharegpt", "preference", "alpaca", "completion", "text", "kto"]))
    rows = draw(st.lists(record(shape), min_size=1, max_size=8))
    ends = draw(st.sampled_from([b"\n", b"\r\n"]))
    lines = []
    for row in rows:
        spaced = draw(st.sampled_from([(",", ":"), (" , ", " :  ")]))
        lines.append(json.dumps(row, separators=spaced).encode())
        lines += [b""] * draw(st.booleans()) + [b"{\xff"] * (draw(st.integers(0, 9)) == 9)
    return b"\xef\xbb\xbf" * draw(st.booleans()) + ends.join(lines)


def lint(path: Path, plan: Plan = PLAN) -> Report:
    return run(plan, Dataset((Source(str(path)),)))


def lint_all(sources: Sequence[Source]) -> Report:
    return run(PLAN, Dataset(tuple(sources)))


def errors(report: Report) -> set[int]:
    """Return the lines with an error, from 1."""
    found = (f for f in report.findings if f.severity == Severity.ERROR)
    return {finding.place.line for finding in found if finding.place.line}


@given(dataset(), st.sampled_from(Safety))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_laws_of_fixes(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, allowed: Safety
) -> None:
    folder = tmp_path_factory.mktemp("shape")
    path = folder / "train.jsonl"
    path.write_bytes(content)
    before = lint(path)
    changes, foretold = mended(before, partial(fixes_of, plan=PLAN, allowed=allowed), lint_all)
    if not changes:
        return
    manifest = write_fixes(changes, folder / "undo")
    after = lint(path)
    assert fixes_of(after, PLAN, allowed) == []
    assert not [f for f in after.findings if f.fix and f.fix.safety >= allowed]
    assert before.dataset.facts[0].shape == after.dataset.facts[0].shape
    assert foretold.findings == after.findings and foretold.dataset == after.dataset
    undo(manifest)
    assert path.read_bytes() == content


@given(dataset())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_rejected_is_what_has_an_error_after_its_fixes(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("shape")
    path, rejects = folder / "train.jsonl", folder / "rejects.jsonl"
    path.write_bytes(content)
    report = lint(path)
    rejecting = fixes_of(report, PLAN, Safety.UNSAFE, rejecting=True)
    moved = [edit.line for change in rejecting for edit in change.edits if edit.rejected]
    gone = [e.line for c in rejecting for e in c.edits if e.after is None and not e.rejected]
    changes = fixes_of(report, PLAN, Safety.UNSAFE)
    if changes:
        write_fixes(changes, folder / "undo")
    left = sorted({*range(1, len(content.split(b"\n")) + 1)} - {*gone})
    wrong = sorted(left[number - 1] for number in errors(lint(path)))
    assert moved == wrong
    path.write_bytes(content)
    if rejecting:
        manifest = write_fixes(rejecting, folder / "undo", str(rejects))
        assert errors(lint(path)) == set()
        undo(manifest)
    assert path.read_bytes() == content


def test_one_accepted_place_leaves_the_others_to_the_fix(tmp_path: Path) -> None:
    """Of one rule in one line, one finding is accepted and two are not."""
    talk = chat(user("Hi", mood="glad"), assistant("Hello!", mood="shy", id=4, note="x"))
    path = tmp_path / "train.jsonl"
    path.write_bytes(CLEAN + orjson.dumps(talk) + b"\n")
    entry = "{rule: FT116, pointer: /messages/0/mood, reason: the loader reads it}"
    (tmp_path / ".ftlint-ignore.yaml").write_text(f"suppressions: [{entry}]\n", "utf-8")
    words = ("check", path.name, "--select", "FT0,FT1", "--fix", "--unsafe-fixes")
    done = inside(tmp_path, *words, "--format", "json")
    mended = chat(user("Hi", mood="glad"), assistant("Hello!"))
    assert path.read_bytes() == CLEAN + orjson.dumps(mended) + b"\n", done.err
    assert done.report["counts"]["suppressed"] == 1 and done.places == []
    fixed = path.read_bytes()
    inside(tmp_path, *words)
    assert path.read_bytes() == fixed


def test_an_error_beside_an_accepted_one_still_rejects(tmp_path: Path) -> None:
    odd = {"role": "narrator", "content": "It rains."}
    good = orjson.dumps(chat(odd, user("Hi"), assistant("Hello!"))) + b"\n"
    both = orjson.dumps(chat(odd, user("Ho"), odd, assistant("Hello!"))) + b"\n"
    path = tmp_path / "train.jsonl"
    path.write_bytes(CLEAN + good + both)
    entry = "{rule: FT107, pointer: /messages/0/role, reason: the loader reads it}"
    (tmp_path / ".ftlint-ignore.yaml").write_text(f"suppressions: [{entry}]\n", "utf-8")
    words = ("--select", "FT107", "--fix", "--unsafe-fixes", "--rejects", "rejects.jsonl")
    inside(tmp_path, "check", path.name, *words)
    assert (tmp_path / "rejects.jsonl").read_bytes() == both
    assert path.read_bytes() == CLEAN + good


def test_a_line_is_rejected_that_one_target_of_several_refuses(tmp_path: Path) -> None:
    """To one target the key that stands twice is an error, to the other a warning."""
    path = tmp_path / "train.jsonl"
    path.write_bytes(CLEAN + TWICE)
    for name, level in (("a", "warning"), ("b", "error")):
        text = f"title: A\nas-of: 2026-11-22\nsource: b\nseverity: {{FT010: {level}}}\n"
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
    words = ("--select", "FT010", "--fix", "--unsafe-fixes", "--rejects", "rejects.jsonl")
    inside(tmp_path, "check", path.name, "--target", "a.yaml", *words)
    assert path.read_bytes() == CLEAN + TWICE
    inside(tmp_path, "check", path.name, "--target", "a.yaml", "--target", "b.yaml", *words)
    assert path.read_bytes() == CLEAN
    assert (tmp_path / "rejects.jsonl").read_bytes() == TWICE


@pytest.mark.parametrize("names", [("train.jsonl", "link.jsonl"), ("link.jsonl", "train.jsonl")])
def test_a_file_under_two_names_keeps_its_lines(tmp_path: Path, names: tuple[str, str]) -> None:
    """Every line is a copy of itself then, and none is dropped or rejected twice."""
    path = tmp_path / "train.jsonl"
    path.write_bytes(CLEAN + CLEAN[: CLEAN.index(b"\n") + 1] + b"{\n")
    (tmp_path / "link.jsonl").symlink_to(path.name)
    words = ("--select", "FT007,FT401", "--fix", "--unsafe-fixes", "--rejects", "rejects.jsonl")
    done = inside(tmp_path, "check", *names, *words)
    assert path.read_bytes() == CLEAN, done.err
    assert (tmp_path / "rejects.jsonl").read_bytes() == b"{\n"
    assert (tmp_path / "link.jsonl").is_symlink()
    path.write_bytes(CLEAN + b"{\n")
    inside(tmp_path, "check", "--train", path.name, "--validation", path.name, *words)
    assert path.read_bytes() == CLEAN
