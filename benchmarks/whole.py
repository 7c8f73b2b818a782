"""Measures the whole run: what every family of rules and every step of it costs.

By default each family runs alone on a grown corpus, and what an empty run costs is taken off.
`--steps` samples one run of all default rules by its CPU time and tells in which modules it was;
`--sizes` runs all rules on files of several sizes, `--jobs` in one and in two processes. Exits
with 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from types import FrameType

import process

FAMILIES = ("FT0,FT1", "FT2", "FT3", "FT4", "FT5", "FT6", "FT7", "FT8", "DEFAULT")
EMPTY = "FT001"
"""A rule of files alone: its run reads, proves and reports, and judges nothing."""
SPEED = 6.0
"""MB a CPU second, at least, of all default rules."""
SPREAD = 1.2
"""How much dearer a byte may be at one size than at another."""
MEMORY = 1_000_000_000
"""Bytes, at most, at the peak of the largest of ``--sizes``."""
WALL = 1.8
"""How many times as fast two processes have to be."""
PERIOD = 0.001
"""Seconds of CPU between two samples; the kernel may take them more seldom."""


def main() -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", help="a corpus; made if not given")
    parser.add_argument("--megabytes", type=float, default=120)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--select", default="DEFAULT", help="rules of the other measurements")
    parser.add_argument("--steps", action="store_true", help="where the CPU time goes, by module")
    parser.add_argument("--sizes", type=float, nargs="*", help="MB: cost of a byte and peak memory")
    parser.add_argument("--jobs", action="store_true", help="wall time of 1 and of 2 processes")
    parser.add_argument("--sampled", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.sampled:
        return sampled(options.sampled, options.select)
    if options.sizes:
        return sizes(options)
    file = (options.file or process.corpus(options.megabytes)).resolve()
    if options.jobs:
        return jobs(file, options)
    return steps(file, options) if options.steps else families(file, options.runs)


def families(file: Path, runs: int) -> int:
    """Print what each family costs beyond an empty run."""
    size = file.stat().st_size
    empty = min(check(file, EMPTY).cpu for _ in range(runs))
    print(f"{file.name}, {size / 1e6:.0f} MB; an empty run: {empty:.2f} CPU s\n")
    print("| rules | CPU s | ns/B beyond an empty run | peak MB |\n|---|---|---|---|")
    whole = 0.0
    for family in FAMILIES:
        used = [check(file, family) for _ in range(runs)]
        cpu = min(each.cpu for each in used)
        peak = max(each.peak for each in used) / 1e6
        shown = (cpu - empty) / size * 1e9
        print(f"| {family} | {cpu:.2f} | {shown:.1f} | {peak:.0f} |", flush=True)
        whole = cpu
    speed = size / 1e6 / whole
    print(f"\nAll default rules: **{speed:.2f} MB a CPU second**; ", end="")
    print(f"target {SPEED:g}: {'met' if speed >= SPEED else '**missed**'}")
    return int(speed < SPEED)


def sizes(options: argparse.Namespace) -> int:
    """Print what a byte costs, and the peak memory, on files of several sizes."""
    print("| MB | CPU s | ns/B | MB a CPU second | peak MB |\n|---|---|---|---|---|")
    costs, peak = [], 0
    for megabytes in sorted(options.sizes):
        file = process.corpus(megabytes)
        size = file.stat().st_size
        used = check(file, options.select)
        costs.append(used.cpu / size * 1e9)
        peak = used.peak
        told = f"| {size / 1e6:.0f} | {used.cpu:.1f} | {costs[-1]:.0f} | {1e3 / costs[-1]:.2f} |"
        print(f"{told} {peak / 1e6:.0f} |", flush=True)
    spread = max(costs) / min(costs)
    met = spread <= SPREAD and peak <= MEMORY
    print(
        f"\nDearest against cheapest byte **{spread:.2f}** (target {SPREAD:g}), peak on the", end=""
    )
    print(f" largest **{peak / 1e6:.0f} MB** (target {MEMORY / 1e6:.0f}): ", end="")
    print("met" if met else "**missed**")
    return int(not met)


def jobs(file: Path, options: argparse.Namespace) -> int:
    """Print how much sooner two processes are done than one."""
    ratios = []
    for _ in range(options.runs):
        one, two = (check(file, options.select, number) for number in (1, 2))
        ratios.append(one.wall / two.wall)
        print(f"1 process {one.wall:.2f} s, 2 processes {two.wall:.2f} s", flush=True)
    ratio = statistics.median(ratios)
    print(f"\nMedian **{ratio:.2f}**; target {WALL:g}: {'met' if ratio >= WALL else '**missed**'}")
    return int(ratio < WALL)


def check(file: Path, select: str, number: int = 1) -> process.Usage:
    """Return what one run takes; nothing is kept from one to the next."""
    words = ["-m", "ftlint", "check", str(file), "--jobs", str(number), "--select", select]
    with tempfile.TemporaryDirectory() as folder:
        return process.run([*words, "-q", "--no-cache"], Path(folder), (0, 1))


def steps(file: Path, options: argparse.Namespace) -> int:
    """Print in which modules of ftlint a run of all rules spends its time."""
    with tempfile.TemporaryDirectory() as folder:
        words = [__file__, "--sampled", str(file), "--select", options.select]
        process.run(words, Path(folder), (0, 1))
        print((Path(folder) / "stderr").read_text("utf-8"), end="")
    return 0


def sampled(file: str, select: str) -> int:
    """Run ftlint in this process; each sample counts for the innermost module of ftlint."""
    from ftlint.cli import main as ftlint

    modules: Counter[str] = Counter()

    def sample(_: int, frame: FrameType | None) -> None:
        while frame is not None:
            name = frame.f_globals.get("__name__", "")
            if name.startswith("ftlint.") and name != "ftlint.value":
                break
            frame = frame.f_back
        modules[name if frame is not None else "start and end of Python"] += 1

    sys.argv = ["ftlint", "check", file, "--jobs", "1", "--select", select, "-q", "--no-cache"]
    signal.signal(signal.SIGPROF, sample)
    signal.setitimer(signal.ITIMER_PROF, PERIOD, PERIOD)
    with contextlib.suppress(SystemExit):
        ftlint()
    signal.setitimer(signal.ITIMER_PROF, 0)
    tell(modules, time.process_time() / Path(file).stat().st_size * 1e9)
    return 0


def tell(modules: Counter[str], whole: float) -> None:
    """Print packages and their modules, the dearest first; `whole` is what all cost, in ns/B."""
    packages: Counter[str] = Counter()
    for name, count in modules.items():
        packages[".".join(name.split(".")[1:2]) or name] += count
    cost = whole / modules.total()
    print("| step | ns/B | its modules |\n|---|---|---|", file=sys.stderr)
    for package, count in packages.most_common():
        inner = [
            f"{name.split('.', 2)[2]} {number * cost:.1f}"
            for name, number in modules.most_common()
            if name.startswith(f"ftlint.{package}.") and number * cost >= 0.5
        ]
        print(f"| {package} | {count * cost:.1f} | {', '.join(inner)} |", file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())
