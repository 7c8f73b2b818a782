"""Measures CPU time and memory of the duplicate rules on very many short examples.

The examples are distinct but for planted near duplicates, and made of words as frequent as
words are (Zipf), so that they share shingles as real ones do. Exits with 1 when a planted one is
missed too often, or when memory passes the limit.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from itertools import accumulate
from pathlib import Path
from typing import Any

import process

RULES = "FT401,FT402,FT403"
WORDS = 50_000
CHUNK = 1000
"""Examples that are written at once."""
LEAST = 0.95
"""Share of the planted ones that must be found."""


def main() -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=1_000_000)
    parser.add_argument("--every", type=int, default=1000, help="of so many one is nearly another")
    parser.add_argument("--select", default=RULES, help="ftlint's rules")
    parser.add_argument("--jobs", type=int, default=1, help="worker processes")
    parser.add_argument("--limit", type=float, default=4.0, help="GB of memory at most")
    parser.add_argument("--folder", type=Path, help="where the examples and the run's files go")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        file = folder / "examples.jsonl"
        write(file, options.examples, options.every)
        size = file.stat().st_size
        print(f"{options.examples:,} examples, {size / 1e6:,.0f} MB", flush=True)
        arguments = ["check", str(file), "--select", options.select, "--format", "json"]
        used = process.run(
            ["-m", "ftlint", *arguments, "--jobs", str(options.jobs)], folder, allowed=(0, 1)
        )
        report = json.loads((folder / "stdout").read_bytes())
    return told(report["measures"]["duplicates"], used, options)


def told(found: dict[str, Any], used: process.Usage, options: argparse.Namespace) -> int:
    """Print what was used and found; returns the exit status."""
    many, planted = options.examples, options.examples // options.every
    near = found["near"]["examples"]
    print(
        f"CPU {used.cpu:.1f} s, wall {used.wall:.1f} s, {used.cpu / many * 1e6:.1f} µs an example"
    )
    print(f"peak {used.peak / 1e9:.2f} GB, {used.peak / many:.0f} bytes an example")
    print(f"exact {found['exact']['examples']}, near {near:,} of {planted:,} planted")
    return 1 if near < LEAST * planted or used.peak > options.limit * 1e9 else 0


def write(path: Path, examples: int, planted: int) -> None:
    """Write the examples, the same ones for the same numbers; one of `planted` is a near copy."""
    rng = random.Random(1)
    letters = "etaoinshrdlucmfwyp"
    last: tuple[list[str], int] = ([], 0)
    words = ["".join(rng.choices(letters, k=rng.randint(2, 10))) for _ in range(WORDS)]
    chosen = list(accumulate(1 / (rank + 3) for rank in range(WORDS)))
    with path.open("w") as out:
        for start in range(0, examples, CHUNK):
            every = rng.choices(words, cum_weights=chosen, k=25 * CHUNK)
            at = 0
            for number in range(start, min(start + CHUNK, examples)):
                many, asked = rng.randint(12, 25), rng.randint(5, 9)
                said = every[at : at + many]
                at += many
                if number % planted == planted - 1:
                    said, asked = [*last[0], rng.choice(words)], last[1]
                last = said, asked
                question, answer = " ".join(said[:asked]), " ".join(said[asked:])
                out.write(
                    f'{{"messages": [{{"role": "user", "content": "{question}?"}}, '
                    f'{{"role": "assistant", "content": "{answer}."}}]}}\n'
                )


if __name__ == "__main__":
    sys.exit(main())
