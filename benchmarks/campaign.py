"""Lints very many generated lines in every way there is, until something crashes or hangs.

    nice python benchmarks/campaign.py --seed 0 --lines 500000

Each file of some thousand lines is made from a seed of its own (printed when something is wrong)
and goes through `check` with every rule, every output, fixes, several targets, the report read
back and shown again, `plan`, `split`, `compare`, `convert` and `augment`. Wrong is: an exception, a
rule that raised, a status that is none, a saved run that shows another report than the run itself,
a fix that leaves more errors than it can uncover, and a file that takes far longer than others of
its size.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import signal
import statistics
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mutation import Mutator, origins

from ftlint.cli import cli
from ftlint.console.rendering import FORMATS
from ftlint.error import FtlintError
from ftlint.formats import FORMATS as SHAPES

STATUSES = {"check": (0, 1), "plan": (0, 1), "report": (0,), "compare": (0, 1, 2)}
"""Statuses of commands; the others say that all is well, or that they cannot (2)."""
TARGETS = (("openai:gpt-4.1-mini",), ("together", "bedrock-claude", "fireworks"), ("trl",))
LIMIT = 300
"""CPU seconds of one call, which is a hang beyond."""
SLOW = 20
"""Times the median CPU time a byte, beyond which a file is told."""


AGAIN, ALL_WAYS = 1, 2
"""Depths: show the saved run again and fix a copy; go through the other commands as well."""


class HangError(BaseException):
    """A call took too long; no rule may swallow it."""


@dataclass
class Tally:
    """What happened."""

    lines: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    pace: list[tuple[float, int]] = field(default_factory=list)
    """CPU nanoseconds a byte of the whole check, and the seed of the file."""


def main() -> int:
    """Run the campaign; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="of the first file")
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--length", type=int, default=2500, help="lines of a file")
    parser.add_argument("--every", type=int, default=8, help="of so many files one goes all ways")
    parser.add_argument("--keep", type=Path, help="folder for files with which something is wrong")
    parser.add_argument("--progress", action="store_true", help="say when a file is done")
    options = parser.parse_args()
    tally, lines = Tally(), origins()
    signal.signal(signal.SIGXCPU, _hang)
    files = -(-options.lines // options.length)
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        os.environ["FTLINT_CACHE_DIR"] = str(Path(folder, "cache"))
        for seed in range(options.seed, options.seed + files):
            before = len(tally.wrong)
            Path("b.jsonl").write_bytes(make(seed, options.length, lines))
            Trial(tally, seed).run(_depth(seed, options.every))
            tally.lines += options.length
            if len(tally.wrong) > before:
                print(*tally.wrong[before:], sep="\n", flush=True)
                if options.keep:
                    options.keep.mkdir(parents=True, exist_ok=True)
                    (options.keep / f"{seed}.jsonl").write_bytes(Path("b.jsonl").read_bytes())
            os.replace("b.jsonl", "a.jsonl")
            if options.progress:
                print(f"seed {seed}: {tally.lines:,} lines, CPU {_cpu():.0f} s", flush=True)
    return told(tally, options.seed, files)


def make(seed: int, length: int, lines: list[bytes]) -> bytes:
    """Return the content of the file of one seed."""
    mutator = Mutator(seed, lines)
    end = mutator.rng.choice((b"\n", b"\n", b"\n", b"\r\n"))
    mark = mutator.rng.choice((b"",) * 9 + (b"\xef\xbb\xbf",))
    last = mutator.rng.choice((b"", end))
    return mark + end.join(mutator.file(length)) + last


def _depth(seed: int, every: int) -> int:
    """Return how much is done with the file of a seed."""
    return ALL_WAYS if seed % every == 0 else AGAIN if seed % 10 == 0 else 0


def told(tally: Tally, seed: int, files: int) -> int:
    """Print what happened; returns the exit status."""
    usual = statistics.median(pace for pace, _ in tally.pace)
    worst = sorted(tally.pace, reverse=True)[:3]
    print(f"{tally.lines:,} lines in {files} files, seeds {seed} to {seed + files - 1}")
    print(f"CPU {_cpu():.0f} s; {usual:.0f} ns a byte in the middle, at most", end=" ")
    print(", ".join(f"{pace:.0f} (seed {at})" for pace, at in worst))
    print("calls:", ", ".join(f"{count:,} {name}" for name, count in sorted(tally.calls.items())))
    slow = [f"seed {at}: {pace:.0f} ns a byte" for pace, at in tally.pace if pace > SLOW * usual]
    print(f"wrong: {len(tally.wrong)}, slow: {len(slow)}", *slow, sep="\n")
    return int(bool(tally.wrong or slow))


class Trial:
    """One file, in all ways."""

    def __init__(self, tally: Tally, seed: int) -> None:
        """Tell `tally` what is wrong."""
        self.tally = tally
        self.seed = seed

    def run(self, depth: int) -> None:
        """Check the file `b.jsonl`, and what `depth` asks for besides."""
        begun = _cpu()
        outputs = FORMATS if depth >= AGAIN else ("json", FORMATS[self.seed % len(FORMATS)])
        self._checked("b.jsonl", "--jobs", "1", formats=outputs)
        self.tally.pace.append(((_cpu() - begun) * 1e9 / os.path.getsize("b.jsonl"), self.seed))
        if depth >= AGAIN:
            self._shown_again()
            self._fixed("--fix")
        if depth >= ALL_WAYS:
            self._all_ways()

    def _all_ways(self) -> None:
        """Go through all commands, with the file before as `a.jsonl`."""
        self._fixed("--fix", "--unsafe-fixes")
        self._fixed("--fix", "--unsafe-fixes", "--rejects", "out.rejects")
        for targets in TARGETS:
            named = [word for target in targets for word in ("--target", target)]
            self._checked("b.jsonl", "--jobs", "1", "--select", "ALL", *named)
        self.call("plan", "b.jsonl", "--target", "openai:gpt-4.1-mini", "--format", "json")
        two = ("--train", "out.train", "--validation", "out.held.gz", "--force")
        self.call("split", "b.jsonl", *two)
        for shape in SHAPES:
            self.call("convert", "b.jsonl", "--to", shape, "--output", "out.shape", "--force")
        for group in ("gender", "race", "religion"):
            asked = ("--counterfactual", group, "--output", "out.twins", "--force")
            self.call("augment", "b.jsonl", *asked)
        if os.path.exists("a.jsonl"):
            self.call("compare", "a.jsonl", "b.jsonl", "--format", "markdown")
            self._checked("--train", "a.jsonl", "--validation", "b.jsonl", "--jobs", "2")

    def _checked(self, *arguments: str, formats: Sequence[str] = FORMATS) -> dict[str, Any]:
        """Check with some outputs; return the report."""
        outputs = [word for name in formats for word in ("-o", f"{name}=out.{name}")]
        self.call("check", *arguments, "--max-findings", "20", "--statistics", *outputs)
        report: dict[str, Any] = {}
        try:
            report = json.loads(Path("out.json").read_bytes())
        except (OSError, ValueError) as error:
            self.wrong(f"no report: {error}")
        return report

    def _shown_again(self) -> None:
        outputs = [word for name in FORMATS for word in ("-o", f"{name}=again.{name}")]
        self.call("report", "out.json", "--statistics", *outputs)
        for name in FORMATS:
            one, two = (Path(f"{word}.{name}").read_bytes() for word in ("out", "again"))
            if one != two:
                self.wrong(f"a saved run shows another {name}")

    def _fixed(self, *options: str) -> None:
        """Fix a copy, which then has fewer errors, but for one that each mended line may hide."""
        data = Path("b.jsonl").read_bytes()
        Path("c.jsonl").write_bytes(data)
        few = ("--jobs", "1", "--no-cache", "--select", "FT0,FT1,FT3", "-o", "json=out.few", "-q")
        self.call("check", "c.jsonl", *few)
        before = _errors("out.few")
        self.call("check", "c.jsonl", "-q", "--select", "FT0,FT1,FT3", *options)
        mended = set(Path("c.jsonl").read_bytes().splitlines()) - set(data.splitlines())
        if mended:
            self.call("check", "c.jsonl", *few)
            if _errors("out.few") > before + len(mended):
                self.wrong(f"{options}: {before} errors became {_errors('out.few')}")

    def call(self, *arguments: str) -> tuple[int | str, str]:
        """Run a command; return its status and what it says on standard error."""
        self.tally.calls[arguments[0]] += 1
        status, said = called(*arguments)
        if status not in STATUSES.get(arguments[0], (0, 2)):
            self.wrong(f"{' '.join(arguments[:9])}: {status} {said[-3000:]}")
        return status, said

    def wrong(self, what: str) -> None:
        """Note what is wrong with this file."""
        self.tally.wrong.append(f"seed {self.seed}: {what}")


def called(*arguments: str) -> tuple[int | str, str]:
    """Return status and standard error of a command in this process; `raised` for a crash."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    _limit(_cpu() + LIMIT)
    status: int | str
    try:
        with redirect_stdout(out), redirect_stderr(err):
            status = cli.main(list(arguments), standalone_mode=False) or 0
        said = _written(err)
    except FtlintError as error:
        status, said = 2, str(error)
    except SystemExit as end:
        status, said = int(end.code or 0), _written(err)
    except HangError:
        status, said = "hangs", traceback.format_exc()
    except BaseException:
        status, said = "raised", traceback.format_exc()
    _limit(resource.RLIM_INFINITY)
    return status, said


def _written(stream: io.TextIOWrapper) -> str:
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()


def _errors(path: str) -> int:
    errors: int = json.loads(Path(path).read_bytes())["counts"]["error"]
    return errors


def _limit(seconds: float) -> None:
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = resource.RLIM_INFINITY if seconds == resource.RLIM_INFINITY else int(seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _hang(*_: object) -> None:
    raise HangError


def _cpu() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime


if __name__ == "__main__":
    sys.exit(main())
