"""Compares ftlint's duplicate rules with datatrove's MinHash and with toolkit-mmqa's.

All run as processes of their own, in turns, on the same texts; what counts is CPU time, start-up
included. The peers read only the texts, written out for them beforehand; ftlint reads, decodes
and proves the chat records. Exits with 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

import process

HERE = Path(__file__).resolve().parent
RULES = "FT401,FT402,FT403"
TARGETS = {"datatrove": 5.0, "toolkit-mmqa": 20.0}
TEXTS = "TEXTS"
"""Stands for the file of texts in the command of a peer."""
EXEC = "import os, sys; os.execv(sys.argv[1], sys.argv[1:])"
"""Makes another program of the child that is measured."""


def main() -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", help="a corpus; made if not given")
    parser.add_argument("--megabytes", type=float, default=60.0)
    parser.add_argument("--data", type=Path, help="what the corpus is made of, see corpus.py")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--datatrove", type=Path, help="Python of an environment that has it")
    parser.add_argument("--mmqa", type=Path, help="the program toolkit-mmqa")
    parser.add_argument("--cache", type=Path, default=HERE / ".cache")
    options = parser.parse_args()
    options.cache = options.cache.resolve()
    file = (
        options.file or process.corpus(options.megabytes, options.cache, options.data)
    ).resolve()
    peers: dict[str, list[str]] = {}
    if options.datatrove:
        peers["datatrove"] = [str(options.datatrove), str(HERE / "datatrove_baseline.py"), TEXTS]
    if options.mmqa:
        arguments = ["dedup", "--input", TEXTS, "--near-dup", "--out", "report"]
        peers["toolkit-mmqa"] = [str(options.mmqa), *arguments]
    with tempfile.TemporaryDirectory() as folder:
        texts = Path(folder, "texts.jsonl")
        rows = write_texts(file, texts)
        return compare(file, texts, rows, peers, options.runs)


def write_texts(file: Path, output: Path) -> int:
    """Write the text of each record without its system prompt; returns how many there are."""
    rows = 0
    with file.open("rb") as lines, output.open("w", encoding="utf-8") as out:
        for line in lines:
            said = [
                message["content"]
                for message in json.loads(line)["messages"]
                if message["role"] != "system" and isinstance(message.get("content"), str)
            ]
            out.write(json.dumps({"text": "\n".join(said)}, ensure_ascii=False) + "\n")
            rows += 1
    return rows


def compare(file: Path, texts: Path, rows: int, peers: dict[str, list[str]], runs: int) -> int:
    """Run all in turns; print a table and the ratio of each peer; returns the exit status."""
    size = file.stat().st_size
    print(f"{file.name}: {rows:,} examples, {size / 1e6:.1f} MB; median of {runs} runs\n")
    print("| | CPU seconds | ns a byte | peak MB | times |")
    print("|---|---|---|---|---|")
    ours: list[process.Usage] = []
    theirs: dict[str, list[process.Usage]] = {name: [] for name in peers}
    for _ in range(runs):
        ours.append(ftlint(file))
        for name, command in peers.items():
            theirs[name].append(measured(command, texts))
    base = statistics.median(run.cpu for run in ours)
    missed = False
    for name, those in {f"ftlint --select {RULES}": ours, **theirs}.items():
        cpu, peak = (
            statistics.median(v) for v in zip(*((r.cpu, r.peak) for r in those), strict=True)
        )
        ratio = statistics.median(a.cpu / b.cpu for a, b in zip(those, ours, strict=True))
        print(
            f"| {name} | {cpu:.2f} | {cpu / size * 1e9:.0f} | {peak / 1e6:.0f} | {ratio:.1f} |",
            flush=True,
        )
        missed |= ratio < TARGETS.get(name, 0)
    print(f"\nftlint: {base:.2f} s; targets {TARGETS}: {'**missed**' if missed else 'met'}")
    return 1 if missed else 0


def ftlint(file: Path) -> process.Usage:
    """One run of the duplicate rules in one process; findings are no failure."""
    arguments = ["-m", "ftlint", "check", str(file), "--select", RULES, "--format", "json"]
    with tempfile.TemporaryDirectory() as folder:
        return process.run([*arguments, "--jobs", "1"], Path(folder), allowed=(0, 1))


def measured(command: list[str], texts: Path) -> process.Usage:
    """One run of a peer, in a folder of its own, over the texts."""
    given = [str(texts) if word == TEXTS else word for word in command]
    with tempfile.TemporaryDirectory() as folder:
        return process.run(["-c", EXEC, *given], Path(folder), allowed=(0, 1))


if __name__ == "__main__":
    sys.exit(main())
