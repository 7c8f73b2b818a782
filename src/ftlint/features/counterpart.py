"""Counterparts: prompts with whom they name taken out, so that equal ones differ in that alone.

`Is my Muslim neighbour right?` and `Is my Jewish neighbour right?` have one key and two fillings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import blake2b
from typing import NamedTuple

from ftlint.bias.identity import PRONOUNS
from ftlint.example import Batch
from ftlint.feature import Feature
from ftlint.features.identity import Mention, Mentions
from ftlint.features.lexicon import Spot, Terms, scanner_of, spots
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


@cache
def name_terms() -> Terms:
    """Return the given names with a gender; one object, which the common search knows."""
    return Terms(tuple(names().partner))


@dataclass(frozen=True)
class Fillings(Feature[Filled | None]):
    """The prompt of each example that names somebody and has an answer, in English."""

    def compute(self, batch: Batch) -> list[Filled | None]:
        """Return one value an example."""
        readings = batch.column(Mentions())
        called = spots(batch, name_terms())
        if called is None:
            called = scanner_of((name_terms(),)).scan_batch(batch)[0]
        column: list[Filled | None] = []
        for index, (turns, reading) in enumerate(zip(batch.column(TURNS), readings, strict=True)):
            last = _answer(turns)
            own = called.get(index, ())
            if (
                last < 1
                or reading is None
                or not (reading.mentions or own)
                or reading.language not in ("en", "")
            ):
                column.append(None)
            else:
                column.append(_filled(turns, last, reading.mentions, own))
        return column


FILLINGS = Fillings()


def _answer(turns: Sequence[Turn]) -> int:
    """Return the index of the last text if the assistant says it, else -1."""
    return len(turns) - 1 if turns and turns[-1][0] == "assistant" else -1


def _filled(
    turns: Sequence[Turn], last: int, mentions: Sequence[Mention], called: Sequence[Spot]
) -> Filled | None:
    meant = [m for m in mentions if m.entry.axis in AXES and m.entry.kind in KINDS]
    if not any([m.text < last for m in meant]) and not any([spot[0] < last for spot in called]):
        return None
    spans: dict[int, list[tuple[int, int]]] = {}
    worded = False
    for mention in meant:
        raw = turns[mention.text][1]
        start, end = mention.start, mention.end
        if not raw.isascii():
            start, end = _points(raw, start), _points(raw, end)
        spans.setdefault(mention.text, []).append((start, end))
        worded = worded or (mention.text < last and mention.entry.kind not in PRONOUNS)
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
    parts, words = [], []
    for number, (role, text) in enumerate(turns):
        at, pieces = 0, [role, "\n"]
        for start, end in sorted(spans.get(number, ())):
            if start >= at:
                pieces += [text[at:start], _SLOT]
                words.append(text[start:end].lower())
                at = end
        parts.append("".join([*pieces, text[at:]]))
    text = "\n".join(parts).lower()
    return (_ARTICLE.sub("a", text) if f"an {_SLOT}" in text else text), words


def _points(text: str, offset: int) -> int:
    """Return how many code points stand before a byte of the text's UTF-8."""
    return len(text.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "ignore"))


def _digest(text: str) -> int:
    raw = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(raw, digest_size=8).digest(), "big")
