"""Frozen values compare, hash, print, pickle and refuse as those of `dataclasses` do."""

from __future__ import annotations

import dataclasses
import pickle
from dataclasses import FrozenInstanceError, field
from math import nan
from typing import Any, ClassVar

import pytest

from ftlint.value import OFTEN, dataclass


@dataclass(frozen=True)
class Nothing:
    """No field."""

    code: ClassVar[str] = "X"


@dataclass(frozen=True)
class One(Nothing):
    """One field."""

    size: float = 1


@dataclass(frozen=True)
class Named(One):
    """No field of its own."""

    code = "Y"


@dataclass(frozen=True, slots=True)
class Slots:
    """Slots, and all that a field can be."""

    name: str
    seen: dict[str, int] = field(default_factory=dict, hash=False)
    place: str = field(default="", compare=False)
    hidden: int = field(default=0, repr=False)


@dataclass(frozen=True, kw_only=True)
class Checked(One):
    """A value that is checked, and prints as it likes."""

    limit: int = 3

    def __post_init__(self) -> None:
        """Refuse what is below zero."""
        if self.limit < 0:
            raise ValueError("limit")

    def __repr__(self) -> str:
        """Return the limit alone."""
        return f"<{self.limit}>"


@dataclass(frozen=True)
class Later(One):
    """Checks what its parent does not, without a field of its own."""

    def __post_init__(self) -> None:
        """Refuse zero."""
        if not self.size:
            raise ValueError("size")


def oracle(kind: type) -> type:
    """Return the same class as `dataclasses` makes it."""
    members = {
        key: value for key, value in kind.__dict__.items() if key in ("__doc__", "__post_init__")
    }
    if kind is Checked:
        members["__repr__"] = kind.__dict__["__repr__"]
    fields = [
        (
            each.name,
            each.type,
            field(
                default=each.default,
                default_factory=each.default_factory,
                compare=each.compare,
                hash=each.hash,
                repr=each.repr,
                init=each.init,
                kw_only=each.kw_only,
            ),
        )
        for each in dataclasses.fields(kind)
    ]
    return dataclasses.make_dataclass(kind.__name__, fields, namespace=members, frozen=True)


VALUES: list[tuple[type, list[dict[str, Any]]]] = [
    (Nothing, [{}]),
    (One, [{}, {"size": 2}, {"size": nan}]),
    (Named, [{}, {"size": 2}, {"size": nan}]),
    (Slots, [{"name": "a"}, {"name": "a", "place": "b"}, {"name": "a", "seen": {"b": 1}}]),
    (Slots, [{"name": "b", "hidden": 1}, {"name": "b", "hidden": 2, "place": "c"}]),
    (Checked, [{}, {"limit": 4}, {"size": 3, "limit": 4}]),
    (Later, [{"size": 1}, {"size": 2}]),
]


@pytest.mark.parametrize(("kind", "given"), VALUES)
def test_values_are_as_dataclasses_makes_them(kind: type, given: list[dict[str, Any]]) -> None:
    twin = oracle(kind)
    ours, theirs = [kind(**each) for each in given], [twin(**each) for each in given]
    for a, x in zip(ours, theirs, strict=True):
        assert repr(a) == repr(x)
        assert hash(a) == hash(x)
        assert dataclasses.asdict(a) == dataclasses.asdict(x)
        assert repr(pickle.loads(pickle.dumps(a))) == repr(a)
        assert [a == b for b in ours] == [x == y for y in theirs]
        assert dataclasses.replace(a) == a
    assert ours[0] != theirs[0]


@pytest.mark.parametrize("value", [Nothing(), One(), Named(), Slots("a"), Checked(), Later()])
def test_values_cannot_be_changed(value: Any) -> None:
    for name in ("size", "name", "other"):
        with pytest.raises((FrozenInstanceError, TypeError)):
            setattr(value, name, 1)
        with pytest.raises((FrozenInstanceError, TypeError)):
            delattr(value, name)


def test_a_check_after_the_fields_runs() -> None:
    for make in (lambda: Checked(limit=-1), lambda: Later(0)):
        with pytest.raises(ValueError, match=r"limit|size"):
            make()


def test_kinds_differ_and_plain_classes_inherit() -> None:
    class Plain(One):
        pass

    assert One(2) != Named(2) and One() != Plain() and Plain(3) == Plain(3)
    assert Named(5) == Named(5) and hash(Named(5)) == hash(Named(5.0))
    standard = dataclasses.dataclass(frozen=True)(Plain)
    assert standard(4) == standard(4)


def test_few_values_and_many_are_made_alike() -> None:
    @dataclass(frozen=True)
    class Fresh:
        """All that a field can be."""

        name: str
        size: int = 1
        seen: list[int] = field(default_factory=list)
        fixed: int = field(default=7, init=False)
        loud: bool = field(default=False, kw_only=True)

    twin = oracle(Fresh)
    before = Fresh.__init__
    made = [Fresh("a", number, loud=True) for number in range(OFTEN + 3)]
    assert Fresh.__init__ is not before
    alike = [twin("a", number, loud=True) for number in range(OFTEN + 3)]
    assert list(map(dataclasses.asdict, made)) == list(map(dataclasses.asdict, alike))
    assert made[0].seen is not made[1].seen and made[-1].seen is not made[-2].seen


@pytest.mark.parametrize(
    ("args", "given"),
    [((), {}), ((1, {}, "", 0, 5), {}), (("a",), {"name": "b"}), (("a",), {"other": 1})],
)
def test_wrong_calls_are_refused_in_the_same_words(args: Any, given: dict[str, Any]) -> None:
    with pytest.raises(TypeError) as ours:
        Slots(*args, **given)
    with pytest.raises(TypeError) as theirs:
        oracle(Slots)(*args, **given)
    assert str(ours.value) == str(theirs.value).removeprefix("types.")


def test_values_that_change_have_no_hash() -> None:
    @dataclass
    class Changing:
        """A value that may change."""

        size: int = 1

    @dataclass(slots=True)
    class Slotted:
        """The same with slots."""

        size: int = 1

    for kind in (Changing, Slotted):
        value = kind(2)
        value.size = 3
        assert value == kind(3) and value != kind(2)
        with pytest.raises(TypeError):
            hash(value)
    with pytest.raises(AttributeError):
        Slotted().other = 1  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        dataclass(frozen=True)(type("Late", (Changing,), {}))
