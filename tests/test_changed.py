"""Changed rows: on real repositories, what came with a change and nothing else."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import random
from collections import Counter
from pathlib import Path

import orjson
import pytest
from command import CLEAN, inside
from hypothesis import given
from hypothesis import strategies as st
from worktree import ROLES, WRONG, alone, changed, commit, found, git, put, work

from ftlint.afterwards.changed import BLOCK, digests
from ftlint.afterwards.suppression import NAME
from ftlint.case import assistant, chat, user
from ftlint.session import LEAST

__all__ = ["alone", "work"]  # fixtures


def test_nothing_has_changed(work: Path) -> None:
    assert changed(work) == []
    (work / "train.jsonl").touch()
    done = inside(work, "check", "train.jsonl", "--changed", *ROLES, "--format", "json")
    counts = done.report["counts"]
    assert (done.status, counts["unchanged"], counts["by_rule"]) == (0, 3, {})
    told = inside(work, "check", "train.jsonl", "--changed", *ROLES).out
    assert "no new findings, 3 on unchanged rows" in told


def test_added_and_edited_rows_are_new_and_moved_ones_are_not(work: Path) -> None:
    put(work, WRONG[3] + CLEAN + b"".join(WRONG[:3]))
    assert changed(work) == [("train.jsonl", 1, "FT107")]
    put(work, b"".join(reversed(WRONG[:3])) + CLEAN)
    assert changed(work) == []
    put(work, CLEAN + WRONG[0] + WRONG[1].replace(b"Spell", b"Please spell") + WRONG[2])
    assert changed(work) == [("train.jsonl", 12, "FT107")]
    put(work, (CLEAN + b"".join(WRONG[:3])).replace(b"\n", b"\r\n"))
    assert changed(work) == []
    put(work, b"\xef\xbb\xbf" + WRONG[0] + CLEAN + WRONG[1] + WRONG[2].rstrip())
    assert changed(work) == []


def test_one_more_copy_is_new(work: Path) -> None:
    put(work, WRONG[0] + CLEAN + b"".join(WRONG[:3]))
    assert changed(work) == [("train.jsonl", 12, "FT107")]


@pytest.mark.parametrize("staged", [True, False])
def test_a_renamed_file_is_the_same_file(work: Path, staged: bool) -> None:
    (work / "train.jsonl").rename(work / "all.jsonl")
    put(work, WRONG[3] + CLEAN + b"".join(WRONG[:3]), "all.jsonl")
    if staged:
        git(work, "add", "--all")
    assert changed(work, "all.jsonl") == [("all.jsonl", 1, "FT107")]
    if staged:
        (work / "all.jsonl").rename(work / "all.txt")  # of a name that says nothing
        git(work, "add", "--all")
        done = inside(work, "check", "all.txt", "--changed", *ROLES, "--format", "json")
        assert done.places == [("all.txt", 1, "FT107")]


def test_a_file_in_two_parts_has_no_new_rows(work: Path) -> None:
    lines = (CLEAN + b"".join(WRONG[:3])).splitlines(keepends=True)
    (work / "train.jsonl").unlink()
    put(work, b"".join(lines[::2]), "a.jsonl")
    put(work, b"".join(lines[1::2]) + WRONG[5], "b.jsonl")
    for _ in range(2):
        assert changed(work, "a.jsonl", "b.jsonl") == [("b.jsonl", 7, "FT107")]
        git(work, "add", "--all")


def test_a_row_in_another_split_is_new(work: Path) -> None:
    put(work, CLEAN + WRONG[1] + WRONG[2])
    put(work, WRONG[0], "valid.jsonl")
    options = ("train.jsonl", "--validation", "valid.jsonl")
    assert changed(work, *options) == [("valid.jsonl", 1, "FT107")]
    assert changed(work, "train.jsonl", "valid.jsonl") == []


def test_files_that_git_does_not_know_are_new(work: Path) -> None:
    put(work, WRONG[0] + WRONG[6], "more.jsonl")
    assert changed(work, "more.jsonl") == [("more.jsonl", n, "FT107") for n in (1, 2)]
    git(work, "rm", "--quiet", "--cached", "train.jsonl")
    assert changed(work) == []


def test_before_the_first_commit_all_is_new(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    put(tmp_path, CLEAN + WRONG[0])
    assert changed(tmp_path) == [("train.jsonl", 11, "FT107")]


def test_a_report_that_was_kept_is_narrowed_alike(work: Path) -> None:
    filling = b"".join(
        orjson.dumps(chat(user(f"Spell {n} of {n * 7}."), assistant(f"{n:b} is it."))) + b"\n"
        for n in range(LEAST // 90)
    )
    put(work, filling + WRONG[0])
    commit(work)
    put(work, WRONG[1] + filling + WRONG[0] + filling[:90] * 2 + WRONG[2])
    rules = ("--select", "FT107,FT401", "--cache-dir", str(work / "cache"))
    first, second = changed(work, rules=rules), changed(work, rules=rules)
    assert first == second and ("train.jsonl", 1, "FT107") in first
    assert list((work / "cache").rglob("run-*"))


def test_compressed_files_are_compared_by_their_rows(work: Path) -> None:
    put(work, gzip.compress(CLEAN + WRONG[0]), "t.jsonl.gz")
    commit(work)
    put(work, gzip.compress(WRONG[1] + CLEAN + WRONG[0], 1), "t.jsonl.gz")
    assert changed(work, "t.jsonl.gz") == [("t.jsonl.gz", 1, "FT107")]


def test_since_means_since_the_branch_left(work: Path) -> None:
    first = git(work, "rev-parse", "HEAD")
    git(work, "checkout", "--quiet", "-b", "topic")
    put(work, CLEAN + b"".join(WRONG[:4]))
    commit(work)
    git(work, "checkout", "--quiet", "main")
    put(work, CLEAN + WRONG[2])  # main has removed what the branch still has
    commit(work)
    git(work, "checkout", "--quiet", "topic")
    new = [("train.jsonl", 14, "FT107")]
    for revision in ("main", first, "HEAD~1", first[:9]):
        assert changed(work, "--since", revision) == new
    assert changed(work, "--since", "HEAD") == changed(work) == []
    os.environ["PRE_COMMIT_FROM_REF"] = "main"
    try:
        assert changed(work) == new
    finally:
        del os.environ["PRE_COMMIT_FROM_REF"]


def test_what_a_merge_brings_is_not_new(work: Path) -> None:
    git(work, "checkout", "--quiet", "-b", "topic")
    put(work, WRONG[3] + CLEAN + b"".join(WRONG[:3]))
    commit(work)
    git(work, "checkout", "--quiet", "main")
    put(work, CLEAN + b"".join(WRONG[:3]) + WRONG[4])
    commit(work)
    git(work, "merge", "--quiet", "--no-commit", "topic")
    assert changed(work) == []
    put(work, (work / "train.jsonl").read_bytes() + WRONG[5])
    assert changed(work) == [("train.jsonl", 16, "FT107")]


def test_a_row_is_new_against_the_oracle(work: Path) -> None:
    drawn = random.Random(7)
    pool = [*WRONG[:5], *WRONG[:2]]
    for _ in range(8):
        before = drawn.choices(pool, k=8)
        put(work, b"".join(before))
        commit(work)
        now = drawn.choices([*pool, *WRONG[5:]], k=8)
        put(work, b"".join(now))
        more = Counter(now) - Counter(before)
        lines = [(work / "train.jsonl").read_bytes().splitlines(keepends=True)[line - 1]
                 for _, line, _ in changed(work)]  # fmt: skip
        assert Counter(lines) == more


@given(
    st.lists(st.binary(max_size=6).map(lambda row: row.replace(b"\n", b" "))),
    st.booleans(),
    st.booleans(),
    st.sampled_from([0, 1, BLOCK - 1, BLOCK, BLOCK + 3]),
)
def test_digests_are_those_of_the_lines(
    rows: list[bytes], ended: bool, mark: bool, first: int
) -> None:
    rows = [b"x" * first, *rows] if first else rows
    if rows and rows[0].startswith(b"\xef"):
        rows[0] = b""
    content = b"\n".join(rows) + b"\n" * (ended and bool(rows))
    lines = content.split(b"\n") if content else []
    if lines and not lines[-1]:
        lines.pop()
    wanted = [hashlib.blake2b(x.removesuffix(b"\r"), digest_size=16).digest() for x in lines]
    sign = b"\xef\xbb\xbf" * mark
    assert list(digests(io.BytesIO(sign + content))) == [sign] * mark + wanted


# Rules about the dataset.

COPIES = ("--select", "FT401")


def test_only_new_members_of_a_cluster_are_told(work: Path) -> None:
    copy = CLEAN.splitlines(keepends=True)[0]
    put(work, CLEAN + copy + copy)
    commit(work)
    put(work, CLEAN + copy * 3)
    assert changed(work, rules=COPIES) == [("train.jsonl", 13, "FT401")]
    put(work, copy + CLEAN + copy * 2)  # the last of equal rows counts as the new one
    assert changed(work, rules=COPIES) == [("train.jsonl", 13, "FT401")]
    put(work, b"".join(reversed((CLEAN + copy * 2).splitlines(keepends=True))))
    assert changed(work, rules=COPIES) == []
    put(work, CLEAN + copy * 80)
    commit(work)
    put(work, CLEAN + copy * 81)
    assert changed(work, rules=COPIES) == [("train.jsonl", 91, "FT401")]


def spelt(text: str) -> bytes:
    return orjson.dumps(chat(user(text), assistant("In Portugal, on the Tagus."))) + b"\n"


def test_an_old_row_is_told_when_a_new_one_makes_it_a_copy(work: Path) -> None:
    rules = ("--select", "FT402")
    put(work, CLEAN + spelt("Where is Lisbon?"))
    commit(work)
    put(work, spelt("where is LISBON") + CLEAN + spelt("Where is Lisbon?"))
    assert changed(work, rules=rules) == [("train.jsonl", 12, "FT402")]
    commit(work)
    put(work, spelt("WHERE is Lisbon") + (work / "train.jsonl").read_bytes())
    # Of the old row it was said before that it is a copy; now another old one is a copy too.
    assert changed(work, rules=rules) == [("train.jsonl", 2, "FT402")]


def test_whole_files_are_told_when_the_base_was_better(work: Path) -> None:
    rules = ("--select", "FT016", "--target", "openai:gpt-4.1-mini")
    put(work, CLEAN)
    commit(work)
    rows = CLEAN.splitlines(keepends=True)
    put(work, b"".join(rows[:9]))
    assert changed(work, rules=rules) == [("train.jsonl", None, "FT016")]
    commit(work)
    put(work, b"".join(rows[:8]))
    assert changed(work, rules=rules) == []
    put(work, b"".join(rows[:3]), "small.jsonl")
    options = ("train.jsonl", "small.jsonl")
    assert changed(work, *options, rules=rules) == [("small.jsonl", None, "FT016")]
    put(work, b"\xef\xbb\xbf" + b"".join(rows[:9]))
    assert changed(work, rules=("--select", "FT002")) == [("train.jsonl", None, "FT002")]


def test_a_file_may_get_worse_by_what_happens_to_another(work: Path) -> None:
    rules = ("--select", "mixed-formats")
    (work / "train.jsonl").unlink()
    completion = b'{"prompt": "Where is Lisbon?", "completion": "In Portugal."}\n'
    put(work, CLEAN, "a.jsonl")
    put(work, completion, "b.jsonl")
    commit(work)
    places = changed(work, "a.jsonl", "b.jsonl", rules=rules)
    assert places == []
    put(work, CLEAN + completion, "a.jsonl")
    assert [code for _, _, code in changed(work, "a.jsonl", "b.jsonl", rules=rules)] == ["FT017"]


# Together with the other steps.


def test_a_baseline_and_suppressions_come_first(work: Path) -> None:
    run = ("check", "train.jsonl", *ROLES)
    put(work, CLEAN + b"".join(WRONG[:3]) + WRONG[3])
    inside(work, *run, "--update-baseline")
    (work / "ftlint.yaml").write_text("baseline: ftlint-baseline.json\n")
    put(work, CLEAN + b"".join(WRONG[:6]))
    (work / NAME).write_bytes(orjson.dumps({"suppressions": [
        {"rule": "FT107", "reason": "ours", "record": {"/messages/0/content": "*pebble*"}}
    ]}))  # fmt: skip
    done = inside(work, *run, "--changed", "--format", "json")
    assert found(done) == [("train.jsonl", 15, "FT107")]
    counts = done.report["counts"]
    assert (counts["known"], counts["suppressed"], counts["unchanged"]) == (4, 1, 0)
    everything = ("--no-baseline", "--no-suppressions", "--format", "json")
    assert len(found(inside(work, *run, *everything))) == 6


def test_entries_of_before_are_not_news(work: Path) -> None:
    (work / "ftlint.yaml").write_text("data: {train: [train.jsonl]}\n")
    old = {"rule": "FT107", "reason": "ours", "path": "old.jsonl"}
    (work / NAME).write_bytes(orjson.dumps({"suppressions": [old]}))
    commit(work)
    rules = ("--select", "FT107,FT031")
    assert changed(work, rules=rules) == []
    new = {**old, "path": "older.jsonl"}
    (work / NAME).write_bytes(orjson.dumps({"suppressions": [new, old]}))
    assert changed(work, rules=rules) == [(NAME, 1, "FT031")]


def test_only_changed_rows_are_fixed(work: Path) -> None:
    content = CLEAN + b"".join(WRONG[:4])
    put(work, content)
    fix = ("--fix", "--unsafe-fixes", "--changed")
    done = inside(work, "check", "train.jsonl", *ROLES, *fix)
    assert done.status == 0, done.out
    assert (work / "train.jsonl").read_bytes() == content.replace(
        WRONG[3], WRONG[3].replace(b'"human"', b'"user"')
    )
