"""Afterwards: what a run is asked to do with its findings before they are shown.

Suppressed findings are taken out first, so that nothing else sees them. Then fixes are written, or
shown as a difference; a baseline is written, or takes away what it knows; and of what is left,
only what changed rows brought is kept, when that is asked for.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftlint.afterwards.baseline import Baseline, compare, narrow
from ftlint.afterwards.fix import FileFix, fixable, fixes_of
from ftlint.afterwards.suppression import EXPIRED, UNUSED
from ftlint.console.output import check_writable, write_atomically, write_out
from ftlint.error import UsageError
from ftlint.finding import Safety
from ftlint.privacy.veil import veiled_json
from ftlint.report import Report
from ftlint.session import Session
from ftlint.source import Source
from ftlint.value import dataclass

if TYPE_CHECKING:
    from ftlint.configuration.config import Config

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
    suppressions: Path | None = None
    changed: bool = False
    since: str | None = None
    """The revision; without one, changes of the work tree count."""
    rejects: str = ""
    """The file that takes the lines which no fix mends; empty leaves them where they are."""

    @classmethod
    def of(cls, options: Mapping[str, Any], config: Config) -> Steps | None:
        """Return what command line and configuration ask for, if anything. Raises: UsageError."""
        from ftlint.afterwards.suppression import find

        _check(options)
        fix, diff, since = options["fix"], options["diff"], options["since"]
        changed = options["changed"] or since is not None
        baseline = _baseline(options, config)
        named = None if config.suppressions is None else config.beside(config.suppressions)
        file = None if options["no_suppressions"] else named or find(Path.cwd(), config.root)
        if not (fix or diff or baseline or file or changed):
            return None
        return cls(
            fix=fix,
            diff=diff,
            allowed=Safety.UNSAFE if options["unsafe_fixes"] else Safety.SAFE,
            baseline=baseline,
            update=options["update_baseline"],
            prune=options["prune"],
            quiet=options["quiet"],
            suppressions=file,
            changed=changed,
            since=since,
            rejects=options["rejects"] or "",
        )

    @property
    def every_copy(self) -> bool:
        """Return whether each copy matters: it may be the new one, or the one to drop."""
        return self.changed or bool(self.baseline) or self.allowed == Safety.UNSAFE

    def check_possible(self, sources: Sequence[Source]) -> None:
        """Find out before the work begins what cannot be done with it. Raises: FtlintError."""
        read = {os.path.realpath(source.file) for source in sources}
        if self.rejects and os.path.realpath(self.rejects) in read:
            raise UsageError(f"--rejects {self.rejects}: is one of the files that are linted")
        if self.changed:
            from ftlint.afterwards.changed import check_possible

            check_possible(sources, self.since)

    def after(self, session: Session, sources: Sequence[Source], report: Report) -> Report:
        """Do it, and return the report that is shown. Raises: FtlintError, SystemExit."""
        if self.suppressions:
            self._suppress(session, sources, report)
        if self.fix or self.diff:
            changes, left = self._mended(session, sources, report)
            if self.diff:
                self._show(changes, self._concerned(session, sources, report))
            elif changes:
                self._write(changes)
                report = left
        if self.baseline:
            self._compare(report)
        if self.changed:
            report = self._of_changes(session, sources, report, told=True)
        report.counts = {code: count for code, count in report.counts.items() if count}
        report.shorten(session.cap)
        return report

    def _mended(
        self, session: Session, sources: Sequence[Source], report: Report
    ) -> tuple[list[FileFix], Report]:
        """Return what fixes would do, and the report of what they would leave."""
        from ftlint.afterwards.mend import mended

        plan = session.plan(sources)

        def find(found: Report) -> list[FileFix]:
            concerned = self._concerned(session, found.dataset.sources, found)
            return fixes_of(concerned, plan, self.allowed, rejecting=bool(self.rejects))

        def lint(copies: Sequence[Source]) -> Report:
            found = session.check(copies)
            if self.suppressions:
                self._suppress(session, copies, found)
            return found

        return mended(report, find, lint)

    def _concerned(self, session: Session, sources: Sequence[Source], report: Report) -> Report:
        """Return `report` with only the findings that are to be fixed."""
        return self._of_changes(session, sources, report) if self.changed else report

    def _suppress(self, session: Session, sources: Sequence[Source], report: Report) -> None:
        from ftlint.afterwards.suppression import Suppressions, suppress
        from ftlint.configuration import plugins

        assert self.suppressions is not None
        there = {rule.code.rstrip("0123456789") for rule in session.rules}
        absent = {plugin.prefix for plugin in plugins.installed()} - there
        file = Suppressions.read(self.suppressions, session.rules, absent)
        suppress(report, file, whole=session.covers_data(sources), sources=sources)

    def _of_changes(
        self, session: Session, sources: Sequence[Source], report: Report, *, told: bool = False
    ) -> Report:
        """Return `report` with nothing but what changed rows brought."""
        from ftlint.afterwards import changed
        from ftlint.afterwards.suppression import fingerprints_of

        found = changed.changes(sources, self.since, session.held_out())
        for remark in found.remarks if told else ():
            self._say(remark)
        known: frozenset[str] = frozenset()
        if self.suppressions and any(f.code in (EXPIRED, UNUSED) for f in report.findings):
            texts = changed.earlier(str(self.suppressions), self.since)
            known = known.union(*map(fingerprints_of, texts))
        kept = changed.narrow(report, found, partial(_lint, session), known)
        unchanged = len(report.findings) - len(kept)
        shown = replace(report, findings=kept, unchanged=unchanged)
        shown.recount(kept)
        return shown

    def _show(self, changes: Sequence[FileFix], report: Report) -> None:
        """Print the differences and end: with 1 if there are any. Raises: SystemExit."""
        plain = report.show_content
        write_out(line for change in changes for line in difference(change, plain))
        many = sum(1 for change in changes for _ in change.codes())
        moved = self._moved(changes, "would move")
        self._say(f"would fix {_many(many, 'finding')}{moved}{self._left(report)}")
        raise SystemExit(int(bool(changes)))

    def _write(self, changes: Sequence[FileFix]) -> None:
        from ftlint.afterwards.manifest import write_fixes

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

    def _compare(self, report: Report) -> None:
        if self.update:
            found = Baseline.of(report)
            write_atomically(self.baseline, found.chunks())
            self._say(f"{self.baseline}: {_many(found.total, 'finding')} known from now on")
            narrow(report, compare(report, found), 0)
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
        narrow(report, compared, 0)

    def _say(self, message: str) -> None:
        if not self.quiet and sys.stderr is not None:
            from ftlint.commands.argument import complain

            complain(message)


def _check(options: Mapping[str, Any]) -> None:
    """Find out that options do not go together. Raises: UsageError."""
    fix, diff, unsafe = options["fix"], options["diff"], options["unsafe_fixes"]
    since = options["since"] is not None
    if options["changed"] and since:
        raise UsageError("--since REV is a wider --changed; leave one of them out")
    if (options["changed"] or since) and options["update_baseline"]:
        raise UsageError("a baseline holds all findings; leave --changed and --since out")
    if unsafe and not (fix or diff):
        raise UsageError("--unsafe-fixes needs --fix, or --diff to see them first")
    if fix and diff:
        raise UsageError("--diff writes nothing; leave one of --fix and --diff out")
    if options["rejects"] and not unsafe:
        raise UsageError("--rejects FILE drops lines; it needs --fix --unsafe-fixes")
    if options["rejects"]:
        check_writable(options["rejects"])


def _baseline(options: Mapping[str, Any], config: Config) -> str:
    """Return the file of the baseline that counts, or nothing. Raises: UsageError."""
    asked, update, prune = options["baseline"], options["update_baseline"], options["prune"]
    if options["no_baseline"]:
        if asked or update or prune:
            raise UsageError("--no-baseline and the other options of baselines exclude each other")
        return ""
    usual = "" if config.baseline is None else str(config.beside(config.baseline))
    baseline = str(asked or usual or (BASELINE if update else ""))
    if prune and not baseline:
        raise UsageError("--prune needs --baseline FILE")
    if update:
        check_writable(baseline)
    return baseline


def _lint(session: Session, sources: Sequence[Source], codes: frozenset[str]) -> Report:
    """Return what the rules with these codes find in other sources; all of it is kept."""
    chosen = session.selection
    places = [at for at, rule in enumerate(chosen.rules) if rule.code in codes]
    few = replace(
        chosen,
        rules=tuple(chosen.rules[at] for at in places),
        panel=chosen.panel.kept(places) if chosen.panel.names else chosen.panel,
    )
    request = replace(session.request, figures=False, table=False)
    return replace(session, request=request, selection=few).check(sources)


def difference(change: FileFix, plain: bool = False) -> Iterator[str]:
    """Yield a unified difference of each line that changes, as `diff -U0` shows it.

    Unless it is `plain`, dots stand for what is personal or secret.
    """
    path = change.source.path
    yield f"--- {path}\n+++ {path}\n"
    for code, how in change.whole.items():
        yield f"# {code}: {how}\n"
    moved = 0
    for edit in change.edits:
        gone = edit.after is None
        now = f"{edit.line - moved - gone}{',0' * gone}"
        yield f"@@ -{edit.line} +{now} @@ {' '.join(edit.codes)}\n"
        yield f"-{_shown(edit.before, plain)}\n"
        if edit.after is not None:
            yield f"+{_shown(edit.after, plain)}\n"
        moved += gone


def _shown(raw: bytes, plain: bool) -> str:
    text = raw.decode(errors="backslashreplace").removesuffix("\r")
    return text if plain else veiled_json(text)


def _many(count: int, noun: str) -> str:
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{count} {noun if count == 1 else plural}"
