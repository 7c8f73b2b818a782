"""Fixes: the patches of a report spliced into the files, and a manifest that takes them back.

A line is fixed one patch at a time and linted again after each, so that patches never meet. The
new file is written beside the old one and renamed: interrupted at any point, one of the two is
there, whole. Lines that no patch touches are copied byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from ftlint.engine import Plan
from ftlint.example import Batch, Lines
from ftlint.finding import Fix, Safety
from ftlint.report import Report
from ftlint.rule import ExampleRule
from ftlint.source import Source, seekable
from ftlint.splice import PatchError, apply

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
    """Rules whose fixes were applied, in that order."""


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
            yield from edit.codes


def fixes_of(report: Report, plan: Plan, allowed: Safety) -> list[FileFix]:
    """Return what the fixes of `report` that are at least as safe as `allowed` would do.

    Compressed files and standard input are left alone: nothing can be spliced into them.
    """
    wanted: dict[int, dict[int, list[tuple[str, Fix]]]] = {}
    for finding in report.findings:
        source, ordinal, *_ = finding.order
        if finding.fix and finding.fix.safety >= allowed and source >= 0:
            lines = wanted.setdefault(source, {})
            lines.setdefault(ordinal, []).append((finding.code, finding.fix))
    return [
        found
        for index, lines in sorted(wanted.items())
        if fixable(report.dataset.sources[index])
        if (found := _file_fix(report, plan, index, lines, allowed)).edits or found.whole
    ]


def fixable(source: Source) -> bool:
    """Return whether a fix can be written into the file of `source`."""
    return seekable(source) and source.path != "-" and not source.stored


def _file_fix(
    report: Report,
    plan: Plan,
    index: int,
    lines: dict[int, list[tuple[str, Fix]]],
    allowed: Safety,
) -> FileFix:
    source, facts = report.dataset.sources[index], report.dataset.facts[index]
    first, shape = facts.first, facts.shape
    whole = {code: fix.whole for code, fix in lines.pop(-1, []) if fix.whole}
    edits = []
    for number, raw in _lines_of(source, {ordinal - first for ordinal in lines}):
        ordinal = number + first
        line = Lines(index, ordinal, [raw], shape=shape)
        after, codes = _fixed(plan, line, lines[ordinal], allowed)
        if after != raw:
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
                yield kept + raw[len(mark) :]
                continue
            if raw[len(mark) :].removesuffix(b"\n") != edit.before:
                raise ValueError(f"{fix.source.path} has changed since it was linted")
            if edit.after is not None:
                yield kept + edit.after + (b"\n" if raw.endswith(b"\n") else b"")
            elif kept:
                yield kept


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
