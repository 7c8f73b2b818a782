"""Tests of rules, offered to plugins and packs: whether cases and laws hold.

Every function returns what differs from what should be, as lines for people; nothing means that
all is well, so that a test is `assert check_case(rule, case, rules) == []`.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass, replace
from itertools import accumulate
from math import isclose
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from ftlint.case import assistant, chat, user
from ftlint.engine import Plan, run
from ftlint.example import Batch, Lines
from ftlint.report import Located, Report
from ftlint.rule import Case, DatasetRule, ExampleRule, Rule
from ftlint.source import Dataset, Source

ENOUGH = 10
"""Lines of a padded case: as many as the smallest file that no rule calls small."""

HELD = "held.jsonl"
"""Name of the validation file of a case."""

FILLER = tuple(
    chat(user(question), assistant(answer))
    for question, answer in (
        ("Which planet is closest to the sun?", "Mercury, at 58 million kilometres on average."),
        ("How long should I boil an egg?", "Seven minutes give a firm white and a soft yolk."),
        ("Name a river in Egypt.", "The Nile runs through the whole country."),
        ("What is 12 times 12?", "12 times 12 makes 144."),
        ("Why do leaves turn red?", "Chlorophyll breaks down in autumn and other pigments show."),
        ("Who painted Guernica?", "Pablo Picasso painted it in 1937."),
        ("How do I undo my last commit?", "`git reset --soft HEAD~1` keeps your changes staged."),
        ("Suggest a gift for a gardener.", "A good pair of pruning shears lasts for decades."),
        ("What does an owl eat?", "Mostly mice and voles, swallowed whole."),
        (
            "Is glass a liquid?",
            "No, it is an amorphous solid; old panes are uneven from the start.",
        ),
    )
)
"""Examples on which no rule speaks."""


def check_case(rule: Rule, case: Case, rules: Sequence[Rule]) -> list[str]:
    """Return how the findings differ from what `case` says; `rules` run beside `rule`.

    Of a good case every default rule must be silent; of a bad one, `rule` must speak exactly at
    the places named. A case without padding is a fragment, which rules about whole datasets
    other than `rule` cannot judge.
    """
    tested = replace(rule, **case.options) if case.options else rule
    others = [
        other
        for other in rules
        if other.default
        and other.code != rule.code
        and (case.pad or isinstance(other, ExampleRule))
    ]
    with TemporaryDirectory() as folder:
        report = run(Plan((tested, *others)), Dataset(_sources(case, Path(folder))))
        if case.ignores:
            _suppress(report, case.ignores, Path(folder))
    crashed = [f"{entry.code} {entry.reason}" for entry in report.crashed]
    if not case.at:
        spoken = [f"{f.code} {f.name} at {_place(f)!r}: {f.message}" for f in report.findings]
        return crashed + [f"must be clean, but has {finding}" for finding in spoken]
    expected, found = [_canonical(place) for place in case.at], places(report, rule.code)
    if expected == found:
        return crashed
    return [*crashed, f"expected findings at {expected}, but found them at {found}"]


def _sources(case: Case, folder: Path) -> tuple[Source, ...]:
    """Write the files of a case and return them."""
    path, held = folder / case.file, folder / HELD
    path.write_bytes(content(case))
    if not case.held:
        return (Source(str(path)),)
    held.write_bytes(content(replace(case, lines=case.held, pad=False)))
    return Source(str(path)), Source(str(held), "validation")


def _suppress(report: Report, text: str, folder: Path) -> None:
    """Take out of `report` what the suppressions of a case accept."""
    from ftlint.afterwards.suppression import NAME, Suppressions, suppress

    (folder / NAME).write_text(text, "utf-8")
    suppress(report, Suppressions.read(folder / NAME, report.rules), whole=True)


def places(report: Report, code: str) -> list[str]:
    """Return where the rule `code` speaks, in report order, as a `Case` writes it."""
    return [_place(finding) for finding in report.findings if finding.code == code]


def content(case: Case) -> bytes:
    """Return the bytes of the file of a case.

    Records are written as JSON and bytes as they are. The file ends with a line end unless the
    last line is given as bytes.
    """
    lines = [
        line if isinstance(line, bytes) else orjson.dumps(line, option=orjson.OPT_NON_STR_KEYS)
        for line in case.lines
    ]
    if case.pad:
        lines += map(orjson.dumps, FILLER[: max(ENOUGH - len(lines), 0)])
    padded = len(lines) > len(case.lines)
    ended = not padded and (not lines or isinstance(case.lines[-1], bytes))
    return b"\n".join(lines) + (b"" if ended else b"\n")


def check_laws(rule: Rule, batches: Sequence[Batch]) -> list[str]:
    """Return which laws `rule` breaks on the summaries of `batches`, which are in order."""
    broken = []
    copy = pickle.loads(pickle.dumps(rule))
    if copy != rule or hash(copy) != hash(rule):
        broken.append(f"{rule.code} does not equal its pickled copy")
    if isinstance(rule, DatasetRule):
        nothing = rule.summarize(Batch(Lines(0, 0, [])))
        summaries = [rule.summarize(batch) for batch in batches]
        broken += [f"{rule.code}: {law}" for law in _broken(summaries, nothing)]
    return broken


def _broken(summaries: Sequence[Any], nothing: Any) -> Iterable[str]:
    """Yield the laws of a mergeable summary that do not hold."""
    for summary in summaries:
        if not alike(nothing.merge(summary), summary) or not alike(summary.merge(nothing), summary):
            yield "the summary of no examples is not the identity of merge"
            break
    if not all(alike(pickle.loads(pickle.dumps(summary)), summary) for summary in summaries):
        yield "a summary does not survive its round trip"
    *_, left = accumulate(summaries, lambda a, b: a.merge(b), initial=nothing)
    *_, right = accumulate(reversed(summaries), lambda a, b: b.merge(a), initial=nothing)
    if not alike(left, right):
        yield "merge is not associative"


def alike(left: Any, right: Any) -> bool:
    """Return whether two summaries are equal, but for the rounding of floating-point sums."""
    if isinstance(left, float) and isinstance(right, float):
        return left == right or isclose(left, right, rel_tol=1e-9, abs_tol=1e-12)
    if type(left) is not type(right):
        return False
    if is_dataclass(left):
        names = [field.name for field in fields(left)]
        return all(alike(getattr(left, name), getattr(right, name)) for name in names)
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(alike(left[key], right[key]) for key in left)
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(alike, left, right))
    if hasattr(left, "tolist"):  # an array, whose == is an array
        return alike(left.tolist(), right.tolist())
    return bool(left == right)


def _place(finding: Located) -> str:
    held = {HELD: "held ", ".ftlint-ignore.yaml": "ignores "}.get(Path(finding.place.path).name, "")
    if finding.place.line is None:
        return f"{held}-"
    pointer = "?" if finding.place.pointer is None else finding.place.pointer
    return held + _written(finding.place.line, pointer)


_PLACE = re.compile(
    r"(?P<held>held |ignores )?(?P<line>[0-9]+)?(?: ?(?P<pointer>[/?].*))?", re.DOTALL
)


def _canonical(place: str) -> str:
    """Return a place in the one form that is compared: `1` for the first line as a whole."""
    match = _PLACE.fullmatch(place.strip())
    if match is None:
        return place
    return (match["held"] or "") + _written(int(match["line"] or 1), match["pointer"] or "")


def _written(line: int, pointer: str) -> str:
    if line == 1 and pointer.startswith("/"):
        return pointer
    return f"{line} {pointer}".strip()
