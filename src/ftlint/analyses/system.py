"""System prompts: which there are, which differ slightly from a frequent one, where none is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any

from ftlint.analyses.split import Part, by_split
from ftlint.analysis import Analysis
from ftlint.example import Batch
from ftlint.features.cast import casts
from ftlint.features.dialogue import unproven
from ftlint.finding import Where
from ftlint.shape import UNKNOWN
from ftlint.source import Dataset
from ftlint.summary import Capped, Groups
from ftlint.text.expression import late
from ftlint.value import dataclass

if TYPE_CHECKING:
    from difflib import SequenceMatcher

MOST = 512
"""Different prompts that are counted; with more, each example has its own."""
TEXT = 2048
"""Code points of a prompt that are kept and compared."""
FREQUENT = 8
"""Prompts with which the others are compared."""
LIKE = 0.9
"""Similarity of words (2 M / T, Ratcliff and Obershelp 1988) from which prompts are variants."""
NAMED = 5

_SYSTEM = frozenset(("system", "developer"))
_WORD = re.compile(r"\w+|[^\w\s]")
_UNSPACED = late("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff]")


def _nowhere() -> Capped[Where]:
    return Capped(NAMED)


@dataclass(frozen=True, slots=True)
class Prompts:
    """The system prompts of some examples. Size: O(MOST * TEXT)."""

    examples: int = 0
    missing: Capped[Where] = field(default_factory=_nowhere)
    """Examples without one."""
    present: Capped[Where] = field(default_factory=_nowhere)
    seen: dict[str, tuple[int, Where]] | None = field(default_factory=dict)
    """How often each beginning of a prompt is used, and where first; None if too many are."""

    @classmethod
    def of(cls, batch: Batch) -> Prompts:
        """Return the system prompts of the examples of `batch`."""
        missing, present = list[int](), list[tuple[int, str]]()
        for roles, rows, texts in casts(batch).alike:
            if roles[0] == "system":
                present += zip(rows, [text[:TEXT] for text in texts[0]], strict=True)
            elif "system" not in roles:  # one that comes late has a rule of its own
                missing += rows
        for index, dialogue in unproven(batch):
            if dialogue.system is not None:
                present.append((index, dialogue.system[:TEXT]))
            elif _SYSTEM.isdisjoint(dialogue.roles) and not _stray(batch, index):
                missing.append(index)
        present.sort(reverse=True)
        missing.sort()
        counts = Counter([text for _, text in present])
        first = {text: index for index, text in present}
        seen = {text: (count, batch.at(first[text])) for text, count in counts.items()}
        return cls(
            len(missing) + len(present),
            _capped(missing, batch),
            _capped([index for index, _ in reversed(present)], batch),
            _few(seen),
        )

    def merge(self, other: Prompts) -> Prompts:
        """Return the prompts of both."""
        seen = None
        if self.seen is not None and other.seen is not None:
            seen = dict(self.seen)
            for text, (count, where) in other.seen.items():
                known = seen.get(text)
                seen[text] = (known[0] + count, known[1]) if known else (count, where)
            seen = _few(seen)
        return Prompts(
            self.examples + other.examples,
            self.missing.merge(other.missing),
            self.present.merge(other.present),
            seen,
        )

    def frequent(self) -> list[tuple[str, int, Where]]:
        """Return the prompts, the most frequent one first."""
        items = ((text, count, where) for text, (count, where) in (self.seen or {}).items())
        return sorted(items, key=lambda item: (-item[1], item[0]))


def _stray(batch: Batch, index: int) -> bool:
    """Return whether a record has another shape than its file, such as a prompt and completion."""
    file, plain = batch.lines.shape, batch.plain
    if not file or (plain is not None and plain[index]):
        return False
    example = batch.example(index)  # whatever has messages may be proved
    return "messages" not in example.value and example.shape not in (file, UNKNOWN)


def _capped(found: list[int], batch: Batch) -> Capped[Where]:
    return Capped(NAMED, len(found), tuple(map(batch.at, found[:NAMED])))


def _few(seen: dict[str, tuple[int, Where]]) -> dict[str, tuple[int, Where]] | None:
    return seen if len(seen) <= MOST else None


@dataclass(frozen=True, slots=True)
class Drift:
    """A frequent prompt and those that are nearly the same; `differs` shows the first of them."""

    prompt: str
    count: int
    variants: tuple[tuple[str, int, Where], ...]
    differs: tuple[str, str]
    """What the frequent prompt says where the first variant says something else."""


def drifts(prompts: Prompts) -> Iterator[Drift]:
    """Yield each frequent prompt that has rarer near-copies; a prompt is a variant of one only.

    Prompts that differ in numbers alone are filled-in templates, and so are more near-copies of
    one prompt than it has uses.
    """
    frequent, taken = prompts.frequent(), set[str]()
    for text, count, _ in frequent[:FREQUENT]:
        if text in taken:
            continue
        near = [other for other in frequent if other[1] < count and other[0] not in taken]
        variants = tuple(other for other in near if _like(text, other[0]))
        if variants and sum(many for _, many, _ in variants) < count:
            taken.update(other[0] for other in variants)
            yield Drift(text, count, variants, _difference(text, variants[0][0]))


def _words(text: str) -> list[str]:
    """Return the words and marks of a text; its characters where words are not set apart."""
    return list(text) if _UNSPACED.search(text) else _WORD.findall(text)


def _like(left: str, right: str) -> bool:
    if not 0.8 * len(left) <= len(right) <= 1.25 * len(left):
        return False
    # Numbers are filled in: today's date, a customer's number.
    a, b = re.sub(r"\d+", "0", left), re.sub(r"\d+", "0", right)
    if a == b:
        return False
    if a.split() == b.split() or a.casefold() == b.casefold():
        return True
    first, second = _words(a), _words(b)
    # One word of few is another prompt: "Translate to French", "Translate to German".
    if min(len(first), len(second)) * (1 - LIKE) < 1:
        return _spelt(first, second)
    match = _matched(first, second)
    return match.quick_ratio() >= LIKE and match.ratio() >= LIKE


def _spelt(first: list[str], second: list[str]) -> bool:
    """Return whether short prompts differ in the spelling of one word or in marks alone."""
    if [word.casefold() for word in first if word.isalnum()] == [
        word.casefold() for word in second if word.isalnum()
    ]:
        return True
    other = [(a, b) for a, b in zip(first, second, strict=False) if a != b]
    if len(first) != len(second) or len(other) != 1 or len(first) < 4:
        return False
    (a, b) = other[0]
    return len(a) > 3 and _matched(a, b).ratio() >= 0.8


def _matched(first: Sequence[str], second: Sequence[str]) -> SequenceMatcher[str]:
    from difflib import SequenceMatcher

    return SequenceMatcher(None, first, second, autojunk=False)


def _difference(left: str, right: str) -> tuple[str, str]:
    """Return the parts of two texts between their common beginning and end, with a little more."""
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    end = 0
    while end < min(len(left), len(right)) - start and left[-1 - end] == right[-1 - end]:
        end += 1
    # Twelve characters more on either side, from a whole word to a whole word.
    start -= _whole(left[max(start - 12, 0) : start][::-1])
    end -= _whole(left[len(left) - end : len(left) - end + 12])
    return left[start : len(left) - end], right[start : len(right) - end]


def _whole(beside: str) -> int:
    """Return how much of a text beside a difference ends with a word; all where none does."""
    return len(beside) if len(beside) < 12 else max(beside.rfind(" "), 0) or len(beside)


@dataclass(frozen=True)
class SystemPrompts(Analysis[Groups[int], tuple[Part[Prompts], ...]]):
    """The system prompts of the examples, split by split."""

    measure = "system_prompts"

    def summarize(self, batch: Batch) -> Groups[int]:
        """Return the prompts of a batch, by source."""
        return Groups({batch.source: Prompts.of(batch)} if len(batch) else {})

    def conclude(self, summary: Groups[int], dataset: Dataset) -> tuple[Part[Prompts], ...]:
        """Return the prompts of each split."""
        return tuple(by_split(summary, dataset))

    def figures(self, result: tuple[Part[Prompts], ...], dataset: Dataset) -> dict[str, Any]:
        """Return the figures of `measures.system_prompts`."""
        return {
            part.split: {
                "examples": part.of.examples,
                "missing": part.of.missing.total,
                "different": None if part.of.seen is None else len(part.of.seen),
            }
            for part in result
            if part.of.examples
        }
