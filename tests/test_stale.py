"""What a result follows from besides the data: a change of it is never answered from the cache."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from command import (
    CLEAN,
    HUMAN,
    RULE,
    TWICE,
    UNSAFE,
    WRONG,
    Outcome,
    ftlint,
    inside,
    installed,
    timeless,
)
from trainer import CHATML, folder, trained

from ftlint import engine, session
from ftlint.configuration.catalogue import builtin
from ftlint.engine import Plan
from ftlint.report import Report
from ftlint.scoring.backend import Prejudiced
from ftlint.session import Request, Session
from ftlint.source import Source
from ftlint.storage import cache
from ftlint.storage.memory import Memory

__all__ = ["folder", "trained"]  # fixtures

SOURCE = str(Path(session.__file__).parents[1])
ROOMS = b"".join(
    json.dumps({"messages": [
        {"role": "user", "content": f"Is room {n} free for two trekkies and a wizard?"},
        {"role": "assistant", "content": f"Room {n} is; the wizard may bring his owl."},
    ]}).encode() + b"\n"
    for n in range(40)
)  # fmt: skip


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Keep the results of each test in a cache of its own, however small its data is."""
    monkeypatch.setenv("FTLINT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(session, "LEAST", 0)
    monkeypatch.chdir(tmp_path)
    Path("train.jsonl").write_bytes(CLEAN + HUMAN + ROOMS)
    yield tmp_path / "cache" / "results"
    cache.choose()


def recalled(monkeypatch: pytest.MonkeyPatch) -> list[Report]:
    """Return the reports of runs that are made from now on; recalled ones are not among them."""
    made: list[Report] = []
    real = engine.run

    def run(*arguments: object) -> Report:
        made.append(real(*arguments))  # type: ignore[arg-type]
        return made[-1]

    monkeypatch.setattr(session, "run", run)
    return made


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text(text, "utf-8")


GRADER = '{"type": "string_check", "name": "g", "input": "{{ %s }}", "reference": "x",\
 "operation": "eq"}'
OWN = """title: A
as-of: 2026-11-22
source: b
sources: {S: {title: s, as-of: 2026-01-02}}
limits: {min-examples: {value: %d, source: S}}
models:
  m:
    methods: {value: [sft], source: S}
    encoding: {value: o200k_base, source: S}
    training-context: {value: 4096, source: S}
    training-price: {value: %d, currency: USD, source: S}
"""
LEXICON = "axis: fans\nlanguage: en\ngroups:\n  them: {noun: [%s(s)]}\n"
FORMATS = ("json", "concise", "github", "gitlab")
BUDGET = "rules: {over-budget: {budget: 1usd, epochs: 3}}\n"
EDITS: dict[str, tuple[tuple[str, ...], str, list[tuple[str, str]]]] = {
    "grader": (("--grader", "g.json", "--shape", "reinforcement"), "", [
        ("g.json", GRADER % "item.answer"), ("g.json", GRADER % "item.reply"),
    ]),
    "target": (("--target", "./own.yaml:m"), BUDGET, [
        ("own.yaml", OWN % (10, 1)), ("own.yaml", OWN % (90, 1)), ("own.yaml", OWN % (90, 900_000)),
    ]),
    "target of the file": ((), f"target: own.yaml:m\n{BUDGET}", [
        ("own.yaml", OWN % (10, 1)), ("own.yaml", OWN % (10, 900_000)),
    ]),
    "lexicon": ((), "lexicons: [fans.yaml]\n", [
        ("fans.yaml", LEXICON % "trekkie"), ("fans.yaml", LEXICON % "wizard"),
    ]),
    "threshold": ((), "", [
        ("ftlint.yaml", "toxicity: {threshold: 0.9}\nselect: [FT6]\n"),
        ("ftlint.yaml", "toxicity: {threshold: 0.0001}\nselect: [FT6]\n"),
    ]),
    "shape": ((), "", [
        ("ftlint.yaml", "shape: chat\n"), ("ftlint.yaml", "shape: preference\n"),
    ]),
    "suppressions": ((), "", [
        (".ftlint-ignore.yaml", "suppressions: [{rule: FT107, path: '*', reason: a}]\n"),
        (".ftlint-ignore.yaml", "suppressions: [{rule: FT104, path: '*', reason: a}]\n"),
    ]),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_of_what_is_named_is_seen(name: str) -> None:
    more, config, steps = EDITS[name]
    if config:
        write("ftlint.yaml", config)
    words = ("check", "train.jsonl", "--format", "json", *more)
    before = ""
    for path, text in steps:
        write(path, text)
        first, second = inside(Path(), *words), inside(Path(), *words)
        fresh = inside(Path(), *words, "--no-cache")
        assert timeless(first.out) == timeless(second.out) == timeless(fresh.out)
        assert first.status == second.status == fresh.status
        assert first.out and timeless(first.out) != before
        before = timeless(first.out)


def test_an_edit_of_a_tokenizer_is_seen(folder: Path) -> None:
    words = ["check", "train.jsonl", "--tokenizer", str(folder), "--target", "trl"]
    words += ["--format", "json"]
    shown = set()
    for said in ("", "Be so kind. "):
        (folder / "chat_template.jinja").write_text(said + CHATML, "utf-8")
        outs = {timeless(inside(Path(), *words, *m).out) for m in ((), (), ("--no-cache",))}
        assert len(outs) == 1
        shown |= outs
    assert len(shown) == 2


def test_the_report_of_several_targets_is_recalled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that two targets want with other options is one rule in the report."""
    Path("train.jsonl").write_bytes(CLEAN + WRONG + UNSAFE + TWICE + ROOMS)
    words = ["check", "train.jsonl", "--target", "openai:gpt-4.1-mini", "--target", "mistral"]
    words += ["--target", "together", *(f"-o{each}=out.{each}" for each in FORMATS)]
    made, shown = recalled(monkeypatch), []
    for more in (["--no-cache"], [], []):
        done = inside(Path(), *words, *more)
        texts = [timeless(Path(f"out.{each}").read_text("utf-8")) for each in FORMATS]
        shown.append((done.status, done.err, *texts))
    assert len(made) == 2
    for others in shown[1:]:
        for form, one, other in zip(("status", "err", *FORMATS), shown[0], others, strict=True):
            assert one == other, form


def test_what_a_deep_backend_says_is_not_kept() -> None:
    """An endpoint may answer otherwise, or not at all; what it said is kept text by text."""
    rule = next(rule for rule in builtin() if rule.code == "FT601")
    deep = replace(rule, **{"backend": Prejudiced(word="owl")})  # a field of some rules only
    assert Memory.of(Plan((rule,)), [Source("train.jsonl")]) is not None
    assert Memory.of(Plan((deep,)), [Source("train.jsonl")]) is None


def test_a_file_that_changes_during_the_run_is_not_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = recalled(monkeypatch)
    request = Request(("train.jsonl",), tokenizer=str(folder), targets=("trl",))

    def lint(during: bool) -> None:
        opened = Session.open(request)
        opened.check(opened.sources(), lambda shard: (folder / "x").touch() if during else None)

    lint(during=True)
    (folder / "x").unlink()  # which makes it what it was when the run began
    lint(during=False)
    lint(during=False)
    assert len(made) == 2


def check(folder: Path, packages: Path, more: Path) -> Outcome:
    env = {"PYTHONPATH": f"{packages}:{more}:{SOURCE}", "FTLINT_CACHE_DIR": str(folder / "cache")}
    return ftlint(folder, "check", "a.jsonl", "--format", "json", env=env)


def test_code_that_a_plugin_imports_is_a_part_of_it(tmp_path: Path) -> None:
    """As in an editable environment, where no version tells of a change."""
    helper = tmp_path / "more" / "helping"
    helper.mkdir(parents=True)
    (helper / "__init__.py").touch()
    (helper / "words.py").write_text("WORD = 'first'\n")
    packages = installed(tmp_path, f"import helping.words\n{RULE}")
    Path("a.jsonl").write_bytes(CLEAN * 250)
    said = check(tmp_path, packages, tmp_path / "more")
    results = {path.name for path in (tmp_path / "cache" / "results").glob("run-*")}
    assert said.out and len(results) == 1
    (helper / "words.py").write_text("WORD = 'other'\n")
    check(tmp_path, packages, tmp_path / "more")
    again = {path.name for path in (tmp_path / "cache" / "results").glob("run-*")}
    assert len(again) == 2


def test_a_package_that_is_installed_again_is_another_one(tmp_path: Path) -> None:
    from ftlint.storage.stamp import environment

    place = tmp_path / "site-packages"
    (place / "model-1.dist-info").mkdir(parents=True)
    sys.path.append(str(place))
    try:
        before = environment()
        assert environment() == before
        shutil.rmtree(place / "model-1.dist-info")
        (place / "model-1.dist-info").mkdir()
        os.utime(place / "model-1.dist-info", ns=(1, 1))
        assert environment() != before
    finally:
        sys.path.remove(str(place))
