"""Refusals: which trained answers decline or rebuke instead of answering, by cues of a language.

Cues are data, in `rules/lexicons/refusal`, one file a language. Each stands under literals of
which one is in every text that it matches: one Aho-Corasick pass over the beginnings of the
answers finds the few that are worth a regular expression.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Any, NamedTuple

from ftlint import document
from ftlint.error import PackError
from ftlint.example import Batch
from ftlint.feature import Feature
from ftlint.features.dialogue import DIALOGUES
from ftlint.features.lexicon import fold

HEAD = 300
"""Code points of an answer that are read: a refusal says so at once."""
LEAD = 160
"""Code points in which one of the soft cues begins: what comes later is an afterthought."""
NEEDED = 2
"""Soft cues of different kinds that make a refusal; of firm ones, one does."""
KINDS = ("firm", "unable", "soft", "topic", "yields", "despite", "anyway")
"""Of cues: a topic counts once and beside a soft cue only; what yields takes back soft cues,
what answers despite all also what the answer is unable to do, and `anyway` takes back all."""

_QUOTES = str.maketrans("\u2019\u2018\u02bc\u00b4`", "'''''")


class Cue(NamedTuple):
    """The expressions that stand under one set of literals."""

    language: str
    kind: str
    anchors: tuple[str, ...]
    search: Any
    """The `search` of the compiled expression."""


@dataclass(frozen=True)
class Refusals(Feature[int | None]):
    """The index of the first trained answer that refuses, an example; None where none does."""

    def compute(self, batch: Batch) -> list[int | None]:
        """Return one value an example."""
        column: list[int | None] = [None] * len(batch)
        owners: list[tuple[int, int]] = []
        heads: list[str] = []
        for index, dialogue in enumerate(batch.column(DIALOGUES)):
            if dialogue:
                if dialogue.refused is not None:
                    column[index] = dialogue.refused
                    continue
                for number, answer in enumerate(dialogue.answers):
                    owners.append((index, number))
                    heads.append(answer[:HEAD])
        for at in recogniser().refusing(heads):
            index, number = owners[at]
            if column[index] is None:
                column[index] = number
        return column


REFUSALS = Refusals()


class Recogniser:
    """All cues of all languages, and the automaton that finds their literals."""

    __slots__ = ("_cues", "_find", "_owners")

    def __init__(self, cues: Sequence[Cue]) -> None:
        """Build the automaton."""
        from ahocorasick_rs import AhoCorasick

        owners: dict[str, list[str]] = {}
        for number, cue in enumerate(cues):
            for anchor in cue.anchors:
                owners.setdefault(anchor, []).append(number)
        self._cues = tuple(cues)
        self._owners = list(owners.values())
        self._find = AhoCorasick(list(owners)).find_matches_as_indexes

    def refusing(self, heads: Sequence[str]) -> list[int]:
        """Return the indices of the texts that refuse, in order."""
        return [at for at, weight in self.weighed(heads) if weight >= NEEDED]

    def weighed(self, heads: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Yield the index and the weight of each text with cues, in order."""
        texts = [fold(head.translate(_QUOTES)) for head in heads]
        starts = list(accumulate((len(text) + 1 for text in texts), initial=0))
        asked: dict[int, set[int]] = {}
        for literal, start, _ in self._find("\n".join(texts), overlapping=True):
            asked.setdefault(bisect_right(starts, start) - 1, set()).update(self._owners[literal])
        for at in sorted(asked):
            weight = self.weight(texts[at], sorted(asked[at]))
            if weight:
                yield at, weight

    def weight(self, text: str, numbers: Iterable[int]) -> int:
        """Return the sum of the weights of the cues `numbers` that a folded text holds."""
        found: dict[str, list[str]] = {}
        for number in numbers:
            cue = self._cues[number]
            match = cue.search(text)
            if match and not _spoken(text, match.start()):
                late = cue.kind == "soft" and match.start() >= LEAD
                found.setdefault(cue.language, []).append("late" if late else cue.kind)
        return max(map(_sum, found.values()), default=0)


def _sum(kinds: list[str]) -> int:
    """Return what cues of one language weigh together."""
    if "anyway" in kinds:
        return 0
    despite = "despite" in kinds
    blunted = despite or "yields" in kinds or "soft" not in kinds
    soft = 0 if blunted else kinds.count("soft") + kinds.count("late")
    firm = "firm" in kinds or ("unable" in kinds and not despite)
    return soft + (soft > 0 and "topic" in kinds) + NEEDED * firm


def _spoken(text: str, start: int) -> bool:
    """Return whether a quotation opens in front of the cue: somebody in a story says it."""
    return start > 0 and text[start - 1] in '"“«「„'


def refuses(answer: str) -> bool:
    """Return whether one answer refuses."""
    return bool(recogniser().refusing([answer[:HEAD]]))


@cache
def recogniser() -> Recogniser:
    """Return the recogniser of all languages, built once a process."""
    return Recogniser(list(cues()))


def cues() -> Iterator[Cue]:
    """Yield the cues of every file of the folder. Raises: PackError."""
    from ftlint.packs import rules_folder  # which imports the rules

    for path in sorted((rules_folder() / "lexicons" / "refusal").glob("*.yaml")):
        yield from _cues(document.load(path, PackError).data)


def _cues(data: dict[str, Any]) -> Iterator[Cue]:
    parts: dict[str, str] = {}
    for name, part in data.get("parts", {}).items():
        parts[name] = _filled(part, parts)
    # Words are written with spaces, or the language has none.
    edge = r"(?<!\w)" if data.get("spaced", True) else ""
    for kind in KINDS:
        for anchors, patterns in data.get(kind, {}).items():
            whole = "|".join(f"(?:{_filled(pattern, parts)})" for pattern in patterns)
            compiled = re.compile(f"{edge}(?:{whole})")
            literals = tuple(anchor.strip() for anchor in anchors.split("|"))
            yield Cue(data["language"], kind, literals, compiled.search)


def _filled(pattern: str, parts: dict[str, str]) -> str:
    """Return the expression with its parts put in; a space stands for any white space."""
    for name, part in parts.items():
        pattern = pattern.replace(f"{{{name}}}", part)
    return pattern.replace(" ", r"\s+") if r"\s+" not in pattern else pattern
