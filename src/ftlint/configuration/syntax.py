"""Syntax: YAML and TOML text as plain data, with the place of every key.

YAML is read from PyYAML's events and TOML by `tomllib`; both are imported only here, when a file
has changed since it was last compiled.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from typing import Any

from ftlint.pointer import join

Marks = dict[str, tuple[int, int]]

MAX_DEPTH = 100
"""Levels of nesting in YAML; thousands would overflow the C stack of PyYAML's composer."""
MAX_COPIES = 10_000
"""Nodes that the aliases of a YAML file may add; nine lines of aliases can make a billion."""


class FlawError(Exception):
    """The text is not what its syntax wants; `ftlint.configuration.document` makes it an error."""

    def __init__(self, message: str, offset: int = 0) -> None:
        """Keep what is wrong; `offset` is in code points, line and column are filled in later."""
        super().__init__(message)
        self.offset = offset
        self.line, self.column = 1, 1


def compile_text(raw: bytes, syntax: str) -> tuple[Any, Marks]:
    """Return the data and marks of a file. Raises: FlawError, with its line and column."""
    text = raw.decode("utf-8-sig", "surrogateescape")
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]

    def place(offset: int) -> tuple[int, int]:
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    try:
        if foreign := re.search("[\udc80-\udcff]", text):
            byte = ord(foreign[0]) - 0xDC00
            raise FlawError(f"byte 0x{byte:02x} is not UTF-8 (save as UTF-8)", foreign.start())
        data, offsets = _read_toml(text) if syntax == "toml" else _Yaml(text).read()
    except FlawError as flaw:
        flaw.line, flaw.column = place(flaw.offset)
        raise
    return data, {pointer: place(offset) for pointer, offset in offsets.items()}


_NOT_YAML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")


class _Yaml:
    """One YAML text, read from its events: PyYAML's composer crashes on deep nesting."""

    def __init__(self, text: str) -> None:
        import yaml

        self.yaml = yaml
        self.text = text
        self.offsets = {"": 0}
        self.nodes = self.copies = 0
        self.anchors: dict[str, tuple[Any, int]] = {}

    def read(self) -> tuple[Any, dict[str, int]]:
        """Return the data and the offset of each key and item. Raises: FlawError."""
        # Not YAML; the parser refuses them too, but does not say where.
        if odd := _NOT_YAML.search(self.text):
            code = f"{ord(odd[0]):04X}"
            raise FlawError(f'character U+{code} is not allowed (write "\\u{code}")', odd.start())
        self.loader: Any = getattr(self.yaml, "CSafeLoader", self.yaml.SafeLoader)(self.text)
        try:
            return self._document(), self.offsets
        except self.yaml.MarkedYAMLError as bad:
            message = ", ".join(filter(None, (bad.context, bad.problem)))
            mark = bad.problem_mark or bad.context_mark
            raise FlawError(message, mark.index if mark else 0) from None
        finally:
            self.loader.dispose()

    def _document(self) -> Any:
        self.loader.get_event()
        if self.loader.check_event(self.yaml.StreamEndEvent):
            return {}
        self.loader.get_event()
        data = self._node("", 0)
        self.loader.get_event()
        if not self.loader.check_event(self.yaml.StreamEndEvent):
            second = self.loader.peek_event().start_mark.index
            raise FlawError("a second document begins (only one is read)", second)
        return {} if data is None else data

    def _node(self, pointer: str, depth: int) -> Any:
        event = self.loader.get_event()
        start, before = event.start_mark.index, self.nodes
        self.offsets.setdefault(pointer, start)
        self.nodes += 1
        if depth > MAX_DEPTH:
            raise FlawError(f"more than {MAX_DEPTH} levels of nesting", start)
        if isinstance(event, self.yaml.AliasEvent):
            return self._alias(str(event.anchor), start)
        if isinstance(event, self.yaml.ScalarEvent):
            value = self._scalar(event)
        elif event.tag not in (None, "!"):
            raise FlawError(f"tag '{event.tag}' (only plain data is read)", start)
        elif isinstance(event, self.yaml.MappingStartEvent):
            value = self._mapping(pointer, depth)
        else:
            value = self._list(pointer, depth)
        if event.anchor:
            self.anchors[event.anchor] = (value, self.nodes - before)
        return value

    def _list(self, pointer: str, depth: int) -> list[Any]:
        items: list[Any] = []
        while not self.loader.check_event(self.yaml.SequenceEndEvent):
            items.append(self._node(f"{pointer}/{len(items)}", depth + 1))
        self.loader.get_event()
        return items

    def _mapping(self, pointer: str, depth: int) -> dict[str, Any]:
        members: dict[str, Any] = {}
        while not self.loader.check_event(self.yaml.MappingEndEvent):
            event = self.loader.get_event()
            start = event.start_mark.index
            if not isinstance(event, self.yaml.ScalarEvent):
                raise FlawError("a key must be a plain string", start)
            key = self._scalar(event)
            if not isinstance(key, str):
                written = f'(write "{event.value}")'
                raise FlawError(f"a key must be a string, not {kind(key)} {written}", start)
            if key in members:
                raise FlawError(f"duplicate key {key!r}", start)
            inner = pointer + join([key])
            self.offsets[inner] = start
            members[key] = self._node(inner, depth + 1)
        self.loader.get_event()
        return members

    def _alias(self, anchor: str, start: int) -> Any:
        """Return the anchored value itself, counted as the copy it would be when written out."""
        value, nodes = self.anchors.get(anchor, (None, 0))
        if not nodes:
            raise FlawError(f"no anchor &{anchor} ends before this alias", start)
        self.nodes += nodes
        self.copies += nodes
        if self.copies > MAX_COPIES:
            raise FlawError(f"aliases add more than {MAX_COPIES} nodes", start)
        return value

    def _scalar(self, event: Any) -> Any:
        node, start = self.yaml.ScalarNode, event.start_mark.index
        tag = event.tag
        if tag in (None, "!"):
            tag = self.loader.resolve(node, event.value, event.implicit)
        word = tag.removeprefix("tag:yaml.org,2002:")
        if word in ("str", "timestamp", "value"):
            return event.value
        if word == "merge":
            raise FlawError("'<<' is not merged (write the keys out)", start)
        if word not in ("null", "bool", "int", "float"):
            raise FlawError(f"tag '{tag}' (only plain data is read)", start)
        try:
            return self.loader.construct_object(node(tag, event.value))
        except (ValueError, KeyError):  # `!!int x`, `!!bool x`
            raise FlawError(f"{event.value[:40]!r} is not of the type '{word}'", start) from None


