"""Panels: the targets of a run, and which of them asks for each rule, with what severity.

Targets -> one Selection each -> a Panel and the rules without repetitions -> the engine. A rule
that all targets want alike is run once; one whose options differ has a *voice* for each form of
it, and what several voices say of one place is one finding. A set of targets is a whole number,
in which bit i stands for the i-th; a run with fewer than two targets knows one set only, `ALONE`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import NamedTuple

from ftlint.finding import Finding, Severity
from ftlint.rule import Rule
from ftlint.value import dataclass

ALONE = 1
"""The set of the one target there is, named or not."""
NAMED = 4
"""Targets up to which all of them are named in the text of a finding."""


class Voice(NamedTuple):
    """One form of a rule, and the targets that want it so."""

    rule: Rule
    targets: int = ALONE
    owner: str = ""
    """Whose summary it folds: the code, with a number where a code has several voices."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Two or more targets with their wishes; empty for fewer."""

    names: tuple[str, ...] = ()
    sets: tuple[int, ...] = ()
    """The targets of each rule of the run, in the same order."""
    levels: Mapping[str, Mapping[str, Severity]] = field(default_factory=dict)
    """By code, the severity that each target gives."""

    def voices(self, rules: Sequence[Rule]) -> list[Voice]:
        """Return the voices of `rules`, whose sets these are."""
        sets = self.sets or [ALONE] * len(rules)
        seen: dict[str, int] = {}
        made = []
        for rule, targets in zip(rules, sets, strict=True):
            number = seen[rule.code] = seen.get(rule.code, -1) + 1
            made.append(Voice(rule, targets, f"{rule.code}/{number}" if number else rule.code))
        return made

    def told(self, code: str, targets: int) -> dict[str, Severity]:
        """Return the severity of a finding for each of its targets."""
        given = self.levels.get(code, {})
        return {
            name: given[name] for i, name in enumerate(self.names) if targets >> i & 1
        }  # fmt: skip

    def kept(self, chosen: Iterable[int]) -> Panel:
        """Return the panel of those rules whose places are `chosen`."""
        return Panel(self.names, tuple(self.sets[i] for i in chosen), self.levels)


NOBODY = Panel()
"""The panel of a run with fewer than two targets."""


def united(
    names: Sequence[str], selections: Sequence[tuple[Sequence[Rule], Mapping[str, Severity]]]
) -> tuple[tuple[Rule, ...], Panel]:
    """Return the rules of several targets by code, equal ones once, and who asks for which.

    A selection is the rules of one target and the severities that differ from their own.
    """
    forms: dict[str, list[tuple[Rule, int]]] = {}
    levels: dict[str, dict[str, Severity]] = {}
    for index, (name, (rules, changed)) in enumerate(zip(names, selections, strict=True)):
        for rule in rules:
            levels.setdefault(rule.code, {})[name] = changed.get(rule.code, rule.severity)
            known = forms.setdefault(rule.code, [])
            for at, (other, targets) in enumerate(known):
                if other == rule:
                    known[at] = (other, targets | 1 << index)
                    break
            else:
                known.append((rule, 1 << index))
    listed = [form for code in sorted(forms) for form in forms[code]]
    rules = tuple(rule for rule, _ in listed)
    return rules, Panel(tuple(names), tuple(targets for _, targets in listed), levels)


def joined(
    said: Sequence[tuple[Iterable[Finding], int]],
) -> Mapping[int, Iterable[Finding]]:
    """Return findings by the targets that report them: what several voices say is said once.

    Each voice is its findings and its targets. Of one voice they come as they are found, of
    several in the order of the places.
    """
    if len(said) == 1:
        (found, targets), = said  # fmt: skip
        return {targets: found}
    sets: dict[tuple[object, ...], int] = {}
    first: dict[tuple[object, ...], Finding] = {}
    for found, targets in said:
        times: dict[tuple[object, ...], int] = {}
        for finding in found:
            key: tuple[object, ...] = (finding.where, finding.message)
            times[key] = times.get(key, 0) + 1
            key = (*key, times[key])  # one voice may say the same twice
            sets[key] = sets.get(key, 0) | targets
            first.setdefault(key, finding)
    groups: dict[int, list[Finding]] = {}
    for key, finding in sorted(first.items(), key=lambda item: item[1].order):
        groups.setdefault(sets[key], []).append(finding)
    return groups


def audience(told: Mapping[str, Severity], asked: int) -> str:
    """Return for which of the `asked` targets a finding holds, in words; empty when it is plain.

    A finding that is no error and holds for all of them says nothing of any.
    """
    refusing = [name for name, severity in told.items() if severity is Severity.ERROR]
    if not refusing and len(told) == asked:
        return ""
    named = refusing or list(told)
    word = "refused by" if refusing else "for"
    if len(named) == asked > NAMED:
        return f"{word} all {asked} targets"
    return f"{word} {', '.join(named)}" if named else ""
