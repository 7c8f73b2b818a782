"""Cues: words that tell of what kind a toxic text is, which the model's one score cannot.

The lists are YAML under `rules/lexicons/toxicity`, written in rot13: whoever reads or searches the
repository is spared them, and whoever corrects them needs no tool but `tr`.
"""

from __future__ import annotations

from codecs import decode
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from ftlint.error import PackError
from ftlint.triage.words import END, key, words_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CLASSES = (
    "obscene", "insult", "sexual", "slur", "harm", "harmed", "target", "wish", "hate", "dehuman",
)  # fmt: skip
"""The classes, in the order of their bits: one file each."""
_BIT = {name: 1 << place for place, name in enumerate(CLASSES)}


def revealed(text: str) -> str:
    """Return what a text in rot13 says, and the other way round."""
    return decode(text, "rot13")


@cache
def cues() -> dict[int, int]:
    """Return the bits of the classes of each word, by key."""
    found: dict[int, int] = {}
    for name, word in _listed():
        found[key(word)] = found.get(key(word), 0) | _BIT[name]
    return found


def _listed() -> Iterator[tuple[str, str]]:
    # Loaded here: training and tests of the words alone need no files.
    from ftlint.configuration.document import load
    from ftlint.configuration.packs import rules_folder

    for name in CLASSES:
        path = rules_folder() / "lexicons" / "toxicity" / f"{name}.yaml"
        for written in load(path, PackError).data["words"]:
            yield from ((name, word) for word in words_of(revealed(written)) if word != END)


def kinds(cue: Sequence[int], named: Sequence[int]) -> list[bool]:
    """Return which kinds one text shows signs of; `signs` of one text, without numpy."""

    def has(*names: str) -> list[bool]:
        bits = sum(_BIT[name] for name in names)
        return [each & bits != 0 for each in cue]

    def near(left: Sequence[bool | int], right: Sequence[bool | int], reach: int) -> bool:
        return any(each and any(right[at + 1 : at + 1 + reach]) for at, each in enumerate(left))

    someone = [bool(a) or b for a, b in zip(named, has("target"), strict=True)]
    ill = has("insult", "dehuman", "hate", "harm", "harmed")
    threat = near(has("harm"), someone, 3) or near(has("wish"), has("harmed"), 4)
    slur = any(has("slur"))
    attack = slur or near(named, ill, 5) or near(ill, named, 4)
    obscene, insult, sexual = (any(has(name)) for name in ("obscene", "insult", "sexual"))
    return [slur or threat or obscene, obscene, threat, insult, attack, sexual]


def signs(
    cue: NDArray[np.int64], named: NDArray[np.bool_], text: NDArray[np.int64], texts: int
) -> NDArray[np.bool_]:
    """Return which kinds each text shows signs of, shape (texts, 6), as `LABELS` has them.

    `cue` has the bits of each word, `named` whether it names a group, `text` its text.
    """
    import numpy as np

    def has(*names: str) -> NDArray[np.bool_]:
        return np.asarray((cue & sum(_BIT[name] for name in names)) != 0)

    def near(left: Any, right: Any, reach: int) -> NDArray[np.bool_]:
        """Return the words of `left` with one of `right` at most `reach` words after them."""
        found = np.zeros(len(cue), bool)
        for step in range(1, min(reach, len(cue) - 1) + 1):
            found[:-step] |= left[:-step] & right[step:] & (text[:-step] == text[step:])
        return found

    def shown(words: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return np.asarray(np.bincount(text[words], minlength=texts) > 0) > 0

    someone = named | has("target")
    ill = has("insult", "dehuman", "hate", "harm", "harmed")
    threat = shown(near(has("harm"), someone, 3) | near(has("wish"), has("harmed"), 4))
    slur = shown(has("slur"))
    attack = slur | shown(near(named, ill, 5) | near(ill, named, 4))
    obscene, insult = shown(has("obscene")), shown(has("insult"))
    sexual = shown(has("sexual"))
    return np.stack((slur | threat | obscene, obscene, threat, insult, attack, sexual), axis=1)
