"""Measures what `--changed` costs beside the same run that shows everything.

A file of real examples is committed; then it is left alone, shuffled, and given 20 new rows with
3 faults. Exits with 1 when other rows are told than those, or it costs more than is aimed at.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import orjson
from process import Usage, run

CHAT = Path(__file__).resolve().parents[2] / "shared" / "data" / "chat"
TARGET = 1.15
"""CPU of a run with `--changed` over that of one without, where only rows have moved."""
FAULT = "role-invalid"


def main() -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=8)
    parser.add_argument("--select", default="", help="rules to run; without it the default ones")
    options = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = examples(int(options.megabytes * 1e6))
        random.Random(1).shuffle(rows)
        committed(folder, rows)
        plain, _ = checked(folder, options.select)
        print(f"{len(rows):,} rows, everything shown: {plain.cpu:.2f} s of CPU")
        moved = random.Random(2).sample(rows, len(rows))
        for title, now, faults in (
            ("nothing changed", rows, []),
            ("all rows moved", moved, []),
            ("20 rows added", *added(rows)),
        ):
            (folder / "train.jsonl").write_bytes(b"".join(now))
            usage, found = checked(folder, options.select, "--changed")
            right = [line for line, rule in found if rule == FAULT] == faults
            ratio = usage.cpu / plain.cpu
            failed |= not right or (not faults and (bool(found) or ratio > TARGET))
            told = f"{len(found)} findings, {len(faults)} of them faults" if found else "no finding"
            print(f"{title}: {usage.cpu:.2f} s ({ratio:.2f}), {usage.peak / 1e6:.0f} MB; {told}")
    return int(failed)


def examples(limit: int) -> list[bytes]:
    """Return real chat examples of at most `limit` bytes, from all files in turns."""
    files = [path.read_bytes().splitlines(keepends=True) for path in sorted(CHAT.glob("*.jsonl"))]
    rows: list[bytes] = []
    size = 0
    for number in range(max(map(len, files))):
        for lines in files:
            if number < len(lines) and b'"messages"' in lines[number][:4000]:
                rows.append(lines[number].rstrip(b"\n") + b"\n")
                size += len(rows[-1])
                if size > limit:
                    return rows
    return rows


def added(rows: list[bytes]) -> tuple[list[bytes], list[int]]:
    """Return `rows` with 20 more in their middle, and the lines of 3 faults among those."""
    drawn = random.Random(3)
    middle, new, faults = len(rows) // 2, [], []
    for number in range(20):
        word = f"{drawn.getrandbits(40):x}"
        role = "human" if number in (4, 11, 19) else "user"
        asked = {"role": role, "content": f"Which parcel has the number {word}?"}
        said = {"role": "assistant", "content": f"Parcel {word} left the depot of Ghent at noon."}
        new.append(orjson.dumps({"messages": [asked, said]}) + b"\n")
        faults += [middle + number + 1] if role == "human" else []
    return [*rows[:middle], *new, *rows[middle:]], faults


def committed(folder: Path, rows: list[bytes]) -> None:
    """Make a repository in which `rows` are committed."""
    (folder / "train.jsonl").write_bytes(b"".join(rows))
    who = ("-c", "user.name=me", "-c", "user.email=me")
    for command in (("init", "-q"), ("add", "train.jsonl"), (*who, "commit", "-qm", "data")):
        subprocess.run(["git", *command], cwd=folder, check=True)


def checked(folder: Path, select: str, *more: str) -> tuple[Usage, list[tuple[int, str]]]:
    """Return what a run costs, and line and rule of what it shows."""
    words = [
        "-m",
        "ftlint",
        "check",
        "train.jsonl",
        "--no-cache",
        "--jobs",
        "1",
        "--format",
        "json",
        *more,
    ]
    usage = run([*words, *(["--select", select] if select else [])], folder, (0, 1))
    report = json.loads((folder / "stdout").read_text("utf-8"))
    return usage, [(each["line"], each["name"]) for each in report["findings"]]


if __name__ == "__main__":
    sys.exit(main())
