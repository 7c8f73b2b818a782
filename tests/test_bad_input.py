"""Bad input: one clear message that says what, where and what to do, and nothing else happens."""

from __future__ import annotations

import gzip
import os
import socket
import struct
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path

import pytest
import zstandard
from command import CLEAN, HUMAN, Outcome, ftlint, inside

LONG = CLEAN * 500


def check(folder: Path, *arguments: object) -> Outcome:
    return inside(folder, "check", *arguments)


def refused(folder: Path, *arguments: object) -> str:
    """Return the one message of a run that could not be done."""
    done = inside(folder, *arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("ftlint: ") and done.err.count("\n") == 1
    return done.err.removeprefix("ftlint: ").rstrip("\n")


# What cannot be read


def test_paths_that_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").write_text("x")
    (tmp_path / "broken.jsonl").symlink_to("gone")
    assert refused(tmp_path, "check", "gone.jsonl").startswith("gone.jsonl: no such file")
    assert refused(tmp_path, "check", "broken.jsonl").startswith("broken.jsonl: no such file")
    assert refused(tmp_path, "check", "*.ndjson").startswith("*.ndjson: no dataset file")
    folder = refused(tmp_path, "check", "empty")
    assert folder.startswith("empty: no dataset in this folder") and ".jsonl.gz" in folder
    assert "name a file or folder" in refused(tmp_path, "check")
    assert refused(tmp_path, "check", "x" * 5000).endswith(": no such file or folder")
    assert refused(tmp_path, "check", "").endswith(": no such file or folder")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    locked = tmp_path / "locked.jsonl"
    locked.write_bytes(CLEAN)
    locked.chmod(0)
    # Permissions do not bind root; the first page of a process's memory is closed to everybody.
    path = "/proc/self/mem" if os.geteuid() == 0 else str(locked)
    assert refused(tmp_path, "check", path).startswith(f"{path}: ")
    with socket.socket(socket.AF_UNIX) as server:
        with chdir(tmp_path):  # the name of a socket may not be long
            server.bind("s.jsonl")
        assert refused(tmp_path, "check", "s.jsonl").startswith("s.jsonl: cannot be copied")


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def spoilt(data: bytes) -> bytes:
    """Return the archive with a checksum that does not fit."""
    return data[:-8] + bytes(byte ^ 0x55 for byte in data[-8:])


@pytest.mark.parametrize(
    ("name", "pack", "harm", "said"),
    [
        ("a.jsonl.gz", gzip.compress, cut, "truncated gzip file"),
        ("a.jsonl.gz", gzip.compress, lambda data: data[:-3], "truncated gzip file"),
        ("a.jsonl.gz", gzip.compress, lambda data: data[:4], "truncated gzip file"),
        ("a.jsonl.gz", gzip.compress, spoilt, "broken gzip file"),
        ("a.jsonl.gz", gzip.compress, lambda data: data + b"more", "broken gzip file"),
        ("a.jsonl.gz", bytes, bytes, "broken gzip file"),
        ("a.jsonl.zst", zstandard.compress, cut, "truncated zstd file"),
        ("a.jsonl.zst", zstandard.compress, lambda data: data[:-1], "truncated zstd file"),
        ("a.jsonl.zst", zstandard.compress, lambda data: data[:3], "truncated zstd file"),
        ("a.jsonl.zst", zstandard.compress, lambda data: data + data[:9], "truncated zstd file"),
        ("a.jsonl.zst", zstandard.compress, lambda data: data + b"more", "broken zstd file"),
        ("a.jsonl.zst", bytes, bytes, "broken zstd file"),
    ],
)
def test_broken_archives(
    tmp_path: Path,
    name: str,
    pack: Callable[[bytes], bytes],
    harm: Callable[[bytes], bytes],
    said: str,
) -> None:
    (tmp_path / "whole.jsonl").write_bytes(CLEAN + HUMAN)
    (tmp_path / name).write_bytes(harm(pack(LONG)))
    message = refused(tmp_path, "check", "whole.jsonl", name)
    assert message.startswith(f"{name}: {said}: ")
    assert message.endswith("; download or export it again")


def test_a_skippable_frame_is_skipped(tmp_path: Path) -> None:
    skippable = struct.pack("<II", 0x184D2A50, 4) + b"note"
    packed = zstandard.compress(LONG)
    (tmp_path / "a.jsonl.zst").write_bytes(skippable + packed + skippable + packed)
    assert check(tmp_path, "a.jsonl.zst").status == 0


# What can be read and is no dataset: findings of the file, not an error


@pytest.mark.parametrize(
    ("name", "data", "code", "said"),
    [
        ("a.jsonl", b"", "FT003", "0 bytes"),
        ("a.jsonl", b"\n \n", "FT003", "blank lines"),
        ("a.jsonl.gz", b"", "FT003", "no example"),
        ("a.jsonl.zst", b"", "FT003", "no example"),
        ("a.jsonl", CLEAN.decode().encode("utf-16"), "FT001", "UTF-16"),
        ("a.jsonl", CLEAN.decode().encode("utf-16-le"), "FT001", "UTF-16"),
        ("a.jsonl", CLEAN.decode().encode("utf-16-be"), "FT001", "UTF-16"),
        ("a.jsonl", CLEAN.decode().encode("utf-32"), "FT001", "UTF-32"),
        ("a.jsonl", bytes(range(256)) * 40, "FT001", "binary"),
        ("a.jsonl", os.urandom(64) + bytes(64), "FT001", "binary"),
        ("a.jsonl", gzip.compress(CLEAN), "FT001", "gzip"),
        ("a.jsonl", zstandard.compress(CLEAN), "FT001", "zstd"),
        ("a.jsonl", b"[\n" + CLEAN.replace(b"\n", b",\n", 9) + b"]", "FT005", "array"),
        ("a.jsonl", b"[" * 100_000, "FT005", "array"),
        ("a.jsonl", CLEAN + b"[" * 100_000, "FT013", "1024"),
        ("a.jsonl", CLEAN + b"[" * 100_000 + b"]" * 100_000, "FT013", "1024"),
        ("a.jsonl", CLEAN + b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "FT013", "1024"),
        ("a.jsonl", CLEAN + b'{"messages":' + b"[" * 100_000 + b"\n", "FT013", "1024"),
    ],
)
def test_files_that_are_no_dataset(
    tmp_path: Path, name: str, data: bytes, code: str, said: str
) -> None:
    (tmp_path / name).write_bytes(data)
    done = check(tmp_path, name, "--format", "json", "--ignore", "FT016,FT009")
    (finding,) = done.report["findings"]
    assert (done.status, finding["code"], finding["path"]) == (1, code, name)
    assert said in finding["message"]


# A configuration that is wrong


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("select: [FT1\n", "ftlint.yaml:"),
        ("a: b: c\n", "ftlint.yaml:1:5: "),
        ("\tselect: []\n", "ftlint.yaml:1:1: "),
        ("selct: [FT1]\n", "ftlint.yaml:1:1: unknown key 'selct'; did you mean 'select'?"),
        ("data:\n  trian: [a.jsonl]\n", "ftlint.yaml:2:3: unknown key 'trian'; did you mean"),
        ("select: {FT1: on}\n", "ftlint.yaml:1:1: 'select' must be a"),
        ("max-findings: many\n", "ftlint.yaml:1:1: 'max-findings' must be"),
        ("fail-on: fatal\n", "ftlint.yaml:1:1: 'fail-on' must be"),
        ("extends: lenient\n", "ftlint.yaml:1:1: 'extends' must be"),
        ("ignore:\n- role-invald\n", "ftlint.yaml:2:3: unknown selector 'role-invald'; did"),
        ("rules: {min-examples: {limt: 3}}\n", "ftlint.yaml:1:24: unknown option 'limt'"),
        ("- a list\n", "ftlint.yaml:1:1: "),
        ("select: " + "[" * 9000 + "\n", "ftlint.yaml:1:"),
        ("ignore: &a [*a]\n", "ftlint.yaml:1:"),
        ("\udcff: 1\n", "ftlint.yaml:1:1: byte 0xff is not UTF-8"),
        ("packs: [./nowhere]\n", "nowhere: no such folder"),
        ("data: {train: [gone.jsonl]}\n", "gone.jsonl: no such file"),
        ("data: {train: [7]}\n", "ftlint.yaml:1:16: "),
    ],
)
def test_broken_configurations(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "ftlint.yaml").write_text(text, "utf-8", "surrogateescape")
    message = refused(tmp_path, "check")
    assert message.startswith(said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--config", "gone.yaml"], "gone.yaml: cannot be read: No such file"),
        (["--select", "FT999"], "--select: unknown selector 'FT999'"),
        (["--ignore", "role-invald"], "--ignore: unknown selector 'role-invald'; did you mean"),
        (["--severity", "FT107=fatal"], "--severity: 'FT107=fatal' is not RULE=LEVEL"),
        (["--severity", "error"], "--severity: 'error' is not RULE=LEVEL"),
        (["-o", "json"], "-o json: write FORMAT=PATH"),
        (["-o", "xml=report.xml"], "-o xml=report.xml: write FORMAT=PATH (full, "),
        (["--output", "gone/report.txt"], "gone/report.txt: cannot be written: there is no folder"),
        (["--output", "a.jsonl/report"], "a.jsonl/report: cannot be written: there is no folder"),
        (["-o", "json=."], ".: cannot be written: it is a folder"),
        (["--output", "/proc/report"], "/proc/report: cannot be written: "),
    ],
)
def test_broken_arguments(tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "a.jsonl").write_bytes(CLEAN)
    assert refused(tmp_path, "check", "a.jsonl", *arguments).startswith(said)
    assert os.listdir(tmp_path) == ["a.jsonl"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--formt", "json"], "--format"),
        (["--format", "xml"], "'full', 'concise', 'json', 'jsonl'"),
        (["--jobs", "0"], "1<=x<=256"),
        (["--max-findings", "-1"], "x>=0"),
        (["--fail-on", "fatal"], "'never'"),
    ],
)
def test_usage_errors_of_click(tmp_path: Path, arguments: list[str], said: str) -> None:
    done = check(tmp_path, "a.jsonl", *arguments)
    assert (done.status, done.out) == (2, "")
    assert said in done.err and "ftlint check --help" in done.err


