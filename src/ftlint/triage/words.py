"""Words: what one piece of a text between white space says, with its disguises taken off.

The triage model reads words in this form only, in training as in a run. A piece is looked at once
and remembered by whoever asks: texts are many, pieces are few.
"""

from __future__ import annotations

import re
from unicodedata import normalize
from zlib import crc32

LONGEST = 40
"""Letters of a word; longer ones are no English and are cut."""

END = "."
"""Stands for the end of a sentence."""

_ENDS = re.compile("[.!?…][\"')\\]”’]*$")
_LAST = frozenset(".!?…\"')]”’")
"""Signs on which a piece ends that ends a sentence."""
EDGES = " \t\n\r.,;:?!\"'()[]{}<>-_/\\~`|=+&^%#“”„‘’«»‹›…–—•·¡¿"
"""What is taken off both ends of a piece."""
_PARTS = re.compile(r"[a-z0-9@$!*]+")
"""Letters, and what may be in their place."""
_RUNS = re.compile(r"([a-z*])\1{2,}")
_TWINS = frozenset("ls")
"""Letters that English doubles at the end of a word: of a longer run two are kept."""
_MEASURES = re.compile(r"[0-9]+[a-z]{1,3}|[a-z]{1,2}[0-9]+|[^a-z]+")
"""`4th`, `20mm`, `b12`: letters beside a number, not for it; and what has no letters."""
_DISGUISE = str.maketrans("0134578@$!", "oieastbasi")
_DIGITS = re.compile("[^a-z*]")
_MARKS = re.compile("[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufe0f\ufeff]")
_ALIKE = str.maketrans("авеікмнорстухѕј", "abeikmhopctyxsj")
"""Cyrillic letters that look Latin; read as such beside Latin ones only."""
_LATIN = re.compile("[a-z]")

# Gender is as little a reason as any other identity: both pronouns are one word.
ONE_FORM = {
    "she": "he", "her": "him", "his": "him", "hers": "him", "herself": "himself",
    "shes": "hes",
}  # fmt: skip


def words_of(piece: str) -> tuple[str, ...]:
    """Return the words in `piece`, which has no white space, and `END` after a sentence.

    Numbers and addresses are no words.
    """
    word = piece.lower()
    if word.isascii() and word.isalpha():
        return (finished(word),)
    found = cleaned(word)
    return (*found, END) if piece[-1:] in _LAST and _ENDS.search(piece) else found


def cleaned(piece: str) -> tuple[str, ...]:
    """Return the words of a piece in lower case, and no `END`."""
    if not piece.isascii():
        piece = _MARKS.sub("", normalize("NFKD", piece.replace("’", "'")))
        if not _LATIN.search(piece):
            return ()
        piece = piece.translate(_ALIKE)
    piece = piece.strip(EDGES)
    if piece.isascii() and piece.isalpha():
        return (finished(piece),)
    if "://" in piece or piece.startswith(("www.", "http")):
        return ()
    if piece.startswith("@") and not piece.startswith("@ss"):
        return ()  # somebody's name
    if "'" in piece:
        piece = piece.removesuffix("'s").replace("'", "")
    found = [
        finished(part) if part.isalpha() else _undisguised(part)
        for part in _PARTS.findall(piece)
        if not part.isdigit()
    ]
    return tuple([word for word in found if word])


def _undisguised(part: str) -> str:
    part = part.rstrip("!@$").lstrip("!")
    if part.isalpha():
        return finished(part)
    if len(part) < 3 or _MEASURES.fullmatch(part):
        return ""
    if len(stem := part.rstrip("0123456789")) > 2:
        part = stem  # `dict1`, `user42`: a number, not a disguise
    return finished(_DIGITS.sub("", part.translate(_DISGUISE)))


def finished(word: str) -> str:
    """Return a word of letters and stars: runs of a letter shortened, one form for a pronoun."""
    if len(word) > 2:
        if len(set(word)) < len(word) - 1:  # else no sign stands there three times
            word = _RUNS.sub(_shortened, word)
        if "**" in word:
            word = word.replace("**", "*")
    return ONE_FORM.get(word, word)[:LONGEST]


def _shortened(run: re.Match[str]) -> str:
    return run[1] * 2 if run[1] in _TWINS else run[1]


ODD = "\u0130\u0131\u017f\u212a"
"""Signs beyond ASCII that are letters from `a` to `z` where case does not count."""
_SPELLED = re.compile(r"\b[b-hj-z](?:[ ._*-]+[a-z]\b){2,}", re.IGNORECASE)
_BETWEEN = re.compile("[ ._*-]+")


# The same for whoever only asks whether: letters are `a`, what stands between them a space.
_KINDS = bytes(
    32 if chr(b) in " ._*-" else 97 if b < 128 and chr(b).isalpha() else 48 for b in range(256)
)
_LETTERS = re.compile(rb" a +a(?!a)")


def spelled(text: str) -> str:
    """Return `text` with words written l i k e this joined."""
    if text.isascii() and not _LETTERS.search(text.encode().translate(_KINDS)):
        return text
    return _SPELLED.sub(lambda run: _BETWEEN.sub("", run[0]), text)


_NO_LETTERS = bytes(b for b in range(256) if not chr(b).isascii() or not chr(b).isalpha())
_ASCII = bytes(range(128))


def readable(text: str) -> bool:
    """Return whether most of `text` is in Latin letters."""
    if text.isascii():
        return True
    raw = text.encode("utf-8", "replace")
    if 2 * (len(raw) - len(text)) >= 3 * len(text):
        return False  # each beyond ASCII has up to 3 bytes more, so that they are half of all
    beyond = len(text) - (len(raw) - len(raw.translate(None, _ASCII)))
    return len(raw.translate(None, _NO_LETTERS)) > beyond


def key(word: str) -> int:
    """Return the number that stands for `word` wherever words are not written out."""
    return crc32(word.encode())
