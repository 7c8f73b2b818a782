"""From a JSON Pointer (RFC 6901) to a place in the raw text of one line.

Rules name a place by its pointer; only the findings that are reported come here. The text is
read once, without recursion, and only the containers on the way to the place are entered.
All offsets count Unicode code points of the text.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from json.decoder import JSONDecoder, scanstring  # type: ignore[attr-defined]
from typing import Any

from ftlint.text.expression import late
from ftlint.value import dataclass

_SPACE = r"[ \t\n\r]*"
_LITERAL = (
    r"(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?"
    # NaN and the infinities are no JSON, but a finding may point into a line that has them.
    r"|true|false|null|NaN|-?Infinity)"
)
_PLAIN = r'"[^"\\\x00-\x1f]*+"'
_FLAT = rf"(?:{_PLAIN}|{_LITERAL})"


def _run(item: str) -> re.Pattern[str]:
    """Return a pattern for up to 256 items; bounded, as each repeat costs memory."""
    return late(rf"{item}(?:{_SPACE},{_SPACE}{item}){{0,255}}")


# Items without escapes or containers, by the closer that ends them. A run of them is one call:
# 16.9 MB of integers take 0.3 s, against 1.4 s one at a time (CPython 3.11).
_RUNS = {"]": _run(_FLAT), "}": _run(rf"{_PLAIN}{_SPACE}:{_SPACE}{_FLAT}")}
_CLOSERS = {"{": "}", "[": "]"}
_INK = re.compile(r"[^ \t\n\r]")
_MARK = re.compile(rf"{_SPACE}([,\]}}]?){_SPACE}")
_NAME = re.compile(rf'"([^"\\\x00-\x1f]*+)"{_SPACE}:{_SPACE}')
_COLON = re.compile(rf"{_SPACE}:{_SPACE}")
_SCALAR = re.compile(_LITERAL)
# A surrogate pair is tried first: it is one code point, though written as two escapes.
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[^u])"
)
_STRAY_TILDE = re.compile(r"~(?![01])")
# Eighteen digits exceed every list and stay clear of int()'s limit on the length of its input.
_INDEX = re.compile(r"0|[1-9][0-9]{0,17}")


class PointerError(LookupError):
    """A pointer that is malformed or leads nowhere."""


@dataclass(frozen=True, slots=True)
class Extent:
    """A half-open stretch of the text, in code points."""

    start: int
    end: int


def tokens(pointer: str) -> tuple[str, ...]:
    """Return the unescaped reference tokens of a pointer; none for the whole value.

    Raises:
        PointerError: The pointer lacks its leading slash, or has a `~` without 0 or 1.
    """
    if not pointer:
        return ()
    if not pointer.startswith("/"):
        raise PointerError(f"pointer {pointer!r} does not begin with '/'")
    if "~" not in pointer:
        return (*pointer[1:].split("/"),)
    if _STRAY_TILDE.search(pointer):
        raise PointerError(f"pointer {pointer!r} has a '~' that is neither '~0' nor '~1'")
    # `~1` goes first: `~01` stands for `~1`, not for a slash.
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/"))


def join(parts: Iterable[str | int]) -> str:
    """Return the pointer made of keys and list indices; the inverse of `tokens`."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def resolve(value: object, pointer: str) -> object:
    """Return the part of a decoded value that the pointer names.

    Raises:
        PointerError: The pointer is malformed or leads nowhere.
    """
    for depth, part in enumerate(parts := tokens(pointer)):
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and 0 <= (index := index_of(part)) < len(value):
            value = value[index]
        else:
            raise PointerError(f"no {part!r} at pointer {join(parts[:depth])!r}")
    return value


