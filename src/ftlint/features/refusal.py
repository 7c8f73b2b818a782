"""Refusals: which trained answers decline or rebuke instead of answering, by cues of a language.

Cues are data, in `rules/lexicons/refusal`, one file a language. Each stands under literals of
which one is in every text that it matches: one Aho-Corasick pass over the beginnings of the
answers finds the few that are worth a regular expression.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate, compress
from operator import not_
from typing import Any

from ftlint.configuration import document
from ftlint.error import PackError
from ftlint.example import Batch
from ftlint.feature import Feature
from ftlint.features.dialogue import trained, unproven
from ftlint.features.lexicon import Automaton, counted, fold
from ftlint.value import dataclass

HEAD = 300
"""Code points of an answer that are read: a refusal says so at once."""
LEAD = 160
"""Code points in which one of the soft cues begins: what comes later is an afterthought."""
NEEDED = 2
"""Soft cues of different kinds that make a refusal; of firm ones, one does."""
KINDS = ("firm", "unable", "soft", "topic", "yields", "despite", "anyway")
"""Of cues: a topic counts once and beside a soft cue only; what yields takes back soft cues,
what answers despite all also what the answer is unable to do, and `anyway` takes back all."""

_KNOWN = 1 << 12
"""Texts that are remembered, a batch more at most."""

FOUND = ("firm", "unable", "soft")
"""Kinds that are searched for; the others are looked for where one of these is."""

_QUOTES = ("\u2019", "\u2018", "\u02bc", "\u00b4", "`")


class Cue:
    """The expressions that stand under one set of literals, compiled when they are needed."""

    __slots__ = ("_pattern", "_search", "anchors", "kind", "language")

    def __init__(self, language: str, kind: str, anchors: tuple[str, ...], pattern: str) -> None:
        """Keep the cue; one of `anchors` is in every text that `pattern` matches."""
        self.language = language
        self.kind = kind
        self.anchors = anchors
        self._pattern = pattern
        self._search: Callable[[str], re.Match[str] | None] | None = None

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first match in a folded text."""
        if self._search is None:
            self._search = re.compile(self._pattern).search
        return self._search(text)

    def kind_in(self, text: str) -> str:
        """Return the kind of the cue if a folded text has it; `late` if it is soft and late."""
        match = self.search(text)
        if not match or _spoken(text, match.start()):
            return ""
        return "late" if self.kind == "soft" and match.start() >= LEAD else self.kind


@dataclass(frozen=True)
class Refusals(Feature[int | None]):
    """The index of the first trained answer that refuses, an example; None where none does."""

    def compute(self, batch: Batch) -> list[int | None]:
        """Return one value an example."""
        rows, numbers, answers = trained(batch)
        column: list[int | None] = [None] * len(batch)
        for at in recogniser().refusing([answer[:HEAD] for answer in answers]):
            known = column[rows[at]]
            column[rows[at]] = numbers[at] if known is None else min(known, numbers[at])
        for index, dialogue in unproven(batch):
            if dialogue.refused is not None:
                column[index] = dialogue.refused
        return column


REFUSALS = Refusals()


class Recogniser:
    """All cues of all languages, and the automaton that finds their literals."""

    __slots__ = ("_find", "_known", "_others", "_owners")

    def __init__(self, cues: Sequence[Cue]) -> None:
        """Keep the literals of the cues that are searched for."""
        owners: dict[str, list[Cue]] = {}
        self._others: dict[str, list[Cue]] = {}
        for cue in cues:
            if cue.kind not in FOUND:
                self._others.setdefault(cue.language, []).append(cue)
                continue
            for anchor in cue.anchors:
                owners.setdefault(anchor, []).append(cue)
        self._owners = list(owners.values())
        self._find = Automaton(list(owners)).find
        self._known: dict[str, bool] = {}
        """Whether a text refuses: people are refused in the same words again and again."""

    def refusing(self, heads: Sequence[str]) -> list[int]:
        """Return the indices of the texts that refuse, in order."""
        # Apart: one character beyond ASCII doubles the work on the whole of a joined text.
        plain = list(map(str.isascii, heads))
        found = []
        for chosen in (plain, map(not_, plain)):
            numbers = list(compress(range(len(heads)), chosen))
            found += [numbers[at] for at in self._refusing([heads[at] for at in numbers])]
        return sorted(found)

    def _refusing(self, heads: Sequence[str]) -> list[int]:
        # Folded at once: one call for each would cost more than the search. No length changes.
        joined = fold("\n".join(heads))
        if not joined.isascii() or "`" in joined:
            for quote in _QUOTES:
                joined = joined.replace(quote, "'")
        starts = list(accumulate([len(head) + 1 for head in heads], initial=0))
        asked: dict[int, dict[Cue, None]] = {}
        data = joined.encode()
        spans = self._find(data)
        for literal, start, _ in spans if len(data) == len(joined) else counted(data, spans):
            at = bisect_right(starts, start) - 1
            asked.setdefault(at, {}).update(dict.fromkeys(self._owners[literal]))
        found, known = [], self._known
        if len(known) > _KNOWN:
            known.clear()
        for at in sorted(asked):
            text = joined[starts[at] : starts[at + 1] - 1]
            refused = known.get(text)
            if refused is None:
                refused = known[text] = self._weight(text, asked[at]) >= NEEDED
            found += [at] if refused else []
        return found

    def _weight(self, text: str, cues: Iterable[Cue]) -> int:
        """Return what the cues of one language weigh, of the language that has most."""
        found: dict[str, list[str]] = {}
        for cue in cues:
            kind = cue.kind_in(text)
            if kind:
                found.setdefault(cue.language, []).append(kind)
        for language, kinds in found.items():
            if kinds != ["late"]:
                others = self._others.get(language, ())
                kinds += [
                    cue.kind_in(text)
                    for cue in others
                    if any(anchor in text for anchor in cue.anchors)
                ]
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
    from ftlint.configuration.packs import rules_folder  # which imports the rules

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
            literals = tuple(anchor.strip() for anchor in anchors.split("|"))
            yield Cue(data["language"], kind, literals, f"{edge}(?:{whole})")


def _filled(pattern: str, parts: dict[str, str]) -> str:
    """Return the expression with its parts put in; a space stands for any white space."""
    pattern = pattern.replace(" ?", r"\s*").replace(" ", r"\s+")
    for name, part in parts.items():
        pattern = pattern.replace(f"{{{name}}}", part)
    return pattern
