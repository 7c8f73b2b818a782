"""Methods of training: which one a file is for, told by its shape and by who trains on it.

Targets and the shapes of a report -> `run.method`; `--method` -> the shapes that may be there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ftlint.configuration.document import suggest
from ftlint.error import UsageError
from ftlint.shape import CHAT, UNKNOWN

if TYPE_CHECKING:
    from ftlint.report import Report
    from ftlint.rule import Rule
    from ftlint.targets.target import Target

METHODS = ("sft", "dpo", "kto", "rft", "completion", "pretrain")
"""Supervised, on preferences, on marked answers, by a grader, on completions, on plain text."""


def check(method: str) -> None:
    """Refuse a word that is no method. Raises: UsageError."""
    if method not in METHODS:
        hint = suggest(method, METHODS)
        raise UsageError(f"--method: unknown method {method!r}{hint} ({', '.join(METHODS)})")


def shapes_of(method: str) -> tuple[str, ...]:
    """Return the shapes whose records a method is for, where no target says more."""
    from ftlint.formats import FORMATS

    return tuple(sorted(name for name, each in FORMATS.items() if method in each.methods))


def restricted(target: Target, method: str) -> Target:
    """Return the target as it trains by one method. Raises: UsageError when it does not."""
    taken = [*target.shapes]
    if target.model and target.model.methods:
        taken = [each for each in taken if each in target.model.methods.value]
    if method not in taken:
        name = f"{target.name}:{target.model.name}" if target.model else target.name
        known = f" ({', '.join(taken)})" if taken else ""
        raise UsageError(f"{name} has no method {method!r}{known}")
    return replace(target, shapes={method: target.shapes[method]})


def limited(rules: Sequence[Rule], method: str) -> tuple[Rule, ...]:
    """Return the rules of a run without a target, which accept the shapes of one method."""
    options: dict[str, Any] = {"shapes": shapes_of(method), "reader": method}
    return tuple(
        replace(rule, **options) if rule.name == "method-mismatch" else rule for rule in rules
    )


def judged(report: Report, targets: Callable[[], Sequence[Target]]) -> str:
    """Return the method that the records of a run are for.

    The shape of most of them tells; the first target that reads it says how it is trained on.
    Chats are for supervised training everywhere, and then no target is read.
    """
    counts: Counter[str] = Counter()
    for each in report.measures.get("shapes", {}).values():
        counts.update(each["examples"])
    if not counts:  # no rule of the run has asked
        counts.update(facts.shape for facts in report.dataset.facts if facts.shape)
    known = [(shape, n) for shape, n in counts.most_common() if shape not in (UNKNOWN, "")]
    shape = known[0][0] if known else CHAT
    if shape == CHAT:
        return METHODS[0]
    for target in targets():
        for method, shapes in target.shapes.items():
            if shape in shapes.value and method in METHODS:
                return method
    from ftlint.formats import FORMATS

    return FORMATS[shape].methods[0] if FORMATS[shape].methods else METHODS[0]
