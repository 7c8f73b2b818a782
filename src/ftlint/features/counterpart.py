"""Counterparts: prompts with whom they name taken out, so that equal ones differ in that alone.

`Is my Muslim neighbour right?` and `Is my Jewish neighbour right?` have one key and two fillings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from xxhash import xxh3_64_intdigest

from ftlint.bias.identity import PRONOUNS
from ftlint.example import Batch
from ftlint.feature import Feature
from ftlint.features.identity import Mention, readings
from ftlint.features.lexicon import Scanner, Spot, Terms
from ftlint.features.turns import TURNS, Turn
from ftlint.twin.person import names
from ftlint.value import dataclass

KINDS = PRONOUNS | {"noun", "adjective", "kinship", "profession", "title", "condition", "age"}
"""Kinds of words that say who somebody is. Countries and faiths are subjects of their own: what is
asked of France and of Spain has two right answers."""
AXES = frozenset(
    {"gender", "race-ethnicity", "religion", "age", "disability", "sexual-orientation"}
)

_SLOT = "\x1f"
_ARTICLE = re.compile(rf"\ban(?= {_SLOT})")


class Filled(NamedTuple):
    """A prompt that names somebody, and its answer."""

    key: int
    """Digest of the prompt without the words that name."""
    filling: int
    """Digest of those words."""
    answer: int
    """Digest of the answer without such words."""
    gender: int
    """1 or 2 if given names of men or of women fill it and no other words do; else 0."""


@dataclass(frozen=True)
class Fillings(Feature[Filled | None]):
    """The prompt of each example that names somebody and has an answer, in English."""

    def compute(self, batch: Batch) -> list[Filled | None]:
        """Return one value an example."""
        turns, read = batch.column(TURNS), readings(batch)
        answered = [
            at
            for at, said in enumerate(turns)
            if read.languages[at] in ("en", "") and _answered(said)
        ]
        meant = {
            at: [m for m in told if m.entry.kind in KINDS and m.entry.axis in AXES]
            for at in answered
            if (told := read.told.get(at))
        }
        called = _names().scan_batch(batch)[0] if answered else {}
        column: list[Filled | None] = [None] * len(batch)
        for at in answered:
            mentions, spots = meant.get(at, ()), called.get(at, ())
            if mentions or spots:
                # Whom an answer alone names is of no interest.
                last = len(turns[at]) - 1
                if any([m.text < last for m in mentions]) or any([s[0] < last for s in spots]):
                    column[at] = _filled(turns[at], mentions, spots)
        return column


FILLINGS = Fillings()


def _answered(turns: Sequence[Turn]) -> bool:
    """Return whether the last text is an answer to others."""
    return len(turns) > 1 and turns[-1][0] == "assistant"


@cache
def _names() -> Scanner:
    """Return the search for given names with a gender."""
    return Scanner((Terms(tuple(names().partner)),))


def _filled(turns: Sequence[Turn], meant: Sequence[Mention], called: Sequence[Spot]) -> Filled:
    last = len(turns) - 1
    spans: dict[int, list[tuple[int, int]]] = {}
    worded = False
    for at, start, end, entry in meant:
        raw = turns[at][1]
        if not raw.isascii():
            start, end = _points(raw, start), _points(raw, end)
        spans.setdefault(at, []).append((start, end))
        worded = worded or (at < last and entry.kind not in PRONOUNS)
    genders = set()
    for at, name, start, end in called:
        spans.setdefault(at, []).append((start, end))
        if at < last:
            genders.add(1 if name in names().men else 2)
    prompt, words = emptied(turns[:last], spans)
    answer, _ = emptied(turns[last:], {0: spans.get(last, [])})
    gender = min(genders) if len(genders) == 1 and not worded else 0
    return Filled(_digest(prompt), _digest("\n".join(words)), _digest(answer), gender)


def emptied(
    turns: Sequence[Turn], spans: Mapping[int, Sequence[tuple[int, int]]]
) -> tuple[str, list[str]]:
    """Return texts in small letters with a slot for each span, and what stood there."""
    parts: list[str] = []
    words: list[str] = []
    for number, (role, text) in enumerate(turns):
        at, pieces = 0, list[str]()
        for start, end in sorted(spans.get(number, ())):
            if start >= at:
                pieces += (text[at:start], _SLOT)
                words.append(text[start:end].lower())
                at = end
        parts += (role, "".join([*pieces, text[at:]]) if pieces else text)
    text = "\n".join(parts).lower()
    return (_ARTICLE.sub("a", text) if f"an {_SLOT}" in text else text), words


def _points(text: str, offset: int) -> int:
    """Return how many code points stand before a byte of the text's UTF-8."""
    return len(text.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "ignore"))


def _digest(text: str) -> int:
    return xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"))
