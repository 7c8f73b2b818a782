"""YAML and TOML files as plain data with the place of every key, and as dataclasses.

Configuration, rule packs and targets all come through here: bytes -> data and marks (kept in the
cache, so that an unchanged file costs no parser) -> frozen dataclasses, or one located error.
"""

from __future__ import annotations

import dataclasses
import hashlib
import types
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import MISSING, Field, field
from functools import cache as cache_forever
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import orjson

from ftlint.configuration import compiled
from ftlint.configuration.syntax import FlawError, Marks, compile_text, kind
from ftlint.error import FtlintError
from ftlint.pointer import join, resolve, tokens
from ftlint.storage import cache
from ftlint.value import dataclass

T = TypeVar("T")

FORMAT = 1
"""Version of the cached form; raise it when the data or marks of the same bytes change."""


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
    digest = fingerprint(raw, syntax)
    if (ours := compiled.recall(digest)) is not None:
        return Document(str(path), ours, Late(raw), error)
    entry = f"document-{digest}.json"
    known = _recall(entry)
    if known is None:
        try:
            known = compile_text(raw, syntax)
        except FlawError as flaw:
            raise error(f"{path}:{flaw.line}:{flaw.column}: {flaw}") from None
        _remember(entry, known)
    return Document(str(path), *known, error)


def fingerprint(raw: bytes, syntax: str) -> str:
    """Return under which name a file is known, once it is compiled."""
    whole = f"{FORMAT} {syntax}\n".encode() + raw
    return hashlib.blake2b(whole, digest_size=16).hexdigest()


class Late(Mapping[str, tuple[int, int]]):
    """The marks of a YAML file that is not at fault, so that hardly anybody asks for them."""

    def __init__(self, raw: bytes) -> None:
        """Keep the bytes of the file; they are read when a place is asked for."""
        self._raw = raw

    @cached_property
    def _made(self) -> Marks:
        return compile_text(self._raw, "yaml")[1]

    def __getitem__(self, pointer: str) -> tuple[int, int]:
        """Return the line and column of `pointer`."""
        return self._made[pointer]

    def __iter__(self) -> Iterator[str]:
        """Yield every pointer."""
        return iter(self._made)

    def __len__(self) -> int:
        """Return the number of pointers."""
        return len(self._made)


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
        told, hint = kind(value), ""
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
        hints, fields = _hints(cast(Any, cls)), _fields(cls)
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


@cache_forever
def _hints(cls: Any) -> dict[str, Any]:
    """Return the types of the fields; resolving them costs a millisecond a class."""
    return get_type_hints(cls)


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
    hints, fields = _hints(cls), _fields(cls)
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
