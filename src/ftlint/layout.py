"""Layout: what the first bytes of a file say of it, before any line is read.

A file that is not lines of JSON at all (UTF-16, Parquet, one pretty-printed array) has one root
cause, and is reported once instead of once a line.
"""

from __future__ import annotations

from dataclasses import dataclass

HEAD = 64 << 10
"""Bytes that are looked at."""

_MAGIC = (
    (b"PAR1", "Parquet"),
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"ARROW1", "Arrow"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"%PDF-", "PDF"),
    (b"\x89PNG", "a PNG image"),
)
_UNICODE_BOMS = (
    (b"\xff\xfe\x00\x00", "UTF-32 (little-endian)"),
    (b"\x00\x00\xfe\xff", "UTF-32 (big-endian)"),
    (b"\xff\xfe", "UTF-16 (little-endian)"),
    (b"\xfe\xff", "UTF-16 (big-endian)"),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is laid out.

    `bom` is the length of a UTF-8 byte-order mark in bytes. `encoding` names what the file is
    instead of UTF-8 text. `document` is "array" or "object" for one JSON document over several
    lines.
    """

    bom: int = 0
    encoding: str = ""
    document: str = ""

    @property
    def lines(self) -> bool:
        """Return whether the file can be read line by line."""
        return not self.encoding and not self.document


def sniff(head: bytes, complete: bool) -> Layout:
    """Return the layout of a file that begins with `head`; `complete` if that is all of it."""
    for magic, name in (*_MAGIC, *_UNICODE_BOMS):
        if head.startswith(magic):
            return Layout(encoding=name)
    if name := _wide(head):
        return Layout(encoding=name)
    bom = 3 if head.startswith(b"\xef\xbb\xbf") else 0
    return Layout(bom=bom, document=_document(head[bom:], complete))


def _wide(head: bytes) -> str:
    """Name an encoding without a byte-order mark by where its zero bytes lie."""
    zeros = head[:1024].count(0)
    if not zeros:
        return ""
    even, odd = head[:1024:2].count(0), head[1:1024:2].count(0)
    if min(even, odd) == 0 and zeros * 4 >= len(head[:1024]):
        return "UTF-16 (little-endian)" if odd else "UTF-16 (big-endian)"
    # JSON text holds no NUL: in strings it is escaped. One stray byte is a matter of its line.
    return "binary data" if zeros * 50 > len(head[:1024]) else ""


def _document(head: bytes, complete: bool) -> str:
    """Return the kind of a JSON document that goes on over a line end, or nothing."""
    text = head.decode(errors="replace").lstrip(" \t\r\n")
    if text[:1] not in ("[", "{"):
        return ""
    kind = "array" if text[0] == "[" else "object"
    if not complete:
        text = text[: text.rfind("\n") + 1]
        if not text:  # one line longer than the head: no record begins with a bracket
            return kind if kind == "array" else ""
    first = text.split("\n", 1)[0].strip()
    import json

    decoder = json.JSONDecoder()
    try:
        value, end = decoder.raw_decode(text)
    except json.JSONDecodeError as error:
        # A valid beginning that reaches the end of what was read, over more than one line.
        open_end = error.pos >= len(text.rstrip()) and "\n" in text.rstrip()
        return kind if open_end and (kind == "array" or not complete) else ""
    except RecursionError:
        return ""
    if "\n" in text[:end]:
        return kind
    alone = not text[end:].strip() and complete and end == len(first)
    return "array" if alone and kind == "array" and _records(value) else ""


def _records(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)
