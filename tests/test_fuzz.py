"""Whatever the bytes, the configuration or the arguments: a status, a report, never a crash.

`benchmarks/fuzz.py` does the same for as long as you like, guided by coverage.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import zstandard
from command import CLEAN, Outcome, inside
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ftlint
from ftlint.configuration.init import CONFIG
from ftlint.testing import FILLER

EXAMPLE = Path(__file__).parents[1] / "examples" / "support-bot.jsonl"
BOT = b"".join(EXAMPLE.read_bytes().splitlines(keepends=True)[3::9])
"""A ninth of the example, since it is linted some hundred times."""
SCHEMA = json.loads((Path(ftlint.__file__).parent / "schemas/report.json").read_text("utf-8"))
CONTRACT = jsonschema.Draft202012Validator(SCHEMA)
PIECES = [
    *(b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"\n", b"\r\n", b"\0", b"\xff", b"\xc3"),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\\ud800", b"\\u0000", b"\xe2\x80\xa8", b"\xf0\x9f\x98\x80"),
    *(b"null", b"NaN", b"1e999", b"-0", b"9" * 400, b'"role":', b'"content":', b'"weight":2'),
    *(b'"tool_calls":[{}]', b'"messages":[]', b"[" * 2000, b'{"a":' * 1100, b"<|im_start|>"),
]


def fuzz(examples: int) -> Callable[[Any], Any]:
    health = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=examples, deadline=None, suppress_health_check=health)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


def judge(done: Outcome, data: bytes) -> None:
    """Assert that a run ended with a report that is true to its contract."""
    assert (done.status, done.err) in ((0, ""), (1, ""))
    report = done.report
    CONTRACT.validate(report)
    assert sum(report["counts"]["by_rule"].values()) >= len(report["findings"])
    lines = data.split(b"\n")
    for finding in report["findings"]:
        if finding["line"] is not None:
            raw = lines[finding["line"] - 1].decode(errors="replace")
            assert finding["column"] is None or 1 <= finding["column"] <= len(raw) + 1


def check(folder: Path, data: bytes, name: str = "a.jsonl") -> Outcome:
    (folder / name).write_bytes(data)
    return inside(folder, "check", name, "--format", "json", "--select", "ALL", "--jobs", "1")


# Bytes


@given(st.binary(max_size=400))
@fuzz(150)
def test_arbitrary_bytes(folder: Path, data: bytes) -> None:
    judge(check(folder, data), data)


positions = st.integers(0, len(BOT))
edits = st.tuples(
    positions,
    st.integers(0, 40),
    st.one_of(st.sampled_from(PIECES), st.binary(max_size=4), st.builds(bytes, st.just(0))),
)


@given(st.lists(edits, min_size=1, max_size=8))
@fuzz(150)
def test_damaged_datasets(folder: Path, changes: list[tuple[int, int, bytes]]) -> None:
    data = BOT
    for start, cut, piece in changes:
        data = data[:start] + piece + data[start + cut :]
    judge(check(folder, data), data)


@given(
    st.sampled_from([gzip.compress, zstandard.compress, bytes]),
    st.sampled_from([".gz", ".zst"]),
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 9), st.binary(max_size=4)), max_size=2),
)
@fuzz(100)
def test_damaged_archives(
    folder: Path,
    pack: Callable[[bytes], bytes],
    suffix: str,
    changes: list[tuple[int, int, bytes]],
) -> None:
    data = pack(CLEAN)
    for start, cut, piece in changes:
        data = data[:start] + piece + data[start + cut :]
    done = check(folder, data, f"a.jsonl{suffix}")
    if done.status == 2:
        assert done.out == "" and done.err.startswith(f"ftlint: a.jsonl{suffix}: ")
    else:
        CONTRACT.validate(done.report)


# Records

values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=8),
        st.sampled_from(["user", "assistant", "tool", "function", "text", "image_url", "{}", "f"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                [
                    *("role", "content", "messages", "tools", "tool_calls", "id", "type", "name"),
                    *("function", "arguments", "parameters", "properties", "$ref", "weight", "x"),
                    *("text", "image_url", "url", "refusal", "prompt", "completion", "required"),
                ]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)
RECORDS = [json.loads(line) for line in BOT.splitlines() if line.endswith(b"]}")] + list(FILLER)


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """Return a record of the example with some of its values replaced."""
    record = json.loads(json.dumps(draw(st.sampled_from(RECORDS))))
    for _ in range(draw(st.integers(1, 3))):
        place: Any = record
        while isinstance(place, dict | list) and place:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            key = draw(st.sampled_from(keys))
            if not isinstance(place[key], dict | list) or draw(st.integers(0, 3)) == 0:
                place[key] = draw(values)
                break
            place = place[key]
    return record


@given(st.lists(st.one_of(damaged(), values), min_size=1, max_size=4))
@fuzz(200)
def test_damaged_records(folder: Path, records: list[Any]) -> None:
    data = b"".join(json.dumps(record).encode() + b"\n" for record in records)
    judge(check(folder, data), data)


# Configurations and arguments

words = st.one_of(
    # No argument holds a NUL, and a dash alone would read standard input.
    st.text(st.characters(exclude_characters="\0-"), max_size=6),
    st.sampled_from(["FT1", "ALL", "DEFAULT", "role-invalid", "FT107=note", "*", "FT", "=", ","]),
)


@given(
    st.lists(
        st.tuples(st.integers(0, len(CONFIG)), st.integers(0, 30), st.text(max_size=6)), max_size=4
    )
)
@fuzz(100)
def test_damaged_configurations(folder: Path, changes: list[tuple[int, int, str]]) -> None:
    text = CONFIG.format(train='["a.jsonl"]', validation="[]")
    for start, cut, piece in changes:
        text = text[:start] + piece + text[start + cut :]
    (folder / "a.jsonl").write_bytes(CLEAN)
    (folder / "odd.yaml").write_text(text, "utf-8", "surrogatepass")
    refused_or_done(inside(folder, "check", "a.jsonl", "--config", "odd.yaml"))


@given(
    st.lists(
        st.tuples(st.sampled_from(["--select", "--ignore", "--severity", "-o", "--train"]), words),
        max_size=3,
    )
)
@fuzz(100)
def test_arbitrary_arguments(folder: Path, options: list[tuple[str, str]]) -> None:
    (folder / "a.jsonl").write_bytes(CLEAN)
    arguments = [word for option in options for word in option]
    refused_or_done(inside(folder, "check", "a.jsonl", "-q", *arguments))


def refused_or_done(done: Outcome) -> None:
    """Assert that a run either ended well or said in one message why it could not begin."""
    if done.status == 2:
        assert done.out == "" and done.err
    else:
        assert done.status in (0, 1) and done.err == ""
