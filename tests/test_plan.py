"""`ftlint plan`: its numbers against naive sums, its gate, its views and its advice."""

from __future__ import annotations

import json
import math
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from command import Outcome, ftlint, inside

import ftlint as package
from ftlint.case import assistant, chat, system, user
from ftlint.engine import Plan, lint_shard
from ftlint.error import UsageError
from ftlint.example import Batch, Lines
from ftlint.executors import Serial
from ftlint.features.tokens import Tokens
from ftlint.planning.advice import advise
from ftlint.planning.counting import Counting, Seen, count
from ftlint.planning.plan import Budget, TrainingPlan, draw, money
from ftlint.source import Dataset, Source
from ftlint.tokens.encoding import load
from ftlint.views.plan import render

MINI = "openai:gpt-4.1-mini"
SHORTEST = "openai:gpt-3.5-turbo-0613"
TODAY = date(2026, 11, 23)
SCHEMA = json.loads((Path(package.__file__).parent / "schemas/plan.json").read_text("utf-8"))

Record = dict[str, Any]


def record(number: int, words: int = 1) -> Record:
    """Return an example of its own, with an answer of some words."""
    return chat(user(f"Question {number}?"), assistant(f"Answer {number}" + " word" * words))


def put(path: Path, records: list[Record]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")
    return path


def planned(
    folder: Path,
    records: list[Record],
    target: str = MINI,
    *,
    held: list[Record] | None = None,
    today: date = TODAY,
    epochs: int | None = None,
) -> TrainingPlan:
    sources = [Source(str(put(folder / "train.jsonl", records)))]
    if held:
        sources.append(Source(str(put(folder / "held.jsonl", held)), "validation"))
    return draw(sources, target, today, epochs=epochs)


def naive(example: Record, encoding: str) -> int:
    """Return the tokens of an example of plain texts by the cookbook's formula."""
    counted = load(encoding)
    messages = example["messages"]
    return 3 + sum(3 + sum(counted.count(text) for text in m.values()) for m in messages)


def trained(example: Record, encoding: str) -> int:
    said = [m["content"] for m in example["messages"] if m["role"] == "assistant"]
    return sum(load(encoding).count(text) for text in said)


def names(plan: TrainingPlan) -> list[str]:
    return [advice.name for advice in advise(plan)]


# Numbers


def test_numbers_are_those_of_naive_sums(tmp_path: Path) -> None:
    records = [record(number, number % 37) for number in range(400)]
    records += records[:7]
    held = [record(number) for number in range(1000, 1030)]
    plan = planned(tmp_path, records, held=held)
    lengths = sorted(naive(each, "o200k_base") for each in records)
    answers = [trained(each, "o200k_base") for each in records]
    counted, price = plan.counted, plan.price
    assert counted.examples == len(records)
    assert counted.tokens.total == counted.kept == sum(lengths)
    assert counted.trained.total == sum(answers)
    assert counted.tokens.p50 == lengths[203]
    assert (counted.tokens.max, counted.trained.max) == (lengths[-1], max(answers))
    assert plan.epochs == plan.usual == 3
    assert price is not None
    assert plan.cost(plan.billed(3)) == pytest.approx(3 * sum(lengths) * price.value / 1e6)
    exact = counted.copies["exact"]
    assert (exact.examples, exact.clusters) == (7, 7)
    assert exact.tokens == sum(naive(each, "o200k_base") for each in records[:7])
    assert (counted.validation_examples, counted.lost, counted.cut.examples) == (30, 0, 0)
    assert counted.validation_tokens == sum(naive(each, "o200k_base") for each in held)


def test_what_is_cut_is_not_billed(tmp_path: Path) -> None:
    records = [record(1), *(record(number, 5000) for number in range(2, 5))]
    plan = planned(tmp_path, records, SHORTEST, epochs=2)
    lengths = [naive(each, "cl100k_base") for each in records]
    limit = plan.counted.limit
    assert limit is not None
    kept = sum(min(length, limit) for length in lengths)
    assert plan.billed(2) == 2 * kept
    assert plan.counted.lost == sum(lengths) - kept
    assert (plan.counted.cut.examples, plan.counted.cut.tokens) == (3, 3 * limit)
    assert plan.cost_of(plan.counted.cut) == plan.cost(6 * limit)


@pytest.mark.parametrize(
    ("examples", "epochs"),
    [(1, 25), (4, 25), (5, 20), (10, 10), (33, 3), (34, 3), (8333, 3), (8334, 2), (30_000, 1)],
)
def test_epochs_are_those_of_the_cookbook(tmp_path: Path, examples: int, epochs: int) -> None:
    plan = planned(tmp_path, [record(1)] * examples)
    assert plan.usual == epochs
    batch = max(1, min(256, round(examples * 0.002)))
    assert plan.batch_size == batch
    assert plan.steps(plan.epochs) == epochs * math.ceil(examples / batch)


def test_the_grid_has_three_or_four_allowed_runs(tmp_path: Path) -> None:
    for epochs in range(1, 51):
        plan = planned(tmp_path, [record(1)], epochs=epochs)
        runs = plan.grid()
        assert 3 <= len(runs) <= 4
        assert epochs in {run.epochs for run in runs}
        for run in runs:
            assert 1 <= run.epochs <= 50
            assert run.billed == run.epochs * plan.counted.kept
            assert run.cost == plan.cost(run.billed)


def test_shards_and_processes_change_nothing(tmp_path: Path) -> None:
    records = [record(number % 90, number % 11) for number in range(300)]
    path = put(tmp_path / "train.jsonl", [chat(system("Hi"), *r["messages"]) for r in records])
    source = Source(str(path))
    one, two = (count([source], Tokens(), jobs) for jobs in (1, 2))
    once, twice = one.seen["train"], two.seen["train"]
    assert once == twice
    assert one.copies.lengths == two.copies.lengths
    assert one.copies.index.copies == two.copies.index.copies
    cut = Dataset((source,), 512)
    counting = Counting(Tokens())
    plan = Plan((), analyses=(counting,), batch_size=3)
    parts = Serial().map(plan, lint_shard, cut.shards())
    joined = Seen()
    for part in parts:
        joined = joined.merge(part.summaries[counting].of[0])
    assert joined.same_system() == once.same_system()
    assert (joined.tokens, joined.trained) == (once.tokens, once.trained)
    assert joined.same_system() == joined.lines == 300


def test_summaries_merge_associatively() -> None:
    lines = [json.dumps(record(number % 2)).encode() for number in range(3)]
    a, b, c = (Seen.of(Batch(Lines(0, i, [raw])), Tokens()) for i, raw in enumerate(lines))
    assert a.merge(b).merge(c) == a.merge(b.merge(c))
    assert Seen().merge(a) == a.merge(Seen()) == a
    assert a.merge(b).merge(c).lines == 3


# Prices and doubts


def test_an_old_price_is_told(tmp_path: Path) -> None:
    fresh = planned(tmp_path, [record(1)])
    assert fresh.price is not None
    read = date.fromisoformat(fresh.price.as_of)
    last = planned(tmp_path, [record(1)], today=read + timedelta(180))
    old = planned(tmp_path, [record(1)], today=read + timedelta(181))
    assert not any("the price" in each for each in last.warnings())
    assert f"the price was read 181 days ago, on {read}: check OpenAI price page" in old.warnings()
    assert json.loads(render(old, "json"))["price"]["stale"] is True


def test_what_is_not_known_is_null(tmp_path: Path) -> None:
    plan = planned(tmp_path, [record(1)] * 60, "azure-openai:gpt-4o")
    told = json.loads(render(plan, "json"))
    jsonschema.validate(told, SCHEMA)
    for key in ("cost", "price", "steps", "billed_tokens"):
        assert told[key] is None
    assert told["epochs"]["planned"] is None
    assert "no price is known for gpt-4o-2024-08-06" in told["warnings"]
    assert "not published" in render(plan, "table")
    assert planned(tmp_path, [record(1)], "azure-openai:gpt-4o", epochs=2).billed(2) is not None


# Advice


def test_advice_fits_the_data(tmp_path: Path) -> None:
    early = date(2026, 6, 1)
    wide = [record(number, 60) for number in range(200)]
    held = [record(number, 60) for number in range(500, 560)]
    assert names(planned(tmp_path, wide, held=held, today=early)) == []
    assert names(planned(tmp_path, wide, today=early)) == ["no-validation"]
    few = planned(tmp_path, wide[:20], held=held[:5], today=early)
    assert names(few) == ["few-examples", "overfitting", "small-validation"]
    fewer = names(planned(tmp_path, wide[:9], held=held, today=early))
    assert fewer == ["too-few-examples", "overfitting"]
    sorting = [chat(system("Sort."), user(f"{n}?"), assistant("a")) for n in range(200)]
    assert names(planned(tmp_path, sorting, held=held, today=early)) == ["narrow-data"]
    long = [*wide, record(900, 5000)]
    assert names(planned(tmp_path, long, SHORTEST, held=held, today=early)) == [
        "model-retired",
        "truncation",
    ]
    assert names(planned(tmp_path, [*wide, wide[0]], held=held, today=early)) == ["duplicates"]
    assert names(planned(tmp_path, wide, held=held)) == ["model-closing"]


def test_each_advice_has_a_reason_with_numbers_and_a_source(tmp_path: Path) -> None:
    records = [chat(system("Sort."), user("?"), assistant("a" * 9)) for _ in range(9)]
    advice = advise(planned(tmp_path, [*records, record(1, 5000)], SHORTEST))
    assert len(advice) >= 6
    for each in advice:
        assert each.text and each.source and each.numbers
        assert any(letter.isdigit() for letter in each.reason) or each.name == "no-validation"


# Budget


@pytest.mark.parametrize("text", ["25usd", "25 USD", "25.00usd"])
def test_a_budget_is_an_amount_and_a_currency(text: str) -> None:
    assert Budget.parse(text) == Budget(25, "USD")


@pytest.mark.parametrize(
    "text", ["", "25", "usd", "-1usd", "1e3usd", "25dollars", "٢٥usd", "nanusd"]
)
def test_a_malformed_budget_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="write an amount and a currency"):
        Budget.parse(text)


