"""Documents as dataclasses: values, mistakes with their place, and the schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import jsonschema
import pytest
from documents import folder, read
from hypothesis import given, settings
from hypothesis import strategies as st

from ftlint.configuration.document import Document, convert, convert_value, schema, suggest
from ftlint.error import ConfigError, FtlintError

__all__ = ["folder"]  # fixtures


@dataclass(frozen=True)
class Inner:
    """What is inside."""

    size: int
    share: float = 0.5


@dataclass(frozen=True)
class Outer:
    """What a file says.

    More of it.
    """

    kind: Literal["a", "b", 3]
    name: str = field(default="x", metadata={"doc": "What it is called."})
    select: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    inner: Inner | None = None
    inners: tuple[Inner, ...] = ()
    by_name: Mapping[str, Inner] = field(default_factory=dict)
    any_thing: Any = None
    is_on: bool = False
    limit: int = field(default=1, metadata={"minimum": 0})
    words: frozenset[str] = frozenset()
    either: int | tuple[str, ...] = 0
    hidden: int = field(default=7, metadata={"key": False})

    def __post_init__(self) -> None:
        if self.name == "bad":
            raise ValueError("'name' is bad")


def outer(text: str, pointer: str = "") -> Outer:
    return convert(read(text), pointer, Outer)


def test_convert() -> None:
    assert outer("kind: a") == Outer("a")
    assert outer(
        "kind: 3\nname: n\nselect: one\nsizes: [1, 2]\ninner: {size: 1, share: 1}\n"
        "inners: [{size: 2}]\nby-name: {x: {size: 3}}\nany-thing: [1]\nis-on: yes\nlimit: 0\n"
        "words: [b]\neither: [x]\n"
    ) == Outer(
        3,
        "n",
        ("one",),
        (1, 2),
        Inner(1, 1.0),
        (Inner(2),),
        {"x": Inner(3)},
        [1],
        True,
        0,
        frozenset("b"),
        ("x",),
    )
    assert outer("kind: b\ninner: null\neither: 4") == Outer("b", either=4)
    assert outer("x: [{kind: a}]", "/x/0") == Outer("a")


CONVERT_ERRORS = [
    ("", "1:1: 'kind' is missing"),
    ("[]", "1:1: the file must be a mapping, not a list"),
    (
        "kind: a\nselct: [x]",
        "2:1: unknown key 'selct'; did you mean 'select'? (known: any-thing, "
        "by-name, either, inner, inners, is-on, kind, limit, name, select, sizes, words)",
    ),
    (
        "kind: a\nhidden: 1",
        "2:1: unknown key 'hidden' (known: any-thing, by-name, either, inner, "
        "inners, is-on, kind, limit, name, select, sizes, words)",
    ),
    ("kind: aa", "1:1: 'kind' must be a, b or 3, not 'aa'; did you mean 'a'?"),
    ("kind: '3'", "1:1: 'kind' must be a, b or 3, not '3'"),
    ("kind: true", "1:1: 'kind' must be a, b or 3, not a boolean"),
    ("kind: a\nname: 1", "2:1: 'name' must be a string, not a number"),
    ("kind: a\nname:", "2:1: 'name' must be a string, not null"),
    ("kind: a\nselect: 1", "2:1: 'select' must be a list of strings, not a number"),
    ("kind: a\nselect:\n- x\n- 1", "4:3: an item of 'select' must be a string, not a number"),
    ("kind: a\nsizes: x", "2:1: 'sizes' must be a list of whole numbers, not a string"),
    ("kind: a\nsizes: [1.5]", "2:9: an item of 'sizes' must be a whole number, not a number"),
    ("kind: a\ninner: []", "2:1: 'inner' must be a mapping, not a list"),
    ("kind: a\ninner: {share: 1}", "2:1: 'size' is missing"),
    ("kind: a\ninner: {size: yes}", "2:9: 'size' must be a whole number, not a boolean"),
    ("kind: a\ninner: {size: 1, share: x}", "2:18: 'share' must be a number, not a string"),
    (
        "kind: a\ninners: [{size: 1}, 2]",
        "2:21: an item of 'inners' must be a mapping, not a number",
    ),
    ("kind: a\ninners: 1", "2:1: 'inners' must be a list, not a number"),
    ("kind: a\nby-name: [x]", "2:1: 'by-name' must be a mapping, not a list"),
    ("kind: a\nby-name: {x: 1}", "2:11: 'x' must be a mapping, not a number"),
    ("kind: a\nis-on: 1", "2:1: 'is-on' must be a boolean, not a number"),
    ("kind: a\nlimit: -1", "2:1: 'limit' must be 0 or more, not -1"),
    (
        "kind: a\neither: {}",
        "2:1: 'either' must be a whole number or a list of strings, not a mapping",
    ),
    ("kind: a\nname: bad", "1:1: 'name' is bad"),
]


@pytest.mark.parametrize(
    ("text", "message"), CONVERT_ERRORS, ids=[c[1][:50] for c in CONVERT_ERRORS]
)
def test_convert_errors(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        outer(text)
    assert str(caught.value) == f"x.yaml:{message}"


def test_a_place_in_aliased_data_is_the_alias() -> None:
    text = "kind: a\nany-thing: &a {size: x}\ninner: *a\n"
    with pytest.raises(ConfigError, match=r"^x\.yaml:3:1: 'size' must be a whole number"):
        outer(text)


def test_a_type_that_no_file_can_hold_is_a_bug() -> None:
    with pytest.raises(TypeError, match="complex"):
        convert_value(read("a: 1"), "/a", complex)


def test_error_falls_back_to_the_nearest_place() -> None:
    document = read("a:\n  b: [x]\n")
    assert str(document.error("/a/b/0/c/d", "m")) == "x.yaml:2:7: m"
    assert str(document.error("/a/c", "m")) == "x.yaml:1:1: m"
    assert str(Document("y", {}).error("/a", "m")) == "y:1:1: m"
    assert type(document.error("", "m")) is ConfigError
    assert type(Document("y", {}).error("", "m")) is FtlintError


def test_part() -> None:
    part = read("a: 1\nb:\n  c: [x]\nbb: 2\n").part("/b")
    assert (part.data, part.marks) == ({"c": ["x"]}, {"": (2, 1), "/c": (3, 3), "/c/0": (3, 7)})
    assert str(part.error("/d", "m")) == "x.yaml:2:1: m"


def test_suggest() -> None:
    assert suggest("selct", ["ignore", "select"]) == "; did you mean 'select'?"
    assert suggest("ft104", ["FT104", "FT900"]) == "; did you mean 'FT104'?"
    assert suggest("zzz", ["ignore", "select"]) == ""
    assert suggest("x", []) == ""


def test_schema() -> None:
    made = schema(Outer)
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert made["description"] == "What a file says."
    assert made["required"] == ["kind"]
    assert made["additionalProperties"] is False
    members = made["properties"]
    assert members["kind"] == {"enum": ["a", "b", 3]}
    assert members["name"] == {
        "description": "What it is called.",
        "default": "x",
        "type": "string",
    }
    assert members["limit"] == {"minimum": 0, "default": 1, "type": "integer"}
    assert members["select"]["anyOf"] == [
        {"type": "array", "items": {"type": "string"}},
        {"type": "string"},
    ]
    assert members["sizes"] == {"type": "array", "items": {"type": "integer"}}
    assert members["inner"]["anyOf"][1] == {"type": "null"}
    assert members["by-name"]["additionalProperties"]["required"] == ["size"]
    assert members["any-thing"] == {}
    assert "hidden" not in members


VALUES = st.sampled_from(
    ["a", "b", 3, "x", True, None, 1, -1, 0.5, [], ["x"], [1], {}, {"size": 1}, {"size": "x"},
     [{"size": 2, "share": 1}], [{"share": 1}], {"k": {"size": 1}}, {"size": 1, "k": 2}]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*schema(Outer)["properties"], "hidden", "by_name"]), VALUES, max_size=3
    ),
    st.sampled_from([{}, {"kind": "a"}]),
)
def test_the_schema_takes_what_convert_takes(some: dict[str, Any], more: dict[str, Any]) -> None:
    data = {**more, **some}
    try:
        convert(Document("x", data), "", Outer)
        taken = True
    except FtlintError:
        taken = False
    assert jsonschema.Draft202012Validator(schema(Outer)).is_valid(data) is taken
