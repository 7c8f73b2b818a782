"""Times the tables: seconds from a finished run to the frame of 100 000 findings or examples.

The import of pandas is timed apart. Exits with 1 when a frame takes longer than is aimed at.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import orjson

import ftlint
from ftlint.case import assistant, chat, user
from ftlint.frames import written
from ftlint.report import Report

TARGET = 1.0  # seconds


def main() -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    options = parser.parse_args()
    begin = time.perf_counter()
    import pandas

    print(f"import of pandas {pandas.__version__}: {time.perf_counter() - begin:.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        report = linted(Path(folder, "train.jsonl"), options.rows)
    assert len(report.findings) >= options.rows
    report.to_frame(), report.measures_frame()  # what pandas loads late
    slow = 0
    for title, make in (
        ("findings", report.to_frame),
        ("examples", report.measures_frame),
        ("examples as csv", lambda: written(report, "csv")),
        ("examples as parquet", lambda: written(report, "parquet")),
    ):
        slow += timed(title, make) > TARGET
    return int(slow > 0)


def linted(path: Path, rows: int) -> Report:
    """Return the report of so many examples, each with one finding."""
    with path.open("wb") as file:
        for number in range(rows):
            record = chat(user(f"What is {number}?"), user("Tell me."), assistant(f"{number}."))
            file.write(orjson.dumps(record) + b"\n")
    return ftlint.check(path, target="openai:gpt-4o-mini-2024-07-18", max_findings=0)


def timed(title: str, make: Callable[[], object]) -> float:
    """Print and return the least seconds of three tries."""
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        made = make()
        times.append(time.perf_counter() - begin)
    size = f"{len(made):,}" if hasattr(made, "__len__") else ""
    print(f"{title}: {min(times):.2f} s ({size} rows or bytes)")
    return min(times)


if __name__ == "__main__":
    sys.exit(main())
