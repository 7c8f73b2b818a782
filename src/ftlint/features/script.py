"""Script: in which writing systems the letters of a text are, by the upper byte of UTF-16.

One translation of a text's upper bytes costs less than a look at every character; where two
scripts share an upper byte, one search more tells them apart.
"""

from __future__ import annotations

import re
from codecs import utf_16_le_encode

from ftlint.text.expression import late

LATIN, CYRILLIC, HAN, KANA = "Latin", "Cyrillic", "Han", "kana"

_RANGES = {
    LATIN: (0x00, 0x01, 0x02, 0x1E),
    "Greek": (0x03, 0x1F),
    CYRILLIC: (0x04,),
    "Hebrew or Armenian": (0x05,),
    "Arabic": (0x06, 0x07, 0x08, *range(0xFB, 0xFF)),
    "Devanagari or Bengali": (0x09,),
    "Gurmukhi or Gujarati": (0x0A,),
    "Oriya or Tamil": (0x0B,),
    "Telugu or Kannada": (0x0C,),
    "Malayalam or Sinhala": (0x0D,),
    "Thai or Lao": (0x0E,),
    "Tibetan": (0x0F,),
    "Myanmar or Georgian": (0x10,),
    "Ethiopic": (0x12, 0x13),
    "Khmer": (0x17,),
    KANA: (0x30, 0x31, 0xFF),
    HAN: (*range(0x34, 0xA0), 0xF9, 0xFA),
    "Hangul": (0x11, *range(0xAC, 0xD8)),
}
_NAMES = list(_RANGES)
_OTHER = len(_NAMES)
_TABLE = bytes(
    next((i for i, name in enumerate(_NAMES) if high in _RANGES[name]), _OTHER)
    for high in range(256)
)

_FIRST = {
    "Hebrew or Armenian": (re.compile("[\u0531-\u058f]"), "Armenian", "Hebrew"),
    "Gurmukhi or Gujarati": (re.compile("[\u0a00-\u0a7f]"), "Gurmukhi", "Gujarati"),
    "Oriya or Tamil": (re.compile("[\u0b00-\u0b7f]"), "Oriya", "Tamil"),
    "Telugu or Kannada": (re.compile("[\u0c00-\u0c7f]"), "Telugu", "Kannada"),
    "Malayalam or Sinhala": (re.compile("[\u0d00-\u0d7f]"), "Malayalam", "Sinhala"),
    "Thai or Lao": (re.compile("[\u0e00-\u0e7f]"), "Thai", "Lao"),
    "Myanmar or Georgian": (re.compile("[\u1000-\u109f]"), "Myanmar", "Georgian"),
}
"""Of scripts that share an upper byte: how the first is known, its name, that of the other."""

DECIDED = {
    "Greek": "el", "Armenian": "hy", "Gurmukhi": "pa", "Gujarati": "gu", "Oriya": "or",
    "Tamil": "ta", "Telugu": "te", "Kannada": "kn", "Malayalam": "ml", "Sinhala": "si",
    "Thai": "th", "Lao": "lo", "Tibetan": "bo", "Myanmar": "my", "Georgian": "ka",
    "Ethiopic": "am", "Khmer": "km", KANA: "ja", HAN: "zh", "Hangul": "ko",
}  # fmt: skip
"""Scripts that one language is known by, among those that can be told at all.

Tigrinya, Dzongkha and Mingrelian are written in three of them, and no model here knows them.
"""

_KANA = late("[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]")
IDEOGRAPH = 4
"""Letters of an alphabet that a Han character, kana or syllable of Hangul counts for."""


_DENSE = frozenset({HAN, KANA, "Hangul"})


def classes(text: str) -> bytes:
    """Return for every code unit of `text` the number of its script."""
    # By its function, since `str.encode` finds this encoding in twice the time that it takes.
    return utf_16_le_encode(text, "replace")[0][1::2].translate(_TABLE)


def weights(found: bytes, text: str, silent: int = 0) -> dict[str, int]:
    """Return how much of `text` is in each script, in letters of an alphabet.

    `silent` characters of ASCII are no letters, and are not counted.

    Japanese is written in Han as well: with a tenth of kana all of that is Japanese. Korean may
    hold some Han too.
    """
    counts = {_NAMES[number]: found.count(number) for number in set(found) if number != _OTHER}
    if silent:
        counts[LATIN] -= silent
        if not counts[LATIN]:
            del counts[LATIN]
    han = counts.get(HAN, 0)
    # Signs such as the ideographic full stop share the upper bytes of kana.
    kana = len(_KANA.findall(text)) if counts.pop(KANA, 0) else 0
    if kana and 10 * kana > han:
        counts[KANA] = kana + counts.pop(HAN, 0)
    elif han and IDEOGRAPH * counts.get("Hangul", 0) > han:
        counts["Hangul"] += counts.pop(HAN)
    for name in [name for name in counts if name in _FIRST]:
        first, one, other = _FIRST[name]
        counts[one if first.search(text) else other] = counts.pop(name)
    for name in _DENSE.intersection(counts):
        counts[name] *= IDEOGRAPH
    return counts


def script(text: str) -> str:
    """Return the script that most letters of `text` are in; empty if there are none."""
    if text.isascii():
        return LATIN
    weighed = weights(classes(text), text)
    return max(weighed, key=weighed.__getitem__) if weighed else ""


GLIMPSE = 80
"""Code points that show which script most of a text is in."""
ALONE = frozenset(name for name in _NAMES if name in DECIDED)
"""Scripts with one language that do not share their upper byte with another script."""


def glimpse(text: str) -> str:
    """Return the script of most of a text's beginning; two that share an upper byte are one.

    Spaces and digits count as Latin, which `script` leaves out at some cost.
    """
    if text.isascii():
        return LATIN
    found = classes(text[:GLIMPSE])
    number = found[len(found) // 2]
    if 2 * found.count(number) <= len(found):
        number = max(set(found), key=found.count)
    most = _CALLED[number]
    if most in (HAN, KANA):
        return KANA if _KANA.search(text, 0, GLIMPSE) else HAN
    return most


_CALLED = [*_NAMES, ""]
