"""Packs: folders of YAML files, each of which declares one rule with its documentation and cases.

A file becomes an instance of one of the kinds in `ftlint.rules.kinds`; every mistake in it is
reported with its place, and what the kind does not know is refused.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Literal

from ftlint.configuration.document import Document, convert, load, suggest
from ftlint.error import PackError
from ftlint.finding import Severity
from ftlint.rule import Case, Rule
from ftlint.rules.declared import Declared, Documentation
from ftlint.rules.kinds import KINDS, Lexicon, Pattern, Share, Threshold
from ftlint.rules.tokenpattern import TokenPattern
from ftlint.value import dataclass

NOT_RULES = frozenset({"lexicons", "presets", "targets"})
"""Folders at the top of a pack that hold other data."""

_CODE = re.compile(r"[A-Z]{2,4}[0-9]{3}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class _Head:
    """What a file says whatever its kind."""

    code: str
    name: str
    kind: str
    severity: Literal["error", "warning", "note"]
    message: str
    summary: str
    why: str
    ignore_when: str = ""
    provider: str = ""
    fix: str = ""
    source: str = ""
    terms_file: str = ""
    encoded: Literal["", "rot13"] = ""
    """How terms and lists are written, so that nobody meets them by chance."""
    good: tuple[Any, ...] = ()
    bad: tuple[Any, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """A case as a file writes it."""

    example: Mapping[str, Any] | None = None
    examples: tuple[Mapping[str, Any], ...] = ()
    at: Any = None
    note: str = ""
    pad: bool = True


def rules_folder() -> Path:
    """Return the folder of the rules that come with ftlint. Raises: PackError."""
    package = Path(__file__).parents[1]
    # The wheel carries a copy inside the package; a checkout has the folder beside `src`.
    for folder in (package / "_rules", package.parents[1] / "rules"):
        if folder.is_dir():
            return folder
    raise PackError(f"{package / '_rules'}: ftlint is installed without its rules")


def load_pack(folder: Path, user: bool = False) -> list[Rule]:
    """Return the rules of a pack by path; `user` packs may not claim FT. Raises: PackError."""
    if not folder.is_dir():
        raise PackError(f"{folder}: no such folder (a pack is a folder of YAML files)")
    paths = sorted(
        path
        for path in folder.rglob("*.yaml")
        if path.relative_to(folder).parts[0] not in NOT_RULES
    )
    rules = [load_rule(path, user) for path in paths]
    check_unique(rules)
    return rules


def load_rule(path: Path, user: bool = False) -> Rule:
    """Return the rule that a file declares. Raises: PackError."""
    document = load(path, PackError)
    if not isinstance(document.data, dict):
        raise document.error("", "a rule file is a mapping (code, name, kind, ...)")
    kind = _kind(document)
    _check_keys(document, kind)
    head = convert(_only(document, _names(_Head)), "", _Head)
    _check_identity(document, head, user)
    rule = convert(_only(document, _names(kind) - _names(_Head)), "", kind)
    rule = replace(
        rule,
        code=head.code,
        name=head.name,
        severity=Severity.parse(head.severity),
        message=head.message,
        documentation=Documentation(**{key: getattr(head, key) for key in _DOCUMENTATION}),
        good=_cases(document, "good"),
        bad=_cases(document, "bad"),
        origin=document.path,
        **_terms(document, head, rule),
        **_lists(document, head, rule),
    )
    for key, wrong in rule.mistakes():
        raise document.error(f"/{_kebab(key)}", wrong)
    return rule


def check_unique(rules: Iterable[Rule]) -> None:
    """Compare the codes and names of all rules of a run. Raises: PackError naming both places."""
    seen: dict[str, Rule] = {}
    for rule in rules:
        for what, word in (("code", rule.code), ("name", rule.name)):
            if word in seen:
                raise PackError(
                    f"{_origin(rule)}: {what} {word!r} is taken by {_origin(seen[word])}"
                )
            seen[word] = rule


def _origin(rule: Rule) -> str:
    return rule.origin if isinstance(rule, Declared) else f"{rule.code} ({type(rule).__module__})"


_DOCUMENTATION = tuple(field.name for field in fields(Documentation))

_Kind = type[Lexicon | Pattern | Threshold | Share | TokenPattern]


def _kebab(name: str) -> str:
    return name.replace("_", "-")


def _names(cls: type) -> set[str]:
    """Return the keys that a file has for the fields of `cls`."""
    return {_kebab(field.name) for field in fields(cls) if field.metadata.get("key", True)}


def _only(document: Document, keys: set[str]) -> Document:
    """Return the document without its other keys."""
    data = {key: value for key, value in document.data.items() if key in keys}
    return replace(document, data=data)


def _kind(document: Document) -> _Kind:
    word = document.data.get("kind")
    if word is None:
        raise document.error("", f"'kind' is missing ({', '.join(KINDS)})")
    if not isinstance(word, str) or word not in KINDS:
        near = suggest(str(word), KINDS)
        raise document.error("/kind", f"unknown kind {word!r}{near} ({', '.join(KINDS)})")
    return KINDS[word]


def _check_keys(document: Document, kind: _Kind) -> None:
    known = _names(_Head) | _names(kind)
    if not {"terms"} & known:
        known.discard("terms-file")
    for key in document.data:
        if key not in known:
            raise document.error(f"/{key}", f"unknown key {key!r}{suggest(key, sorted(known))}")


def _check_identity(document: Document, head: _Head, user: bool) -> None:
    if not _CODE.fullmatch(head.code):
        raise document.error(
            "/code", f"code {head.code!r} is not 2 to 4 capitals and 3 digits, such as ACME001"
        )
    if user and head.code.startswith("FT"):
        raise document.error(
            "/code", f"code {head.code!r} begins with FT, which is kept for ftlint's own rules"
        )
    if not _NAME.fullmatch(head.name):
        raise document.error("/name", f"name {head.name!r} is not in kebab case, such as no-user")


def _terms(document: Document, head: _Head, rule: Declared) -> dict[str, Any]:
    """Return the option `terms`, decoded, with what it gets from files and `alternatives`."""
    if not isinstance(rule, Lexicon | Share):
        return {}
    own = (*rule.terms, *(rule.alternatives if isinstance(rule, Lexicon) else ()))
    terms = [*own, *_filed(document, head.terms_file, "/terms-file")]
    # Two languages may share a term.
    return {"terms": tuple(dict.fromkeys(_plain(term, head) for term in terms))}


def _lists(document: Document, head: _Head, rule: Declared) -> dict[str, Any]:
    """Return the option `lists`, decoded, with what it gets from files."""
    if not isinstance(rule, TokenPattern):
        return {}
    lists = {name: list(words) for name, words in rule.lists.items()}
    for name, pattern in rule.list_files.items():
        place = f"/list-files/{name}"
        lists.setdefault(name, []).extend(_filed(document, pattern, place))
    encoded = rule.encoded_lists or tuple(lists)
    return {
        "lists": {
            name: tuple(_plain(word, head) if name in encoded else word for word in words)
            for name, words in lists.items()
        }
    }


def _plain(word: str, head: _Head) -> str:
    return codecs.decode(word, "rot13") if head.encoded else word


def _filed(document: Document, name: str, place: str) -> list[str]:
    """Return the terms of the files `name`, which may be a glob."""
    if not name:
        return []
    folder = Path(document.path).parent
    paths = sorted(folder.glob(name)) if "*" in name else [folder / name]
    if not paths:
        raise document.error(place, f"{folder / name}: no such file")
    return [term for path in paths for term in _listed(document, path, place)]


def _listed(document: Document, path: Path, place: str) -> Iterator[str]:
    """Yield the terms of one file: one a line; empty lines and comments are none."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as bad:
        reason = bad.strerror if isinstance(bad, OSError) else "not UTF-8"
        raise document.error(place, f"{path} cannot be read: {reason}") from None
    yield from filter(None, (line.strip() for line in lines if not line.startswith("#")))


