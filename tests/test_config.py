"""The configuration: files in, rules chosen, and every mistake named with its place."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from configured import RULES, MinExamples, folder, made, message, put
from hypothesis import given
from hypothesis import strategies as st

from ftlint.configuration import config as module
from ftlint.configuration.config import Config, Data, discover, find
from ftlint.configuration.document import schema
from ftlint.configuration.perfile import glob_pattern, ignored_for
from ftlint.configuration.selection import Selection, choose
from ftlint.source import Source

__all__ = ["folder"]  # fixtures


# Which file.


def test_find_takes_the_nearest_folder_and_prefers_yaml(folder: Path) -> None:
    put("pyproject.toml", "[tool.ftlint]\n")
    put("a/ftlint.yml", "")
    put("a/b/pyproject.toml", "[tool.ftlint]\n")
    put("a/b/c/pyproject.toml", "[tool.other]\nx = 'ftlint'\n")
    put("a/b/c/d/.ftlint.yaml", "")
    assert find(Path("a/b/c/d")) == folder / "a/b/pyproject.toml"
    assert find(Path("a/../a")) == folder / "a/ftlint.yml"
    assert find(Path()) == folder / "pyproject.toml"
    put("a/b/ftlint.yml", "")
    assert find(Path("a/b/c")) == folder / "a/b/ftlint.yml"
    put("a/b/ftlint.yaml", "")
    assert find(Path("a/b/c")) == folder / "a/b/ftlint.yaml"


def test_find_does_not_parse_projects_that_do_not_name_ftlint(folder: Path) -> None:
    put("pyproject.toml", "[tool.ftlint]\n")
    put("a/pyproject.toml", "= broken")
    assert find(Path("a")) == folder / "pyproject.toml"
    put("a/pyproject.toml", "[tool.ftlint\n")
    shown = str(folder / "a/pyproject.toml")
    assert message(lambda: find(Path("a"))).startswith(f"{shown}:1:13: ")


def test_no_file(folder: Path) -> None:
    assert discover(Path()) == Config(root=folder)
    assert Config() == Config(
        extends="recommended", select=(), ignore=(), severity={}, rules={}, per_file_ignores={},
        packs=(), data=Data((), ()), fail_on=None, max_findings=500, root=folder,
    )  # fmt: skip


def test_a_whole_file(folder: Path) -> None:
    config = made(
        "extends: strict\ntokenizer: tok\nselect: [FT3]\nignore: no-user\nseverity: {FT1: note}\n"
        "rules: {FT009: {limit: 3}}\nper-file-ignores: {'*.jsonl': [FT3]}\npacks: [./own]\n"
        "data: {train: a.jsonl, validation: [b.jsonl]}\nfail-on: never\nmax-findings: 5\n"
    )
    assert config == Config(
        "strict", (), "tok", ("FT3",), ("no-user",), {"FT1": "note"}, {"FT009": {"limit": 3}},
        {"*.jsonl": ("FT3",)}, ("./own",), Data(("a.jsonl",), ("b.jsonl",)), "never", 5, folder,
    )  # fmt: skip
    assert jsonschema.Draft202012Validator(schema(Config)).is_valid(config.document.data)


def test_a_table_of_pyproject(folder: Path) -> None:
    put("p/pyproject.toml", '[tool.ftlint]\nselect = ["FT3"]\n[tool.ftlint.rules.x]\ny = 1\n')
    config = discover(Path("p"))
    assert config == Config(select=("FT3",), rules={"x": {"y": 1}}, root=folder / "p")
    assert config.document.path == "p/pyproject.toml"
    assert config.document.marks == {
        "": (1, 2), "/select": (2, 1), "/rules": (3, 2), "/rules/x": (3, 2), "/rules/x/y": (4, 1)
    }  # fmt: skip


def test_an_explicit_file(folder: Path) -> None:
    put("ftlint.yaml", "extends: minimal")
    put("a/own.toml", 'extends = "strict"\n')
    assert discover(Path(), "a/own.toml") == Config("strict", root=folder / "a")
    told = "no.yaml: cannot be read: No such file or directory"
    assert message(lambda: discover(Path(), "no.yaml")) == told
    put("pyproject.toml", "[tool.other]\n")
    told = "pyproject.toml:1:2: there is no table [tool.ftlint]"
    assert message(lambda: discover(Path(), "pyproject.toml")) == told


def test_a_file_outside_the_working_folder_is_shown_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("ftlint.yaml", "x: 1")
    put("a/b", "")
    monkeypatch.chdir(folder / "a")
    assert message(lambda: discover(Path())).startswith(f"{folder / 'ftlint.yaml'}:1:1: ")


KNOWN = (
    "(known: baseline, benchmarks, cache, data, extends, fail-on, grader, ignore, languages, "
    "lexicons, max-findings, packs, per-file-ignores, rules, select, severity, shape, spacy, "
    "suppressions, target, tokenizer, toxicity)"
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- a", "1:1: the file must be a mapping, not a list"),
        ("a: [", None),
        ("selct: [x]", f"1:1: unknown key 'selct'; did you mean 'select'? {KNOWN}"),
        ("x: 1\nfail_on: y", f"1:1: unknown key 'x' {KNOWN}"),
        ("fail_on: x", f"1:1: unknown key 'fail_on'; did you mean 'fail-on'? {KNOWN}"),
        ("root: x", f"1:1: unknown key 'root' {KNOWN}"),
        ("document: x", f"1:1: unknown key 'document' {KNOWN}"),
        (
            "extends: relaxed",
            "1:1: 'extends' must be minimal, recommended or strict, not 'relaxed'",
        ),
        ("languages: [en, german]", "1:17: unknown language 'german'; did you mean 'de'?"),
        ("languages:\n  - xx", "2:5: unknown language 'xx' (ISO 639-1 codes: en, de, zh, …)"),
        ("languages: {en: 1}", "1:1: 'languages' must be a list of strings, not a mapping"),
        ("select: 4", "1:1: 'select' must be a list of strings, not a number"),
        ("select:\n  - 4", "2:5: an item of 'select' must be a string, not a number"),
        ("severity:\n  FT1: fatal", "2:3: 'FT1' must be error, warning or note, not 'fatal'"),
        ("rules: [x]", "1:1: 'rules' must be a mapping, not a list"),
        ("rules:\n  x: 1", "2:3: 'x' must be a mapping, not a number"),
        ("per-file-ignores: {a: 1}", "1:20: 'a' must be a list of strings, not a number"),
        (
            "data: {test: x}",
            "1:8: unknown key 'test' (known: train, validation)",
        ),
        (
            "fail-on: errors",
            "1:1: 'fail-on' must be error, warning, note or never, not 'errors'; "
            "did you mean 'error'?",
        ),
        ("fail-on: no", "1:1: 'fail-on' must be error, warning, note or never, not a boolean"),
        ("max-findings: -1", "1:1: 'max-findings' must be 0 or more, not -1"),
        ("max-findings: many", "1:1: 'max-findings' must be a whole number, not a string"),
    ],
)
def test_wrong_files(text: str, told: str | None) -> None:
    if told is None:  # the wording is the parser's
        assert message(lambda: made(text)).startswith("ftlint.yaml:1:5: ")
    else:
        assert message(lambda: made(text)) == f"ftlint.yaml:{told}"


def test_errors_in_toml_have_their_place_too() -> None:
    put("pyproject.toml", '[tool.x]\ny = 1\n[tool.ftlint]\n\n"fail-on" = "x"\n')
    told = "pyproject.toml:5:1: 'fail-on' must be error, warning, note or never, not 'x'"
    assert message(lambda: discover(Path())) == told


# Options of rules.


def chosen(text: str) -> Selection:
    return choose(made(text), RULES)


def test_options() -> None:
    for word in ("min-examples", "FT009"):
        rules = chosen(f"rules:\n  {word}: {{limit: 20, share-of: 1, words: one}}").rules
        assert rules[0] == MinExamples(20, 1.0, ("one",))
    assert chosen("rules: {FT009: {}}").rules[0] == MinExamples()
    built = Config(rules={"FT009": {"limit": 20}})
    assert choose(built, RULES).rules[0] == MinExamples(20)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("min-exampels: {}", "2:3: unknown rule 'min-exampels'; did you mean 'min-examples'?"),
        ("FT0: {}", "2:3: unknown rule 'FT0' (a code or a rule name)"),
        ("zzz: {}", "2:3: unknown rule 'zzz' (a code or a rule name)"),
        ("min-examples: {limt: 20}", "2:18: unknown option 'limt' for rule 'min-examples'; "
         "did you mean 'limit'?"),
        ("FT009: {share_of: 1}", "2:11: unknown option 'share_of' for rule 'min-examples'; "
         "did you mean 'share-of'?"),
        ("FT009: {code: x}", "2:11: unknown option 'code' for rule 'min-examples' "
         "(options: limit, share-of, words)"),
        ("FT009: {hidden: 2}", "2:11: unknown option 'hidden' for rule 'min-examples' "
         "(options: limit, share-of, words)"),
        ("no-user: {x: 1}", "2:13: unknown option 'x' for rule 'no-user' (it has none)"),
        ("FT009: {limit: many}", "2:11: 'limit' must be a whole number, not a string"),
        ("FT009: {words: [a, 1]}", "2:22: an item of 'words' must be a string, not a number"),
        ("FT009: {limit: -1}", "2:3: rule 'min-examples': limit is negative"),
        ("FT009: {}\n  min-examples: {}", "3:3: 'min-examples' is 'FT009', which has options "
         "already"),
    ],
)  # fmt: skip
def test_wrong_options(text: str, told: str) -> None:
    assert message(lambda: chosen(f"rules:\n  {text}")) == f"ftlint.yaml:{told}"


# Files on which rules are ignored.


@pytest.mark.parametrize(
    ("glob", "path", "matches"),
    [
        ("a.jsonl", "a.jsonl", True),
        ("a.jsonl", "x/y/a.jsonl", True),
        ("x/a.jsonl", "x/a.jsonl", True),
        ("x/a.jsonl", "y/x/a.jsonl", False),
        ("*.jsonl", "x/a.jsonl", True),
        ("x/*.jsonl", "x/a.jsonl", True),
        ("x/*.jsonl", "x/y/a.jsonl", False),
        ("x/**/a.jsonl", "x/a.jsonl", True),
        ("x/**/a.jsonl", "x/y/z/a.jsonl", True),
        ("**/y/*", "x/y/a.jsonl", True),
        ("**/y/*", "y/a.jsonl", True),
        ("x/**", "x/y/a.jsonl", True),
        ("x**/a.jsonl", "xy/z/a.jsonl", True),
        ("?.jsonl", "a.jsonl", True),
        ("x?a.jsonl", "x/a.jsonl", False),
        ("a.jsonl", "aXjsonl", False),
        ("a[1].jsonl", "a[1].jsonl", True),
        ("../a.jsonl", "../a.jsonl", True),
    ],
)
def test_globs(folder: Path, glob: str, path: str, matches: bool) -> None:
    config = Config(per_file_ignores={glob: ("FT1",)}, root=folder)
    for written in (path, str(folder / path)):
        ignored = ignored_for(config, [Source(written)], RULES)
        assert ignored == (frozenset({"FT101", "FT104", "FT112", "FT119"} if matches else ()),)


@given(st.text(st.characters(codec="ascii", exclude_characters="*?/\0"), min_size=1))
def test_a_glob_without_signs_matches_itself_alone(name: str) -> None:
    pattern = glob_pattern(name)
    assert pattern.fullmatch(name)
    assert not pattern.fullmatch(name + "x")
    assert glob_pattern("*").fullmatch(name)
    assert not glob_pattern("*").fullmatch(f"x/{name}")


def test_ignored_for_is_by_source_and_from_the_root(folder: Path) -> None:
    config = Config(
        per_file_ignores={"a.jsonl": ("FT3", "FTX"), "*": ("min-examples",)}, root=folder / "sub"
    )
    sources = [Source("sub/a.jsonl"), Source("-"), Source("b.jsonl")]
    assert ignored_for(config, sources, RULES) == (
        frozenset({"FT301", "FT302", "FTX001", "FT009"}),
        frozenset({"FT009"}),
        frozenset({"FT009"}),
    )
    assert ignored_for(Config(), sources, RULES) == (frozenset(),) * 3
    # Rules that are not run at all are nothing to complain about.
    assert ignored_for(config, sources[:1], RULES[:1]) == (frozenset(),)


# The published schema.


def test_the_schema_is_fresh() -> None:
    path = Path(module.__file__).parents[1] / "schemas" / "config.json"
    assert path.read_text() == module.schema_text(), (
        "run: python -m ftlint.configuration.config > (this file)"
    )


def test_the_module_prints_its_schema() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "ftlint.configuration.config"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == module.schema_text()


def documented(cls: dict[str, Any]) -> Iterator[str]:
    for key, member in cls["properties"].items():
        yield key if re.fullmatch(r"[A-Z].*\.", member.get("description", "")) else f"no {key}"
        if "properties" in member:
            yield from documented(member)


def test_every_key_is_documented() -> None:
    jsonschema.Draft202012Validator.check_schema(schema(Config))
    assert [key for key in documented(schema(Config)) if key.startswith("no ")] == []
