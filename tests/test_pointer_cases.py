"""Pointers by tables of texts and places, and the work they take."""

from __future__ import annotations

import json
import string
import sys
from collections.abc import Callable
from types import FrameType

import pytest
from records import slice_of

from ftlint.pointer import Extent, PointerError, inside, locate, nearest, resolve, tokens

# --- named cases ----------------------------------------------------------------------------

DUPLICATES = '{"a": {"x": 1, "y": 2}, "b": 3, "a": {"x": 4}}'
PLACES = {
    "whole value is trimmed": (' \t{"a":1}\r\n', "", '{"a":1}'),
    "scalar line": (" 12 ", "", "12"),
    "member": ('{"a" : [1] , "b":2}', "/a", "[1]"),
    "last of a list": ("[1, 22,333]", "/2", "333"),
    "empty key": ('{"":{"":7}}', "//", "7"),
    "slash in a key": ('{"a/b":1,"a":{"b":2}}', "/a~1b", "1"),
    "tilde in a key": ('{"~1":1,"/":2}', "/~01", "1"),
    "escaped key": ('{"\\u0061\\n":1}', "/a\n", "1"),
    "key from a surrogate pair": ('{"\\ud83d\\ude00":1}', "/😀", "1"),
    "digits as a key": ('{"0":"zero"}', "/0", '"zero"'),
    "brackets in a string": ('{"a":"]}\\"[{","b":5}', "/b", "5"),
    "backslashes before a quote": ('{"a":"\\\\","b":5}', "/b", "5"),
    "empty containers": ('[{},[ ],{ },"x"]', "/3", '"x"'),
    "skipped containers": ('[[[1],{"0":[2]}],{"a":[{}]},8]', "/2", "8"),
    "numbers": ("[-0.5e+10,1E9,0]", "/0", "-0.5e+10"),
    "number that no decoder calls JSON": ("[NaN,-Infinity]", "/1", "-Infinity"),
    "last duplicate": (DUPLICATES, "/a", '{"x": 4}'),
    "below the last duplicate": (DUPLICATES, "/a/x", "4"),
    "only below the first duplicate": (DUPLICATES, "/a/y", None),
    "last duplicate is no container": ('{"a":[1],"a":2}', "/a/0", None),
    "duplicates spelled differently": ('{"a":1,"\\u0061":2}', "/a", "2"),
    "duplicate above": ('{"a":{"b":{"c":1}},"a":{"b":{"d":1}}}', "/a/b/c", None),
    "missing key": ('{"a":1}', "/b", None),
    "prefix of a key": ('{"ab":1}', "/a", None),
    "index past the end": ("[1,2]", "/2", None),
    "index with a leading zero": ("[1,2]", "/01", None),
    "index with a sign": ("[1,2]", "/+1", None),
    "index in other digits": ("[1,2]", "/\u0661", None),
    "index of 5,000 digits": ("[1,2]", "/" + "1" * 5000, None),
    "place after the end": ("[1,2]", "/-", None),
    "below a scalar": ('{"a":1}', "/a/b", None),
    "below a string": ('["abc"]', "/0/0", None),
}


@pytest.mark.parametrize(("text", "pointer", "expected"), PLACES.values(), ids=PLACES.keys())
def test_places(text: str, pointer: str, expected: str | None) -> None:
    assert slice_of(text, locate(text, pointer)) == expected


