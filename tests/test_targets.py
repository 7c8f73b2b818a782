"""Targets and models: every figure has a source and a date, and no figure stands in code."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import ftlint
from ftlint.cli import cli
from ftlint.configuration.catalogue import builtin
from ftlint.configuration.config import Config, discover
from ftlint.configuration.document import load
from ftlint.configuration.packs import rules_folder
from ftlint.configuration.selection import choose
from ftlint.error import ConfigError, FtlintError, PackError, UsageError
from ftlint.report import NotRun, Report
from ftlint.rule import NO_LIMIT, NO_MODEL, Rule
from ftlint.rules.model import ModelClosing, ModelRetired
from ftlint.session import Request, Session
from ftlint.targets import target as module
from ftlint.targets.effect import check_words
from ftlint.targets.model import STALE, Amount, Day, Range, Whole, day
from ftlint.targets.proofread import wishes, words
from ftlint.targets.target import encodings, figures, names, read, usual
from ftlint.testing import FILLER
from ftlint.views.profile import render

TODAY = date(2026, 11, 22)
FIGURES = [
    pytest.param(name, place, figure, id=f"{name}.{place}")
    for name in names()
    for place, figure in figures(read(name))
]
METHODS = {"sft", "dpo", "rft", "kto", "completion", "pretrain"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, without a cache."""
    monkeypatch.setenv("FTLINT_NO_CACHE", "1")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def message(action: Callable[[], object], kind: type[FtlintError]) -> str:
    with pytest.raises(FtlintError) as caught:
        action()
    assert type(caught.value) is kind
    return str(caught.value)


def rule(rules: tuple[Rule, ...], name: str) -> Any:
    return next(rule for rule in rules if rule.name == name)


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


# No figure in code.

MEANT = {
    ("encoding.py", 65536): "characters of a text whose count is kept",
    ("instruction.py", 16384): "characters of a prefix that are compared",
    ("instruction.py", 65536): "bytes of a line that is looked at",
    ("terminal.py", 65536): "the end of the basic multilingual plane",
    ("schema.py", 4096): "names that are remembered",
    ("name.py", 4096): "names that are remembered",
    ("normalise.py", 65536): "the end of the basic multilingual plane",
    ("shingle.py", 4096): "the first code point of Myanmar",
    ("duplicate.py", 1000): "lines from which a faster decoder is worth its import",
    ("selection.py", 1000): "the rank of an exact selector",
    ("outcome.py", 1000): "thousandths, in which lengths are summed",
    ("scoring.py", 4096): "places that are read at once",
    ("embedding.py", 8192): "vectors that are kept",
    ("identity.py", 4096): "texts that are remembered",
    ("inference.py", 4096): "tokens of a batch on a processor",
    ("inference.py", 65536): "tokens of a batch on a graphics card",
    ("person.py", 16384): "words that are remembered",
    ("language.py", 8192): "texts whose language is remembered",
    ("sarif.py", 25000): "results that GitHub takes",
    ("affix.py", 1000): "different completions that are counted",
    ("affix.py", 10000): "characters of a long completion",
    ("shingle.py", 131072): "the first code point of the supplementary ideographs",
    ("homogeneity.py", 10000): "terms of a series",
    ("syntax.py", 10000): "copies that anchors of a YAML file may make",
    ("diversity.py", 16000): "bytes that are compressed at once",
    ("diversity.py", 5000): "pairs of words that are looked at",
    ("splice.py", 4096): "characters in which the habits of a line are looked for",
    ("conflict.py", 10000): "contradictions whose answers are told",
    ("stamp.py", 20000): "files of a folder that are looked at",
    ("memory.py", 4096): "characters of the longest path",
    ("snippet.py", 4096): "characters beside the window of a snippet",
    ("secret.py", 20000): "characters of the longest key block",
}
"""Numbers of the code that are also figures of a provider, by chance."""

ORDINARY = {1024}
"""Figures that a program holds for many other reasons."""

MEASURE = re.compile("price|cost|limit|context|image", re.IGNORECASE)


def modules() -> list[tuple[str, ast.Module]]:
    paths = sorted(Path(ftlint.__file__).parent.rglob("*.py"))
    return [(path.name, ast.parse(path.read_text(encoding="utf-8"))) for path in paths]


def figure_values() -> set[float]:
    """Return the figures that are large enough to be told from any other number."""
    every = [figure for name in names() for _, figure in figures(read(name))]
    known = {each.value for each in every if isinstance(each, Whole | Amount)}
    return {value for value in known if value >= 1000} - ORDINARY


