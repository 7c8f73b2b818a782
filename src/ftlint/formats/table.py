"""The table of record shapes, and how one is told from the others.

`FORMATS` is the one table; of two shapes that a record shows, the one that stands first counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftlint.formats.alpaca import Alpaca
from ftlint.formats.batch import Request
from ftlint.formats.chat import Chat
from ftlint.formats.claude import Claude
from ftlint.formats.cohere import Cohere
from ftlint.formats.completion import Completion
from ftlint.formats.converse import Converse
from ftlint.formats.format import Format
from ftlint.formats.gemini import Gemini
from ftlint.formats.kto import Kto
from ftlint.formats.preference import Preference
from ftlint.formats.prompt import Prompt
from ftlint.formats.ranking import Ranking
from ftlint.formats.reinforcement import Reinforcement
from ftlint.formats.sharegpt import ShareGpt
from ftlint.formats.text import Plain
from ftlint.shape import UNKNOWN

FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Converse(),
        Preference(),
        Ranking(),
        Kto(),
        Gemini(),
        ShareGpt(),
        Alpaca(),
        Request(),
        Claude(),
        Cohere(),
        Reinforcement(),
        Chat(),
        Completion(),
        Plain(),
        Prompt(),
    )
}
"""Every shape by name, in the order in which records are asked for them."""


def format_of(shape: str) -> Format:
    """Return the format with this name; what has no known shape is read as a chat."""
    return FORMATS.get(shape) or FORMATS["chat"]


def detect(value: Mapping[str, Any], file: str = "") -> str:
    """Return the shape of a record; `file` is that of the records around it, if known."""
    around = FORMATS.get(file)
    if around and around.fits(value):
        return file
    for format_ in FORMATS.values():
        if format_.shows(value):
            return format_.name
    # A record that shows no shape is one of its file, and then lacks what shows that.
    return file if around and around.name != "chat" else UNKNOWN


def nearest(keys: set[str]) -> tuple[Format, list[str]]:
    """Return the format to which records with these keys come nearest, and the keys they lack."""
    alike = keys | {_MEANT.get(key.lower(), key.lower()) for key in keys}
    gaps = []
    for order, format_ in enumerate(FORMATS.values()):
        for way in format_.ways:
            lacking = [key for key in way if key not in keys]
            unlike = [key for key in way if key not in alike]
            gaps.append((len(unlike) / len(way), -len(way), len(lacking), order, format_, lacking))
    unlike_share, *_, format_, lacking = min(gaps, key=lambda gap: gap[:4])
    return (format_, lacking) if unlike_share < 1 else (FORMATS["chat"], ["messages"])


_MEANT = {
    "question": "prompt",
    "query": "prompt",
    "answer": "completion",
    "reply": "completion",
    "output": "completion",
    "text": "content",
    "conversation": "conversations",
    "dialogue": "conversations",
    "dialog": "conversations",
    "message": "messages",
}
"""Keys that people use for those of a shape."""
