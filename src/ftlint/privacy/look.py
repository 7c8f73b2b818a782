"""Look: all sightings in one text, none within another; and texts with all of them masked."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from ftlint.privacy.gate import gate
from ftlint.privacy.sighting import ADDRESS, EVERYTHING, NUMBER, SECRET, Sighting

_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)")
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
    """Return what stands in `text`, in order; `bits` are those of a gate that it has passed."""
    found: list[Sighting] = []
    for look in _looks(text, bits):
        for each in look(text):
            at = bisect_left(found, each.start, key=_start)
            left = at == 0 or found[at - 1].end <= each.start
            if left and (at == len(found) or each.end <= found[at].start):
                found.insert(at, each)
    return found


def _start(sighting: Sighting) -> int:
    return sighting.start


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
    # Escapes stand beside values as letters would; blanked, they leave offsets as they are.
    bare = _ESCAPE.sub(lambda match: " " * len(match[0]), text)
    return _dotted(text, sightings(bare, bits))


def _dotted(text: str, found: Sequence[Sighting]) -> str:
    pieces, done = [], 0
    for each in found:
        if each.personal:
            pieces += [text[done : each.start], HIDDEN * (each.end - each.start)]
            done = each.end
    return "".join([*pieces, text[done:]])