def test_no_figure_of_a_provider_stands_in_code() -> None:
    figures = figure_values()
    assert {65536, 16385, 512_000_000, 25_501} <= figures
    found = {
        (name, node.value)
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and type(node.value) in (int, float)
        and node.value in figures
    }
    assert found - set(MEANT) == set(), "a limit belongs into rules/targets; is it none? MEANT"


def named(node: ast.AST) -> tuple[list[str], ast.expr | None]:
    """Return what an option or a constant is called, and its value."""
    if isinstance(node, ast.AnnAssign) and "ClassVar" not in ast.unparse(node.annotation):
        return [ast.unparse(node.target)], node.value
    if isinstance(node, ast.Assign):
        words = [ast.unparse(target) for target in node.targets]
        return [word for word in words if word.isupper()], node.value
    return [], None


def test_no_option_or_constant_called_price_or_limit_has_a_number() -> None:
    found = [
        (name, words)
        for name, tree in modules()
        for words, value in map(named, ast.walk(tree))
        if any(map(MEASURE.search, words))
        and isinstance(value, ast.Constant)
        and type(value.value) in (int, float)
        and value.value != 0
    ]
    assert found == []


def test_without_a_target_the_limits_are_those_of_openai() -> None:
    assert usual() == {name: read("openai").rules[name] for name in usual()}
    rules = tuple(builtin())
    assert rule(rules, "min-examples").limit == 10
    assert rule(rules, "file-too-large").limit == 512_000_000
    found = choose(Config(), rules, None, (), (), "openai")
    own = {
        "FT018": "method-mismatch",
        "FT185": "role-not-taken",
        "FT189": "max-examples",
        "FT208": "model-retired",
        "FT209": "model-closing",
    }
    usual_rules = {r.code: r for r in choose(Config(), rules).rules}
    differing = {r.code: r.name for r in found.rules if usual_rules.get(r.code) != r}
    assert differing == own, "what is dated, and what nobody has asked for"


# A file is wrong.

LEAST = "title: A\nas-of: 2026-11-22\nsource: b\n"
SOURCES = "sources: {S: {title: s, as-of: 2026-01-02}}\n"


def put(folder: Path, text: str) -> None:
    (folder / "targets").mkdir(exist_ok=True)
    (folder / "targets/own.yaml").write_text(LEAST + text)


@pytest.fixture
def own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "_folder", lambda: folder / "targets")
    return folder


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("limits: {min-examples: {value: 3}}", "4:10: 'source' is missing"),
        (
            "limits: {min-examples: {value: 3, source: S}}",
            "4:35: no source is called 'S'; name it, dated, under sources",
        ),
        (
            "sources: {S: {title: s}}\nlimits: {min-examples: {value: 3, source: S}}",
            "5:35: no source is called 'S'; name it, dated, under sources",
        ),
        (
            SOURCES + "limits: {min-examples: {value: 3, source: S, as-of: soon}}",
            "5:10: 'soon' is not a date (write 2026-11-22)",
        ),
        (
            SOURCES + "closes: {value: 2026, source: S}",
            "5:10: 'value' must be a string, not a number",
        ),
        (
            SOURCES + "closes: {value: 2026-02-30, source: S}",
            "5:1: '2026-02-30' is not a date (write 2026-11-22)",
        ),
        ("limits: {min-exampels: {}}", None),
        ("models: {a: {aliases: [b]}, b: {}}", "1:1: two models are called 'b'"),
        ("as-off: x", None),
    ],
)
def test_wrong_files(own: Path, text: str, told: str | None) -> None:
    put(own, text)
    said = message(lambda: read("own"), PackError)
    if told is None:
        assert "unknown key" in said and "did you mean" in said
    else:
        assert said == f"{own}/targets/own.yaml:{told}"


def test_a_provider_is_one_file(own: Path) -> None:
    put(
        own,
        SOURCES + "order: {value: [system-first], source: S}\n"
        "limits: {min-examples: {value: 3, source: S, as-of: 2026-03-04, uncertain: true}}\n"
        "models:\n"
        "  m-1: {aliases: [m], training-context: {value: 77, source: S}}\n"
        "rules: {min-examples: {limit: 4}, no-such-rule: {x: 1}}\n",
    )
    target = read("own:m")
    assert target.model and target.model.name == "m-1"
    assert target.limits.min_examples == Whole(
        value=3, source="S", as_of="2026-03-04", uncertain=True
    )
    assert target.model.training_context == Whole(value=77, source="S", as_of="2026-01-02")
    assert target.rules["min-examples"] == {"limit": 4}, "the file's own option counts"
    assert target.rules["token-overrun"] == {"limit": 77, "model": "m-1", "encoding": ""}
    rules = tuple(r for r in builtin_of(rules_folder()) if r.name == "min-examples")
    assert rule(choose(Config(), rules, None, (), (), "own:m").rules, "min-examples").limit == 4


