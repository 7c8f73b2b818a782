"""Tokens of records."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import strategies as st

from ftlint.features.tokens import (
    Guess,
    TokenCount,
    count_tokens,
)
from ftlint.tokens.encoding import load

O200K = load("o200k_base")
IMAGE, LOW_IMAGE = 765, 85


def guess() -> Guess:
    return Guess(O200K.count, IMAGE, LOW_IMAGE)


def count(record: Any) -> TokenCount:
    tally = count_tokens(record, guess(), len(orjson.dumps(record)))
    assert tally is not None
    return tally


def size(text: str) -> int:
    return len(O200K.ids(text))


def picture(detail: str | None) -> dict[str, Any]:
    how = {} if detail is None else {"detail": detail}
    return {"type": "image_url", "image_url": {"url": "https://x.org/a.png", **how}}


texts = st.one_of(
    st.sampled_from(["", " ", "Hi", "Hello!", "漢字", "😀", "\n", '"', "\\", "a" * 40]),
    st.text(max_size=30),
)
parts = st.one_of(
    st.builds(lambda text: {"type": "text", "text": text}, texts),
    st.sampled_from([{"type": "image_url"}, picture("low"), picture("high"), None, 7]),
)
