"""Secrets: keys of providers by the form that each documents, private keys, passwords in URLs.

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
from itertools import pairwise

from ftlint.privacy.form import FORMS, Form
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

_INSTEAD = re.compile(
    r"example|your|xxx|placeholder|sample|dummy|fake|redacted|insert|replace|changeme|here|token_?"
    r"goes|secret_?key|abcdef|123456|fedcba|654321|qwerty|asdf|test_?key|foobar|\.\.\.|\*\*\*",
    re.IGNORECASE,
)
_URL = re.compile(r"[a-z][a-z0-9+.-]{1,20}://([^\s:/@?#\"'<>`]{0,64}):([^\s/@\"'<>`]{8,128})@"
                  r"([A-Za-z0-9.-]+)", re.IGNORECASE)  # fmt: skip
_PASSWORDS = re.compile(
    r"pass|pwd|secret|admin|root|guest|user|login|token|key|change|default|[$%{}\[\]*#]|\.\.|x{3}",
    re.IGNORECASE,
)
_HOSTS = re.compile(
    r"(?:localhost|127\.|0\.0\.0\.0|192\.168\.|10\.|host|db|server|database|postgres|mysql|redis"
    r"|mongo|rabbitmq|proxy)[\w.-]*\Z|(?:.*\.)?(?:example|test|invalid|localhost|local)(?:\.\w+)?\Z",
    re.IGNORECASE,
)


def made_up(body: str) -> bool:
    """Return whether people have typed this in place of a key: words, rows, runs, few signs."""
    lowered = body.lower()
    if _INSTEAD.search(lowered) or len(set(lowered)) < min(10, len(body) // 2):
        return True
    steps = [ord(b) - ord(a) for a, b in pairwise(lowered)]
    return any(_row(steps, step) >= 5 for step in (0, 1, -1))


def _row(steps: list[int], wanted: int) -> int:
    """Return how often in a row the same step is taken, at most."""
    most = row = 0
    for step in steps:
        row = row + 1 if step == wanted else 0
        most = max(most, row)
    return most


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


def passwords(text: str) -> Iterator[Sighting]:
    """Yield the passwords in URLs of databases and other services."""
    for match in _URL.finditer(text) if "://" in text else ():
        password = match[2]
        mixed = re.search("[0-9]", password) and re.search("[A-Za-z]", password)
        if not mixed or _PASSWORDS.search(password) or made_up(password):
            continue
        if not _HOSTS.match(match[3]):
            yield Sighting(*match.span(2), "password", f"of {_scheme(match[0])}")


def _scheme(url: str) -> str:
    return f"a {url.partition('://')[0].lower()} address"
