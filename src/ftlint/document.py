"""YAML and TOML files as plain data with the place of every key, and as dataclasses.

Configuration, rule packs and targets all come through here: bytes -> data and marks (kept in the
cache, so that an unchanged file costs no parser) -> frozen dataclasses, or one located error.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
import types
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import MISSING, Field, dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import orjson

from ftlint import cache
from ftlint.error import FtlintError
from ftlint.pointer import join, resolve, tokens

T = TypeVar("T")
Marks = dict[str, tuple[int, int]]

FORMAT = 1
"""Version of the cached form; raise it when the data or marks of the same bytes change."""
MAX_DEPTH = 100
"""Levels of nesting in YAML; thousands would overflow the C stack of PyYAML's composer."""
MAX_COPIES = 10_000
"""Nodes that the aliases of a YAML file may add; nine lines of aliases can make a billion."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file as plain data. Size: O(nodes)."""

    path: str
    """As errors show it."""
    data: Any
    marks: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Line and column (from 1) of each key and list item, by RFC 6901 pointer."""
    raises: type[FtlintError] = FtlintError

    def error(self, pointer: str, message: str) -> FtlintError:
        """Return the error `message` at `pointer`, or at its nearest ancestor with a place."""
        while pointer and pointer not in self.marks:
            pointer = pointer.rpartition("/")[0]
        line, column = self.marks.get(pointer, (1, 1))
        return self.raises(f"{self.path}:{line}:{column}: {message}")

    def part(self, pointer: str) -> Document:
        """Return the value at `pointer` as a document of its own. Raises: PointerError."""
        inner = {p: place for p, place in self.marks.items() if f"{p}/".startswith(f"{pointer}/")}
        marks = {p[len(pointer) :]: place for p, place in inner.items()}
        return Document(self.path, resolve(self.data, pointer), marks, self.raises)


def load(path: str | Path, error: type[FtlintError]) -> Document:
    """Return the file at `path`: TOML when its name says so, else YAML. Raises: `error`."""
    try:
        raw = Path(path).read_bytes()
    except OSError as bad:
        raise error(f"{path}: cannot be read: {bad.strerror or bad}") from None
    syntax = "toml" if str(path).endswith(".toml") else "yaml"
    digest = hashlib.blake2b(f"{FORMAT} {syntax}\n".encode() + raw, digest_size=16)
    entry = f"document-{digest.hexdigest()}.json"
    compiled = _recall(entry)
    if compiled is None:
        try:
            compiled = _compile(raw, syntax)
        except _FlawError as flaw:
            raise error(f"{path}:{flaw.line}:{flaw.column}: {flaw}") from None
        _remember(entry, compiled)
    return Document(str(path), *compiled, error)


def _recall(entry: str) -> tuple[Any, Marks] | None:
    try:
        data, marks = orjson.loads(cache.read(entry) or b"")
        return data, {pointer: (line, column) for pointer, (line, column) in marks.items()}
    except (ValueError, TypeError, AttributeError):  # none, damaged, or somebody else's
        return None


def _remember(entry: str, compiled: tuple[Any, Marks]) -> None:
    """Keep what was compiled, if JSON can say it: not NaN, and no number beyond 64 bits."""
    try:
        kept = orjson.dumps(compiled)
    except TypeError:
        return
    if orjson.loads(kept)[0] == compiled[0]:
        cache.write(entry, kept)


class _FlawError(Exception):
    """The text is not what its syntax wants; never leaves this module."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.offset = offset
        self.line, self.column = 1, 1


