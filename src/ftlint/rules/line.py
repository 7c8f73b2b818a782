"""FT0, single lines: encoding and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import orjson

from ftlint.decode import MAX_DEPTH, Fault, Problem
from ftlint.example import Example
from ftlint.finding import Finding, Fix, Safety, Severity
from ftlint.limit import MAX_LINE
from ftlint.rule import ExampleRule, bad, good
from ftlint.value import dataclass

_OPEN = b'{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"'
_LINE = _OPEN + b'Hello!"}]}'


class _FaultRule(ExampleRule):
    """Reports lines whose decoding failed for one reason."""

    reads = "fault"
    problem: ClassVar[Problem]
    fix: ClassVar[Fix | None] = None

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding if the line has this fault."""
        fault = example.fault
        if fault is not None and fault.problem is self.problem:
            where = example.at(None, fault.span)
            yield self.finding(where, fix=self.fix, **self.details(example, fault))

    def details(self, example: Example, fault: Fault) -> dict[str, Any]:
        """Return the data of the message."""
        return {"reason": fault.message, **fault.data}


class LineNotUtf8(_FaultRule):
    """Line holds bytes that are not UTF-8.

    Why: the target refuses the line or replaces the bytes, and the model learns the replacement.

    Ignore when: never; convert the file: `iconv -f LATIN1 -t UTF-8 in.jsonl > out.jsonl`, with the
    encoding that it was written in (Latin-1, Windows-1252, GBK).

    Source: RFC 8259 section 8.1 (JSON text is UTF-8).
    """

    code = "FT019"
    name = "line-not-utf8"
    severity = Severity.ERROR
    message = "byte 0x{bytes} is not UTF-8 ({reason})"
    problem = Problem.NOT_UTF8
    good = (good(_OPEN + "Café".encode() + b'"}]}'),)
    bad = (bad(_OPEN + "Café".encode("latin-1") + b'"}]}', at="1 ?"),)


class LineInvalidJson(_FaultRule):
    """Line is not valid JSON.

    Why: the upload may pass and the job fail on it hours later, or the line is dropped.

    Ignore when: never.

    Provider says: `Example 1273 cannot be parsed. Error: line contains invalid json: Expecting
    ',' delimiter: line 1 column 79 (char 78) (line 1273)`.

    Source: openai-php#107 (a user's report); RFC 8259.
    """

    code = "FT007"
    name = "line-invalid-json"
    severity = Severity.ERROR
    message = "line is not valid JSON: {reason}"
    problem = Problem.SYNTAX
    good = (good(_LINE),)
    bad = (
        bad(_LINE[:-2], at="1 ?", note="cut off"),
        bad(_LINE + b",", at="1 ?", note="left over from an array"),
        bad(_LINE.replace(b'"', b"'"), at="1 ?", note="a Python dict, not JSON"),
    )


class LineNotObject(_FaultRule):
    """Line is an array, a string, a number or null instead of an object.

    Why: a record is an object with `messages`; anything else is refused, and some validators
    crash on it.

    Ignore when: never.

    Provider says: `Line 1 is not a dictionary`.

    Source: OpenAI fine-tuning specification.
    """

    code = "FT008"
    name = "line-not-object"
    severity = Severity.ERROR
    message = "line is {reason}, not an object"
    problem = Problem.NOT_OBJECT
    good = (good(_LINE),)
    bad = (bad(_LINE, b"null", at="2 ?"), bad(_LINE, b'["Hi", "Hello!"]', at="2 ?"))


class LineBlank(_FaultRule):
    """Line is blank.

    Why: most readers skip it, but line numbers in their messages then differ from the file's.

    Ignore when: the trainer skips blank lines (OpenAI, Together and Microsoft's validator do).

    Fix: removes the line; safe.

    Source: Together's file check; Microsoft's validator.
    """

    code = "FT009"
    name = "line-blank"
    severity = Severity.NOTE
    message = "line is blank"
    problem = Problem.BLANK
    fix = Fix("remove the line", ({"op": "remove", "path": ""},), Safety.SAFE)
    good = (good(_LINE),)
    bad = (bad(_LINE, b"", _LINE, at="2 ?"), bad(b" \t", _LINE, at="1 ?"))


class JsonNan(_FaultRule):
    """Number is NaN, Infinity or -Infinity.

    Why: Python writes and reads these words, JSON has no such numbers; a strict reader refuses
    the line.

    Ignore when: never; write null or leave the key out.

    Source: RFC 8259 section 6.
    """

    code = "FT011"
    name = "json-nan"
    severity = Severity.ERROR
    message = "{reason} is not a JSON number"
    problem = Problem.NAN
    good = (good(_OPEN + b'It is NaN."}]}', note="inside a string it is text"),)
    bad = (bad(_LINE[:-1] + b',"score":NaN}', at="1 ?"),)


class JsonNumberOverflow(_FaultRule):
    """Number is too large for a double.

    Why: readers turn it into infinity or refuse the line.

    Ignore when: never; write it as a string.

    Source: RFC 8259 section 6 (interoperable numbers are IEEE 754 doubles).
    """

    code = "FT014"
    name = "json-number-overflow"
    severity = Severity.ERROR
    message = "{reason} is beyond the range of a double"
    problem = Problem.OVERFLOW
    good = (good(_OPEN + b'1e999"}]}', note="inside a string it is text"),)
    bad = (bad(_LINE[:-1] + b',"score":1e999}', at="1 ?"),)


