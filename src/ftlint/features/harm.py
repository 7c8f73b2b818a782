"""Harmless requests: alarming words in a frame that explains them, by the words alone.

A process is killed, a photo is shot, a bomb is planted in a game. Only such questions, in English,
are recognised. A question without any alarming word may still ask for harm in mild words, so
nothing is said of it (on prompts written to mislead, four of five of those were harmful).
"""

from __future__ import annotations

import re
from functools import cache

from ftlint.configuration import document
from ftlint.error import PackError
from ftlint.features.lexicon import fold
from ftlint.value import dataclass

LONGEST = 600
"""Code points of a question that is judged; long ones hold too much to be judged by words."""


@dataclass(frozen=True, slots=True)
class Harm:
    """The compiled words and frames."""

    common: frozenset[str]
    alarming: re.Pattern[str]
    frames: re.Pattern[str]


def harmless(question: str) -> bool:
    """Return whether a short English question alarms by words that their frame explains."""
    if len(question) > LONGEST:
        return False
    harm, text = _harm(), fold(question)
    words = re.findall(r"\w+", text)
    if sum(word in harm.common for word in words) < max(1, len(words) // 10):
        return False
    return bool(harm.alarming.search(text) and harm.frames.search(text.strip()))


@cache
def _harm() -> Harm:
    """Return what the file says. Raises: PackError."""
    from ftlint.configuration.packs import rules_folder  # which imports the rules

    path = rules_folder() / "lexicons" / "harm" / "en.yaml"
    data = document.load(path, PackError).data
    stems = [stem.strip() for line in data["alarming"] for stem in line.split(",")]
    return Harm(
        frozenset(data["common"]),
        re.compile(rf"\b(?:{'|'.join(stems)})"),
        re.compile("|".join(f"(?:{frame})" for frame in data["frames"])),
    )
