"""ftlint beside validators that other people wrote, on the same records.

Together's check of files, mistral-common, the request types of OpenAI's SDK and TRL's helpers are
asked in an environment of their own, since their pins clash with ours. Wherever ftlint and one of
them differ, the record stands in a table below with the reason; a difference that is gone, or one
that is new, fails the test.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from oracle.records import CLEAN, RECORDS

from ftlint.session import Request, Session
from ftlint.source import Source

PINS = ("together==2.10.0", "mistral-common==1.3.4", "openai==3.54.0")
ALONE = ("trl==1.16.0",)
"""Installed without what it needs: its helpers use none of it, and torch is gigabytes."""
TARGETS = {
    "together": "together",
    "mistral": "mistral-finetune",
    "openai": "openai",
    "trl": "trl",
}
"""The target that each validator speaks for."""
CHATS = ("mistral", "openai")
"""Validators that read nothing but chats."""

Verdicts = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Verdicts:
    """Return what each validator says of each record; nothing where it takes it."""
    python = environment(Path(str(request.config.cache.mkdir("oracle"))))
    path = tmp_path_factory.mktemp("oracle") / "records.json"
    path.write_text(json.dumps(RECORDS), encoding="utf-8")
    judge = Path(__file__).parent / "oracle" / "judge.py"
    done = subprocess.run(
        [str(python), str(judge), str(path)], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    verdicts: Verdicts = json.loads(done.stdout)
    return verdicts


def environment(folder: Path) -> Path:
    """Return the Python of the validators' environment, which is made once for their pins."""
    name = hashlib.sha256(repr((PINS, ALONE, sys.version)).encode()).hexdigest()[:16]
    place = folder / name
    if not place.exists():
        draft = folder / f"{name}.{hashlib.sha256(repr(sys.argv).encode()).hexdigest()[:8]}"
        shutil.rmtree(draft, ignore_errors=True)
        venv.create(draft, with_pip=True)
        pip = [
            str(draft / "bin/python"),
            "-m",
            "pip",
            "install",
            "-q",
            "--disable-pip-version-check",
        ]
        for words in (PINS, ("--no-deps", *ALONE)):
            done = subprocess.run([*pip, *words], capture_output=True, text=True, timeout=600)
            if done.returncode:
                shutil.rmtree(draft, ignore_errors=True)
                pytest.skip(f"the validators cannot be installed: {done.stderr.strip()[-200:]}")
        draft.rename(place)
    return place / "bin/python"


def verdicts(folder: Path, target: str) -> dict[str, set[str]]:
    """Return the codes of ftlint's errors in each record."""
    session = Session.open(
        Request(targets=(target,), ignore=("min-examples", "model-retired", "file-extension"))
    )
    found = {}
    for name, record in RECORDS.items():
        path = folder / "train.jsonl"
        path.write_text(json.dumps(record) + "\n", encoding="utf-8")
        report = session.check([Source(str(path))])
        assert not report.crashed
        found[name] = {f.code for f in report.findings if str(f.severity) == "error"}
    return found


def differences(said: Verdicts, folder: Path, who: str) -> tuple[set[str], set[str]]:
    """Return the records that ftlint alone refuses, and those that it alone takes."""
    mine, theirs = verdicts(folder, TARGETS[who]), said[who]
    asked = [name for name, record in RECORDS.items() if who not in CHATS or "messages" in record]
    stricter = {name for name in asked if mine[name] and not theirs[name]}
    laxer = {name for name in asked if theirs[name] and not mine[name]}
    return stricter, laxer


_CALLS = "a call and its answer belong together; the server refuses the file or trains on nonsense"
_JSON = "arguments are JSON in a string; whoever runs the call parses them"
_NAMES = "names of functions are letters, digits, _ and -, at most 64 of them"
_SCHEMA = "parameters of a function are a JSON Schema of an object"
_TRUTH = "true is no number in JSON; Python alone takes it for 1"
_SURROGATE = "half of a character cannot be written as UTF-8, which files and tokenizers need"
_SPECIAL = "OpenAI's servers refuse special tokens in texts, and so do tokenizers by default"
_TYPES = "the type is not looked at; a chat template fails on it, or prints it as Python would"
_KEYS = "keys are not looked at; OpenAI names the extra one and refuses the file"
_ORDER = "the guide of the provider asks for it; the SDK leaves it to the server"
_ANSWER = "nothing is trained on what follows the last answer, or where there is none"
_ROLE = "roles are not looked at; chat templates raise on one that they do not know"
_TOOLS = "tools are a list of functions with names; the validator does not look into it"
_WEIGHT = "the types are those of requests, which have no weight; training files have 0 or 1"
_LAZY = "contents that are lists are looked at only when somebody reads them"

