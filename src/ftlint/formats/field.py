"""Fields: what a shape says of the values in its records; the checks of a shape follow from it.

A description is data made of the kinds below. `flaws` compares a value with one and yields each
place where they differ; the rules about records of other shapes than chat report these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, Literal

from ftlint.decode import kind
from ftlint.pointer import join
from ftlint.value import dataclass
from ftlint.wording import shown

Sort = Literal["missing", "type", "unknown", "word", "blank", "length"]
"""A key that is not there, a value of a wrong type, a key too many, a word that is not one of
those allowed, a text without any letter, a list that is too short or too long."""


class Flaw:
    """One place where a record differs from the description of its shape."""

    __slots__ = ("data", "key", "pointer", "sort")

    def __init__(self, sort: Sort, pointer: str, key: bool = False, **data: Any) -> None:
        """Keep the sort, the place (that of a key when `key`), and what the message names."""
        self.sort = sort
        self.pointer = pointer
        self.key = key
        self.data = data


@dataclass(frozen=True, slots=True)
class Text:
    """A string; not blank, unless `blank`."""

    blank: bool = False
    words = "a string"


@dataclass(frozen=True, slots=True)
class Word:
    """One of some strings."""

    of: tuple[str, ...]
    meant: Mapping[str, str] = field(default_factory=dict)
    """What words of other shapes are called here."""
    words = "a string"


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean."""

    words = "a boolean"


@dataclass(frozen=True, slots=True)
class Anything:
    """Any value."""

    words = "a value"


@dataclass(frozen=True, slots=True)
class Items:
    """A list of values of one kind."""

    of: Kind
    least: int = 0
    most: int | None = None
    words = "a list"


@dataclass(frozen=True, slots=True)
class Members:
    """An object."""

    required: Mapping[str, Kind] = field(default_factory=dict)
    optional: Mapping[str, Kind] = field(default_factory=dict)
    open: bool = False
    """Whether further keys are taken."""
    one: tuple[tuple[str, ...], ...] = ()
    """Groups of keys of which exactly one must be there; they are among the optional ones."""
    meant: Mapping[str, str] = field(default_factory=dict)
    """Keys of other shapes, and what they are called here."""
    words = "an object"


@dataclass(frozen=True, slots=True)
class Either:
    """A value of one of several kinds, told apart by their JSON type."""

    of: tuple[Kind, ...]

    @property
    def words(self) -> str:
        """Return what the value can be."""
        return " or ".join(one.words for one in self.of)


Kind = Text | Word | Flag | Anything | Items | Members | Either

OBJECT = Members(open=True)
"""An object that other rules judge, such as a message as chat has it."""
SPOKEN = Either((Text(), Items(OBJECT, least=1)))
"""A text, or messages as chat has them (TRL's standard and conversational columns)."""


def flaws(of: Kind, value: Any, pointer: str = "") -> Iterator[Flaw]:
    """Yield where `value` differs from what it should be, in no more depth than it fits."""
    fits = isinstance(value, _types(of))
    if isinstance(of, Either):
        fitting = [one for one in of.of if isinstance(value, _types(one))]
        if fitting:
            yield from flaws(fitting[0], value, pointer)
        else:
            yield _type(of, value, pointer)
    elif not fits:
        yield _type(of, value, pointer)
    elif isinstance(of, Text):
        if not of.blank and not value.strip():
            yield Flaw("blank", pointer, found="empty" if not value else "blank")
    elif isinstance(of, Word):
        if value not in of.of:
            hint = f"; did you mean {of.meant[value]!r}?" if value in of.meant else ""
            yield Flaw("word", pointer, found=shown(value), allowed=_listed(of.of), hint=hint)
    elif isinstance(of, Items):
        yield from _items(of, value, pointer)
    elif isinstance(of, Members):
        yield from _members(of, value, pointer)


def _items(of: Items, value: list[Any], pointer: str) -> Iterator[Flaw]:
    if len(value) < of.least or (of.most is not None and len(value) > of.most):
        count = len(value)
        found = f"a list of {count}" if count else "an empty list"
        yield Flaw("length", pointer, found=found, allowed=f"a list of {_range(of)}")
    for index, item in enumerate(value):
        yield from flaws(of.of, item, f"{pointer}/{index}")


def _members(of: Members, value: dict[str, Any], pointer: str) -> Iterator[Flaw]:
    odd = [] if of.open else [key for key in value if not _known(of, key)]
    lacking = [key for key in of.required if key not in value]
    renamed = _renamed(of, lacking, odd, value)
    for key in lacking:
        hint = _instead(of, key, value) or (f"; it has {shown(odd[0])}" if renamed else "")
        yield Flaw("missing", pointer, wanted=repr(key), hint=hint)
    for group in of.one:
        found = [key for key in group if key in value]
        if len(found) > 1:
            yield Flaw("unknown", pointer + join([found[1]]), True, found=shown(found[1]))
        elif not found:
            hint = f"; it has {', '.join(map(shown, odd[:3]))}" if odd else ""
            yield Flaw("missing", pointer, wanted=_listed(group), hint=hint)
            renamed = True
    for key, inner in value.items():
        known = of.required.get(key) or of.optional.get(key)
        place = pointer + join([key])
        if known is not None:
            yield from flaws(known, inner, place)
        elif not (of.open or renamed or of.meant.get(key) in lacking):
            yield Flaw("unknown", place, True, found=shown(key))


def _known(of: Members, key: str) -> bool:
    return key in of.required or key in of.optional


def _renamed(of: Members, lacking: list[str], odd: list[str], value: Mapping[str, Any]) -> bool:
    """Return whether the one key too many holds what the one key that is missing would."""
    return (
        len(lacking) == len(odd) == 1
        and next(flaws(of.required[lacking[0]], value[odd[0]]), None) is None
    )


def _instead(of: Members, key: str, value: Mapping[str, Any]) -> str:
    """Return which key of the record is the one that is missing, under another name."""
    there = [other for other in value if of.meant.get(other) == key]
    there += [other for other in value if other not in there and other.lower() == key.lower()]
    return f"; {shown(there[0])} is another shape's name for it" if there else ""


def _type(of: Kind, value: Any, pointer: str) -> Flaw:
    return Flaw("type", pointer, found=kind(value), allowed=of.words)


def _types(of: Kind) -> type | tuple[type, ...]:
    match of:
        case Text() | Word():
            return str
        case Flag():
            return bool
        case Items():
            return list
        case Members():
            return dict
        case Either():
            return tuple(each for one in of.of for each in [_types(one)] if isinstance(each, type))
    return object


def _listed(words: tuple[str, ...]) -> str:
    if len(words) == 1:
        return repr(words[0])
    return ", ".join(repr(word) for word in words[:-1]) + f" or {words[-1]!r}"


def _range(of: Items) -> str:
    if of.most is None:
        return f"at least {of.least}"
    return f"exactly {of.least}" if of.least == of.most else f"{of.least} to {of.most}"
