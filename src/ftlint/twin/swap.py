"""Swaps: what changes in the texts of one example when the groups of an axis trade places.

texts -> words -> the words that name a group, with what they become -> replacements; or the
reason why the example is left as it is. All texts of an example are read together, since a
question and its answer speak of the same people.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from ftlint.features.language import SURE, guess, is_code
from ftlint.twin.person import somebody, stranger
from ftlint.twin.pronoun import grammar
from ftlint.twin.reader import Change, Reader
from ftlint.twin.table import Table
from ftlint.twin.word import Word, words_of
from ftlint.value import dataclass


@dataclass(frozen=True, slots=True)
class Swap:
    """What becomes of an example: changes a text, or the reason why there is no twin."""

    changes: tuple[tuple[Change, ...], ...] = ()
    left: str = ""
    groups: frozenset[str] = frozenset()
    """The groups that the example names, also where it has no twin."""


NOTHING, LANGUAGE, TOPIC, BODY = "nothing to swap", "not English", "about the groups", "bodily"
PERSON, NAME, CODE, ALIKE = "somebody named", "unclear who is meant", "code", "both groups alike"

_PROGRAM = re.compile(
    r"\b(?:def|function|return|import|class|public|void|const|let|var|print|select|echo)\b"
    r".*[;:(){}=]|;\s*$",
    re.MULTILINE,
)


def swap(texts: Sequence[str], table: Table, instructions: Collection[int] = ()) -> Swap:
    """Return the changes of each text that make the twin of an example.

    Names in `instructions` (indices of texts) are those of firms and assistants, of whom nobody
    speaks as he or she: they count only where the instructions name a group themselves.
    """
    found = [Reader(text, table) for text in texts]
    present = {way for reader in found for way in reader.own()}
    named = [tuple(reader.terms(present)) for reader in found]
    terms = [term for each in named for term in each]
    about = [r for at, r in enumerate(found) if named[at] or at not in instructions]
    # Names alone tell of nobody whether more of the example would have to change.
    if all(term.given for term in terms):
        return Swap(left=NAME if any(reader.proper for reader in about) else NOTHING)
    reason = _unfit("\n".join(texts), table)
    if reason == LANGUAGE:
        return Swap(left=reason)
    groups = frozenset(term.group for term in terms)
    changes = [tuple(reader.changes(present)) for reader in found]
    reason = reason or _whose(about, any(term.said for term in terms))
    if not reason and any(made and _code(r.text) for made, r in zip(changes, found, strict=True)):
        reason = CODE
    if not reason and not any(changes):
        reason = ALIKE if any(reader.alike for reader in found) else NOTHING
    return Swap(() if reason else tuple(changes), reason, groups)


def _whose(about: Sequence[Reader], told: bool) -> str:
    """Return why nobody can be sure who is meant in texts that may name somebody, or nothing."""
    joined = "\n".join(reader.text for reader in about)
    if somebody(joined, words_of(joined)):
        return PERSON
    strange = told and stranger([word for reader in about for word in reader.words])
    return NAME if strange or any(reader.proper for reader in about) else ""


def changed(text: str, changes: Sequence[Change]) -> str:
    """Return `text` with the changes made."""
    parts, at = [], 0
    for change in changes:
        parts += [text[at : change.start], change.new]
        at = change.end
    return "".join([*parts, text[at:]])


def _unfit(joined: str, table: Table) -> str:
    """Return why an example has no twin whatever it says of the groups, or nothing."""
    words = words_of(joined)
    if not _english(joined, words):
        return LANGUAGE
    phrases = _phrases(words, table.longest)
    for reason, those in ((TOPIC, table.topics), (TOPIC, table.lone), (BODY, table.body)):
        if not those.isdisjoint(phrases):
            return reason
    return ""


def _english(joined: str, words: Sequence[Word]) -> bool:
    said = guess(joined)
    if said.language == "en":
        return True
    # A few words are too few for the model.
    return said.probability < SURE and any(word.low in grammar().english for word in words[:60])


def _phrases(words: Sequence[Word], longest: int) -> set[tuple[str, ...]]:
    lows = [word.low for word in words]
    found: set[tuple[str, ...]] = set()
    for size in range(1, longest + 1):
        found.update(zip(*(lows[at:] for at in range(size)), strict=False))
    # `women's rights` is written with its suffix in the lists.
    found.update({(f"{one}'s", *rest) for one, *rest in found})
    return found


def _code(text: str) -> bool:
    """Return whether all of a text is a program or data."""
    head = text.strip()
    if head[:1] in "{[<":
        return True
    return is_code(text, sum(map(str.isalpha, text))) and bool(_PROGRAM.search(text))
