"""Test sets, and what their rule finds."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from ftlint.case import assistant, chat, user
from ftlint.engine import Plan, run
from ftlint.report import Report
from ftlint.rules.contamination import BenchmarkContamination
from ftlint.source import Dataset, Source


def said(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def grams(text: str, n: int = 13, shortest: int = 8) -> set[tuple[str, ...]]:
    parts = said(text)
    if len(parts) < n:
        return {tuple(parts)} if len(parts) >= shortest else set()
    return {tuple(parts[at : at + n]) for at in range(len(parts) - n + 1)}


def write(path: Path, texts: Sequence[str]) -> Path:
    lines = [json.dumps(chat(user(text), assistant("So be it."))) + "\n" for text in texts]
    path.write_text("".join(lines), "utf-8")
    return path


def lint(path: Path, rule: BenchmarkContamination | None = None, **plan: object) -> Report:
    rules = (rule or BenchmarkContamination(),)
    return run(Plan(rules, **plan), Dataset((Source(str(path)),)))  # type: ignore[arg-type]


TOWER = (
    "A lighthouse keeper paints 14 steps each morning and 9 more each evening. If the tower has "
    "207 steps, on which day does she paint the last one?"
)


def example(**options: object) -> BenchmarkContamination:
    return BenchmarkContamination(shipped=("example",), **options)  # type: ignore[arg-type]
