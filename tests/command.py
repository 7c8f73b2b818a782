"""Runs ftlint as its users do: in a process of its own, or in this one where that is all the same.

No run may show a traceback: what a user gets wrong is answered with one message.
"""

from __future__ import annotations

import gc
import io
import json
import os
import re
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

import ftlint as package
from ftlint.case import assistant, chat, user
from ftlint.cli import main
from ftlint.testing import FILLER

CLEAN = b"".join(orjson.dumps(record) + b"\n" for record in FILLER)
"""Ten examples on which no rule speaks."""
HUMAN = orjson.dumps(chat({"role": "human", "content": "Hi"}, assistant("Hello!"))) + b"\n"
"""An example with one fault: FT107 at /messages/0/role."""
TWICE = b"""{"messages":[{"role":"user","role":"user","content":"What does a heron eat?"},\
{"role":"assistant","content":"Fish, frogs and now and then a careless duckling."}]}
"""
"""An example with one warning: FT010, a key that stands twice."""
PACK = """\
code: ACME001
name: internal-name
kind: lexicon
severity: warning
message: "{role} names the internal project {term}"
summary: Text names a project that is not public.
why: the model will name it to customers.
terms: [Bluefin]
good: [{example: {messages: [{role: user, content: Hi}, {role: assistant, content: Hello!}]}}]
bad:
  - example: {messages: [{role: user, content: Next?}, {role: assistant, content: Bluefin.}]}
    at: PLACE
"""
"""A rule of a user's own; `PLACE` is where its bad case says that it speaks."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run left behind."""

    status: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """Return the report that `--format json` wrote."""
        report: dict[str, Any] = json.loads(self.out)
        return report

    @property
    def places(self) -> list[tuple[str, int | None, str]]:
        """Return path, line and code of each finding in the JSON report."""
        return [(each["path"], each["line"], each["code"]) for each in self.report["findings"]]


def ftlint(
    folder: Path,
    *arguments: object,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    python: Path | str = sys.executable,
) -> Outcome:
    """Run ftlint in a process of its own, working in `folder`."""
    done = subprocess.run(
        [str(python), "-m", "ftlint", *map(str, arguments)],
        cwd=folder,
        input=stdin,
        capture_output=True,
        env={**os.environ, **(env or {})},
    )
    return outcome(done.returncode, done.stdout, done.stderr)


def inside(folder: Path, *arguments: object) -> Outcome:
    """Run ftlint in this process, working in `folder`; standard input is not there."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    given, sys.argv = sys.argv, ["ftlint", *map(str, arguments)]
    try:
        with chdir(folder), redirect_stdout(out), redirect_stderr(err):
            main()
    except SystemExit as end:
        assert isinstance(end.code, int)
        return outcome(end.code, _written(out), _written(err))
    finally:
        sys.argv = given
        gc.unfreeze()  # a run of its own would end here
    raise AssertionError("main() returned; it must end with a status")


def _written(stream: io.TextIOWrapper) -> bytes:
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue()


def outcome(status: int, out: bytes, err: bytes) -> Outcome:
    """Return what a run left behind, which must hold no traceback."""
    said = err.decode(errors="backslashreplace")
    assert "Traceback" not in said, said
    return Outcome(status, out.decode(), said)


def environment(folder: Path, *paths: Path) -> Path:
    """Return the Python of a fresh environment that has ftlint's dependencies, but not ftlint.

    They are taken from the environment of the tests, so that nothing is downloaded. `paths` come
    before them.
    """
    venv.create(folder, with_pip=False)
    ours = {name: str(folder) for name in ("base", "platbase")}
    packages = Path(sysconfig.get_path("purelib", "venv", ours))
    theirs = (sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))
    # Folders named so are searched, but their own .pth files, as of editable installs, are not.
    lines = dict.fromkeys([*map(str, paths), *theirs])
    (packages / "borrowed.pth").write_text("".join(f"{line}\n" for line in lines))
    return Path(sysconfig.get_path("scripts", "venv", ours)) / "python"


def pip(python: Path, *arguments: object) -> None:
    """Run pip for the environment of `python`, without an index."""
    command = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
    done = subprocess.run([*map(str, (*command, *arguments))], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def timeless(out: str) -> str:
    """Return a JSON report without the one figure that may differ between two runs."""
    return re.sub(r'"duration_seconds": [0-9.e-]+', '"duration_seconds": 0', out)


LISTING = """
import atexit, sys
atexit.register(lambda: print(*sys.modules, sep="\\n"))
from ftlint.cli import main
main()
"""


def loaded(folder: Path, *arguments: str, python: Path | str = sys.executable) -> set[str]:
    """Return the top-level packages that a run imports."""
    child = subprocess.run(
        [str(python), "-c", LISTING, *arguments, "--output", os.devnull],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert child.returncode in (0, 1)
    return {module.partition(".")[0] for module in child.stdout.splitlines()}


WRONG = orjson.dumps(chat(user("What is 7 times 8?"), assistant("It is 56.", weight="1"))) + b"\n"
UNSAFE = orjson.dumps(chat(user("Who sings?"), {**assistant("A lark."), "mood": "glad"})) + b"\n"


SOURCE = Path(package.__file__).parents[1]


# Plugins that are broken, as folders that pip would leave

RULE = """
from dataclasses import dataclass
from ftlint.finding import Severity
from ftlint.rule import ExampleRule

@dataclass(frozen=True)
class Made(ExampleRule):
    \"\"\"A rule.\"\"\"
    code, name, severity, message = "ACM001", "made", Severity.WARNING, "x"

    def check(self, example):
        yield from ()
"""


def installed(folder: Path, text: str) -> Path:
    """Return a folder for PYTHONPATH with a plugin made of one module."""
    packages = folder / "packages"
    metadata = packages / "made-1.dist-info"
    metadata.mkdir(parents=True)
    (packages / "made.py").write_text(text, "utf-8")
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: made\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text("[ftlint.rules]\nACM = made:Made\n")
    (folder / "a.jsonl").write_bytes(CLEAN + HUMAN)
    return packages