BROKEN = {
    "nothing": "",
    "two values": "1 2",
    "two values in a list": "[1 2]",
    "two members": '{"a":1 "b":2}',
    "comma before the first": "[,1]",
    "comma after the last": "[1,]",
    "comma after the last member": '{"a":1,}',
    "comma alone": "{,}",
    "wrong closer": "[1}",
    "wrong closer as a comma": "[1}2]",
    "no closer": "[1,2",
    "one closer too many": "[1]]",
    "no colon": '{"a" 1}',
    "no value": '{"a":}',
    "no key": "{1}",
    "bare key": "{a:1}",
    "unclosed string": '["a',
    "unknown escape": '["\\q"]',
    "short code": '["\\u12"]',
    "control character": '["\x01"]',
    "control character in a key": '{"\x01":1}',
    "leading zero": "[01]",
    "sign alone": "[-]",
    "no digit after the point": "[1.]",
    "cut literal": "[tru]",
    "literal with a tail": "[nullx]",
    "white space beyond JSON's": "[1,\xa02]",
    "byte-order mark": "\ufeff1",
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_a_text_that_is_not_json_holds_no_place(broken: str) -> None:
    with pytest.raises(ValueError):
        json.loads(broken)
    beside, before = f'[{broken},{{"a":1}}]', f'{{"a":1,"b":{broken}}}'
    for text, pointer in ((broken, ""), (broken, "/0"), (broken, "/a"), (beside, "/1/a")):
        assert locate(text, pointer) is None
    # The place has been found when the fault comes.
    assert locate(before, "/a") is None
    assert nearest(before, "/a") == ("", Extent(0, len(before)))


@pytest.mark.parametrize("text", ["", " ", " \r\n"])
def test_a_blank_text_holds_no_place(text: str) -> None:
    assert locate(text, "") is None


KEYS = {
    "member": ('{"a": {"b" : 1}}', "/a/b", '"b"'),
    "as it is spelled": ('{"\\u0061":1}', "/a", '"\\u0061"'),
    "last duplicate": ('{"a":1,"\\u0061":2}', "/a", '"\\u0061"'),
    "list element": ("[1]", "/0", None),
    "whole value": ('{"a":1}', "", None),
    "missing": ('{"a":1}', "/b", None),
}


@pytest.mark.parametrize(("text", "pointer", "expected"), KEYS.values(), ids=KEYS.keys())
def test_keys(text: str, pointer: str, expected: str | None) -> None:
    assert slice_of(text, locate(text, pointer, key=True)) == expected


NEAREST = {
    "the place itself": ('{"a":[1]}', "/a/0", "/a/0", "1"),
    "missing key": (' {"a":[1]}', "/b/c", "", '{"a":[1]}'),
    "missing element": ('{"a":[1]}', "/a/3/x", "/a", "[1]"),
    "below a scalar": ('{"a~":1}', "/a~0/b", "/a~0", "1"),
    "last duplicate": (DUPLICATES, "/a/y", "/a", '{"x": 4}'),
    "not JSON": (" {", "/a", "", " {"),
}


@pytest.mark.parametrize(
    ("text", "pointer", "above", "expected"), NEAREST.values(), ids=NEAREST.keys()
)
def test_nearest(text: str, pointer: str, above: str, expected: str) -> None:
    found, extent = nearest(text, pointer)
    assert (found, slice_of(text, extent)) == (above, expected)


SPANS = {
    "plain": ('"abc"', (1, 2), "b"),
    "empty at the start": ('"abc"', (0, 0), ""),
    "empty at the end": ('"abc"', (3, 3), ""),
    "empty string": ('""', (0, 0), ""),
    "short escape": ('"a\\nb"', (1, 2), "\\n"),
    "after an escape": ('"a\\nb"', (2, 3), "b"),
    "escaped backslash, then n": ('"\\\\n"', (1, 2), "n"),
    "code unit": ('"\\u00e9t\\u00e9"', (2, 3), "\\u00e9"),
    "surrogate pair": ('"x\\ud83d\\ude00y"', (1, 2), "\\ud83d\\ude00"),
    "pair in capitals": ('"\\uD83D\\uDE00y"', (1, 2), "y"),
    "raw character beyond the BMP": ('"😀y"', (1, 2), "y"),
    "lone high half": ('"\\ud83dxy"', (1, 2), "x"),
    "halves the wrong way round": ('"\\ude00\\ud83dx"', (2, 3), "x"),
    "high half before a pair": ('"\\ud83d\\ud83d\\ude00x"', (1, 2), "\\ud83d\\ude00"),
    "high half before an escape": ('"\\ud83d\\u0041x"', (1, 2), "\\u0041"),
    "past the end": ('"ab\\n"', (1, 99), "b\\n"),
    "wholly past the end": ('"ab"', (5, 9), ""),
    "before the start": ('"ab"', (-3, 1), "a"),
    "backwards": ('"abc"', (2, 1), ""),
    "number": ("123", (1, 2), "123"),
    "list": ('["a"]', (1, 2), '["a"]'),
}


@pytest.mark.parametrize(("text", "span", "expected"), SPANS.values(), ids=SPANS.keys())
def test_spans(text: str, span: tuple[int, int], expected: str) -> None:
    # Neighbours that a span must not stray into.
    line = f'["\\n",{text},"\\t"]'
    extent = locate(line, "/1")
    assert extent is not None
    assert slice_of(line, inside(line, extent, span)) == expected


def test_an_empty_span_stands_before_its_character() -> None:
    text = '"a\\nb"'
    whole = Extent(0, len(text))
    starts = [inside(text, whole, (n, n)) for n in range(4)]
    assert starts == [Extent(1, 1), Extent(2, 2), Extent(4, 4), Extent(5, 5)]


def test_a_span_of_a_key() -> None:
    text = '{"\\u00e9t": 1}'
    extent = locate(text, "/ét", key=True)
    assert extent is not None
    assert slice_of(text, inside(text, extent, (0, 1))) == "\\u00e9"


@pytest.mark.parametrize("pointer", ["a", "a/b", " /a", "/~", "/a~2", "/~/a", "/a~~0"])
def test_a_malformed_pointer_is_refused(pointer: str) -> None:
    calls: list[Callable[[], object]] = [
        lambda: tokens(pointer),
        lambda: resolve({}, pointer),
        lambda: locate("{}", pointer),
        lambda: nearest("{}", pointer),
    ]
    for call in calls:
        with pytest.raises(PointerError):
            call()


def test_resolve_says_how_far_it_came() -> None:
    with pytest.raises(PointerError, match="no 'c' at pointer '/a~1b/0'"):
        resolve({"a/b": [{"d": 1}]}, "/a~1b/0/c")


def test_resolve_leads_to_null() -> None:
    assert resolve({"a": [None]}, "/a/0") is None


# --- size -----------------------------------------------------------------------------------


def test_deep_nesting_on_the_way() -> None:
    levels = 5000
    text = '{"a": [' * levels + "1" + "]}" * levels
    middle = text.index("1")
    assert locate(text, "/a/0" * levels) == Extent(middle, middle + 1)
    assert nearest(text, "/a/0" * levels + "/b")[1] == Extent(middle, middle + 1)


def test_deep_nesting_beside_the_way() -> None:
    for deep in ("[" * 5000 + "]" * 5000, '{"a":' * 5000 + "{}" + "}" * 5000):
        assert slice_of(f"[{deep}, 1]", locate(f"[{deep}, 1]", "/1")) == "1"
        assert slice_of(f"[{deep}, 1]", locate(f"[{deep}, 1]", "/0")) == deep


LARGE = {
    "one string": json.dumps("a line\n" * 1_000_000),
    "a string that is all escapes": '"' + "\\ud83d\\ude00" * 600_000 + '"',
    "many numbers": json.dumps(list(range(800_000))),
    "many messages": json.dumps([{"role": "user", "content": 'say "hi"'}] * 120_000),
    "white space": "[" + " " * 6_000_000 + "]",
}


@pytest.mark.parametrize("large", LARGE.values(), ids=LARGE.keys())
def test_a_large_line_is_read(large: str) -> None:
    text = f'{{"large": {large}, "small": 1}}'
    assert len(text) > 5_000_000
    assert slice_of(text, locate(text, "/small")) == "1"
    extent = locate(text, "/large")
    assert extent == Extent(10, 10 + len(large))
    if large.startswith('"'):
        size = len(json.loads(large))
        assert inside(text, extent, (size, size)) == Extent(extent.end - 1, extent.end - 1)


def calls_of(work: Callable[[], object]) -> int:
    """Return how many calls, Python's and C's, a piece of work makes."""
    count = 0

    def watch(frame: FrameType, event: str, arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


GROWING: dict[str, Callable[[int], tuple[str, str]]] = {
    "long list, last element": lambda n: (json.dumps(["\n"] * n), f"/{n - 1}"),
    "many members, last key": lambda n: (json.dumps({f"k{i}": i for i in range(n)}), f"/k{n - 1}"),
    "every key a duplicate": lambda n: ("{" + '"a":[{}],' * n + '"b":0}', "/a/0"),
    "long way down": lambda n: ('{"a":' * n + "1" + "}" * n, "/a" * n),
    "skipped depth": lambda n: ("[" + "[" * n + "]" * n + ",1]", "/1"),
    "skipped members": lambda n: (json.dumps([{"a": ["\n", {}]}] * n + [1]), f"/{n}"),
}


@pytest.mark.parametrize("grow", GROWING.values(), ids=GROWING.keys())
def test_twice_the_text_takes_at_most_twice_the_calls(
    grow: Callable[[int], tuple[str, str]],
) -> None:
    (small, near), (large, far) = grow(1000), grow(2000)
    assert locate(large, far) is not None
    once, twice = calls_of(lambda: locate(small, near)), calls_of(lambda: locate(large, far))
    assert once > 1000
    assert twice <= 2 * once + 100


def test_a_run_of_plain_items_takes_few_calls() -> None:
    text = json.dumps({"ids": list(range(10_000)), "pairs": dict.fromkeys(string.printable, 1)})
    assert calls_of(lambda: locate(text, "/none")) < 1000
