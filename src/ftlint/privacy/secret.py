"""Secrets: keys of providers by the form that each documents, and private keys.

A form is a literal beginning and an exact alphabet and length, so that nothing is guessed from
disorder alone. What people write in place of a key is told from one by rows, runs and words.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from functools import cache

from ftlint.privacy.form import FORMS, Form
from ftlint.privacy.invented import made_up
from ftlint.privacy.sighting import Sighting

_PEM = re.compile(r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_END = re.compile(r"-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_FILLER = re.compile(r"(?:\\[nr]|[\s\"'+,])+|(?:Proc-Type|DEK-Info|Version|Comment): ?[^\n\\]*")
_BODY = re.compile(r"[A-Za-z0-9+/=]+")
_LINES = re.compile(
    r"(?:(?:\s|\\[nr])*[A-Za-z0-9+/=]{20,})+(?:(?:\r?\n|\\n)[A-Za-z0-9+/=]{1,19}(?=[\s\"'\\]|\Z))?"
)
"""Lines of base64; words of a sentence are shorter."""
_LEAST = 64
"""Characters of base64 that make the body of a private key; the shortest is an Ed25519 one."""
_BLOCK_LONGEST = 20_000
_LEAD = 20
"""Code points that may go before the literal of a key and belong to it."""


@cache
def _body(form: Form) -> re.Pattern[str]:
    """Return the expression of a key behind its literal, compiled when one is found."""
    return re.compile(rf"{form.pattern}(?![A-Za-z0-9])")


def keys(text: str) -> Iterator[Sighting]:
    """Yield the keys, tokens and other secrets that providers give out."""
    for form in FORMS:
        for literal in form.literals:
            at = text.find(literal)
            while at >= 0:
                start, behind = _begun(text, at, form.lead), at + len(literal)
                body = _body(form).match(text, behind) if start >= 0 else None
                if body and not _shown(literal, text[start : body.end()], body[0]):
                    yield Sighting(start, body.end(), "api-key", form.provider)
                at = text.find(literal, behind)


def _begun(text: str, at: int, lead: str) -> int:
    """Return where a key with its literal at `at` begins; -1 where a longer word goes on."""
    if lead:
        first = max(0, at - _LEAD)
        before = re.search(rf"{lead}\Z", text[first:at])
        return first + before.start() if before else -1
    previous = text[at - 1 : at] if at else ""
    return -1 if previous.isascii() and (previous.isalnum() or previous == "_") else at


def _shown(literal: str, key: str, body: str) -> bool:
    """Return whether a key is only shown: made up, or a token that carries no claim."""
    if literal == "eyJ":
        return _demo(key)
    return made_up(re.split("[:=]", body)[-1] if "access" in literal.lower() else body)


def _demo(token: str) -> bool:
    """Return whether a token is no token, has no signature, or is that of a well-known page."""
    try:
        head, claims = (
            json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
            for part in token.split(".")[:2]
        )
    except (ValueError, binascii.Error):
        return True
    if not isinstance(head, dict) or not isinstance(claims, dict):
        return True
    known = claims.get("sub") == "1234567890" or claims.get("name") in ("John Doe", "Jane Doe")
    return known or str(head.get("alg", "none")).lower() == "none"


def blocks(text: str) -> Iterator[Sighting]:
    """Yield the private keys in PEM: a block with a body, to its end or that of the body."""
    for begin in _PEM.finditer(text):
        limit = begin.end() + _BLOCK_LONGEST
        stop = text.find("-----", begin.end(), limit)
        end = _END.match(text, stop) if stop >= 0 else None
        inside = text[begin.end() : stop if stop >= 0 else limit]
        body = _FILLER.sub("", inside)
        found = _BODY.match(body)
        if found and len(found[0]) >= _LEAST and not _hollow(found[0]):
            last = end.end() if end else begin.end() + _reach(inside)
            yield Sighting(begin.start(), last, "private-key", "PEM")


def _hollow(body: str) -> bool:
    """Return whether a body is none: hardly any different signs, or words in place of it."""
    return len(set(body)) < 20 or bool(re.search("example|your|placeholder", body, re.IGNORECASE))


def _reach(inside: str) -> int:
    """Return how far base64 goes on in what follows the beginning of a block without an end."""
    found = _LINES.match(inside)
    return found.end() if found else 0
