"""Fixes: the patches of a report spliced into the files, and a manifest that takes them back.

A line is fixed one patch at a time and linted again after each, so that patches never meet. The
new file is written beside the old one and renamed: interrupted at any point, one of the two is
there, whole. Lines that no patch touches are copied byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import field
from itertools import count

from ftlint.engine import Plan
from ftlint.example import Batch, Lines
from ftlint.finding import Fix, Safety, Severity
from ftlint.report import Report
from ftlint.rule import ExampleRule, Rule
from ftlint.source import Source, seekable
from ftlint.splice import PatchError, apply
from ftlint.value import dataclass

PASSES = 200
"""Patches of one line; patches that undo each other would have no end."""
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
    """In the order of the lines."""

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
    files and standard input are left alone: nothing can be spliced into them.
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
    accepted: dict[int, set[str]] = {}
    for each in report.suppressed:
        accepted.setdefault(each.finding.order[1], set()).add(each.finding.code)
    return [
        made
        for index, lines in sorted(wanted.items())
        if fixable(report.dataset.sources[index])
        if (made := _file_fix(report, plan, index, lines, allowed, accepted)).edits or made.whole
    ]


def fixable(source: Source) -> bool:
    """Return whether a fix can be written into the file of `source`."""
    return seekable(source) and source.path != "-" and not source.stored


def _file_fix(
    report: Report,
    plan: Plan,
    index: int,
    lines: dict[int, _Found],
    allowed: Safety,
    accepted: Mapping[int, Set[str]],
) -> FileFix:
    source, facts = report.dataset.sources[index], report.dataset.facts[index]
    first, shape = facts.first, facts.shape
    whole = {code: fix.whole for code, fix in lines.pop(-1, _Found()).fixes if fix.whole}
    edits = []
    for number, raw in _lines_of(source, {ordinal - first for ordinal in lines}):
        ordinal = number + first
        found = lines[ordinal]
        some = plan.without(accepted.get(ordinal, ()))
        line = Lines(index, ordinal, [raw], shape=shape)
        after, codes = _fixed(some, line, found.fixes, allowed)
        errors = found.errors if after is not None else []
        mended = Lines(index, ordinal, [after or b""], shape=shape)
        code = _refusing(some, mended, errors) if errors else ""
        if code:
            edits.append(Edit(number + 1, raw, None, (code,), rejected=True))
        elif after != raw:
            edits.append(Edit(number + 1, raw, after, codes))
    return FileFix(source, whole, tuple(edits))


def _lines_of(source: Source, numbers: set[int]) -> Iterator[tuple[int, bytes]]:
    """Yield some lines of a file by number, from 0, without their line ends."""
    last = max(numbers, default=-1)
    with open(source.file, "rb") as file:
        for number, raw in zip(range(last + 1), file, strict=False):
            if number in numbers:
                raw = raw.removesuffix(b"\n")
                yield number, raw.removeprefix(b"\xef\xbb\xbf") if number == 0 else raw


def _fixed(
    plan: Plan, lines: Lines, found: Sequence[tuple[str, Fix]], allowed: Safety
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
        found = list(_relinted(plan, again, allowed))
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


def _relinted(plan: Plan, lines: Lines, allowed: Safety) -> Iterator[tuple[str, Fix]]:
    """Yield the fixes of the rules that look at one example, for one line as it now is."""
    rules = plan.rules_of(lines.source)
    batch = Batch(lines, rules)
    example = batch.example(0)
    # Nothing reads a line that no longer decodes: a patch keeps JSON as JSON.
    for rule in () if example.fault else rules:
        if isinstance(rule, ExampleRule) and rule.reads != "fault":
            for finding in rule.check(example):
                if finding.fix and finding.fix.safety >= allowed:
                    yield rule.code, finding.fix
    batch.close()


def _refusing(plan: Plan, lines: Lines, errors: Sequence[str]) -> str:
    """Return the code of a rule that still has an error in one line as it now is, or nothing.

    What a rule that looks at the whole dataset had found there counts as still there.
    """
    rules = [rule for rule in plan.rules_of(lines.source) if _severe(plan, rule)]
    batch = Batch(lines, rules)
    example = batch.example(0)
    for rule in rules:
        if isinstance(rule, ExampleRule):
            if (rule.reads == "line" or (rule.reads == "fault") == bool(example.fault)) and any(
                True for _ in rule.check(example)
            ):
                return rule.code
        elif rule.code in errors:
            return rule.code
    batch.close()
    return ""


def _severe(plan: Plan, rule: Rule) -> bool:
    return plan.severities.get(rule.code, rule.severity) == Severity.ERROR


def fixed_content(fix: FileFix) -> Iterator[bytes]:
    """Yield the bytes of the file after its fixes. Raises: OSError, ValueError."""
    edits = {edit.line: edit for edit in fix.edits}
    how = set(fix.whole.values())
    if "split-array" in how:
        with open(fix.source.file, "rb") as file:
            yield from split_array(file.read())
        return
    with open(fix.source.file, "rb") as file:
        for number, raw in zip(count(1), file, strict=False):
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
    decoder = JSONDecoder()
    if not text.startswith("["):
        raise ValueError("the file is no JSON array")
    at = 1
    while not text.startswith("]", at):
        _, end = decoder.raw_decode(text, at)
        yield text[at:end].encode() + b"\n"
        at = end + text.startswith(",", end)
    if at + 1 != len(text):
        raise ValueError("something follows the JSON array")
