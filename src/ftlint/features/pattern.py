"""Patterns over words: lists of phrases become entities, and spaCy's Matcher looks for sequences.

spaCy takes 2 s to import and is imported by the first sentence that is to be matched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson


class Matching:
    """The patterns of one rule, ready to match."""

    __slots__ = ("_matcher", "_nlp", "_phrases")

    def __init__(
        self, language: str, pipeline: str, lists: Mapping[str, Any], patterns: Sequence[Any]
    ) -> None:
        """Load the pipeline, or the rules of the language, and build both matchers."""
        import spacy
        from spacy.matcher import Matcher, PhraseMatcher

        self._nlp = spacy.load(pipeline) if pipeline else spacy.blank(language)
        self._phrases = PhraseMatcher(self._nlp.vocab, attr="LOWER")
        for name, phrases in lists.items():
            self._phrases.add(name, [self._nlp.make_doc(phrase) for phrase in phrases])
        self._matcher = Matcher(self._nlp.vocab)
        self._matcher.add("pattern", [list(pattern) for pattern in patterns], greedy="LONGEST")

    def spans(self, sentence: str, unless_next: Sequence[str] = ()) -> list[tuple[int, int]]:
        """Return where a pattern matches, in code points; the longest of overlapping ones."""
        from spacy.util import filter_spans

        doc = self._nlp(sentence)
        doc.ents = ()
        named = filter_spans(self._phrases(doc, as_spans=True))
        doc.ents = tuple(named)
        with doc.retokenize() as tokens:
            for span in named:
                if len(span) > 1:
                    tokens.merge(span, attrs={"ENT_TYPE": span.label})
        found = filter_spans(self._matcher(doc, as_spans=True))
        return sorted(
            (span.start_char, span.end_char)
            for span in found
            if span.end >= len(doc) or doc[span.end].lower_ not in unless_next
        )


def bare(text: str) -> str:
    """Return `text` in lower case without white space, as `needed` reads it."""
    return "".join(text.lower().split()).replace("ς", "σ")


def possible(wanted: re.Pattern[str], sentence: str, unless_next: Sequence[str] = ()) -> bool:
    """Return whether a pattern may match in `sentence` before other words than `unless_next`.

    `wanted` is what `needed` returns. All ends that a match may have are looked at, since it is
    spaCy's to say which of them it has; that is rare, and sooner than to import spaCy.
    """
    low = bare(sentence)
    if not wanted.search(low):
        return False
    if not unless_next:
        return True
    origin = [at for at, letter in enumerate(sentence) for _ in bare(letter)]
    return any(
        wanted.fullmatch(low, start, end)
        and not _next_in(sentence, origin[end - 1] + 1, unless_next)
        for start in range(len(low))
        if wanted.match(low, start)
        for end in range(start + 1, len(low) + 1)
    )


# Of two spaces the second is a word to spaCy.
_NEXT = re.compile(r" ([^\W\d_]+)(?=\s|$)")


def _next_in(sentence: str, at: int, words: Sequence[str]) -> bool:
    """Return whether one of `words` stands alone after a space at this place."""
    found = _NEXT.match(sentence, at)
    return found is not None and found[1].lower() in words


Musts = Sequence[Sequence[Sequence[str]]]
"""For each pattern lists of words, of each of which one is in the `bare` form of a match."""


def musts(lists: Mapping[str, Any], patterns: Sequence[Any]) -> Musts:
    """Return what the tokens of each pattern ask for that it cannot do without, short lists first.

    That is seen at once, where the expression of `needed` takes 15 ms to be made.
    """
    made: dict[tuple[str, ...], list[str]] = {}
    found = []
    for pattern in patterns:
        asked = [_words(token, lists) for token in pattern if token.get("OP", "") in ("", "+")]
        wanted = sorted((tuple(words) for words in asked if words), key=len)
        found.append([made.setdefault(words, list(map(bare, words))) for words in wanted])
    return found


def near(wanted: Musts, sentence: str) -> bool:
    """Return whether a pattern may match in `sentence`, by `musts` alone."""
    low = bare(sentence)
    return any(all(any(word in low for word in words) for words in lists) for lists in wanted)


def needed(lists: Mapping[str, Any], patterns: Sequence[Any]) -> re.Pattern[str]:
    """Return what the `bare` form of every sentence holds in which a pattern matches.

    Tokens are all of a text but its white space, so that those of a match stand side by side. Where
    they begin and end is spaCy's to say: this finds a little more, and in a hundredth of the time.
    """
    made: dict[str, list[str]] = {}
    known: dict[tuple[str, ...], str] = {}
    for pattern in patterns:
        first, *others = [_token(token, lists, known) for token in pattern]
        made.setdefault(first, []).append("".join(others))
    # What many patterns begin with is looked for once.
    every = "|".join([f"{first}(?:{'|'.join(others)})" for first, others in made.items()])
    return re.compile(every or "(?!)", re.DOTALL)


def _token(
    token: Mapping[str, Any], lists: Mapping[str, Any], known: dict[tuple[str, ...], str]
) -> str:
    """Return an expression for what `token` matches; for anything where that is not listed.

    Many tokens have the same words: `known` has the expressions for those that were met.
    """
    words, operator = tuple(_words(token, lists)), token.get("OP", "")
    if not words or operator == "!":
        return ".*?"
    if words not in known:
        known[words] = _listed(set(map(bare, words)))
    return f"(?:{known[words]}){operator}"


def _words(token: Mapping[str, Any], lists: Mapping[str, Any]) -> list[str]:
    """Return the words and phrases of which `token` matches one; none where that is not listed."""
    names, words = _either(token.get("ENT_TYPE")), _either(token.get("LOWER"))
    return words or [phrase for name in names for phrase in lists.get(name, ())]


def _listed(words: set[str]) -> str:
    """Return an expression for one of `words`, letter by letter.

    With all of them side by side each would be tried at each letter of a sentence.
    """
    rest: dict[str, set[str]] = {}
    for word in words - {""}:
        rest.setdefault(word[0], set()).add(word[1:])
    made = [re.escape(letter) + _listed(ends) for letter, ends in sorted(rest.items())]
    if "" not in words:
        return made[0] if len(made) == 1 else f"(?:{'|'.join(made)})"
    return f"(?:{'|'.join(made)})?" if made else ""


def _either(wanted: Any) -> list[str]:
    """Return the values that a condition of a token takes, as far as they are listed."""
    if isinstance(wanted, str):
        return [wanted]
    listed = wanted.get("IN", ()) if isinstance(wanted, Mapping) and len(wanted) == 1 else ()
    return [each for each in listed if isinstance(each, str)]


def matching(
    language: str, pipeline: str, lists: Mapping[str, Any], patterns: Sequence[Any]
) -> Matching:
    """Return the matcher of these patterns, built once a process."""
    return _built(language, pipeline, orjson.dumps([lists, patterns]))


@lru_cache(maxsize=64)
def _built(language: str, pipeline: str, spec: bytes) -> Matching:
    lists, patterns = orjson.loads(spec)
    return Matching(language, pipeline, lists, patterns)
