"""What the reporters for people share: text that is safe on a terminal and lines up.

Datasets hold escape sequences, bidirectional controls and invisible characters, and a finding is
often about exactly these: everything that does not print is spelled out. Widths are those of a
terminal in cells, where an ideograph takes two and a combining mark none.
"""

from __future__ import annotations

from collections.abc import Sequence

from ftlint.finding import Severity
from ftlint.report import Located, Place, Report
from ftlint.snippet import Snippet
from ftlint.value import dataclass

ELLIPSIS = "…"
COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}
SHOWN = 3
"""Findings of one rule in one file that are shown whole."""
NAMED = 3
"""Further lines, and related places, that are named."""
_SHORT = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}


@dataclass(frozen=True, slots=True)
class Paint:
    """Styles text, or leaves it alone when there is no colour."""

    color: bool

    def __call__(
        self, text: str, fg: str | None = None, *, bold: bool = False, dim: bool = False
    ) -> str:
        """Return `text` in that style."""
        if not self.color or not text:
            return text
        from click import style

        return style(text, fg=fg, bold=bold or None, dim=dim or None)


def escape(text: str) -> str:
    """Return `text` on one line, with everything spelled out that does not print."""
    return text if text.isprintable() else "".join(map(_glyph, text))


def _glyph(character: str) -> str:
    if character.isprintable():
        return character
    from unicodedata import category

    if category(character) == "Zs":  # no-break and ideographic spaces are ordinary prose
        return character
    code = ord(character)
    return _SHORT.get(character) or (f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")


def cells(text: str) -> int:
    """Return how many terminal cells `text` takes, which must be escaped already."""
    return len(text) if text.isascii() else sum(map(_cell, text))


def _cell(character: str) -> int:
    from unicodedata import category, east_asian_width

    # Vowels and finals of decomposed Hangul join the initial before them.
    if category(character) in ("Mn", "Me") or "\u1160" <= character <= "\u11ff":
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def crop(text: str, room: int) -> str:
    """Return `text`, cut to `room` cells with an ellipsis if it is longer."""
    if cells(text) <= room:
        return text
    while text and cells(text) > room - 1:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS


def frame(snippet: Snippet, room: int) -> tuple[str, str]:
    """Return the window and its caret line, in at most `room` cells.

    There is no caret line when everything that can be seen is meant.
    """
    glyphs = [escape(character) for character in snippet.text]
    sizes = [cells(glyph) for glyph in glyphs]
    start, end = snippet.start, snippet.start + snippet.width
    left, right = _fit(sizes, start, end, room - 2 * len(ELLIPSIS))
    before = ELLIPSIS if snippet.before or left > 0 else ""
    after = ELLIPSIS if snippet.after or right < len(sizes) else ""
    text = before + "".join(glyphs[left:right]) + after
    if start <= left and end >= right > left:
        return text, ""
    pad = cells(before) + sum(sizes[left:start])
    return text, " " * pad + "^" * max(sum(sizes[start : min(end, right)]), 1)


def _fit(sizes: list[int], start: int, end: int, room: int) -> tuple[int, int]:
    """Return the range of characters that fits: what is meant first, then both sides of it."""
    left = right = min(start, len(sizes))
    used = 0
    while right < min(end, len(sizes)) and used + sizes[right] <= room:
        used, right = used + sizes[right], right + 1
    while True:
        if before := left > 0 and used + sizes[left - 1] <= room:
            used, left = used + sizes[left - 1], left - 1
        if after := right < len(sizes) and used + sizes[right] <= room:
            used, right = used + sizes[right], right + 1
        if not before and not after:
            return left, right


def number(value: int) -> str:
    """Return `value` with a space between groups of three digits."""
    return f"{value:,}".replace(",", " ")


def count(value: int, noun: str) -> str:
    """Return `value` and the noun in its right number."""
    return f"{number(value)} {noun}{'' if value == 1 else 's'}"


def location(place: Place, column: int | None = None) -> str:
    """Return `path:line:column` as far as it is known; `-` for the whole dataset."""
    parts = (escape(place.path) or "-", place.line, column)
    return ":".join(str(part) for part in parts if part is not None)


def headline(finding: Located) -> str:
    """Return the place of a finding, which editors and terminals can open."""
    return location(finding.place, finding.column)


def others(alike: Sequence[Located], beyond: int) -> str:
    """Return the line for those findings of one rule in one file that are not shown.

    `beyond` says how many more there are that were not kept.
    """
    rest = alike[SHOWN:]
    lines = list(dict.fromkeys(f.place.line for f in rest if f.place.line is not None))
    where = ""
    if lines:
        dots = f" {ELLIPSIS}" if len(lines) > NAMED or beyond else ""
        plural = "s" if len(lines) > 1 or dots else ""
        where = f" (line{plural} {', '.join(map(str, lines[:NAMED]))}{dots})"
    first = alike[0]
    place = f" in {escape(first.place.path)}" if first.place.path else ""
    total = number(len(rest) + beyond)
    return f"{ELLIPSIS} and {total} more {first.code} {first.name}{place}{where}"


def scope(report: Report) -> str:
    """Return what was checked: `2 000 examples in train.jsonl`."""
    sources = report.dataset.sources
    if len(sources) == 1:
        place = "standard input" if sources[0].path == "-" else escape(sources[0].path)
    else:
        place = count(len(sources), "file")
    return f"{count(report.total_examples, 'example')} in {place}"


def tally(report: Report, paint: Paint | None = None) -> str:
    """Return the counts by severity: `3 errors, 1 note`."""
    style = paint or Paint(False)
    counts = report.by_severity().items()
    words = [style(count(n, str(severity)), COLORS[severity]) for severity, n in counts if n]
    if words:
        return ", ".join(words)
    if report.not_run and not report.rules:
        return "no rule could run"
    new = "new " if report.known or report.unchanged else ""
    return ", ".join(
        [f"no {new}findings", *(f"{number(n)} {how}" for n, how in passed_over(report))]
    )


def scored(report: Report, statistics: bool) -> str:
    """Return what was scored; of triage, which runs at each time, only among statistics."""
    found = report.measures.get("toxicity", {})
    told: str = found.get("summary", "")
    return told if statistics or found.get("backend") != "triage" else ""


def outcome(report: Report) -> str:
    """Return the counts by severity, and how many findings are not shown, and why."""
    if not any(report.counts.values()):
        return tally(report)
    return ", ".join([tally(report), *(f"{number(n)} {how}" for n, how in passed_over(report))])


def passed_over(report: Report) -> list[tuple[int, str]]:
    """Return how many findings are not shown, and why: by baseline, suppressions, revision."""
    hidden = (
        (report.known, "known"),
        (len(report.suppressed), "suppressed"),
        (report.unchanged, "on unchanged rows"),
    )
    return [(many, how) for many, how in hidden if many]


def left_out(report: Report, *, all_of_them: bool = False) -> dict[str, list[str]]:
    """Return the codes of the rules that did not run, by reason; without those that crashed.

    Those for which nobody has asked are left out too, unless `all_of_them` are wanted.
    """
    reasons: dict[str, list[str]] = {}
    for entry in report.not_run:
        if not entry.crashed and (all_of_them or not entry.unasked):
            reasons.setdefault(entry.reason, []).append(entry.code)
    return reasons
