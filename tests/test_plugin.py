"""Plugins: a real one is installed, found and removed; broken ones get a clear message."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from command import CLEAN, RULE, SOURCE, Outcome, environment, ftlint, installed, loaded, pip
from plugin.ftlint_acme import RULES, AnswerShouted

from ftlint.case import assistant, chat, user
from ftlint.configuration.catalogue import builtin
from ftlint.example import Batch, Lines
from ftlint.rule import Case, good
from ftlint.testing import check_case, check_laws, content

PLUGIN = Path(__file__).parent / "plugin"
SHOUT = orjson.dumps(chat(user(), assistant("CALL US TODAY!"))) + b"\n"


# What the author of a plugin would test; `ftlint.testing` does the work


@pytest.mark.parametrize("case", [*AnswerShouted.good, *AnswerShouted.bad])
def test_the_cases_of_the_plugin(case: Case) -> None:
    assert check_case(AnswerShouted(), case, builtin()) == []


@pytest.mark.parametrize("rule", RULES)
def test_the_laws_of_the_plugin(rule: type[AnswerShouted]) -> None:
    lines = content(rule.bad[0]).splitlines()
    batches = [Batch(Lines(0, number, [line])) for number, line in enumerate(lines)]
    assert check_laws(rule(), batches) == []


def test_a_case_that_does_not_hold_is_told() -> None:
    wrong = good(chat(user(), assistant("CALL US TODAY!")))
    (said,) = check_case(AnswerShouted(), wrong, [])
    assert said.startswith("must be clean, but has ACM001 answer-shouted at '/messages/1/content'")


# What its users see


def listed(python: Path, folder: Path) -> bool:
    return "ACM001  warning  answer-shouted" in ftlint(folder, "rule", python=python).out


def test_a_plugin_comes_and_goes(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(CLEAN + SHOUT)
    python = environment(tmp_path / "venv", SOURCE)
    assert not listed(python, tmp_path)
    pip(python, "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", PLUGIN)
    assert listed(python, tmp_path)

    done = ftlint(tmp_path, "check", "a.jsonl", "--format", "json", python=python)
    assert done.places == [("a.jsonl", 11, "ACM001")]
    page = ftlint(tmp_path, "rule", "answer-shouted", python=python).out
    assert page.startswith("# answer-shouted (ACM001)") and "ACME's guide to tone" in page
    strict = ["--select", "ACM", "--severity", "ACM001=error"]
    assert ftlint(tmp_path, "check", "a.jsonl", *strict, python=python).status == 1

    reached = loaded(tmp_path, "check", "a.jsonl", python=python)
    assert "ftlint_acme" in reached
    for selection in (["--select", "FT1"], ["--select", "role-invalid"], ["--ignore", "ACM"]):
        assert "ftlint_acme" not in loaded(tmp_path, "check", "a.jsonl", *selection, python=python)

    # What the configuration says of a plugin's rule must stay valid when others are selected.
    (tmp_path / "ftlint.yaml").write_text("rules: {answer-shouted: {longest: 10}}\n")
    assert ftlint(tmp_path, "check", "a.jsonl", "--select", "FT1", python=python).status == 0
    assert ftlint(tmp_path, "check", "a.jsonl", "--format", "json", python=python).places
    (tmp_path / "ftlint.yaml").write_text("rules: {answer-shouted: {longest: 11}}\n")
    assert not ftlint(tmp_path, "check", "a.jsonl", "--format", "json", python=python).places
    (tmp_path / "ftlint.yaml").unlink()

    pip(python, "uninstall", "--quiet", "--yes", "ftlint-acme")
    assert not listed(python, tmp_path)
    gone = ftlint(tmp_path, "check", "a.jsonl", "--select", "ACM", python=python)
    assert gone.status == 2 and "unknown selector 'ACM'" in gone.err


def check(folder: Path, packages: Path, *arguments: str) -> Outcome:
    env = {"PYTHONPATH": f"{packages}:{SOURCE}"}
    return ftlint(folder, "check", "a.jsonl", *arguments, env=env)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise RuntimeError('boom')", "cannot be loaded: RuntimeError: boom; mend or uninstall"),
        ("raise SystemExit(0)", "cannot be loaded: SystemExit: 0; mend"),
        ("import nowhere_to_be_found", "cannot be loaded: ModuleNotFoundError: No module named"),
        ("def", "cannot be loaded: SyntaxError: "),
        ("Mad = 1", "cannot be loaded: AttributeError: module 'made' has no attribute 'Made'"),
        ("Made = 7", ": 7 is not a rule class"),
        ("Made = []", ": its list of rules is empty"),
        (RULE.replace("ACM001", "XYZ001"), ": Made has the code 'XYZ001', which does not begin"),
        (RULE.replace("ACM001", "FT001"), ": Made has the code 'FT001', which does not begin"),
        (RULE.replace("ACM001", "ACM1"), ": Made has the code 'ACM1', which is not"),
        (RULE.replace("code, name", "code, nome"), ": Made has no name (a rule has code, name,"),
        (RULE.replace("Severity.WARNING", "'warning'"), ": Made has the severity 'warning'"),
        (RULE.replace("    def", "    needed: int\n    def"), "cannot be loaded: TypeError: "),
    ],
)
def test_broken_plugins(tmp_path: Path, text: str, said: str) -> None:
    packages = installed(tmp_path, text)
    done = check(tmp_path, packages)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("ftlint: plugin ACM (made:Made)") and said in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["--ignore", "ACM"], ["--select", "FT1"]])
def test_a_broken_plugin_can_be_left_out(tmp_path: Path, arguments: list[str]) -> None:
    packages = installed(tmp_path, "raise RuntimeError('boom')")
    done = check(tmp_path, packages, *arguments)
    assert (done.status, done.err) == (1, "") and "FT107" in done.out


def test_a_plugin_may_not_take_a_name(tmp_path: Path) -> None:
    packages = installed(tmp_path, RULE.replace('"made"', '"role-invalid"'))
    done = check(tmp_path, packages)
    assert done.status == 2 and "name 'role-invalid' is taken by FT107" in done.err


RAISES = RULE.replace("yield from ()", "raise LookupError('no \\x1b[1m index')")


@pytest.mark.parametrize("format_", ["full", "concise", "json", "jsonl"])
def test_a_rule_that_raises_is_told_beside_the_findings(tmp_path: Path, format_: str) -> None:
    packages = installed(tmp_path, RAISES)
    done = check(tmp_path, packages, "--format", format_, "--fail-on", "never")
    told = done.err if format_ in ("json", "jsonl") else done.out
    assert "failed at a.jsonl:1: LookupError: no " in told and "ACM001" in told
    assert done.status == 2
    assert "FT107" in done.out and "\x1b" not in done.out + done.err


def test_a_rule_that_raises_is_told_even_if_quiet(tmp_path: Path) -> None:
    packages = installed(tmp_path, RAISES)
    done = check(tmp_path, packages, "--quiet", "--jobs", "2")
    assert done.status == 2 and "failed at a.jsonl:1: LookupError" in done.out


def test_a_worker_that_dies_is_told(tmp_path: Path) -> None:
    packages = installed(tmp_path, RULE.replace("yield from ()", "__import__('os').abort()"))
    done = check(tmp_path, packages, "--jobs", "2")
    assert (done.status, done.out) == (2, "")
    assert "a worker process was killed" in done.err and "--jobs 1" in done.err
