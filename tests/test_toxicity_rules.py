"""Toxicity: the feature, its gate, the rules and what they say of labelled data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isnan, nan
from pathlib import Path

import numpy as np
import orjson
import pytest
from command import ftlint
from records import batch

from ftlint.case import assistant, chat, user
from ftlint.features.toxicity import LABELS, Scores, Toxicity, Triage, measured
from ftlint.triage.gate import gate
from ftlint.triage.model import Model, load

SHARED = Path(__file__).parents[1] / "../shared/data"
WEIGHTS = load()
RUDE = "You are a stupid idiot and everybody hates you."
KIND = "Thank you, that was a lovely walk by the river."


def score(*texts: str) -> np.ndarray:
    return Model(WEIGHTS).score(texts)


# The feature.


@dataclass(frozen=True)
class Shouting:
    """Knows two labels, and judges no text without a capital."""

    asked: list[str] = field(default_factory=list, hash=False, compare=False)
    name: str = "shouting"
    threshold: float = 0.5

    def judge(self, texts: Sequence[str]) -> dict[int, Scores]:
        self.asked.extend(texts)
        known = {index: text for index, text in enumerate(texts) if text != text.lower()}
        return {i: (float(t.isupper()), nan, nan, 0.25, nan, nan, nan) for i, t in known.items()}


def test_each_text_is_judged_once_and_nothing_is_made_up() -> None:
    records = [
        chat(user("Hi"), assistant("HELLO")),
        chat(user("hi"), assistant("HELLO")),
        chat(user("hi")),
    ]
    backend = Shouting()
    column = batch(*records).column(Toxicity(backend))
    assert backend.asked == ["Hi", "HELLO", "hi"]
    assert [[place for place, _ in rows] for rows in column] == [[0, 1], [1], []]

    rows = list(measured(batch(*records), backend))
    assert [row["toxicity"] for row in rows[:2]] == [1.0, 1.0]
    assert [row["threat"] for row in rows[:2]] == [0.25, 0.25]
    assert [row["toxicity_user"] for row in rows[:1]] == [0.0]
    assert rows[1]["toxicity_answer"] == 1.0 and isnan(rows[1]["toxicity_user"])
    assert all(isnan(rows[0][label]) for label in ("insult", "severe_toxicity"))
    assert all(map(isnan, rows[2].values()))
    assert list(rows[0]) == [*LABELS, "toxicity_user", "toxicity_answer"]


def test_the_gate_lets_pass_what_matters() -> None:
    assert gate().passing(["The sky is blue.", RUDE, "", "s t u p i d", "什么"]) == [1, 3]
    assert Triage(gated=True).judge([KIND, RUDE]).keys() == {1}
    assert Triage().threshold == WEIGHTS.threshold


def test_gated_scores_are_the_same_scores() -> None:
    texts = [KIND, RUDE, "You are evil.", "Good morning!"]
    every, few = Triage().judge(texts), Triage(gated=True).judge(texts)
    assert few and few.items() <= every.items()


@pytest.mark.parametrize(
    ("asked", "answer", "toxic"),
    [
        ("Hallo!", "Hoi, hoe gaat het?", False),
        ("Goedendag.", "Goedendag! Hoe gaat het met je vandaag?", False),
        ("Wat is dat?", "Hoe bedoel je? Fuck you, you stupid idiot.", True),
        ("Shut up.", "Shut up, hoe.", True),
        ("What is she?", "A stupid hoe, het.", True),
    ],
)
def test_how_is_no_insult_in_dutch(asked: str, answer: str, toxic: bool) -> None:
    found = batch(chat(user(asked), assistant(answer))).column(Toxicity(Triage(gated=True)))[0]
    assert any(place == 1 and row[0] >= 0.8 for place, row in found) is toxic
    assert Triage(gated=True).judge([answer])[0][0] >= 0.8  # by the words alone


# The rules.


def test_a_report_does_not_quote_what_it_finds(tmp_path: Path) -> None:
    lines = [chat(user(f"Question {n}?"), assistant(f"It is {n}.")) for n in range(10)]
    records = [*lines, chat(user("Hello there"), assistant(RUDE))]
    (tmp_path / "train.jsonl").write_bytes(b"\n".join(map(orjson.dumps, records)) + b"\n")
    for form in ("full", "concise", "json", "jsonl"):
        run = ftlint(tmp_path, "check", "train.jsonl", "--select", "FT6", "--format", form)
        assert "FT601" in run.out
        assert "stupid" not in run.out and "idiot" not in run.out


def test_figures_count_by_role(tmp_path: Path) -> None:
    records = [
        chat(user(RUDE), assistant("I am sorry to hear that you are upset.")),
        chat(user("How do I get to the old town?"), assistant(RUDE)),
        chat(user("你好"), assistant("你好，很高兴见到你。")),
    ]
    (tmp_path / "train.jsonl").write_bytes(b"\n".join(map(orjson.dumps, records)) + b"\n")
    run = ftlint(tmp_path, "check", "train.jsonl", "--select", "FT601", "--format", "json")
    found = orjson.loads(run.out)["measures"]["toxicity"]
    assert (found["backend"], found["threshold"]) == ("triage", 0.8)
    assert (found["texts"], found["unreadable"], found["toxic"]) == (6, 2, 2)
    assert 2 <= found["judged"] <= 4
    for role in ("user", "assistant"):
        assert found["roles"][role]["texts"] == 3
        assert (found["roles"][role]["unreadable"], found["roles"][role]["toxic"]) == (1, 1)
    assert found["labels"]["toxicity"] == found["labels"]["insult"] == 2


@pytest.mark.parametrize(
    ("asked", "told", "where"),
    [
        ("你好吗", "我很好，谢谢你的关心。", "unreadable"),
        (
            "Wie spät ist es und wo ist das Haus?",
            "Der Weg ist nicht weit.",
            "other_languages",
        ),
    ],
)
def test_what_triage_cannot_read_is_never_zero(
    tmp_path: Path, asked: str, told: str, where: str
) -> None:
    records = [chat(user(f"{asked} {n}"), assistant(f"{told} {n}")) for n in range(3)]
    (tmp_path / "train.jsonl").write_bytes(b"\n".join(map(orjson.dumps, records)) + b"\n")
    run = ftlint(tmp_path, "check", "train.jsonl", "--select", "FT601", "--format", "json")
    found = run.report["measures"]["toxicity"]
    assert (found["texts"], found[where], found["judged"], found["toxic"]) == (6, 6, 0, None)
    assert set(found["labels"].values()) == {None}
    assert [found["roles"][role]["toxic"] for role in ("user", "assistant")] == [None, None]
    assert "can judge none of 6 texts" in found["summary"]
    shown = ftlint(tmp_path, "check", "train.jsonl", "--select", "FT601", "--statistics").out
    assert "severe_toxicity" not in shown and "found 0" not in shown


def test_languages_that_triage_cannot_read_are_told_apart(tmp_path: Path) -> None:
    records = [
        chat(user("How do I get to the old town?"), assistant("Take the tram to the river.")),
        chat(user("Où est la gare, et comment y aller ?"), assistant("Elle est dans la rue.")),
    ]
    (tmp_path / "train.jsonl").write_bytes(b"\n".join(map(orjson.dumps, records)) + b"\n")
    run = ftlint(tmp_path, "check", "train.jsonl", "--select", "FT601", "--format", "json")
    found = run.report["measures"]["toxicity"]
    assert (found["texts"], found["other_languages"], found["toxic"]) == (4, 2, 0)
    assert "0 of 2 texts toxic" in found["summary"]
    assert "2 in other languages not judged" in found["summary"]


def test_data_that_no_rule_could_judge_is_not_called_clean(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_bytes(orjson.dumps(chat(user("Hi"), assistant(RUDE))) + b"\n")
    (tmp_path / "ftlint.yaml").write_text("toxicity: {backend: openai-moderation}\n")
    run = ftlint(tmp_path, "check", "train.jsonl", "--select", "FT6", "--offline")
    assert "✓" not in run.out and "no findings" not in run.out
    assert "no rule could run" in run.out and "--offline forbids" in run.out


def test_a_base_url_is_an_address(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_bytes(orjson.dumps(chat(user("Hi"), assistant("Hello"))))
    for url in ("ftp://x", "localhost:8000"):
        (tmp_path / "ftlint.yaml").write_text(
            f"toxicity: {{backend: openai-moderation, base-url: '{url}'}}\n"
        )
        run = ftlint(tmp_path, "check", "train.jsonl")
        assert run.status == 2
        assert f"ftlint.yaml:1:40: 'base-url' must begin with https://, not '{url}'" in run.err


# Labelled data.


def labelled(name: str) -> list[dict[str, object]]:
    path = SHARED / f"toxicity/{name}.jsonl"
    if not path.exists():
        pytest.skip(f"no {path}")
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def flags(rows: list[dict[str, object]]) -> np.ndarray:
    return score(*[str(row["text"]) for row in rows])[:, 0] >= WEIGHTS.threshold


def test_neutral_templates_are_not_flagged() -> None:
    rows = labelled("identity_templates")
    toxic = np.array([row["label"] == 1 for row in rows])
    flagged = flags(rows)
    assert flagged[~toxic].mean() < 0.01
    assert flagged[toxic].mean() > 0.75


def test_positive_identity_is_not_flagged() -> None:
    rows = labelled("hatecheck")
    for function in ("ident_neutral_nh", "ident_pos_nh"):
        assert flags([row for row in rows if row["func"] == function]).mean() <= 0.1
    assert flags([row for row in rows if row["func"] == "profanity_h"]).mean() > 0.8


# The configuration.


def test_the_threshold_of_the_configuration_counts(tmp_path: Path) -> None:
    said = "Go away, I will hurt you."
    (low,) = score(said)[:, 0].tolist()
    assert 0.65 < low < 0.99
    lines = [chat(user("Hello there"), assistant(said)), chat(user("Hi"), assistant(KIND))]
    (tmp_path / "train.jsonl").write_bytes(b"\n".join(map(orjson.dumps, lines)) + b"\n")
    for limit, found in ((round(low - 0.02, 2), ["FT601"]), (round(low + 0.02, 2), [])):
        (tmp_path / "ftlint.yaml").write_text(f"toxicity: {{threshold: {limit}}}\n")
        run = ftlint(tmp_path, "check", "train.jsonl", "--select", "FT6", "--format", "json")
        assert [f["code"] for f in orjson.loads(run.out)["findings"]] == found
        told = orjson.loads(run.out)["measures"]["toxicity"]
        assert told["threshold"] == limit and "not scored by Detoxify" in told["summary"]
        absent = {e["code"] for e in orjson.loads(run.out)["run"]["not_run"]}
        assert absent == {"FT602", "FT603", "FT604", "FT605", "FT606", "FT607", "FT609"}


def test_the_table_has_the_scores(tmp_path: Path) -> None:
    lines = [chat(user(RUDE), assistant(KIND)), chat(user("你好"), assistant("你好"))]
    (tmp_path / "train.jsonl").write_bytes(b"\n".join(map(orjson.dumps, lines)) + b"\n")
    ftlint(tmp_path, "check", "train.jsonl", "--select", "FT601", "-o", "csv=m.csv")
    head, first, second = (tmp_path / "m.csv").read_text().splitlines()
    row = dict(zip(head.split(","), first.split(","), strict=True))
    none = dict(zip(head.split(","), second.split(","), strict=True))
    assert float(row["toxicity_user"]) > 0.8 > 0.3 > float(row["toxicity_answer"])
    assert row["toxicity"] == row["insult"] == row["toxicity_user"]
    assert all(len(row[name]) <= 6 for name in (*LABELS, "toxicity_user", "toxicity_answer"))
    assert row["threat"] == row["sexual_explicit"] == ""  # no word of the list is no score
    assert all(none[name] == "" for name in (*LABELS, "toxicity_user", "toxicity_answer"))


def test_abuse_is_quoted_when_it_is_asked_for(tmp_path: Path) -> None:
    lines = [chat(user("Hello there"), assistant(RUDE))]
    (tmp_path / "train.jsonl").write_bytes(b"\n".join(map(orjson.dumps, lines)) + b"\n")
    run = ftlint(tmp_path, "check", "train.jsonl", "--select", "FT601", "--show-content")
    assert "stupid idiot" in run.out
