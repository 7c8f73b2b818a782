"""FT0, the file of suppressions: entries that have run out, or that hide nothing.

The rules are told after the fold, by `ftlint.afterwards.suppression`: only then is it known which
findings an entry means.
"""

from __future__ import annotations

from collections.abc import Iterator

from ftlint.case import assistant, chat, user
from ftlint.finding import Finding, Severity
from ftlint.rule import FileRule, bad, good
from ftlint.source import Dataset
from ftlint.summary import Nothing

_QUIET = chat(user("Say nothing."), assistant(""))
_HERON = chat(user("What does a heron eat?"), assistant("Fish, frogs and now and then a vole."))


class SuppressionExpired(FileRule):
    """Suppression has passed the day until which it holds.

    Why: somebody has said until when the findings are acceptable. They are reported again, and
    the entry no longer says what is so.

    Ignore when: never; give it a later day with a reason that still holds, or remove it.

    Source: `.ftlint-ignore.yaml`; days end at midnight UTC.
    """

    code = "FT030"
    name = "suppression-expired"
    severity = Severity.WARNING
    message = "the suppression of {rule} ended on {expires}; it means {findings}"
    good = (
        good(
            _QUIET,
            ignores="suppressions:\n- {rule: content-empty, path: '*', reason: on purpose}\n",
            note="without a day it holds",
        ),
    )
    bad = (
        bad(
            _QUIET,
            at="ignores 2",
            ignores="suppressions:\n"
            "- {rule: content-empty, path: '*', reason: on purpose, expires: 2020-02-29}\n",
        ),
        bad(
            _HERON,
            at="ignores 2",
            ignores="suppressions:\n- rule: no-user\n  pointer: /messages\n  reason: ours\n"
            "  expires: 2020-02-29\n",
            note="one that hides nothing besides is told once",
        ),
    )

    def finish(self, summary: Nothing, dataset: Dataset) -> Iterator[Finding]:
        """Yield nothing: it is told of the file, not of the data."""
        yield from ()


class SuppressionUnused(FileRule):
    """Suppression hides no finding.

    Why: it stays behind when its finding is mended, and hides the next one that looks like it.

    Ignore when: the finding comes and goes with the data of the day.

    Source: `.ftlint-ignore.yaml`. An entry is judged when its rule has run and either the run has
    seen every file under `data`, or the rule looks at single examples and the entry names files
    without a glob, all of which were linted.
    """

    code = "FT031"
    name = "suppression-unused"
    severity = Severity.WARNING
    message = "the suppression of {rule} hides nothing"
    good = (
        good(
            _QUIET,
            ignores="suppressions:\n- {rule: FT104, message: '*empty*', reason: on purpose}\n",
        ),
    )
    bad = (
        bad(
            _HERON,
            at="ignores 2",
            ignores="suppressions:\n- {rule: content-empty, path: '*', reason: on purpose}\n",
        ),
        bad(
            _QUIET,
            at="ignores 3",
            ignores="suppressions:\n"
            "- {rule: content-empty, path: '*', reason: on purpose}\n"
            "- {rule: content-empty, path: old/*.jsonl, reason: never looked at again}\n",
        ),
    )

    def finish(self, summary: Nothing, dataset: Dataset) -> Iterator[Finding]:
        """Yield nothing: it is told of the file, not of the data."""
        yield from ()
