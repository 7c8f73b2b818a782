"""Veil: what reports show, with dots in place of personal data and secrets.

Every rule may quote a text, and any text may hold a value that another rule is about. A dot stands
for each character, so that columns and carets stay where they are. Nothing is imported for what
passes the gate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import NoneType
from typing import Any

from ftlint.finding import Finding, Fix
from ftlint.privacy.gate import gate, gates
from ftlint.privacy.sighting import NUMBER
from ftlint.text.expression import late

SHORTEST = 6
"""Characters of the shortest value, an address such as `xy@a.de`, less one."""
NUMERAL = 400
"""Code points of the longest number as JSON may write it: 60 signs, each of them an escape."""
TOGETHER = 1024
"""Findings that are searched together."""


def veiled_text(text: str) -> str:
    """Return `text` with dots for what is personal or secret."""
    if len(text) < SHORTEST or not gate(text.encode(errors="surrogatepass")):
        return text
    from ftlint.privacy.look import masked

    return masked(text)


@lru_cache(maxsize=1)  # findings of one line follow each other
def veiled_json(text: str) -> str:
    """Return a piece of JSON with dots, code point for code point."""
    if not _gated(text):
        return text
    from ftlint.privacy.look import masked_json

    return masked_json(text)


def veiled_part(text: str, start: int, end: int) -> str:
    """Return what `veiled_json` shows of a part of a piece of JSON.

    Where there can be nothing but numbers, only those near the part are looked for.
    """
    if _gated(text) == NUMBER:
        near = text[max(0, start - NUMERAL) : end + NUMERAL]
        if not _BEGINS.search(near) and not gate(near.encode(errors="surrogatepass")):
            return text[start:end]
    return veiled_json(text)[start:end]


_BEGINS = late(r"[A-Za-z]{2}[0-9]{2}|\\u")
"""What an IBAN begins with, which need not have a run of digits, or what hides a space."""


@lru_cache(maxsize=1)
def _gated(text: str) -> int:
    return gate(text.encode(errors="surrogatepass"))


@lru_cache(maxsize=1024)
def veiled_pointer(pointer: str) -> str:
    """Return a JSON pointer with dots in its keys; beside a slash no value would be known."""
    if len(pointer) < SHORTEST or not gate(pointer.encode(errors="surrogatepass")):
        return pointer
    keys = [key.replace("~1", "/").replace("~0", "~") for key in pointer.split("/")]
    veiled = [veiled_text(key).replace("~", "~0").replace("/", "~1") for key in keys]
    return "/".join(veiled)


def veiled_value(value: Any) -> Any:
    """Return a value with dots in all of its texts, also in those of keys."""
    if isinstance(value, str):
        return veiled_text(value)
    if isinstance(value, Mapping):
        return _veiled_mapping(value)
    if isinstance(value, list):
        return [veiled_value(each) for each in value]
    if type(value) is tuple:  # a named one keeps its fields
        return tuple([veiled_value(each) for each in value])
    return value


def _veiled_mapping(value: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return a mapping with dots; keys with equal dots are numbered, so that none is lost."""
    found: dict[Any, Any] = {}
    for key, each in value.items():
        name = shown = veiled_value(key)
        number = 1
        while name in found:
            number += 1
            name = f"{shown} ({number})"
        found[name] = veiled_value(each)
    return found


def all_veiled(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield each of `findings` as `veiled` returns it; one search stops most of them."""
    for at in range(0, len(findings), TOGETHER):
        some = findings[at : at + TOGETHER]
        suspects = gates([_said(finding) for finding in some])
        for index, finding in enumerate(some):
            yield veiled(finding) if index in suspects else finding


def _said(finding: Finding) -> bytes:
    """Return all that a finding says; no value goes on behind a zero."""
    texts = [finding.message, finding.fix.title if finding.fix else ""]
    _gather(finding.data, texts)
    return "\0".join(texts).replace("\n", "\0").encode(errors="surrogatepass")


def _gather(value: Any, texts: list[str]) -> None:
    """Add all texts of a value to `texts`, also those of keys."""
    if isinstance(value, str):
        texts.append(value)
    elif isinstance(value, (dict, Mapping)):  # what most are first: abstract classes ask around
        for key, each in value.items():
            _gather(key, texts)
            if each.__class__ not in _NUMBERS:
                _gather(each, texts)
    elif isinstance(value, (list, tuple)):
        for each in value:
            _gather(each, texts)


_NUMBERS = frozenset({int, float, bool, NoneType})


def veiled(finding: Finding) -> Finding:
    """Return a finding whose message, data and title of a fix hold nothing personal or secret."""
    message, data = veiled_text(finding.message), veiled_value(finding.data)
    fix = finding.fix
    if fix and (title := veiled_text(fix.title)) != fix.title:
        fix = Fix(title, fix.patch, fix.safety, fix.whole)
    if message == finding.message and data == finding.data and fix is finding.fix:
        return finding
    return replace(finding, message=message, data=data, fix=fix)