def builtin_of(folder: Path) -> list[Rule]:
    """Return the classes with their limits unset: the usual target is not in the test's folder."""
    from ftlint.rules import BUILTIN

    return [each() for each in BUILTIN]


DEMANDS = """\
sources: {S: {title: s, as-of: 2026-01-02}}
openai-compatible: true
shapes: {sft: {value: [chat], source: S}, dpo: {value: [preference], source: S}}
roles: {value: [system, user, assistant], source: S}
order: {value: [user-first, alternating, one-system], source: S}
tools: {value: [described], source: S}
keys: {record: {value: [messages, id], source: S}, message: {value: [role, content], source: S}}
reserved: {value: ["Bot:"], source: S}
even-keys: {value: [id], source: S}
limits: {max-examples: {value: 5, source: S}, preference-outputs: {value: 2, source: S}}
records:
  chat:
    source: S
    value: {properties: {id: {description: an id is a number, type: integer}}}
models: {m: {methods: {value: [sft], source: S}}}
"""
"""What a file of a provider may demand, each in its own way."""


def test_what_a_provider_demands_is_in_its_file(folder: Path) -> None:
    path = folder / "acme.yaml"
    path.write_text(LEAST + DEMANDS)
    said = [
        ({"role": "assistant", "content": "Hi"}, {"role": "assistant", "content": "Bot: Yes?"}),
        ({"role": "function", "name": "f", "content": "x"}, {"role": "assistant", "content": "y"}),
    ]
    records = [{"messages": [*said[0]], "id": "a"}, {"messages": [*said[1]], "id": 1}]
    records += FILLER[:4]
    lines = "".join(json.dumps(record) + "\n" for record in records)
    (folder / "train.jsonl").write_text(lines)
    session = Session.open(Request(paths=("train.jsonl",), targets=("acme.yaml",)))
    report = session.check(session.sources())
    assert report.target == "acme.yaml" and not report.crashed
    errors = {f.name for f in report.findings if str(f.severity) == "error"}
    assert errors == {
        "first-not-user", "consecutive-roles", "reserved-text", "role-not-taken",
        "unknown-message-key", "uneven-keys", "max-examples", "record-refused",
    }  # fmt: skip
    by_name = {f.name: f for f in report.findings}
    assert by_name["record-refused"].message == "an id is a number"
    assert by_name["max-examples"].message.endswith("a training file may have 5")
    target = read(str(path))
    assert target.rules["method-mismatch"] == {"shapes": ["chat", "preference"], "reader": "A"}
    assert read(f"{path}:m").rules["method-mismatch"]["shapes"] == ["chat"]
    assert target.rules["preference-output-shape"] == {"limit": 2}
    assert target.severity["tool-undescribed"] == target.severity["several-systems"] == "error"


def test_a_file_of_the_user_is_beside_the_configuration(folder: Path) -> None:
    (folder / "p/q").mkdir(parents=True)
    (folder / "p/acme.yaml").write_text(LEAST + DEMANDS)
    (folder / "p/ftlint.yaml").write_text("target: ./acme.yaml:m\n")
    session = Session.open(Request(config="p/ftlint.yaml"))
    assert session.selection.targets == ("./acme.yaml:m",)
    assert render("p/acme.yaml", "text", TODAY).startswith("p/acme.yaml: A\n")
    said = message(lambda: read("acme.yaml"), UsageError)
    assert said == "target 'acme.yaml': there is no such file"
    (folder / "bad.yaml").write_text(LEAST + "limits: {min-examples: {value: 3}}")
    said = message(lambda: read("bad.yaml"), PackError)
    assert said == "bad.yaml:4:10: 'source' is missing"


def test_a_demand_that_means_nothing() -> None:
    told = "order: unknown demand 'alternate'; did you mean 'alternating'?"
    with pytest.raises(ValueError, match=re.escape(told)):
        check_words(["alternate"], [])
    with pytest.raises(ValueError, match=r"tools: unknown demand 'x' \(declared, described"):
        check_words([], ["x"])


