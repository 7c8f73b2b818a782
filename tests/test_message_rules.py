"""The rules about messages beyond their own cases: each root cause is told once."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from ftlint.case import assistant, call, calling, chat, declare, system, tool, user
from ftlint.configuration.catalogue import builtin
from ftlint.configuration.config import Config
from ftlint.configuration.selection import choose
from ftlint.engine import Plan, run
from ftlint.example import Batch, Lines, Message
from ftlint.finding import Finding, Severity
from ftlint.rule import ExampleRule
from ftlint.rules import BUILTIN
from ftlint.source import Dataset, Source

RULES = {
    cls.code: cls()
    for cls in BUILTIN
    if cls.code.startswith("FT1") and cls.default and issubclass(cls, ExampleRule)
}
HI, HELLO = user("Hi"), assistant("Hello!")
NOW = [declare("now")]
CALL = call("c1", "now")
LEGACY = {"name": "now", "arguments": "{}"}


def check(record: Any) -> list[Finding]:
    """Return what all rules of the family FT1 find in a record."""
    example = Batch(Lines(0, 0, [orjson.dumps(record)])).examples[0]
    return [finding for rule in RULES.values() for finding in rule.check(example)]


def told(record: Any) -> str:
    """Return the findings as `code place` in one line."""
    found = sorted((f.code, f.where.pointer or "") for f in check(record))
    return ", ".join(f"{code} {pointer}" for code, pointer in found)


def message(record: Any, code: str) -> str:
    """Return what one rule says of a record."""
    (finding,) = (finding for finding in check(record) if finding.code == code)
    return finding.message


def image(**members: Any) -> dict[str, Any]:
    """Return a record with one image."""
    return chat(user([{"type": "image_url", "image_url": members}]), HELLO)


CASES: dict[str, list[tuple[str, Any, str]]] = {
    "content-empty": [
        ("beside a call", chat(HI, calling(CALL, content=" "), tools=NOW), ""),
        (
            "a part beside a call",
            chat(HI, calling(CALL, content=[{"type": "text", "text": ""}]), tools=NOW),
            "",
        ),
        (
            "beside a deprecated call",
            chat(HI, assistant("", function_call=LEGACY), tools=NOW),
            "FT163 /messages/1/function_call",
        ),
        (
            "no calls are no excuse",
            chat(HI, assistant("", tool_calls=[])),
            "FT104 /messages/1/content, FT150 /messages/1/tool_calls",
        ),
        ("null is no call", chat(HI, assistant("", tool_calls=None)), "FT104 /messages/1/content"),
        (
            "calls of a user are no calls",
            chat(user("", tool_calls=[CALL]), HELLO),
            "FT104 /messages/0/content, FT116 /messages/0/tool_calls",
        ),
        ("no refusal", chat(HI, assistant("Hello!", refusal="")), ""),
        ("a refusal instead", chat(HI, assistant("", refusal="I can't.")), ""),
        (
            "neither content nor refusal",
            chat(HI, assistant(refusal="")),
            "FT104 /messages/1/refusal",
        ),
        (
            "null and an empty refusal",
            chat(HI, {**assistant(refusal=" "), "content": None}),
            "FT104 /messages/1/refusal",
        ),
        ("both are empty", chat(HI, assistant("", refusal="")), "FT104 /messages/1/content"),
        (
            "an empty refusal part",
            chat(HI, assistant([{"type": "refusal", "refusal": ""}])),
            "FT104 /messages/1/content/0/refusal",
        ),
        (
            "a user cannot refuse",
            chat(user("Hi", refusal="null"), HELLO),
            "FT116 /messages/0/refusal",
        ),
        (
            "a tool may be silent",
            chat(HI, calling(CALL), tool("c1", ""), HELLO, tools=NOW),
            "FT104 /messages/2/content",
        ),
        (
            "a misspelt role",
            chat({"role": "human", "content": ""}, HELLO),
            "FT104 /messages/0/content, FT107 /messages/0/role",
        ),
    ],
    "content-type": [
        (
            "no list answers for a function",
            chat({"role": "function", "name": "f", "content": []}, HELLO),
            "FT110 /messages/0/content, FT123 /messages, FT163 /messages/0/role",
        ),
        (
            "once for what is no part",
            chat(HI, assistant([{"type": "refusal", "refusal": "No."}, 5])),
            "FT110 /messages/1/content",
        ),
        (
            "a refusal beside a text",
            chat(HI, assistant([{"type": "refusal", "refusal": "No."}] * 2)),
            "FT113 /messages/1/content",
        ),
    ],
    "part-shape": [
        ("a number is no address", image(url=5), "FT113 /messages/0/content/0/image_url/url"),
        ("no address", image(), "FT113 /messages/0/content/0/image_url"),
        ("capitals in a scheme", image(url="DATA:Image/png;base64,iVBORw0KGgo="), ""),
        ("capitals in another", image(url="HTTPS://example.com/a.png"), ""),
        (
            "data of a text",
            image(url="data:text/plain,a"),
            "FT113 /messages/0/content/0/image_url/url",
        ),
    ],
    "function-name-missing": [
        (
            "named",
            chat(HI, {"role": "function", "name": "now", "content": "12:00"}, HELLO),
            "FT163 /messages/1/role",
        ),
        (
            "named by nothing",
            chat(HI, {"role": "function", "name": "", "content": "12:00"}, HELLO),
            "FT117 /messages/1/name, FT163 /messages/1/role",
        ),
        ("a tool needs no name", chat(HI, calling(CALL), tool("c1"), HELLO, tools=NOW), ""),
    ],
    "no-user": [
        ("nobody speaks", chat(system("Be brief.")), "FT121 /messages"),
        ("an answer to nobody", chat(system("Be brief."), HELLO), "FT123 /messages"),
    ],
    "consecutive-roles": [
        ("word for word", chat(HI, HELLO, HELLO), "FT127 /messages/2"),
        (
            "an answer in place of a tool's",
            chat(HI, calling(CALL), HELLO, tools=NOW),
            "FT158 /messages/1/tool_calls/0",
        ),
        (
            "nobody checks answers to a deprecated call",
            chat(HI, assistant(function_call=LEGACY), HELLO, tools=NOW),
            "FT125 /messages/2/role, FT163 /messages/1/function_call",
        ),
        ("a question at the end", chat(HI, HELLO, HI, user("?")), "FT122 /messages/3/role"),
        ("questions only", chat(HI, user("?"), user("!")), "FT121 /messages"),
        (
            "a lost answer before the last",
            chat(HI, user("?"), HELLO, user("Bye"), user("!")),
            "FT122 /messages/4/role, FT125 /messages/1/role",
        ),
        (
            "two answers",
            chat(HI, HELLO, assistant("How are you?")),
            "FT125 /messages/2/role",
        ),
    ],
    "system-not-first": [
        ("at the end", chat(HI, HELLO, system("x")), "FT122 /messages/2/role"),
        (
            "twice at the end",
            chat(HI, HELLO, system("x"), system("y")),
            "FT122 /messages/3/role",
        ),
        (
            "before the last question",
            chat(HI, HELLO, system("x"), HI),
            "FT122 /messages/3/role, FT126 /messages/2/role",
        ),
        (
            "without any answer",
            chat(HI, system("x")),
            "FT121 /messages, FT126 /messages/1/role",
        ),
        ("alone", chat(system("x"), system("y")), "FT121 /messages"),
    ],
}
"""By the name of a rule: what is tested, the record, and all that the family finds."""


@pytest.mark.parametrize(
    ("record", "found"),
    [
        pytest.param(record, found, id=f"{name}: {title}")
        for name, cases in CASES.items()
        for title, record, found in cases
    ],
)
def test_findings(record: Any, found: str) -> None:
    assert told(record) == found


@pytest.mark.parametrize(
    ("code", "record", "expected"),
    [
        ("FT104", chat(HI, assistant("")), "assistant content is empty"),
        ("FT104", chat(HI, assistant(refusal="")), "assistant refusal is empty"),
        ("FT104", chat({"role": "bot", "content": ""}), "message content is empty"),
        ("FT107", chat({"role": "human", "content": "Hi"}, HELLO),
         "role is \"human\"; did you mean 'user'?"),
        ("FT110", chat({"role": "function", "name": "f", "content": []}),
         "content is a list, not a string"),
        ("FT110", chat({"role": "tool", "content": 5}),
         "content is a number, not a string"),
        ("FT112", chat(user([{"type": {"a": [1]}}])),
         'part of the user message has the type {"a":[1]}; it can be text or image_url'),
        ("FT113", image(url=None), "'url' of the image is null, not a string"),
        ("FT113", image(url="http://a", detail=["x"]),
         'detail is ["x"]; it can be auto, low, high'),
        ("FT113", chat(user([{"type": "text", "value": "Hi"}])),
         "text part has no 'text' ('value' is LLaMA-Factory's name for it)"),
        ("FT116", chat(user("Hi", tool_calls=[])),
         'unknown key "tool_calls" in the user message; it belongs in assistant messages'),
        ("FT117", chat(user("Hi", name="math.pi")),
         'name "math.pi" has "."; a name is 1 to 64 of a-z A-Z 0-9 _ -'),
        ("FT117", chat(user("Hi", name="")), "name is empty; a name is 1 to 64 of a-z A-Z 0-9 _ -"),
        ("FT122", chat(HI, HELLO, HI), "last message has the role 'user', not 'assistant'"),
        ("FT132", chat({"role": "function"}), "name of the function message is missing"),
        ("FT132", chat({"role": "function", "name": None}), "name of the function message is null"),
    ],
)  # fmt: skip
def test_messages(code: str, record: Any, expected: str) -> None:
    assert message(record, code) == expected


def test_databricks_refuses_a_repeated_message_like_any_two_of_one_role() -> None:
    severities = choose(Config(), builtin(), None, (), (), "databricks").severities
    assert severities["FT125"] is severities["FT127"] is Severity.ERROR


def test_only_an_assistant_refuses() -> None:
    members = {"content": [{"type": "text", "text": "a", "refusal": "b"}], "refusal": "c"}
    texts = {
        role: [text.value for text in Message(0, {"role": role, **members}).texts()]
        for role in ("assistant", "user", "bot")
    }
    assert texts == {"assistant": ["a", "b", "c"], "user": ["a"], "bot": ["a"]}


@pytest.mark.parametrize("proof_from", [0, 1 << 30])
def test_a_function_without_a_name_is_found_among_proven_lines(
    tmp_path: Any, proof_from: int
) -> None:
    path = tmp_path / "train.jsonl"
    odd = chat(HI, {"role": "function", "content": "x"}, HELLO)
    path.write_bytes(b"\n".join(map(orjson.dumps, [chat(HI, HELLO)] * 5 + [odd])))
    plan = Plan((RULES["FT132"],), proof_from=proof_from)
    (finding,) = run(plan, Dataset((Source(str(path)),))).findings
    assert (finding.place.line, finding.place.pointer) == (6, "/messages/1")
