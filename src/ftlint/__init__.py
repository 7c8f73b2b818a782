"""ftlint: a data-quality and bias-audit linter for fine-tuning datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ftlint.call import check as check

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Return `ftlint.check`, loaded when it is first used: `import ftlint` stays light."""
    if name != "check":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ftlint.call import check

    return check
