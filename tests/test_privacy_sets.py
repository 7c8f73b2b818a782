"""Personal data on labelled and real sets: what is found is right, and clean sets are quiet."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

from privacy import said, score


def test_labelled_values_are_found_and_nothing_else(shared: Path) -> None:
    found = score(shared)
    assert not +found.false
    for kind in ("email", "card", "iban", "national-id"):
        assert found.found[kind] == found.labelled[kind] > 10, kind
    # Most numbers there are in forms that any digits could have.
    assert found.found["phone"] >= 10


def test_real_chats_are_quiet(shared: Path) -> None:
    examples, counts = said(sorted((shared / "data" / "chat").glob("*.jsonl")))
    assert examples > 35_000
    assert {code for code, count in counts.items() if count} <= {"FT801", "FT802"}
    assert counts["FT801"] <= 14 and counts["FT802"] <= 14