def _cases(document: Document, key: Literal["good", "bad"]) -> tuple[Case, ...]:
    entries = document.data.get(key)
    if not entries:
        raise document.error(f"/{key}", f"no {key} case (give at least one)")
    return tuple(_case(document, key, index) for index in range(len(entries)))


def _case(document: Document, key: Literal["good", "bad"], index: int) -> Case:
    place = f"/{key}/{index}"
    entry = convert(document, place, _Entry)
    if (entry.example is None) == (not entry.examples):
        raise document.error(place, "give one of example and examples")
    if (entry.at is None) != (key == "good"):
        wrong = "a good case has no 'at'" if key == "good" else "'at' is missing"
        raise document.error(place, wrong)
    records = entry.examples or (entry.example,)
    at = [] if entry.at is None else entry.at if isinstance(entry.at, list) else [entry.at]
    if not all(isinstance(where, str) for where in at) or (key == "bad" and not at):
        raise document.error(f"{place}/at", "at is a place such as /messages/0/content, or a list")
    lines = tuple(generate(document, place, record) for record in records)
    return Case(lines, tuple(at), entry.note, pad=entry.pad)


_FORMS = {"$repeat": "[text, number]", "$concat": "[text, ...]", "$rot13": "a text"}


def generate(document: Document, place: str, value: Any) -> Any:
    """Return `value` with each `{$repeat: [text, n]}`, `{$concat: [a, b]}`, `{$rot13: a}` made.

    So a file need not hold long strings, nor strings that look like live secrets, nor slurs.
    """
    if isinstance(value, list):
        return [generate(document, place, item) for item in value]
    if not isinstance(value, dict):
        return value
    match list(value.items()):
        case [("$repeat", [text, int(count)])]:
            return generate(document, place, text) * count
        case [("$concat", [*parts])]:
            return "".join(generate(document, place, part) for part in parts)
        case [("$rot13", str(text))]:
            return codecs.decode(text, "rot13")
        case [(("$repeat" | "$concat" | "$rot13") as name, _)]:
            form = _FORMS[name]
            raise document.error(place, f"{name} wants {form}")
    return {key: generate(document, place, item) for key, item in value.items()}
