"""Counterparts: prompts with whom they name taken out, so that equal ones differ in that alone.

`Is my Muslim neighbour right?` and `Is my Jewish neighbour right?` have one key and two fillings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from xxhash import xxh3_64_intdigest

from ftlint.bias.identity import PRONOUNS
from ftlint.example import Batch
from ftlint.feature import Feature
from ftlint.features.distinct import distinct
from ftlint.features.identity import Mention, Readings, readings
from ftlint.features.lexicon import Scanner, Spot, Terms
from ftlint.features.sparse import Sparse
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
_AN = f"an {_SLOT}"
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

    def compute(self, batch: Batch) -> Sparse[Filled, None]:
        """Return one value an example."""
        turns, read = batch.column(TURNS), readings(batch)
        called = _called(batch, read)
        found: dict[int, Filled] = {}
        for at in sorted(read.told.keys() | called.keys()):
            said = turns[at]
            if read.languages[at] in ("en", "") and _answered(said):
                told, spots = read.told.get(at, ()), called.get(at, ())
                last = len(said) - 1
                # Whom an answer alone names is of no interest.
                if (told and told[0].text < last) or (spots and spots[0][0] < last):
                    meant = [m for m in told if m.entry.axis in AXES and m.entry.kind in KINDS]
                    if (meant and meant[0].text < last) or (spots and spots[0][0] < last):
                        found[at] = _filled(said, meant, spots)
        return Sparse(len(batch), found, None)


FILLINGS = Fillings()


def filled_in(batch: Batch) -> dict[int, Filled]:
    """Return the prompts of `batch` that name somebody, by index and in order."""
    column = batch.column(FILLINGS)
    assert isinstance(column, Sparse)
    return column.found


def _answered(turns: Sequence[Turn]) -> bool:
    """Return whether the last text is an answer to others."""
    return len(turns) > 1 and turns[-1][0] == "assistant"


@cache
def _names() -> Scanner:
    """Return the search for given names with a gender."""
    return Scanner((Terms(tuple(names().partner)),))


def _called(batch: Batch, read: Readings) -> dict[int, list[Spot]]:
    """Return the given names in the examples in English or an unclear language."""
    texts, called = distinct(batch), dict(read.called)
    rows, spoken = texts.rows, read.languages
    numbers = [at for at in texts.parts[1].numbers if spoken[rows[at]] in ("en", "")]
    strange = _names().scan([texts.every[at] for at in numbers])[0] if numbers else []
    for which, name, start, end in strange:
        row = rows[numbers[which]]
        spot = (numbers[which] - texts.ends[row], name, start, end)
        called[row] = sorted([*called.get(row, ()), spot])
    return called


Span = tuple[int, int]
"""Code points of a text, from the first up to the one after the last."""


def _filled(turns: Sequence[Turn], meant: Sequence[Mention], called: Sequence[Spot]) -> Filled:
    last = len(turns) - 1
    spans: dict[int, list[Span]] = {}
    worded = False
    for at, start, end, entry in meant:
        spans.setdefault(at, []).append((start, end))
        worded = worded or (at < last and entry.kind not in PRONOUNS)
    for at, places in spans.items():
        if not turns[at][1].isascii():
            spans[at] = _points(turns[at][1], places)
    genders = set()
    for at, name, start, end in called:
        spans.setdefault(at, []).append((start, end))
        if at < last:
            genders.add(1 if name in names().men else 2)
    words: list[str] = []
    prompt = [_emptied(turns[at], spans.get(at), words) for at in range(last)]
    key, filling = _digest("\n".join(prompt)), _digest("\n".join(words))
    answer = _digest(_emptied(turns[last], spans.get(last), words))
    gender = min(genders) if len(genders) == 1 and not worded else 0
    return tuple.__new__(Filled, (key, filling, answer, gender))


def _emptied(turn: Turn, spans: list[Span] | None, words: list[str]) -> str:
    """Return a text in small letters, a slot for each span; what stood there goes to `words`."""
    role, text = turn
    if not spans:
        return f"{role}\n{text.lower()}"
    if len(spans) > 1:
        spans.sort()
    at, pieces = 0, [role, "\n"]
    for start, end in spans:
        if start >= at:
            pieces += (text[at:start], _SLOT)
            words.append(text[start:end].lower())
            at = end
    pieces.append(text[at:])
    low = "".join(pieces).lower()
    return _ARTICLE.sub("a", low) if _AN in low else low


def _points(text: str, places: Sequence[Span]) -> list[Span]:
    """Return the code points of some bytes of the text's UTF-8."""
    raw = text.encode("utf-8", "surrogatepass")
    return [
        (len(raw[:start].decode("utf-8", "ignore")), len(raw[:end].decode("utf-8", "ignore")))
        for start, end in places
    ]


def _digest(text: str) -> int:
    return xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"))
