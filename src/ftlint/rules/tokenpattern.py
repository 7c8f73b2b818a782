"""The kind `token-pattern`: patterns over words and lists of phrases, matched by spaCy.

Only sentences are tokenised in which the common search of the run has found a phrase of the list
that the rule is anchored to, and in which the words of a pattern stand side by side; without such
a sentence spaCy is not even imported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

from ftlint.example import Example, Text
from ftlint.features.lexicon import Terms, hits
from ftlint.features.pattern import Matching, Musts, matching, musts, near, needed, possible
from ftlint.finding import Finding
from ftlint.rules.reading import Searching
from ftlint.value import dataclass

NO_SPACY = "needs spaCy (pip install 'ftlint[spacy]')"

_END = re.compile(r"[.!?。！？]+[\"'”’)\]]*(?=\s|$)|[。！？]|\n")
_OPENING = ('"', "“", "«", "„", "‘")
REACH = 400
"""Code points on either side of a hit to which a sentence is cut."""


@dataclass(frozen=True, kw_only=True)
class TokenPattern(Searching):
    """Sequences of words that must not occur: one finding a match, with `match` and `role`."""

    language: str = "en"
    """The language of the patterns: spaCy's rules for it cut texts into words."""
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """Phrases by the name that patterns give them: `ENT_TYPE: name`."""
    list_files: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Files of such lists beside the rule, one phrase a line."""
    encoded_lists: tuple[str, ...] = ()
    """The lists that are written as `encoded` says; none means all."""
    anchor: str = ""
    """The list of which a phrase is in every match: the common search looks for these."""
    patterns: tuple[Any, ...] = field(default=(), hash=False)
    """Patterns of spaCy's Matcher that need no trained pipeline."""
    trained_patterns: tuple[Any, ...] = field(default=(), hash=False)
    """Further ones, over lemmas, tags or dependencies; matched where a pipeline is named."""
    unless: tuple[str, ...] = ()
    """Words or phrases that excuse a whole sentence, in any case: `stereotype`, `not all`."""
    unless_next: tuple[str, ...] = ()
    """Words that excuse a match right before them."""
    pipeline: str = ""
    """A trained spaCy pipeline by name or folder; never downloaded."""

    fills: ClassVar[Mapping[str, Any]] = {"match": "match", "role": "user"}

    @cached_property
    def lexicon(self) -> Terms | None:
        """Return the phrases for the common search."""
        return _terms(tuple(self.lists.get(self.anchor, ())))

    def unready(self) -> str | None:
        """Return that spaCy, or the pipeline that is named, is not installed."""
        name = self.pipeline
        if find_spec("spacy") is None:
            return f"{NO_SPACY} for the pipeline {name!r}" if name else NO_SPACY
        if name and not Path(name).is_dir() and not (name.isidentifier() and find_spec(name)):
            return f"spaCy pipeline {name!r} is not installed; ftlint downloads nothing"
        return None

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a match."""
        assert self.lexicon is not None
        found: dict[int, tuple[Text, list[tuple[int, int]]]] = {}
        for hit in hits(example, self.lexicon):
            if self.covers(hit.text):
                entry = found.setdefault(id(hit.text), (hit.text, []))
                entry[1].append((hit.start, hit.end))
        for text, spans in found.values():
            for start, end in self._matches(text.value, spans):
                data: dict[str, Any] = {"role": text.role or "message"}
                if "{match" in self.message:
                    data["match"] = text.value[start:end]
                yield self.finding(example.at(text.pointer, (start, end)), **data)

    def _matches(self, text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Yield where a pattern matches in the sentences around `spans`."""
        for start, end in _sentences(text, spans):
            sentence = text[start:end]
            if sentence.rstrip("\"'”’) ").endswith(("?", "？")):
                continue  # asked, not said
            if not near(self._musts, sentence):
                continue
            if not possible(self._needed, sentence, self.unless_next):
                continue
            if self._excuse is not None and self._excuse.search(sentence):
                continue
            for left, right in self._matcher.spans(sentence, self.unless_next):
                if not sentence[:left].endswith(_OPENING):  # somebody else's words
                    yield start + left, start + right

    @cached_property
    def _excuse(self) -> re.Pattern[str] | None:
        words = "|".join(map(re.escape, self.unless))
        return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) if words else None

    @cached_property
    def _musts(self) -> Musts:
        return musts(self.lists, self._wanted)

    @cached_property
    def _needed(self) -> re.Pattern[str]:
        return needed(self.lists, self._wanted)

    @property
    def _wanted(self) -> tuple[Any, ...]:
        """The patterns that are looked for."""
        return (*self.patterns, *(self.trained_patterns if self.pipeline else ()))

    @property
    def _matcher(self) -> Matching:
        return matching(self.language, self.pipeline, self.lists, self._wanted)

    def mistakes(self) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with lists and patterns; spaCy's own view only where it is there."""
        yield from super().mistakes()
        if not self.lists.get(self.anchor):
            names = ", ".join(self.lists) or "none is given"
            yield "anchor", f"anchor {self.anchor!r} is no list with phrases ({names})"
        if not self.patterns and not self.trained_patterns:
            yield "patterns", "no patterns"
        for key in ("patterns", "trained_patterns"):
            for index, pattern in enumerate(getattr(self, key)):
                if wrong := _wrong(pattern, self.lists):
                    yield f"{key}/{index}", wrong


@lru_cache(maxsize=16)
def _terms(phrases: tuple[str, ...]) -> Terms:
    """Return one object for rules with the same phrases, which are then looked for once."""
    return Terms(phrases, ignore_case=True)


def _wrong(pattern: Any, lists: Mapping[str, Any]) -> str | None:
    """Return what is wrong with a pattern, as far as that shows without spaCy."""
    if not isinstance(pattern, list | tuple) or not pattern:
        return "a pattern is a list of tokens, each a mapping such as {LOWER: all}"
    for token in pattern:
        if not isinstance(token, Mapping):
            return f"a token is a mapping such as {{LOWER: all}}, not {token!r}"
        name = token.get("ENT_TYPE")
        if isinstance(name, str) and name not in lists:
            return f"there is no list {name!r} ({', '.join(lists)})"
    return None


def _sentences(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the sentences that hold one of `spans`, each once, in order."""
    last = -1
    for start, end in spans:
        if start < last:
            continue
        before = [match.end() for match in _END.finditer(text, max(0, start - REACH), start)]
        after = _END.search(text, end, end + REACH)
        last = after.end() if after else min(len(text), end + REACH)
        yield (before[-1] if before else max(0, start - REACH)), last
