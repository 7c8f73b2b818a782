"""Look: all sightings in one text, none within another; and texts with all of them masked."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ftlint.privacy.gate import gate
from ftlint.privacy.sighting import ADDRESS, EVERYTHING, NUMBER, SECRET, Sighting

_ESCAPE = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|([\"/bfnrt]))")
"""Escapes of JSON; in JSON within JSON their backslashes are doubled."""
_WRITTEN = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_HIDING = re.compile(r"\\u00(?:2[bdeBDE]|[3-7])")
HIDDEN = "•"


def _looks(text: str, bits: int) -> Iterator[Callable[[str], Iterator[Sighting]]]:
    """Yield what looks for values; of two that overlap that of the first counts.

    Imported where they are asked for: to compile their expressions takes 10 ms in all.
    """
    if bits & SECRET:
        from ftlint.privacy.secret import blocks, keys

        yield blocks
        yield keys
    if bits & ADDRESS and "://" in text:
        from ftlint.privacy.password import passwords

        yield passwords
    if bits & NUMBER:
        from ftlint.privacy.number import cards, ibans, identities

        yield from (ibans, identities, cards)
    if bits & ADDRESS:
        from ftlint.privacy.address import addresses

        yield addresses
    if bits & NUMBER:
        from ftlint.privacy.phone import phones

        yield phones


def sightings(text: str, bits: int = EVERYTHING) -> Sequence[Sighting]:
    """Return what stands in `text`, in order; `bits` are those of a gate that it has passed.

    Arguments of calls are JSON in a text, and code has strings: what escapes hide counts as well.
    """
    found: list[Sighting] = []
    if "\\" in text and _ESCAPE.search(text):
        read, starts = _unescaped(text)
        for each in _found(read, bits):
            _take(found, replace(each, start=starts[each.start], end=starts[each.end]))
    for each in _found(text, bits):
        _take(found, each)
    return found


def _found(text: str, bits: int) -> Iterator[Sighting]:
    """Yield all that is found in a text as it is, also what overlaps."""
    for look in _looks(text, bits):
        yield from look(text)


def _take(found: list[Sighting], each: Sighting) -> None:
    """Put a sighting among those that are known, unless it overlaps with one."""
    at = bisect_left(found, each.start, key=_start)
    left = at == 0 or found[at - 1].end <= each.start
    if left and (at == len(found) or each.end <= found[at].start):
        found.insert(at, each)


def _start(sighting: Sighting) -> int:
    return sighting.start


def _unescaped(text: str) -> tuple[str, list[int]]:
    """Return a text with its escapes read, and where each of its signs begins in `text`."""
    pieces, starts, done = list[str](), list[int](), 0
    for match in _ESCAPE.finditer(text):
        pieces += [text[done : match.start()], _sign(match)]
        starts += range(done, match.start() + 1)
        done = match.end()
    starts += range(done, len(text) + 1)
    return "".join([*pieces, text[done:]]), starts


def _sign(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else _WRITTEN.get(match[2], match[2])


def curtailed(text: str, limit: int) -> str:
    """Return the first `limit` code points, with dots for a value of which they are a part."""
    bits = gate(text.encode(errors="surrogatepass"))
    found = sightings(text, bits) if bits else ()
    halved = [each for each in found if each.personal and each.start < limit < each.end]
    start = halved[0].start if halved else limit
    return text[:start] + HIDDEN * (limit - start)


def masked(text: str) -> str:
    """Return `text` with a dot for each character of what is personal or secret."""
    bits = gate(text.encode(errors="surrogatepass"))
    return _dotted(text, sightings(text, bits)) if bits else text


def masked_json(text: str) -> str:
    """Return a piece of JSON with a dot for each character of what is personal or secret."""
    bits = gate(text.encode(errors="surrogatepass"))
    if not bits:
        return text
    if _HIDING.search(text):  # what is looked for may be written in part as escapes
        return HIDDEN * len(text)
    return _dotted(text, sightings(text, bits))


def _dotted(text: str, found: Sequence[Sighting]) -> str:
    pieces, done = [], 0
    for each in found:
        if each.personal:
            pieces += [text[done : each.start], HIDDEN * (each.end - each.start)]
            done = each.end
    return "".join([*pieces, text[done:]])
