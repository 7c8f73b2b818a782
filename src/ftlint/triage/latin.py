"""Latin: which of many texts are mostly in Latin letters, as `words.readable` says of each."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from ftlint.triage.words import readable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def unreadable(texts: Sequence[str], strange: Sequence[int] | None = None) -> list[int]:
    """Return the indices of texts that are mostly in other letters, by numpy if it is loaded.

    `strange` are the indices of those that are not plain ASCII, for who knows them.
    """
    if strange is None:
        strange = [at for at, text in enumerate(texts) if not text.isascii()]
    found = _counted([texts[at] for at in strange]) if "numpy" in sys.modules and strange else None
    if found is None:
        return [at for at in strange if not readable(texts[at])]
    return [strange[at] for at in found]


def _counted(texts: Sequence[str]) -> list[int] | None:
    """Return the same of texts that are not ASCII; nothing where they cannot be told apart."""
    import numpy as np

    try:
        signs = np.frombuffer("\0".join(texts).encode("utf-16-le"), "<u2")
    except UnicodeEncodeError:  # half of a pair of surrogates
        return None
    ends = np.flatnonzero(signs == 0)
    if len(ends) >= len(texts):
        return None
    starts = np.concatenate(([0], ends))
    excess = np.add.reduceat(_table().take(signs), starts, dtype=np.int64)
    found: list[int] = np.flatnonzero(excess <= 0).tolist()
    return found


@cache
def _table() -> NDArray[np.int8]:
    """Return for each unit of UTF-16 whether it is a Latin letter, 1, or beyond ASCII, -1."""
    import numpy as np

    table = np.zeros(1 << 16, np.int8)
    table[128:] = -1
    table[0xDC00:0xE000] = 0  # the second half of a sign of two
    for first in "aA":
        table[ord(first) : ord(first) + 26] = 1
    return table
