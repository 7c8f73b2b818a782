"""Reporters for CI: against the official schemas, and against what the services do with them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import jsonschema
import pytest
import xmlschema
from reports import BAD, REPORTS, Apology, ContentEmpty, OneSplit, chat, lint, text

from ftlint.configuration.catalogue import builtin
from ftlint.report import Report
from ftlint.reporters import gitlab, sarif
from ftlint.reporters.github import dealt
from ftlint.reporters.markdown import MARKER, MOST

SCHEMAS = Path(__file__).parent / "schemas"
STRANGE = "a b,c:d%é\u202e.jsonl"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder, outside of any CI run."""
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(params=[*REPORTS, "strange", "every rule"])
def report(request: pytest.FixtureRequest) -> Report:
    if request.param == "strange":
        answers = [chat("\x00 sorry \ud800".replace("\ud800", "")), chat("sorry ]]> &<"), chat("")]
        return lint({STRANGE: answers}, ContentEmpty(), Apology(), OneSplit())
    if request.param == "every rule":
        return lint({"train.jsonl": BAD, "more.jsonl": BAD}, *builtin())
    made: Report = REPORTS[request.param]()
    return made


def log(report: Report) -> Any:
    return json.loads(text(report, "sarif"))


def test_sarif_keeps_the_official_schema(report: Report) -> None:
    schema = json.loads((SCHEMAS / "sarif-schema-2.1.0.json").read_text("utf-8"))
    jsonschema.validators.validator_for(schema)(schema).validate(log(report))


