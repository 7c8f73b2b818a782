"""Files as plain data with places: texts in, data, marks and located errors out."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from documents import KEYS, ONCE, TREES, folder, read, refusal
from hypothesis import given
from hypothesis import strategies as st

from ftlint.configuration.document import convert_value, load
from ftlint.error import PackError
from ftlint.pointer import join, tokens

__all__ = ["folder"]  # fixtures


YAML = [
    ("nothing", "", {}, {"": (1, 1)}),
    ("only a comment", "# x\n", {}, {"": (1, 1)}),
    ("only a marker", "---\n", {}, {"": (1, 1)}),
    (
        "a block",
        "a: 1\nb:\n  c: x\n  - d: y\n".replace("  - d", "  d"),
        {"a": 1, "b": {"c": "x", "d": "y"}},
        {"": (1, 1), "/a": (1, 1), "/b": (2, 1), "/b/c": (3, 3), "/b/d": (4, 3)},
    ),
    (
        "lists",
        "a:\n- x\n- [y, z]\n",
        {"a": ["x", ["y", "z"]]},
        {"": (1, 1), "/a": (1, 1), "/a/0": (2, 3), "/a/1": (3, 3), "/a/1/0": (3, 4)}
        | {"/a/1/1": (3, 7)},
    ),
    ("signs of pointers", "a/b~c: 1", {"a/b~c": 1}, {"": (1, 1), "/a~1b~0c": (1, 1)}),
    (
        "columns are code points",
        '"\U0001f600": {é: x, y: 2}',
        {"\U0001f600": {"é": "x", "y": 2}},
        {"": (1, 1), "/\U0001f600": (1, 1), "/\U0001f600/é": (1, 7), "/\U0001f600/y": (1, 13)},
    ),
    ("a byte-order mark", "\ufeffa: 1", {"a": 1}, {"": (1, 1), "/a": (1, 1)}),
    ("CRLF", "a: 1\r\nb: 2\r\n", {"a": 1, "b": 2}, {"": (1, 1), "/a": (1, 1), "/b": (2, 1)}),
    # YAML 1.1 ends a line at U+2028 and editors do not; people look for places in editors.
    ("U+2028", 'a: "x"\u2028b: 2', {"a": "x", "b": 2}, {"": (1, 1), "/a": (1, 1), "/b": (1, 8)}),
    (
        "an alias stands for the anchored value",
        "a: &n [x]\nb: *n\n",
        {"a": ["x"], "b": ["x"]},
        {"": (1, 1), "/a": (1, 1), "/a/0": (1, 8), "/b": (2, 1)},
    ),
]


@pytest.mark.parametrize(("text", "data", "marks"), [c[1:] for c in YAML], ids=[c[0] for c in YAML])
def test_yaml(text: str, data: object, marks: dict[str, tuple[int, int]]) -> None:
    document = read(text)
    assert (document.path, document.data, document.marks) == ("x.yaml", data, marks)


def test_yaml_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTLINT_NO_CACHE", "1")
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    for _, text, data, marks in YAML:
        document = read(text)
        assert (document.data, document.marks) == (data, marks)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", True),
        ("no", False),
        ("~", None),
        ("010", 8),
        ("1.5", 1.5),
        ("'1'", "1"),
        ("!!str 1", "1"),
        ("2024-01-31", "2024-01-31"),
        ("2024-99-99", "2024-99-99"),
        ("=", "="),
        ("|\n  x\n  y\n", "x\ny\n"),
    ],
)
def test_yaml_scalars(text: str, value: object) -> None:
    assert read(f"a: {text}").data == {"a": value}


YAML_ERRORS = [
    ("a: 1\nb: 2\na: 3\n", "3:1: duplicate key 'a'"),
    ("1: x\n", '1:1: a key must be a string, not a number (write "1")'),
    ("a:\n  no: x\n", '2:3: a key must be a string, not a boolean (write "no")'),
    ("~: x\n", '1:1: a key must be a string, not null (write "~")'),
    ("[a]: x\n", "1:1: a key must be a plain string"),
    ("a: 1\n---\nb: 2\n", "2:1: a second document begins (only one is read)"),
    ("a: *x\n", "1:4: no anchor &x ends before this alias"),
    ("&a [*a]\n", "1:5: no anchor &a ends before this alias"),
    ("a: &a {b: c}\nd:\n  <<: *a\n", "3:3: '<<' is not merged (write the keys out)"),
    ("a: !!set {b}\n", "1:4: tag 'tag:yaml.org,2002:set' (only plain data is read)"),
    ("a: !x b\n", "1:4: tag '!x' (only plain data is read)"),
    ("a: !!int x\n", "1:4: 'x' is not of the type 'int'"),
    ("a: !!bool x\n", "1:4: 'x' is not of the type 'bool'"),
    ("a: b\nc: \a\n", '2:4: character U+0007 is not allowed (write "\\u0007")'),
    ("a: \x85\x81\n", '1:5: character U+0081 is not allowed (write "\\u0081")'),
    ("[" * 200, "1:102: more than 100 levels of nesting"),
    # PyYAML's composer, given this, ends the process with a segmentation fault.
    ("- " * 100_000, "1:203: more than 100 levels of nesting"),
    (b"a: 1\nb: \xff\n", "2:4: byte 0xff is not UTF-8 (save as UTF-8)"),
    (
        "a: 1".encode("utf-16"),
        f"1:1: byte 0x{'a'.encode('utf-16')[0]:02x} is not UTF-8 (save as UTF-8)",
    ),
]


@pytest.mark.parametrize(("text", "message"), YAML_ERRORS, ids=[c[1][:40] for c in YAML_ERRORS])
def test_yaml_errors(text: str | bytes, message: str) -> None:
    assert refusal(text) == f"x.yaml:{message}"


@pytest.mark.parametrize(
    ("text", "place"), [("a: b: c\n", "1:5"), ("a:\n\t- b\n", "2:1"), ("a: [1, 2\nb: 3\n", "2:2")]
)
def test_yaml_syntax_errors_have_the_place_that_the_parser_names(text: str, place: str) -> None:
    # The wording is libyaml's, which may change; the place is ours.
    assert refusal(text).startswith(f"x.yaml:{place}: ")


def test_aliases_may_not_multiply() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for this, before in zip("bcdefghij", "abcdefghi", strict=True):
        bomb += f"{this}: &{this} [{', '.join([f'*{before}'] * 9)}]\n"
    assert refusal(bomb) == "x.yaml:5:8: aliases add more than 10000 nodes"


def test_many_nodes_without_aliases_are_welcome() -> None:
    assert read("\n".join(f"- {n}" for n in range(12_000))).data == list(range(12_000))


TOML = [
    ("nothing", "", {}, {"": (1, 1)}),
    (
        "tables",
        'a = 1\n[b]\n  c = "x" # d = 1\n[b.e]\nf.g = 1\n',
        {"a": 1, "b": {"c": "x", "e": {"f": {"g": 1}}}},
        {"": (1, 1), "/a": (1, 1), "/b": (2, 2), "/b/c": (3, 3), "/b/e": (4, 2)}
        | {"/b/e/f": (5, 1), "/b/e/f/g": (5, 1)},
    ),
    (
        "arrays of tables",
        "[[a]]\nx = 1\n[[a]]\nx = 2\n[a.b]\ny = 1\n",
        {"a": [{"x": 1}, {"x": 2, "b": {"y": 1}}]},
        {"": (1, 1), "/a": (1, 3), "/a/0": (1, 3), "/a/0/x": (2, 1), "/a/1": (3, 3)}
        | {"/a/1/x": (4, 1), "/a/1/b": (5, 2), "/a/1/b/y": (6, 1)},
    ),
    (
        "what looks like a key inside strings and comments",
        'a = """\nb = 1\n[c]\n"""\nd = \'"""\' # """\n# e = 1\nf = \'\'\'\ng = 1\'\'\'\nh = 1\n',
        {"a": "b = 1\n[c]\n", "d": '"""', "f": "g = 1", "h": 1},
        {"": (1, 1), "/a": (1, 1), "/d": (5, 1), "/f": (7, 1), "/h": (9, 1)},
    ),
    (
        "quoted keys",
        '"q \\"x" = 1\n\'a/b\' = 2\n',
        {'q "x': 1, "a/b": 2},
        {"": (1, 1), '/q "x': (1, 1), "/a~1b": (2, 1)},
    ),
    (
        "long lists",
        'a = [\n  "b = 1",\n  "c",\n]\nd = 1\n',
        {"a": ["b = 1", "c"], "d": 1},
        {"": (1, 1), "/a": (1, 1), "/d": (5, 1)},
    ),
    ("CRLF", "[a]\r\nb = 1\r\n", {"a": {"b": 1}}, {"": (1, 1), "/a": (1, 2), "/a/b": (2, 1)}),
    (
        "dates",
        "a = 2024-01-31\nb = [2024-01-31 10:00:00Z]\n",
        {"a": "2024-01-31", "b": ["2024-01-31T10:00:00+00:00"]},
        {"": (1, 1), "/a": (1, 1), "/b": (2, 1)},
    ),
]


