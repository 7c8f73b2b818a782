"""Which of the chosen rules can run: a rule says itself what it lacks.

Rules and their panel -> those that run, with theirs, and the reasons of the others.
"""

from __future__ import annotations

from collections.abc import Sequence

from ftlint.panel import NOBODY, Panel
from ftlint.report import NotRun
from ftlint.rule import Rule


def runnable(
    rules: Sequence[Rule], panel: Panel = NOBODY
) -> tuple[tuple[Rule, ...], tuple[NotRun, ...], Panel]:
    """Return the rules that can run with their options, and the others with the reason.

    Of several targets those are named for which a rule cannot run, unless it is all of them.
    """
    reasons = [rule.unready() for rule in rules]
    ready = [index for index, reason in enumerate(reasons) if reason is None]
    there = {rules[index].code for index in ready}
    not_run = []
    for voice, reason in zip(panel.voices(rules), reasons, strict=True):
        code = voice.rule.code
        if reason:
            told = panel.told(code, voice.targets) if code in there else ()
            named = f" (for {', '.join(told)})" if told else ""
            not_run.append(NotRun(code, reason + named))
    kept = panel.kept(ready) if panel.names else panel
    return tuple(rules[index] for index in ready), tuple(dict.fromkeys(not_run)), kept
