"""Fixes in rounds: what fixes make possible is done in the same run, and is undone as one."""

from __future__ import annotations

import hashlib
import json
import random
import re
import subprocess
from pathlib import Path
from typing import Any

import orjson
import pytest
from command import CLEAN, inside

from ftlint.afterwards.fix import Edit, FileFix, fixed_content
from ftlint.afterwards.mend import mended
from ftlint.case import assistant, chat, user
from ftlint.report import Report
from ftlint.source import Dataset, Source

ASKED = chat(user("Who sings in the reeds?"), assistant("A reed warbler."))
ODD = chat(user("Who sings in the reeds?", mood="glad"), assistant("A reed warbler."))
OTHER = chat(user("Who sings in the reeds?"), assistant("A reed warbler.", weight="1"))
UNSAFE = ("--fix", "--unsafe-fixes", "--format", "json")


def row(record: Any) -> bytes:
    return orjson.dumps(record) + b"\n"


def fix(folder: Path, *words: object) -> tuple[dict[str, Any], str]:
    """Fix what is in `folder`; return the report, and the manifest if one was written."""
    done = inside(folder, "check", *words)
    told = re.search(r"ftlint undo (\S+) ", done.err)
    return done.report, told[1] if told else ""


def test_lines_that_become_equal_are_dropped_at_once(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    weighted = row(chat(ASKED["messages"][0], {**ASKED["messages"][1], "weight": 1}))
    whole = CLEAN + row(ODD) + b"\n" + row(OTHER) + row(ASKED) + row(OTHER)
    path.write_bytes(whole)
    report, manifest = fix(tmp_path, path.name, "--select", "FT0,FT1,FT4", *UNSAFE)
    assert path.read_bytes() == CLEAN + row(ASKED) + weighted
    assert [each["code"] for each in report["findings"]] == ["FT402"], "but for the weight"
    fixed = path.read_bytes()
    assert fix(tmp_path, path.name, "--select", "FT0,FT1,FT4", *UNSAFE)[1] == ""
    assert path.read_bytes() == fixed
    assert report["sources"][0]["sha256"] == sha256(fixed)
    inside(tmp_path, "undo", manifest)
    assert path.read_bytes() == whole
    assert len(list((tmp_path / ".ftlint_cache" / "fixes").iterdir())) == 1


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_difference_shows_all_rounds(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_bytes(CLEAN + row(ASKED) + row(ODD))
    words = ("check", path.name, "--select", "FT0,FT1,FT4", "--unsafe-fixes", "--diff")
    done = inside(tmp_path, *words)
    assert "@@ -12 +11,0 @@ FT116 FT401\n" in done.out
    assert done.err == "ftlint: would fix 2 findings\n"
    assert path.read_bytes() == CLEAN + row(ASKED) + row(ODD)


def test_a_copy_in_another_file_goes(tmp_path: Path) -> None:
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    first.write_bytes(CLEAN + row(ODD))
    second.write_bytes(row(ASKED) + row(chat(user("And who calls?"), assistant("A coot."))))
    before = first.read_bytes(), second.read_bytes()
    words = (first.name, second.name, "--select", "FT1,FT4", *UNSAFE)
    _, manifest = fix(tmp_path, *words)
    assert first.read_bytes() == CLEAN + row(ASKED)
    assert second.read_bytes() == before[1].split(b"\n")[1] + b"\n"
    inside(tmp_path, "undo", manifest)
    assert (first.read_bytes(), second.read_bytes()) == before


@pytest.mark.parametrize("unsafe", [(), ("--unsafe-fixes",)], ids=["safe", "unsafe"])
def test_what_stands_in_an_array_is_fixed_as_well(tmp_path: Path, unsafe: tuple[str, ...]) -> None:
    path = tmp_path / "train.jsonl"
    records = [*map(orjson.loads, CLEAN.split(b"\n")[:-1]), OTHER, ODD, ASKED]
    whole = json.dumps(records, indent=2).encode()
    path.write_bytes(whole)
    words = (path.name, "--select", "FT0,FT1,FT4", "--fix", *unsafe, "--format", "json")
    report, manifest = fix(tmp_path, *words)
    rows = [orjson.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]
    assert rows[10]["messages"][1]["weight"] == 1
    assert rows[11:] == ([ASKED] if unsafe else [ODD, ASKED])
    fixed = path.read_bytes()
    assert not fix(tmp_path, *words)[1] and path.read_bytes() == fixed
    assert not [f for f in report["findings"] if f["fix"] and f["fix"]["safety"] == "safe"]
    inside(tmp_path, "undo", manifest)
    assert path.read_bytes() == whole


def test_marks_and_returns_stay_out_of_the_way(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    ended = [line + b"\r\n" for line in (CLEAN + row(ODD) + row(ASKED)).split(b"\n")[:-1]]
    whole = b"\xef\xbb\xbf" + ended[10] + b"\r\n" + b"".join(ended[:10]) + ended[11]
    path.write_bytes(whole)
    _, manifest = fix(tmp_path, path.name, "--select", "FT0,FT1,FT4", *UNSAFE)
    assert path.read_bytes() == row(ASKED) + CLEAN
    inside(tmp_path, "undo", manifest)
    assert path.read_bytes() == whole


def test_only_changed_rows_are_mended(tmp_path: Path) -> None:
    """An old copy stays; what a new row becomes a copy of, or is one of, goes."""
    path = tmp_path / "train.jsonl"
    old = CLEAN + row(ODD) + CLEAN.split(b"\n")[0] + b"\n"
    path.write_bytes(old)
    for git in (["init", "-q"], ["add", "."], ["commit", "-qm", "Begin"]):
        who = ("-c", "user.name=A", "-c", "user.email=a@example.com")
        subprocess.run(["git", *who, *git], cwd=tmp_path, check=True, capture_output=True)
    path.write_bytes(old + row(OTHER) + row({**OTHER, "id": 7}))
    words = (path.name, "--changed", "--select", "FT1,FT4", *UNSAFE)
    fix(tmp_path, *words)
    kept = path.read_bytes()
    assert kept.startswith(old) and kept.count(b"\n") == old.count(b"\n") + 1
    fix(tmp_path, *words)
    assert path.read_bytes() == kept


def test_an_accepted_copy_stays(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_bytes(CLEAN + row(ODD) + row(ASKED))
    entry = "{rule: exact-duplicate, path: train.jsonl, reason: It is to weigh more.}"
    (tmp_path / ".ftlint-ignore.yaml").write_text(f"suppressions: [{entry}]\n", "utf-8")
    fix(tmp_path, path.name, "--select", "FT1,FT4", *UNSAFE)
    assert path.read_bytes() == CLEAN + row(ASKED) + row(ASKED)


def test_rounds_add_up(tmp_path: Path) -> None:
    """Whatever each round does to which line, the sum does the same in one go."""
    path = tmp_path / "train.jsonl"
    for seed in range(60):
        chance = random.Random(seed)
        rows = [b"%d" % number for number in range(12)]
        path.write_bytes(b"".join(each + b"\r\n" for each in rows))
        source = Source(str(path))
        wanted = [each + b"\r" for each in rows]
        script = []
        for number in range(3):
            edits = tuple(
                Edit(line, wanted[line - 1], after, (f"R{number}",))
                for line, after in sorted(some_edits(chance, len(wanted)).items())
            )
            script.append(edits)
            wanted = done(wanted, edits)
        plans = iter([*script, ()])

        def find(report: Report, plans: Any = plans) -> list[FileFix]:
            edits = next(plans, ())
            return [FileFix(report.dataset.sources[0], edits=edits)] if edits else []

        changes, left = mended(seen(source), find, lambda copies: seen(*copies))
        expected = b"".join(each + b"\n" for each in wanted)
        assert b"".join(fixed_content(changes[0])) == expected if changes else not script[0]
        assert left.dataset.sources == (source,)


def seen(*sources: Source) -> Report:
    """Return a report without findings."""
    return Report((), Dataset(sources), {}, {})


def some_edits(chance: random.Random, lines: int) -> dict[int, bytes | None]:
    chosen = chance.sample(range(1, lines + 1), chance.randint(1, max(1, lines // 2)))
    return {line: chance.choice([None, b"new %d" % line]) for line in chosen}


def done(lines: list[bytes], edits: tuple[Edit, ...]) -> list[bytes]:
    """Return the lines after some edits."""
    by_line = {edit.line: edit for edit in edits}
    after = [by_line[n].after if n in by_line else line for n, line in enumerate(lines, 1)]
    return [line for line in after if line is not None]
