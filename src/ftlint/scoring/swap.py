"""Swaps: a text with the name of a group of people exchanged for that of another.

When a model calls a text toxic only because of whom it names, the flag goes with the name.
"""

from __future__ import annotations

import re
from functools import cache, partial

from ftlint.triage.words import key

SWAPS = 3
"""Texts that are made of one."""


def swapped(text: str) -> list[str]:
    """Return up to `SWAPS` texts with every name of a group exchanged; none without a name.

    Each name becomes one of another group of the same axis and form, and equal names the same
    one; which, a hash of the name decides.
    """
    pattern, _ = _known()
    if not pattern.search(text):
        return []
    others = (pattern.sub(partial(_exchanged, turn), text) for turn in range(SWAPS))
    return [other for other in dict.fromkeys(others) if other != text]


def _exchanged(turn: int, found: re.Match[str]) -> str:
    return _other(found[0], turn)


def _other(name: str, turn: int) -> str:
    _, groups = _known()
    axis, own, form = groups[name.lower()]
    choices = [word for word, where in groups.items() if _fits(where, axis, own, form)]
    if not choices:
        return name
    word = choices[(key(name.lower()) + turn * 7919) % len(choices)]
    if name.isupper() and len(name) > 1:
        return word.upper()
    return word.capitalize() if name[:1].isupper() else word


def _fits(where: tuple[str, str, str], axis: str, own: str, form: str) -> bool:
    return where[0] == axis and where[1] != own and where[2] == form


def _form(word: str) -> str:
    """Return of what form a word is, roughly, so that it is exchanged for one alike."""
    if word.endswith(("ity", "ism", "ness")):
        return "thing"
    return "nouns" if word.endswith("s") and not word.endswith("ss") else "word"


@cache
def _known() -> tuple[re.Pattern[str], dict[str, tuple[str, str, str]]]:
    """Return what finds the names, and axis, group and form of each."""
    from ftlint.configuration.document import load
    from ftlint.configuration.packs import rules_folder
    from ftlint.error import PackError

    found: dict[str, tuple[str, str, str]] = {}
    for path in sorted((rules_folder() / "lexicons" / "identity").glob("*.yaml")):
        data = load(path, PackError).data
        for group, given in data["groups"].items():
            forms = [(noun, "noun") for noun in given.get("nouns", ())]
            forms += [(f"{noun}s", "nouns") for noun in given.get("nouns", ())]
            forms += [(word, _form(word)) for word in given.get("words", ())]
            for word, form in forms:
                found.setdefault(word, (data["axis"], group, form))
    names = "|".join(map(re.escape, sorted(found, key=lambda name: (-len(name), name))))
    return re.compile(rf"(?<!\w)(?:{names})(?!\w)", re.IGNORECASE), found
