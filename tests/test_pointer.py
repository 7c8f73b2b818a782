"""Places found by `ftlint.pointer` against a writer that records them as it writes."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from records import slice_of

from ftlint.pointer import Extent, PointerError, inside, join, locate, nearest, resolve, tokens

# --- the oracle -----------------------------------------------------------------------------

HIGH, LOW = "\ud83d", "\ude00"
SHORT = {'"': '"', "\\": "\\", "/": "/"} | dict(zip("\b\f\n\r\t", "bfnrt", strict=True))
PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


@dataclass(frozen=True)
class Members:
    """A JSON object as it is written: duplicates and order are kept."""

    pairs: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Place:
    """What the writer knows about one value; `edges` are offsets between its characters."""

    value: Extent
    key: Extent | None
    edges: tuple[int, ...] = ()


class Writer:
    """Writes JSON with random white space and escapes, and notes where everything went."""

    def __init__(self, seed: int) -> None:
        """Start with an empty text; the seed decides the form."""
        self.random = random.Random(seed)
        self.pieces: list[str] = []
        self.size = 0
        self.places: dict[str, Place] = {}

    @property
    def text(self) -> str:
        """All that was written."""
        return "".join(self.pieces)

    def put(self, piece: str) -> None:
        """Write a piece as it is."""
        self.pieces.append(piece)
        self.size += len(piece)

    def space(self) -> None:
        """Write white space, or none."""
        self.put("".join(self.random.choices(" \t\r\n", k=self.random.choice((0, 0, 0, 1, 3)))))

    def whole(self, node: Any) -> Writer:
        """Write the value of the line, with white space around it."""
        self.space()
        self.value(node, "", None)
        self.space()
        return self

    def value(self, node: Any, pointer: str, key: Extent | None) -> None:
        """Write a value; what an earlier duplicate left at the pointer or below is forgotten."""
        for old in list(self.places):
            if old == pointer or old.startswith(pointer + "/"):
                del self.places[old]
        start = self.size
        edges: tuple[int, ...] = ()
        if isinstance(node, str):
            edges = self.characters(node)
        elif isinstance(node, list):
            self.items("[]", [(None, item) for item in node], pointer)
        elif isinstance(node, Members):
            self.items("{}", list(node.pairs), pointer)
        else:
            self.put(json.dumps(node))
        self.places[pointer] = Place(Extent(start, self.size), key, edges)

    def items(self, brackets: str, items: list[tuple[str | None, Any]], pointer: str) -> None:
        """Write the inside of a list or an object, and its brackets."""
        self.put(brackets[0])
        self.space()
        for index, (name, item) in enumerate(items):
            if index:
                self.separate(",")
            key = None
            if name is not None:
                start = self.size
                self.characters(name)
                key = Extent(start, self.size)
                self.separate(":")
            self.value(item, f"{pointer}/{escape(str(index) if name is None else name)}", key)
        self.space()
        self.put(brackets[1])

    def separate(self, sign: str) -> None:
        """Write a comma or a colon, with white space around it."""
        self.space()
        self.put(sign)
        self.space()

    def characters(self, value: str) -> tuple[int, ...]:
        """Write a string; return the offsets before each of its characters and at its end."""
        self.put('"')
        edges = []
        for character in value:
            edges.append(self.size)
            self.put(self.spelling(character))
        edges.append(self.size)
        self.put('"')
        return tuple(edges)

    def spelling(self, character: str) -> str:
        """Return one of the ways to write a character."""
        code = ord(character)
        units = [code]
        if code > 0xFFFF:
            units = [0xD800 + (code - 0x10000 >> 10), 0xDC00 + (code - 0x10000 & 0x3FF)]
        digits = self.random.choice(("{:04x}", "{:04X}"))
        ways = ["".join("\\u" + digits.format(unit) for unit in units)]
        if character in SHORT:
            ways.append("\\" + SHORT[character])
        if code >= 0x20 and character not in '"\\' and not 0xD800 <= code <= 0xDFFF:
            ways += [character] * 4
        return self.random.choice(ways)


def escape(part: str) -> str:
    """Return a reference token, escaped one character at a time."""
    return "".join({"~": "~0", "/": "~1"}.get(character, character) for character in part)


# --- strategies -----------------------------------------------------------------------------

characters = st.one_of(
    st.characters(),  # includes lone surrogates
    st.sampled_from(['"', "\\", "/", "~", "\n", "\t", "\x00", "\x7f", "é", "😀", HIGH, LOW, "0"]),
)


# Two neighbouring halves would be read back as one character.
texts = st.text(characters, max_size=12).filter(lambda text: not PAIR.search(text))
keys = st.one_of(st.sampled_from(["", "a", "b", "~", "/", "~1", "0", "1", "-", "é"]), texts)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), texts
)
nodes = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.lists(st.tuples(keys, inner), max_size=5).map(lambda pairs: Members(tuple(pairs))),
    ),
    max_leaves=20,
)
seeds = st.integers(0, 2**32)
written = st.builds(lambda seed, node: Writer(seed).whole(node), seeds, nodes)


# --- laws -----------------------------------------------------------------------------------


@given(written)
def test_every_place_is_found_where_it_was_written(writer: Writer) -> None:
    for pointer, place in writer.places.items():
        assert locate(writer.text, pointer) == place.value
        assert locate(writer.text, pointer, key=True) == place.key
        assert nearest(writer.text, pointer) == (pointer, place.value)


@given(written)
def test_an_extent_decodes_to_the_value_that_the_pointer_names(writer: Writer) -> None:
    whole = json.loads(writer.text)
    for pointer in writer.places:
        shown = slice_of(writer.text, locate(writer.text, pointer))
        assert shown is not None
        assert json.loads(shown) == resolve(whole, pointer)


@given(written, st.lists(keys, max_size=4))
def test_a_pointer_that_was_not_written_leads_nowhere(writer: Writer, parts: list[str]) -> None:
    pointer = "".join("/" + escape(part) for part in parts)
    assume(pointer not in writer.places)
    depth = max(d for d in range(len(parts) + 1) if join(parts[:d]) in writer.places)
    above = join(parts[:depth])
    assert locate(writer.text, pointer) is None
    assert locate(writer.text, pointer, key=True) is None
    assert nearest(writer.text, pointer) == (above, writer.places[above].value)
    with pytest.raises(PointerError):
        resolve(json.loads(writer.text), pointer)


@given(seeds, texts, st.data())
def test_a_span_covers_the_characters_it_counts(seed: int, value: str, data: st.DataObject) -> None:
    writer = Writer(seed).whole([0, value, 0])
    place = writer.places["/1"]
    assert len(json.loads(slice_of(writer.text, place.value) or "")) == len(place.edges) - 1
    begin = data.draw(st.integers(0, len(value)))
    end = data.draw(st.integers(begin, len(value)))
    expected = Extent(place.edges[begin], place.edges[end])
    assert inside(writer.text, place.value, (begin, end)) == expected


@given(seeds, texts)
def test_the_characters_of_a_string_tile_it(seed: int, value: str) -> None:
    writer = Writer(seed).whole(value)
    place = writer.places[""]
    for index, (start, end) in enumerate(pairwise(place.edges)):
        assert inside(writer.text, place.value, (index, index + 1)) == Extent(start, end)


@given(st.lists(st.one_of(keys, st.integers(0, 10**20))))
def test_tokens_undo_join(parts: list[str | int]) -> None:
    assert tokens(join(parts)) == tuple(map(str, parts))
    assert join(parts) == "".join("/" + escape(str(part)) for part in parts)


@given(written, st.data())
def test_a_text_is_refused_exactly_when_the_decoder_refuses_it(
    writer: Writer, data: st.DataObject
) -> None:
    text = writer.text
    cut = data.draw(st.integers(0, len(text)))
    dropped = data.draw(st.integers(0, 3))
    added = data.draw(st.text('"\\{}[]:,0-.eE1 \nutrn\x01\ufeff', max_size=3))
    text = text[:cut] + added + text[cut + dropped :]
    pointer = data.draw(st.sampled_from(sorted(writer.places)))
    try:
        whole = json.loads(text)
    except ValueError:
        assert locate(text, pointer) is None
        assert nearest(text, pointer) == ("", Extent(0, len(text)))
        return
    try:
        expected = resolve(whole, pointer)
    except PointerError:
        assert locate(text, pointer) is None
        return
    shown = slice_of(text, locate(text, pointer))
    assert shown is not None
    # By representation: True is not 1, and NaN is NaN.
    assert repr(json.loads(shown)) == repr(expected)


@given(st.text('"\\{}[]:,0-.1 a', max_size=30), st.sampled_from(["", "/a", "/0", "/a/0"]))
def test_any_text_is_survived(text: str, pointer: str) -> None:
    try:
        json.loads(text)
    except ValueError:
        assert locate(text, pointer) is None
    else:
        assert locate(text, "") is not None
