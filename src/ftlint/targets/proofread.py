"""Proofreading of a target's file: words that would mean nothing are refused at their place.

Target's document -> `words`, which needs no rules, and `wishes`, which does. A word that nobody
knows would otherwise refuse nothing, or every file, without a reason that the user could see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ftlint.configuration.document import Document, suggest
from ftlint.pointer import join
from ftlint.targets.effect import ORDER, TOOLS
from ftlint.targets.method import METHODS

if TYPE_CHECKING:
    from ftlint.rule import Rule

KEYS = ("record", "message")
"""What `keys:` lists the keys of."""


def words(document: Document) -> None:
    """Refuse methods, shapes, demands and schemas that nobody knows. Raises: PackError."""
    from ftlint.formats import FORMATS

    data = document.data
    for method, shapes in data.get("shapes", {}).items():
        _known(document, ["shapes", method], method, METHODS, "method")
        _listed(document, ["shapes", method], shapes, FORMATS, "shape")
    for key, known in (("order", ORDER), ("tools", TOOLS)):
        _listed(document, [key], data.get(key, {}), known, "demand")
    for key in data.get("keys", {}):
        _known(document, ["keys", key], key, KEYS, "key")
    records = [(["records"], data.get("records", {}))]
    for name, model in data.get("models", {}).items():
        records.append((["models", name, "records"], model.get("records", {})))
        _listed(document, ["models", name, "methods"], model.get("methods", {}), METHODS, "method")
        encoding = model.get("encoding", {}).get("value")
        if encoding is not None:
            from ftlint.targets.target import encodings

            place = ["models", name, "encoding", "value"]
            _known(document, place, encoding, encodings(), "encoding")
    for place, by_shape in records:
        for shape, form in by_shape.items():
            _known(document, [*place, shape], shape, FORMATS, "shape")
            _schema(document, [*place, shape, "value"], form["value"])


def wishes(document: Document, rules: Sequence[Rule]) -> None:
    """Refuse rules and options that there are not; `rules` are all. Raises: PackError."""
    from ftlint.configuration.option import near, options_given
    from ftlint.configuration.selection import known_selector

    data = document.data
    options_given(replace(document, data={"rules": data.get("rules", {})}), rules)
    named = [(["severity", word], word) for word in data.get("severity", {})]
    for key in ("select", "ignore"):
        named += [([key, index], word) for index, word in enumerate(data.get(key, ()))]
    for place, word in named:
        if not known_selector(word, rules):
            raise document.error(join(place), f"unknown selector {word!r}{near(word, rules)}")


def _listed(
    document: Document, place: list[Any], figure: Any, known: Iterable[str], what: str
) -> None:
    for index, word in enumerate(figure.get("value", ())):
        _known(document, [*place, "value", index], word, known, what)


def _known(
    document: Document, place: list[Any], word: str, known: Iterable[str], what: str
) -> None:
    if word not in known:
        hint = suggest(word, known) or f" ({', '.join(known)})"
        raise document.error(join(place), f"unknown {what} {word!r}{hint}")


def _schema(document: Document, place: list[Any], schema: Any) -> None:
    from jsonschema_rs import Draft202012Validator, ReferencingError

    try:
        Draft202012Validator(schema, offline=True)
    except (ValueError, ReferencingError) as bad:
        told = str(bad).partition("\n")[0]
        raise document.error(join(place), f"is no JSON Schema: {told}") from None
