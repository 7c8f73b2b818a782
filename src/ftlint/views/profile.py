"""Profiles of targets and models for `ftlint targets`, as text, Markdown and JSON.

Every figure is shown with its source and its age: an old price is worse than none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from ftlint.targets.effect import ending
from ftlint.targets.model import STALE, Figure, Form, Model, Range, day
from ftlint.targets.target import Target, figures, names, read

Row = Sequence[str]

OLD = f"older than {STALE} days: check the source"
UNSURE = "uncertain"
_FIGURES = ("figure", "value", "as of", "age", "source", "remark")


def render(name: str | None, form: str, today: date) -> str:
    """Return the list of targets, or the one called `name`, in `form`.

    `form` is text, markdown or json. Raises: UsageError, PackError.
    """
    if name is None:
        every = [read(each) for each in names()]
        if form == "json":
            return _json([_head(target) for target in every])
        return "\n".join(_list(every, form == "markdown"))
    target = read(name)
    if form == "json":
        return _json(_record(target, today))
    show = _model if target.model else _target
    return "\n".join(show(target, today, form == "markdown")).rstrip()


def _list(targets: Sequence[Target], markdown: bool) -> Iterator[str]:
    rows = [
        (each.name, each.title, _shapes(each), str(len(each.models) or "any"), each.as_of)
        for each in targets
    ]
    yield from table(("target", "who", "reads", "models", "as of"), rows, markdown)
    if not markdown:
        yield "\nftlint targets NAME shows one, ftlint targets NAME:MODEL one of its models"


def _shapes(target: Target) -> str:
    """Return the shapes that a target reads, by whatever method."""
    every = dict.fromkeys(word for words in target.shapes.values() for word in words.value)
    return ", ".join(every) or "-"


def _target(target: Target, today: date, markdown: bool) -> Iterator[str]:
    yield _title(f"{target.name}: {target.title}", markdown)
    yield f"As of {target.as_of}. {target.source}\n"
    if target.aliases:
        yield f"Also called {', '.join(target.aliases)}.\n"
    if target.models:
        heads = ("model", "alias", "methods", "trains on", "price", "trainable", "sources")
        rows = [_row(target, model, today) for model in target.models.values()]
        yield from [*table(heads, rows, markdown), ""]
        yield from _legend(rows)
    others = [entry for entry in figures(target) if not entry[0].startswith("models.")]
    if others:
        rows = [_told(name, figure, today) for name, figure in others]
        yield from [*table(_FIGURES, rows, markdown), ""]
    if target.sources:
        rows = [
            (key, each.as_of, _days((today - day(each.as_of)).days), each.title)
            for key, each in target.sources.items()
        ]
        yield from table(("source", "as of", "age", "title"), rows, markdown)


def _model(target: Target, today: date, markdown: bool) -> Iterator[str]:
    model = target.model
    assert model is not None
    alias = f" ({', '.join(model.aliases)})" if model.aliases else ""
    yield _title(f"{model.name}{alias} of {target.title}", markdown)
    yield f"Trainable {_trainable(target, model, today)}\n"
    known = [*figures(model), *([("closes", target.closes)] if target.closes else [])]
    rows = []
    for name, figure in known:
        *told, source, remark = _told(name, figure, today)
        rows.append([*told, target.sources[source].title, remark])
    yield from table(_FIGURES, rows, markdown)


def _title(text: str, markdown: bool) -> str:
    return f"# {text}\n" if markdown else text


def _row(target: Target, model: Model, today: date) -> Row:
    price = model.training_price or model.hour_price
    unit = "" if price is None else " per 1M tokens" if model.training_price else " per hour"
    sources = dict.fromkeys(figure.source for _, figure in figures(model))
    return (
        model.name,
        ", ".join(model.aliases),
        _marked(model.methods, today),
        _marked(model.training_context, today),
        _marked(price, today, unit),
        _trainable(target, model, today),
        " ".join(sources),
    )


def _marked(figure: Figure | None, today: date, unit: str = "") -> str:
    """Return a value with `?` when it is uncertain and `!` when it is old."""
    if figure is None:
        return "-"
    marks = "?" * figure.uncertain + "!" * figure.stale(today)
    return written(figure) + unit + (f" {marks}" if marks else "")


def _trainable(target: Target, model: Model, today: date) -> str:
    last = ending(target, model)
    if last is None:
        return "no end known"
    word = "until" if last[1].value > today.isoformat() else "no more since"
    return f"{word} {_marked(last[1], today)}"


def _legend(rows: Sequence[Row]) -> Iterator[str]:
    """Explain the marks that are there."""
    marks = {letter for row in rows for cell in row for letter in cell} & {"?", "!"}
    for mark, meaning in (("?", UNSURE), ("!", OLD)):
        if mark in marks:
            yield f"{mark} {meaning}\n"


def _told(name: str, figure: Figure, today: date) -> list[str]:
    remarks = [UNSURE] if figure.uncertain else []
    remarks += [f"! {OLD}"] if figure.stale(today) else []
    remarks += [figure.note] if figure.note else []
    age = _days(figure.age(today))
    return [name, written(figure), figure.as_of, age, figure.source, "; ".join(remarks)]


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def written(figure: Figure) -> str:
    """Return the value of a figure for people."""
    if isinstance(figure, Range):
        return _range(figure)
    if isinstance(figure, Form):
        return "a JSON Schema"
    value = getattr(figure, "value", "")
    currency = getattr(figure, "currency", "")
    if isinstance(value, tuple):
        return ", ".join(value)
    return _number(value) + (f" {currency}" if currency else "")


def _range(figure: Range) -> str:
    low = "" if figure.low is None else f"from {_number(figure.low)}"
    above = "" if figure.above is None else f"above {_number(figure.above)}"
    high = "" if figure.high is None else f"to {_number(figure.high)}"
    span = " ".join(filter(None, (low, above, high)))
    return ", ".join(filter(None, (span, *figure.words)))


def _number(value: Any) -> str:
    if isinstance(value, str):
        return value
    return f"{int(value):,}".replace(",", " ") if value == int(value) else f"{value:g}"


def table(heads: Row, rows: Sequence[Row], markdown: bool) -> Iterator[str]:
    """Yield the lines of a table; in text, columns are as wide as their longest cell."""
    if markdown:
        yield f"| {' | '.join(heads)} |"
        yield "|" + "---|" * len(heads)
        yield from (f"| {' | '.join(row)} |" for row in rows)
        return
    wide = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, wide, strict=True))
        yield "  ".join(cells).rstrip()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _head(target: Target) -> dict[str, Any]:
    return {
        "name": target.name,
        "title": target.title,
        "as_of": target.as_of,
        "source": target.source,
        "shapes": {method: list(shapes.value) for method, shapes in target.shapes.items()},
        "models": list(target.models),
    }


def _record(target: Target, today: date) -> dict[str, Any]:
    """Return the target as JSON has it; with a model, of its models only that one."""
    kept = {target.model.name: target.model} if target.model else target.models
    models = {name: {**_plain(model, today), **_end(target, model)} for name, model in kept.items()}
    rest = {key: value for key, value in _plain(target, today).items() if key != "model"}
    return {"name": target.name, **rest, "models": models}


def _end(target: Target, model: Model) -> dict[str, Any]:
    last = ending(target, model)
    return {"trainable_until": last[1].value, "because": last[0]} if last else {}


def _plain(value: Any, today: date) -> Any:
    """Return dataclasses as mappings, without what is not known; figures with their age."""
    if isinstance(value, Mapping):
        return {key: _plain(inner, today) for key, inner in value.items()}
    if isinstance(value, tuple):
        return list(value)
    if not is_dataclass(value):
        return value
    known = {each.name: getattr(value, each.name) for each in fields(value)}
    made = {
        key: _plain(inner, today)
        for key, inner in known.items()
        if inner is not None and inner != "" and inner != () and inner != {}
    }
    if isinstance(value, Figure):
        made |= {"age_days": value.age(today), "stale": value.stale(today)}
    return made
