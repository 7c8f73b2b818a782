"""Languages of a dataset: their shares in each split, from a sample of the examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from ftlint.analysis import Analysis
from ftlint.example import Batch
from ftlint.features.cast import casts
from ftlint.features.language import HEAD, SURE, UNDETERMINED, Guess, guess, prose
from ftlint.features.turns import SAYINGS, Turn
from ftlint.finding import Where
from ftlint.sample import Thinned, least_level, leveled
from ftlint.source import Dataset
from ftlint.statistics.interval import wilson
from ftlint.summary import Groups
from ftlint.text.languagename import name
from ftlint.value import dataclass

SAMPLE = 2000
"""Examples of one source whose language is looked at: shares are then known to about 2 points."""

Texts = tuple[str, str, int]
"""The beginnings of the last answer and of the last prompt, and the byte offset of the line."""


@dataclass
class Shares:
    """The languages of one split, as far as they were looked at."""

    total: int = 0
    """Examples with texts."""
    sampled: int = 0
    found: dict[str, int] = field(default_factory=dict)
    """Examples by language; those that are undetermined under `und`."""
    places: dict[str, list[Where]] = field(default_factory=dict)
    """Examples that are surely in a language: those that a rule may point at."""
    source: int = -1
    """The source of the split, if it is one only."""

    @property
    def determined(self) -> int:
        """Return how many examples of the sample have a language."""
        return self.sampled - self.found.get(UNDETERMINED, 0)

    @property
    def ranked(self) -> list[tuple[str, int]]:
        """Return languages and counts, the most frequent first."""
        known = ((code, count) for code, count in self.found.items() if code != UNDETERMINED)
        return sorted(known, key=lambda item: (-item[1], item[0]))

    def interval(self, code: str) -> tuple[float, float]:
        """Return the 95 % interval of the share of a language (Wilson)."""
        return wilson(self.found.get(code, 0), self.determined)

    def figures(self) -> dict[str, Any]:
        """Return what the report states of the split."""
        listed = []
        for code, count in self.ranked:
            low, high = self.interval(code)
            listed.append(
                {
                    "language": code,
                    "name": name(code),
                    "examples": count,
                    "share": count / self.determined,
                    "interval": [low, high],
                }
            )
        undetermined = self.found.get(UNDETERMINED, 0)
        return {
            "examples": self.total,
            "sampled": self.sampled,
            "undetermined": undetermined,
            "languages": listed,
        }


Languages = Mapping[str, Shares]
"""By split."""


def last_texts(turns: Sequence[Turn]) -> tuple[str, str]:
    """Return the last answer and the prompt that it answers; empty where there is none."""
    answer = prompt = None
    for role, text in reversed(turns):
        if role == "assistant" and answer is None:
            answer = text
        elif role == "user" and prompt is None:
            prompt = text
        if answer is not None and prompt is not None:
            break
    return answer or "", prompt or ""


def spoken(answer: str, prompt: str) -> Guess:
    """Return the language of an answer, or that of its prompt where it is undetermined."""
    said = guess(answer)
    return guess(prompt) if said.language == UNDETERMINED else said


@dataclass(frozen=True)
class LanguageShares(Analysis[Groups[int], Languages]):
    """Which languages the examples of each split are in."""

    measure = "languages"

    limit: int = SAMPLE

    def summarize(self, batch: Batch) -> Groups[int]:
        """Return a sample of texts by source. Size: O(sources * limit * HEAD)."""
        if not len(batch):
            return Groups()
        said, start, first = batch.column(SAYINGS), batch.lines.start_of, batch.lines.ordinal
        silent = {at for at in casts(batch).others if not said[at][1]}
        highest = least_level(start(len(batch) - 1))
        levels = leveled(first, len(batch), highest)
        chosen = [(at, level, None) for at, level in levels if at - first not in silent]
        few = Thinned.of(chosen, self.limit, len(batch) - len(silent), highest)
        items, places = [], dict[tuple[str, ...], tuple[int | None, int | None]]()
        for ordinal, level, _ in few.items:  # only of what stays the texts are read
            roles, texts = said[ordinal - first]
            if roles not in places:
                last = {role: at for at, role in enumerate(roles)}
                places[roles] = last.get("assistant"), last.get("user")
            answer, prompt = ("" if at is None else _head(texts[at]) for at in places[roles])
            items.append((ordinal, level, (answer, prompt, start(ordinal - first))))
        thinned: Thinned[Texts] = Thinned(self.limit, few.total, few.level, tuple(items))
        return Groups({batch.source: thinned})

    def conclude(self, summary: Groups[int], dataset: Dataset) -> Languages:
        """Return the shares of each split."""
        splits: dict[str, Thinned[Texts]] = {}
        sources: dict[str, list[int]] = {}
        for source, thinned in sorted(summary.of.items()):
            split = dataset.sources[source].split
            sources.setdefault(split, []).append(source)
            splits[split] = splits[split].merge(thinned) if split in splits else thinned
        return {
            split: _shares(thinned, sources[split], dataset) for split, thinned in splits.items()
        }

    def figures(self, result: Languages, dataset: Dataset) -> dict[str, Any]:
        """Return the figures of `measures.languages`, by split."""
        return {split: shares.figures() for split, shares in result.items()}


def _head(text: str) -> str:
    if len(text) <= HEAD:
        return text
    return prose(text) if "```" in text else text[:HEAD]


def _shares(thinned: Thinned[Texts], sources: list[int], dataset: Dataset) -> Shares:
    shares = Shares(thinned.total, len(thinned.items))
    shares.source = sources[0] if len(sources) == 1 else -1
    for where, said in _guesses(thinned, sources, dataset):
        code = said.language
        shares.found[code] = shares.found.get(code, 0) + 1
        if said.probability >= SURE:
            shares.places.setdefault(code, []).append(where)
    return shares


def _guesses(
    thinned: Thinned[Texts], sources: list[int], dataset: Dataset
) -> Iterator[tuple[Where, Guess]]:
    for ordinal, _, (answer, prompt, start) in thinned.items:
        source = max(s for s in sources if dataset.facts[s].first <= ordinal)
        yield Where(source, ordinal, start=start), spoken(answer, prompt)
