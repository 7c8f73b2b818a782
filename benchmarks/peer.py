"""The peers: where each is installed, and how its programs are run.

Each has a virtual environment of its own below the cache folder, made with pip when it is absent.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import process

HERE = Path(__file__).resolve().parent
INSTALLING = 1800
"""Seconds that an installation may take."""
TORCH = "torch==2.13.0+cpu"
"""Only a build without CUDA: where no index has one, data-juicer is not installed."""
Given = TypeVar("Given")
Result = TypeVar("Result")
NOT_OURS = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV")


class Unavailable(Exception):
    """Why a peer cannot be run here."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A program of others, and what pip installs for it."""

    package: str  # whose version is told
    requirements: tuple[str, ...]
    note: str = ""  # what is needed beyond its own requirements, and why


PEERS = {
    "parallelogram": Peer("parallelogram", ("parallelogram",)),
    "cleanllm": Peer("cleanllm", ("cleanllm",)),
    "toolkit-mmqa": Peer("toolkit-mmqa", ("toolkit-mmqa",)),
    "toolkit-mmqa[fast]": Peer("toolkit-mmqa", ("toolkit-mmqa[fast]",), "with NumPy"),
    "data-juicer": Peer(
        "py-data-juicer",
        ("py-data-juicer", "aiohttp", "scipy", "ray"),
        "aiohttp, scipy, ray and torch are imported, and not among its requirements",
    ),
    "datatrove": Peer(
        "datatrove",
        ("datatrove", "spacy", "nltk", "xxhash<4", "orjson", "tokenizers", "regex", "fasteners"),
        "MinHash needs these packages, and xxhash older than 4",
    ),
}


@dataclass(frozen=True, slots=True)
class Environment:
    """An installed peer."""

    folder: Path
    version: str
    megabytes: int

    @property
    def python(self) -> Path:
        """Its Python."""
        return self.folder / "bin" / "python"

    def command(self, program: str, *arguments: object) -> list[str]:
        """A command line of one of its programs."""
        return [str(self.folder / "bin" / program), *map(str, arguments)]


def install(name: str, cache: Path, torch: str = TORCH) -> Environment:
    """Return the environment of a peer, made if absent.

    Raises: Unavailable, if pip does not succeed.
    """
    peer, folder = PEERS[name], cache / "peers" / name
    marker = folder / "installed.json"
    if not marker.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        called([sys.executable, "-m", "venv", str(folder)])
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        if name == "data-juicer":
            # First and by itself: what needs torch may otherwise bring gigabytes of CUDA.
            called([*pip, torch])
        called([*pip, *peer.requirements])
        marker.write_text(json.dumps(described(folder, peer.package)))
    said = json.loads(marker.read_text())
    return Environment(folder, said["version"], said["megabytes"])


def described(folder: Path, package: str) -> dict[str, object]:
    """The version of a package and the size of the environment."""
    asked = f"from importlib.metadata import version; print(version({package!r}))"
    told = called([str(folder / "bin" / "python"), "-c", asked])
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    size = sum(path.stat().st_size for path in files)
    return {"version": told.strip(), "megabytes": round(size / 1e6)}


def called(command: Sequence[str]) -> str:
    """What a command prints; raises Unavailable if it does not succeed."""
    env = {key: value for key, value in os.environ.items() if key not in NOT_OURS}
    try:
        done = subprocess.run(command, capture_output=True, env=env, timeout=INSTALLING)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"not installed within {INSTALLING} s") from None
    if done.returncode:
        errors = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise Unavailable(f"does not install: {reason(errors)}")
    return done.stdout.decode(errors="replace")


def run(command: Sequence[str], folder: Path, limit: float) -> process.Outcome:
    """Run a program of a peer in an empty folder, told to stay offline and without warm caches.

    Raises: Unavailable, if it takes longer than the limit, shows a traceback, or exits with
    another status than the three that stand for a result.
    """
    done = process.attempt(command, folder, offline(folder), limit)
    if done.status < 0 and done.usage.wall >= limit:
        raise Unavailable(f"stopped after {limit:.0f} s")
    if done.crashed or done.status not in (0, 1, 2):
        raise Unavailable(f"crashes: {reason(done.said.strip().splitlines() or ['killed'])}")
    return done


def read(reader: Callable[[Given], Result], given: Given) -> Result:
    """What a reader makes of the output of a peer.

    Raises: Unavailable, if the output is not there or not what the reader knows.
    """
    try:
        return reader(given)
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise Unavailable(f"reports nothing that can be read: {error!r}"[:160]) from None


def reason(lines: Sequence[str]) -> str:
    """The line of an error message that names the error, shortened."""
    named = [line for line in lines if "Error" in line or "ERROR" in line]
    return (named or list(lines))[-1].strip(" │|")[:160]


def offline(folder: Path) -> dict[str, str]:
    """The environment of a peer: its own home, nothing of ours, nothing to be installed."""
    kept = {key: value for key, value in os.environ.items() if key not in NOT_OURS}
    home = folder / "home"
    home.mkdir(exist_ok=True)
    # data-juicer would install what it misses while it runs.
    closed = {"HF_HUB_OFFLINE": "1", "UV_OFFLINE": "1", "PIP_NO_INDEX": "1"}
    return kept | closed | {"HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache")}


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder for one run; what a peer leaves there and cannot be removed is let be."""
    return tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
