"""Counting with a trainer's tokenizer, against tokens that are spelled one by one."""

from __future__ import annotations

import json
import shutil
from itertools import accumulate
from pathlib import Path
from typing import Any

import orjson
import pytest
from command import CLEAN, Outcome, inside
from records import batch
from trainer import CHATML, folder, trained

from ftlint.case import assistant, chat, system, user
from ftlint.features.template import template_tokens
from ftlint.features.tokens import TokenCount
from ftlint.finding import Finding
from ftlint.rules.token import AnswerFullyTruncated, TokenNearLimit, TokenOverrun
from ftlint.session import Request, Session
from ftlint.tokens import chattemplate

__all__ = ["folder", "trained"]  # fixtures

LONG = (
    "The Danube does, and it goes on to Budapest and Belgrade. "
    "Seven minutes give a firm white and a soft yolk."
)
TALK = chat(
    system("Be brief."),
    user("Which river runs through Vienna?"),
    assistant("The Danube does."),
    user("How long should I boil an egg?"),
    assistant(f" {LONG}\n"),
)
TEXT = "".join(
    f"<|im_start|>{m['role']}\n{m['content'].strip()}<|im_end|>\n" for m in TALK["messages"]
)


def counted(folder: Path, talk: dict[str, Any]) -> TokenCount:
    tally = batch(talk).examples[0][template_tokens(str(folder))]
    assert tally is not None
    return tally


def spelled(folder: Path) -> list[str]:
    """Return the text of each token of `TEXT`, which is ASCII."""
    feature = template_tokens(str(folder))
    tokenizer = chattemplate.vocabulary(str(folder), "", feature.rendering.digest)
    ids = tokenizer.encode(TEXT, add_special_tokens=False).ids
    pieces = [tokenizer.decode([each], skip_special_tokens=False) for each in ids]
    assert "".join(pieces) == TEXT
    return pieces


def begins(pieces: list[str]) -> list[int]:
    """Return where each token begins in `TEXT`."""
    return list(accumulate(map(len, pieces[:-1]), initial=0))


def found(rule: Any, talk: dict[str, Any]) -> list[Finding]:
    lines = batch(talk)
    (example,) = lines.examples
    spoken = list(rule.check(example))
    assert rule.unready() is None and rule.candidates(lines) == [example]
    return spoken


# The numbers.


def test_the_tokens_are_those_of_the_rendering(folder: Path) -> None:
    places, tally = begins(spelled(folder)), counted(folder, TALK)
    assert (tally.total, tally.whole, tally.estimated) == (len(places), len(places), 0)
    answer = TEXT.index(LONG)
    assert (tally.last, tally.prompt) == (4, sum(place < answer for place in places))
    inside_it = [place for place in places if answer <= place < answer + len(LONG)]
    assert tally.answer == len(inside_it)
    first = TEXT.index("The Danube does.")
    both = len(inside_it) + sum(first <= place < first + 16 for place in places)
    assert tally.trained == tally.roles["assistant"] == both
    assert set(tally.roles) == {"system", "user", "assistant"}


def test_what_is_masked_or_written_otherwise(folder: Path) -> None:
    assert counted(folder, chat(user("Hi"), assistant("Hello!", weight=0))).trained == 0
    (folder / "chat_template.jinja").write_text("{{ messages | tojson }}")
    tally = counted(folder, chat(user("Hi"), assistant('Say "yes"')))
    assert tally.last == -1 and tally.trained == tally.roles["assistant"] > 2


def test_a_rendering_without_its_texts_is_searched_some_hundred_times(folder: Path) -> None:
    # Each search reads all of the rendering: of many texts most are not looked for.
    (folder / "chat_template.jinja").write_text("{{ 'x' * 100000 }}")
    talk = chat(*[m for i in range(3000) for m in (user(f"q{i}"), assistant(f"a{i}"))])
    tally = counted(folder, talk)
    assert tally.last == -1 and tally.roles["assistant"] >= 6000


