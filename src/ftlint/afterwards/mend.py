"""Mending: fixes, and the fixes that they make possible, until nothing is left to change.

Lines that become equal are copies from then on, and what stood in an array is linted only once it
stands on lines. So the fixed files are written to a temporary folder and linted as if they were
the dataset, again and again; what is done to a file in all of these rounds is one fix of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from ftlint.afterwards.fix import Edit, FileFix, fixed_content, lines_of
from ftlint.error import FtlintError
from ftlint.report import Report
from ftlint.source import Source

ROUNDS = 50
"""Rounds after which rules that undo each other's fixes are left alone; two are usual."""


def mended(
    report: Report,
    find: Callable[[Report], list[FileFix]],
    lint: Callable[[Sequence[Source]], Report],
) -> tuple[list[FileFix], Report]:
    """Return all fixes of `report`, and the report of what they will leave.

    `find` tells the fixes that follow from a report, `lint` makes the report of some sources.
    Raises: FtlintError when a file has changed or there is no room for its copy.
    """
    sources = report.dataset.sources
    with report.dataset.unchanged():  # lines that another run has just fixed need no fix
        changes = find(report)
    more, left = changes, report
    with TemporaryDirectory(prefix="ftlint-") as folder:
        for _ in range(ROUNDS if changes else 0):
            left = lint(_drafts(sources, changes, Path(folder)))
            more = find(left)
            if not more:
                break
            changes = _all(changes, more)
    if changes:
        _bring_home(left, sources)
    return changes, left


def _drafts(sources: Sequence[Source], changes: Sequence[FileFix], folder: Path) -> list[Source]:
    """Return `sources` with what the fixes make of them; each copy takes the place of the last."""
    copies: dict[str, str] = {}
    for number, change in enumerate(changes):
        path = os.path.realpath(change.source.file)
        copies[path] = str(folder / f"{number}{Path(path).suffix}")
        try:
            with open(copies[path], "wb") as file:
                file.writelines(fixed_content(change))
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            told = f"fixes cannot be tried out: {folder}: cannot be written: {reason}"
            raise FtlintError(told) from error
    return [
        replace(source, stored=copies.get(os.path.realpath(source.file), source.stored))
        for source in sources
    ]


def _bring_home(report: Report, sources: tuple[Source, ...]) -> None:
    """Say of a report about copies that it is about the files that will be as these are."""
    dataset = report.dataset
    dataset.sources = sources
    homes = zip(dataset.facts, sources, strict=False)
    dataset.facts = [replace(facts, source=source) for facts, source in homes]
    dataset.table = [replace(shard, path=sources[shard.source].file) for shard in dataset.table]


def _all(changes: Sequence[FileFix], more: Sequence[FileFix]) -> list[FileFix]:
    """Return as one the fixes of files, and further ones of what those leave."""
    found = {change.source.path: change for change in changes}
    for change in more:
        path = change.source.path
        home = replace(change, source=replace(change.source, stored=""))
        found[path] = _both(found[path], home) if path in found else home
    return list(found.values())


def _both(first: FileFix, second: FileFix) -> FileFix:
    """Return as one the fix of a file, and a fix of what it leaves; lines count as they were."""
    edits = {edit.line: edit for edit in first.edits}
    lines = dict(zip((edit.line for edit in second.edits), _origins(first, second), strict=True))
    others = {line for line in lines.values() if line not in edits}
    split = "split-array" in first.whole.values()
    raws = {} if split else {number + 1: raw for number, raw in _raws(first.source, others)}
    for edit in second.edits:
        line = lines[edit.line]
        known = edits.get(line)
        before, codes = (known.before, known.codes) if known else (raws.get(line, edit.before), ())
        if edit.rejected:  # the rule that refuses it is what is told of it
            codes = ()
        edits[line] = Edit(line, before, edit.after, (*codes, *edit.codes), edit.rejected)
    ordered = tuple(edits[line] for line in sorted(edits))
    return FileFix(first.source, {**first.whole, **second.whole}, ordered)


def _raws(source: Source, lines: set[int]) -> Iterator[tuple[int, bytes]]:
    return lines_of(source, {line - 1 for line in lines})


def _origins(first: FileFix, second: FileFix) -> Iterator[int]:
    """Yield the line, before both fixes, of each line that the second one changes."""
    gone = [edit.line for edit in first.edits if edit.after is None]
    skipped = 0
    for edit in second.edits:
        while skipped < len(gone) and gone[skipped] <= edit.line + skipped:
            skipped += 1
        yield edit.line + skipped