STRICTER: dict[str, dict[str, str]] = {
    "together": {
        "unanswered call": _CALLS,
        "answer without a call": _CALLS,
        "answer to another call": _CALLS,
        "undeclared function": _CALLS,
        "arguments are an object": _JSON,
        "arguments are not JSON": _JSON,
        "bad name of a function": _NAMES,
        "schema of a wrong type": _SCHEMA,
        "tools are text": _TOOLS,
        "function without a name": _TOOLS,
        "weight as truth": _TRUTH,
        "lone surrogate": _SURROGATE,
        "special token": _SPECIAL,
        "null content": _TYPES,
        "extra key of a message": _KEYS,
        "assistant first": _ORDER,
        "two users in a row": _ORDER,
        "last is the user": _ANSWER,
    },
    "mistral": {
        "answer to another call": "the validator counts the answers, and does not compare ids",
        "undeclared function": "the validator does not compare calls with what is declared",
        "arguments are an object": "it writes objects as JSON itself; the platform wants a string",
        "extra key of the record": _KEYS,
        "function without a description": "mistral-finetune reads the description of each function",
        "lone surrogate": _SURROGATE,
        "special token": _SPECIAL,
        "no answer": "it takes requests that end with a question; a training file has answers",
        "part without type": "it guesses the type of a part from its members; no other one does",
        "weight as text": "it makes a number of the text; the specification has a number",
        "weight as truth": _TRUTH,
    },
    "openai": {
        "unanswered call": _CALLS,
        "answer without a call": _CALLS,
        "answer to another call": _CALLS,
        "undeclared function": _CALLS,
        "arguments are an object": _LAZY,
        "arguments are not JSON": _JSON,
        "bad name of a function": _NAMES,
        "schema of a wrong type": _SCHEMA,
        "content is a list of texts": _LAZY,
        "image of the assistant": _LAZY,
        "part without type": _LAZY,
        "extra key of a message": _KEYS,
        "extra key of the record": _KEYS,
        "no messages": "a request may have no message; a training file refuses the empty list",
        "no answer": _ANSWER,
        "last is the user": _ANSWER,
        "special token": _SPECIAL,
        "weight as text": _WEIGHT,
        "weight as truth": _WEIGHT,
        "weight of 2": _WEIGHT,
        "weight of a half": _WEIGHT,
    },
    "trl": {
        "messages are text": "a text for messages is taken for a text to train on, which it is not",
        "content is a list of texts": _TYPES,
        "content is a number": _TYPES,
        "no content": _TYPES,
        "null content": _TYPES,
        "part without type": _TYPES,
        "image of the assistant": _TYPES,
        "tools are text": _TYPES,
        "function without a name": _TYPES,
        "unknown role": _ROLE,
        "lone surrogate": _SURROGATE,
        "special token": "a tokenizer reads it as the token itself, which ends the text there",
    },
}
"""Records that ftlint refuses and a validator takes, and why ftlint is right."""
LAXER: dict[str, dict[str, str]] = {"together": {}, "mistral": {}, "openai": {}, "trl": {}}
"""Records that a validator refuses and ftlint takes, and why."""


@pytest.mark.parametrize("who", TARGETS)
def test_where_ftlint_differs_and_why(said: Verdicts, tmp_path: Path, who: str) -> None:
    stricter, laxer = differences(said, tmp_path, who)
    assert stricter == STRICTER[who].keys()
    assert laxer == LAXER[who].keys()


def test_every_validator_finds_something_and_takes_something(said: Verdicts) -> None:
    for who, verdict in said.items():
        assert {not why for why in verdict.values()} == {True, False}, who
        assert not verdict["one turn"] and verdict["message is text"], who
    assert all(any(not said[who][name] for who in said) for name in CLEAN)


def test_every_difference_has_a_reason() -> None:
    for table in (STRICTER, LAXER):
        for reasons in table.values():
            assert reasons.keys() <= RECORDS.keys()
            assert all(len(reason) > 25 for reason in reasons.values())
