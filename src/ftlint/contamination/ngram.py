"""N-grams: texts to words, and runs of words to 64-bit hashes.

In plain Python, since short inputs must not wait for numpy; `ftlint.contamination.ngramarray`
makes the same hashes over arrays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from unicodedata import is_normalized, normalize

N = 13
"""Words of an n-gram (Brown et al. 2020, appendix C: 13 at most, by the benchmark's lengths)."""
SHORTEST = 8
"""Words that a shorter text must have to count as a whole (the least n of the same paper)."""
MASK = (1 << 64) - 1

# Odd 64-bit numbers: the golden ratio and the constants of splitmix64 and of MurmurHash3.
FIRST, LAST, LENGTH = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x94D049BB133111EB
MIX, BASE = 0xBF58476D1CE4E5B9, 0xFF51AFD7ED558CCD
_OUT = pow(BASE, N, 1 << 64)
"""What the weight of a word has grown to when it leaves the window."""

TABLE = bytes(
    ord(chr(c).lower())
    if c < 128 and chr(c).isalnum()
    else c
    if c in (*b"\x1a", *range(128, 256))
    else 32
    for c in range(256)
)
"""ASCII letters in lower case, digits, and a space for all else; what is not ASCII stays."""
SIGN = "\x1a"
RUN = f" {SIGN} "
"""The one word that a run of signs of an unspaced script becomes where nobody looks for them."""
# Thai, Lao, Myanmar, Khmer, kana, Han: no spaces part their words, so each sign counts as one.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = rf"[{UNSPACED}]|[^\W_{UNSPACED}]+"
_WORDS = rf"[{UNSPACED}]+|[^\W_{UNSPACED}]+"
_SIGN = rf"[{UNSPACED}]"
_RUN = rf"[{UNSPACED}]+"
_ODD = r"[^\w\x00-\x7f]"
_FAR = "[\U00020000-\U0003ffff]+"

# Compiled by the first text that is not ASCII: it takes 6 ms, a twentieth of a short run.
_pattern = lru_cache(re.compile)


def fold(text: str, unspaced: bool = True) -> str:
    """Return `text` in lower case and form NFC, its words parted by spaces or ASCII signs.

    What is neither letter nor digit parts words. Each sign of a script without spaces is a word;
    without `unspaced`, each run of them is one and the same word.
    """
    if text.isascii():
        return text
    text = _pattern(f"{_ODD}+").sub(" ", normalize("NFC", text))
    if not text.isascii():
        signs = (_SIGN, r" \g<0> ") if unspaced else (_RUN, RUN)
        text = _pattern(signs[0]).sub(signs[1], text)
    return text if text.isascii() else text.lower()


def near(text: str) -> str:
    """Return `text` with signs below U+10000 in place of others, where those are no letters."""
    text = _pattern(r"[^\w\x00-\uffff]+").sub(" ", text)
    return _pattern(_FAR).sub("\u4e00", text)


def words(text: str, unspaced: bool = True) -> list[bytes]:
    """Return the words of `text`, folded."""
    return fold(text, unspaced).encode().translate(TABLE).split()


def places(text: str, first: int, last: int, unspaced: bool = True) -> tuple[int, int] | None:
    """Return the code points from word `first` to the end of word `last`, as `words` counts.

    None where folding moves letters, so that their places in the text are not known.
    """
    if SIGN in text:
        return None
    if text.isascii():
        return _plain_places(text, first, last)
    if not is_normalized("NFC", text) or len(text.lower()) != len(text):
        return None
    found = list(islice(_pattern(_WORD if unspaced else _WORDS).finditer(text), first, last + 1))
    return (found[0].start(), found[-1].end()) if len(found) == last + 1 - first else None


def _plain_places(text: str, first: int, last: int) -> tuple[int, int] | None:
    """Return the same of plain ASCII; to split it is four times as fast as to match words."""
    data, many = text.encode().translate(TABLE), last + 1 - first
    left = data.split(None, first)[first:]
    those = left[0].split(None, many) if left else []
    if len(those) < many:
        return None
    behind = len(those[many]) if len(those) > many else 0
    return len(data) - len(left[0]), len(data[: len(data) - behind].rstrip())


class _Words(dict[bytes, int]):
    """The hashes of words, remembered. Size: O(`limit`)."""

    limit = 1 << 16

    def __missing__(self, word: bytes) -> int:
        if len(self) >= self.limit:
            self.clear()
        value = self[word] = hash_word(word)
        return value


_known = _Words()


def hash_word(word: bytes) -> int:
    """Return the hash of a word: of its first and last 8 bytes and its length."""
    length = len(word)
    value = int.from_bytes(word[:8], "little") * FIRST + length * LENGTH
    if length > 8:
        value += int.from_bytes(word[-8:], "little") * LAST
    value &= MASK
    value = (value ^ value >> 31) * MIX & MASK
    return value ^ value >> 29


def hash_whole(parts: list[bytes]) -> int:
    """Return the hash of all of some words."""
    value = 0
    for word in parts:
        value = (value * BASE + _known[word]) & MASK
    return value


def hashes(parts: list[bytes]) -> Iterator[int]:
    """Yield the hash of each run of `N` words; of fewer than that, but enough, their own."""
    if len(parts) < N:
        if len(parts) >= SHORTEST:
            yield hash_whole(parts)
        return
    values = [_known[word] for word in parts]
    rolling = hash_whole(parts[:N])
    yield rolling
    for out, new in zip(values, values[N:], strict=False):
        rolling = (rolling * BASE + new - out * _OUT) & MASK
        yield rolling