def locate(text: str, pointer: str, *, key: bool = False) -> Extent | None:
    """Return the extent of the value at the pointer, or of its key with the quotes.

    Of duplicate keys the last counts, as it does for decoders. None when the pointer leads
    nowhere, when the text is not JSON, and for the key of a list element or the whole value.

    Raises:
        PointerError: The pointer is malformed.
    """
    parts = tokens(pointer)
    steps = trail(text, parts)
    if len(steps) <= len(parts):
        return None
    return steps[-1].key if key else steps[-1].extent


def nearest(text: str, pointer: str) -> tuple[str, Extent]:
    """Return the place, or else its deepest existing ancestor, and the extent.

    Where the text is not JSON, this is the whole text under the pointer `""`.

    Raises:
        PointerError: The pointer is malformed.
    """
    parts = tokens(pointer)
    steps = trail(text, parts)
    if not steps:
        return "", Extent(0, len(text))
    return join(parts[: len(steps) - 1]), steps[-1].extent


def inside(text: str, extent: Extent, span: tuple[int, int]) -> Extent:
    """Return the extent of a span within the decoded string at `extent`.

    The span counts code points; a surrogate pair, though two escapes, is one of them. A span
    that runs past the string is cut at its closing quote. An extent that holds no string is
    returned as it is.
    """
    if not text.startswith('"', extent.start):
        return extent
    last = extent.end - 1
    begin = advance(text, extent.start + 1, last, span[0])
    return Extent(begin, advance(text, begin, last, span[1] - max(span[0], 0)))


def advance(text: str, at: int, last: int, count: int) -> int:
    """Return the offset `count` decoded code points after `at`, at most `last`."""
    count = max(count, 0)
    for escape in _ESCAPE.finditer(text, at, last):
        plain = escape.start() - at
        if count <= plain:
            break
        count -= plain + 1
        at = escape.end()
    return min(at + count, last)


# Numbers stay text: Python refuses to read integers of more than 4,300 digits.
_scan: Any = JSONDecoder(parse_int=str, parse_float=str).scan_once  # type: ignore[attr-defined]


class _BrokenError(ValueError):
    """The text is not JSON; never leaves this module."""


@dataclass(slots=True)
class Step:
    """A value on the way to a place; `end` is set once the value has been read."""

    key: Extent | None
    start: int
    end: int = -1

    @property
    def extent(self) -> Extent:
        """Return where the value is."""
        return Extent(self.start, self.end)


@dataclass(slots=True)
class _Frame:
    """An open container on the way to a place, and the key or index sought in it."""

    closer: str
    target: str | int
    read: int = 0

    def sought(self, text: str, at: int) -> tuple[int, Step | None]:
        """Return the item sought and where it is, or the offset just after the closer."""
        closer, target = self.closer, self.target
        while True:
            at, closed = _next(text, at, closer, first=not self.read)
            if closed:
                return at, None
            self.read += 1
            if closer == "]":
                if self.read - 1 == target:
                    return at, Step(None, at)
            else:
                name, end, value = _member(text, at)
                if name == target:
                    return value, Step(Extent(at, end), value)
                at = value
            at = _skip(text, at)


def trail(text: str, parts: Sequence[str]) -> list[Step]:
    """Return the whole value and then what `parts` lead to, as far as it exists.

    Empty when the text is not JSON.
    """
    try:
        return _trace(text, parts)
    except ValueError:  # ours, or scanstring's
        return []


def _trace(text: str, parts: Sequence[str]) -> list[Step]:
    """Return the steps of one pass; a later duplicate replaces what was found.

    Raises:
        ValueError: The text is not JSON.
    """
    steps: list[Step] = []
    frames: list[_Frame] = []
    at = _enter(text, Step(None, _ink(text, 0)), steps, frames, parts)
    while frames:
        frame = frames[-1]
        at, step = frame.sought(text, at)
        if step is None:
            frames.pop()
            steps[len(frames)].end = at
        else:
            del steps[len(frames) :]
            at = _enter(text, step, steps, frames, parts)
    if _ink(text, at) < len(text):
        raise _BrokenError
    return steps


