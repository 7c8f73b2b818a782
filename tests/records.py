"""Records as batches and files, and what one rule says of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import orjson

from ftlint.case import chat, user
from ftlint.example import Batch, Lines
from ftlint.finding import Finding
from ftlint.pointer import Extent
from ftlint.rule import ExampleRule, Rule


def batch(*records: Any, rules: Sequence[Rule] = (), first: int = 0, source: int = 0) -> Batch:
    """Return a batch of records, or of lines given as bytes."""
    raws = [record if isinstance(record, bytes) else orjson.dumps(record) for record in records]
    return Batch(Lines(source, first, raws), rules)


def write(path: Path, records: Iterable[Any]) -> Path:
    """Write records to a file, one a line."""
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


def check(rule: ExampleRule, *records: Any) -> list[Finding]:
    """Return the findings when the rule runs alone; it must not matter that it does."""
    alone = [f for e in batch(*records, rules=[rule]).examples for f in rule.check(e)]
    foreign = [f for e in batch(*records).examples for f in rule.check(e)]
    assert alone == foreign
    return alone


def spans(rule: ExampleRule, text: str) -> list[tuple[int, int] | None]:
    """Return where a rule speaks in a text of the user."""
    return [finding.where.span for finding in check(rule, chat(user(text)))]


def slice_of(text: str, extent: Extent | None) -> str | None:
    """Return what an extent covers."""
    return None if extent is None else text[extent.start : extent.end]