def test_what_is_said_to_fit_does_fit(tmp_path: Path) -> None:
    plan = planned(tmp_path, [record(number) for number in range(40)], epochs=7)
    for epochs in range(1, 7):
        cost = plan.cost(plan.billed(epochs))
        assert cost is not None
        assert f"(--epochs {epochs})" in Budget(cost, "USD").excess(plan)
        assert f"(--epochs {epochs})" not in Budget(cost * 0.999, "USD").excess(plan)
    whole = plan.cost(plan.billed(7))
    assert whole is not None
    assert Budget(whole, "USD").excess(plan) == ""
    assert Budget(0, "USD").excess(plan).endswith("not even one would fit")


def test_money() -> None:
    assert [money(x) for x in (0, 12345.678, 0.5, 0.00125)] == [
        "0.00",
        "12 345.68",
        "0.50",
        "0.00125",
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(tmp_path / "train.jsonl", [record(number, number) for number in range(60)])
    put(tmp_path / "held.jsonl", [record(number) for number in range(90, 95)])
    (tmp_path / "broken.jsonl").write_text('{"a": 1}\n[]\n')
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["train.jsonl", "--target", MINI, "--budget", "25usd"], 0, ""),
        (["train.jsonl", "--target", MINI, "--budget", "0.01usd"], 1, "over budget: 3 epochs"),
        (
            ["train.jsonl", "--target", MINI, "--budget", "25eur"],
            2,
            "prices are in USD, not in EUR",
        ),
        (["train.jsonl", "--target", MINI, "--budget", "25"], 2, "as in 25usd"),
        (["train.jsonl", "--target", MINI, "--budget", ""], 2, "--budget '': write an amount"),
        (["train.jsonl", "--target", MINI, "--budget", "0usd"], 1, "not even one would fit"),
        (["train.jsonl", "--target", "azure-openai:gpt-4o", "--budget", "2usd"], 2, "not known"),
        (["train.jsonl"], 2, "no target is named"),
        (["train.jsonl", "--target", "openai"], 2, "ftlint targets openai lists them"),
        (["train.jsonl", "--target", "trl"], 2, "--encoding NAME"),
        (["train.jsonl", "--target", "openai:o4-mini"], 2, "not trained by sft, only by rft"),
        (["train.jsonl", "--target", "azure-openai:qwen-32b"], 2, "no encoding is known"),
        (["train.jsonl", "--target", "openai:gpt-4.1-mni"], 2, "did you mean"),
        (["train.jsonl", "--target", MINI, "--epochs", "51"], 2, "OpenAI takes 1 to 50"),
        (["train.jsonl", "--target", MINI, "--encoding", "x"], 2, "unknown encoding 'x'"),
        (["broken.jsonl", "--target", MINI], 2, "no example has messages to count"),
        (["nowhere.jsonl", "--target", MINI], 2, "nowhere.jsonl"),
        (["--target", MINI], 2, "name a file or folder"),
    ],
)
def test_exit_status(folder: Path, arguments: list[str], status: int, said: str) -> None:
    done = inside(folder, "plan", *arguments)
    assert (done.status, said in done.err) == (status, True), done.err
    assert bool(done.out) == (status != 2)


