"""Targets and models: every figure has a source and a date, and no figure stands in code."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from targeting import METHODS, folder, message, own

from ftlint.configuration.catalogue import builtin
from ftlint.configuration.config import Config, discover
from ftlint.configuration.selection import choose
from ftlint.error import ConfigError, UsageError
from ftlint.report import NotRun, Report
from ftlint.rule import NO_LIMIT, NO_MODEL, Rule
from ftlint.rules.model import ModelClosing, ModelRetired
from ftlint.session import Request, Session
from ftlint.targets.model import Amount, Day, Range, Whole, day
from ftlint.targets.target import encodings, figures, names, read
from ftlint.testing import FILLER

__all__ = ["folder", "own"]  # fixtures


FIGURES = [
    pytest.param(name, place, figure, id=f"{name}.{place}")
    for name in names()
    for place, figure in figures(read(name))
]


# The data.


@pytest.mark.parametrize("name", names())
def test_a_target_is_dated(name: str) -> None:
    target = read(name)
    assert target.name == name and target.model is None
    assert target.title and target.source
    assert all(day(each.as_of) <= day(target.as_of) for each in target.sources.values())
    used = {figure.source for _, figure in figures(target)}
    assert used == set(target.sources), "a source that nothing names, or the reverse"


@pytest.mark.parametrize(("name", "place", "figure"), FIGURES)
def test_a_figure_has_a_source_and_a_date(name: str, place: str, figure: Any) -> None:
    assert read(name).sources[figure.source].title
    assert day(figure.as_of) <= day(read(name).as_of)
    if isinstance(figure, Whole | Amount):
        assert figure.value > 0
    if isinstance(figure, Amount):
        assert bool(figure.currency) == place.endswith("price")
        assert not figure.currency or re.fullmatch("[A-Z]{3}", figure.currency)
    if isinstance(figure, Day):
        assert day("2023-01-01") < day(figure.value) < day("2035-01-01")
    if isinstance(figure, Range):
        assert figure.low is None or figure.above is None
        assert figure.words or (figure.low, figure.above, figure.high) != (None,) * 3


@pytest.mark.parametrize("name", names())
def test_models_are_plausible(name: str) -> None:
    for key, model in read(name).models.items():
        assert model.name == key
        assert model.methods and set(model.methods.value) <= METHODS
        assert model.encoding is None or model.encoding.value in encodings()
        assert all(key.startswith(f"{alias}-") for alias in model.aliases)
        if model.training_ends and model.shutdown:
            assert model.training_ends.value < model.shutdown.value


def test_encodings_are_those_of_tiktoken() -> None:
    tiktoken = pytest.importorskip("tiktoken.model")
    for name in ("openai", "azure-openai"):
        for model in read(name).models.values():
            if model.encoding:
                known = tiktoken.encoding_name_for_model(model.name.replace("gpt-35", "gpt-3.5"))
                assert model.encoding.value == known


def test_the_seed_of_the_project() -> None:
    models = read("openai").models
    snapshots = ("gpt-3.5-turbo-0613", "gpt-3.5-turbo-1106", "gpt-3.5-turbo-0125")
    contexts = [getattr(models[name].training_context, "value", 0) for name in snapshots]
    assert contexts == [4096, 16385, 16385]
    assert read("openai:gpt-3.5-turbo").model == models["gpt-3.5-turbo-0125"]


@pytest.mark.parametrize(
    ("name", "end", "reason"),
    [
        ("openai:gpt-3.5-turbo-0613", "2024-09-13", "shutdown of the base model"),
        ("openai:gpt-3.5-turbo-1106", "2026-09-28", "shutdown of the base model"),
        ("openai:gpt-3.5-turbo-0125", "2026-10-23", "shutdown of the base model"),
        ("openai:gpt-4.1-nano", "2026-10-23", "shutdown of the base model"),
        ("openai:o4-mini", "2026-10-23", "shutdown of the base model"),
        ("openai:gpt-4", "2026-10-23", "shutdown of the base model"),
        ("openai:babbage-002", "2024-10-28", "end of training on this model"),
        ("openai:davinci-002", "2024-10-28", "end of training on this model"),
        ("openai:gpt-4.1-mini", "2027-01-06", "end of fine-tuning at OpenAI"),
        ("openai:gpt-4o", "2027-01-06", "end of fine-tuning at OpenAI"),
    ],
)
def test_until_when_a_model_can_be_trained(name: str, end: str, reason: str) -> None:
    options = read(name).rules["model-retired"]
    assert (options["date"], options["reason"]) == (end, reason)
    closing = read(name).rules["model-closing"]
    assert closing.get("shutdown", "9") > end


# What the user names.


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("opnai", r"unknown target 'opnai'; did you mean 'openai'\? \(axolotl, .*\)"),
        ("opnai:gpt-4", r"unknown target 'opnai'; did you mean 'openai'\? .*"),
        ("x", r"unknown target 'x' \(axolotl, .*\)"),
        (
            "openai:gpt-4.1-mni",
            r"unknown model 'gpt-4.1-mni' of openai; did you mean 'gpt-4.1-mini'\? "
            r"\(gpt-3.5-turbo-0613, .*davinci-002\); --encoding NAME counts tokens for a model "
            "that is not listed",
        ),
        ("openai:", r"unknown model '' of openai \(.*"),
        ("trl:x", "no models of target 'trl' are listed; name it alone"),
    ],
)
def test_unknown_names(folder: Path, name: str, told: str) -> None:
    said = message(lambda: read(name), UsageError)
    assert re.fullmatch(told, said)
    rules = builtin()
    asked = message(lambda: choose(Config(), rules, target=name), UsageError)
    assert asked == f"--target: {said}"
    (folder / "ftlint.yaml").write_text(f"select: []\ntarget: '{name}'\n")
    config = discover(Path())
    assert message(lambda: choose(config, rules), ConfigError) == f"ftlint.yaml:2:1: {said}"


def test_a_model_that_was_trained_is_its_base() -> None:
    model = read("openai:ft:gpt-4o-mini-2024-07-18:acme::a1b2").model
    assert model and model.name == "gpt-4o-mini-2024-07-18"


def test_an_encoding_stands_for_an_unknown_model() -> None:
    target = read("openai:brand-new", "o200k_base")
    assert target.model and target.model.name == "brand-new"
    usual_image = target.limits.image
    assert usual_image and target.rules["token-overrun"] == {
        "encoding": "o200k_base",
        "model": "brand-new",
        "image": usual_image.value,
    }
    rules = builtin()
    told = "--encoding: unknown encoding 'o20k_base'; did you mean 'o200k_base'? "
    said = message(lambda: choose(Config(), rules, encoding="o20k_base"), UsageError)
    assert said == told + "(cl100k_base, o200k_base)"


def test_precedence() -> None:
    from dataclasses import make_dataclass

    kind = make_dataclass(
        "Made",
        [
            ("limit", int | None, None),
            ("encoding", str, ""),
            ("model", str, ""),
            ("image", int, 0),
            ("low_image", int | None, None),
        ],
        bases=(Rule,),
        namespace={"code": "FT299", "name": "token-overrun", "severity": builtin()[0].severity},
        frozen=True,
    )
    rules = [kind()]

    def made(config: Config, **line: Any) -> tuple[Any, ...]:
        found = choose(config, rules, **line).rules[0]
        return (found.limit, found.encoding, found.model)  # type: ignore[attr-defined]

    dated = "gpt-4.1-mini-2025-04-14"
    assert made(Config(), target="openai:gpt-4.1-mini") == (65536, "o200k_base", dated)
    file = Config(target=("openai:gpt-3.5-turbo",), rules={"token-overrun": {"limit": 9}})
    assert made(file) == (9, "cl100k_base", "gpt-3.5-turbo-0125")
    assert made(file, target="openai:gpt-4.1-mini") == (9, "o200k_base", dated)
    own = Config(rules={"token-overrun": {"limit": 9, "encoding": "o200k_base"}})
    assert made(own, encoding="cl100k_base") == (9, "cl100k_base", "")
    assert made(own, target="openai:x", encoding="cl100k_base") == (9, "cl100k_base", "x")


# Rules that cannot run.


def checked(folder: Path, **asked: Any) -> Report:
    path = folder / "train.jsonl"
    path.write_bytes(b"".join(json.dumps(record).encode() + b"\n" for record in FILLER))
    session = Session.open(Request(paths=(str(path),), **asked))
    return session.check(session.sources())


def test_without_a_model_its_rules_are_not_run(folder: Path) -> None:
    report = checked(folder, select=("model-retired", "model-closing", "min-examples"))
    assert report.not_run == [NotRun("FT208", NO_MODEL), NotRun("FT209", NO_MODEL)]
    assert [each.name for each in report.rules] == ["min-examples"]
    assert not report.findings and report.exit_status == 0
    report = checked(folder, targets=("azure-openai:gpt-4.1",), select=("FT208",))
    assert report.not_run == [
        NotRun("FT208", "no date is known on which gpt-4.1-2025-04-14 closes")
    ]


def test_without_a_limit_a_rule_is_not_run(folder: Path) -> None:
    (folder / "ftlint.yaml").write_text("rules: {min-examples: {limit: null}}\n")
    report = checked(folder, select=("min-examples",))
    assert report.not_run == [NotRun("FT016", NO_LIMIT)]


def test_rules_with_one_reason_stand_on_one_line(folder: Path) -> None:
    from ftlint.reporters import Options, load

    report = checked(folder, select=("FT2",))
    text = "".join(load("full")(report, Options()))
    assert len(re.findall(f".*FT208 FT209: {re.escape(NO_MODEL)}", text)) == 1


# Models that close.


def spoken(folder: Path, model: str, today: str, more: str = "") -> list[tuple[str, str]]:
    (folder / "ftlint.yaml").write_text(
        f"target: 'openai:{model}'\nselect: [FT2]\nrules:\n"
        f"  model-retired: {{today: '{today}'}}\n  model-closing: {{today: '{today}'{more}}}\n"
    )
    found = checked(folder, select=("FT208", "FT209")).findings
    assert all(finding.place.line is None and finding.place.path == "" for finding in found)
    return [(finding.code, finding.message) for finding in found]


def test_a_model_closes_and_is_retired(folder: Path) -> None:
    dated = "gpt-4.1-mini-2025-04-14"
    why = "end of fine-tuning at OpenAI on 2027-01-06"
    later = "; what was trained on it works until 2027-01-14"
    assert spoken(folder, "gpt-4.1-mini", "2026-10-07") == []
    assert spoken(folder, "gpt-4.1-mini", "2026-10-08") == [
        ("FT209", f"{dated} can be trained for 90 more days: {why}{later}")
    ]
    assert spoken(folder, "gpt-4.1-mini", "2027-01-05") == [
        ("FT209", f"{dated} can be trained for 1 more day: {why}{later}")
    ]
    assert spoken(folder, "gpt-4.1-mini", "2026-11-22", ", days: 30") == []
    assert spoken(folder, "gpt-4.1-mini", "2027-01-06") == [
        ("FT208", f"{dated} can no longer be trained: {why}")
    ]


def test_an_uncertain_date_says_so() -> None:
    options = {"model": "m", "date": "2027-01-14", "reason": "r", "uncertain": True}
    for kind, today in ((ModelRetired, "2027-01-14"), (ModelClosing, "2027-01-13")):
        made = kind(**options, today=today)  # type: ignore[arg-type]
        (finding,) = made.finish(None, None)  # type: ignore[arg-type]
        assert finding.message.endswith("r on 2027-01-14 (the date is uncertain)")


def test_a_wrong_day_is_named_by_its_place(folder: Path) -> None:
    told = "ftlint.yaml:4:3: rule 'model-retired': 'x' is not a date (write 2026-11-22)"
    assert message(lambda: spoken(folder, "gpt-4o", "x"), ConfigError) == told


def test_the_day_of_the_run_counts() -> None:
    for after, codes in ((-1, "FT208"), (0, "FT208"), (1, "FT209"), (90, "FT209"), (91, "")):
        end = (date.today() + timedelta(after)).isoformat()
        found = [
            finding.code
            for made in (ModelRetired(model="m", date=end), ModelClosing(model="m", date=end))
            for finding in made.finish(None, None)  # type: ignore[arg-type]
        ]
        assert " ".join(found) == codes