@pytest.mark.parametrize("over", [1, 5, 12])
def test_what_is_lost_is_the_end_of_the_answer(folder: Path, over: int) -> None:
    places = begins(spelled(folder))
    tail = len(places) - sum(place < TEXT.index(LONG) + len(LONG) for place in places)
    limit = len(places) - tail - over
    (finding,) = found(TokenOverrun(limit=limit, tokenizer=str(folder), model="m"), TALK)
    start = places[limit] - TEXT.index(LONG) + 1  # of the value, which begins with a space
    assert finding.where.pointer == "/messages/4/content"
    assert finding.where.span == (start, len(LONG) + 2)
    assert (finding.data["lost"], finding.data["cut"]) == (over, over + tail)
    assert finding.data["counted_with"] == str(folder)
    assert finding.message.startswith(f"{len(places)} tokens; m trains on at most {limit}: ")
    assert finding.message.endswith(f" among them; counted with {folder}")


def test_near_and_gone(folder: Path) -> None:
    tally, own = counted(folder, TALK), str(folder)
    (near,) = found(TokenNearLimit(limit=tally.total, tokenizer=own), TALK)
    assert near.data["left"] == 0
    (gone,) = found(AnswerFullyTruncated(limit=tally.prompt, tokenizer=own), TALK)
    assert (gone.where.pointer, gone.data["prompt"]) == ("/messages/4", tally.prompt)
    assert found(TokenOverrun(limit=tally.prompt, tokenizer=own), TALK) == []
    assert found(AnswerFullyTruncated(limit=tally.prompt + 1, tokenizer=own), TALK) == []
    assert found(TokenOverrun(limit=tally.total, tokenizer=own), TALK) == []


# From the command line and the configuration.


@pytest.fixture
def place(folder: Path, tmp_path: Path) -> Path:
    """Return a folder with data, a tokenizer and a configuration that names it."""
    (tmp_path / "train.jsonl").write_bytes(CLEAN + orjson.dumps(TALK) + b"\n")
    (tmp_path / "data").mkdir()
    write(tmp_path, "target: trl\ntokenizer: tokenizer\n")
    return tmp_path


def write(place: Path, text: str) -> None:
    (place / "ftlint.yaml").write_text(text)


def limited(tokens: int, rules: dict[str, Any] | None = None) -> str:
    """Return a configuration for TRL with a `max_length` of the user's own."""
    names = ("token-overrun", "answer-fully-truncated", "token-near-limit")
    chosen = {name: {"limit": tokens} for name in names} | (rules or {})
    return json.dumps({"target": "trl", "tokenizer": "tokenizer", "rules": chosen})


def test_the_key_names_a_folder_beside_the_file(place: Path) -> None:
    write(place, limited(counted(place / "tokenizer", TALK).total - 1))
    done = inside(place / "data", "check", "../train.jsonl", "--format", "json")
    assert [(line, code) for _, line, code in done.places if code < "FT3"] == [(11, "FT201")]
    measured = done.report["measures"]["tokens"]
    assert (measured["encoding"], measured["tokenizer"]) == (None, str(place / "tokenizer"))
    assert measured["limit"]["above"] == 1
    assert "FT201" in done.report["run"]["rules"]


def test_the_command_line_comes_first_and_then_the_rule(place: Path) -> None:
    other = Path(shutil.copytree(place / "tokenizer", place / "other"))
    (other / "chat_template.jinja").write_text("{{ messages[0].content }}")
    write(place, limited(60))
    assert inside(place, "check", "train.jsonl").status == 1
    assert inside(place, "check", "train.jsonl", "--tokenizer", "other").status == 0
    rules = {"token-overrun": {"limit": 60, "tokenizer": "other"}}
    write(place, limited(60, rules))
    session = Session.open(Request(("train.jsonl",), config=str(place / "ftlint.yaml")))
    chosen = {rule.name: getattr(rule, "tokenizer", None) for rule in session.selection.rules}
    assert chosen["token-overrun"] == str(other)
    assert chosen["token-near-limit"] == chosen["chat-template-fails"] == str(place / "tokenizer")


