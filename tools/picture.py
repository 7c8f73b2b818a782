"""A picture of the terminal for the README: `python tools/picture.py` writes docs/terminal.svg.

Runs `ftlint check` on a few lines of an example in a pseudo-terminal, with colours, and draws what
it shows. The picture refers to nothing outside, is light or dark as its viewer prefers, and its
letters are text. The same example gives the same bytes on every machine.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from ftlint.reporters.terminal import cells

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "terminal.svg"
EXAMPLE = ROOT / "examples" / "support-bot.jsonl"
LINES = (1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 88, 105, 147, 199)
"""The lines of the example that are linted: all of them would show too much."""
NAME = "support-bot.jsonl"
COMMAND = ("ftlint", "check", NAME)

COLUMNS = 100
WIDTH, HEIGHT = 8.4, 19.0
"""Of a cell, in units of the picture; letters of 14 units are 8.4 wide in most fonts."""
MARGIN, BAR = 18.0, 34.0
"""Around the text, and of the bar above it."""

FOREGROUND = {31: "red", 32: "green", 33: "yellow", 34: "blue", 35: "magenta", 36: "cyan"}
LIGHT = {
    "paper": "#ffffff", "edge": "#d0d7de", "ink": "#1f2328", "dim": "#636c76", "red": "#c4232c",
    "green": "#1a7f37", "yellow": "#8a5d00", "blue": "#0550ae", "magenta": "#8250df",
    "cyan": "#1b7c83",
}  # fmt: skip
DARK = {
    "paper": "#0d1117", "edge": "#30363d", "ink": "#e6edf3", "dim": "#9198a1", "red": "#ff7b72",
    "green": "#56d364", "yellow": "#e3b341", "blue": "#79c0ff", "magenta": "#d2a8ff",
    "cyan": "#56d4dd",
}  # fmt: skip


@dataclass(frozen=True)
class Style:
    """How letters look: words of the style sheet."""

    color: str = ""
    bold: bool = False
    dim: bool = False

    def then(self, codes: Sequence[int]) -> Style:
        """Return the style after an escape sequence. Raises: ValueError for one not known."""
        color, bold, dim = self.color, self.bold, self.dim
        for code in codes or (0,):
            if code == 0:
                color, bold, dim = "", False, False
            elif code in (1, 2):
                bold, dim = bold or code == 1, dim or code == 2
            elif code in FOREGROUND:
                color = FOREGROUND[code]
            else:
                raise ValueError(f"the picture knows no escape sequence of {code}")
        return Style(color, bold, dim)

    @property
    def words(self) -> str:
        """Return the classes of the style sheet."""
        return " ".join([*([self.color] if self.color else []), *["b"][: self.bold], *self._dim])

    @property
    def _dim(self) -> list[str]:
        return ["dim"] if self.dim and not self.color else []


def shown(folder: Path, columns: int = COLUMNS) -> str:
    """Return what the command shows in a terminal, with its escape sequences."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    kept = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    kept |= {"TERM": "xterm-256color", "COLUMNS": "", "FTLINT_NO_CACHE": "1"}
    command = [sys.executable, "-m", *COMMAND]
    child = subprocess.Popen(command, cwd=folder, env=kept, stdin=theirs, stdout=theirs)
    os.close(theirs)
    pieces = []
    try:
        while piece := os.read(ours, 4096):
            pieces.append(piece)
    except OSError:  # the child has closed its end: how a terminal says that it is over
        pass
    child.wait()
    os.close(ours)
    return b"".join(pieces).decode().replace("\r\n", "\n")


def runs(line: str, style: Style) -> Iterator[tuple[str, Style]]:
    """Yield the parts of a line that look alike; the last one, empty, has the style after it."""
    for text, codes in re.findall(r"([^\x1b]*)(?:\x1b\[([\d;]*)m)?", line):
        if text:
            yield text, style
        if codes or (not text and line):
            style = style.then([int(code) for code in codes.split(";") if code])
    yield "", style


def drawn(output: str) -> str:
    """Return the picture of a terminal that shows the command and its output."""
    prompt = f"\x1b[2m$\x1b[0m \x1b[1m{' '.join(COMMAND)}\x1b[0m"
    body, row, after = [], 0, Style()
    for line in (prompt, *output.rstrip("\n").split("\n")):
        column, parts = 0, [*runs(line, after)]
        after = parts[-1][1]
        for text, now in parts:
            for piece in _pieces(text, COLUMNS - column):
                if column + cells(piece) > COLUMNS:  # where a terminal goes on below
                    row, column = row + 1, 0
                if piece.strip():
                    body.append(_run(piece, now, column, BAR + MARGIN + row * HEIGHT + 8))
                column += cells(piece)
        row += 1
    width, height = 2 * MARGIN + COLUMNS * WIDTH, BAR + 2 * MARGIN + row * HEIGHT - 6
    return "\n".join([*_head(width, height), *body, "</svg>", ""])


def _pieces(text: str, room: int) -> Iterator[str]:
    """Yield the parts of a run that stand on rows of their own; the first one has less room."""
    start = 0
    for place in range(len(text) + 1):
        if place == len(text) or cells(text[start : place + 1]) > room:
            if place > start:
                yield text[start:place]
            start, room = place, COLUMNS


def _run(text: str, style: Style, column: int, y: float) -> str:
    """Return one run at its column, stretched to its cells whatever the font."""
    text, column = text.rstrip(), column + len(text) - len(text.lstrip())
    text = text.lstrip()
    words = f' class="{style.words}"' if style.words else ""
    return (
        f'<text x="{MARGIN + column * WIDTH:.1f}" y="{y:.1f}" '
        f'textLength="{cells(text) * WIDTH:.1f}"{words}>{escape(text, quote=False)}</text>'
    )


def _sheet(colors: dict[str, str]) -> str:
    rules = [f".{name}{{fill:{color}}}" for name, color in colors.items() if name != "edge"]
    return f"text{{fill:{colors['ink']}}}.edge{{stroke:{colors['edge']}}}" + "".join(rules)


def _head(width: float, height: float) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" role="img" aria-labelledby="title">'
    )
    yield f'<title id="title">{" ".join(COMMAND)} in a terminal</title>'
    font = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono'"
    yield f"<style>text{{font:14px {font},monospace;white-space:pre}}.b{{font-weight:700}}"
    yield f"{_sheet(LIGHT)}\n@media(prefers-color-scheme:dark){{{_sheet(DARK)}}}</style>"
    yield (
        f'<rect class="paper edge" x="0.5" y="0.5" width="{width - 1:.0f}" '
        f'height="{height - 1:.0f}" rx="10"/>'
    )
    for number, name in enumerate(("red", "yellow", "green")):
        yield f'<circle class="{name}" cx="{24 + 20 * number}" cy="20" r="6" opacity="0.8"/>'


def picture() -> str:
    """Return the picture of the example as it is now."""
    lines = EXAMPLE.read_bytes().splitlines(keepends=True)
    with TemporaryDirectory() as folder:
        (Path(folder) / NAME).write_bytes(b"".join(lines[number - 1] for number in LINES))
        return drawn(shown(Path(folder)))


if __name__ == "__main__":
    PICTURE.write_text(picture(), "utf-8")