def _compile(raw: bytes, syntax: str) -> tuple[Any, Marks]:
    """Return the data and marks of a file. Raises: _FlawError, with its line and column."""
    text = raw.decode("utf-8-sig", "surrogateescape")
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]

    def place(offset: int) -> tuple[int, int]:
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    try:
        if foreign := re.search("[\udc80-\udcff]", text):
            byte = ord(foreign[0]) - 0xDC00
            raise _FlawError(f"byte 0x{byte:02x} is not UTF-8 (save as UTF-8)", foreign.start())
        data, offsets = _read_toml(text) if syntax == "toml" else _Yaml(text).read()
    except _FlawError as flaw:
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
        """Return the data and the offset of each key and item. Raises: _FlawError."""
        # Not YAML; the parser refuses them too, but does not say where.
        if odd := _NOT_YAML.search(self.text):
            code = f"{ord(odd[0]):04X}"
            raise _FlawError(f'character U+{code} is not allowed (write "\\u{code}")', odd.start())
        self.loader: Any = getattr(self.yaml, "CSafeLoader", self.yaml.SafeLoader)(self.text)
        try:
            return self._document(), self.offsets
        except self.yaml.MarkedYAMLError as bad:
            message = ", ".join(filter(None, (bad.context, bad.problem)))
            mark = bad.problem_mark or bad.context_mark
            raise _FlawError(message, mark.index if mark else 0) from None
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
            raise _FlawError("a second document begins (only one is read)", second)
        return {} if data is None else data

    def _node(self, pointer: str, depth: int) -> Any:
        event = self.loader.get_event()
        start, before = event.start_mark.index, self.nodes
        self.offsets.setdefault(pointer, start)
        self.nodes += 1
        if depth > MAX_DEPTH:
            raise _FlawError(f"more than {MAX_DEPTH} levels of nesting", start)
        if isinstance(event, self.yaml.AliasEvent):
            return self._alias(str(event.anchor), start)
        if isinstance(event, self.yaml.ScalarEvent):
            value = self._scalar(event)
        elif event.tag not in (None, "!"):
            raise _FlawError(f"tag '{event.tag}' (only plain data is read)", start)
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
                raise _FlawError("a key must be a plain string", start)
            key = self._scalar(event)
            if not isinstance(key, str):
                written = f'(write "{event.value}")'
                raise _FlawError(f"a key must be a string, not {_kind(key)} {written}", start)
            if key in members:
                raise _FlawError(f"duplicate key {key!r}", start)
            inner = pointer + join([key])
            self.offsets[inner] = start
            members[key] = self._node(inner, depth + 1)
        self.loader.get_event()
        return members

    def _alias(self, anchor: str, start: int) -> Any:
        """Return the anchored value itself, counted as the copy it would be when written out."""
        value, nodes = self.anchors.get(anchor, (None, 0))
        if not nodes:
            raise _FlawError(f"no anchor &{anchor} ends before this alias", start)
        self.nodes += nodes
        self.copies += nodes
        if self.copies > MAX_COPIES:
            raise _FlawError(f"aliases add more than {MAX_COPIES} nodes", start)
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
            raise _FlawError("'<<' is not merged (write the keys out)", start)
        if word not in ("null", "bool", "int", "float"):
            raise _FlawError(f"tag '{tag}' (only plain data is read)", start)
        try:
            return self.loader.construct_object(node(tag, event.value))
        except (ValueError, KeyError):  # `!!int x`, `!!bool x`
            raise _FlawError(f"{event.value[:40]!r} is not of the type '{word}'", start) from None


_NAME = r"""(?:[\w-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_KEY = rf"{_NAME}(?:[ \t]*\.[ \t]*{_NAME})*"
_HEADER = rf"^[ \t]*(?P<open>\[\[?)[ \t]*(?P<table>{_KEY})[ \t]*\]\]?[ \t\r]*(?:#.*)?$"
# What may hold text that looks like a key or a header, and is none.
_OPAQUE = rf"""#.*|(?s:\"{{3}}(?:\\.|[^\\])*?\"{{3,5}}|'{{3}}.*?'{{3,5}})|{_NAME}"""
_TOML = rf"{_HEADER}|^[ \t]*(?P<key>{_KEY})[ \t]*=|{_OPAQUE}"


def _read_toml(text: str) -> tuple[Any, dict[str, int]]:
    """Return the data, and the offset of each table and key. Raises: _FlawError."""
    import tomllib

    try:
        return _undated(tomllib.loads(text)), _toml_offsets(text, tomllib.loads)
    except tomllib.TOMLDecodeError as bad:
        message, _, place = str(bad).rpartition(" (at ")
        line, column = map(int, re.findall(r"\d+", place) or (0, 0))
        before = "\n".join([*text.split("\n")[: line - 1], " " * (column - 1)])
        raise _FlawError(message, len(before if line else text)) from None
    except RecursionError:
        raise _FlawError("too many levels of nesting") from None


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


