"""Odd surroundings: no home, no permission, another encoding, odd names and odd kinds of files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from command import CLEAN, HUMAN, Outcome, inside, outcome

LOCALES = (
    {"LC_ALL": "C"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "latin-1"},
)
ODD = "b\u00efg \u6570.jsonl"
SAID = '{"messages":[{"role":"us\u00e9r","content":"\u6570\u202e"}]}\n'.encode()


def run(folder: Path, *arguments: str, env: Mapping[str, str]) -> Outcome:
    child = subprocess.run(
        [sys.executable, "-m", "ftlint", *arguments],
        cwd=folder,
        env={name: value for name, value in {**os.environ, **env}.items() if value != "-"},
        capture_output=True,
    )
    return outcome(child.returncode, child.stdout, child.stderr)


# Encodings


@pytest.mark.parametrize("env", LOCALES, ids=lambda env: " ".join(env.values()))
@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--help"], 0),
        (["check", "--help"], 0),
        (["check", "{odd}"], 1),
        (["check", "{odd}", "--statistics"], 1),
        (["check", "n\u00f6.jsonl"], 2),
        (["rule", "FT107"], 0),
        (["targets"], 0),
        (["augment", "{odd}", "--counterfactual", "gender", "--output", "tw\u00f6"], 0),
        (["convert", "a.jsonl", "--to", "sharegpt", "--output", "c\u00f6"], 0),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, list) else "",
)
def test_an_encoding_that_lacks_characters(
    tmp_path: Path, arguments: list[str], status: int, env: dict[str, str]
) -> None:
    (tmp_path / ODD).write_bytes(CLEAN + SAID)
    (tmp_path / "a.jsonl").write_bytes(CLEAN)
    (tmp_path / "ftlint.yaml").write_text("# \u00fcber\nignore: []\n", "utf-8")
    command = [word.format(odd=ODD).encode() for word in arguments]
    child = subprocess.run(
        [sys.executable.encode(), b"-m", b"ftlint", *command],
        cwd=tmp_path,
        env={**os.environ, **env},
        capture_output=True,
    )
    assert child.returncode == status, child.stderr
    assert b"Traceback" not in child.stderr


def test_the_report_is_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(CLEAN + SAID)
    check = ("check", "a.jsonl", "--format", "json", "--select", "FT1")
    (plain,) = {run(tmp_path, *check, env=env).out.count("us\u00e9r") for env in LOCALES}
    assert plain > 0


# Names


NAMES = (
    b"caf\xe9.jsonl",
    b" spaced out .jsonl",
    b"two\nlines.jsonl",
    b"$(touch pwned);&'\"\\.jsonl",
    "\u6570 \u00fc\u202e.jsonl".encode(),
    b"-q.jsonl",
    b"*.jsonl",
    b"a" * 249 + b".jsonl",
)
"""The last one is as long as a file system takes."""


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_odd_names_in_every_output(tmp_path: Path, name: bytes) -> None:
    (tmp_path / os.fsdecode(name)).write_bytes(CLEAN + HUMAN)
    formats = ("concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown")
    outputs = [word for each in formats for word in ("-o", f"{each}=out.{each}")]
    path = f"./{os.fsdecode(name)}"
    done = inside(tmp_path, "check", path, "--select", "FT1", *outputs, "-o", "csv=out.csv")
    assert (done.status, done.err) == (1, "") and "FT107" in done.out
    for each in (*formats, "csv"):
        text = (tmp_path / f"out.{each}").read_text("utf-8")
        assert "FT107" in text or each == "csv"
        assert each == "csv" or "\n" not in path or f"{path}:" not in text
    shown = inside(tmp_path, "report", "out.json", "-o", "sarif=again")
    assert shown.status == 0
    if b"\xe9" in name:  # spelled out by the saved run, as it says of itself
        return
    assert (tmp_path / "again").read_bytes() == (tmp_path / "out.sarif").read_bytes()


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_odd_names_in_every_command(tmp_path: Path, name: bytes) -> None:
    (tmp_path / os.fsdecode(name)).write_bytes(CLEAN)
    path = f"./{os.fsdecode(name)}"
    out = os.fsdecode(b"\xff\xfe ") if b"\xe9" in name else "out "
    two = ("--train", f"{out}t", "--validation", f"{out}v")
    for arguments in (
        ("plan", path, "--target", "openai:gpt-4.1-mini"),
        ("split", path, *two),
        ("convert", path, "--to", "sharegpt", "--output", f"{out}c"),
        ("augment", path, "--counterfactual", "gender", "--output", f"{out}a", "--with-data"),
        ("compare", path, path),
        ("check", path, "--baseline", f"{out}b", "--update-baseline"),
        ("check", path, "--baseline", f"{out}b"),
        ("check", path, "--cache-dir", f"{out}cache"),
        ("init",),
        ("check",),
    ):
        done = inside(tmp_path, *arguments)
        unnamed = arguments == ("check",) and not path.isprintable()
        assert done.status == (2 if unnamed else 0), (arguments, done)
    manifest = json.loads((tmp_path / f"{out}a.manifest.json").read_bytes())
    assert [source["path"] for source in manifest["sources"]] == [path]
    assert not (tmp_path / "pwned").exists()


def test_what_has_no_utf_8_is_not_accepted_by_name(tmp_path: Path) -> None:
    path = os.fsdecode(b"caf\xe9.jsonl")
    (tmp_path / path).write_bytes(CLEAN + HUMAN)
    done = inside(tmp_path, "ignore", f"{path}:11", "FT107", "--reason", "old")
    assert (done.status, done.out) == (2, "")
    told = r"ftlint: caf\udce9.jsonl: a name that is no UTF-8 cannot stand in .ftlint-ignore.yaml"
    assert done.err == f"{told}\n"
    (tmp_path / "two\nlines.jsonl").write_bytes(CLEAN + HUMAN)
    done = inside(tmp_path, "ignore", "two\nlines.jsonl:11", "FT107", "--reason", "old")
    assert done.status == 0
    assert inside(tmp_path, "check", "two\nlines.jsonl", "--select", "FT1").status == 0


@pytest.mark.parametrize("option", ["--output", "-o"])
def test_data_is_not_replaced_by_a_report(tmp_path: Path, option: str) -> None:
    (tmp_path / "a.jsonl").write_bytes(CLEAN)
    (tmp_path / "link").symlink_to("a.jsonl")
    word = "link" if option == "--output" else "jsonl=link"
    done = inside(tmp_path, "check", "a.jsonl", option, word)
    assert (done.status, done.out) == (2, "")
    assert done.err == "ftlint: link: is read as DATA and cannot be written; name another\n"
    assert (tmp_path / "a.jsonl").read_bytes() == CLEAN


# Kinds of files


def test_only_files_of_a_folder_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "all.jsonl"
    (folder / "inner.jsonl").mkdir(parents=True)
    (folder / "inner.jsonl" / "b.jsonl").write_bytes(HUMAN)
    (folder / "a.jsonl").write_bytes(CLEAN)
    (folder / "again.jsonl").symlink_to(folder)
    (folder / "gone.jsonl").symlink_to("nowhere.jsonl")
    (folder / "null.jsonl").symlink_to("/dev/null")
    os.mkfifo(folder / "pipe.jsonl")
    done = inside(tmp_path, "check", "all.jsonl", "--select", "FT107", "--format", "json")
    assert [source["path"] for source in done.report["sources"]] == [
        "all.jsonl/a.jsonl",
        "all.jsonl/inner.jsonl/b.jsonl",
    ]
    assert done.places == [("all.jsonl/inner.jsonl/b.jsonl", 1, "FT107")]


def test_a_device_is_read_like_a_pipe(tmp_path: Path) -> None:
    done = inside(tmp_path, "check", "/dev/null", "--format", "json")
    assert ("/dev/null", None, "FT003") in done.places and done.status == 1


def test_links_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").symlink_to("b.jsonl")
    (tmp_path / "b.jsonl").symlink_to("a.jsonl")
    done = inside(tmp_path, "check", "a.jsonl")
    assert (done.status, done.err) == (2, "ftlint: a.jsonl: no such file or folder\n")


def test_ten_thousand_files(tmp_path: Path) -> None:
    line = CLEAN.splitlines(keepends=True)[0]
    for number in range(10_000):
        data = HUMAN if number % 1000 == 7 else line.replace(b"sun", b"sun %d" % number)
        (tmp_path / f"{number:05}.jsonl").write_bytes(data)
    done = inside(tmp_path, "check", ".", "--select", "FT107,FT401", "--format", "json")
    assert len(done.report["sources"]) == 10_000
    assert done.report["counts"]["by_rule"] == {"FT107": 10, "FT401": 9}


# Bytes


BOM = b"\xef\xbb\xbf"
NUL = b'{"messages":[{"role":"user","content":"a\0b"}]}\n'


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (BOM, [(None, "FT002"), (None, "FT003")]),
        (BOM + b"\n", [(None, "FT002"), (None, "FT003")]),
        (BOM + CLEAN, [(None, "FT002")]),
        (CLEAN.replace(b"\n", b"\r\n"), [(None, "FT035")]),
        (CLEAN.replace(b"\n", b"\r\n") + b"\r\n", [(None, "FT035"), (11, "FT009")]),
        (CLEAN[:-1] + b"\r", [(None, "FT035")]),
        (CLEAN.replace(b"\n", b"\r"), [(None, "FT016"), (None, "FT035"), (1, "FT007")]),
        (CLEAN + b"\r" + HUMAN, [(11, "FT107")]),
        (CLEAN + NUL, [(11, "FT007")]),
        (CLEAN + bytes(50) + b"\n", [(11, "FT007")]),
        (b'{"messages":' + b"9" * 6000 + b"}\n" + CLEAN, [(1, "FT014")]),
        (CLEAN + b"\0\n" + HUMAN, [(11, "FT007"), (12, "FT107")]),
    ],
)
def test_line_ends_marks_and_nuls(
    tmp_path: Path, data: bytes, expected: list[tuple[int | None, str]]
) -> None:
    (tmp_path / "a.jsonl").write_bytes(data)
    done = inside(tmp_path, "check", "a.jsonl", "--select", "FT0,FT1", "--format", "json")
    assert [(line, code) for _, line, code in done.places] == expected


HEAD = 1 << 16
"""What is read of a file before anything else (`ftlint.layout.HEAD`)."""


@pytest.mark.parametrize("size", [HEAD, 8 << 20, 16 << 20])
@pytest.mark.parametrize("more", [-1, 0, 1])
@pytest.mark.parametrize("ended", [True, False])
def test_files_that_end_at_a_border(tmp_path: Path, size: int, more: int, ended: bool) -> None:
    """The last line is the one with a fault, and fills the file to a byte."""
    begun = b'{"messages":[{"role":"human","content":"'
    rest = b'"},{"role":"assistant","content":"Yes."}]}' + b"\n" * ended
    data = CLEAN * ((size + more - 2000) // len(CLEAN))
    fill = size + more - len(data) - len(begun) - len(rest)
    (tmp_path / "a.jsonl").write_bytes(data + begun + b"x" * fill + rest)
    assert (tmp_path / "a.jsonl").stat().st_size == size + more
    done = inside(tmp_path, "check", "a.jsonl", "--select", "FT107", "--format", "json")
    lines = data.count(b"\n") + 1
    assert done.places == [("a.jsonl", lines, "FT107")]
    assert done.report["sources"][0]["examples"] == lines


# Nobody's home


HOMELESS = {
    "none": {"HOME": "-", "XDG_CACHE_HOME": "-"},
    "empty": {"HOME": "", "XDG_CACHE_HOME": "-"},
    "not there": {"HOME": "/nowhere", "XDG_CACHE_HOME": "-"},
    "a device": {"HOME": "/dev/null", "XDG_CACHE_HOME": "/dev/null"},
    "relative": {"HOME": "-", "XDG_CACHE_HOME": "cache"},
}


@pytest.mark.parametrize("env", HOMELESS.values(), ids=HOMELESS)
def test_no_home(tmp_path: Path, env: dict[str, str]) -> None:
    (tmp_path / "a.jsonl").write_bytes((CLEAN + HUMAN) * 200)
    (tmp_path / "tmp").mkdir()
    if os.geteuid() == 0 and env["HOME"] == "-":
        env = {**env, "HOME": str(tmp_path / "tmp")}  # root's home is known without the variable
    more = {**env, "FTLINT_CACHE_DIR": "-"}
    done = run(tmp_path, "check", "a.jsonl", "--select", "FT0,FT1", env=more)
    assert (done.status, done.err) == (1, "") and "FT107" in done.out


NOBODY = 65534


def as_nobody(folder: Path, *arguments: str) -> Outcome:
    """Run ftlint in a fork of this process that belongs to nobody; what it imports is here."""
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            done = inside(folder, *arguments)
            os.write(theirs, json.dumps([done.status, done.out[:9999], done.err]).encode())
        finally:
            os._exit(0)
    os.close(theirs)
    os.waitpid(child, 0)
    with os.fdopen(ours, "rb") as file:
        return Outcome(*json.loads(file.read()))


FORBIDDEN: tuple[tuple[tuple[str, ...], str], ...] = (
    (("check", "secret.jsonl"), "secret.jsonl: permission denied"),
    (("check", "closed"), "closed: no dataset in this folder"),
    (("check", "a.jsonl", "--output", "r.json"), "r.json: cannot be written: permission denied"),
    (("check", "a.jsonl", "-o", "sarif=closed/r"), "closed/r: cannot be written: "),
    (("check", "a.jsonl", "--select", "FT1", "--fix", "-q"), "fixes cannot be written"),
    (("convert", "a.jsonl", "--to", "chat", "--output", "c"), "c: cannot be written: permission"),
    (("split", "a.jsonl", "--train", "t", "--validation", "v"), "t: cannot be written: permission"),
    (("check", "a.jsonl", "-q", "--select", "FT0", "--fail-on", "never"), ""),
)


def test_what_may_not_be_written_or_read(monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid():
        pytest.skip("only root may become another user")
    monkeypatch.setenv("FTLINT_CACHE_DIR", "/nowhere")
    wrong = HUMAN.replace(b'"human"', b'"user","weight":"1"')
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        for file in ("a.jsonl", "secret.jsonl"):
            (folder / file).write_bytes(CLEAN + wrong)
        (folder / "secret.jsonl").chmod(0)
        (folder / "closed").mkdir(mode=0)
        (folder / "mine").mkdir()
        (folder / "mine" / "a.jsonl").write_bytes(CLEAN + wrong)
        for arguments, _ in FORBIDDEN[2:]:  # so that all is imported: Python may be root's as well
            inside(folder / "mine", *arguments)
        before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
        for arguments, said in FORBIDDEN:
            done = as_nobody(folder, *arguments)
            assert done.status == (2 if said else 0), done
            assert said in done.err and done.err.count("\n") == bool(said)
        assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before
