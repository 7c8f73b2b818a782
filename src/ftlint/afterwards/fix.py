"""Fixes: the patches of a report spliced into the files, and a manifest that takes them back.

A line is fixed one patch at a time and linted again after each, so that patches never meet. The
new file is written beside the old one and renamed: interrupted at any point, one of the two is
there, whole. Lines that no patch touches are copied byte for byte.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import field
from itertools import count

from ftlint.afterwards.splice import PatchError, apply
from ftlint.engine import Plan
from ftlint.example import Batch, Lines
from ftlint.finding import Finding, Fix, Safety, Severity
from ftlint.panel import Voice
from ftlint.report import Report
from ftlint.rule import ExampleRule
from ftlint.source import Source, seekable
from ftlint.value import dataclass

PASSES = 200
"""Patches of one line; patches that undo each other would have no end."""
Spot = tuple[str, str | None]
"""Code and pointer of a finding in one line."""
_REMOVED = ({"op": "remove", "path": ""},)
_SPACE = re.compile(rb'("(?:[^"\\]|\\.)*+")|[ \t\r\n]+', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Edit:
    """What becomes of one line; `after` is None for a line that is removed."""

    line: int
    """Number in the file as it was, from 1."""
    before: bytes
    after: bytes | None
    codes: tuple[str, ...]
    """Rules whose fixes were applied, in that order; of a rejected line, that which refuses it."""
    rejected: bool = False
    """Whether the line is removed because an error is left that no fix mends."""


@dataclass(frozen=True, slots=True)
class FileFix:
    """What is done to one file."""

    source: Source
    whole: Mapping[str, str] = field(default_factory=dict)
    """What is done to the file as a whole, by the code of the rule that asks for it."""
    edits: tuple[Edit, ...] = ()
    """In the order of the lines, which are those of the items where an array is split."""

    def codes(self) -> Iterator[str]:
        """Yield the code of each fix that is applied."""
        yield from self.whole
        for edit in self.edits:
            yield from () if edit.rejected else edit.codes

    def rejects(self) -> Iterator[bytes]:
        """Yield the lines that are rejected, as they were, without their line ends."""
        return (edit.before for edit in self.edits if edit.rejected)


@dataclass(slots=True)
class _Found:
    """What was found in one line."""

    fixes: list[tuple[str, Fix]] = field(default_factory=list)
    """Those that are safe enough, with the code of their rule."""
    errors: list[str] = field(default_factory=list)
    """Codes of its errors, where lines with errors are to be rejected."""


def fixes_of(
    report: Report, plan: Plan, allowed: Safety, *, rejecting: bool = False
) -> list[FileFix]:
    """Return what the fixes of `report` that are at least as safe as `allowed` would do.

    With `rejecting`, lines are removed that still have an error after their fixes. Compressed
    files and standard input are left alone: nothing can be spliced into them. Of one file under
    several names the first counts: to the others each of its lines is a copy.
    """
    wanted: dict[int, dict[int, _Found]] = {}
    for finding in report.findings:
        source, ordinal, *_ = finding.order
        fix = finding.fix if finding.fix and finding.fix.safety >= allowed else None
        refused = rejecting and ordinal >= 0 and finding.severity == Severity.ERROR
        if source >= 0 and (fix or refused):
            found = wanted.setdefault(source, {}).setdefault(ordinal, _Found())
            found.fixes += [(finding.code, fix)] if fix else []
            found.errors += [finding.code] if refused else []
    accepted: dict[int, set[Spot]] = {}
    for each in report.suppressed:
        spot = each.finding.code, each.finding.place.pointer
        accepted.setdefault(each.finding.order[1], set()).add(spot)
    sources = report.dataset.sources
    first = {os.path.realpath(sources[at].file): at for at in reversed(range(len(sources)))}
    return [
        made
        for index, lines in sorted(wanted.items())
        if fixable(sources[index]) and first[os.path.realpath(sources[index].file)] == index
        if (made := _file_fix(report, plan, index, lines, allowed, accepted)).edits or made.whole
    ]


def fixable(source: Source) -> bool:
    """Return whether a fix can be written into the file of `source`.

    What is stored elsewhere is a copy of a file for another round, or what came through a pipe.
    """
    copied = not source.stored or os.path.isfile(source.path)
    return seekable(source) and source.path != "-" and copied


def _file_fix(
    report: Report,
    plan: Plan,
    index: int,
    lines: dict[int, _Found],
    allowed: Safety,
    accepted: Mapping[int, Set[Spot]],
) -> FileFix:
    source, facts = report.dataset.sources[index], report.dataset.facts[index]
    first, shape = facts.first, facts.shape
    whole = {code: fix.whole for code, fix in lines.pop(-1, _Found()).fixes if fix.whole}
    edits = []
    for number, raw in lines_of(source, {ordinal - first for ordinal in lines}):
        ordinal = number + first
        found = lines[ordinal]
        linter = _Linter(plan, allowed, accepted.get(ordinal, frozenset()))
        after, codes = _fixed(linter, Lines(index, ordinal, [raw], shape=shape), found.fixes)
        errors = found.errors if after is not None else []
        mended = Lines(index, ordinal, [after or b""], shape=shape)
        code = linter.refusing(mended, errors) if errors else ""
        if code:
            edits.append(Edit(number + 1, raw, None, (code,), rejected=True))
        elif after != raw:
            edits.append(Edit(number + 1, raw, after, codes))
    return FileFix(source, whole, tuple(edits))


def lines_of(source: Source, numbers: set[int]) -> Iterator[tuple[int, bytes]]:
    """Yield some lines of a file by number, from 0, without their line ends."""
    last = max(numbers, default=-1)
    with open(source.file, "rb") as file:
        for number, raw in zip(range(last + 1), file, strict=False):
            if number in numbers:
                raw = raw.removesuffix(b"\n")
                yield number, raw.removeprefix(b"\xef\xbb\xbf") if number == 0 else raw


def _fixed(
    linter: _Linter, lines: Lines, found: Sequence[tuple[str, Fix]]
) -> tuple[bytes | None, tuple[str, ...]]:
    """Return one line after all its fixes, and the codes of the rules."""
    raw, seen, codes = lines.raws[0], set[bytes](), list[str]()
    dropped = [code for code, fix in found if fix.patch == _REMOVED]
    if dropped:
        return None, tuple(dropped[:1])
    for _ in range(PASSES):
        seen.add(raw)
        step = _step(raw, found)
        if step is None or step[1] in seen:
            break
        code, raw = step
        codes.append(code)
        again = Lines(lines.source, lines.ordinal, [raw], shape=lines.shape)
        found = list(linter.fixes(again))
    return raw, tuple(codes)


def _step(raw: bytes, found: Sequence[tuple[str, Fix]]) -> tuple[str, bytes] | None:
    """Return the line after the first patch that fits and changes it, and its rule."""
    text = raw.decode(errors="surrogateescape")
    for code, fix in found:
        try:
            after = apply(text, fix.patch).encode(errors="surrogateescape")
        except PatchError:
            continue
        if after != raw:
            return code, after
    return None


@dataclass(frozen=True, slots=True)
class _Linter:
    """Lints one line again, as the run did it: scopes and suppressions count."""

    plan: Plan
    allowed: Safety
    accepted: Set[Spot]

    def fixes(self, lines: Lines) -> Iterator[tuple[str, Fix]]:
        """Yield the fixes of the rules that look at one example, for one line as it now is."""
        batch = Batch(lines, self.plan.rules_of(lines.source))
        # Nothing reads a line that no longer decodes: a patch keeps JSON as JSON.
        for rule in () if batch.example(0).fault else self.plan.rules_of(lines.source):
            if isinstance(rule, ExampleRule) and rule.reads != "fault":
                for finding in self._said(rule, batch):
                    if finding.fix and finding.fix.safety >= self.allowed:
                        yield rule.code, finding.fix
        batch.close()

    def refusing(self, lines: Lines, errors: Sequence[str]) -> str:
        """Return the code of a rule that still has an error in one line as it now is, or nothing.

        What a rule that looks at the whole dataset had found there counts as still there.
        """
        severe = [v.rule for v in self.plan.voices_of(lines.source) if _severe(self.plan, v)]
        batch = Batch(lines, severe)
        for rule in severe:
            if isinstance(rule, ExampleRule):
                if any(True for _ in self._said(rule, batch)):
                    return rule.code
            elif rule.code in errors:
                return rule.code
        batch.close()
        return ""

    def _said(self, rule: ExampleRule, batch: Batch) -> Iterator[Finding]:
        """Yield what a rule says of the one line of a batch and nobody has accepted."""
        example = batch.example(0)
        if rule.reads == "line":
            about = True
        elif rule.reads == "fault":
            about = bool(example.fault)
        else:
            about = bool(batch.scoped(rule.scope, 0))
        for finding in rule.check(example) if about else ():
            if (rule.code, finding.where.pointer) not in self.accepted:
                yield finding


def _severe(plan: Plan, voice: Voice) -> bool:
    """Return whether a rule finds errors, be it for one target of several."""
    rule = voice.rule
    usual = plan.severities.get(rule.code, rule.severity)
    levels = plan.panel.told(rule.code, voice.targets).values() if plan.panel.names else (usual,)
    return Severity.ERROR in levels


def fixed_content(fix: FileFix) -> Iterator[bytes]:
    """Yield the bytes of the file after its fixes. Raises: OSError, ValueError."""
    edits = {edit.line: edit for edit in fix.edits}
    how = set(fix.whole.values())
    with open(fix.source.file, "rb") as file:
        rows = split_array(file.read()) if "split-array" in how else file
        for number, raw in zip(count(1), rows, strict=False):
            mark = b"\xef\xbb\xbf" if number == 1 and raw.startswith(b"\xef\xbb\xbf") else b""
            kept = b"" if "remove-bom" in how else mark
            edit = edits.get(number)
            if edit is None:
                yield kept + _ended(raw[len(mark) :], how)
                continue
            if raw[len(mark) :].removesuffix(b"\n") != edit.before:
                raise ValueError(f"{fix.source.path} has changed since it was linted")
            if edit.after is not None:
                yield kept + _ended(edit.after + (b"\n" if raw.endswith(b"\n") else b""), how)
            elif kept:
                yield kept


def _ended(raw: bytes, how: Collection[str]) -> bytes:
    """Return a line without its carriage returns, if they are to go."""
    if "remove-returns" not in how:
        return raw
    return raw.rstrip(b"\r\n") + (b"\n" if raw.endswith(b"\n") else b"")


def split_array(content: bytes) -> Iterator[bytes]:
    """Yield the items of a JSON array, one a line; only the space between tokens goes.

    Raises: ValueError when it is no array.
    """
    from json.decoder import JSONDecoder

    text = _SPACE.sub(rb"\1", content.removeprefix(b"\xef\xbb\xbf")).decode()
    decoder = JSONDecoder(parse_int=str)  # Python reads no integer of 4,300 digits
    if not text.startswith("["):
        raise ValueError("the file is no JSON array")
    at = 1
    while not text.startswith("]", at):
        _, end = decoder.raw_decode(text, at)
        yield text[at:end].encode() + b"\n"
        at = end + text.startswith(",", end)
    if at + 1 != len(text):
        raise ValueError("something follows the JSON array")