def suggest(word: str, options: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` for the option nearest to `word`, or nothing."""
    from difflib import get_close_matches

    known = {option.lower(): option for option in options}
    near = get_close_matches(word.lower(), known, 1)
    return f"; did you mean {known[near[0]]!r}?" if near else ""


def convert(document: Document, pointer: str, cls: type[T]) -> T:
    """Return the mapping at `pointer` as a frozen dataclass, or raise the document's error.

    Keys are the names of its fields in kebab case. Of a field's `metadata`, `doc` describes it
    in `schema`, `minimum` bounds a number, and `key=False` keeps it out of files. A ValueError
    of the class itself becomes an error at `pointer`.
    """
    return cast(T, convert_value(document, pointer, cls))


def convert_value(document: Document, pointer: str, annotation: Any) -> Any:
    """Return the value at `pointer` as what `annotation` says, or raise the document's error."""
    label = repr(tokens(pointer)[-1]) if pointer else "the file"
    return _Spot(document, pointer, label).value(resolve(document.data, pointer), annotation)


_UNIONS = (Union, types.UnionType)
_LISTS = (tuple, list, frozenset)
_SCALARS = {str: "string", int: "whole number", float: "number", bool: "boolean"}


def _kind(value: object) -> str:
    """Return what a value of a file is, with its article."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "a number"
    words = {str: "a string", bool: "a boolean", dict: "a mapping", list: "a list"}
    return words.get(type(value), "null")


def _wanted(annotation: Any) -> str:
    """Return what a value of this type is called, with its article."""
    origin, args = get_origin(annotation), get_args(annotation)
    if annotation in _SCALARS:
        return f"a {_SCALARS[annotation]}"
    if origin in _UNIONS:
        return " or ".join("null" if arm is types.NoneType else _wanted(arm) for arm in args)
    if origin is Literal:
        *words, last = map(str, args)
        return f"{', '.join(words)} or {last}" if words else last
    if origin in _LISTS:
        return f"a list of {_SCALARS[args[0]]}s" if args[0] in _SCALARS else "a list"
    return "a mapping"


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place whose value is converted; `label` is what messages call it."""

    document: Document
    pointer: str
    label: str

    def error(self, message: str) -> FtlintError:
        return self.document.error(self.pointer, message)

    def wrong(self, value: Any, annotation: Any) -> FtlintError:
        choices = get_args(annotation) if get_origin(annotation) is Literal else ()
        told, hint = _kind(value), ""
        if choices and isinstance(value, str):
            told, hint = repr(value), suggest(value, (it for it in choices if isinstance(it, str)))
        return self.error(f"{self.label} must be {_wanted(annotation)}, not {told}{hint}")

    def member(self, key: str) -> _Spot:
        return _Spot(self.document, self.pointer + join([key]), repr(key))

    def value(self, value: Any, annotation: Any) -> Any:
        origin, args = get_origin(annotation), get_args(annotation)
        if annotation is Any:
            return value
        if origin in _UNIONS:
            return self.union(value, annotation)
        if origin in _LISTS:
            return origin(self.items(value, annotation))
        if origin is Literal or annotation in _SCALARS:
            return self.scalar(value, annotation)
        if not (origin in (Mapping, dict) or dataclasses.is_dataclass(annotation)):
            raise TypeError(f"{annotation} is not a type that a file can hold")
        if not isinstance(value, dict):
            raise self.wrong(value, annotation)
        if dataclasses.is_dataclass(annotation):
            return self.members(value, cast(type, annotation))
        return {key: self.member(key).value(inner, args[1]) for key, inner in value.items()}

    def bounded(self, value: Any, annotation: Any, each: Field[Any]) -> Any:
        made, minimum = self.value(value, annotation), each.metadata.get("minimum")
        if minimum is not None and made is not None and made < minimum:
            raise self.error(f"{self.label} must be {minimum} or more, not {value}")
        return made

    def scalar(self, value: Any, annotation: Any) -> Any:
        if get_origin(annotation) is Literal:
            fits = any(type(value) is type(it) and value == it for it in get_args(annotation))
        else:
            fits = type(value) is annotation or (annotation is float and type(value) is int)
        if not fits:
            raise self.wrong(value, annotation)
        return float(value) if annotation is float else value

    def items(self, value: Any, annotation: Any) -> list[Any]:
        wanted = get_args(annotation)[0]
        if isinstance(value, str) and wanted is str:
            return [value]
        if not isinstance(value, list):
            raise self.wrong(value, annotation)
        label = f"an item of {self.label}"
        return [
            _Spot(self.document, f"{self.pointer}/{index}", label).value(item, wanted)
            for index, item in enumerate(value)
        ]

    def union(self, value: Any, annotation: Any) -> Any:
        arms = [arm for arm in get_args(annotation) if arm is not types.NoneType]
        if value is None and len(arms) < len(get_args(annotation)):
            return None
        if len(arms) == 1:
            return self.value(value, arms[0])
        for arm in arms:
            with suppress(FtlintError):
                return self.value(value, arm)
        raise self.wrong(value, annotation)

    def members(self, value: dict[str, Any], cls: type[T]) -> T:
        hints, fields = get_type_hints(cls), _fields(cls)
        for key in value:
            if key not in fields:
                known = f"(known: {', '.join(sorted(fields))})"
                hint = suggest(key, fields)
                raise self.member(key).error(f"unknown key {key!r}{hint} {known}")
        made = {}
        for key, each in fields.items():
            if key in value:
                made[each.name] = self.member(key).bounded(value[key], hints[each.name], each)
            elif _required(each):
                raise self.error(f"{key!r} is missing")
        try:
            return cls(**made)
        except ValueError as bad:
            raise self.error(str(bad)) from None


def _fields(cls: type) -> dict[str, Field[Any]]:
    """Return the fields that a file may have, by key."""
    return {
        each.name.strip("_").replace("_", "-"): each
        for each in dataclasses.fields(cls)
        if each.init and each.metadata.get("key", True)
    }


def _required(each: Field[Any]) -> bool:
    return each.default is MISSING and each.default_factory is MISSING


def schema(cls: type) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the files that `convert` reads as `cls`."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_schema(cls)}


def _schema(annotation: Any) -> dict[str, Any]:
    origin, args = get_origin(annotation), get_args(annotation)
    names = {str: "string", int: "integer", float: "number", bool: "boolean"}
    if annotation is Any:
        return {}
    if annotation in names or annotation is types.NoneType:
        return {"type": names.get(annotation, "null")}
    if origin in _UNIONS:
        return {"anyOf": [_schema(arm) for arm in args]}
    if origin is Literal:
        return {"enum": list(args)}
    if origin in _LISTS:
        array = {"type": "array", "items": _schema(args[0])}
        return {"anyOf": [array, {"type": "string"}]} if args[0] is str else array
    if origin in (Mapping, dict):
        return {"type": "object", "additionalProperties": _schema(args[1])}
    return _object_schema(annotation)


def _object_schema(cls: type) -> dict[str, Any]:
    hints, fields = get_type_hints(cls), _fields(cls)
    made = {
        "type": "object",
        "description": str(cls.__doc__).partition("\n")[0],
        "properties": {key: _property(each, hints[each.name]) for key, each in fields.items()},
        "required": [key for key, each in fields.items() if _required(each)],
        "additionalProperties": False,
    }
    return {word: value for word, value in made.items() if value != []}


def _property(each: Field[Any], annotation: Any) -> dict[str, Any]:
    made = {"description": each.metadata["doc"]} if "doc" in each.metadata else {}
    if "minimum" in each.metadata:
        made["minimum"] = each.metadata["minimum"]
    if isinstance(each.default, str | int | float):
        made["default"] = each.default
    return made | _schema(annotation)
