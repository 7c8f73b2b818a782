"""Identity lexicons: which words name groups of people, and what must stand beside the doubtful.

YAML of `rules/lexicons/identity/<language>` and of users -> `Lexicon`: entries, the swaps between
groups, and senses. Every mistake in a file is an error with its place. What finds the words in
texts is `ftlint.features.identity`; what swaps them reads `Lexicon.swaps`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ftlint.bias.sense import END, Sense
from ftlint.bias.sense import normal as normal
from ftlint.bias.sense import spaced as spaced
from ftlint.configuration.document import Document, load, suggest
from ftlint.error import PackError
from ftlint.value import dataclass

MENTIONS = (
    "subject", "object", "possessive", "possessor", "reflexive", "noun", "adjective", "phrase",
    "kinship", "profession", "title", "faith", "condition", "age", "demonym", "nation",
)  # fmt: skip
"""Kinds of words that name a group; the first five are pronouns."""
PRONOUNS = frozenset(MENTIONS[:5])
SETTING = "setting"
"""The kind of words that name nobody: swapped with a group, as church and mosque, or uncounted."""
KINDS = (*MENTIONS, SETTING)


@dataclass(frozen=True, slots=True)
class Entry:
    """One word or phrase that names a group, or that stands for an attribute."""

    term: str
    """As the lexicon spells it."""
    axis: str
    group: str
    """The group, or the word in its base form where `kind` is an attribute."""
    kind: str
    language: str
    sense: Sense | None = None
    attribute: bool = False
    """Whether it is a word of an attribute, of the category `axis`, and names nobody."""
    named: tuple[str, str] = field(init=False, repr=False, compare=False)
    """Axis and group: what is counted, made once."""

    def __post_init__(self) -> None:
        """Put together what is counted."""
        object.__setattr__(self, "named", (self.axis, self.group))


@dataclass(frozen=True, slots=True)
class Swap:
    """One form of a word for each of several groups: he for men, she for women."""

    axis: str
    language: str
    kind: str
    forms: tuple[tuple[str, str], ...]
    """Group and form, as the lexicon spells them, in its order."""

    def form(self, group: str) -> str | None:
        """Return the form of `group`, if it has one."""
        return dict(self.forms).get(group)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one language, or of one file."""

    entries: tuple[Entry, ...] = ()
    swaps: tuple[Swap, ...] = ()

    def groups(self) -> dict[str, tuple[str, ...]]:
        """Return the groups of each axis, in the order of the files."""
        found: dict[str, dict[str, None]] = {}
        for entry in self.entries:
            if not entry.attribute and entry.kind != SETTING:
                found.setdefault(entry.axis, {})[entry.group] = None
        return {axis: tuple(groups) for axis, groups in found.items()}


def languages() -> tuple[str, ...]:
    """Return the languages that ftlint has identity lexicons for."""
    return tuple(sorted(path.name for path in _folder("identity").iterdir() if path.is_dir()))


def lexicon(language: str, extra: tuple[str, ...] = ()) -> Lexicon:
    """Return the words of `language`, with those of the user's files. Raises: PackError."""
    return _lexicon(language, extra, stamps(extra))


def stamps(paths: Iterable[str]) -> tuple[int, ...]:
    """Return when files were changed, in nanoseconds: what is cached of them is for that time."""
    return tuple(os.stat(path).st_mtime_ns if os.path.exists(path) else 0 for path in paths)


@lru_cache(maxsize=32)
def _lexicon(language: str, extra: tuple[str, ...], _: tuple[int, ...]) -> Lexicon:
    paths = [*_of("identity", language), *_of("attribute", language)]
    lists: dict[str, frozenset[bytes]] = {}
    documents = [load(path, PackError) for path in paths]
    for document in documents:
        lists.update(_lists(document))
    parts = [_read(document, lists) for document in documents if "lists" not in document.data]
    for path in extra:
        own = read_file(path, lists)
        if own.entries and own.entries[0].language == language:
            parts.append(own)
    entries = tuple(entry for part in parts for entry in part.entries)
    return Lexicon(entries, tuple(swap for part in parts for swap in part.swaps))


def read_file(path: str | Path, lists: Mapping[str, frozenset[bytes]] | None = None) -> Lexicon:
    """Return the words of one file. Raises: PackError, with the place of what is wrong."""
    document = load(path, PackError)
    if not isinstance(document.data, dict):
        raise document.error("", "a lexicon is a mapping (axis, language, groups)")
    known = lists
    if known is None:
        known = {}
        for each in _of("identity", str(document.data.get("language", ""))):
            if each.stem == "lists":
                known = _lists(load(each, PackError))
    return _read(document, known)


def _folder(name: str) -> Path:
    from ftlint.configuration.packs import (
        rules_folder,  # which imports the rules, which import this
    )

    return rules_folder() / "lexicons" / name


