"""JSON Schemas of declared functions: what is wrong with one, and a validator of a right one.

jsonschema_rs is loaded with the first schema. Nothing is ever fetched: a schema that refers to
the network is left unjudged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import orjson

from ftlint.pointer import PointerError, resolve
from ftlint.wording import cut, shown

if TYPE_CHECKING:
    from jsonschema_rs import Validator

Path = tuple[str | int, ...]

TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")

MEANT = {
    "bool": "boolean",
    "dict": "object",
    "double": "number",
    "float": "number",
    "int": "integer",
    "list": "array",
    "long": "integer",
    "none": "null",
    "str": "string",
    "text": "string",
    "tuple": "array",
    **{name: name for name in TYPES},
}
"""Names of types in other languages, and what JSON Schema calls them."""

_KEPT = 4096
"""Verdicts and validators kept; then all are forgotten (a validator takes about 10 kB)."""

_DATA = frozenset({"const", "default", "enum", "example", "examples"})
_NAMED = frozenset(
    {"$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"}
)
_LISTED = frozenset({"allOf", "anyOf", "items", "oneOf", "prefixItems"})


class Flaw:
    """One place where a schema is not one."""

    __slots__ = ("meant", "message", "patch", "path", "value")

    def __init__(self, path: Path, message: str, value: Any = None) -> None:
        """Keep the place inside the schema, what is wrong there, and the value there."""
        self.path = path
        self.message = message
        self.value = value
        self.meant = ""
        """The type that a wrong type's name plainly means."""
        self.patch: tuple[Path, str | list[str]] | None = None
        """Where and what to write so that the flaw is gone."""


def flaws(schema: Any, *, closely: bool = True) -> list[Flaw]:
    """Return what is wrong with the schema of a function's parameters, by draft 2020-12.

    Lists of `items` are taken as draft 7 means them. `closely` looks at references and patterns
    too, which costs a walk: leave it out when the text has neither.
    """
    try:
        found = [] if _meta().is_valid(schema) else list(_errors(schema))
    except (ValueError, RecursionError):
        return [Flaw((), "nested too deeply to be judged")]
    if not isinstance(schema, dict):
        return found
    first = schema.get("type")
    if first != "object" and not any(flaw.path[:1] == ("type",) for flaw in found):
        place: Path = ("type",) if "type" in schema else ()
        is_ = shown(first) if place else "missing"
        found.append(Flaw(place, f"type is {is_}; parameters have type 'object'", first))
    if found:
        hollow = _hollow(schema)
        for flaw in found:
            _settle(flaw, schema, hollow)
    if closely and not found:
        found.extend(_dangling(schema))
    return found


def _settle(flaw: Flaw, schema: dict[str, Any], hollow: bool) -> None:
    """Make the path one that exists, and find out what a wrong type means.

    jsonschema_rs leaves empty keys out of its paths, so in a `hollow` schema, which has one, what
    stands at a path need not be what was judged, and nothing may be written there.
    """
    nodes: list[Any] = [schema]
    for part in flaw.path:
        try:
            nodes.append(nodes[-1][part if isinstance(nodes[-1], list) else str(part)])
        except (LookupError, TypeError):
            break
    missing = len(flaw.path) + 1 - len(nodes)
    if missing or (flaw.path and flaw.value != nodes[-1]):
        flaw.path = flaw.path[: -(missing or 1)]
    elif flaw.path[-1:] == ("type",) and _is_keyword(flaw.path):
        meant = _meant(flaw.value)
        # Parameters are an object; any other type at their top needs a person.
        if meant and (len(flaw.path) > 1 or meant == "object"):
            flaw.meant, flaw.patch = meant, (flaw.path, meant)
    elif flaw.path[-2:-1] == ("type",) and len(flaw.path) > 2 and _is_keyword(flaw.path[:-1]):
        flaw.meant, types = _meant(flaw.value), [_meant(item) for item in nodes[-2]]
        if all(types) and len({*types}) == len(types):
            flaw.patch = (flaw.path[:-1], types)
    if hollow:
        flaw.patch = None


