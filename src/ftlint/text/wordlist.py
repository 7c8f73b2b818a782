"""Word lists: the lexicons that rules in code read, one file a language."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=32)
def words(name: str) -> dict[str, frozenset[str]]:
    """Return the terms of `rules/lexicons/<name>` by language, read once a process."""
    from ftlint.configuration.packs import (
        rules_folder,  # which imports the rules, which import this
    )

    found = {}
    for path in sorted((rules_folder() / "lexicons" / name).glob("*.txt")):
        lines = path.read_text("utf-8").splitlines()
        terms = [line.strip() for line in lines if not line.startswith("#")]
        found[path.stem] = frozenset(filter(None, terms))
    return found