def _of(name: str, language: str) -> list[Path]:
    return sorted((_folder(name) / language).glob("*.yaml")) if language else []


_KEYS = {
    "axis", "attribute", "language", "groups", "pairs", "uncounted", "senses", "words", "origin",
    "licence",
}  # fmt: skip
_SENSE = {
    "words", "kinds", "next", "previous", "at-start", "unless-next", "unless-previous", "gap",
    "capital", "case",
}  # fmt: skip


_NEAR = ("@function", END.decode())
"""What stands beside a doubtful word at once, or not at all."""


def _read(document: Document, lists: Mapping[str, frozenset[bytes]]) -> Lexicon:
    data = document.data
    _known(document, "", data, _KEYS)
    language = data.get("language")
    if not isinstance(language, str) or not language:
        raise document.error("/language", "'language' is missing (such as en)")
    if ("axis" in data) == ("attribute" in data):
        raise document.error("", "give one of axis and attribute")
    if "attribute" in data:
        return Lexicon(tuple(_attributes(document, language, _Senses(document, lists))))
    axis, groups = data["axis"], _mapping(document, "/groups", data.get("groups"))
    if not isinstance(axis, str):
        raise document.error("/axis", "'axis' must be a word")
    swaps = tuple(_swaps(document, axis, language, set(groups)))
    uncounted = {normal(word) for word in _words(document, "/uncounted", data.get("uncounted", ()))}
    senses = _Senses(document, lists)
    # What is not counted still hides what is inside it: the word for other that of he in Chinese.
    found = {(word, ""): Entry(word, axis, "", SETTING, language) for word in sorted(uncounted)}
    for term, group, kind in (*_listed(document, groups), *_paired(swaps)):
        if kind != SETTING and (word := normal(term)) not in uncounted:
            entry = Entry(term, axis, group, kind, language, senses.of(word, kind))
            found.setdefault((word, group), entry)
    return Lexicon(tuple(found.values()), swaps)


def _attributes(document: Document, language: str, senses: _Senses) -> Iterator[Entry]:
    category = document.data["attribute"]
    if not isinstance(category, str):
        raise document.error("/attribute", "'attribute' must be a word")
    words = document.data.get("words")
    if not isinstance(words, list) or not words:
        raise document.error("/words", "'words' must be a list of words")
    for index, item in enumerate(words):
        # `nurse, nurses`: the first form is the base, and stands for all.
        forms = list(_forms(document, f"/words/{index}", item, ","))
        for form in forms:
            yield Entry(
                form, category, normal(forms[0]), category, language,
                senses.of(normal(form), category), attribute=True,
            )  # fmt: skip


