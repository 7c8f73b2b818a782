"""Several targets in one run: the same findings as in a run for each, told once."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from oracle.records import RECORDS

import ftlint
from ftlint.cli import cli
from ftlint.configuration.config import discover
from ftlint.error import ConfigError, UsageError
from ftlint.executors import Processes
from ftlint.finding import Finding, Severity, Where
from ftlint.panel import Panel, audience, joined, united
from ftlint.report import Report
from ftlint.rules.file import MinExamples
from ftlint.rules.turn import ConsecutiveRoles, NoUser
from ftlint.session import Request, Session
from ftlint.source import Source
from ftlint.targets.provider import refusals
from ftlint.targets.target import brief, names, read
from ftlint.testing import FILLER

SETS = [
    ("openai", "databricks"),
    ("openai:gpt-4.1-mini", "azure:gpt-4.1-nano", "together"),
    ("bedrock-claude", "bedrock-nova", "vertex-gemini", "mistral-finetune", "trl"),
]
Key = tuple[Any, ...]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a file with every kind of record, and two validation examples beside it."""
    chats = [record for record in RECORDS.values() if "messages" in record]
    (tmp_path / "train.jsonl").write_text(
        "".join(json.dumps(record) + "\n" for record in [*chats, *FILLER]), encoding="utf-8"
    )
    return tmp_path


def checked(folder: Path, targets: tuple[str, ...], **asked: Any) -> Report:
    session = Session.open(Request(targets=targets, **asked))
    executor = Processes(2) if asked.get("jobs") == 2 else None
    return session.check([Source(str(folder / "train.jsonl"))], executor=executor)


def told(report: Report, name: str) -> Counter[Key]:
    """Return the findings of one target, with its severities."""
    found: Counter[Key] = Counter()
    for each in report.findings:
        if name in each.targets or not report.targets:
            severity = each.targets.get(name, each.severity)
            place = (each.place.path, each.place.line, each.place.pointer, each.span)
            found[each.code, severity, each.message, *place] += 1
    return found


@pytest.mark.parametrize("targets", SETS)
def test_each_target_is_told_what_a_run_for_it_alone_tells(
    data: Path, targets: tuple[str, ...]
) -> None:
    together = checked(data, targets, max_findings=0)
    assert together.targets == targets and not together.crashed
    for name in targets:
        alone = checked(data, (name,), max_findings=0)
        assert told(together, name) == told(alone, name)
        assert not alone.targets and alone.target == name


@pytest.mark.parametrize("targets", SETS)
def test_nothing_is_told_twice_and_all_is_counted(data: Path, targets: tuple[str, ...]) -> None:
    report = checked(data, targets, max_findings=0)
    keys = Counter((f.code, f.place, f.span, f.message) for f in report.findings)
    alone = [checked(data, (name,), max_findings=0) for name in targets]
    largest = {
        key: max(
            Counter((f.code, f.place, f.span, f.message) for f in each.findings)[key]
            for each in alone
        )
        for key in keys
    }
    assert keys == largest
    assert report.counts == Counter(f.code for f in report.findings)
    worst = Counter(max(f.targets.values()) for f in report.findings)
    assert {s: n for s, n in report.by_severity().items() if n} == dict(worst)
    few = checked(data, targets, max_findings=2)
    assert few.counts == report.counts and few.by_severity() == report.by_severity()
    assert max(Counter(f.code for f in few.findings).values()) == 2


def test_the_report_is_the_same_on_two_processes(data: Path) -> None:
    one, two = (checked(data, SETS[0], jobs=jobs) for jobs in (1, 2))
    assert one.findings == two.findings and one.counts == two.counts


def test_a_baseline_counts_by_severity(data: Path) -> None:
    from ftlint.afterwards.baseline import Baseline, compare, narrow

    report = checked(data, SETS[0], max_findings=0)
    known = Baseline.of(checked(data, SETS[0], max_findings=0, select=("FT125",)))
    before = report.counts["FT125"]
    total = sum(report.by_severity().values())
    narrow(report, compare(report, known), 0)
    assert report.counts["FT125"] == 0 and report.known == before
    assert sum(report.by_severity().values()) == total - before


# The parts.


def test_united_and_joined() -> None:
    some, other = MinExamples(limit=10), MinExamples(limit=3)
    rules, panel = united(
        ["a", "b", "c"],
        [
            ((ConsecutiveRoles(), some), {"FT125": Severity.ERROR}),
            ((ConsecutiveRoles(), other), {}),
            ((some, NoUser()), {}),
        ],
    )
    assert rules == (some, other, NoUser(), ConsecutiveRoles())
    assert panel.sets == (0b101, 0b010, 0b100, 0b011)
    assert [voice.owner for voice in panel.voices(rules)] == ["FT016", "FT016/1", "FT123", "FT125"]
    assert panel.told("FT125", 0b011) == {"a": Severity.ERROR, "b": Severity.NOTE}
    assert panel.kept([1, 3]).sets == (0b010, 0b011)
    assert Panel().voices([some])[0].targets == 1
    first, second = (Finding("X", Where(0, n), f"m{n}") for n in (1, 2))
    found = joined([([second], 1), ([first, second, second], 2)])
    assert found == {2: [first, second], 3: [second]}
    assert joined([([], 1)]) == {1: []} and joined([([first], 5)]) == {5: [first]}