def test_another_name_of_a_target() -> None:
    assert read("azure:gpt-4.1").name == "azure-openai"
    assert "Also called azure.\n" in render("azure", "text", TODAY)


def test_every_demand_is_a_rule_and_every_shape_is_known() -> None:
    from ftlint.formats import FORMATS
    from ftlint.targets.effect import LIMITING, ORDER, TOOLS

    rules = {each.name for each in builtin()}
    assert {*ORDER.values(), *TOOLS.values(), *LIMITING} <= rules
    for name in names():
        target = read(name)
        assert target.shapes, "nobody knows what it reads"
        assert {*target.shapes} <= METHODS
        assert {s for shapes in target.shapes.values() for s in shapes.value} <= {*FORMATS}
        assert {*target.records} <= {*FORMATS} and {*target.keys} <= {"record", "message"}
        assert {*target.rules, *target.select, *target.ignore, *target.severity} <= rules


def test_schemas_of_records_are_schemas() -> None:
    import jsonschema

    found = 0
    for name in names():
        for model in (None, *read(name).models.values()):
            for record in (model or read(name)).records.values():
                jsonschema.Draft202012Validator.check_schema(record.value)
                found += 1
    assert found > 6


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


# `ftlint targets`.


def test_the_list() -> None:
    lines = render(None, "text", TODAY).splitlines()
    assert lines[0].split() == ["target", "who", "reads", "models", "as", "of"]
    assert [line.split()[0] for line in lines[1 : len(names()) + 1]] == names()
    records = json.loads(render(None, "json", TODAY))
    assert [record["name"] for record in records] == names()
    assert render(None, "markdown", TODAY).startswith(
        "| target | who | reads | models | as of |\n|---|"
    )


def test_a_target() -> None:
    text = render("openai", "text", TODAY)
    row = next(line for line in text.splitlines() if line.startswith("gpt-4.1-mini-2025"))
    assert re.split("  +", row)[:6] == [
        "gpt-4.1-mini-2025-04-14", "gpt-4.1-mini", "sft, dpo", "65 536", "5 USD per 1M tokens",
        "until 2027-01-06",
    ]  # fmt: skip
    assert "no more since 2026-10-23" in text and "older than" not in text and "!" not in text
    assert re.search(r"gpt-4-0613 .* 8 192 \? ", text) and "\n? uncertain\n" in text
    assert re.search(
        r"limits.file-bytes +512 000 000 +2026-08-21 +93 days +OAI-SPEC +Files API\n", text
    )
    assert re.search(r"hyperparameters.beta +above 0 to 2, auto ", text)
    for name in names():
        for form in ("text", "markdown"):
            assert read(name).title in render(name, form, TODAY)


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_an_old_figure_is_marked(form: str) -> None:
    later = day(read("openai").sources["OAI-PRICE"].as_of) + timedelta(STALE)
    assert "5 USD per 1M tokens !" not in render("openai", form, later)
    text = render("openai", form, later + timedelta(1))
    assert "5 USD per 1M tokens !" in text and "65 536 !" in text
    assert "! older than 180 days: check the source" in text
    assert "older than" in render("openai:gpt-4.1-mini", form, later + timedelta(1))


def test_a_model() -> None:
    text = render("openai:gpt-4.1-mini", "text", TODAY)
    assert text.startswith("gpt-4.1-mini-2025-04-14 (gpt-4.1-mini) of OpenAI\n")
    assert "Trainable until 2027-01-06" in text
    assert re.search(r"training-price +5 USD +2026-11-22 +0 days +OpenAI price page\n", text)
    assert re.search(r"shutdown +2027-01-14 .*uncertain; from copies of the page", text)


def test_json_has_everything() -> None:
    record = json.loads(render("openai", "json", date(2027, 7, 1)))
    assert list(record["models"]) == list(read("openai").models)
    model = record["models"]["gpt-4.1-mini-2025-04-14"]
    assert model["training_price"] == {
        "source": "OAI-PRICE", "as_of": "2026-11-22", "uncertain": False, "value": 5.0,
        "currency": "USD", "age_days": 221, "stale": True,
    }  # fmt: skip
    assert model["trainable_until"] == "2027-01-06"
    one = json.loads(render("openai:gpt-4.1-mini", "json", TODAY))
    assert list(one["models"]) == ["gpt-4.1-mini-2025-04-14"] and "model" not in one