def test_the_gate_in_a_process_of_its_own(folder: Path) -> None:
    done = ftlint(folder, "plan", "train.jsonl", "--target", MINI, "--budget", "0.01usd")
    assert done.status == 1
    assert "over budget" in done.err and "would fit" in done.err


def test_the_configuration_names_data_and_target(folder: Path) -> None:
    (folder / "ftlint.yaml").write_text(
        f"target: {MINI}\ndata: {{train: [train.jsonl], validation: [held.jsonl]}}\n"
    )
    told = _json(inside(folder, "plan", "--format", "json"))
    assert (told["data"]["examples"], told["validation"]["examples"]) == (60, 5)
    told = _json(inside(folder, "plan", "train.jsonl", "held.jsonl", "--format", "json"))
    assert told["validation"]["examples"] == 5  # held out, though named among the others


def _json(done: Outcome) -> Record:
    assert done.status == 0, done.err
    return done.report


# Views


def test_json_is_valid_and_stable(tmp_path: Path) -> None:
    records = [record(number) for number in range(60)]
    first, second = (render(planned(tmp_path, records), "json") for _ in range(2))
    assert first == second
    told = json.loads(first)
    jsonschema.validate(told, SCHEMA)
    assert told["date"] == "2026-11-23"
    assert [run["epochs"] for run in told["grid"]] == [1, 2, 3, 6]