def items(text: str, start: int) -> array[int]:
    """Return where each item of the list at `start` begins. The text must be JSON."""
    starts, at = array("Q"), start + 1
    while True:
        at, closed = _next(text, at, "]", first=not starts)
        if closed:
            return starts
        starts.append(at)
        at = _skip(text, at)


def members(text: str, start: int) -> dict[str, Step]:
    """Return the members of the object at `start`; of equal names the last. It must be JSON."""
    found: dict[str, Step] = {}
    at, first = start + 1, True
    while True:
        at, closed = _next(text, at, "}", first=first)
        if closed:
            return found
        name, end, value = _member(text, at)
        key, at, first = Extent(at, end), _skip(text, value), False
        found[name] = Step(key, value, at)


def item(text: str, start: int) -> Step:
    """Return the item of a list that begins at `start`."""
    return Step(None, start, _skip(text, start))


def _enter(
    text: str, step: Step, steps: list[Step], frames: list[_Frame], parts: Sequence[str]
) -> int:
    """Take a step; return the offset inside its container or just after its value."""
    steps.append(step)
    closer = _CLOSERS.get(text[step.start : step.start + 1])
    if closer is None or len(frames) == len(parts):
        step.end = _skip(text, step.start)
        return step.end
    part = parts[len(frames)]
    frames.append(_Frame(closer, index_of(part) if closer == "]" else part))
    return step.start + 1


def _skip(text: str, at: int) -> int:
    """Return the offset just after the value that begins at `at`.

    The decoder's scanner is in C, and five times as fast as skipping item by item; but it
    recurses, so very deep values go the other way.
    """
    try:
        end: int = _scan(text, at)[1]
    except StopIteration:
        raise _BrokenError from None
    except RecursionError:
        return _skip_deep(text, at)
    return end


def _skip_deep(text: str, at: int) -> int:
    """Return the offset just after the value that begins at `at`, without recursion."""
    closers: list[str] = []
    while True:
        closer = _CLOSERS.get(text[at : at + 1])
        if closer is None:
            at = _scalar(text, at)
        else:
            closers.append(closer)
            at += 1
        first = closer is not None
        while closers:
            at, closed = _next(text, at, closers[-1], first=first)
            if closed:
                closers.pop()
            elif run := _RUNS[closers[-1]].match(text, at):
                at = run.end()
            else:
                break
            first = False
        else:
            return at
        if closers[-1] == "}":
            at = _member(text, at)[2]


def _next(text: str, at: int, closer: str, *, first: bool) -> tuple[int, bool]:
    """Return the offset of the next item or just after the closer, and if it closed."""
    mark = _MARK.match(text, at)
    if mark and mark[1] == closer:
        return mark.end(1), True
    if not mark or mark[1] != ("" if first else ","):
        raise _BrokenError
    return mark.end(), False


def _member(text: str, at: int) -> tuple[str, int, int]:
    """Return the name of the member at `at`, its key's end and its value's start."""
    plain = _NAME.match(text, at)
    if plain:
        return plain[1], plain.end(1) + 1, plain.end()
    if not text.startswith('"', at):
        raise _BrokenError
    name, end = scanstring(text, at + 1)
    colon = _COLON.match(text, end)
    if colon is None:
        raise _BrokenError
    return name, end, colon.end()


def _scalar(text: str, at: int) -> int:
    """Return the offset just after the string, number or literal at `at`."""
    if text.startswith('"', at):
        end: int = scanstring(text, at + 1)[1]
        return end
    literal = _SCALAR.match(text, at)
    if literal is None:
        raise _BrokenError
    return literal.end()


def _ink(text: str, at: int) -> int:
    """Return the offset of the first code point from `at` that is no white space."""
    ink = _INK.search(text, at)
    return ink.start() if ink else len(text)


def index_of(part: str) -> int:
    """Return the list index that a token spells, or -1."""
    return int(part) if _INDEX.fullmatch(part) else -1