def test_no_command_shows_the_commands(tmp_path: Path) -> None:
    done = ftlint(tmp_path)
    assert done.status == 2
    assert all(word in done.err for word in ("check", "rule", "init", "test"))
    wrong = ftlint(tmp_path, "chek")
    assert wrong.status == 2 and "No such command 'chek'" in wrong.err


# A pack that is wrong


RULE = {
    "code": "ACME001",
    "name": "internal-name",
    "kind": "lexicon",
    "severity": "error",
    "message": '"{term}"',
    "summary": "Text names a project.",
    "why": "it is secret.",
    "terms": "[Bluefin]",
    "good": "[{example: {messages: [{role: user, content: Hi}]}}]",
    "bad": "[{example: {messages: [{role: user, content: Bluefin}]}, at: /messages/0/content}]",
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "lexicn"}, "r.yaml:3:1: unknown kind 'lexicn'; did you mean 'lexicon'?"),
        ({"severity": "fatal"}, "r.yaml:4:1: 'severity' must be"),
        ({"term": "[x]"}, "r.yaml:11:1: unknown key 'term'; did you mean 'terms'?"),
        ({"code": "FT001"}, "r.yaml:1:1: code 'FT001' begins with FT"),
        ({"code": "acme1"}, "r.yaml:1:1: code 'acme1' is not"),
        ({"name": "Internal Name"}, "r.yaml:2:1: name 'Internal Name' is not in kebab case"),
        ({"name": "role-invalid"}, "r.yaml: name 'role-invalid' is taken by FT107"),
        ({"message": '"{trm}"'}, "r.yaml:5:1: "),
        ({"terms": "[]"}, "r.yaml:8:1: "),
        ({"good": "[]"}, "r.yaml:9:1: no good case"),
        ({"bad": "[{example: {}}]"}, "r.yaml:10:"),
        ({"why": "[a"}, "r.yaml:8:"),
    ],
)
@pytest.mark.parametrize("command", ["check", "test", "rule"])
def test_broken_packs(tmp_path: Path, command: str, change: dict[str, str], said: str) -> None:
    (tmp_path / "ftlint.yaml").write_text("packs: [./ours]\ndata: {train: [a.jsonl]}\n")
    (tmp_path / "a.jsonl").write_bytes(CLEAN)
    (tmp_path / "ours").mkdir()
    text = "".join(f"{key}: {value}\n" for key, value in (RULE | change).items())
    (tmp_path / "ours" / "r.yaml").write_text(text)
    assert refused(tmp_path, command).startswith(f"ours/{said}")
