"""Compares ftlint's file and schema rules with the cookbook notebook's work on a large file.

Both run as processes of their own, in turns, on the same file; what counts is CPU time, on one
core. ftlint is charged for its whole process, the notebook's script only for its work after
tiktoken's vocabulary is loaded. Exits with 1 when the target is missed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import process

TARGET_RATIO = 8.0
TARGET_JOBS = 1.8
SMALLEST = 100_000_000  # bytes; on a shorter file start-up blurs the comparison
MAX_GROWTH = 1.2  # peak memory on a file three times as large; the rest is noise of allocation


@dataclass(frozen=True, slots=True)
class Run:
    """One run over one file."""

    rows: int
    bytes: int
    cpu: float  # seconds
    peak: int  # bytes
    wall: float = 0.0  # seconds


def main() -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", help="a corpus; made if not given")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--select", default="FT0,FT1", help="ftlint's rules")
    parser.add_argument("--ratio", type=float, default=TARGET_RATIO, help="what is aimed at")
    parser.add_argument("--model", help="ftlint's --target, for FT2: openai:gpt-3.5-turbo-0125")
    parser.add_argument("--findings", action="store_true", help="findings only, no figures")
    parser.add_argument("--no-fast", action="store_true", help="hide gigatoken from ftlint")
    parser.add_argument("--jobs", action="store_true", help="wall time of 1 and of 2 processes")
    parser.add_argument("--no-tokens", action="store_true", help="notebook without its tokens")
    parser.add_argument("--memory", action="store_true", help="peak memory at two sizes instead")
    parser.add_argument("--megabytes", type=float, help="size of the corpus: 120, memory: 40")
    parser.add_argument("--data", type=Path, help="what the corpus is made of, see corpus.py")
    parser.add_argument("--cache", type=Path, default=process.CACHE)
    options = parser.parse_args()
    options.cache = options.cache.resolve()
    return compare_memory(options) if options.memory else compare_speed(options)


def compare_speed(options: argparse.Namespace) -> int:
    """Run both programs in turns; print a table and the ratio of their speeds."""
    file = (
        options.file or process.corpus(options.megabytes or 120, options.cache, options.data)
    ).resolve()
    if file.stat().st_size < SMALLEST:
        print(f"Note: {file.name} is shorter than {SMALLEST / 1e6:.0f} MB.\n")
    if options.jobs:
        return compare_jobs(options, file)
    theirs, ours = [], []
    for number in range(options.runs):
        # The order changes from pair to pair, so that neither side always runs second.
        if number % 2:
            ours.append(ftlint(file, options))
        theirs.append(notebook(file, options))
        if not number % 2:
            ours.append(ftlint(file, options))
    ours = [Run(theirs[0].rows, theirs[0].bytes, run.cpu, run.peak) for run in ours]
    print(f"{file.name}: {theirs[0].rows:,} rows, {theirs[0].bytes / 1e6:.1f} MB; min / median /")
    print(f"max of {options.runs} runs, one core\n")
    print("| | rows per CPU second | MB per CPU second | CPU seconds | peak MB |")
    print("|---|---|---|---|---|")
    print(table_row("cookbook notebook" + " without tokens" * options.no_tokens, theirs))
    print(table_row(f"ftlint check --select {options.select}", ours))
    ratios = [one.cpu / other.cpu for one, other in zip(theirs, ours, strict=True)]
    ratio = statistics.median(ratios)
    met = ratio >= options.ratio
    print(f"\nRatio (median of {options.runs} pairs): **{ratio:.2f}**", end=" ")
    print(f"({min(ratios):.2f} to {max(ratios):.2f}); target {options.ratio:g}:", end=" ")
    print("met" if met else "**missed**")
    return 0 if met else 1


def compare_memory(options: argparse.Namespace) -> int:
    """Run ftlint on a corpus and on one three times as large; print both peaks."""
    small = options.megabytes or 40
    print("| file MB | peak MB | CPU seconds |")
    print("|---|---|---|")
    peaks = []
    for megabytes in (small, 3 * small):
        file = process.corpus(megabytes, options.cache, options.data)
        run = ftlint(file, options)
        peaks.append(run.peak)
        print(f"| {run.bytes / 1e6:.1f} | {run.peak / 1e6:.1f} | {run.cpu:.2f} |", flush=True)
    growth = peaks[1] / peaks[0]
    bounded = growth <= MAX_GROWTH
    print(
        f"\nGrowth: **{growth:.2f}**, at most {MAX_GROWTH:g}: {'met' if bounded else '**missed**'}"
    )
    return 0 if bounded else 1


def notebook(file: Path, options: argparse.Namespace) -> Run:
    """One run of the cookbook notebook's work, with the CPU time it reports itself."""
    arguments = [
        str(process.HERE / "cookbook_baseline.py"),
        str(file),
        "--cache",
        str(options.cache),
    ]
    if options.no_tokens:
        arguments.append("--no-tokens")
    with tempfile.TemporaryDirectory() as folder:
        usage = process.run(arguments, Path(folder))
        said: dict[str, Any] = json.loads((Path(folder) / "stdout").read_bytes())
    return Run(said["rows"], said["bytes"], said["cpu_seconds"], usage.peak)


PLAIN = "from ftlint.cli import main; main()"
HIDING = "import sys; sys.modules['gigatoken'] = None; " + PLAIN


def compare_jobs(options: argparse.Namespace, file: Path) -> int:
    """Run ftlint with one and with two processes, in turns; print the ratio of wall times."""
    ratios = []
    for _ in range(options.runs):
        one, two = (ftlint(file, options, jobs).wall for jobs in (1, 2))
        ratios.append(one / two)
        print(f"1 process {one:.2f} s, 2 processes {two:.2f} s: {one / two:.2f} times", flush=True)
    ratio = statistics.median(ratios)
    met = ratio >= TARGET_JOBS
    print(f"\nMedian **{ratio:.2f}**; target {TARGET_JOBS:g}: {'met' if met else '**missed**'}")
    return 0 if met else 1


def ftlint(file: Path, options: argparse.Namespace, jobs: int = 1) -> Run:
    """One run of ftlint, with the CPU time of its whole process; findings are no failure."""
    arguments = ["-c", HIDING if options.no_fast else PLAIN, "check", str(file)]
    shown = ("full", "--quiet") if options.findings else ("json",)
    arguments += ["--select", options.select, "--format", *shown, "--jobs", str(jobs)]
    if options.model:
        arguments += ["--target", options.model]
    with tempfile.TemporaryDirectory() as folder:
        usage = process.run(arguments, Path(folder), allowed=(0, 1))
        with (Path(folder) / "stdout").open("rb") as report:
            if not options.findings and report.read(1) != b"{":
                print("ftlint printed no JSON report", file=sys.stderr)
                raise SystemExit(2)
    return Run(0, file.stat().st_size, usage.cpu, usage.peak, usage.wall)


def table_row(name: str, runs: Sequence[Run]) -> str:
    """One line of the Markdown table."""
    columns = [
        spread([run.rows / run.cpu for run in runs], 0),
        spread([run.bytes / 1e6 / run.cpu for run in runs], 1),
        spread([run.cpu for run in runs], 2),
        spread([run.peak / 1e6 for run in runs], 0),
    ]
    return f"| {name} | {' | '.join(columns)} |"


def spread(values: Sequence[float], digits: int) -> str:
    """Minimum, median and maximum."""
    three = (min(values), statistics.median(values), max(values))
    return " / ".join(f"{value:,.{digits}f}" for value in three)


if __name__ == "__main__":
    raise SystemExit(main())