@pytest.mark.parametrize(
    ("severities", "asked", "words"),
    [
        ("e", 1, "refused by a"),
        ("n", 1, ""),
        ("nn", 2, ""),
        ("n", 2, "for a"),
        ("ew", 3, "refused by a"),
        ("ww", 3, "for a, b"),
        ("eee", 3, "refused by a, b, c"),
        ("eeeee", 5, "refused by all 5 targets"),
        ("eeeee", 6, "refused by a, b, c, d, e"),
        ("", 2, ""),
    ],
)
def test_the_words(severities: str, asked: int, words: str) -> None:
    meant = {"e": Severity.ERROR, "w": Severity.WARNING, "n": Severity.NOTE}
    told = {name: meant[letter] for name, letter in zip("abcde", severities, strict=False)}
    assert audience(told, asked) == words


# What people see.

TURNS = {"messages": [{"role": "user", "content": word} for word in ("Hi", "Anybody?")]}
TURNS["messages"].append({"role": "assistant", "content": "Hello!"})


@pytest.fixture
def turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    lines = "".join(json.dumps(record) + "\n" for record in [TURNS, *FILLER[:9]])
    Path("a.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path


def output(*words: str) -> str:
    return CliRunner().invoke(cli, ["check", "a.jsonl", "--select", "FT125", *words]).output


BOTH = ("--target", "openai", "--target", "databricks")


def test_every_output_names_the_targets(turns: Path) -> None:
    said = "two user messages in a row"
    assert f"a.jsonl:1:59 FT125 {said} (refused by databricks)\n" in output(
        *BOTH, "--format", "concise"
    )
    full = output(*BOTH)
    assert f"  {said}\n  refused by databricks\n" in full and "1 error" in full
    assert f"{said} *(refused by databricks)*\n" in output(*BOTH, "--format", "markdown")
    document = json.loads(output(*BOTH, "--format", "json"))
    assert document["run"]["targets"] == ["openai", "databricks"]
    assert document["run"]["target"] == "openai, databricks"
    (finding,) = document["findings"]
    assert finding["targets"] == {"openai": "note", "databricks": "error"}
    assert finding["severity"] == "error" and finding["message"] == said
    (result,) = json.loads(output(*BOTH, "--format", "sarif"))["runs"][0]["results"]
    assert result["message"]["text"] == f"{said} (refused by databricks)"
    assert result["properties"]["targets"] == finding["targets"]
    for form in ("github", "gitlab", "junit"):
        assert "(refused by databricks)" in output(*BOTH, "--format", form)


def test_one_target_needs_no_names(turns: Path) -> None:
    document = json.loads(output("--target", "databricks", "--format", "json"))
    assert document["run"]["targets"] == ["databricks"]
    assert document["findings"][0]["targets"] == {}
    assert "refused by" not in output("--target", "databricks")


def test_without_a_target_findings_tell_what_depends_on_the_provider(turns: Path) -> None:
    refusing = "refused by databricks, together"
    assert f"two user messages in a row ({refusing})" in output("--format", "concise")
    document = json.loads(output("--format", "json"))
    assert document["findings"][0]["targets"] == {"databricks": "error", "together": "error"}
    assert document["findings"][0]["severity"] == "note"
    assert document["run"]["target"] is None and document["run"]["targets"] == []


def test_what_all_providers_refuse_names_none() -> None:
    from ftlint.configuration.catalogue import builtin

    rules = [rule for rule in builtin() if rule.code in ("FT016", "FT107", "FT122", "FT152")]
    found = refusals(rules)
    assert "FT107" not in found and "FT122" not in found
    assert set(found["FT152"]) == {n for n in names() if read(n).openai_compatible} - {"mistral"}
    assert set(found["FT016"]) == {"openai", "azure-openai"}


def test_a_brief_target_lacks_nothing_but_models() -> None:
    from dataclasses import replace

    for name in names():
        assert brief(name) == replace(read(name), models={})


def test_the_configuration_may_name_several(turns: Path) -> None:
    Path("ftlint.yaml").write_text("target: [openai, databricks]\nselect: FT125\n")
    assert "refused by databricks" in CliRunner().invoke(cli, ["check", "a.jsonl"]).output
    Path("ftlint.yaml").write_text("target:\n  - openai\n  - databrick\n")
    with pytest.raises(ConfigError, match=r"ftlint.yaml:3:5: unknown target 'databrick'; did you"):
        Session.open(Request())
    Path("ftlint.yaml").write_text("target: openai\n")
    assert discover(Path()).target == ("openai",)


def test_the_python_call_takes_several(turns: Path) -> None:
    report = ftlint.check("a.jsonl", target=["openai", "databricks"], select="FT125")
    assert report.findings[0].audience == "refused by databricks"
    assert ftlint.check("a.jsonl", target="databricks", select="FT125").target == "databricks"


def test_what_cannot_run_names_its_targets(turns: Path) -> None:
    report = ftlint.check("a.jsonl", target=["openai:gpt-4.1-mini", "together"], select="FT201")
    assert [entry.reason for entry in report.not_run] == [
        "no model is named (--target openai:gpt-4.1-mini) (for together)"
    ]
    report = ftlint.check("a.jsonl", target=["fireworks", "together"], select="FT201,FT107")
    assert [entry.reason for entry in report.not_run] == [
        "no model is named (--target openai:gpt-4.1-mini)"
    ]


def test_a_plan_is_for_one_target(turns: Path) -> None:
    Path("ftlint.yaml").write_text("target: [openai:gpt-4o, together]\n")
    run = CliRunner().invoke(cli, ["plan", "a.jsonl"])
    assert isinstance(run.exception, UsageError)
    assert str(run.exception) == "a plan is for one target, not 2 (openai:gpt-4o, together)"
