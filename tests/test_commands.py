"""`ftlint rule`, `init` and `test`: what they print and what they write."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from command import CLEAN, HUMAN, PACK, TWICE, inside

import ftlint
from ftlint.configuration.catalogue import builtin

# rule


def test_all_rules_are_listed(tmp_path: Path) -> None:
    done = inside(tmp_path, "rule")
    assert (done.status, done.err) == (0, "")
    lines = [line.split() for line in done.out.splitlines() if line.startswith("  ")]
    assert [words[:3] for words in lines] == [
        [rule.code, str(rule.severity), rule.name] for rule in builtin()
    ]
    assert "FT1 Schema" in done.out


def test_the_rules_of_a_family_are_listed(tmp_path: Path) -> None:
    done = inside(tmp_path, "rule", "ft0")
    codes = [line.split()[0] for line in done.out.splitlines() if line.startswith("  ")]
    assert codes == [rule.code for rule in builtin() if rule.code.startswith("FT0")]


@pytest.mark.parametrize("word", ["FT107", "ft107", "role-invalid"])
def test_one_rule_is_explained(tmp_path: Path, word: str) -> None:
    done = inside(tmp_path, "rule", word)
    assert done.status == 0
    assert done.out.startswith("# role-invalid (FT107)\n")
    for part in ("**Why.**", "**Ignore when.**", "**Source.**", "## Bad", "## Good"):
        assert part in done.out


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("role-invald", "no rule is called 'role-invald'; did you mean 'role-invalid'?"),
        ("FT999", "no rule is called 'FT999'; ftlint rule lists them all"),
        ("xyzzy", "no rule is called 'xyzzy'; ftlint rule lists them all"),
    ],
)
def test_unknown_rules(tmp_path: Path, word: str, said: str) -> None:
    done = inside(tmp_path, "rule", word)
    assert (done.status, done.out, done.err) == (2, "", f"ftlint: {said}\n")


def test_rules_for_tools(tmp_path: Path) -> None:
    every = json.loads(inside(tmp_path, "rule", "--format", "json").out)
    assert [(each["code"], each["name"]) for each in every] == [
        (rule.code, rule.name) for rule in builtin()
    ]
    (one,) = json.loads(inside(tmp_path, "rule", "min-examples", "--format", "json").out)
    assert one in every
    assert one["options"] and one["severity"] == "error" and one["summary"].endswith(".")


def test_rules_as_markdown(tmp_path: Path) -> None:
    listing = inside(tmp_path, "rule", "--format", "markdown").out
    assert "| FT107 | [role-invalid](role-invalid.md) | error |" in listing


# init


def test_a_configuration_is_written(tmp_path: Path) -> None:
    for name in ("train.jsonl", "sub/more.jsonl.gz", "val-set.jsonl", "eval.ndjson", ".x.jsonl"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    done = inside(tmp_path, "init")
    assert (done.status, done.err) == (0, "")
    assert "wrote ftlint.yaml (2 training, 2 validation files)" in done.out
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".yaml"] == ["ftlint.yaml"]
    settings = yaml.safe_load((tmp_path / "ftlint.yaml").read_text("utf-8"))
    assert settings["data"] == {
        "train": ["sub/more.jsonl.gz", "train.jsonl"],
        "validation": ["eval.ndjson", "val-set.jsonl"],
    }
    known = json.loads((Path(ftlint.__file__).parent / "schemas/config.json").read_text("utf-8"))
    assert set(settings) <= set(known["properties"])


@pytest.mark.parametrize(("name", "status"), [("train.jsonl", 1), ('a "b" ü: #.jsonl', 1)])
def test_the_configuration_works(tmp_path: Path, name: str, status: int) -> None:
    (tmp_path / name).write_bytes(CLEAN + HUMAN)
    (tmp_path / "test.jsonl").write_bytes(CLEAN + TWICE)
    assert "next: ftlint check" in inside(tmp_path, "init").out
    done = inside(tmp_path, "check", "--format", "json")
    assert done.status == status
    assert [(s["path"], s["split"]) for s in done.report["sources"]] == [
        (name, "train"),
        ("test.jsonl", "validation"),
    ]
    codes = [code for _, _, code in done.places if code != "FT413"]  # both files are alike
    assert codes == ["FT107", "FT010"]


def test_the_examples_in_the_comments_work(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_bytes(CLEAN + HUMAN)
    inside(tmp_path, "init")
    path = tmp_path / "ftlint.yaml"
    text = path.read_text("utf-8")
    used, count = re.subn(r": \{\}\n#(  .*)", r":\n\1", text)
    assert count == 3
    path.write_text(used, "utf-8")
    done = inside(tmp_path, "check", "--format", "json")
    assert [code for _, _, code in done.places] == ["FT016", "FT107"]  # min-examples: {limit: 50}


def test_an_empty_folder_gets_a_configuration_to_fill_in(tmp_path: Path) -> None:
    done = inside(tmp_path, "init")
    assert "next: name your files under data: in ftlint.yaml" in done.out
    assert "nothing to check" in inside(tmp_path, "check").err


@pytest.mark.parametrize(
    ("there", "arguments", "said"),
    [
        ("ftlint.yaml", [], "ftlint.yaml is there already; --force overwrites it"),
        ("ftlint.yml", [], "ftlint.yml is there already; rename it to ftlint.yaml"),
        ("ftlint.yml", ["--force"], "ftlint.yml is there already; rename it to ftlint.yaml"),
    ],
)
def test_nothing_is_overwritten(
    tmp_path: Path, there: str, arguments: list[str], said: str
) -> None:
    (tmp_path / there).write_text("# mine\n")
    done = inside(tmp_path, "init", *arguments)
    assert (done.status, done.out, done.err) == (2, "", f"ftlint: {said}\n")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(there, "# mine\n")]


@pytest.mark.parametrize("arguments", [(), ("--force",)])
def test_a_table_of_the_project_is_not_hidden(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.ftlint]\nfail-on = "note"\n')
    done = inside(tmp_path, "init", *arguments)
    assert done.err == "ftlint: pyproject.toml is there already; ftlint.yaml would hide its table\n"
    assert [path.name for path in tmp_path.iterdir()] == ["pyproject.toml"]
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "ours"\n')
    assert inside(tmp_path, "init", *arguments).status == 0


@pytest.mark.parametrize("there", ["ftlint.yaml", "ftlint.yml"])
def test_hooks_come_beside_a_configuration(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("# mine\n")
    done = inside(tmp_path, "init", "--pre-commit")
    assert (done.status, done.out) == (
        0,
        f"{there} is there already and stays as it is\n"
        "wrote .pre-commit-config.yaml; next: pre-commit install\n",
    )
    assert (tmp_path / there).read_text() == "# mine\n"
    hooks = yaml.safe_load((tmp_path / ".pre-commit-config.yaml").read_text("utf-8"))
    assert [hook["id"] for hook in hooks["repos"][0]["hooks"]] == ["ftlint", "ftlint-dataset"]


def test_force_overwrites_the_configuration_alone(tmp_path: Path) -> None:
    (tmp_path / "ftlint.yaml").write_text("# mine\n")
    (tmp_path / ".pre-commit-config.yaml").write_text("# ours\n")
    done = inside(tmp_path, "init", "--force", "--pre-commit")
    assert done.status == 0
    assert "extends: recommended" in (tmp_path / "ftlint.yaml").read_text("utf-8")
    assert (tmp_path / ".pre-commit-config.yaml").read_text() == "# ours\n"
    snippet = done.out[done.out.index("repos:") : done.out.index("next: ")]
    assert [hook["id"] for hook in yaml.safe_load(snippet)["repos"][0]["hooks"]] == [
        "ftlint",
        "ftlint-dataset",
    ]


# test


def pack(folder: Path, text: str, name: str = "ours") -> Path:
    (folder / name).mkdir(exist_ok=True)
    (folder / name / "rule.yaml").write_text(text, "utf-8")
    return folder


def test_a_pack_that_holds(tmp_path: Path) -> None:
    pack(tmp_path, PACK.replace("PLACE", "/messages/1/content"))
    done = inside(tmp_path, "test", "ours")
    assert (done.status, done.out) == (0, "1 rule, 2 cases: all as expected\n")
    (tmp_path / "ftlint.yaml").write_text("packs: [ours]\n")
    assert inside(tmp_path, "test") == done


def test_a_bad_case_at_another_place(tmp_path: Path) -> None:
    pack(tmp_path, PACK.replace("PLACE", "/messages/0/content"))
    done = inside(tmp_path, "test", "ours")
    first, last = done.out.splitlines()
    assert first.startswith("ACME001 internal-name: bad case 1: expected findings at ")
    assert "/messages/0/content" in first and "/messages/1/content" in first
    assert (done.status, last) == (1, "1 rule, 2 cases: 1 failed")


def test_a_good_case_that_is_not(tmp_path: Path) -> None:
    bad = PACK.replace("PLACE", "/messages/1/content").replace("Hello!", "Bluefin!")
    done = inside(pack(tmp_path, bad), "test", "ours")
    assert done.status == 1
    assert done.out.startswith("ACME001 internal-name: good case 1: must be clean, but has ACME001")


def test_a_good_case_that_another_rule_dislikes(tmp_path: Path) -> None:
    bad = PACK.replace("PLACE", "/messages/1/content").replace("role: user, content: Hi", "role: u")
    done = inside(pack(tmp_path, bad), "test", "ours")
    assert done.status == 1 and "FT107 role-invalid" in done.out


@pytest.mark.parametrize(
    ("packs", "said"),
    [
        ([], "no pack to test: name a folder, or set packs: in ftlint.yaml"),
        (["nowhere"], "nowhere: no such folder"),
        (["empty"], "empty: no rule in this folder"),
        (["ours", "theirs"], "theirs/rule.yaml: code 'ACME001' is taken by ours/rule.yaml"),
    ],
)
def test_no_pack_to_test(tmp_path: Path, packs: list[str], said: str) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("ours", "theirs"):
        pack(tmp_path, PACK.replace("PLACE", "/messages/1/content"), name)
    done = inside(tmp_path, "test", *packs)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"ftlint: {said}")
