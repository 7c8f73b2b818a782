"""Compares ftlint with its peers: speed and memory for the same work, and which faults are found.

Each peer is installed by pip in an environment of its own below ``benchmarks/.cache/peers``. All
run in turns on the same files, told to stay offline. Exits with 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import catch
import peer
import process
from contest import CONTESTS, OURS, Contest, Entry, Job, Target
from corpus import DATA
from texts import write_texts

HERE = Path(__file__).resolve().parent
TASKS = (*CONTESTS, "faults")
Environments = dict[str, peer.Environment | str]
"""Installed peers, or why one is not there."""


@dataclass(slots=True)
class Runs:
    """The runs of one entry on one file, or why there are none."""

    entry: Entry
    file: Path
    used: list[process.Usage] = field(default_factory=list)
    found: int = 0
    failure: str = ""

    def median(self, measure: str) -> float:
        """The median of ``cpu``, ``wall`` or ``peak``."""
        return statistics.median(figure(used, measure) for used in self.used)


def main() -> int:
    """Measure and print; returns the exit status."""
    options = arguments()
    chosen = {"all": list(peer.PEERS), "none": []}.get(options.peers, options.peers.split(","))
    if unknown := [name for name in chosen if name not in peer.PEERS]:
        print(f"unknown peers: {', '.join(unknown)}; known: {', '.join(peer.PEERS)}")
        return 2
    environments = installed(chosen, options)
    print(heading(environments), flush=True)
    missed = False
    for task in options.task or TASKS:
        if task in CONTESTS:
            missed |= compare(CONTESTS[task], environments, options)
        else:
            print(catch.compare(environments, options), flush=True)
    return 1 if missed else 0


def arguments() -> argparse.Namespace:
    """What the user asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", choices=TASKS, action="append", help="may be repeated")
    parser.add_argument("--peers", default="all", help=f"all, none or of {','.join(peer.PEERS)}")
    parser.add_argument("--megabytes", type=float, help="size of the corpus: 24, 12 and 6")
    parser.add_argument("--small", type=float, default=6.0, help="that of the slow peers' corpus")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--each", type=int, default=5, help="faults of a kind that are planted")
    parser.add_argument("--limit", type=float, default=600.0, help="seconds for one run of a peer")
    parser.add_argument("--torch", default=peer.TORCH, help="what pip installs for data-juicer")
    parser.add_argument("--data", type=Path, help="what the corpus is made of, see corpus.py")
    parser.add_argument("--cache", type=Path, default=HERE / ".cache")
    options = parser.parse_args()
    options.cache = options.cache.resolve()
    options.chat = options.data or DATA
    return options


def installed(names: Sequence[str], options: argparse.Namespace) -> Environments:
    """The environment of each peer, made where it is absent."""
    made: Environments = {}
    for name in names:
        try:
            made[name] = peer.install(name, options.cache, options.torch)
        except peer.Unavailable as why:
            made[name] = str(why)
    return made


def heading(environments: Environments) -> str:
    """The date, the machine and the versions."""
    day = datetime.datetime.now(datetime.UTC).date()
    lines = [f"{day}, Python {platform.python_version()}, {os.cpu_count()} cores", ""]
    lines += ["| peer | version | installed MB | needs besides |", "|---|---|---|---|"]
    try:
        ours = version("ftlint")
    except PackageNotFoundError:
        ours = "this checkout"
    lines.append(f"| {OURS} | {ours} | | |")
    for name, there in environments.items():
        told = f"{there} | | |"
        if not isinstance(there, str):
            told = f"{there.version} | {there.megabytes} | {peer.PEERS[name].note} |"
        lines.append(f"| {name} | {told}")
    return "\n".join(lines)