@pytest.mark.parametrize(("text", "data", "marks"), [c[1:] for c in TOML], ids=[c[0] for c in TOML])
def test_toml(text: str, data: object, marks: dict[str, tuple[int, int]]) -> None:
    document = read(text, "x.toml")
    assert (document.data, document.marks) == (data, marks)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = 1\nb = = 2\n", "2:5: Invalid value"),
        ('a = "x', "1:7: Unterminated string"),
        ("a = 1\r\na = 2\r\n", "2:6: Cannot overwrite a value"),
        ("a = " + "[" * 20_000 + "]" * 20_000, "1:1: too many levels of nesting"),
        (b"\xe9 = 1", "1:1: byte 0xe9 is not UTF-8 (save as UTF-8)"),
    ],
)
def test_toml_errors(text: str | bytes, message: str) -> None:
    assert refusal(text, "x.toml") == f"x.toml:{message}"


def test_files_that_cannot_be_read() -> None:
    with pytest.raises(PackError, match=r"^no\.yaml: cannot be read: No such file or directory$"):
        load("no.yaml", PackError)
    with pytest.raises(PackError, match=r"^\.: cannot be read: Is a directory$"):
        load(".", PackError)


def at(text: str, place: tuple[int, int]) -> str:
    """Return the text from a line and column on."""
    return text.split("\n", place[0] - 1)[-1][place[1] - 1 :]


