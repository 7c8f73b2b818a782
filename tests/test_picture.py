"""The picture of the terminal: fresh, self-contained, and true to what a terminal shows."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from picture import COLUMNS, COMMAND, MARGIN, PICTURE, WIDTH, Style, drawn, picture, runs

SVG = "{http://www.w3.org/2000/svg}"


def written(svg: str) -> list[str]:
    """Return the rows of a picture, each run at the column where it is drawn."""
    rows: dict[str, str] = {}
    for text in ET.fromstring(svg).iter(f"{SVG}text"):
        column = round((float(text.attrib["x"]) - MARGIN) / WIDTH)
        row = text.attrib["y"]
        rows[row] = rows.get(row, "").ljust(column) + (text.text or "")
    return [*rows.values()]


def test_it_is_fresh() -> None:
    assert PICTURE.read_text("utf-8") == picture(), "run: python tools/picture.py"


def test_it_refers_to_nothing_outside() -> None:
    svg = PICTURE.read_text("utf-8")
    assert set(re.findall(r"https?://[^\"]*", svg)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"@import|@font-face|url\(|href|<script|<image|<foreignObject", svg)
    assert "prefers-color-scheme:dark" in svg
    assert len(svg) < 20_000


def test_it_shows_what_the_command_prints() -> None:
    rows = written(PICTURE.read_text("utf-8"))
    assert rows[0] == f"$ {' '.join(COMMAND)}"
    assert max(map(len, rows)) <= COLUMNS
    assert any(re.match(r"support-bot\.jsonl:7:\d+ error FT107 role-invalid at /", r) for r in rows)
    assert any(row.startswith("✗ failed: ") for row in rows)


def test_styles() -> None:
    line = "\x1b[31m\x1b[1mred\x1b[0m plain \x1b[2mdim\x1b[0m"
    parts = [(text, style.words) for text, style in runs(line, Style()) if text]
    assert parts == [("red", "red b"), (" plain ", ""), ("dim", "dim")]
    svg = drawn("a <b> & \x1b[33mc\x1b[0m\n  d")
    assert written(svg)[1:] == ["a <b> & c", "  d"]
    with pytest.raises(ValueError, match="48"):
        drawn("\x1b[48;5;3mx")


def test_long_lines_go_on_below() -> None:
    assert written(drawn("x" * (COLUMNS + 3)))[1:] == ["x" * COLUMNS, "xxx"]
    wide = written(drawn("木" * (COLUMNS // 2 + 1)))[1:]
    assert wide == ["木" * (COLUMNS // 2), "木"]


def test_colours_can_be_told_from_the_paper() -> None:
    def light(value: str) -> float:
        parts = [int(value[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    svg = Path(PICTURE).read_text("utf-8")
    sheets = re.findall(r"text\{fill:(#\w+)\}(.*)", svg)
    assert len(sheets) == 2
    for ink, rest in sheets:
        fills = dict(re.findall(r"\.(\w+)\{fill:(#\w{6})\}", rest))
        paper = light(fills.pop("paper"))
        for color in (ink, *fills.values()):
            high, low = sorted((light(color), paper), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 4.5  # WCAG 2.2, 1.4.3