_NAME = r"""(?:[\w-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_KEY = rf"{_NAME}(?:[ \t]*\.[ \t]*{_NAME})*"
_HEADER = rf"^[ \t]*(?P<open>\[\[?)[ \t]*(?P<table>{_KEY})[ \t]*\]\]?[ \t\r]*(?:#.*)?$"
# What may hold text that looks like a key or a header, and is none.
_OPAQUE = rf"""#.*|(?s:\"{{3}}(?:\\.|[^\\])*?\"{{3,5}}|'{{3}}.*?'{{3,5}})|{_NAME}"""
_TOML = rf"{_HEADER}|^[ \t]*(?P<key>{_KEY})[ \t]*=|{_OPAQUE}"


def _read_toml(text: str) -> tuple[Any, dict[str, int]]:
    """Return the data, and the offset of each table and key. Raises: FlawError."""
    import tomllib

    try:
        return _undated(tomllib.loads(text)), _toml_offsets(text, tomllib.loads)
    except tomllib.TOMLDecodeError as bad:
        message, _, place = str(bad).rpartition(" (at ")
        line, column = map(int, re.findall(r"\d+", place) or (0, 0))
        before = "\n".join([*text.split("\n")[: line - 1], " " * (column - 1)])
        raise FlawError(message, len(before if line else text)) from None
    except RecursionError:
        raise FlawError("too many levels of nesting") from None


def _toml_offsets(text: str, parse: Callable[[str], dict[str, Any]]) -> dict[str, int]:
    """Return the offset of each header and of each key at the start of a line."""
    offsets, table, last = {"": 0}, "", dict[str, int]()
    for match in re.finditer(_TOML, text, re.MULTILINE):
        name = "table" if match["table"] else "key"
        if not match[name]:
            continue
        pointer = "" if name == "table" else table
        value: Any = parse(f"{match[name]} = 0")
        while isinstance(value, dict):
            [(part, value)] = value.items()
            pointer += join([part])
            offsets.setdefault(pointer, match.start(name))
            if value == 0 and match["open"] == "[[":
                last[pointer] = last.get(pointer, -1) + 1
                offsets[f"{pointer}/{last[pointer]}"] = match.start(name)
            if pointer in last:
                pointer += f"/{last[pointer]}"
        table = pointer if name == "table" else table
    return offsets


def _undated(value: Any) -> Any:
    """Return `value` with its dates and times as strings."""
    if isinstance(value, dict):
        return {key: _undated(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_undated(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def kind(value: object) -> str:
    """Return what a value of a file is, with its article."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "a number"
    words = {str: "a string", bool: "a boolean", dict: "a mapping", list: "a list"}
    return words.get(type(value), "null")