def _listed(document: Document, groups: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for group, kinds in groups.items():
        place = f"/groups/{group}"
        for kind, words in _mapping(document, place, kinds).items():
            if kind not in KINDS:
                hint = f"{suggest(str(kind), KINDS)} ({', '.join(KINDS)})"
                raise document.error(f"{place}/{kind}", f"unknown kind of word {kind!r}{hint}")
            for term in _words(document, f"{place}/{kind}", words):
                yield term, group, kind


def _paired(swaps: Iterable[Swap]) -> Iterator[tuple[str, str, str]]:
    for swap in swaps:
        for group, form in swap.forms:
            yield form, group, swap.kind


def _swaps(document: Document, axis: str, language: str, known: set[str]) -> Iterator[Swap]:
    for at, block in enumerate(document.data.get("pairs", ())):
        place = f"/pairs/{at}"
        groups = _mapping(document, place, block).get("groups")
        if not isinstance(groups, list) or len(groups) < 2:
            raise document.error(place, "a pair names two groups or more: groups: [men, women]")
        for index, group in enumerate(groups):
            if group not in known:
                hint = suggest(str(group), known)
                raise document.error(f"{place}/groups/{index}", f"unknown group {group!r}{hint}")
        for kind, items in block.items():
            if kind == "groups":
                continue
            if kind not in KINDS:
                hint = f"{suggest(str(kind), KINDS)} ({', '.join(KINDS)})"
                raise document.error(f"{place}/{kind}", f"unknown kind of word {kind!r}{hint}")
            yield from _swapped(document, f"{place}/{kind}", (axis, language, kind), groups, items)


def _swapped(
    document: Document, place: str, what: tuple[str, str, str], groups: list[str], items: Any
) -> Iterator[Swap]:
    for index, item in enumerate(_strings(document, place, items)):
        sides = [list(_expand(side.strip())) for side in item.split("|")]
        if len(sides) != len(groups) or not all(map(all, sides)):
            raise document.error(
                f"{place}/{index}", f"{item!r} must have {len(groups)} forms, one a group"
            )
        # The plural of one side is the plural of the other; `boy(s) | lady` has one for both.
        for number in range(max(map(len, sides))):
            forms = [side[min(number, len(side) - 1)] for side in sides]
            yield Swap(*what, tuple(zip(groups, forms, strict=True)))


_OPTIONAL = re.compile(r"^(.+)\((\w+)\)$")


def _expand(word: str) -> Iterator[str]:
    """Yield a word; of `boy(s)` the form without what is in parentheses, and the one with it."""
    match = _OPTIONAL.match(word)
    if match:
        yield match[1]
        yield match[1] + match[2]
    else:
        yield word


def _forms(document: Document, place: str, item: Any, sign: str) -> Iterator[str]:
    if not isinstance(item, str) or not item.strip():
        raise document.error(place, f"a word must be a string, not {item!r} (quote it)")
    for part in item.split(sign):
        yield from _expand(part.strip())


def _strings(document: Document, place: str, items: Any) -> list[str]:
    if not isinstance(items, list | tuple):
        raise document.error(place, f"{place.rpartition('/')[2]!r} must be a list of words")
    for index, item in enumerate(items):
        if not isinstance(item, str) or not item.strip():
            wrong = f"a word must be a string, not {item!r} (quote it)"
            raise document.error(f"{place}/{index}", wrong)
    return list(items)


def _words(document: Document, place: str, items: Any) -> Iterator[str]:
    for item in _strings(document, place, items):
        yield from _expand(item.strip())


def _mapping(document: Document, place: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict) or not value:
        raise document.error(place, f"{place.rpartition('/')[2]!r} must be a mapping")
    return value


def _known(document: Document, place: str, data: Mapping[str, Any], keys: set[str]) -> None:
    for key in data:
        if key not in keys:
            known = f"(known: {', '.join(sorted(keys))})"
            wrong = f"unknown key {key!r}{suggest(str(key), keys)} {known}"
            raise document.error(f"{place}/{key}", wrong)


def _lists(document: Document) -> dict[str, frozenset[bytes]]:
    """Return the lists of words that senses name, as they are compared."""
    found = document.data.get("lists", {}) if isinstance(document.data, dict) else {}
    lists = {}
    for name, items in found.items():
        words = _words(document, f"/lists/{name}", items)
        lists[name] = frozenset([normal(word).encode() for word in words])
    return lists


@dataclass
class _Senses:
    """The senses of one file, by word and by kind."""

    document: Document
    lists: Mapping[str, frozenset[bytes]]
    _words: dict[str, Sense] = field(default_factory=dict)
    _kinds: dict[str, Sense] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read them."""
        document = self.document
        for index, item in enumerate(document.data.get("senses", ())):
            place = f"/senses/{index}"
            sense = self._sense(place, _mapping(document, place, item))
            if not item.get("words") and not item.get("kinds"):
                raise document.error(place, "a sense names its words or kinds")
            for word in _words(document, f"{place}/words", item.get("words", ())):
                self._words[normal(word)] = self._words.get(normal(word), Sense()).with_(sense)
            for kind in _strings(document, f"{place}/kinds", item.get("kinds", ())):
                self._kinds[kind] = self._kinds.get(kind, Sense()).with_(sense)

    def of(self, word: str, kind: str) -> Sense | None:
        """Return what a `normal` term needs: what its kind needs, and what it needs itself."""
        general, own = self._kinds.get(kind), self._words.get(word)
        if general and own:
            return general.with_(own)
        return own or general

    def _sense(self, place: str, item: Mapping[str, Any]) -> Sense:
        _known(self.document, place, item, _SENSE)
        capital = item.get("capital", False)
        if capital not in (True, False, "inside"):
            raise self.document.error(f"{place}/capital", "'capital' must be true or inside")
        gap = item.get("gap", 0)
        if not isinstance(gap, int):
            raise self.document.error(f"{place}/gap", "'gap' must be a whole number")
        read = {
            key: self._phrases(f"{place}/{key}", item.get(key, ()))
            for key in ("next", "previous", "at-start", "unless-next", "unless-previous")
        }
        beside = item.get("next", ())
        case = _words(self.document, f"{place}/case", item.get("case", ()))
        return Sense(
            read["next"],
            read["previous"],
            read["at-start"],
            read["unless-next"],
            read["unless-previous"],
            self._phrases(f"{place}/next", [each for each in beside if each not in _NEAR]),
            gap,
            "yes" if capital is True else capital or "",
            frozenset(word.encode() for word in case),
            self.lists.get("degree", frozenset()),
        )

    def _phrases(self, place: str, items: Any) -> frozenset[bytes]:
        found: set[bytes] = set()
        for index, item in enumerate(_strings(self.document, place, items)):
            if item.encode() == END:
                found.add(END)
            elif not item.startswith("@"):
                found.update([normal(each).encode() for each in _expand(item)])
            elif item[1:] in self.lists:
                found |= self.lists[item[1:]]
            else:
                hint = suggest(item[1:], self.lists)
                raise self.document.error(f"{place}/{index}", f"unknown list {item!r}{hint}")
        return frozenset(found)
