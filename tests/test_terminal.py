"""Text on a terminal: nothing harmful gets through, and everything lines up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftlint.reporters.terminal import cells, crop, escape, frame, number
from ftlint.snippet import Snippet


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain", "plain"),
        ("a\tb\nc\r", r"a\tb\nc\r"),
        ("\x1b]0;title\x07", r"\u001b]0;title\u0007"),
        ("\u202eabc\u2066", r"\u202eabc\u2066"),
        ("zero\u200bwidth \ufeff", r"zero\u200bwidth \ufeff"),
        ("\U000e0041 tag", r"\U000e0041 tag"),
        ("\ud800", r"\ud800"),
        ("a\u2028b", r"a\u2028b"),
        ("1\u00a0000\u3000全角", "1\u00a0000\u3000全角"),
    ],
)
def test_what_does_not_print_is_spelled_out(raw: str, shown: str) -> None:
    assert escape(raw) == shown


@pytest.mark.parametrize(
    ("shown", "width"),
    [("abc", 3), ("对不起", 6), ("e\u0301", 1), ("한국", 4), ("\u1112\u1161\u11ab", 2), ("🙂", 2)],
)
def test_widths_are_those_of_a_terminal(shown: str, width: int) -> None:
    assert cells(shown) == width


def test_numbers_are_grouped_and_text_is_cropped() -> None:
    assert [number(n) for n in (0, 999, 1000, 1234567)] == ["0", "999", "1 000", "1 234 567"]
    assert crop("abcdef", 6) == "abcdef"
    assert crop("对不起啊", 6) == "对不…"


@pytest.mark.parametrize(
    ("snippet", "room", "shown", "caret"),
    [
        (Snippet("abcdef", 2, 2, False, False), 20, "abcdef", "  ^^"),
        (Snippet("abcdef", 2, 2, True, True), 20, "…abcdef…", "   ^^"),
        (Snippet("对不起啊", 1, 2, False, False), 20, "对不起啊", "  ^^^^"),
        (Snippet("\ta\u202eb", 2, 1, False, False), 20, r"\ta\u202eb", "   ^^^^^^"),
        (Snippet("abcdefghij", 5, 1, False, False), 7, "…defgh…", "   ^"),
        (Snippet("abcdefghij", 8, 2, False, False), 6, "…ghij", "   ^^"),
        (Snippet("abc", 3, 1, True, False), 20, "…abc", "    ^"),
        (Snippet("abc", 0, 3, False, True), 20, "abc…", ""),
        (Snippet("", 0, 1, False, False), 20, "", "^"),
    ],
)
def test_the_caret_stands_below_what_is_meant(
    snippet: Snippet, room: int, shown: str, caret: str
) -> None:
    assert frame(snippet, room) == (shown, caret)


snippets = st.builds(
    lambda t, start, width, before, after: Snippet(t, min(start, len(t)), width, before, after),
    st.text(max_size=80),
    st.integers(0, 80),
    st.integers(1, 72),
    st.booleans(),
    st.booleans(),
)


@given(snippets, st.integers(20, 120))
def test_a_window_fits_and_prints(snippet: Snippet, room: int) -> None:
    shown, caret = frame(snippet, room)
    assert escape(shown) == shown
    assert cells(shown) <= room and len(caret) <= room
