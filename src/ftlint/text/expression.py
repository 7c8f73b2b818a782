"""Expression: a regular expression that is compiled when it is first used.

Modules have far more of them than a run on a small file needs, and one over thousands of
characters takes 2 ms to compile.
"""

from __future__ import annotations

import re
from typing import Any, cast


class _Late:
    """Stands for a compiled expression; has what that has once it is asked for any of it."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._asked = pattern, flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        made = re.compile(*self._asked)
        # Kept here, so that there is no second call of this.
        vars(self).update({each: getattr(made, each) for each in dir(made) if each[0] != "_"})
        return getattr(made, name)


def late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return what `re.compile` does, but for the time that it takes. Raises: re.error, late."""
    return cast("re.Pattern[str]", _Late(pattern, flags))
