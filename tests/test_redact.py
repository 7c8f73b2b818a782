"""Redaction: every value goes, nothing else changes, nothing new is found, and undo restores."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest
import secrets_made as made
from command import CLEAN, inside
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftlint.afterwards.fix import fixes_of
from ftlint.afterwards.manifest import undo, write_fixes
from ftlint.afterwards.mend import mended
from ftlint.case import assistant, call, calling, chat, declare, system, tool, user
from ftlint.configuration.catalogue import builtin
from ftlint.engine import Plan, run
from ftlint.finding import Safety
from ftlint.privacy.look import sightings
from ftlint.report import Report
from ftlint.rules.secret import made as key
from ftlint.rules.sighted import PLACEHOLDERS
from ftlint.source import Dataset, Source

# Of the rules that compare examples only that which drops copies: texts that differed in a value
# alone may say the same afterwards, which the others would rightly tell.
FAMILIES = ("FT0", "FT1", "FT3", "FT401", "FT8")
RULES = tuple(rule for rule in builtin() if rule.default and rule.code.startswith(FAMILIES))
PLAN = Plan(tuple(rule for rule in RULES if rule.unready() is None), cap=0)
TOOLS = [declare("mail", {"type": "object", "properties": {"to": {"type": "string"}}})]
WORD = re.compile(rf"\[(?:{'|'.join(PLACEHOLDERS.values())})(?:_\d+)?\]")

values = st.sampled_from(
    [
        made.EMAIL, "t.okonkwo@heron-and-sons.net", made.EMAIL.upper(), made.PHONE,
        "+49 30 40816-2937", made.GROUPED, made.IBAN, made.RESIDENT, made.KEYS["github"],
        made.KEYS["aws"], made.PEM, f"redis://u:{made.PASSWORD}@cache.heron-and-sons.net",
        "support@heron-and-sons.net", "[EMAIL_2]", "[PHONE]",
    ]
)  # fmt: skip


@st.composite
def text(draw: st.DrawFn) -> str:
    """Return a sentence with some values in it."""
    words = ["Please", "write", "to", "them", "é", "and", "then", "電話", '"quoted"', "tell\nme"]
    parts = draw(st.lists(st.one_of(values, st.sampled_from(words)), min_size=1, max_size=7))
    # Numbers side by side with nothing but a space between them might be one.
    return "So: " + ", ".join(parts) + " is all."


@st.composite
def record(draw: st.DrawFn) -> dict[str, Any]:
    """Return a chat in which values stand anywhere, also in the arguments of a call."""
    head = [system(draw(text()))] if draw(st.booleans()) else []
    asked, said, last = user(draw(text())), draw(text()), draw(text())
    if draw(st.booleans()):
        wanted = call("call_1", "mail", json.dumps({"to": draw(text())}, ensure_ascii=False))
        steps = [calling(wanted), tool("call_1", draw(text())), assistant(last)]
        return chat(*head, asked, *steps, tools=TOOLS)
    weight = {"weight": draw(st.sampled_from([0, 1]))} if draw(st.booleans()) else {}
    more = [assistant(said, **weight), user(draw(text()))] if draw(st.booleans()) else []
    return chat(*head, asked, *more, assistant(last))


def lint(sources: Sequence[Source]) -> Report:
    return run(PLAN, Dataset(tuple(sources)))


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in texts(each)]
    return [value] if isinstance(value, str) else []


def agreed(before: str, after: str, said: dict[str, str]) -> None:
    """Fail unless `after` is `before` with a placeholder for each value, the same for the same."""
    found = [each for each in sightings(before) if each.personal]
    pieces, done = [], 0
    for each in found:
        value = before[each.start : each.end]
        pieces += [re.escape(before[done : each.start]), f"({WORD.pattern})"]
        done = each.end
        known = value if each.kind in ("api-key", "private-key") else value.lower()
        said.setdefault(known, "")
    match = re.fullmatch("".join([*pieces, re.escape(before[done:])]), after, re.DOTALL)
    assert match, (before, after)
    for each, word in zip(found, match.groups(), strict=True):
        value = before[each.start : each.end]
        known = value if each.kind in ("api-key", "private-key") else value.lower()
        assert word.startswith(f"[{PLACEHOLDERS[each.kind]}")
        assert said[known] in ("", word)
        said[known] = word


@given(st.lists(record(), min_size=1, max_size=4), st.booleans())
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_laws_of_redaction(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, Any]], ascii_only: bool
) -> None:
    folder = tmp_path_factory.mktemp("redact")
    path = folder / "train.jsonl"
    rows = [json.dumps(each, ensure_ascii=ascii_only).encode() + b"\n" for each in records]
    path.write_bytes(CLEAN + b"".join(rows))
    before, report = path.read_bytes(), lint([Source(str(path))])
    changes, _ = mended(report, partial(fixes_of, plan=PLAN, allowed=Safety.UNSAFE), lint)
    if not changes:
        assert not any(finding.code.startswith("FT8") for finding in report.findings)
        return
    manifest = write_fixes(changes, folder / "undo")
    after = lint([Source(str(path))])
    assert not any(finding.code.startswith("FT8") for finding in after.findings)
    new = Counter(f.code for f in after.findings) - Counter(f.code for f in report.findings)
    assert not new, new
    if all(edit.after is not None for change in changes for edit in change.edits):
        only_ft8 = {code for change in changes for code in change.codes()} <= set(made.VALUES)
        for line, now in zip(rows, path.read_bytes().split(b"\n")[10:], strict=False):
            said: dict[str, str] = {}
            for old, new_text in zip(texts(json.loads(line)), texts(json.loads(now)), strict=True):
                if only_ft8:
                    agreed(old, new_text, said)
            words = [word for word in said.values() if word]
            assert len(words) == len(set(words)), said
    undo(manifest)
    assert path.read_bytes() == before


def fixed(folder: Path, *records: Any, more: Sequence[str] = ()) -> list[Any]:
    path = folder / "train.jsonl"
    path.write_bytes(CLEAN + b"".join(orjson.dumps(each) + b"\n" for each in records))
    inside(folder, "check", path.name, "--select", "FT8", "--fix", "--unsafe-fixes", *more)
    return [orjson.loads(line) for line in path.read_bytes().split(b"\n")[10:-1]]


def test_a_value_has_one_name_in_an_example(tmp_path: Path) -> None:
    mail, other = made.EMAIL, "t.okonkwo@heron-and-sons.net"
    first = chat(user(f"I am {mail}."), assistant(f"{other} will write to {mail.title()}."))
    second = chat(user(f"I am {other}."), assistant("Fine."))
    one, two = fixed(tmp_path, first, second)
    assert one == chat(user("I am [EMAIL_1]."), assistant("[EMAIL_2] will write to [EMAIL_1]."))
    assert two == chat(user("I am [EMAIL]."), assistant("Fine."))


def test_names_that_stand_there_are_not_given_again(tmp_path: Path) -> None:
    said = chat(user("I am [EMAIL_1]."), assistant(f"And {made.EMAIL}?"))
    assert fixed(tmp_path, said) == [chat(user("I am [EMAIL_1]."), assistant("And [EMAIL_2]?"))]


def test_the_words_are_those_of_the_documentation(tmp_path: Path) -> None:
    said = "\n".join(made.SENTENCES.values())
    (one,) = fixed(tmp_path, chat(user("What do you know?"), assistant(said)))
    text = one["messages"][1]["content"]
    assert [text.count(f"[{word}]") for word in PLACEHOLDERS.values()] == [1] * 8
    assert "postgres://ledger:[PASSWORD]@pg.heron-and-sons.net/a" in text


def test_json_stays_json(tmp_path: Path) -> None:
    """A number without quotes has no place for a word: it is reported and left."""
    bare = calling(call("call_1", "pay", f'{{"card": {made.CARD}}}'))
    quoted = calling(call("call_1", "pay", f'{{"card": "{made.CARD}", "to": "{made.EMAIL}"}}'))
    records = [chat(user("Pay."), each) for each in (bare, quoted)]
    one, two = fixed(tmp_path, *records)
    assert one == records[0]
    arguments = two["messages"][1]["tool_calls"][0]["function"]["arguments"]
    assert json.loads(arguments) == {"card": "[CARD]", "to": "[EMAIL]"}
    found = inside(tmp_path, "check", "train.jsonl", "--select", "FT803", "--format", "json")
    assert [line for _, line, code in found.places if code == "FT803"] == [11]


def test_the_manifest_holds_the_values_and_git_ignores_it(tmp_path: Path) -> None:
    fixed(tmp_path, chat(user("The key?"), assistant(f"It is {key('x', 4)} {made.KEYS['npm']}.")))
    (manifest,) = (tmp_path / ".ftlint_cache" / "fixes").iterdir()
    assert made.KEYS["npm"] in manifest.read_text("utf-8")
    assert (tmp_path / ".ftlint_cache" / ".gitignore").read_text("utf-8") == "*\n"


def test_one_accepted_value_stays(tmp_path: Path) -> None:
    entry = "{rule: FT801, pointer: /messages/0/content, reason: a public address}"
    (tmp_path / ".ftlint-ignore.yaml").write_text(f"suppressions: [{entry}]\n", "utf-8")
    asked, said = user(f"Is it {made.EMAIL}?"), assistant("No, t.okonkwo@heron-and-sons.net.")
    (one,) = fixed(tmp_path, chat(asked, said))
    assert one == chat(asked, assistant("No, [EMAIL_2]."))
