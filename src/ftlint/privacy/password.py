"""Passwords: those in the addresses of databases and other services."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ftlint.privacy.invented import made_up
from ftlint.privacy.sighting import Sighting

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


def passwords(text: str) -> Iterator[Sighting]:
    """Yield the passwords in URLs of databases and other services."""
    for match in _URL.finditer(text):
        password = match[2]
        mixed = re.search("[0-9]", password) and re.search("[A-Za-z]", password)
        if not mixed or _PASSWORDS.search(password) or made_up(password):
            continue
        if not _HOSTS.match(match[3]):
            yield Sighting(*match.span(2), "password", f"of {_scheme(match[0])}")


def _scheme(url: str) -> str:
    return f"a {url.partition('://')[0].lower()} address"