def test_table_and_markdown_show_the_same(tmp_path: Path) -> None:
    plan = planned(tmp_path, [record(number) for number in range(60)], held=[record(99)])
    table, markdown = render(plan, "table"), render(plan, "markdown")
    assert table.splitlines()[0] == "Training plan: gpt-4.1-mini-2025-04-14 of OpenAI, 2026-11-23"
    assert "training examples          60\n" in table
    assert "| training examples | 60 |\n" in markdown
    for line in ("## Runs worth trying", "## Warnings", "## Advice", "| 3 | 180 |"):
        assert line in markdown
    for text in ("thought to be the default; allowed: from 1 to 50, auto", "(not billed)"):
        assert text in table and text in markdown
    rows = [line for line in markdown.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in rows[:10]}) == 1


def test_a_job_that_costs_more_than_the_budget_is_found(tmp_path: Path) -> None:
    path = put(tmp_path / "train.jsonl", [record(n, 5) for n in range(300)])
    cost = planned(tmp_path, [record(n, 5) for n in range(300)], epochs=3)
    exact = cost.cost(cost.billed(3))
    assert exact is not None
    config = "target: openai:gpt-4.1-mini\nrules:\n  over-budget: {{budget: {}usd, epochs: 3}}\n"
    for factor, found in ((0.5, ["FT212"]), (2, [])):
        (tmp_path / "ftlint.yaml").write_text(config.format(f"{exact * factor:.6f}"), "utf-8")
        done = inside(tmp_path, "check", path, "--select", "FT212", "--format", "json")
        assert [code for _, _, code in done.places] == found
    for budget, said in (("cheap", "write an amount"), ("5eur", "are in USD, not in EUR")):
        text = config.replace("{}usd", budget).replace("{{", "{").replace("}}", "}")
        (tmp_path / "ftlint.yaml").write_text(text, "utf-8")
        done = inside(tmp_path, "check", path, "--select", "FT212")
        assert said in done.out
