"""Files as plain data with places: texts in, data, marks and located errors out."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftlint.configuration.document import Document, convert, convert_value, load, schema, suggest
from ftlint.error import ConfigError, FtlintError, PackError
from ftlint.pointer import join, tokens
from ftlint.storage import cache


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, with a cache of its own."""
    monkeypatch.setenv("FTLINT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("FTLINT_NO_CACHE", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(text: str | bytes, name: str = "x.yaml") -> Document:
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(name, ConfigError)


def refusal(text: str | bytes, name: str = "x.yaml") -> str:
    with pytest.raises(ConfigError) as caught:
        read(text, name)
    return str(caught.value)


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


KEYS = st.text(
    st.characters(
        codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="\ufeff"
    ),
    min_size=1,
    max_size=8,
)
TREES = st.recursive(
    st.integers(-9, 9) | st.booleans() | KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)
ONCE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


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


# The cache.


def entries(folder: Path) -> list[Path]:
    return sorted((folder / "cache").glob("*"))


@ONCE
@given(TREES)
def test_a_second_load_gives_the_same(tree: Any) -> None:
    first = read(json.dumps({"a": tree}, ensure_ascii=False))
    assert load("x.yaml", ConfigError) == first


def test_an_unchanged_file_needs_no_parser(folder: Path) -> None:
    Path("x.yaml").write_text("a: [1]\n")
    Path("x.toml").write_text("a = [1]\n")
    code = (
        "import sys; from ftlint.configuration.document import load\n"
        "from ftlint.error import ConfigError\n"
        "made = [load(name, ConfigError) for name in ('x.yaml', 'x.toml')]\n"
        "print([d.data for d in made], made[0].marks, 'yaml' in sys.modules,"
        " 'tomllib' in sys.modules, 'difflib' in sys.modules)"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    told = "[{'a': [1]}, {'a': [1]}] {'': (1, 1), '/a': (1, 1), '/a/0': (1, 5)}"
    assert runs[0].stdout == f"{told} True True False\n"
    assert runs[1].stdout == f"{told} False False False\n"
    assert len(entries(folder)) == 2


def test_the_same_bytes_in_another_syntax_are_another_entry() -> None:
    assert read("", "x.toml").data == {}
    assert read("'a' : 1", "x.yaml").data == {"a": 1}
    assert refusal("'a' : 1", "x.toml").startswith("x.toml:1:5: ")


def test_errors_are_not_kept(folder: Path) -> None:
    assert refusal("a: [") == refusal("a: [")
    assert entries(folder) == []


@pytest.mark.parametrize("value", [".nan", "99999999999999999999"])
def test_what_json_cannot_say_is_not_kept(folder: Path, value: str) -> None:
    assert repr(read(f"a: {value}").data) == repr(read(f"a: {value}").data)
    assert entries(folder) == []


@pytest.mark.parametrize("damage", [b"", b"{", b"null", b"[1]", b'[{},{"":1}]', b"[{},[]]"])
def test_a_damaged_entry_is_made_again(folder: Path, damage: bytes) -> None:
    first = read("a: 1")
    [entry] = entries(folder)
    whole = entry.read_bytes()
    entry.write_bytes(damage)
    assert load("x.yaml", ConfigError) == first
    assert entry.read_bytes() == whole


def test_the_folder_of_the_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cache.folder() == folder / "cache"
    monkeypatch.delenv("FTLINT_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "xdg"))
    assert cache.folder() == folder / "xdg" / "ftlint"
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    monkeypatch.setenv("HOME", str(folder / "home"))
    assert cache.folder() == folder / "home" / ".cache" / "ftlint"
    monkeypatch.setenv("FTLINT_NO_CACHE", "1")
    assert cache.folder() is None


def test_entries_are_whole_or_absent(folder: Path) -> None:
    assert cache.read("a") is None
    cache.write("a", b"1")
    cache.write("a", b"2")
    assert cache.read("a") == b"2"
    assert [path.name for path in entries(folder)] == ["a"]


def test_a_cache_that_cannot_be_written_is_no_error(folder: Path) -> None:
    Path("cache").write_text("a file where the folder should be")
    cache.write("a", b"1")
    assert cache.read("a") is None
    assert read("a: 1").data == {"a": 1}
    Path("cache").unlink()
    Path("cache/a").mkdir(parents=True)
    cache.write("a", b"1")
    assert [path.name for path in entries(folder)] == ["a"]


def test_a_disabled_cache_is_neither_read_nor_written(folder: Path) -> None:
    code = (
        "from ftlint.storage import cache; cache.write('a', b'1'); cache.choose(disabled=True)"
        "; cache.write('b', b'2')"
        "; print(cache.folder(), cache.read('a'))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "None None\n"
    assert [path.name for path in entries(folder)] == ["a"]


# Dataclasses.


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
