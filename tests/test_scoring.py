"""Scoring: order and estimate, memory, swaps, and the laws with a deep backend."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import orjson
import pytest

from ftlint.analyses.scoring import Scoring
from ftlint.case import assistant, chat, system, user
from ftlint.configuration.catalogue import builtin
from ftlint.engine import Plan, run
from ftlint.example import Batch, Lines
from ftlint.executors import Processes, Serial
from ftlint.features.toxicity import LABELS
from ftlint.report import Report
from ftlint.reporters import Options
from ftlint.reporters import load as reporter
from ftlint.scoring.backend import Prejudiced
from ftlint.scoring.order import SAMPLED, estimate, ranked
from ftlint.scoring.remember import Memory, digest
from ftlint.scoring.setting import with_toxicity
from ftlint.scoring.swap import swapped
from ftlint.session import runnable
from ftlint.source import Dataset, Source
from ftlint.testing import alike


def keys(many: int, seed: int = 0) -> list[bytes]:
    return [digest(f"{seed} {n}") for n in range(many)]


def test_an_order_has_the_most_suspicious_first_and_a_sample_between() -> None:
    suspicion = [n / 100 for n in range(100)]
    order = ranked(suspicion, keys(100))
    assert sorted(order.texts) == list(range(100))
    worst = [at for n, at in enumerate(order.texts[:40]) if n % SAMPLED != SAMPLED - 1]
    assert worst == sorted(worst, reverse=True) and worst[0] == 99
    assert [order.rank[at] for at in (99, 50, 0)] == [0, 49, 99]
    again = ranked(suspicion, keys(100))
    assert order == again and order != ranked(suspicion, keys(100, seed=1))


@pytest.mark.parametrize("useful", [True, False], ids=["good ranking", "no ranking"])
def test_estimates_hold_what_is_true(useful: bool) -> None:
    draw = random.Random(1)
    inside, errors, sizes = 0, [], []
    for seed in range(300):
        toxic = [draw.random() < 0.1 for _ in range(600)]
        suspicion = [(0.5 * bad if useful else 0) + draw.random() for bad in toxic]
        found = estimate(ranked(suspicion, keys(600, seed)), 240, toxic)
        assert found is not None and found.low <= found.share <= found.high
        true = sum(toxic) / 600
        inside += found.low <= true <= found.high
        errors.append(found.share - true)
        sizes.append(found.high - found.low)
    assert inside >= 300 * 0.92
    assert abs(sum(errors) / 300) < 0.006  # no bias to speak of
    assert 0.02 < sum(sizes) / 300 < 0.2


def test_what_is_scored_whole_needs_no_estimate() -> None:
    toxic = [n % 3 == 0 for n in range(30)]
    found = estimate(ranked([0.0] * 30, keys(30)), 30, toxic)
    assert found and found.share == found.low == found.high == 1 / 3
    assert estimate(ranked([0.0] * 30, keys(30)), 2, toxic) is None
    assert estimate(ranked([], []), 0, []) is not None


def test_a_memory_knows_model_and_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FTLINT_CACHE_DIR", str(tmp_path))
    row = (0.5, float("nan"), 0.25, 0.0, 1.0, 0.125, 0.75)
    texts = [digest(f"t{n}") for n in range(1200)]
    Memory("one").keep(dict.fromkeys(texts, row))
    known = Memory("one").known([*texts, digest("other")])
    assert known.keys() == set(texts) and repr(known[texts[0]]) == repr(row)
    assert Memory("two").known(texts) == {}
    assert Memory("").known(texts) == {}
    (tmp_path / "toxicity-scores.sqlite").write_bytes(b"no database" * 100)
    assert Memory("one").known(texts) == {}  # and no error
    Memory("one").keep({texts[0]: row})
    monkeypatch.setenv("FTLINT_NO_CACHE", "1")
    Memory("three").keep({texts[0]: row})
    assert Memory("three").known(texts) == {}


def test_swaps_exchange_names_of_one_axis() -> None:
    assert swapped("The sky is blue.") == []
    found = swapped("Two Muslims met a GAY man; Muslims are kind.")
    assert 1 <= len(found) <= 3 and len(set(found)) == len(found)
    for text in found:
        words = text.split()
        assert "Muslims" not in text and "GAY" not in words
        assert words[1] == words[6] and words[1][0].isupper() and words[1].endswith("s")
        assert words[4].isupper()
    assert swapped("Two Muslims met.") == swapped("Two Muslims met.")
    assert swapped("a womanly humanism") == []


# The laws, with a backend that judges after the fold.

WORDS = ["queer", "stupid", "hello", "the", "river", "women", "horrible", ".", "", " "]


def records(seed: int) -> list[Any]:
    draw = random.Random(seed)

    def said() -> str:
        return " ".join(draw.choices(WORDS, k=draw.randint(0, 6)))

    made: list[Any] = []
    for _ in range(draw.randint(0, 40)):
        start = [system(said())] if draw.random() < 0.3 else []
        more = [user(said()), assistant(said())] if draw.random() < 0.3 else []
        made.append(chat(*start, user(said()), assistant(said()), *more))
    return [*made, {"messages": "x"}, {"a": 1}]


def rules(backend: Prejudiced) -> tuple[Any, ...]:
    from dataclasses import replace

    chosen = [rule for rule in builtin() if rule.code.startswith("FT6")]
    ready, absent, _ = runnable([replace(rule, backend=backend) for rule in chosen])  # type: ignore[call-arg]
    assert not absent and len(ready) == 11
    return ready


def shown(report: Report) -> str:
    text = "".join(reporter("json")(report, Options()))
    told = json.loads(text)
    del told["run"]["duration_seconds"]
    return json.dumps(told)


@pytest.mark.parametrize("most", [0, 7])
def test_the_report_is_the_same_however_it_is_made(tmp_path: Path, most: int) -> None:
    path = tmp_path / "train.jsonl"
    backend = Prejudiced(word="horrible", most=most)
    spoken = set()
    for seed in range(6):
        path.write_bytes(b"\n".join(map(orjson.dumps, records(seed))))
        source = (Source(str(path)),)
        first = run(Plan(rules(backend), figures=True), Dataset(source))
        spoken |= {finding.code for finding in first.findings}
        for size, batch, executor in (
            (64, 1, Serial()),
            (700, 3, Serial()),
            (300, 2, Processes(2)),
        ):
            plan = Plan(rules(backend), figures=True, batch_size=batch)
            assert shown(run(plan, Dataset(source, size), executor)) == shown(first)
    assert {"FT605", "FT607", "FT608"} <= spoken


def test_summaries_merge() -> None:
    analysis = Scoring(Prejudiced(word="horrible", most=5))
    lines = [orjson.dumps(record) for record in records(3)]
    batches = [Batch(Lines(0, at, lines[at : at + 4])) for at in range(0, len(lines), 4)]
    a, b, c = (analysis.summarize(batch) for batch in batches[:3])
    nothing = analysis.summarize(Batch(Lines(0, 0, [])))
    assert alike(a.merge(b).merge(c), a.merge(b.merge(c)))
    assert alike(nothing.merge(a), a) and alike(a.merge(nothing), a)


def test_a_name_that_carries_the_flag_is_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    lines = [
        chat(user("Who?"), assistant("My queer friends.")),
        chat(user("?"), assistant("queer")),
    ]
    path.write_bytes(b"\n".join(map(orjson.dumps, [*lines, lines[0]])))
    report = run(Plan(rules(Prejudiced(word="queer"))), Dataset((Source(str(path)),)))
    assert [(f.place.line, f.code) for f in report.findings] == [(n, "FT609") for n in (1, 2, 3)]
    assert "in 3 of 3 exchanges" in report.findings[0].message
    # The word is no name of a group: nothing is exchanged.
    report = run(Plan(rules(Prejudiced(word="friends"))), Dataset((Source(str(path)),)))
    assert {f.code for f in report.findings} == {"FT605"}


def test_rows_have_nan_where_nothing_was_scored(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    lines = [chat(user("horrible"), assistant("fine")), chat(user(" "), assistant("fine"))]
    path.write_bytes(b"\n".join(map(orjson.dumps, lines)))
    analysis = Scoring(Prejudiced(word="horrible"))
    report = run(Plan((), analyses=(analysis,)), Dataset((Source(str(path)),)))
    columns = analysis.rows(report.results[analysis], report.dataset)
    assert columns["toxicity_user"][0] == pytest.approx(0.9)
    assert columns["toxicity_answer"] == pytest.approx({0: 0.1, 1: 0.1})
    assert repr(columns["toxicity_user"][1]) == repr(columns["threat"][0]) == "nan"
    assert set(columns) == {*LABELS, "toxicity_user", "toxicity_answer"}


def test_a_usual_configuration_changes_nothing() -> None:
    from ftlint.configuration.config import Config
    from ftlint.configuration.selection import Selection

    chosen = Selection(tuple(builtin()), {}, None)
    assert with_toxicity(Config(), chosen, False) is chosen


def test_a_rejected_answer_may_be_toxic(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    asked = {"messages": [user("Who?")]}
    sides = [[assistant("Horrible.")], [assistant("Fine.")]]
    lines = [
        {"input": asked, "preferred_output": a, "non_preferred_output": b}
        for a, b in (sides, sides[::-1])
    ]
    path.write_bytes(b"\n".join(map(orjson.dumps, lines)))
    report = run(Plan(rules(Prejudiced(word="horrible"))), Dataset((Source(str(path)),)))
    places = [(f.place.line, f.place.pointer, f.code) for f in report.findings]
    assert places == [(1, "/preferred_output/0/content", "FT611")]
