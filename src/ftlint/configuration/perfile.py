"""Per-file ignores: which rules of a run are left out on which source."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from ftlint.configuration.config import Config
from ftlint.configuration.selection import matches
from ftlint.rule import Rule
from ftlint.source import Source


def ignored_for(
    config: Config, sources: Sequence[Source], rules: Sequence[Rule]
) -> tuple[frozenset[str], ...]:
    """Return the codes of those `rules` that are not run on each source."""
    globs = [
        (glob_pattern(glob), {r.code for r in rules if any(matches(word, r) for word in words)})
        for glob, words in config.per_file_ignores.items()
    ]
    ignored = []
    for source in sources:
        names = names_of(source.path, config.root)
        those = (codes for glob, codes in globs if any(map(glob.fullmatch, names)))
        ignored.append(frozenset[str]().union(*those))
    return tuple(ignored)


def names_of(path: str, root: Path) -> tuple[str, str]:
    """Return what a glob may match: the path from `root`, and the bare name."""
    try:
        shown = os.path.relpath(path, root)
    except ValueError:  # on another drive
        shown = os.path.abspath(path)
    return shown.replace(os.sep, "/"), os.path.basename(path)


def glob_pattern(glob: str) -> re.Pattern[str]:
    """Return the glob as a pattern: `*` stays within a folder, `**/` is any number of them."""
    signs = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"((?<![^/])\*\*/|\*\*|\*|\?)", glob)
    return re.compile("".join(signs.get(part) or re.escape(part) for part in parts), re.DOTALL)
