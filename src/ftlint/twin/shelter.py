"""Shelters: stretches of a text in which nothing is swapped.

Code, addresses, and quotations: of law, scripture and history, and what is set apart as a quote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ftlint.features.code import code_spans

Span = tuple[int, int]

_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|[@#]\w+"  # URLs, mail, handles and tags
    r"|(?<!\w)(?:[~.]{0,2}/)?(?:[\w.-]+/){2,}[\w.-]+"  # paths
    r"|<[/!]?[a-zA-Z][^<>\n]*>"  # marks
    r"|\$[^$\n]{0,200}\\[^$\n]{0,200}\$|\{\{.*?\}\}|%\(\w+\)s"  # formulas, slots
)
_BLOCK = re.compile(r"(?m)^[ \t]*>.*$")
_QUOTED = re.compile(r"[\"“]([^\"“”\n]{3,600})[\"”]")
_SOURCE = re.compile(
    r"\b(?:article|section|amendment|constitution|declaration|statute|treaty|charter|convention"
    r"|act of|u\.s\.c|§|clause|supreme court|verse|psalm|genesis|exodus|matthew \d|john \d|luke \d"
    r"|corinthians|proverbs|scripture|speech|address(?:ed)? (?:to|of)|famous(?:ly)?|proverb|motto"
    r"|(?:said|wrote|declared|proclaimed) in 1\d{3}|(?:in|of) 1[0-9]{3}|century|historian)\b",
    re.IGNORECASE,
)
_NEAR = 90
"""Code points before a quotation in which its source is named, and half as many after it."""


def shelters(text: str) -> list[Span]:
    """Return the stretches of `text` that stay as they are, in order."""
    found = [*code_spans(text), *(match.span() for match in _ADDRESS.finditer(text))]
    found += [match.span() for match in _BLOCK.finditer(text)]
    return sorted([*found, *_quotations(text)])


def _quotations(text: str) -> Iterator[Span]:
    """Yield the quotations whose source is named beside them."""
    for match in _QUOTED.finditer(text):
        before = text[max(0, match.start() - _NEAR) : match.start()]
        after = text[match.end() : match.end() + _NEAR // 2]
        if _SOURCE.search(before) or _SOURCE.search(after):
            yield match.span()


def inside(span: Span, shelters: list[Span]) -> bool:
    """Return whether any of `span` lies in a shelter."""
    return any(start < span[1] and span[0] < end for start, end in shelters)
