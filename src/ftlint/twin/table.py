"""Tables: which words swap with which on one axis, read from `rules/lexicons/swap`."""

from __future__ import annotations

from codecs import decode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cache, cached_property
from typing import Any, NamedTuple

from ftlint.configuration import document
from ftlint.error import PackError, UsageError
from ftlint.features.lexicon import Terms
from ftlint.value import dataclass

AXES = ("gender", "race", "religion")
PRONOUNS = {"her": "women", "hers": "women", "him": "men", "his": "men"}
"""The group of the words that grammar swaps."""

Phrase = tuple[str, ...]
"""Words in small letters."""


class Way(NamedTuple):
    """What a phrase becomes."""

    new: str
    group: str
    """The group that the phrase names."""
    noun: str = ""
    """What it becomes where it is a noun, if that is another word."""
    shared: bool = False
    """Whether it counts only beside a word of its group that is not shared."""


@dataclass(frozen=True)
class Table:
    """What swaps on one axis between two groups or more, each with one other."""

    axis: str
    pairs: tuple[tuple[str, str], ...]
    ways: Mapping[Phrase, Way]
    idioms: frozenset[Phrase]
    topics: frozenset[Phrase]
    """One of these, and the example is about the groups: it is left as it is."""
    body: frozenset[Phrase] = frozenset()
    lone: frozenset[Phrase] = frozenset()
    after: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Words that count only after one of these."""
    before: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Words that count only before one of these, or as what a person is said to be."""
    things: frozenset[str] = frozenset()
    capital: frozenset[str] = frozenset()
    """Words that have a capital without being part of a title or a name."""
    titles: frozenset[str] = frozenset()
    """Words that count only with a capital, before another: `Miss Lee`."""
    units: frozenset[str] = frozenset()
    """Words that do not count after a number."""

    @cached_property
    def longest(self) -> int:
        """Return the most words that a phrase has."""
        return max(map(len, (*self.ways, *self.idioms, *self.topics, *self.body)))

    @cached_property
    def lexicon(self) -> Terms:
        """Return the words of which an example has one that gets a twin."""
        more = PRONOUNS if self.axis == "gender" else {}
        words = [" ".join(phrase) for phrase in self.ways] + list(more)
        return Terms(tuple(dict.fromkeys(words)), ignore_case=True)


@cache
def table(axis: str, pairs: tuple[tuple[str, str], ...] = ()) -> Table:
    """Return the table of an axis; without `pairs`, with the usual ones.

    Raises: UsageError, PackError.
    """
    data = _data(axis)
    pairs = pairs or tuple((one, other) for one, other in data.get("default", [data["groups"]]))
    _check(axis, pairs, data["groups"])
    ways = _paired(data) if "pairs" in data else _slotted(data, pairs)
    return Table(
        axis,
        pairs,
        ways,
        _phrases(data.get("idioms", ())),
        topics=_phrases([*data["topics"], *_masked(data)]),
        body=_phrases(data.get("body", ())),
        lone=_phrases(data.get("lone", ())),
        after={word: frozenset(words) for word, words in data.get("after", {}).items()},
        before={w.lower(): frozenset(ws) for w, ws in data.get("senses", {}).items()},
        **{key: frozenset(data.get(key, ())) for key in ("things", "capital", "titles", "units")},
    )


def _data(axis: str) -> Any:
    from ftlint.configuration.packs import rules_folder  # which imports the rules

    return document.load(rules_folder() / "lexicons" / "swap" / f"{axis}.yaml", PackError).data


def _check(axis: str, pairs: Sequence[tuple[str, str]], groups: Sequence[str]) -> None:
    named = [group for pair in pairs for group in pair]
    for group in named:
        if group not in groups:
            raise UsageError(f"--pair: {axis} has no group {group!r} ({', '.join(groups)})")
        if named.count(group) > 1:
            raise UsageError(f"--pair: {group} is named twice; each group swaps with one other")


def _phrases(words: Iterable[str]) -> frozenset[Phrase]:
    return frozenset(tuple(word.lower().replace("-", " ").split()) for word in words)


def _masked(data: Any) -> list[str]:
    return [decode(word, "rot13") for word in data.get("masked", ())]


def _paired(data: Any) -> dict[Phrase, Way]:
    """Return both ways of each pair; of two pairs with one word, the first one is its way."""
    ways: dict[Phrase, Way] = {}
    for pair in data["pairs"]:
        for group, word, new in zip(data["groups"], pair, reversed(pair), strict=True):
            ways.setdefault((word,), Way(new, group))
    return ways


def _slotted(data: Any, pairs: Sequence[tuple[str, str]]) -> dict[Phrase, Way]:
    """Return both ways of each slot that both groups of a pair fill."""
    ways: dict[Phrase, Way] = {}
    shared = set(data.get("shared", ()))
    for slot, filled in data["slots"].items():
        for word, new, group in _crossed(filled, pairs):
            phrase = tuple(word.lower().split())
            known = ways.get(phrase)
            if known is None:
                ways[phrase] = Way(new, group, shared=word in shared)
            elif known.group != group:  # two groups share the word: nothing tells whose it is
                ways.pop(phrase)
            elif slot == "person" and new.lower() != known.new.lower():
                ways[phrase] = known._replace(noun=new)
    for other, usual in data.get("spellings", {}).items():
        way = ways.get(tuple(usual.lower().split()))
        if way:
            ways.setdefault(tuple(other.lower().replace("-", " ").split()), way)
    return ways


def _crossed(
    filled: Mapping[str, str], pairs: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, str, str]]:
    """Yield a word of one slot, what it becomes, and its group."""
    for one, other in pairs:
        if one in filled and other in filled:
            yield filled[one], filled[other], one
            yield filled[other], filled[one], other
