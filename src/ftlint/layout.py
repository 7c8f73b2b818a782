"""Layout: what the first bytes of a file say of it, before any line is read.

A file that is not lines of JSON at all (UTF-16, Parquet, one pretty-printed array) has one root
cause, and is reported once instead of once a line.
"""

from __future__ import annotations

from ftlint.value import dataclass

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
_CONTROLS = bytes({*range(32)} - {*b"\t\n\r"})
_STRAY = 16


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is laid out.

    `bom` is the length of a UTF-8 byte-order mark in bytes. `encoding` names what the file is
    instead of UTF-8 text. `document` is "array" or "object" for one JSON document over several
    lines, and "text" for lines of which none is JSON.
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
    head = head[:1024]
    even, odd = head[::2].count(0), head[1::2].count(0)
    zeros = even + odd
    if zeros and min(even, odd) == 0 and zeros * 4 >= len(head):
        return "UTF-16 (little-endian)" if odd else "UTF-16 (big-endian)"
    # JSON text holds no control characters: in strings they are escaped. A few stray ones are a
    # matter of their lines; of compressed or encrypted data they are a tenth.
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return "binary data" if max(zeros, controls - _STRAY) * 50 > len(head) else ""


def _document(head: bytes, complete: bool) -> str:
    """Return the kind of a JSON document that goes on over a line end, or nothing."""
    text = head.decode(errors="replace").lstrip(" \t\r\n")
    if text[:1] not in ("[", "{"):
        return "text" if _no_json(text, complete) else ""
    kind = "array" if text[0] == "[" else "object"
    if not complete:
        text = text[: text.rfind("\n") + 1]
        if not text:  # one line longer than the head: no record begins with a bracket
            return kind if kind == "array" else ""
    first = text.split("\n", 1)[0].strip()
    import json

    decoder = json.JSONDecoder(parse_int=str)  # Python reads no integer of 4,300 digits
    try:
        value, end = decoder.raw_decode(text)
    except json.JSONDecodeError as error:
        # A valid beginning that reaches the end of what was read, over more than one line.
        open_end = error.pos >= len(text.rstrip()) and "\n" in text.rstrip()
        whole = open_end and (kind == "array" or not complete)
        return kind if whole or _opens(first, text) else ""
    except RecursionError:
        return ""
    if "\n" in text[:end]:
        return kind
    alone = not text[end:].strip() and complete and end == len(first)
    return "array" if alone and kind == "array" and _records(value) else ""


def _opens(first: str, text: str) -> bool:
    """Return whether the first line can only begin a document, which then has a fault."""
    alone = first in ("[", "{") or (first.startswith("[{") and first.endswith(","))
    return alone and "\n" in text.strip()


def _no_json(text: str, complete: bool) -> bool:
    """Return whether three lines or more are there, and none is or begins JSON."""
    lines = text.split("\n") if complete else text.split("\n")[:-1]
    lines = [line.strip() for line in lines if line.strip()]
    return len(lines) >= 3 and not any(line[0] in '{["' or _value(line) for line in lines)


def _value(line: str) -> bool:
    import json

    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _records(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)
