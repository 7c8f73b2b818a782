"""Real datasets: each finding recomputed from the file alone, and each known fault found.

What a finding says is worked out again here with nothing but `json`, `re` and the pure-Python
`jsonschema`, so that a mistake in a rule, in a place or in the counting of lines shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from real import Lint, assert_placed, read, resolve

from ftlint.finding import Severity
from ftlint.report import Report

CHAT = Path("data/chat")
Place = tuple[int, str]
"""A line, from 1, and a pointer."""


# The errors and warnings of each supervised set; each was looked at, and is true.
SETS: dict[str, set[str]] = {
    "anthropic_persona": set(),
    "banking77_train": set(),
    # Names such as `math.sqrt`; one parameter of type ""; arguments made from lists of answers.
    "bfcl_tools_even": {"FT117", "FT143", "FT155"},
    # The same names; `dict`, `float` and `tuple` as types.
    "bfcl_tools_rawschema_even": {"FT117", "FT143"},
    "chatterbot_multilingual": {"FT122"},
    "chitchat": {"FT121", "FT122"},
    "flan_cot": set(),
    "gpteacher_roleplay": set(),
    "gsm8k_train": set(),
    # Two empty answers.
    "hh_harmless_chosen_even": {"FT104"},
    "huatuo_zh_medical": set(),
    # Three talks end with the user.
    "kdconv_zh": {"FT122"},
    # A list where the schema wants a number.
    "lf_glaive_toolcall_en": {"FT155"},
    # Required arguments are missing; two calls were written into the text, before their answers.
    "lf_glaive_toolcall_zh": {"FT155", "FT159"},
    "llmzoo_answers": set(),
    "mxeval_code": set(),
    "oasst_zh_sft": set(),
    "openassistant_reports": set(),
    "taskmaster4": {"FT122"},
    "zeroeval_gsm": set(),
}
NOTES = {"FT009", "FT123", "FT125", "FT127"}


# What each rule that speaks here must find in one record


def answered(messages: list[Any]) -> bool:
    return any(message["role"] == "assistant" for message in messages)


def blank_texts(record: Any) -> Iterator[str]:
    for index, message in enumerate(record["messages"]):
        if isinstance(message.get("content"), str) and not message["content"].strip():
            yield f"/messages/{index}/content"


def no_assistant(record: Any) -> Iterator[str]:
    if not answered(record["messages"]):
        yield "/messages"


def last_not_assistant(record: Any) -> Iterator[str]:
    messages = record["messages"]
    if answered(messages) and messages[-1]["role"] != "assistant":
        yield f"/messages/{len(messages) - 1}/role"


def functions(record: Any) -> dict[str, Any]:
    """Return the declared functions by their pointers."""
    tools = record.get("tools", [])
    return {f"/tools/{index}/function": tool["function"] for index, tool in enumerate(tools)}


def calls(record: Any) -> dict[str, Any]:
    """Return the called functions by their pointers."""
    return {
        f"/messages/{index}/tool_calls/{inner}/function": item["function"]
        for index, message in enumerate(record["messages"])
        for inner, item in enumerate(message.get("tool_calls") or [])
    }


def bad_names(record: Any) -> Iterator[str]:
    """Yield the first place of each bad name; a declaration comes before its calls."""
    seen = set()
    for pointer, function in {**functions(record), **calls(record)}.items():
        name = function["name"]
        if name not in seen and not re.fullmatch("[a-zA-Z0-9_-]{1,64}", name):
            yield f"{pointer}/name"
        seen.add(name)


def right_schema(schema: Any) -> bool:
    """Return whether the schema is one, and one of an object."""
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError:
        return False
    return isinstance(schema, dict) and schema.get("type") == "object"


def bad_schemas(record: Any) -> Iterator[str]:
    for pointer, function in functions(record).items():
        if not right_schema(function.get("parameters", {"type": "object"})):
            yield pointer


def bad_arguments(record: Any) -> Iterator[str]:
    """Yield the calls whose arguments do not fit; unknown arguments do not."""
    schemas = {f["name"]: f.get("parameters", {}) for f in functions(record).values()}
    for pointer, function in calls(record).items():
        schema, arguments = schemas[function["name"]], json.loads(function["arguments"])
        if right_schema(schema):
            known = schema["properties"]
            open_ = schema.get("additionalProperties", False) is not False
            fits = jsonschema.Draft202012Validator(schema).is_valid(arguments)
            if not (fits and (open_ or arguments.keys() <= known.keys())):
                yield f"{pointer}/arguments"


def orphans(record: Any) -> Iterator[str]:
    """Yield tool messages in front of which, but for their like, no message calls."""
    calling = False
    for index, message in enumerate(record["messages"]):
        if message["role"] == "tool":
            if not calling:
                yield f"/messages/{index}"
        else:
            calling = bool(message.get("tool_calls"))


ORACLES: dict[str, Callable[[Any], Iterator[str]]] = {
    "FT104": blank_texts,
    "FT117": bad_names,
    "FT121": no_assistant,
    "FT122": last_not_assistant,
    "FT143": bad_schemas,
    "FT155": bad_arguments,
    "FT159": orphans,
}


def places(report: Report, *codes: str) -> set[Place]:
    """Return where these rules speak; a schema is named by its declaration."""
    found = set()
    for finding in report.findings:
        pointer = finding.place.pointer or ""
        if finding.code == "FT143":
            pointer = pointer.partition("/parameters")[0]
        if finding.code in codes and finding.place.line:
            found.add((finding.place.line, pointer))
    return found


def expected(lines: list[str], oracle: Callable[[Any], Iterator[str]]) -> set[Place]:
    return {
        (number, pointer)
        for number, line in enumerate(lines, 1)
        for pointer in oracle(json.loads(line))
    }


def test_the_table_names_every_supervised_set(shared: Path) -> None:
    there = {path.stem for path in (shared / CHAT).glob("*.jsonl")}
    assert {name for name in there if "preference" not in name} == set(SETS)


@pytest.mark.parametrize("name", SETS)
def test_every_finding_is_true_and_none_is_missing(shared: Path, lint: Lint, name: str) -> None:
    path = shared / CHAT / f"{name}.jsonl"
    report, lines = lint(path, cap=0), read(path)
    assert not report.not_run
    assert sum(report.counts.values()) == len(report.findings)
    assert report.total_examples == len(lines)
    for finding in report.findings:
        if finding.place.line is not None:  # else it is about the dataset
            assert_placed(finding, lines)
    for code, oracle in ORACLES.items():
        assert places(report, code) == expected(lines, oracle), code
    schema = {f.code for f in report.findings if f.code.startswith(("FT0", "FT1"))}
    assert schema - NOTES == SETS[name]


@pytest.mark.parametrize("name", SETS)
def test_what_is_noted_is_so(shared: Path, lint: Lint, name: str) -> None:
    path = shared / CHAT / f"{name}.jsonl"
    lines = read(path)
    for finding in lint(path, cap=0).findings:
        if finding.code not in NOTES:
            continue
        assert finding.severity is Severity.NOTE and finding.place.line and finding.place.pointer
        messages = json.loads(lines[finding.place.line - 1])["messages"]
        if finding.code == "FT123":
            assert all(message["role"] != "user" for message in messages)
            continue
        index = int(finding.place.pointer.split("/")[2])
        before, here = messages[index - 1 : index + 1]
        assert before["role"] == here["role"] in ("user", "assistant")
        assert finding.code == "FT125" or before == here


# The faults that are known to be there


@pytest.mark.parametrize(
    ("name", "count"), [("bfcl_tools_rawschema_even", 676), ("bfcl_tools_even", 1)]
)
def test_exactly_the_invalid_declarations_are_found(
    shared: Path, lint: Lint, name: str, count: int
) -> None:
    path = shared / CHAT / f"{name}.jsonl"
    wrong = {
        (number, index)
        for number, line in enumerate(read(path), 1)
        for index, tool in enumerate(json.loads(line)["tools"])
        if not right_schema(tool["function"]["parameters"])
    }
    found = {
        (line, int(pointer.split("/")[2])) for line, pointer in places(lint(path, cap=0), "FT143")
    }
    assert found == wrong
    assert len(wrong) == count


def test_the_types_of_other_languages_are_named(shared: Path, lint: Lint) -> None:
    path = shared / CHAT / "bfcl_tools_rawschema_even.jsonl"
    lines, named = read(path), set()
    for finding in lint(path, cap=0).findings:
        if finding.code == "FT143":
            assert finding.place.line and finding.place.pointer
            value = resolve(json.loads(lines[finding.place.line - 1]), finding.place.pointer)
            assert json.dumps(value) in finding.message
            named.add(value)
    assert {"dict", "float", "tuple"} <= named
    assert not named & {"array", "boolean", "integer", "null", "number", "object", "string"}


@pytest.mark.parametrize(
    ("name", "count"), [("chatterbot_multilingual", 731), ("taskmaster4", 75), ("chitchat", 133)]
)
def test_examples_that_end_with_a_question_are_found(
    shared: Path, lint: Lint, name: str, count: int
) -> None:
    path = shared / CHAT / f"{name}.jsonl"
    found = places(lint(path, cap=0), "FT122")
    assert found == expected(read(path), last_not_assistant)
    assert len(found) == count


def test_what_cannot_be_trained_on_is_found(shared: Path, lint: Lint) -> None:
    path = shared / CHAT / "chitchat.jsonl"
    report = lint(path, cap=0)
    lost = set()
    for number, line in enumerate(read(path), 1):
        messages = json.loads(line)["messages"]
        answers = [m["content"].strip() for m in messages if m["role"] == "assistant"]
        if not any(answers) or messages[-1]["role"] != "assistant":
            lost.add(number)
    assert {line for line, _ in places(report, "FT121", "FT122", "FT104")} == lost
    assert len(lost) == 347
    # Each for one reason only.
    schema = {code: n for code, n in report.counts.items() if code.startswith(("FT0", "FT1"))}
    assert sum(schema.values()) == len(lost)
    assert report.by_severity()[Severity.ERROR] == len(lost)


# Preference pairs: what is found in either output is told where it stands.
PAIRS: dict[str, set[str]] = {
    # Two preferred outputs are empty, one is "..."; some hold the next turn or are cut off.
    "hh_preference_even": {"FT177", "FT301", "FT306", "FT310", "FT411"},
    # Templates to fill in, phrases of models, text that was decoded wrongly; records again.
    "lf_dpo_en_preference": {"FT302", "FT304", "FT310", "FT314", "FT320", "FT322", "FT401"},
    # The same in Chinese; one asks about a picture that is not there.
    "lf_dpo_zh_preference": {"FT302", "FT304", "FT307", "FT310", "FT321", "FT401"},
}


@pytest.mark.parametrize("name", PAIRS)
def test_pairs_are_read_as_pairs(shared: Path, lint: Lint, name: str) -> None:
    path = shared / CHAT / f"{name}.jsonl"
    report = lint(path, cap=0)
    assert report.dataset.facts[0].shape == "preference"
    worse = {finding.code for finding in report.findings if finding.severity > Severity.NOTE}
    assert worse == PAIRS[name]
    lines = read(path)
    for finding in report.findings:
        if finding.place.line and finding.place.pointer is not None:
            assert_placed(finding, lines)


def test_empty_outputs_are_found_where_they_are(shared: Path, lint: Lint) -> None:
    path = shared / CHAT / "hh_preference_even.jsonl"
    keys = ("preferred_output", "non_preferred_output")
    empty = {
        (number, f"/{key}/0")
        for number, line in enumerate(read(path), 1)
        for key in keys
        if not json.loads(line)[key][0]["content"].strip()
    }
    assert places(lint(path, cap=0), "FT177") == empty and len(empty) == 2
