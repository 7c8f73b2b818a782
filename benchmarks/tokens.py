"""Compares the tokenisers: the ids of every real message with tiktoken's, and their speed.

Each text is one that a message holds under any key, in the order of the files. All of them are
counted in one pass by each library in turn, with what it remembers empty at the start, as in a
run. Exits with 1 when an id differs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from reference import Tiktoken

from ftlint.tokens.encoding import VOCABULARIES, Backend, Encoding, Gigatoken, Splintr

DATA = Path(__file__).parent / "../../shared/data/chat"
START = "from ftlint.tokens.encoding import {0}; {0}({1!r}).count('Hello')"


def main() -> int:
    """Measure and print a table an encoding; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="*", help="by default the shared chat data")
    parser.add_argument("--no-ids", action="store_true", help="speed only")
    options = parser.parse_args()
    texts = list(texts_of(options.files or sorted(DATA.glob("*.jsonl"))))
    size = sum(len(text.encode()) for text in texts)
    print(f"{len(texts):,} texts, {len(set(texts)):,} different; {size / 1e6:.1f} MB\n")
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in VOCABULARIES:
            wrong += compare(name, texts, size, Path(folder), ids=not options.no_ids)
    return int(wrong > 0)


def texts_of(files: list[Path]) -> Iterator[str]:
    """Yield the strings of all messages, also of preferred and other answers."""
    for path in files:
        with path.open(encoding="utf-8") as file:
            for line in file:
                record = json.loads(line)
                lists = [record, *(v for v in record.values() if isinstance(v, dict))]
                found = [v for part in lists for v in part.values() if isinstance(v, list)]
                messages = (m for messages in found for m in messages if isinstance(m, dict))
                yield from (v for m in messages for v in m.values() if isinstance(v, str))


def compare(name: str, texts: list[str], size: int, folder: Path, *, ids: bool) -> int:
    """Print the table of one encoding; returns how many ids differ."""
    makers: dict[str, Callable[[], Backend]] = {
        "tiktoken": lambda: Tiktoken(name, folder),
        "splintr-rs": lambda: Splintr(name),
        "gigatoken": lambda: Gigatoken(name),
    }
    makers["tiktoken"]()  # writes its file
    reference = makers["tiktoken"]()
    print(f"| {name} | start, CPU ms | MB/CPU s | as ftlint counts | again | texts that differ |")
    print("|---|---|---|---|---|---|")
    wrong = 0
    for library, make in makers.items():
        different = 0
        if ids and library != "tiktoken":
            other = make()
            different = sum(reference.ids(t) != other.ids(t) for t in dict.fromkeys(texts))
            different += sum(reference.count(t) != other.count(t) for t in dict.fromkeys(texts))
        wrong += different
        started = "" if library == "tiktoken" else f"{1000 * start(make().__class__, name):.0f}"
        backend, kept = make(), Encoding(name, make())
        speeds = [size / 1e6 / seconds(count, texts) for count in (backend.count, kept.count)]
        again = size / 1e6 / seconds(backend.count, texts)
        print(f"| {library} | {started} | {speeds[0]:.1f} | {speeds[1]:.1f} | {again:.1f} ", end="")
        print(f"| {different if ids else ''} |")
    print()
    return wrong


def start(backend: type, name: str) -> float:
    """Return the CPU seconds until the first count, without those of ftlint's own import."""
    times = [
        child(program)
        for program in ("import ftlint.tokens.encoding", START.format(backend.__name__, name))
    ]
    return times[1] - times[0]


def child(program: str) -> float:
    """Return the least CPU seconds of three processes."""
    report = f"{program}\nimport time; print(time.process_time())"
    command = [sys.executable, "-c", report]
    return min(float(subprocess.check_output(command)) for _ in range(3))


def seconds(count: Callable[[str], int], texts: list[str]) -> float:
    """Return the CPU seconds of one pass."""
    begin = time.process_time()
    for text in texts:
        count(text)
    return time.process_time() - begin


if __name__ == "__main__":
    sys.exit(main())
