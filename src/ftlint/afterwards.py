"""Afterwards: what a run is asked to do with its findings before they are shown.

Fixes are written, or shown as a difference; a baseline is written, or takes away what it knows.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ftlint.baseline import Baseline, compare, narrow
from ftlint.error import UsageError
from ftlint.finding import Safety
from ftlint.fix import FileFix, fixable, fixes_of
from ftlint.output import check_writable, write_atomically, write_out
from ftlint.report import Report
from ftlint.session import Session
from ftlint.source import Source

BASELINE = "ftlint-baseline.json"


@dataclass(frozen=True, slots=True)
class Steps:
    """What to do with the findings, all of which must have been kept."""

    fix: bool = False
    diff: bool = False
    allowed: Safety = Safety.SAFE
    baseline: str = ""
    update: bool = False
    prune: bool = False
    quiet: bool = False
    rejects: str = ""
    """The file that takes the lines which no fix mends; empty leaves them where they are."""

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Steps:
        """Return what the options of the command line ask for. Raises: UsageError."""
        fix, diff, unsafe = options["fix"], options["diff"], options["unsafe_fixes"]
        baseline = options["baseline"] or ""
        if unsafe and not (fix or diff):
            raise UsageError("--unsafe-fixes needs --fix, or --diff to see them first")
        if fix and diff:
            raise UsageError("--diff writes nothing; leave one of --fix and --diff out")
        rejects = options["rejects"] or ""
        if rejects and not unsafe:
            raise UsageError("--rejects FILE drops lines; it needs --fix --unsafe-fixes")
        if rejects:
            check_writable(rejects)
        if options["prune"] and not baseline:
            raise UsageError("--prune needs --baseline FILE")
        if options["update_baseline"]:
            baseline = baseline or BASELINE
            check_writable(baseline)
        allowed = Safety.UNSAFE if unsafe else Safety.SAFE
        update, prune = options["update_baseline"], options["prune"]
        return cls(fix, diff, allowed, baseline, update, prune, options["quiet"], rejects)

    def after(self, session: Session, sources: Sequence[Source], report: Report) -> Report:
        """Do it, and return the report that is shown. Raises: FtlintError, SystemExit."""
        if self.fix or self.diff:
            self._check_apart(sources)
            plan = session.plan(sources)
            changes = fixes_of(report, plan, self.allowed, rejecting=bool(self.rejects))
            if self.diff:
                self._show(changes, report)
            elif changes:
                self._write(changes)
                report = session.check(sources)
        if self.baseline:
            self._compare(report, session.cap)
        else:
            report.shorten(session.cap)
        return report

    def _check_apart(self, sources: Sequence[Source]) -> None:
        """Refuse to move lines into a file that is linted. Raises: UsageError."""
        read = {os.path.realpath(source.file) for source in sources}
        if self.rejects and os.path.realpath(self.rejects) in read:
            raise UsageError(f"--rejects {self.rejects}: is one of the files that are linted")

    def _show(self, changes: Sequence[FileFix], report: Report) -> None:
        """Print the differences and end: with 1 if there are any. Raises: SystemExit."""
        write_out(line for change in changes for line in difference(change))
        many = sum(1 for change in changes for _ in change.codes())
        moved = self._moved(changes, "would move")
        self._say(f"would fix {_many(many, 'finding')}{moved}{self._left(report)}")
        raise SystemExit(int(bool(changes)))

    def _write(self, changes: Sequence[FileFix]) -> None:
        from ftlint.manifest import write_fixes

        manifest = write_fixes(changes, rejects=self.rejects)
        counts = Counter(code for change in changes for code in change.codes())
        told = ", ".join(f"{times} {code}" for code, times in sorted(counts.items()))
        told = f" ({told})" if told else ""
        self._say(
            f"fixed {_many(counts.total(), 'finding')} in {_many(len(changes), 'file')}{told}"
            f"{self._moved(changes, 'moved')}; ftlint undo {manifest} takes them back"
        )

    def _moved(self, changes: Sequence[FileFix], verb: str) -> str:
        """Say how many lines are rejected."""
        many = sum(1 for change in changes for _ in change.rejects())
        return f", {verb} {_many(many, 'line')} to {self.rejects}" if many else ""

    def _left(self, report: Report) -> str:
        """Say which fixes nobody asked for, and which cannot be written."""
        words = []
        unsafe = sum(f.fix is not None and f.fix.safety == Safety.UNSAFE for f in report.findings)
        if unsafe and self.allowed == Safety.SAFE:
            words.append(f"{unsafe} more with --unsafe-fixes")
        if not all(fixable(source) for source in report.dataset.sources):
            words.append("nothing is written into compressed files and standard input")
        return "".join(f"; {word}" for word in words)

    def _compare(self, report: Report, cap: int) -> None:
        if self.update:
            found = Baseline.of(report)
            write_atomically(self.baseline, found.chunks())
            self._say(f"{self.baseline}: {_many(found.total, 'finding')} known from now on")
            narrow(report, compare(report, found), cap)
            return
        compared = compare(report, Baseline.read(self.baseline))
        if compared.unused and self.prune:
            write_atomically(self.baseline, compared.left.chunks())
            self._say(f"{self.baseline}: {_many(compared.unused, 'entry')} removed")
        elif compared.unused:
            self._say(
                f"{self.baseline}: {_many(compared.unused, 'entry')} for findings that are gone;"
                " --prune removes them"
            )
        narrow(report, compared, cap)

    def _say(self, message: str) -> None:
        if not self.quiet and sys.stderr is not None:
            from ftlint.commands.argument import complain

            complain(message)


def difference(change: FileFix) -> Iterator[str]:
    """Yield a unified difference of each line that changes, as `diff -U0` shows it."""
    path = change.source.path
    yield f"--- {path}\n+++ {path}\n"
    for code, how in change.whole.items():
        yield f"# {code}: {how}\n"
    moved = 0
    for edit in change.edits:
        gone = edit.after is None
        now = f"{edit.line - moved - gone}{',0' * gone}"
        yield f"@@ -{edit.line} +{now} @@ {' '.join(edit.codes)}\n"
        yield f"-{_shown(edit.before)}\n"
        if edit.after is not None:
            yield f"+{_shown(edit.after)}\n"
        moved += gone


def _shown(raw: bytes) -> str:
    return raw.decode(errors="backslashreplace").removesuffix("\r")


def _many(count: int, noun: str) -> str:
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{count} {noun if count == 1 else plural}"
