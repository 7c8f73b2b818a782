"""Documents from texts, for tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from ftlint.configuration.document import Document, load
from ftlint.error import ConfigError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, with a cache of its own."""
    monkeypatch.setenv("FTLINT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("FTLINT_NO_CACHE", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(text: str | bytes, name: str = "x.yaml") -> Document:
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(name, ConfigError)


def refusal(text: str | bytes, name: str = "x.yaml") -> str:
    with pytest.raises(ConfigError) as caught:
        read(text, name)
    return str(caught.value)


KEYS = st.text(
    st.characters(
        codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="\ufeff"
    ),
    min_size=1,
    max_size=8,
)
TREES = st.recursive(
    st.integers(-9, 9) | st.booleans() | KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)
ONCE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