class JsonLoneSurrogate(_FaultRule):
    r"""Escape is half of a surrogate pair: `\ud83d` without its partner.

    Why: the text cannot be encoded as UTF-8; tokenisers fail on it or replace it. Every validator
    that was tried accepts it, so the job fails later. It comes from text cut in the middle of an
    emoji.

    Ignore when: never.

    Source: RFC 8259 section 8.2; measured on five validators.
    """

    code = "FT012"
    name = "json-lone-surrogate"
    severity = Severity.ERROR
    message = "{reason} is half of a surrogate pair"
    problem = Problem.SURROGATE
    good = (good(_OPEN + rb"\ud83d\ude00" + b'"}]}', note="both halves: one emoji"),)
    bad = (bad(_OPEN + rb"\ud83d" + b'"}]}', at="1 ?"),)


class JsonTooDeep(_FaultRule):
    """Nesting is deeper than JSON readers follow.

    Why: readers stop with an error or crash; no chat record is nested so deep.

    Ignore when: never.

    Source: limits of orjson (1024 levels) and of Python's json module.
    """

    code = "FT013"
    name = "json-too-deep"
    severity = Severity.ERROR
    message = "nested more than {limit} levels deep"
    problem = Problem.DEPTH
    good = (good(_OPEN + b"[" * 1100 + b'"}]}', note="brackets in a string are text"),)
    bad = (bad(b'{"messages":' + b"[" * 1100 + b"]" * 1100 + b"}", at="1 ?"),)

    def details(self, example: Example, fault: Fault) -> dict[str, Any]:
        """Return the limit."""
        return {"limit": MAX_DEPTH}


@dataclass(frozen=True)
class LineTooLong(ExampleRule):
    """Line is longer than any example can be.

    Why: no context window holds such an example; most often line ends are missing.

    Ignore when: never. Beyond 64 MiB a line is not read at all, so nothing else is said of it.

    Source: the longest training context, 131 072 tokens, is about half a MiB of English text.
    """

    code = "FT015"
    name = "line-too-long"
    severity = Severity.ERROR
    message = "line has {bytes} bytes; are line ends missing?"
    reads = "line"
    good = (good(_LINE),)
    bad = (bad(_OPEN + b"a" * 200 + b'"}]}', at="1 ?", options={"limit": 250}),)

    limit: int = MAX_LINE
    """Bytes that a line may have."""

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding if the line is too long."""
        if example.line.length > self.limit:
            yield self.finding(example.at(None, (0, 1)), bytes=example.line.length)


class JsonDuplicateKey(ExampleRule):
    """Object has the same key twice.

    Why: readers keep the last value and drop the other silently; what you see in the file is not
    what is trained on.

    Ignore when: never.

    Source: RFC 8259 section 4 (names should be unique); no other validator checks it.
    """

    code = "FT010"
    name = "json-duplicate-key"
    severity = Severity.WARNING
    message = "key {key!r} appears {count} times in one object"
    good = (good(_LINE),)
    bad = (
        bad(
            b'{"messages":[{"role":"user","content":"Hi"},'
            b'{"role":"assistant","content":"A","content":"B"}]}',
            at="/messages/1/content",
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a repeated key, at its last place."""
        raw = example.line.raw
        if _all_different(raw, example.value):
            return
        repeated = _repeated(raw)
        if not repeated:
            return
        for pointer, key, count in _places(example.value, repeated):
            yield self.finding(example.at(pointer, key=True), key=key[:40], count=count)


def _all_different(raw: bytes, value: Any) -> bool:
    """Return whether counting alone shows that no key is repeated (ten times the speed).

    Written anew, the record has as many quotation marks as the line, unless a repeated key was
    dropped, with at least two. One within a string stands there as itself in both, but where the
    line spells it as a number.
    """
    if b"\\u0022" in raw:
        return False
    try:
        return raw.count(b'"') == orjson.dumps(value).count(b'"')
    except TypeError:  # orjson reads 1024 levels and writes 254
        return False


def _repeated(raw: bytes) -> list[dict[str, Any]]:
    """Return marked copies of the objects that repeat a key, or nothing (the usual case)."""
    import json

    found = False

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal found
        value = dict(items)
        if len(value) != len(items):
            found = True
            counts: dict[str, int] = {}
            for key, _ in items:
                counts[key] = counts.get(key, 0) + 1
            value[_MARK] = {key: count for key, count in counts.items() if count > 1}
        return value

    try:
        record = json.loads(raw, object_pairs_hook=pairs)
    except RecursionError:  # near the limit of FT013; such a record is told nothing of its keys
        return []
    return [record] if found else []


_MARK: Any = object()
"""A key that no JSON object can have."""


def _places(value: Any, repeated: list[dict[str, Any]]) -> list[tuple[str, str, int]]:
    """Return pointer, key and count of each repeated key, in document order."""
    from ftlint.pointer import join

    found: list[tuple[str, str, int]] = []
    stack: list[tuple[tuple[str | int, ...], Any]] = [((), repeated[0])]
    while stack:
        path, node = stack.pop()
        if isinstance(node, dict):
            for key, count in node.pop(_MARK, {}).items():
                found.append((join((*path, key)), key, count))
            stack += [((*path, key), child) for key, child in reversed(node.items())]
        elif isinstance(node, list):
            stack += [((*path, i), node[i]) for i in reversed(range(len(node)))]
    return found
