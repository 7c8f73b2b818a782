"""Record shapes, one a file: what shows one, how its texts are read, and what its fields are.

The table of all of them is loaded when somebody asks for it: a run over chats never does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ftlint.formats.table import FORMATS as FORMATS
    from ftlint.formats.table import detect as detect
    from ftlint.formats.table import format_of as format_of
    from ftlint.formats.table import nearest as nearest


def __getattr__(name: str) -> Any:
    """Return what the table has under this name."""
    if name not in ("FORMATS", "detect", "format_of", "nearest"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ftlint.formats import table

    return getattr(table, name)
