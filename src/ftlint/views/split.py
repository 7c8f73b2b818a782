"""What a split has become: a table for people, JSON for programs."""

from __future__ import annotations

import json
from dataclasses import asdict

from ftlint import __version__
from ftlint.planning.plan import whole
from ftlint.similarity.split import Half, Outcome
from ftlint.views.profile import table


def render(outcome: Outcome, form: str) -> str:
    """Return the outcome as table or json."""
    if form == "json":
        document = {"schema_version": 1, "ftlint": __version__, "share": outcome.share}
        return json.dumps(document | asdict(outcome), ensure_ascii=False, indent=2)
    halves = [
        ("train", *_row(outcome.train, 1 - outcome.share)),
        ("validation", *_row(outcome.validation, outcome.share)),
    ]
    heads = ("split", "examples", "share", "median characters", "file")
    return "\n".join([*table(heads, halves, False), "", *_notes(outcome)])


def _row(half: Half, share: float) -> tuple[str, ...]:
    return whole(half.examples), f"{100 * share:.1f} %", whole(half.median), half.path


def _notes(outcome: Outcome) -> list[str]:
    """Return what was kept together, what was balanced, and what is no example."""
    joined = f"{whole(outcome.clusters)} clusters: "
    if outcome.together:
        joined += (
            f"{whole(outcome.together)} examples are linked to others and stay together, "
            f"at most {whole(outcome.largest)} in a cluster"
        )
    else:
        joined += "no example is linked to another"
    kept = f"{whole(outcome.labels)} labels" if outcome.labels else "lengths"
    notes = [joined, f"{kept} balanced: shares differ by {100 * outcome.apart:.1f} points at most"]
    if more := outcome.train.lines - outcome.train.examples:
        notes.append(f"lines without messages, which stay in training: {whole(more)}")
    return notes