def _hollow(schema: dict[str, Any]) -> bool:
    """Return whether an empty key may stand in the schema."""
    try:
        return b'"":' in orjson.dumps(schema)
    except TypeError:  # nested too deeply to be written
        return True


def _meant(value: Any) -> str:
    return MEANT.get(value.strip().lower(), "") if isinstance(value, str) else ""


@cache
def _meta() -> Validator:
    from jsonschema_rs import Draft202012Validator

    meta = {"$ref": "https://json-schema.org/draft/2020-12/schema"}
    return Draft202012Validator(meta, offline=True)


def _errors(schema: Any, base: Path = ()) -> Iterator[Flaw]:
    """Yield each wrong place once; the meta-schema's vocabularies repeat themselves."""
    seen = set()
    errors: Iterator[Any] = _meta().iter_errors(schema)
    for error in errors:
        path = tuple(error.instance_path)
        if _tuple_items(path, error.instance):
            # Draft 7's spelling of `prefixItems`: each item is a schema of its own.
            if path not in seen:
                for index, item in enumerate(error.instance):
                    yield from _errors(item, (*base, *path, index))
        else:
            error = _deepest(error)
            path = tuple(error.instance_path)
            if path not in seen:
                yield Flaw((*base, *path), _words(error), error.instance)
        seen.add(path)


def _tuple_items(path: Path, value: Any) -> bool:
    """Return whether `path` ends at the keyword `items` (not at a property of that name)."""
    return bool(value) and isinstance(value, list) and path[-1:] == ("items",) and _is_keyword(path)


def _is_keyword(path: Path) -> bool:
    """Return whether `path` ends at a keyword, not at a property with the name of one."""
    at = 0
    while at < len(path) - 1:
        listed = path[at] in _LISTED and isinstance(path[at + 1], int)
        at += 2 if listed or path[at] in _NAMED else 1
    return at == len(path) - 1


def _deepest(error: Any) -> Any:
    """Return the error inside the alternative that got furthest, which was meant."""
    while error.kind.name == "anyOf":
        inner = [candidate for branch in error.kind.context for candidate in branch]
        fit = isinstance(error.instance, list)
        if not inner:
            break
        error = max(inner, key=lambda e: (len(e.instance_path), fit and e.kind.name != "enum"))
    return error


def _words(error: Any) -> str:
    value, fault = error.instance, error.kind
    path = [part for part in error.instance_path if isinstance(part, str)]
    subject = cut(path[-1], 40) if path else "the schema"
    match fault.name:
        case "enum" if path[-1:] == ["type"]:
            return f"{shown(value)} is no type of JSON Schema ({', '.join(TYPES)})"
        case "type":
            return f"{subject} is {shown(value)}, not of type {' or '.join(fault.types)}"
        case "minItems":
            return f"{subject} is an empty list"
        case "uniqueItems":
            return f"{subject} is {shown(value)}, which has an item twice"
        case "minimum" | "exclusiveMinimum":
            least = "at least" if fault.name == "minimum" else "above"
            return f"{subject} is {shown(value)}; it must be {least} {fault.limit}"
        case "pattern":
            return f"{subject} is {shown(value)}, which does not match {shown(fault.pattern)}"
    return cut(f"{subject}: {error.message}", 160)


def _dangling(schema: dict[str, Any]) -> Iterator[Flaw]:
    """Yield references that lead nowhere and patterns that are no regular expressions."""
    if validator(schema) is not None:
        return
    for path, node in _nodes(schema):
        reference, pattern = node.get("$ref"), node.get("pattern")
        if isinstance(reference, str) and reference.startswith("#/"):
            try:
                resolve(schema, unquote(reference[1:]))
            except PointerError:
                yield Flaw((*path, "$ref"), f"{shown(reference)} leads nowhere", reference)
        if isinstance(pattern, str) and not _compiles(pattern):
            found = f"{shown(pattern)} is no regular expression"
            yield Flaw((*path, "pattern"), found, pattern)