def test_the_command() -> None:
    run = CliRunner().invoke(cli, ["targets", "openai:gpt-4o", "--format", "markdown"])
    assert run.exit_code == 0 and run.output.startswith("# gpt-4o-2024-08-06 (gpt-4o) of OpenAI\n")
    run = CliRunner().invoke(cli, ["targets", "opena"])
    assert isinstance(run.exception, UsageError)


def test_completion() -> None:
    option = next(each for each in cli.commands["check"].params if each.name == "targets")
    context = cli.commands["check"].make_context("check", [], resilient_parsing=True)

    def completed(word: str) -> list[str]:
        return [item.value for item in option.shell_complete(context, word)]

    assert completed("open") == ["openai"]
    assert completed("openai:gpt-4.1-m") == [
        "openai:gpt-4.1-mini-2025-04-14",
        "openai:gpt-4.1-mini",
    ]
    assert completed("nobody:x") == []


# The page.

PAGE = (Path(__file__).parents[1] / "docs/targets.md").read_text(encoding="utf-8")


def test_the_file_of_the_page_is_a_target(folder: Path) -> None:
    text = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0]
    (folder / "acme.yaml").write_text(text)
    target = read("acme.yaml:small")
    assert target.rules["token-overrun"]["limit"] == 8192
    assert target.rules["record-refused"]["schemas"]["chat"][0]["properties"]["messages"]


def test_the_tables_of_the_page_are_whole() -> None:
    from ftlint.targets.effect import ORDER, TOOLS

    cells = re.findall(r"\| `([a-z-]+)` \| ([a-z-]+) ", PAGE)
    assert dict(cells) == ORDER | TOOLS
    assert {*names()} <= set(re.findall(r"`([a-z-]+)`", PAGE))


# What a user's own file gets wrong

OWN = """\
title: A
as-of: 2026-01-02
source: A.
sources: {S: {title: s, as-of: 2026-01-02}}
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("shapes:\n  sft: {value: [chta], source: S}", "6:17: unknown shape 'chta'; did you mean"),
        ("shapes:\n  sfft: {value: [chat], source: S}", "6:3: unknown method 'sfft'; did you mean"),
        ("order: {value: [altern], source: S}", "5:17: unknown demand 'altern'; did you mean"),
        ("keys: {recrd: {value: [a], source: S}}", "5:8: unknown key 'recrd'; did you mean"),
        ("records:\n  chat: {source: S, value: {type: objct}}", "6:21: is no JSON Schema: "),
        ("records:\n  chatt: {source: S, value: {}}", "6:3: unknown shape 'chatt'; did you mean"),
        ("severity: {no-user2: error}", "5:12: unknown selector 'no-user2'; did you mean"),
        ("ignore: [file-bmo]", "5:10: unknown selector 'file-bmo'; did you mean 'file-bom'?"),
        ("rules: {weight-value: {rols: [user]}}", "5:24: unknown option 'rols' for rule"),
        ("models: {m: {encoding: {value: o201k, source: S}}}", "5:25: unknown encoding 'o201k'"),
        ("models: {m: {methods: {value: [x], source: S}}}", "5:32: unknown method 'x' (sft, dpo"),
    ],
)
def test_a_mistake_of_a_users_own_target_has_a_place(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN + text + "\n", encoding="utf-8")
    with pytest.raises(PackError) as bad:
        choose(Config(), builtin(), target=str(path))
    assert str(bad.value).startswith(f"{path}:{told}")


def test_a_list_is_no_target(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("[1]\n", encoding="utf-8")
    with pytest.raises(PackError, match="the file must be a mapping, not a list"):
        read(str(path))


@pytest.mark.parametrize("name", names())
def test_what_comes_with_ftlint_is_proofread(name: str) -> None:
    document = load(rules_folder() / "targets" / f"{name}.yaml", PackError)
    words(document)
    wishes(document, builtin())


def test_an_alias_is_no_second_target() -> None:
    assert choose(Config(), builtin(), target=["azure", "azure-openai"]).targets == ("azure",)


def test_who_has_no_models_is_not_told_to_name_one(tmp_path: Path) -> None:
    def unasked(*aims: str) -> dict[str, tuple[str, bool]]:
        plan = Session.open(Request(targets=aims)).plan([])
        return {each.code: (each.reason, each.unasked) for each in plan.not_run}

    told = unasked("openai:gpt-4.1-mini", "azure", "together", "databricks")
    assert told["FT201"] == (f"{NO_MODEL} (for azure)", False)
    assert unasked("together", "databricks")["FT201"] == (NO_MODEL, True)
    assert unasked("openai:gpt-4.1-mini", "together")["FT201"][1]
