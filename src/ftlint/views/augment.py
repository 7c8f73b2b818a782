"""What an augmentation has become: a table for people, JSON for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from ftlint import __version__
from ftlint.planning.plan import whole
from ftlint.text.languagename import name
from ftlint.twin.augment import Outcome, Skew
from ftlint.views.profile import table


def render(outcome: Outcome, form: str) -> str:
    """Return the outcome as table or json."""
    if form == "json":
        document: dict[str, Any] = {"schema_version": 1, "ftlint": __version__, **asdict(outcome)}
        document |= {"left": dict(outcome.left), "foreign": dict(outcome.foreign)}
        document["twins"] = len(outcome.twins)
        return json.dumps(document, ensure_ascii=False, indent=2)
    heads = ("named in examples", "in the data", "skew", "with the twins", "skew")
    rows = [row for skew in outcome.skews for row in _rows(skew)]
    return "\n".join([*table(heads, rows, False), "", *_notes(outcome)])


def _rows(skew: Skew) -> list[tuple[str, ...]]:
    """Return one row a group; how far they are apart stands in the first one."""
    apart = [f"{abs(Skew.of(counts)):.2f}" for counts in (skew.before, skew.after)]
    counts = list(zip(skew.pair, skew.before, skew.after, strict=True))
    return [
        (group, whole(before), marks[0], whole(after), marks[1])
        for (group, before, after), marks in zip(counts, (apart, ["", ""]), strict=True)
    ]


def _notes(outcome: Outcome) -> list[str]:
    twins, wanted = len(outcome.twins), outcome.balance
    made = f"{whole(twins)} {'twin' if twins == 1 else 'twins'} written to {outcome.output}"
    if not outcome.written:
        made = f"{outcome.output} was not written: there is no twin to write"
    notes = [
        f"{made}, of {whole(outcome.possible)} possible; {whole(outcome.named)} of "
        f"{whole(outcome.examples)} examples name a group"
    ]
    if outcome.left:
        reasons = ", ".join(f"{why} {whole(n)}" for why, n in outcome.left.most_common())
        notes.append(f"left as they are: {reasons}")
    if outcome.foreign:
        each = [f"{name(code)} {whole(n)}" for code, n in outcome.foreign.most_common(8)]
        some = "1 example in another language than English, which is"
        if (many := outcome.foreign.total()) > 1:
            some = f"{whole(many)} examples in other languages than English, which are"
        notes.append(f"{some} not supported: {', '.join(each)}")
    if wanted is not None:
        beyond = [skew for skew in outcome.skews if abs(Skew.of(skew.after)) > wanted + 1e-9]
        for skew in beyond:
            notes.append(
                f"{' and '.join(skew.pair)} stay apart by more than {wanted:g}: too few examples "
                "name only one of them and have a twin"
            )
    if outcome.written:
        notes.append(f"manifest: {outcome.manifest}")
    if twins:
        notes.append(
            "read some twins before training on them: grammar is checked by rules, not by sense"
        )
    return notes