def compare(contest: Contest, environments: Environments, options: argparse.Namespace) -> bool:
    """Run all entries in turns and print a table; returns whether a target is missed."""
    size = options.megabytes or contest.megabytes
    large = process.corpus(size, options.cache, options.data).resolve()
    slow = [e for e in contest.entries if e.small and e.peer in environments]
    entries = [e for e in contest.entries if e.peer in (OURS, *environments)]
    every = [Runs(e, large) for e in entries if not e.small]
    if slow and options.small < size:
        small = process.corpus(options.small, options.cache, options.data).resolve()
        ours = [e for e in contest.entries if e.peer == OURS]
        every += [Runs(e, small) for e in (*ours, *slow)]
    else:
        every += [Runs(e, large) for e in slow]
    for number in range(options.runs):
        # The order changes from turn to turn, so that nobody always runs first.
        for runs in every[:: -1 if number % 2 else 1]:
            if not runs.failure:
                once(runs, environments.get(runs.entry.peer), options.limit)
    print(f"\n## {contest.title}\n\nMedian of {options.runs} runs.\n")
    print("| | file MB | CPU s | wall s | peak MB | CPU : ftlint | wall : ftlint | found |")
    print("|---|---|---|---|---|---|---|---|")
    for runs in every:
        print(row(runs, contest, every))
    missed = [told(target, contest, every) for target in contest.targets]
    print(flush=True)
    return any(missed)


def once(runs: Runs, where: peer.Environment | str | None, limit: float) -> None:
    """One run of an entry; the reason is noted where it fails."""
    if isinstance(where, str):
        runs.failure = where
        return
    with peer.scratch() as name:
        folder = Path(name)
        file = folder / "texts.jsonl" if runs.entry.texts else runs.file
        rows = write_texts(runs.file, file) if runs.entry.texts else 0
        job = Job(file, folder, rows)
        if where is None:
            command = runs.entry.command(peer.Environment(folder, "", 0), job)
            runs.used.append(process.run(command[1:], folder, allowed=(0, 1)))
            runs.found = runs.entry.found(job)
            return
        try:
            runs.used.append(peer.run(runs.entry.command(where, job), folder, limit).usage)
            runs.found = peer.read(runs.entry.found, job)
        except peer.Unavailable as why:
            runs.failure = str(why)


def row(runs: Runs, contest: Contest, every: Sequence[Runs]) -> str:
    """One line of the table."""
    size = runs.file.stat().st_size / 1e6
    head = f"| {runs.entry.label} | {size:.0f} |"
    if runs.failure:
        return f"{head} {runs.failure} | | | | | |"
    cpu, wall, peak = (runs.median(measure) for measure in ("cpu", "wall", "peak"))
    ratios = " | ".join(f"{ratio(runs, m, contest, every):.2f}" for m in ("cpu", "wall"))
    return f"{head} {cpu:.2f} | {wall:.2f} | {peak / 1e6:.0f} | {ratios} | {runs.found:,} |"


def ratio(runs: Runs, measure: str, contest: Contest, every: Sequence[Runs]) -> float:
    """How many times what ftlint uses for the same file; the median of pairs of runs."""
    entry = contest.entries[contest.cpu_base if measure == "cpu" else contest.wall_base]
    base = next(r for r in every if r.entry is entry and r.file == runs.file)
    pairs = zip(runs.used, base.used, strict=True)
    return statistics.median(figure(a, measure) / figure(b, measure) for a, b in pairs)


def figure(used: process.Usage, measure: str) -> float:
    """What a run has used of ``cpu``, ``wall`` or ``peak``."""
    return float(getattr(used, measure))


def told(target: Target, contest: Contest, every: Sequence[Runs]) -> bool:
    """Print how a target is met; returns whether it is missed."""
    those = [r for r in every if r.entry.peer == target.peer and not r.failure]
    if not those:
        return False
    reached = ratio(those[0], target.measure, contest, every)
    met = reached >= target.times
    aim = f"{target.times:g} times less {target.measure} time than {target.peer}"
    print(f"\nTarget: {aim}; measured {reached:.2f}: {'met' if met else '**missed**'}", end="")
    return not met


if __name__ == "__main__":
    sys.exit(main())
