"""Views of a training plan: a table for people, Markdown for reviews, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from textwrap import wrap
from typing import Any

from ftlint import __version__
from ftlint.analyses.waste import Waste
from ftlint.configuration.config import discover
from ftlint.configuration.equipment import tokenizer_of
from ftlint.configuration.selection import Selection
from ftlint.console.intake import spooled
from ftlint.error import UsageError
from ftlint.planning.advice import Advice, advise
from ftlint.planning.counting import Spread
from ftlint.planning.plan import Budget, TrainingPlan, draw, money, whole
from ftlint.session import Request, Session
from ftlint.similarity.neighbour import THRESHOLD
from ftlint.targets.model import MILLION, Range
from ftlint.views.profile import table, written

UNPUBLISHED = "not published"
USUAL = "thought to be the default"
WIDTH = 100
"""Columns of sentences in text."""
Rows = list[tuple[str, str]]


def present(
    request: Request,
    form: str,
    today: date,
    *,
    epochs: int | None = None,
    budget: str | None = None,
) -> tuple[str, str]:
    """Return the plan in `form`, and by how much it is over the budget; empty if it is not.

    `form` is table, markdown or json. Raises: FtlintError.
    """
    money_there = Budget.parse(budget) if budget is not None else None
    config = discover(Path.cwd(), request.config)
    # A session without rules: it knows which files are meant, and which are held out.
    session = Session(request, config, (), Selection((), {}, None))
    name = _one(request.targets or config.target)
    tokenizer = tokenizer_of(config, request.tokenizer)
    with spooled(session.sources()) as sources:
        plan = draw(
            sources,
            name,
            today,
            encoding=request.encoding,
            tokenizer=tokenizer,
            epochs=epochs,
            jobs=request.jobs,
        )
    over = money_there.excess(plan) if money_there else ""
    return render(plan, form), over


def _one(targets: Sequence[str]) -> str | None:
    """Return the target of a plan. Raises: UsageError for several."""
    if len(targets) > 1:
        raise UsageError(f"a plan is for one target, not {len(targets)} ({', '.join(targets)})")
    return targets[0] if targets else None


def render(plan: TrainingPlan, form: str) -> str:
    """Return `plan` with its advice as table, markdown or json."""
    advice = advise(plan)
    if form == "json":
        return json.dumps(as_json(plan, advice), ensure_ascii=False, indent=2)
    return "\n".join(_page(plan, advice, form == "markdown")).rstrip()


def _page(plan: TrainingPlan, advice: Sequence[Advice], markdown: bool) -> Iterator[str]:
    title = f"Training plan: {plan.model.name} of {plan.target.title}, {plan.today}"
    yield f"# {title}\n" if markdown else f"{title}\n"
    rows = [*_data(plan), *_job(plan)]
    yield from [*table(("what", "value"), rows, markdown), ""]
    if grid := _grid(plan):
        yield "## Runs worth trying\n" if markdown else "Runs worth trying"
        yield from [*table(("epochs", "steps", "billed tokens", "cost", "why"), grid, markdown), ""]
    if warnings := plan.warnings():
        yield "## Warnings\n" if markdown else "Warnings"
        for warning in warnings:
            yield from _item(f"- {warning}", markdown)
        yield ""
    if advice:
        yield "## Advice\n" if markdown else "Advice"
        for each in advice:
            yield from _item(f"- {each.name}: {each.text}", markdown)
            yield from _item(f"  Because: {each.reason}.", markdown)
            yield from _item(f"  Source: {each.source}.", markdown)


def _item(line: str, markdown: bool) -> list[str]:
    """Return a line of a list, in text broken to `WIDTH` and indented like the first."""
    if markdown:
        return [line]
    return wrap(line, WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def _data(plan: TrainingPlan) -> Rows:
    counted = plan.counted
    rows = [
        ("training examples", whole(counted.examples)),
        (f"tokens ({plan.tokens.name})", whole(counted.tokens.total)),
        ("tokens an example", _spread(counted.tokens)),
        ("trained tokens", whole(counted.trained.total)),
        ("trained tokens an example", _spread(counted.trained)),
    ]
    if counted.limit is None:
        rows.append(("training limit", "not known"))
    else:
        rows.append(("training limit", f"{whole(counted.limit)} tokens an example"))
        rows.append(("tokens after truncation", whole(counted.kept)))
        lost = f"{whole(counted.lost)} tokens lost, " if counted.lost else ""
        rows.append(("truncated examples", lost + _wasted(plan, counted.cut)))
    rows += [(f"{way} duplicates", _wasted(plan, waste)) for way, waste in counted.copies.items()]
    held = f"{whole(counted.validation_examples)} examples"
    tokens = whole(counted.validation_tokens)
    rows.append(("validation", f"{held}, {tokens} tokens (not billed)"))
    return rows


def _job(plan: TrainingPlan) -> Rows:
    epochs, billed = plan.epochs, plan.billed(plan.epochs)
    usual = UNPUBLISHED if plan.usual is None else USUAL
    if plan.usual not in (None, epochs):
        usual = f"{plan.usual} is {USUAL}"
    chosen = whole(epochs) if epochs else "not known"
    thought = USUAL if plan.batch_size else ""
    price = plan.price
    cost = plan.cost(billed)
    dated = (
        f"{written(price)} per 1M tokens, as of {price.as_of} ({plan.source(price)})"
        if price
        else "not known"
    )
    return [
        ("epochs", f"{chosen} ({usual}{_range(plan.allowed('epochs'))})"),
        ("batch size", _published(plan.batch_size) + _allowed(plan, "batch-size", thought)),
        (
            "learning-rate multiplier",
            UNPUBLISHED + _allowed(plan, "learning-rate-multiplier"),
        ),
        ("steps", _published(plan.steps(epochs))),
        ("billed tokens", "not known" if billed is None else whole(billed)),
        ("price", dated),
        ("cost", _cost(plan, cost)),
    ]


def _grid(plan: TrainingPlan) -> list[tuple[str, ...]]:
    return [
        (
            str(run.epochs),
            _published(run.steps),
            whole(run.billed),
            _cost(plan, run.cost),
            run.why,
        )
        for run in plan.grid()
    ]


def _published(number: int | None) -> str:
    return UNPUBLISHED if number is None else whole(number)


def _spread(spread: Spread) -> str:
    ranks = (("p5", spread.p5), ("p50", spread.p50), ("p95", spread.p95), ("max", spread.max))
    return ", ".join(f"{name} {whole(number)}" for name, number in ranks)


def _cost(plan: TrainingPlan, cost: float | None) -> str:
    if cost is None or plan.price is None:
        return "not known"
    return f"{money(cost)} {plan.price.currency}"


def _wasted(plan: TrainingPlan, waste: Waste) -> str:
    if not waste.examples:
        return "none"
    examples = f"{whole(waste.examples)} example{'s' * (waste.examples != 1)}"
    cost = plan.cost_of(waste)
    paid = "" if cost is None else f" ({_cost(plan, cost)} in all)"
    return f"{examples}, {whole(waste.tokens)} tokens billed an epoch{paid}"


def _allowed(plan: TrainingPlan, name: str, more: str = "") -> str:
    told = (more + _range(plan.allowed(name))).removeprefix("; ")
    return f" ({told})" if told else ""


def _range(span: Range | None) -> str:
    return f"; allowed: {written(span)}" if span else ""


def as_json(plan: TrainingPlan, advice: Sequence[Advice]) -> dict[str, Any]:
    """Return the document of `--format json`; its schema is `schemas/plan.json`."""
    counted, billed = plan.counted, plan.billed(plan.epochs)
    return {
        "schema_version": 1,
        "tool": {"name": "ftlint", "version": __version__},
        "date": plan.today.isoformat(),
        "target": plan.target.name,
        "model": plan.model.name,
        "method": "sft",
        "encoding": None,
        "tokenizer": None,
        **plan.tokens.told,
        "data": _counted(plan),
        **_parameters(plan),
        "steps": plan.steps(plan.epochs),
        "billed_tokens": billed,
        "price": _price(plan),
        "cost": plan.cost(billed),
        "truncation": {"tokens_lost": counted.lost, **_waste(plan, counted.cut)},
        "duplicates": _duplicates(plan),
        "validation": {
            "examples": counted.validation_examples,
            "tokens": counted.validation_tokens,
        },
        "grid": [asdict(run) for run in plan.grid()],
        "warnings": plan.warnings(),
        "advice": [asdict(each) for each in advice],
    }


def _counted(plan: TrainingPlan) -> dict[str, Any]:
    counted = plan.counted
    return {
        "examples": counted.examples,
        "left_out": counted.left_out,
        "tokens": asdict(counted.tokens),
        "trained_tokens": asdict(counted.trained),
        "estimated_tokens": counted.estimated,
        "limit": counted.limit,
        "tokens_after_truncation": counted.kept,
    }


def _parameters(plan: TrainingPlan) -> dict[str, Any]:
    epochs, batch, rate = "epochs", "batch-size", "learning-rate-multiplier"
    return {
        "epochs": {
            "planned": plan.epochs,
            "default": plan.usual,
            **_bounds(plan.allowed(epochs)),
        },
        "batch_size": {"default": plan.batch_size, **_bounds(plan.allowed(batch))},
        "learning_rate_multiplier": {"default": None, **_bounds(plan.allowed(rate))},
    }


def _bounds(span: Range | None) -> dict[str, float | None]:
    if span is None:
        return {"low": None, "above": None, "high": None}
    return {"low": span.low, "above": span.above, "high": span.high}


def _waste(plan: TrainingPlan, waste: Waste) -> dict[str, Any]:
    return {
        "examples": waste.examples,
        "tokens_an_epoch": waste.tokens,
        "cost": plan.cost_of(waste),
    }


def _duplicates(plan: TrainingPlan) -> dict[str, Any]:
    """Return the exact copies, and under their names the others."""
    exact, normalised, near = (
        {"clusters": waste.clusters, **_waste(plan, waste)}
        for waste in plan.counted.copies.values()
    )
    return {**exact, "normalised": normalised, "near": {"threshold": THRESHOLD, **near}}


def _price(plan: TrainingPlan) -> dict[str, Any] | None:
    price = plan.price
    if price is None:
        return None
    return {
        "value": price.value,
        "currency": price.currency,
        "tokens": MILLION,
        "as_of": price.as_of,
        "source": plan.source(price),
        "stale": price.stale(plan.today),
        "uncertain": price.uncertain,
    }