def test_a_limit_comes_from_the_trainer(place: Path) -> None:
    told = inside(place, "check", "train.jsonl", "--format", "json").report
    assert told["measures"]["tokens"]["limit"]["tokens"] == 1024
    write(place, "tokenizer: tokenizer\n")
    reasons = not_run(inside(place, "check", "train.jsonl", "--format", "json"))
    assert reasons["FT201"] == "no model is named (--target openai:gpt-4.1-mini)"
    write(place, "target: trl\n")
    reasons = not_run(inside(place, "check", "train.jsonl", "--format", "json"))
    assert reasons["FT201"] == (
        "no encoding is known of TRL (Hugging Face); --tokenizer DIR or --encoding NAME counts"
    )


def not_run(done: Outcome) -> dict[str, str]:
    return {each["code"]: each["reason"] for each in done.report["run"]["not_run"]}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("", "", "ftlint.yaml:2:1: tokenizer: there is no such folder"),
        ("tokenizer.json", None, "ftlint.yaml:2:1: tokenizer: there is no tokenizer.json in"),
        ("tokenizer.json", "{", "tokenizer/tokenizer.json: "),
        ("tokenizer.json", '{"model": 1}', "tokenizer/tokenizer.json: "),
        ("tokenizer_config.json", "{\n x", "tokenizer/tokenizer_config.json:2:2: "),
        ("tokenizer_config.json", "[]", "tokenizer/tokenizer_config.json: not an object"),
        ("chat_template.jinja", "{% if %}", "tokenizer/chat_template.jinja:1: "),
        ("chat_template.jinja", None, "tokenizer: there is no chat template"),
    ],
)
@pytest.mark.parametrize("command", ["check", "plan"])
def test_a_broken_folder_is_named(
    place: Path, name: str, text: str | None, said: str, command: str
) -> None:
    if not name:
        shutil.rmtree(place / "tokenizer")
    elif text is None:
        (place / "tokenizer" / name).unlink()
    else:
        (place / "tokenizer" / name).write_text(text)
    done = inside(place, command, "train.jsonl")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"ftlint: {said}"), done.err


def test_a_wrong_key_has_its_place(place: Path) -> None:
    write(place, "tokenizer: [a]\n")
    done = inside(place, "check", "train.jsonl")
    assert done.err.startswith("ftlint: ftlint.yaml:1:1: 'tokenizer' must be a string")


def test_a_plan_for_a_trainer(place: Path) -> None:
    (place / "tokenizer/chat_template.jinja").write_text(CHATML)
    told = inside(place, "plan", "train.jsonl", "--epochs", "2", "--format", "json").report
    assert (told["encoding"], told["tokenizer"], told["model"]) == (None, "tokenizer", "tokenizer")
    assert told["data"]["limit"] == 1024
    assert told["data"]["tokens"]["max"] == counted(place / "tokenizer", TALK).total
    assert told["billed_tokens"] == 2 * told["data"]["tokens"]["total"]
    done = inside(place, "plan", "train.jsonl", "--target", "trl", "--tokenizer", "tokenizer")
    assert "tokens (tokenizer)" in done.out
    assert "name --epochs N" in done.out


# What nobody asked for.


def test_rules_that_wait_for_a_model_are_not_mentioned(place: Path) -> None:
    write(place, "")
    plain = inside(place, "check", "train.jsonl", "--ignore", "edge-whitespace")
    assert plain.out == "✓ 11 examples in train.jsonl: no findings\n"
    assert "not run" not in inside(place, "check", "train.jsonl", "--format", "concise").out
    for more in (
        ("--select", "FT2"),
        ("--select", "token-overrun"),
        ("--target", "openai"),
        ("--statistics",),
    ):
        assert "FT201" in inside(place, "check", "train.jsonl", *more).out, more
    assert "FT210" not in inside(place, "check", "train.jsonl", "--target", "openai").out
    told = not_run(inside(place, "check", "train.jsonl", "--format", "json"))
    assert set(told) == {
        "FT180",
        "FT201",
        "FT202",
        "FT203",
        "FT208",
        "FT209",
        "FT210",
        "FT211",
        "FT212",
        "FT532",
        *("FT602", "FT603", "FT604", "FT605", "FT606", "FT607", "FT609"),
    }