@ONCE
@given(st.dictionaries(KEYS, TREES, max_size=4), st.sampled_from([None, 2]))
def test_the_text_at_a_yaml_mark_begins_with_its_key_or_item(
    data: dict[str, Any], indent: int | None
) -> None:
    # JSON is YAML, and its keys can be told from values by their quotes.
    text = json.dumps(data, ensure_ascii=False, indent=indent)
    document = read(text)
    assert document.data == data
    for pointer, place in document.marks.items():
        *parent, last = ("", *tokens(pointer))
        holder = convert_value(document, join(parent[1:]), Any) if parent else {}
        if isinstance(holder, dict) and parent:
            assert at(text, place).startswith(json.dumps(last, ensure_ascii=False) + ":")
        elif parent:
            begin = json.dumps(holder[int(last)], ensure_ascii=False)
            assert at(text, place).startswith(begin[:1] if begin[0] in "[{" else begin)
    assert len(document.marks) == nodes(data)


def nodes(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(nodes, inner))


@ONCE
@given(st.dictionaries(KEYS, st.dictionaries(KEYS, st.integers() | KEYS, max_size=3), max_size=4))
def test_the_text_at_a_toml_mark_begins_with_its_key(data: dict[str, dict[str, Any]]) -> None:
    lines = []
    for table, members in data.items():
        lines.append(f"[{json.dumps(table, ensure_ascii=False)}]  # x = 1")
        lines += [
            f" {json.dumps(key, ensure_ascii=False)} = {json.dumps(value, ensure_ascii=False)}"
            for key, value in members.items()
        ]
    text = "\n".join(lines)
    document = read(text, "x.toml")
    assert document.data == data
    for pointer, place in document.marks.items():
        for key in tokens(pointer)[-1:]:
            assert at(text, place).startswith(json.dumps(key, ensure_ascii=False))
    assert len(document.marks) == 1 + len(data) + sum(map(len, data.values()))