def test_sarif_says_what_the_report_says(report: Report) -> None:
    (run,) = log(report)["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    found = Counter((r["ruleId"], r["level"], r["message"]["text"]) for r in run["results"])
    assert found == Counter((f.code, str(f.severity), f.message) for f in report.findings)
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    levels = [{"error": 3, "warning": 2, "note": 1}[r["level"]] for r in run["results"]]
    assert levels == sorted(levels, reverse=True)
    marks = [r["partialFingerprints"]["primaryLocationLineHash"] for r in run["results"]]
    assert len(set(marks)) == len(marks)
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is not bool(report.crashed)
    said = [n["associatedRule"]["id"] for n in invocation["toolExecutionNotifications"]
            if "associatedRule" in n]  # fmt: skip
    assert said == [entry.code for entry in report.not_run]


def test_sarif_places_lead_to_the_text() -> None:
    report = lint({STRANGE: [chat("one"), chat("so sorry 😀 sorry")]}, Apology())
    (result,) = log(report)["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert unquote(place["artifactLocation"]["uri"]) == STRANGE
    region = place["region"]
    line = Path(STRANGE).read_text("utf-8").splitlines()[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == "sorry"
    absolute = Path(STRANGE).resolve()
    assert unquote(urlparse(sarif.artifact(str(absolute))["uri"]).path) == str(absolute)


def test_sarif_stays_within_the_limit_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST", 4)
    report = REPORTS["bad"]()
    (run,) = log(report)["runs"]
    assert [result["level"] for result in run["results"]] == ["error"] * 4
    left = sum(report.counts.values()) - 4
    notes = [n["message"]["text"] for n in run["invocations"][0]["toolExecutionNotifications"]]
    assert f"{left} findings are counted and not listed" in notes


def test_sarif_tools_count_the_same(report: Report) -> None:
    Path("run.sarif").write_text(text(report, "sarif"), "utf-8")
    command = [sys.executable, "-m", "sarif", "summary", "run.sarif"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    for severity in ("error", "warning", "note"):
        total = sum(str(finding.severity) == severity for finding in report.findings)
        assert re.search(rf"^{severity}: {total}$", done.stdout, re.MULTILINE), done.stdout


def test_junit_keeps_the_schema(report: Report) -> None:
    schema = xmlschema.XMLSchema(SCHEMAS / "JUnit.xsd")
    schema.validate(text(report, "junit"))


def test_junit_counts_are_those_of_its_cases(report: Report) -> None:
    from xml.etree import ElementTree

    suites = ElementTree.fromstring(text(report, "junit").encode())
    failing: set[str] = set()
    for suite in suites:
        cases = suite.findall("testcase")
        assert int(suite.get("tests", "")) == len(cases)
        for kind, attribute in (("failure", "failures"), ("error", "errors"), ("skipped",) * 2):
            many = sum(case.find(kind) is not None for case in cases)
            assert int(suite.get(attribute, "")) == many
        failing |= {str(c.get("name"))[:5] for c in cases if c.find("failure") is not None}
    errors = {finding.code for finding in report.findings if str(finding.severity) == "error"}
    assert failing == errors


def test_gitlab_has_each_fingerprint_once(report: Report) -> None:
    entries = json.loads(text(report, "gitlab"))
    assert len({entry["fingerprint"] for entry in entries}) == len(entries) == len(report.findings)
    for entry, finding in zip(entries, report.findings, strict=True):
        assert set(entry) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert entry["severity"] == gitlab.LEVELS[finding.severity]
        assert entry["location"]["lines"]["begin"] >= 1
        assert not entry["location"]["path"].startswith("./")


COMMAND = re.compile(r"::(error|warning|notice)(?: ([^:]*))?::(.*)")


def shown_by_github(report: Report) -> list[tuple[str, dict[str, str], str]]:
    """Return level, properties and message as the runner reads them."""
    found = []
    for line in text(report, "github", quiet=True).splitlines():
        match = COMMAND.fullmatch(line)
        assert match, line
        level, properties, message = match.groups()
        pairs = dict(word.split("=", 1) for word in properties.split(",")) if properties else {}
        found.append((level, {key: unquote(value) for key, value in pairs.items()}, message))
    return found


def test_github_shows_ten_of_each_level_and_counts_the_rest(report: Report) -> None:
    found = shown_by_github(report)
    for severity, command in (("error", "error"), ("warning", "warning"), ("note", "notice")):
        total = sum(n for s, n in report.by_severity().items() if str(s) == severity)
        shown = [entry for entry in found if entry[0] == command and "crashed" not in str(entry)]
        named = [entry for entry in shown if entry[1]["title"] != "ftlint"]
        assert len(shown) <= 10
        more = [int(re.sub(r"\D", "", e[2])) for e in shown if e[1]["title"] == "ftlint"]
        assert len(named) + sum(more) == total


def test_github_deals_over_the_rules() -> None:
    found = REPORTS["bad"]().findings
    rules = {finding.code for finding in found}
    assert {finding.code for finding in dealt(found)[: len(rules)]} == rules
    assert sorted(dealt(found), key=lambda f: f.order) == sorted(found, key=lambda f: f.order)


def test_github_escapes_what_would_be_read_as_a_command() -> None:
    report = lint({STRANGE: [chat("pardon\tme")]}, Apology(words=("pardon\tme",)))
    ((level, properties, message),) = shown_by_github(report)
    assert (level, properties["file"], properties["line"]) == ("warning", STRANGE, "1")
    assert properties["title"] == "TT201 apology"
    assert "\n" not in message


def test_markdown_is_a_comment_that_fits(report: Report) -> None:
    shown = text(report, "markdown")
    assert shown.startswith(f"{MARKER}\n## ")
    assert len(shown) < MOST
    assert ("passed" if report.verdict.passed else "failed") in shown.splitlines()[1]
    for code, total in report.counts.items():
        assert not total or f"| {code} " in shown


def test_markdown_lists_three_of_a_rule_in_a_file() -> None:
    files = {name: [chat("sorry, number {n}")] * 5 for name in ("a.jsonl", "b.jsonl")}
    shown = text(lint(files, Apology()), "markdown")
    listed = [line for line in shown.splitlines() if line.startswith("- ")]
    assert [("a.jsonl" in line, "… and 2 more" in line) for line in listed] == [
        *[(True, False)] * 3, *[(False, False)] * 3, (True, True), (False, True)
    ]  # fmt: skip
    assert listed[-1] == "- … and 2 more TT201 apology in b.jsonl (lines 4, 5)"
    assert "in the full report" not in shown


def test_markdown_lists_notes_only_where_nothing_is_worse() -> None:
    assert "**TT501**" in text(lint({"a.jsonl": [chat("Hi")]}, OneSplit()), "markdown")
    report = lint({"a.jsonl": [chat("sorry")]}, Apology(), OneSplit())
    shown = text(report, "markdown")
    assert "**TT501**" not in shown and "… and 1 more finding in the full report" in shown


def test_markdown_links_to_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/data")
    monkeypatch.setenv("GITHUB_SHA", "c0ffee")
    shown = text(lint({"my data.jsonl": [chat("sorry")]}, Apology()), "markdown")
    assert "(https://github.com/acme/data/blob/c0ffee/my%20data.jsonl#L1)" in shown


def test_markdown_data_cannot_write_the_comment() -> None:
    word = "<img> @team [x](http://x) `a` | # *b*"
    shown = text(lint({"a.jsonl": [chat(word)]}, Apology(words=(word,))), "markdown")
    assert word not in shown
    assert not re.search(r"(?<!\\)<img|@team|(?<!\\)\[x\]", shown)


def test_a_long_report_is_cut_below_the_limit() -> None:
    report = lint({"x" * 200 + ".jsonl": [chat("")] * 40}, ContentEmpty())
    report.findings = [f for f in report.findings for _ in range(100)]
    for number, rule in enumerate(builtin()):
        report.rules = (*report.rules, rule)
        report.counts[rule.code] = number + 1
    assert MOST // 20 < len(text(report, "markdown")) < MOST
