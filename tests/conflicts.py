"""Data with answers that contradict each other, and what is found in them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from ftlint.engine import Plan, run
from ftlint.report import Located, Report
from ftlint.rules.conflict import ConflictingAnswers, ConflictingLabels, SeveralAnswers
from ftlint.source import Dataset, Source

Record = dict[str, Any]
RULES = (ConflictingLabels(), ConflictingAnswers(), SeveralAnswers())


def put(path: Path, records: list[Record]) -> Path:
    text = "".join(json.dumps(each) + "\n" for each in records)
    data = text.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def checked(path: Path, *rules: Any, shard: int = 8 << 20, **plan: Any) -> Report:
    report = run(Plan(rules or RULES, cap=0, **plan), Dataset((Source(str(path)),), shard))
    assert not report.crashed
    return report


def found(folder: Path, records: list[Record], *rules: Any) -> list[tuple[str, int | None]]:
    findings = checked(put(folder / "train.jsonl", records), *rules).findings
    return [(finding.code, finding.place.line) for finding in findings]


SAME = "Where is my parcel?"


def one(findings: list[Located]) -> Located:
    (finding,) = findings
    return finding
