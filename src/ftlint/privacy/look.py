"""Look: all sightings in one text, none within another; and texts with all of them masked."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from ftlint.privacy import secret
from ftlint.privacy.address import addresses
from ftlint.privacy.gate import HIDING, gate
from ftlint.privacy.number import cards, ibans, identities
from ftlint.privacy.phone import phones
from ftlint.privacy.sighting import ADDRESS, EVERYTHING, NUMBER, SECRET, Sighting

_LOOKS = (
    (SECRET, secret.blocks),
    (SECRET, secret.keys),
    (ADDRESS, secret.passwords),
    (NUMBER, ibans),
    (NUMBER, identities),
    (NUMBER, cards),
    (ADDRESS, addresses),
    (NUMBER, phones),
)
"""What is looked for, by the bits of the gate; of two that overlap the first counts."""
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)")
_HIDING = re.compile("|".join(map(re.escape, HIDING)))
HIDDEN = "•"


def sightings(text: str, bits: int = EVERYTHING) -> Sequence[Sighting]:
    """Return what stands in `text`, in order; `bits` are those of a gate that it has passed."""
    found: list[Sighting] = []
    for asked, look in _LOOKS:
        for each in look(text) if bits & asked else ():
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
