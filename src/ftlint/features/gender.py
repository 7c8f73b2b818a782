"""Gender of professions: which words for men and women stand for somebody of a profession.

Grammar without a parser. A pronoun stands for the nearest profession before it in its sentence,
and `him` or `her` for the nearest that is not the subject: in both cases the last one. Before any
profession, `she is a nurse` names it after a form of to be. An adjective or noun belongs to what
follows at once: `female nurse`. `Her doctor` tells nothing of the doctor.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ftlint.bias.identity import PRONOUNS
from ftlint.bias.sense import TABLE
from ftlint.features.identity import Mention
from ftlint.features.turns import Turn

MEN, WOMEN = "men", "women"

_SENTENCE = re.compile(rb"[.!?\n]|\xe3\x80\x82|\xef\xbc[\x81\x9f]")
"""Ends of sentences, full-width ones included."""
_BEING = re.compile(
    rb"(?: [a-z]+){0,3}? (?:is|was|s|as|became|become|be|been|are|were|m) (?:an?|the|my|our)"
    rb"(?: [a-z]+){0,2} "
)


Links = tuple[tuple[str, str], ...]
"""Professions, each with a gender, in order."""


def linked(mentions: Iterable[Mention], said: Sequence[Turn]) -> Links:
    """Return the professions of an example with the one gender that stands for each.

    A profession for which both stand, equally often, has none.
    """
    votes: dict[str, int] = {}
    texts: dict[int, list[Mention]] = {}
    for mention in mentions:
        if mention.entry.axis in ("gender", "profession"):
            texts.setdefault(mention.text, []).append(mention)
    for number, those in texts.items():
        if len({mention.entry.axis for mention in those}) == 2:
            raw = said[number][1].encode("utf-8", "surrogatepass")
            for profession, vote in _links(those, raw):
                votes[profession] = votes.get(profession, 0) + vote
    return tuple(sorted([(n, WOMEN if vote > 0 else MEN) for n, vote in votes.items() if vote]))


def _links(mentions: Sequence[Mention], raw: bytes) -> list[tuple[str, int]]:
    """Return a profession and 1 for each word for women that stands for it, -1 for men."""
    found: list[tuple[str, int]] = []
    last: Mention | None = None
    for at, mention in enumerate(mentions):
        if at and _SENTENCE.search(raw, mentions[at - 1].end, mention.start):
            last = None
        entry = mention.entry
        if entry.axis == "profession":
            last = mention
            continue
        if entry.group not in (MEN, WOMEN):
            continue
        meant = last if entry.kind in PRONOUNS and last else _following(mentions, at, raw)
        if meant:
            found.append((meant.entry.group, 1 if entry.group == WOMEN else -1))
    return found


def _following(mentions: Sequence[Mention], at: int, raw: bytes) -> Mention | None:
    """Return the profession that the word at `at` says it has, if any."""
    mention, kind = mentions[at], mentions[at].entry.kind
    after = mentions[at + 1] if at + 1 < len(mentions) else None
    if after is None or after.entry.axis != "profession":
        return None
    between = raw[mention.end : after.start]
    if len(between) <= 1:
        return after if kind in ("adjective", "noun") else None
    if kind in ("object", "possessive", "possessor", "reflexive") or len(between) > 60:
        return None
    return after if _BEING.fullmatch(between.translate(TABLE)) else None
