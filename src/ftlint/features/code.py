"""Code inside of texts: what stands between fences or backticks is quoted, not said."""

from __future__ import annotations

import re
from functools import lru_cache

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
"""A fence, to its end or that of the text; or a span of code within a line."""


def in_code(text: str, span: tuple[int, int]) -> bool:
    """Return whether any of `span` lies in code."""
    return any(start < span[1] and span[0] < end for start, end in code_spans(text))


@lru_cache(maxsize=4)
def code_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Return where the code is, fences and backticks included."""
    return tuple([match.span() for match in _CODE.finditer(text)]) if "`" in text else ()