def _nodes(schema: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the subschemas; values that are data, such as defaults, are left out."""
    stack: list[tuple[Path, Any]] = [((), schema)]
    while stack:
        path, node = stack.pop()
        if not isinstance(node, dict):
            continue
        yield path, node
        for keyword, value in node.items():
            inner: Iterable[tuple[str | int, Any]] = ()
            if isinstance(value, dict) and keyword in _NAMED:
                inner = value.items()
            elif isinstance(value, list) and keyword in _LISTED:
                inner = enumerate(value)
            elif keyword not in _DATA:
                stack.append(((*path, keyword), value))
            stack.extend(((*path, keyword, key), item) for key, item in inner)


def _compiles(pattern: str) -> bool:
    """Return whether one of two engines reads it: dialects differ, real mistakes do not."""
    from jsonschema_rs import Draft202012Validator

    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        try:
            Draft202012Validator({"pattern": pattern}, offline=True)
        except ValueError:
            return False
    return True


_validators: dict[bytes, Validator | None] = {}


def validator(schema: Any) -> Validator | None:
    """Return a validator for `schema`, or None when it cannot be judged by it."""
    try:
        key = orjson.dumps(schema)
    except TypeError:  # nested too deeply to be written, or judged
        return None
    if key not in _validators:
        if len(_validators) >= _KEPT:
            _validators.clear()
        _validators[key] = _compile(schema)
    return _validators[key]


def _compile(schema: Any) -> Validator | None:
    from jsonschema_rs import Draft7Validator, Draft202012Validator, ReferencingError

    refused = (ValueError, ReferencingError)
    # Values are the user's data: `mask` keeps them out of the library's messages.
    try:
        return Draft202012Validator(schema, offline=True, mask="value")
    except refused:
        pass
    try:
        older = Draft7Validator(schema, offline=True, mask="value")
    except refused:
        return None
    return None if flaws(schema, closely=False) else older


def errors(judge: Validator, value: Any) -> list[Any]:
    """Return where `value` does not fit; a pattern that cannot be tried in time says nothing.

    Raises: ValueError, if the value is nested too deeply to be judged.
    """
    from jsonschema_rs import ValidationErrorKind as Kind

    undecided = (Kind.BacktrackLimitExceeded, Kind.RegexEngineFailure)
    if judge.is_valid(value):
        return []
    return [error for error in judge.iter_errors(value) if not isinstance(error.kind, undecided)]


_CLASSES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
}
_SILENT = frozenset({"default", "description", "title", "type"})
"""Keywords of a property that judge nothing but its type."""


def fits(schema: dict[str, Any], arguments: dict[str, Any]) -> bool:
    """Return whether it is plain that `arguments` fit; False says nothing.

    Most schemas are flat. Making a validator for one costs more than looking at it.
    """
    properties, required = schema.get("properties"), schema.get("required", ())
    if not isinstance(properties, dict) or not isinstance(required, list | tuple):
        return False
    if schema.get("type") != "object" or not schema.keys() <= _FLAT:
        return False
    if not all(isinstance(name, str) and name in arguments for name in required):
        return False
    return all(_fits(properties.get(name), value) for name, value in arguments.items())


_FLAT = frozenset({"additionalProperties", "description", "properties", "required", "type"})


def _fits(schema: Any, value: Any) -> bool:
    if not isinstance(schema, dict):
        return False
    type_ = schema.get("type")
    if not isinstance(type_, str) or value.__class__ not in _CLASSES.get(type_, ()):
        return False
    if schema.keys() <= _SILENT:
        return True
    if isinstance(value, list) and schema.keys() <= _SILENT | {"items"}:
        return all(_fits(schema["items"], item) for item in value)
    options = schema.get("enum")
    plain = type_ == "string" and schema.keys() <= _SILENT | {"enum"}
    return plain and isinstance(options, list) and value in options
