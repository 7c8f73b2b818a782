"""Kinds: the forms of declarative rule; a YAML file in a pack is an instance of one of them.

Each kind is a frozen dataclass like any rule; what other rules have as class variables (code,
name, severity, documentation, cases) are fields here. `ftlint.configuration.packs` fills them from
files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cached_property, reduce
from typing import Any, ClassVar, Literal

from ftlint.example import Batch, Example, Text
from ftlint.features.code import in_code
from ftlint.features.lexicon import Terms, fold, hits
from ftlint.features.size import Size, SizeName
from ftlint.features.whole import whole_in
from ftlint.finding import Finding, Fix, Safety, Where
from ftlint.rule import DatasetRule, ExampleRule
from ftlint.rules.declared import Declared
from ftlint.rules.reading import Reading, Searching
from ftlint.rules.tokenpattern import TokenPattern
from ftlint.source import Dataset
from ftlint.statistics.interval import wilson
from ftlint.summary import Capped, Groups, Tally
from ftlint.twin.word import like
from ftlint.value import dataclass

Match = Literal["word", "substring", "whole"]

RELATED = 5
"""Examples that a finding about a share names."""


@dataclass(frozen=True, kw_only=True)
class Lexicon(Searching):
    """Terms that must not occur: one finding a hit, with `term` and `role`."""

    terms: tuple[str, ...] = ()
    """Words or phrases to look for."""
    match: Match = "word"
    """`word`: no longer word goes on beside the term; `substring`: it stands anywhere; `whole`: it
    is all the text, spaces aside."""
    alternatives: Mapping[str, str] = field(default_factory=dict, hash=False)
    """By term what is said instead, as `alternative`; an unsafe fix writes it."""
    unquoted: bool = False
    """Whether a term between quotation marks, or in an address, is passed over: named, not said."""

    fills: ClassVar[Mapping[str, Any]] = {"term": "term", "role": "user", "alternative": "other"}

    @cached_property
    def lexicon(self) -> Terms | None:
        """Return the terms for the common search; whole texts are looked up instead."""
        if self.match == "whole":
            return None
        return Terms(self.terms, self.ignore_case, self.match == "word")

    def candidates(self, batch: Batch) -> Sequence[Example] | None:
        """Return the examples in which the term is found, as far as that is quick to tell."""
        if self.lexicon is not None or batch.plain is None:
            return super().candidates(batch)
        return whole_in(batch, self._spelt, self.ignore_case, self.trained_only)

    @cached_property
    def _spelt(self) -> dict[str, str]:
        """Return the terms by the form in which a whole text is compared with them."""
        return {self._form(term): term for term in reversed(self.terms)}

    def _form(self, text: str) -> str:
        return fold(text) if self.ignore_case else text

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a hit."""
        for text, term, span in self._hits(example):
            if self.covers(text):
                where = example.at(text.pointer, span)
                data: dict[str, Any] = {"role": text.role or "message"}
                data["term"] = "" if self.private else term
                if new := self.alternatives.get(term):
                    said = text.value[slice(*span)]
                    data["alternative"] = new = like(new, said)
                    yield self.finding(where, fix=_reworded(text, span, new), **data)
                else:
                    yield self.finding(where, **data)

    def _hits(self, example: Example) -> Iterator[tuple[Text, str, tuple[int, int]]]:
        if self.lexicon is not None:
            for hit in hits(example, self.lexicon):
                if not (self.unquoted and _quoted(hit.text.value, hit.start, hit.end)):
                    yield hit.text, hit.term, (hit.start, hit.end)
            return
        for text in example.texts:
            stripped = text.value.strip()
            term = self._spelt.get(self._form(stripped))
            if term is not None:
                start = text.value.index(stripped)
                yield text, term, (start, start + len(stripped))

    def mistakes(self) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with the terms."""
        yield from super().mistakes()
        if not self.terms:
            yield "terms", "no terms (give terms or terms-file)"
        if any(not term.strip() for term in self.terms):
            yield "terms", "an empty term would be found everywhere"


_OPEN = frozenset("\"'“‘„«‹`")
_CLOSE = re.compile("[,.!?]?[\"'”’“»›`]")


def _quoted(text: str, start: int, end: int) -> bool:
    """Return whether quotation marks stand at once on both sides, or an address all around."""
    if text[start - 1 : start] in _OPEN and _CLOSE.match(text, end):
        return True
    left = -1
    for sign in " \n\t(<[":  # behind what was found: a sign that is not there costs no whole text
        left = max(left, text.rfind(sign, left + 1, start))
    word = text[left + 1 : end]
    return "://" in word or word.lower().startswith("www.")


@dataclass(frozen=True, kw_only=True)
class Pattern(Searching):
    """A regular expression that must not match: one finding a match, with `role`."""

    pattern: str = ""
    """Regular expression (Python's `re`)."""
    requires: tuple[str, ...] = ()
    """Literals, in any case, of which one stands in every text that matches."""
    whole: bool = False
    """Whether the expression must match all of the text."""
    outside_code: bool = False
    """Whether a match counts only outside of code: fenced, or between backticks."""

    fills: ClassVar[Mapping[str, Any]] = {"match": "match", "role": "user"}

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Return the compiled expression. Raises: re.error."""
        return re.compile(self.pattern, re.IGNORECASE if self.ignore_case else 0)

    @cached_property
    def lexicon(self) -> Terms | None:
        """Return the literals for the common search, which then chooses the texts."""
        return Terms(self.requires, ignore_case=True, bounded=False) if self.requires else None

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a match."""
        for text in self._texts(example):
            if self.covers(text):
                for span in self._spans(text.value):
                    # An empty span marks nothing; without one the whole value is marked.
                    where = example.at(text.pointer, span if span[0] < span[1] else None)
                    yield self.finding(where, **self._data(text, span))

    def _texts(self, example: Example) -> Iterable[Text]:
        if self.lexicon is None:
            return example.texts
        return {id(hit.text): hit.text for hit in hits(example, self.lexicon)}.values()

    def _spans(self, value: str) -> list[tuple[int, int]]:
        if self.whole:
            found = self.regex.fullmatch(value)
            return [found.span()] if found else []
        spans = [match.span() for match in self.regex.finditer(value)]
        if spans and self.outside_code:
            spans = [span for span in spans if not in_code(value, span)]
        return [span for span in spans if span[0] < span[1]] or spans[:1]

    def _data(self, text: Text, span: tuple[int, int]) -> dict[str, Any]:
        """Return the role, and what was found only if the message says it: it may be secret."""
        data: dict[str, Any] = {"role": text.role or "message"}
        if "{match" in self.message:
            data["match"] = text.value[slice(*span)]
        return data

    def mistakes(self) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with the expression."""
        yield from super().mistakes()
        if not self.pattern:
            yield "pattern", "no pattern"
        if not all(self.requires):
            yield "requires", "an empty literal stands in every text"
        try:
            _ = self.regex
        except (re.error, OverflowError, RecursionError) as bad:
            yield "pattern", f"pattern is no regular expression: {bad}"


@dataclass(frozen=True, kw_only=True)
class Threshold(Declared, ExampleRule):
    """A limit on one size of an example: at most one finding, with `value` and `limit`."""

    feature: SizeName = "messages"
    """The number that is limited."""
    above: float | None = None
    """Largest value that is not reported."""
    below: float | None = None
    """Smallest value that is not reported."""

    fills: ClassVar[Mapping[str, Any]] = {"value": 1, "limit": 1}

    @cached_property
    def size(self) -> Size:
        """Return the feature that is limited."""
        return Size(self.feature)

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield a finding if the value lies beyond the limit; never where there is none."""
        value = example[self.size]
        if value is None:
            return
        place = self.size.pointer
        if place[1:] not in example.value:
            place = ""  # its shape keeps messages elsewhere
        for limit, beyond in ((self.above, 1), (self.below, -1)):
            if limit is not None and (value - limit) * beyond > 0:
                yield self.finding(example.at(place), value=value, limit=_plain(limit))

    def mistakes(self) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with the limit."""
        yield from super().mistakes()
        if (self.above is None) == (self.below is None):
            yield "feature", "give one of above and below"


@dataclass(frozen=True, kw_only=True)
class Share(Reading, DatasetRule[Groups[int]]):
    """A limit on the share of examples with a feature beyond a limit, a term or a pattern.

    One finding a split, with `count`, `total`, `share`, `limit`, `split` and `interval`: the
    95 % interval of the share, if the examples are a sample of what one has.
    """

    limit: float
    """Largest share, in [0, 1], that is not reported."""
    feature: SizeName | None = None
    """The number of an example that is compared."""
    above: float | None = None
    """Examples with a larger number count."""
    below: float | None = None
    """Examples with a smaller number count."""
    terms: tuple[str, ...] = ()
    """Words or phrases of which one is enough for an example to count."""
    match: Match = "word"
    """How a term is found, as in a lexicon: `word`, `substring` or `whole`."""
    pattern: str = ""
    """Regular expression (Python's `re`) that is to match for an example to count."""
    requires: tuple[str, ...] = ()
    """Literals, in any case, of which one stands in every text that matches."""
    whole: bool = False
    """Whether the expression must match all of the text."""

    fills: ClassVar[Mapping[str, Any]] = {
        "count": 1, "total": 2, "share": 0.5, "limit": 0.1, "split": "train",
        "interval": (0.1, 0.9),
    }  # fmt: skip

    @cached_property
    def condition(self) -> Lexicon | Pattern | Threshold:
        """Return the rule that an example meets by having a finding of it."""
        if self.feature is not None:
            return Threshold(feature=self.feature, above=self.above, below=self.below)
        texts: dict[str, Any] = {
            "roles": self.roles, "trained_only": self.trained_only, "ignore_case": self.ignore_case
        }  # fmt: skip
        if self.terms:
            return Lexicon(terms=self.terms, match=self.match, **texts)
        return Pattern(pattern=self.pattern, requires=self.requires, whole=self.whole, **texts)

    @cached_property
    def lexicon(self) -> Terms | None:
        """Return what the condition looks for in the common search."""
        return None if isinstance(self.condition, Threshold) else self.condition.lexicon

    def summarize(self, batch: Batch) -> Groups[int]:
        """Return one `Tally` a source. Size: O(sources)."""
        if not len(batch):
            return Groups()
        condition, examples = self.condition, batch.records
        if isinstance(condition, Threshold):
            examples = [example for example in examples if example[condition.size] is not None]
        met = (e.at() for e in examples if next(condition.check(e), None) is not None)
        return Groups({batch.source: Tally(len(examples), Capped.of(met, RELATED))})

    def finish(self, summary: Groups[int], dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding a split whose share is above the limit."""
        splits: dict[str, list[int]] = {}
        for source in sorted(summary.of):
            splits.setdefault(dataset.sources[source].split, []).append(source)
        for split, sources in splits.items():
            tally = reduce(Tally.merge, (summary.of[source] for source in sources))
            if tally.total and tally.met.total / tally.total > self.limit:
                where = Where(sources[0]) if len(sources) == 1 else Where()
                yield self._judge(where, split, tally)

    def _judge(self, where: Where, split: str, tally: Tally[Where]) -> Finding:
        count, total = tally.met.total, tally.total
        return self.finding(
            where,
            related=tally.met.first,
            count=count,
            total=total,
            share=count / total,
            limit=self.limit,
            split=split,
            interval=wilson(count, total),
        )

    def mistakes(self) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with the limit or the condition."""
        yield from super().mistakes()
        if not 0 <= self.limit < 1:
            yield "limit", "limit is a share from 0 to below 1"
        given = [key for key in ("feature", "terms", "pattern") if getattr(self, key)]
        if len(given) != 1:
            yield (given or [""])[-1], "give one of feature, terms and pattern"
            return
        yield from self.condition.mistakes()


KINDS: Mapping[str, type[Lexicon | Pattern | Threshold | Share | TokenPattern]] = {
    "lexicon": Lexicon,
    "pattern": Pattern,
    "share": Share,
    "threshold": Threshold,
    "token-pattern": TokenPattern,
}


def _reworded(text: Text, span: tuple[int, int], new: str) -> Fix:
    """Return the fix that says `new` instead of what stands at `span`."""
    operation = _Rewording(text.pointer, text.value, span, new)
    return Fix(f"say {new!r}", (operation,), Safety.UNSAFE)


class _Rewording(Mapping[str, Any]):
    """The operation that replaces a text by one with another word in it.

    The text is made when somebody asks for it: a long one may have thousands of such words.
    """

    __slots__ = ("_new", "_pointer", "_span", "_text")

    def __init__(self, pointer: str, text: str, span: tuple[int, int], new: str) -> None:
        """Keep what the new text is made of."""
        self._pointer, self._text, self._span, self._new = pointer, text, span, new

    def __getitem__(self, key: str) -> Any:
        """Return a member of the operation."""
        if key == "value":
            start, end = self._span
            return self._text[:start] + self._new + self._text[end:]
        return {"op": "replace", "path": self._pointer}[key]

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the members."""
        return iter(("op", "path", "value"))

    def __len__(self) -> int:
        """Return their number."""
        return 3


def _plain(number: float) -> float:
    """Return `8` for `8.0`: files may say either, messages say the shorter."""
    return int(number) if number == int(number) else number
