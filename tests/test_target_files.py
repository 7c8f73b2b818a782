"""Files of targets: mistakes have a place, and what a provider demands is in its file."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from targeting import METHODS, TODAY, folder, message, own, rule

from ftlint.configuration.catalogue import builtin
from ftlint.configuration.config import Config
from ftlint.configuration.document import load
from ftlint.configuration.packs import rules_folder
from ftlint.configuration.selection import choose
from ftlint.error import PackError, UsageError
from ftlint.rule import NO_MODEL, Rule
from ftlint.session import Request, Session
from ftlint.targets.effect import check_words
from ftlint.targets.model import Whole
from ftlint.targets.proofread import wishes, words
from ftlint.targets.target import names, read
from ftlint.testing import FILLER
from ftlint.views.profile import render

__all__ = ["folder", "own"]  # fixtures


# A file is wrong.

LEAST = "title: A\nas-of: 2026-11-22\nsource: b\n"
SOURCES = "sources: {S: {title: s, as-of: 2026-01-02}}\n"


def put(folder: Path, text: str) -> None:
    (folder / "targets").mkdir(exist_ok=True)
    (folder / "targets/own.yaml").write_text(LEAST + text)


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
