"""Identity: the names of groups of people in `rules/lexicons/identity`, which the model leaves out.

They are read in each run, so that a name that is added there carries no weight from then on,
though the model was trained before.
"""

from __future__ import annotations

from functools import cache

from ftlint.triage.words import END, words_of


@cache
def names() -> tuple[str, ...]:
    """Return the names as the lexicons write them, plurals included, in order."""
    # Loaded here: whoever only looks at words needs no files.
    from ftlint.configuration.document import load
    from ftlint.configuration.packs import rules_folder
    from ftlint.error import PackError

    found: set[str] = set()
    for path in sorted((rules_folder() / "lexicons" / "identity").glob("*.yaml")):
        for group in load(path, PackError).data["groups"].values():
            found.update(group.get("words", ()))
            found.update(noun + end for noun in group.get("nouns", ()) for end in ("", "s"))
    return tuple(sorted(found))


def split() -> list[tuple[str, ...]]:
    """Return the words of each name; one of more than two words is known by its first two."""
    named = (tuple(w for piece in name.split() for w in words_of(piece)) for name in names())
    return [tuple(word for word in words if word != END)[:2] for words in named if words]
