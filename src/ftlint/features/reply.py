"""Replies: answers that are in another language than the prompt, which does not ask for one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ftlint.features.cast import Answers
from ftlint.features.glance import SHORT, unclear, unclear_in
from ftlint.features.language import HEAD, SURE, Guess, akin, guess
from ftlint.features.script import script
from ftlint.features.turns import Turn
from ftlint.text.languagename import asks, orders_language

_SEGMENT = re.compile(r"[^\n.!?。！？:：\"“”«»「」]+")
_SEGMENTS = 40
"""Pieces of a prompt that are looked at."""
_VERY_SURE = 0.9
"""Probability from which two texts in one script differ."""


def doubted(answers: Answers) -> list[int]:
    """Return the indices of examples for whose turns `doubtful` yields anything, in order."""
    asked, said = answers.asked, answers.said
    found = [at for at in unclear_in(asked, said) if _pair(asked[at], said[at])]
    return sorted({answers.rows[at] for at in found})


def doubtful(turns: Sequence[Turn]) -> Iterator[int]:
    """Yield the indices of answers that a glance does not show to be in the prompt's language."""
    asked = ""
    for index, (role, text) in enumerate(turns):
        if role == "user":
            asked = text
        elif role == "assistant" and asked and unclear(asked, text) and _pair(asked, text):
            yield index


def differs(turns: Sequence[Turn], index: int) -> tuple[str, str] | None:
    """Return the languages of the prompt and of the answer at `index` if they surely differ.

    They do not where anything said before names a language, asks for a translation, or is itself
    in the language of the answer.
    """
    orders = [text for role, text in turns[:index] if role in ("system", "developer")]
    before = [text for role, text in turns[:index] if role == "user"]
    pair = _pair(before[-1], turns[index][1])
    if pair is None or any(map(asks, before)) or any(map(orders_language, orders)):
        return None
    prompt, answer = pair
    # Bots of all languages have instructions in English, which say nothing of the answer's.
    before += [text for text in orders if guess(text).language != "en"]
    written = script(turns[index][1][:HEAD])
    if any(_speaks(text, answer.language, written) for text in before):
        return None
    return prompt.language, answer.language


def _pair(asked: str, said: str) -> tuple[Guess, Guess] | None:
    """Return the languages of prompt and answer if they are told surely and differ."""
    answer = guess(said)
    if answer.probability < SURE:
        return None
    prompt = guess(asked)
    if prompt.probability < SURE or akin(prompt.language, answer.language):
        return None
    if script(asked[:HEAD]) == script(said[:HEAD]):
        least = min(prompt.probability, answer.probability)
        if least < _VERY_SURE or min(len(asked), len(said)) < SHORT:
            return None
    if len(said) > 2 * HEAD and akin(guess(said[-HEAD:]).language, prompt.language):
        return None
    return prompt, answer


def _speaks(text: str, language: str, written: str) -> bool:
    """Return whether a piece of a prompt is in a language: what is quoted may be answered in it."""
    pieces = [text[:HEAD], *_SEGMENT.findall(text[: 16 * HEAD])[:_SEGMENTS]]
    return any(script(piece) == written and guess(piece).language == language for piece in pieces)
