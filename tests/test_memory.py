"""Memory: a result that was kept is the result of the run, or is not used at all."""

from __future__ import annotations

import ast
import json
import os
import shutil
import stat
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from command import CLEAN, inside, timeless
from remembered import CHECK, DATA, LINE, fresh, kept, place, same
from reports import Broken

import ftlint as package
from ftlint.configuration.catalogue import builtin
from ftlint.engine import Plan, run
from ftlint.reporters import REPORTERS
from ftlint.session import Request, Session
from ftlint.source import Dataset, Shard, Source
from ftlint.storage import cache
from ftlint.storage.memory import Memory

__all__ = ["place"]  # fixtures


def lints(request: Request) -> bool:
    """Return whether a run reads any shard, instead of recalling its result."""
    opened = Session.open(request)
    read: list[Shard] = []
    opened.check(opened.sources(), read.append)
    return bool(read)


def test_the_second_run_recalls_and_shows_the_same(place: Path) -> None:
    request = Request(("train.jsonl",), select=("FT0", "FT1", "FT4"))
    assert lints(request)
    assert not lints(request)
    assert len(kept(place)) == 1
    for reporter in REPORTERS:
        for more in ((), ("--statistics",)):
            words = (*CHECK[:-1], reporter, *more)
            inside(Path(), *words)
            same(inside(Path(), *words), fresh(*words))


def test_all_default_rules_on_real_data(shared: Path, place: Path) -> None:
    shutil.copy(shared / "data" / "chat" / "bfcl_tools_even.jsonl", "train.jsonl")
    words = ("check", "train.jsonl", "--statistics")
    inside(Path(), *words)
    assert len(kept(place)) == 1
    same(inside(Path(), *words), fresh(*words))


def write(path: str, data: bytes) -> None:
    Path(path).write_bytes(data)


def append(path: str, data: bytes) -> Callable[[], None]:
    return lambda: write(path, Path(path).read_bytes() + data)


def config(text: str) -> Callable[[], None]:
    return lambda: write("ftlint.yaml", text.encode())


PACK = """code: ACME001
name: what-{word}-says
kind: lexicon
severity: error
message: "{{term}} is said"
summary: Text says what it must not.
why: it is a test.
terms: [{word}]
good:
  - example: {{messages: [{{role: user, content: "A"}}, {{role: assistant, content: "B"}}]}}
bad:
  - example: {{messages: [{{role: user, content: "A"}}, {{role: assistant, content: "{word}"}}]}}
    at: /messages/1/content
"""


def asks(tree: ast.AST) -> bool:
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = [f"{f.value.id}.{f.attr}" for f in calls if isinstance(f, ast.Attribute)
             and isinstance(f.value, ast.Name)]  # fmt: skip
    return not {"date.today", "datetime.now", "datetime.today"}.isdisjoint(names)


def pack(word: str) -> Callable[[], None]:
    def written() -> None:
        Path("rules").mkdir(exist_ok=True)
        Path("rules", "a.yaml").write_text(PACK.format(word=word), "utf-8")
        Path("ftlint.yaml").write_text("packs: [rules]\nselect: [ACME]\n", "utf-8")

    return written


CHANGES: dict[str, Callable[[], None]] = {
    "line": append("train.jsonl", LINE % 99),
    "byte": lambda: write("train.jsonl", DATA.replace(b"Hi 7", b"Ho 7")),
    "severity": config("severity: {FT107: note}\n"),
    "option": config("rules: {min-examples: {limit: 100}}\n"),
    "cap": config("max-findings: 3\n"),
    "ignored": config("per-file-ignores: {'train.*': [FT107]}\n"),
    "threshold": config("fail-on: never\n"),
    "target": config("target: openai:gpt-4.1-mini\n"),
    "pack": pack("hello"),
    "pack again": pack("fish"),
}


def test_what_a_result_follows_from_is_never_forgotten() -> None:
    words = ("check", "train.jsonl", "--ignore", "FT3,FT4,FT5,FT6", "--format", "json")
    before = inside(Path(), *words)
    for name, change in CHANGES.items():
        change()
        after = inside(Path(), *words)
        same(after, fresh(*words))
        assert timeless(after.out) != timeless(before.out), name
        before = after


@pytest.mark.parametrize("option", [("--severity", "FT107=note"), ("--max-findings", "2")])
def test_options_of_the_command_line_count(option: tuple[str, ...]) -> None:
    inside(Path(), *CHECK)
    same(inside(Path(), *CHECK, *option), fresh(*CHECK, *option))


def test_a_file_that_an_option_names_counts_with_its_content(place: Path) -> None:
    words = (*CHECK, "--benchmark", "ours=b.jsonl")
    for item in ("What does a heron eat?", "Who was the first to see a lark in the morning sky?"):
        record = json.dumps({"question": f"{item} {item} {item}"})
        Path("b.jsonl").write_text(record + "\n", "utf-8")
        same(inside(Path(), *words), fresh(*words))
    assert len(kept(place)) == 2


def test_a_baseline_is_no_part_of_the_result(place: Path) -> None:
    inside(Path(), *CHECK, "--update-baseline")
    Path("train.jsonl").write_bytes(DATA + LINE % 99)
    words = (*CHECK, "--baseline", "ftlint-baseline.json")
    assert len(inside(Path(), *words).places) == 1
    same(inside(Path(), *words), fresh(*words))


