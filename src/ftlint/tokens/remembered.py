"""Remembered: the tokens of single texts that one run after another asks for, in the cache.

A system prompt stays the same while the examples below it are mended. To count it takes 0.1 s,
nearly all of it for the vocabulary; of the text itself only a digest is kept.
"""

from __future__ import annotations

from hashlib import blake2b

import orjson

from ftlint.storage import cache
from ftlint.tokens.encoding import load

MANY = 500
"""Texts that are remembered of an encoding; what was counted first is forgotten first."""


def count(encoding: str, text: str) -> int:
    """Return the number of tokens of `text`."""
    entry = f"tokens-{encoding}.json"
    name = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    known = _recall(entry)
    tokens = known.get(name)
    if tokens is None:
        tokens = load(encoding).count(text)
        latest = [*known.items(), (name, tokens)][-MANY:]
        cache.write(entry, orjson.dumps(dict(latest)))
    return tokens


def _recall(entry: str) -> dict[str, int]:
    try:
        known = orjson.loads(cache.read(entry) or b"{}")
        return {str(name): int(tokens) for name, tokens in known.items()}
    except (ValueError, TypeError, AttributeError):  # damaged, or somebody else's
        return {}
