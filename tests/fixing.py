"""Files with mistakes, and the fixes of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ftlint.afterwards.fix import FileFix, fixes_of
from ftlint.afterwards.manifest import write_fixes
from ftlint.case import assistant, chat, user
from ftlint.configuration.catalogue import builtin
from ftlint.engine import Plan, run
from ftlint.finding import Safety
from ftlint.report import Report
from ftlint.source import Dataset, Source

RULES = tuple(rule for rule in builtin() if rule.code[:3] in ("FT0", "FT1"))
PLAN = Plan(RULES, cap=0)


def lint(path: Path, plan: Plan = PLAN) -> Report:
    return run(plan, Dataset((Source(str(path)),)))


def proposed(path: Path, allowed: Safety, plan: Plan = PLAN) -> list[FileFix]:
    return fixes_of(lint(path, plan), plan, allowed)


def fix(path: Path, allowed: Safety, plan: Plan = PLAN) -> Path:
    """Fix a file; the manifest lies beside it."""
    return write_fixes(proposed(path, allowed, plan), path.parent / "undo" / "fixes")


def fixable(report: Report, allowed: Safety) -> list[tuple[str, Any]]:
    return [
        (finding.code, finding.place.line)
        for finding in report.findings
        if finding.fix and finding.fix.safety >= allowed
    ]


def check_untouched(before: bytes, after: bytes, changes: Sequence[FileFix]) -> None:
    edits = {edit.line: edit for change in changes for edit in change.edits}
    kept = [raw for number, raw in enumerate(lines(before), 1) if number not in edits]
    gone = [edit for edit in edits.values() if edit.after is None]
    changed = {edit.after for edit in edits.values()}
    now = lines(after)
    assert [raw for raw in now if raw not in changed] == [r for r in kept if r not in changed]
    assert len(now) == len(lines(before)) - len(gone)


def lines(raw: bytes) -> list[bytes]:
    rows = raw.split(b"\n")
    return rows if rows[-1] else rows[:-1]


LEGACY = chat(user("Hi"), assistant("Hello!", weight="1"))
ODD = (
    rb'{"messages" :[ {"role":"user","content":"H\u00e9"}, {"role":"assistant",'
    rb'"content":"ok" , "weight": "0"},{"role":"assistant","content":"y"} ], "n":1.50}'
)


def put(path: Path, *lines: Any) -> Path:
    raws = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    path.write_bytes(b"\n".join(raws) + b"\n")
    return path


ALL = Plan(tuple(rule for rule in builtin() if rule.code[:3] in ("FT0", "FT1", "FT4")), cap=0)


def reject(path: Path, rejects: Path, plan: Plan = ALL) -> Path:
    """Fix a file and move the lines that still have errors."""
    changes = fixes_of(lint(path, plan), plan, Safety.UNSAFE, rejecting=True)
    return write_fixes(changes, path.parent / "undo" / "fixes", str(rejects))