def test_fixes_are_never_recalled() -> None:
    Path("train.jsonl").write_bytes(CLEAN + b"\n" + CLEAN)
    words = ("check", "train.jsonl", "--select", "FT009")
    inside(Path(), *words)
    assert "would fix 1 finding" in inside(Path(), *words, "--diff").err
    inside(Path(), *words, "--fix")
    assert Path("train.jsonl").read_bytes() == CLEAN + CLEAN


@pytest.mark.parametrize(
    "how", ["cut", "flip", "empty", "other key", "no key", "open key", "forged"]
)
def test_a_damaged_or_foreign_entry_is_not_used(place: Path, how: str) -> None:
    expected = inside(Path(), *CHECK)
    (entry,) = kept(place)
    whole, key = entry.read_bytes(), place.parent / "key"
    if how == "cut":
        entry.write_bytes(whole[:-1])
    elif how == "flip":
        entry.write_bytes(whole[:99] + bytes([whole[99] ^ 1]) + whole[100:])
    elif how == "empty":
        entry.write_bytes(b"")
    elif how == "forged":
        clean = zlib.decompress(whole[32:]).replace(b'"severity": "error"', b'"severity": "note"')
        entry.write_bytes(whole[:32] + zlib.compress(clean))
    elif how == "open key":  # as git writes files: whoever brings it along knows it
        key.chmod(0o644)
    else:
        key.write_bytes(b"k" * 32 if how == "other key" else b"")
    same(inside(Path(), *CHECK), expected)
    same(inside(Path(), *CHECK), expected)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_what_is_kept_is_the_report_and_for_its_owner_alone(place: Path) -> None:
    shown = inside(Path(), *CHECK)
    (entry,) = kept(place)
    document = json.loads(zlib.decompress(entry.read_bytes()[32:]))
    for name in ("fail_on", "target", "duration_seconds"):
        document["run"][name] = shown.report["run"][name]
    assert document == shown.report
    assert stat.S_IMODE(entry.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert stat.S_IMODE((place.parent / "key").stat().st_mode) == 0o600


def test_a_folder_of_ones_own_is_ignored_by_git_and_has_no_key(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    inside(Path(), *CHECK, "--cache-dir", ".ftlint_cache")
    assert kept(Path(".ftlint_cache"))
    assert not Path(".ftlint_cache", "key").exists()
    status = subprocess.run(
        ["git", "status", "--short"], capture_output=True, text=True, check=True
    )
    assert ".ftlint_cache" not in status.stdout
    same(inside(Path(), *CHECK, "--cache-dir", ".ftlint_cache"), fresh(*CHECK))


def test_the_configuration_names_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FTLINT_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(Path("home").absolute()))
    Path("ftlint.yaml").write_text("cache: kept\n", "utf-8")
    inside(Path(), *CHECK)
    assert kept(Path("kept"))
    assert not kept(Path("home", "ftlint", "results"))


def test_the_oldest_results_go_first(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "LIMIT", 4_500)
    noise = {name: os.urandom(1000) for name in "abcdef"}
    for number, (name, data) in enumerate(noise.items()):
        cache.keep_result(name, data)
        os.utime(place / name, (number, number))
        assert cache.result("a") == noise["a"]  # used again and again
        time_of = {path.name: path.stat().st_mtime for path in place.iterdir()}
        assert time_of["a"] > 1000
    left = {path.name for path in place.iterdir() if len(path.name) == 1}
    assert left == {"a", "d", "e", "f"} or left == {"a", "e", "f"}
    assert sum(path.stat().st_size for path in place.iterdir()) <= 4_500


def test_a_crash_is_not_kept_and_neither_is_a_file_that_changed(place: Path) -> None:
    sources = [Source("train.jsonl")]
    plan = Plan((Broken(),))
    memory = Memory.of(plan, sources)
    assert memory is not None
    memory.keep(run(plan, Dataset(tuple(sources))), sources)
    good = Plan(tuple(rule for rule in builtin() if rule.code.startswith("FT0")))
    memory = Memory.of(good, sources)
    assert memory is not None
    report = run(good, Dataset(tuple(sources)))
    os.utime("train.jsonl", (1, 1))
    memory.keep(report, sources)
    assert kept(place) == []


def test_rules_that_ask_for_the_day_say_so() -> None:
    asking = set()
    for path in Path(package.__file__).parent.rglob("*.py"):
        if asks(ast.parse(path.read_text("utf-8"))):
            asking.add(path.stem)
    assert asking - {"memory", "plan", "show", "suppression"} == {"model", "budget"}  # not kept
    modules = {type(rule).__module__ for rule in builtin() if rule.dated}
    assert modules == {"ftlint.rules.model", "ftlint.rules.budget"}


DAY = """
from ftlint.configuration.catalogue import builtin
from ftlint.engine import Plan
from ftlint.storage.memory import Memory
from ftlint.source import Source
rules = {rule.code: rule for rule in builtin()}
for code in ("FT208", "FT001"):
    print(Memory.of(Plan((rules[code],)), [Source("train.jsonl")]).name)
"""


def test_a_result_that_rests_on_the_day_is_for_that_day() -> None:
    days = [
        subprocess.run(
            [sys.executable, "-c", DAY],
            env={**os.environ, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for zone in ("XXX24", "XXX-24")  # yesterday and tomorrow
    ]
    assert days[0][0] != days[1][0]
    assert days[0][1] == days[1][1]
